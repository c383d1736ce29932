#!/usr/bin/env bash
# pandoc 3.9 reads BibTeX's howpublished as a publisher, also where the entry has one: both are joined by a semicolon, so
# that a bibliography prints an address before the publisher's name. It knows @dataset and its version.
# Seen: "https://x.example/; The office" of an @misc, "The office" and "dataset" of a @dataset without howpublished.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check pypandoc_binary==1.17
cd "$folder"
"$folder/env/bin/python" - <<'PYTHON'
import json

import pypandoc

common = "title = {T}, publisher = {{The office}}, version = {1.1.0}, url = {https://x.example/}"


def read(entry):
    (item,) = json.loads(pypandoc.convert_text(entry, "csljson", format="bibtex"))
    return item


old = read(f"@misc{{a, {common}, howpublished = {{\\url{{https://x.example/}}}}}}")
new = read(f"@dataset{{a, {common}}}")
print(pypandoc.get_pandoc_version(), old["publisher"], new["type"], new["publisher"], new["version"])
assert old["publisher"].endswith("The office")
assert "https://x.example/" in old["publisher"]
assert new["publisher"] == "The office"
assert new["type"] == "dataset"
assert new["version"] == "1.1.0"
PYTHON
