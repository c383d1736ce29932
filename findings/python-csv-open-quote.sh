#!/usr/bin/env bash
# Python's csv module, and so Frictionless 5.21.0, reads a quote that is not closed up to the next quote that opens a
# cell, or to the end of the file, without an error: the rows between are in one cell. With strict=True Python refuses
# both, and so does DuckDB 2.0.0 for the first.
# Seen: 2 rows instead of 3, and 1 instead of 3, both valid; csv.Error with strict=True; an error by DuckDB.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check frictionless==5.21.0 duckdb==2.0.0
printf 'n,remark\n1,"open\n2,"x"\n3,y\n' > "$folder/next.csv"
printf 'n,remark\n1,"open\n2,x\n3,y\n' > "$folder/never.csv"
cd "$folder"
env/bin/python - <<'PYTHON'
import csv

import duckdb
import frictionless
from frictionless import Resource

for name, rows in (("next.csv", 2), ("never.csv", 1)):
    fields = [{"name": "n", "type": "integer"}, {"name": "remark", "type": "string"}]
    report = Resource.from_descriptor({"name": "t", "path": name, "schema": {"fields": fields}}).validate()
    with open(name, newline="") as file:
        read = list(csv.reader(file))[1:]
    try:
        with open(name, newline="") as file:
            strict = str(list(csv.reader(file, strict=True)))
    except csv.Error as error:
        strict = f"csv.Error: {error}"
    print(frictionless.__version__, name, report.valid, report.tasks[0].stats["rows"], len(read), strict)
    assert report.valid
    assert report.tasks[0].stats["rows"] == len(read) == rows
    assert strict.startswith("csv.Error")
try:
    duckdb.sql("FROM read_csv('next.csv', auto_detect = false, header = true, columns = {'n': 'INTEGER', 'r': 'VARCHAR'})").fetchall()
    refused = False
except duckdb.Error as error:
    refused = True
    print(duckdb.__version__, str(error).splitlines()[0])
assert refused
PYTHON
