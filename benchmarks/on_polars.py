"""The same checks with pandera on polars, as a process to be measured: `on_polars.py FILE SCHEMA`."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pandera.polars as pa
import polars as pl

TYPES: dict[str, Any] = {
    "integer": pl.Int64, "number": pl.Float64, "string": pl.String, "boolean": pl.Boolean, "date": pl.Date,
    "datetime": pl.Datetime,
}  # fmt: skip


def checks(field: dict[str, Any]) -> list[Any]:
    """The field's constraints in pandera's words."""
    rules = field.get("constraints", {})
    bound = date.fromisoformat if field["type"] == "date" else lambda value: value
    found = []
    if "pattern" in rules:
        found.append(pa.Check.str_matches(f"^{rules['pattern']}$"))
    if "enum" in rules:
        found.append(pa.Check.isin(rules["enum"]))
    if "minLength" in rules or "maxLength" in rules:
        found.append(pa.Check.str_length(rules.get("minLength"), rules.get("maxLength")))
    if "minimum" in rules:
        found.append(pa.Check.ge(bound(rules["minimum"])))
    if "maximum" in rules:
        found.append(pa.Check.le(bound(rules["maximum"])))
    return found


schema = json.loads(Path(sys.argv[2]).read_text("utf-8"))
columns = {
    field["name"]: pa.Column(
        TYPES[field["type"]],
        checks(field),
        nullable=not field.get("constraints", {}).get("required", False),
        unique=schema["primaryKey"] == [field["name"]],
    )
    for field in schema["fields"]
}
frame = pl.read_csv(
    sys.argv[1],
    schema_overrides={field["name"]: TYPES[field["type"]] for field in schema["fields"]},
    ignore_errors=True,
)
try:
    pa.DataFrameSchema(columns).validate(frame, lazy=True)
    print("valid")
except pa.errors.SchemaErrors as errors:
    print(len(errors.failure_cases), "failure cases")
