#!/usr/bin/env bash
# pybtex 0.26.1 takes a percent sign within \url for the beginning of a comment, with the closing brace in it, and
# prints no entry at all. In LaTeX, \url takes an address as it is; the field url, beside it, is read.
# Seen: unbalanced braces for \url{https://example.org/a%20b} in a note; the entry without it is printed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check pybtex==0.26.1
cd "$folder"
env/bin/python - <<'PYTHON'
from importlib.metadata import version

from pybtex import format_from_string
from pybtex.scanner import PybtexSyntaxError


def printed(note):
    entry = "@misc{a, title = {T}, year = {2021}, url = {https://example.org/a%20b}, note = {" + note + "}}"
    try:
        return format_from_string(entry, style="plain", output_backend="plaintext").strip()
    except PybtexSyntaxError as error:
        return str(error)


seen = [printed("N"), printed(r"\url{https://example.org/a%20b}")]
print(version("pybtex"), seen)
assert seen[0].startswith("[1]")
assert "unbalanced braces" in seen[1]
PYTHON
