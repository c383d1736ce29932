#!/usr/bin/env bash
# mlcroissant 1.1.1 accepts a Parquet file under its registered media type, application/vnd.apache.parquet, when it checks
# a description, and then cannot read a record of it. Under application/x-parquet it can.
# Seen: b'001' under the second type, a GenerationError under the first, and no word of it before.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check 'mlcroissant[parquet]==1.1.1'
cd "$folder"
"$folder/env/bin/python" - <<'PYTHON' 2> warnings.txt
import hashlib
import json
from importlib.metadata import version
from pathlib import Path

import mlcroissant
import pandas

pandas.DataFrame({"code": ["001"]}).to_parquet("t.parquet")

context = {
    "@language": "en", "@vocab": "https://schema.org/", "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/", "dct": "http://purl.org/dc/terms/", "conformsTo": "dct:conformsTo",
    "column": "cr:column", "dataType": {"@id": "cr:dataType", "@type": "@vocab"}, "extract": "cr:extract",
    "field": "cr:field", "fileObject": "cr:fileObject", "recordSet": "cr:recordSet", "source": "cr:source",
}
field = {"@type": "cr:Field", "@id": "t/code", "name": "code", "dataType": "sc:Text",
         "source": {"fileObject": {"@id": "t.parquet"}, "extract": {"column": "code"}}}


def opened(media_type):
    file = {"@type": "cr:FileObject", "@id": "t.parquet", "name": "t.parquet", "contentUrl": "t.parquet",
            "encodingFormat": media_type, "sha256": hashlib.sha256(Path("t.parquet").read_bytes()).hexdigest()}
    records = {"@type": "cr:RecordSet", "@id": "t", "name": "t", "field": [field]}
    described = {"@context": context, "@type": "sc:Dataset", "conformsTo": "http://mlcommons.org/croissant/1.1",
                 "name": "t", "distribution": [file], "recordSet": [records]}
    Path("croissant.json").write_text(json.dumps(described))
    return mlcroissant.Dataset(jsonld="croissant.json", mapping={"t.parquet": "t.parquet"})


codes = [record["t/code"] for record in opened("application/x-parquet").records("t")]
registered = opened("application/vnd.apache.parquet")
try:
    failed = list(registered.records("t")) and ""
except Exception as error:
    failed = type(error).__name__
print(version("mlcroissant"), codes, failed)
assert codes == [b"001"]
assert failed == "GenerationError"
PYTHON
