#!/usr/bin/env bash
# Frictionless 5.21.0 puts the files of one table together byte by byte. Where a file does not end with a line break, its
# last row and the first one of the next file become one row, and the table is valid.
# Seen: valid, with the values 1 and 23, of a.csv (1 and 2, without a line break) and b.csv (3).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check frictionless==5.21.0
cd "$folder"
printf 'n\n1\n2' > a.csv
printf 'n\n3\n' > b.csv
"$folder/env/bin/python" - <<'PYTHON'
import frictionless
from frictionless import Resource

described = {"name": "t", "path": "a.csv", "extrapaths": ["b.csv"],
             "schema": {"fields": [{"name": "n", "type": "integer"}]}}
valid = Resource.from_descriptor(described).validate().valid
values = [row["n"] for row in Resource.from_descriptor(described).read_rows()]
print(frictionless.__version__, "valid:", valid, "values:", values)
assert valid
assert values == [1, 23]
PYTHON
