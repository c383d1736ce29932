"""The same checks with dataframely on polars, as a process to be measured: `on_dataframely.py FILE SCHEMA`."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import dataframely as dy
import polars as pl

KINDS: dict[str, tuple[Any, Any]] = {
    "integer": (pl.Int64, dy.Int64), "number": (pl.Float64, dy.Float64), "string": (pl.String, dy.String),
    "boolean": (pl.Boolean, dy.Bool), "date": (pl.Date, dy.Date), "datetime": (pl.Datetime, dy.Datetime),
}  # fmt: skip


def column(field: dict[str, Any], *, is_key: bool) -> Any:
    """The field in dataframely's words."""
    rules = field.get("constraints", {})
    bound = date.fromisoformat if field["type"] == "date" else lambda value: value
    given: dict[str, Any] = {"nullable": not (rules.get("required") or is_key), "primary_key": is_key}
    if "pattern" in rules:
        given["regex"] = f"^{rules['pattern']}$"
    given |= {name: rules[rule] for rule, name in (("minLength", "min_length"), ("maxLength", "max_length"))
              if rule in rules}  # fmt: skip
    given |= {name: bound(rules[rule]) for rule, name in (("minimum", "min"), ("maximum", "max")) if rule in rules}
    if "enum" in rules:
        given["check"] = lambda cells: cells.is_in(rules["enum"])
    return KINDS[field["type"]][1](**given)


schema = json.loads(Path(sys.argv[2]).read_text("utf-8"))
columns = {field["name"]: column(field, is_key=schema["primaryKey"] == [field["name"]]) for field in schema["fields"]}
frame = pl.read_csv(
    sys.argv[1],
    schema_overrides={field["name"]: KINDS[field["type"]][0] for field in schema["fields"]},
    ignore_errors=True,
)
found = type("Rows", (dy.Schema,), columns).filter(frame)
print(found[1].counts() or "valid")
