"""A dataset as it will be: what its tables are found to be, before anything is written."""

from __future__ import annotations

import csv
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any

from datagazette.intake import columns as typing
from datagazette.intake import keys
from datagazette.intake.describe import Described
from datagazette.intake.keys import Reference, Target
from datagazette.intake.naming import Named, language_of, named, slug
from datagazette.intake.sheets import Sheet, read_sheets
from datagazette.intake.sheets import sheet as as_sheet
from datagazette.isolation import step
from datagazette.load.publication import DATASETS, load_publication
from datagazette.load.standalone import is_descriptor, read_descriptor, read_package
from datagazette.model import limits
from datagazette.model.errors import DataFaults, UsageError
from datagazette.model.names import RESERVED_NAMES, is_name, nearest
from datagazette.model.problems import has_errors
from datagazette.model.publication import Dialect, Field, Json, Publication, Schema, Table
from datagazette.tables import engine as database
from datagazette.tables.engine import Engine, Limits, csv_path
from datagazette.tables.layout import TableSource, Unreadable, open_text, read_layout, read_rows
from datagazette.tables.sql import identifier, literal
from datagazette.validation.run import check_tables

_MEMORY = "1GB"  # of the database
_ALL = ""  # the step that looks at all tables together
_LARGEST_TARGET = 50_000_000  # bytes of a table that a foreign key may be found to
_STATED: Json = {"delimiter": ",", "quoteChar": '"', "skipInitialSpace": False, "header": True}
# What a package says of itself that holds here, too.
KEPT = ("version", "title", "description", "keywords", "licenses", "sources", "contributors", "homepage")


@dataclass(frozen=True)
class Sources:
    """What `new` is given. `key` and `text` name columns by their label or their field's name."""

    root: Path
    name: str
    paths: tuple[Path, ...]
    encoding: str | None = None
    delimiter: str | None = None
    sheets: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    text: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Draft:
    """A dataset as it will be written: its tables, and the content of the CSV of each."""

    root: Path
    name: str
    publication: Publication
    tables: tuple[Described, ...]
    sheets: tuple[Sheet, ...]
    contents: tuple[bytes, ...]
    package: Json = field(default_factory=dict)

    @property
    def languages(self) -> tuple[str, ...]:
        return self.publication.catalog.languages


def plan_dataset(sources: Sources) -> Draft:
    """What the tables are found to be. Raises UsageError where a source cannot be read, DataFaults for a catalogue
    that cannot."""
    loaded = load_publication(sources.root)
    if loaded.publication is None:
        raise DataFaults(loaded.problems)
    sheets, package = _read(sources)
    with tempfile.TemporaryDirectory() as folder, step(_ALL, limits.SOURCE_SECONDS):
        scratch = Path(folder)
        bounds = Limits(_MEMORY, spill=scratch, reads=(scratch, sources.root / DATASETS))
        with database.connect(bounds) as engine:
            tables = _tables(engine, scratch, sheets, sources)
            tables = _related(engine, tables, loaded.publication, sources)
        tables = [_sure(table, scratch, bounds) for table in tables]
        contents = tuple((scratch / table.path).read_bytes() for table in tables)
    return Draft(sources.root, sources.name, loaded.publication, tuple(tables), sheets, contents, package)


def plan_contents(sources: Sources) -> Draft:
    """As `plan_dataset`, for another process: the rows of its sheets are in `contents` alone."""
    draft = plan_dataset(sources)
    return replace(draft, sheets=tuple(replace(sheet, rows=()) for sheet in draft.sheets))


