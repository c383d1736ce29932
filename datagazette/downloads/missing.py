"""`<table>.missing.json`: why cells of a table are empty, for programs that read the values from another file.

JSON and Parquet have null for every missing cell, so that each reader computes with them. This file has, by field and
by what is written in the CSV, the keys of the rows, as notes write keys; of a table without a key the numbers of the
rows, from 1. Empty cells of which nothing is said are left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from datagazette.describe.datapackage import labels_of
from datagazette.describe.notation import cell, plain
from datagazette.model.publication import Release
from datagazette.model.resource import Field, Table
from datagazette.tables.engine import Engine
from datagazette.tables.statuses import count_statuses, marked_cells


def write_missing(engine: Engine, typed: Path, target: Path, release: Release, table: Table) -> None:
    """The file of a table whose typed form, with its statuses, is `typed`."""
    schema, default = table.schema, release.languages[0]
    counts = count_statuses(engine, typed, schema)
    head = {
        "dataset": release.dataset,
        "version": str(release.version),
        "resource": table.name,
        "primaryKey": list(schema.primary_key),
        "fields": [described(field, counts[field.name], default) for field in schema.explained],
    }
    cells: dict[str, dict[str, list[Any]]] = {}
    unexplained = {(field.name, text) for field in schema.explained for text, _ in counts[field.name]
                   if not field.reason(text)}  # fmt: skip
    for name, text, key in marked_cells(engine, typed, schema):
        if (name, text) not in unexplained:
            place = "|".join(map(cell, key)) if schema.primary_key else key[0]
            cells.setdefault(name, {}).setdefault(text, []).append(place)
    content = json.dumps(plain(head), ensure_ascii=False, indent=2).removesuffix("\n}")
    target.write_text(f'{content},\n  "cells": {_cells(cells)}\n}}\n', "utf-8", newline="")


def described(field: Field, counts: Sequence[tuple[str, int]], default: str) -> dict[str, Any]:
    """A field with its missing values as the standard has them, and how many cells have each."""
    times = dict(counts)
    values = [{**labels, "cells": times.get(labels["value"], 0)} for labels in labels_of(field, default)]
    return {"name": field.name, "missingValues": values}


def _cells(cells: Mapping[str, Mapping[str, Sequence[Any]]]) -> str:
    """A line for each field and text."""
    fields = []
    for name, texts in cells.items():
        lines = [f"      {_json(text)}: {_json(places)}" for text, places in texts.items()]
        fields.append(f"    {_json(name)}: {{\n" + ",\n".join(lines) + "\n    }")
    return "{\n" + ",\n".join(fields) + "\n  }" if fields else "{}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
