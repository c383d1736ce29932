"""Columns that a changed file has and its schema does not: the fields that a person can add for them."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from datagazette.intake import columns as typing
from datagazette.intake.columns import Written
from datagazette.intake.describe import Described, as_yaml, schema
from datagazette.intake.naming import named
from datagazette.intake.sheets import Sheet
from datagazette.model.errors import UsageError
from datagazette.tables import engine as database
from datagazette.tables.engine import Limits

_YEAR = re.compile(r"(?<![0-9])(19|20)[0-9]{2}(?![0-9])")
_MEMORY = "500MB"


def fields_for(sheet: Sheet, names: Sequence[str], languages: Sequence[str]) -> str:
    """The fields of the columns of a sheet that have these names, as YAML for the list `fields` of a schema.

    Types are detected as `new` detects them; empty where that needs an answer first.
    """
    columns = [(at, label) for at, label in enumerate(named(sheet.labels)) if label.name in names]
    labels = [label for _, label in columns]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "columns.csv"
        rows = ([row[at] for at, _ in columns] for row in sheet.rows)
        longest = typing.write_csv(path, [label.name for label in labels], rows)
        with database.connect(Limits(_MEMORY, spill=Path(folder), reads=(Path(folder),))) as engine:
            typing.load(engine, "columns", path, [label.name for label in labels], longest)
            written = Written(sheet.delimiter, "" if sheet.delimiter else ".")
            try:
                found = typing.columns(engine, "columns", labels, sheet.lines, frozenset(), written)
            except UsageError:
                return ""
    # What happens to hold for all rows so far is proposed in a new schema only.
    plain = tuple(replace(column, rows=0, distinct=0) for column in found)
    fields = schema("", Described("", plain, ()), languages)["fields"]
    fields = [{key: value for key, value in field.items() if key != "role"} for field in fields]  # of the whole table
    return as_yaml({"fields": fields}).partition("\n")[2]


def year_columns(known: Iterable[str], new: Iterable[str]) -> tuple[str, str] | None:
    """A column of the table and a new one that differ in a year alone, such as y2022 and y2023."""
    shapes = {_YEAR.sub("#", name): name for name in known if _YEAR.search(name)}
    pairs = ((shapes[shape], name) for name in new if (shape := _YEAR.sub("#", name)) in shapes)
    return next(pairs, None)
