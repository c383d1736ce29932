#!/usr/bin/env bash
# Frictionless 5.21.0 compiles the constraint `pattern` as ^pattern$ without a group. Of a pattern with alternatives only
# the first is tied to the beginning of a cell and only the last to its end, so that CN|[0-9]{2} accepts a cell that
# only begins with CN. XML Schema, whose patterns Table Schema refers to, matches whole values.
# Seen: valid for CN, 64 and "CN 1949-1978"; one constraint-error with the same pattern in brackets.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check frictionless==5.21.0
"$folder/env/bin/python" - <<'PYTHON'
import frictionless
from frictionless import Resource, Schema


def errors(pattern):
    field = {"name": "code", "type": "string", "constraints": {"pattern": pattern}}
    schema = Schema.from_descriptor({"fields": [field]})
    report = Resource(data=[["code"], ["CN"], ["64"], ["CN 1949-1978"]], schema=schema).validate()
    return [(error.type, error.row_number) for error in report.tasks[0].errors]


bare, grouped = errors("CN|[0-9]{2}"), errors("(CN|[0-9]{2})")
print(frictionless.__version__, "without brackets:", bare, "with brackets:", grouped)
assert bare == []
assert grouped == [("constraint-error", 4)]
PYTHON
