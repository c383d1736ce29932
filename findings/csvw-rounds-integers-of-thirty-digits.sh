#!/usr/bin/env bash
# csvw 4.1.1 reads a cell of the datatype integer as a Decimal of 28 digits before it makes an int of it: a longer
# number is rounded, without a warning. CSV on the Web has the integers of XML Schema, which have no limit.
# Seen: 123456789012345678901234567900 for 123456789012345678901234567890.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check csvw==4.1.1
cd "$folder"
printf 'n\n123456789012345678901234567890\n' > t.csv
cat > t.csv-metadata.json <<'JSON'
{"@context": "http://www.w3.org/ns/csvw", "url": "t.csv",
 "tableSchema": {"columns": [{"name": "n", "titles": "n", "datatype": "integer"}]}}
JSON
env/bin/python - <<'PYTHON'
from importlib.metadata import version

from csvw.metadata import CSVW

(row,) = CSVW("t.csv-metadata.json").tables[0]
print(version("csvw"), row)
assert row["n"] == 123456789012345678901234567900
PYTHON
