#!/usr/bin/env bash
# mlcroissant 1.1.1 reads a CSV with the guesses of pandas before it casts: a column that its description calls sc:Text
# arrives as numbers, and text is made of those. A code of 001 becomes 1, without a warning.
# Seen: b'1' and b'10' for 001 and 010 of a column of type sc:Text.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check mlcroissant==1.1.1
cd "$folder"
printf 'code\n001\n010\n' > t.csv
"$folder/env/bin/python" - <<'PYTHON' 2> warnings.txt
import hashlib
import json
from importlib.metadata import version
from pathlib import Path

import mlcroissant

context = {
    "@language": "en", "@vocab": "https://schema.org/", "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/", "dct": "http://purl.org/dc/terms/", "conformsTo": "dct:conformsTo",
    "column": "cr:column", "dataType": {"@id": "cr:dataType", "@type": "@vocab"}, "extract": "cr:extract",
    "field": "cr:field", "fileObject": "cr:fileObject", "recordSet": "cr:recordSet", "source": "cr:source",
}
field = {"@type": "cr:Field", "@id": "t/code", "name": "code", "dataType": "sc:Text",
         "source": {"fileObject": {"@id": "t.csv"}, "extract": {"column": "code"}}}
described = {
    "@context": context, "@type": "sc:Dataset", "conformsTo": "http://mlcommons.org/croissant/1.1", "name": "t",
    "distribution": [{"@type": "cr:FileObject", "@id": "t.csv", "name": "t.csv", "contentUrl": "t.csv",
                      "encodingFormat": "text/csv", "sha256": hashlib.sha256(Path("t.csv").read_bytes()).hexdigest()}],
    "recordSet": [{"@type": "cr:RecordSet", "@id": "t", "name": "t", "field": [field]}],
}
Path("croissant.json").write_text(json.dumps(described))
dataset = mlcroissant.Dataset(jsonld="croissant.json", mapping={"t.csv": "t.csv"})
codes = [record["t/code"] for record in dataset.records("t")]
print(version("mlcroissant"), codes)
assert codes[0] == b"1"
assert codes[1] == b"10"
PYTHON