def _write_csv(path: Path, labels: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """A CSV in UTF-8 with commas and line feeds, with quotes where they are needed. The length of its longest row."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        write = csv.writer(stream, lineterminator="\n").writerow
        longest: int = max(map(write, chain([labels], rows)))
        return longest


def _read(sources: Sources) -> tuple[tuple[Sheet, ...], Json]:
    sheets: list[Sheet] = []
    package: Json = {}
    for path in sources.paths:
        with step(path.name, limits.SOURCE_SECONDS):
            if is_descriptor(path):
                found, package = package_sheets(path)
            else:
                found = read_sheets(path, sources.encoding, sources.delimiter, sources.sheets)
            sheets += found
    return tuple(sheets), package


def _tables(engine: Engine, scratch: Path, sheets: Sequence[Sheet], sources: Sources) -> list[Described]:
    tables = []
    for sheet, name in zip(sheets, _resource_names(sheets, sources.name), strict=True):
        given = sheet.resource.get("schema")
        labels = [Named(label, label) for label in sheet.labels] if given else named(sheet.labels)
        names = [label.name for label in labels]
        path = scratch / f"{name}.csv"
        longest = _write_csv(path, names, sheet.rows)
        typing.load(engine, name, path, names, longest)
        columns = typing.columns(engine, name, labels, sources.text)
        resource = sheet.resource
        tables.append(Described(name, tuple(columns), (), (), _titles(sheet), resource, _dialect(path, names)))
    return tables


def _titles(sheet: Sheet) -> Mapping[str, str]:
    """What a package calls the table, or the name of a file or sheet that is in Chinese words."""
    title = str(sheet.resource.get("title") or "") or (sheet.name if language_of(sheet.name) == "zh" else "")
    return {language_of(title): title} if title else {}


def _resource_names(sheets: Sequence[Sheet], dataset: str) -> list[str]:
    """A name for each table: that of its file or sheet where it can be one, else the dataset's or a number."""
    found: list[str] = []
    for number, sheet in enumerate(sheets, 1):
        known = named([sheet.name])[0].name.replace("_", "-")
        name = next((one for one in (slug(sheet.name), known) if is_name(one) and one not in RESERVED_NAMES), "")
        name = name or (dataset if len(sheets) == 1 else f"table-{number}")
        found.append(name if name not in found else f"{name}-{number}")
    return found


def _dialect(path: Path, names: Sequence[str]) -> Json:
    """What has to be said of a CSV of ours so that it is not taken for one of another dialect."""
    try:
        layout = read_layout(path, Dialect())
    except Unreadable:
        return _STATED
    return {} if list(layout.labels) == list(names) and layout.dialect.delimiter == "," else _STATED


def _related(
    engine: Engine, tables: Sequence[Described], publication: Publication, sources: Sources
) -> list[Described]:  # fmt: skip
    """The tables with their keys, and with references first to the publication and then to one another."""
    outer = _targets(engine, publication)
    found = []
    for table in tables:
        refers = keys.references(engine, table.name, table.columns, outer)
        columns = _coded(table.columns, refers)
        given = _given_key(table, sources)
        key = given or keys.primary_key(engine, table.name, columns, [reference.column for reference in refers])
        found.append(replace(table, columns=columns, key=key, references=tuple(refers)))
    inner = [_own_target(engine, one) for one in found if len(one.key) == 1]
    return [_referring(engine, table, [one for one in inner if one.resource != table.name]) for table in found]


def _referring(engine: Engine, table: Described, targets: Sequence[Target]) -> Described:
    taken = {reference.column for reference in table.references if not reference.missing}
    columns = [column for column in table.columns if column.name not in taken and (column.name,) != table.key]
    refers = keys.references(engine, table.name, columns, targets)
    named_now = {reference.column for reference in refers}
    before = [reference for reference in table.references if reference.column not in named_now]
    return replace(table, columns=_coded(table.columns, refers), references=(*before, *refers))


def _coded(columns: Sequence[typing.Column], refers: Sequence[Reference]) -> tuple[typing.Column, ...]:
    """Columns that reference to codes are texts, however much they look like numbers."""
    texts = {reference.column for reference in refers if reference.target.text}
    return tuple(column.as_text() if column.name in texts else column for column in columns)


def _given_key(table: Described, sources: Sources) -> tuple[str, ...]:
    """The key that a person or a package has given; raises UsageError where the table has no such column."""
    given = table.resource.get("schema")
    if isinstance(given, Mapping):
        listed = given.get("primaryKey") or ()
        return (listed,) if isinstance(listed, str) else tuple(listed)
    known = {column.named.label: column.name for column in table.columns} | {
        column.name: column.name for column in table.columns
    }
    found = tuple(known[one] for one in sources.key if one in known)
    if len(found) < len(sources.key) and len(sources.paths) == 1:
        missing = next(one for one in sources.key if one not in known)
        near = nearest(missing, known, 0.5)
        raise UsageError("no-key-near" if near else "no-key", name=missing, near=near)
    return found if len(found) == len(sources.key) else ()


def _own_target(engine: Engine, table: Described) -> Target:
    store = f"own {table.name}"
    engine.run(
        f"CREATE OR REPLACE TEMP TABLE {identifier(store)} AS "
        f"SELECT DISTINCT {identifier(table.key[0])} AS v FROM {identifier(table.name)}"
    )
    column = next(column for column in table.columns if column.name == table.key[0])
    return Target(table.name, column.name, store, column.type == "string")


def _targets(engine: Engine, publication: Publication) -> list[Target]:
    """The single keys of the newest releases, with their values in the database."""
    used = keys.aliases(publication)
    found = []
    for dataset in publication.datasets:
        release = dataset.latest
        if release.state != "released":
            continue
        for table in release.tables:
            path = publication.root / table.file
            if len(table.schema.primary_key) != 1 or path.stat().st_size > _LARGEST_TARGET:
                continue
            only = table.schema.field(table.schema.primary_key[0])
            store = f"key {dataset.name} {table.name}"
            if only and _load_key(engine, store, table, path, only):
                aliases = used.get((dataset.name, table.name, only.name), Counter[str]())
                found.append(Target(table.name, only.name, store, only.type == "string", dataset.name,
                                    str(release.version), aliases))  # fmt: skip
    return found


def _load_key(engine: Engine, store: str, table: Table, path: Path, only: Field) -> bool:
    try:
        layout = read_layout(path, table.dialect)
        engine.run(
            f"CREATE OR REPLACE TEMP TABLE {identifier(store)} AS SELECT DISTINCT {identifier(only.name)} AS v "
            f"FROM read_csv({csv_path(path)}, all_varchar = true, header = true, "
            f"delim = {literal(layout.dialect.delimiter)}, quote = {literal(layout.dialect.quote_char)})"
        )
    except (Unreadable, database.Error):
        return False
    return True


def _sure(table: Described, scratch: Path, bounds: Limits) -> Described:
    """The table with a column as text where the check would not read all its values as the type that was detected."""
    if table.resource.get("schema"):
        return table
    held = Table(table.name, table.path, table.path, Schema(table.name, "", tuple(map(_field, table.columns))))
    (report,) = check_tables([TableSource(held, scratch / table.path)], limits=bounds)
    wrong = {problem.cell.field for problem in report.problems if problem.code == "type-error" and problem.cell}
    columns = tuple(column.as_text() if column.name in wrong else column for column in table.columns)
    return replace(table, columns=columns)


def _field(column: typing.Column) -> Field:
    described = {"name": column.name, "type": column.type, **column.extras}
    return Field(column.name, column.type, str(column.extras.get("format", "default")),
                 missing_values=("", *column.missing), descriptor=described)  # fmt: skip


def package_sheets(path: Path) -> tuple[tuple[Sheet, ...], Json]:
    """(its tables, its own properties). Raises DataFaults where its descriptor has errors."""
    document, faults = read_descriptor(path)
    found = read_package(path)
    if document is None or has_errors(found.problems):
        raise DataFaults(tuple(faults) + found.problems)
    about = {key: document.value[key] for key in KEPT if key in document.value}
    return tuple(_sheet(table, file) for table, file in found.tables), about


def _sheet(table: Table, path: Path) -> Sheet:
    resource: Mapping[str, Any] = {**table.descriptor, "schema": table.schema.descriptor}
    try:
        layout = read_layout(path, table.dialect)
        with open_text(path, layout.encoding) as stream:
            rows = list(read_rows(stream, layout.dialect))[layout.first_row - 1 :]
    except Unreadable as fault:
        raise UsageError("unreadable", path=path.name, reason=fault.note) from fault
    labels = list(layout.labels or tuple(column.name for column in table.schema.fields))
    return as_sheet(table.name, path.name, [labels, *rows], layout.encoding, resource)
