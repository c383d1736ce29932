#!/usr/bin/env bash
# Frictionless 5.21.0 says that a resource is valid without comparing its rows with its schema, if the format is written
# in capitals ("CSV", as CKAN has it) or is JSON and `type` does not say "table". The report differs in nothing but the
# task's type and the count of rows, which is missing.
# Seen: valid with "CSV" (file) and with JSON (json); a type error with "csv", and with JSON and "type": "table".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check "frictionless[json]==5.21.0"
printf 'n\nfour\n' > "$folder/table.csv"
printf '[{"n": "four"}]' > "$folder/table.json"
cd "$folder"
env/bin/python - <<'PYTHON'
import frictionless
from frictionless import Resource


def verdict(**stated):
    schema = {"fields": [{"name": "n", "type": "integer"}]}
    report = Resource.from_descriptor({"name": "t", "schema": schema, **stated}).validate()
    task = report.tasks[0]
    return report.valid, task.type, task.stats.get("rows")


found = {
    "csv": verdict(path="table.csv", format="csv"),
    "CSV": verdict(path="table.csv", format="CSV"),
    "json": verdict(path="table.json"),
    "json, table": verdict(path="table.json", type="table"),
}
print(frictionless.__version__, found)
assert found["csv"] == (False, "table", 1)
assert found["CSV"] == (True, "file", None)
assert found["json"] == (True, "json", None)
assert found["json, table"] == (False, "table", 1)
PYTHON
