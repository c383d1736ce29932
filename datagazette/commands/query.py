"""`query`: one SELECT over all typed tables of the newest releases."""

from __future__ import annotations

import csv
import io
import json
import shutil
import tempfile
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text as Styled

from datagazette.build.checked import load
from datagazette.build.steps import uncached
from datagazette.build.stored import contents, is_here
from datagazette.build.tabulate import tabulate
from datagazette.build.workers import Workers
from datagazette.commands.stored import Bringing
from datagazette.compute.allowed import TableName
from datagazette.compute.queries import Answer, answer, opened
from datagazette.isolation import OutOfBounds, isolated
from datagazette.model.content import Content
from datagazette.model.errors import DataFaults
from datagazette.model.problems import has_errors
from datagazette.model.text import visible
from datagazette.tables.bounded import out_of_bounds

_FILE = "SQL"


def run_query(root: Path, sql: str, report: Callable[[Content], None] = lambda _: None) -> Answer:
    """The answer; raises DataFaults where the publication cannot be read or the query may not run.

    `report` is called before each file that is fetched from the store.
    """
    Bringing(root, report=report).bring(_wanted, root, sql)
    try:
        return isolated(_answered, root, sql, reads=[root])
    except OutOfBounds as error:
        raise DataFaults((out_of_bounds(error, _FILE),)) from error


def _wanted(root: Path, sql: str) -> tuple[Content, ...]:
    """What is in the store of the datasets that the query names."""
    publication = load(root).publication
    named = [dataset.latest for dataset in publication.datasets if dataset.name in sql] if publication else []
    return contents(named)


def _answered(root: Path, sql: str) -> Answer:
    loaded = load(root)
    if loaded.publication is None or has_errors(loaded.problems):
        raise DataFaults(loaded.problems)
    with tempfile.TemporaryDirectory() as folder:
        run = uncached(loaded.publication, Path(folder) / "work", Workers(1, shared=Path(folder).name))
        latest = [dataset.latest for dataset in loaded.publication.datasets]
        newest = [release for release in latest if all(is_here(root, table) for table in release.tables)]
        tabulate(run, newest)
        tables: dict[TableName, Path] = {
            (release.dataset, table.name): run.workspace.parquet(release, table.name)
            for release in newest
            for table in release.tables
        }
        with opened(tables, run.limits, "question") as box:
            found, problems = answer(box, sql, _FILE)
    if found is None:
        raise DataFaults(problems)
    return found


def formatted(answer: Answer, form: str) -> str:
    """The answer as `csv`, `json` (an array of objects) or a `table` for a terminal, with its last line break."""
    names = [name for name, _ in answer.columns]
    stream = io.StringIO()
    if form == "csv":
        csv.writer(stream, lineterminator="\n").writerows([names, *answer.rows])
    elif form == "json":
        rows = [dict(zip(names, row, strict=True)) for row in answer.rows]
        stream.write(json.dumps(rows, ensure_ascii=False, indent=2, default=_plain) + "\n")
    else:
        table = RichTable()
        for name in names:
            table.add_column(Styled(visible(name)))
        for row in answer.rows:
            table.add_row(*(Styled("" if value is None else visible(str(value))) for value in row))
        Console(file=stream, width=shutil.get_terminal_size().columns, highlight=False).print(table)
    return stream.getvalue()


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    return str(value)
