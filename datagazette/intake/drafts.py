"""A dataset as it will be: what its tables are found to be, before anything is written."""

from __future__ import annotations

import re
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from datagazette.intake import columns as typing
from datagazette.intake import keys
from datagazette.intake.accounts import Account, Gathered, How
from datagazette.intake.columns import Written
from datagazette.intake.describe import Described, primary_key_of
from datagazette.intake.detection import with_bounds
from datagazette.intake.extra_rows import settled, without_blank
from datagazette.intake.gathering import gather, unspoken
from datagazette.intake.hints import degrees, years
from datagazette.intake.keys import Target
from datagazette.intake.naming import Named, language_of, named, slug
from datagazette.intake.notices import Notice, Place, misfit, notice, stopped
from datagazette.intake.packages import package_sheets
from datagazette.intake.personal import guarded
from datagazette.intake.sheets import Cells, Sheet, read_sheets
from datagazette.intake.views import View, viewed
from datagazette.isolation import step
from datagazette.load.files import DATASETS, NOTES
from datagazette.load.publication import load_publication
from datagazette.load.standalone import is_descriptor
from datagazette.model import limits
from datagazette.model.errors import DataFaults, UsageError
from datagazette.model.names import RESERVED_NAMES, is_name, nearest
from datagazette.model.problems import Problem
from datagazette.model.publication import Publication
from datagazette.model.resource import Dialect, Field, Json, Schema, Table
from datagazette.tables import engine as database
from datagazette.tables.engine import Engine, Limits, csv_path
from datagazette.tables.layout import TableSource, Unreadable, read_layout
from datagazette.tables.sql import identifier, literal
from datagazette.validation.run import check_tables

_MEMORY = "1GB"  # of the database
_EXAMPLES = 3  # of cells that keep a column from its type
_ALL = ""  # the step that looks at all tables together
_LARGEST_TARGET = 50_000_000  # bytes of a table that a foreign key may be found to
UNNAMED = "table"  # the name of a single table that neither its file nor its dataset gives one
_TAKEN = Path(NOTES).stem  # the file of a version with notes on its cells, which no table can be
_STATED: Json = {"delimiter": ",", "quoteChar": '"', "skipInitialSpace": False, "header": True}
# A date at the end of a name, or at its beginning.
_USUAL = ("datapackage", "csv", "package_show", "package", "dataset", "metadata", "ckan")  # names of descriptors
_DATED = re.compile(
    r"(-[qh][1-4])?-(19|20)[0-9]{2}(-?([0-9]{2,4}|[qh][1-4])){0,2}$|^(19|20)[0-9]{2}(-?[0-9]{2}){0,2}-(?=[a-z])"
)


@dataclass(frozen=True)
class Sources:
    """What `new` is given. `key` and `text` name columns by their label or their field's name.

    `decimal` is the mark before the decimals of numbers; empty where it is to be found out.
    `header` is the line of the header, 0 where that is to be found out. `hidden` says what becomes of hidden rows and
    columns of workbooks, and `total` of a row of totals: `keep` or `drop`. `wide`: folders, archives and descriptions
    of all known forms are read, as `add` does."""

    root: Path
    name: str
    paths: tuple[Path, ...]
    encoding: str | None = None
    delimiter: str | None = None
    sheets: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    text: frozenset[str] = frozenset()
    decimal: str = ""
    header: int = 0
    hidden: str = ""
    total: str = ""
    wide: bool = False


@dataclass(frozen=True)
class Draft:
    """A dataset as it will be written: its tables, and the content of the CSV of each.

    `origin` is the name of the file or folder that they are from.
    """

    root: Path
    name: str
    publication: Publication
    tables: tuple[Described, ...]
    sheets: tuple[Sheet, ...]
    contents: tuple[bytes, ...]
    package: Json = field(default_factory=dict)
    views: tuple[tuple[View, ...], ...] = ()
    accounts: tuple[Account, ...] = ()
    origin: str = ""

    @property
    def package_name(self) -> str:
        """What a package among the sources is called."""
        return str(self.package.get("name") or "")

    @property
    def languages(self) -> tuple[str, ...]:
        return self.publication.catalog.languages


def plan_dataset(sources: Sources) -> Draft:
    """What the tables are found to be. Raises UsageError where a source cannot be read, DataFaults for a catalogue
    that cannot."""
    loaded = load_publication(sources.root)
    if loaded.publication is None:
        raise DataFaults(loaded.problems)
    how = How(sources.encoding, sources.delimiter, sources.sheets, sources.header, sources.hidden)
    gathered = gather(sources.paths, how) if sources.wide else Gathered()
    sheets = [with_bounds(settled(sheet, sources.total), sources.text) for sheet in gathered.sheets]
    package = gathered.package
    accounts = (*gathered.accounts, *unspoken(gathered, loaded.publication.catalog.languages))
    for path in () if sources.wide else sources.paths:
        with step(path.name, limits.SOURCE_SECONDS):
            if is_descriptor(path):
                found, package = package_sheets(path, sources.encoding)
            else:
                found = read_sheets(path, *how.of_tables)
            sheets += [with_bounds(settled(sheet, sources.total), sources.text) for sheet in found]
    with tempfile.TemporaryDirectory() as folder, step(_ALL, limits.SOURCE_SECONDS):
        scratch = Path(folder)
        bounds = Limits(_MEMORY, spill=scratch, reads=(scratch, sources.root / DATASETS))
        with database.connect(bounds) as engine:
            names = _resource_names(sheets, sources.name)
            read = [_table(engine, scratch, *pair, sources) for pair in zip(names, sheets, strict=True)]
            tables, sheets = [table for table, _ in read], [sheet for _, sheet in read]
            _refuse_unknown("--text", sources.text, tables)
            tables = _related(engine, tables, sheets, loaded.publication, sources)
        tables = [_sure(table, sheet, scratch, bounds) for table, sheet in zip(tables, sheets, strict=True)]
        contents = tuple((scratch / table.path).read_bytes() for table in tables)
    views = tuple(map(viewed, tables, sheets))
    shown = [guarded(*triple) for triple in zip(tables, sheets, views, strict=True)]
    tables, sheets = [table for table, _, _ in shown], [sheet for _, sheet, _ in shown]
    views = tuple(view for _, _, view in shown)
    return Draft(sources.root, sources.name, loaded.publication, tuple(tables), tuple(sheets), contents, package, views,
                 accounts, _origin(sources.paths[0]))  # fmt: skip


def _origin(path: Path) -> str:
    """The name of a file without its ending, or of its folder where the file is called as every one of its kind."""
    stem = path.stem.removesuffix("-metadata").partition(".")[0] if path.is_file() else path.name
    return path.absolute().parent.name if stem in _USUAL else stem


def plan_contents(sources: Sources) -> Draft:
    """As `plan_dataset`, for another process: the rows of its sheets are in `contents` alone."""
    draft = plan_dataset(sources)
    return replace(draft, sheets=tuple(replace(sheet, rows=()) for sheet in draft.sheets))


def _resource_names(sheets: Sequence[Sheet], dataset: str) -> list[str]:
    """A name for each table: that of its file or sheet where it can be one, else the dataset's or a number.

    A date in the name of a file is left out where that leaves a name of its own.
    """
    wanted = [_wanted(sheet) for sheet in sheets]
    bare = [_DATED.sub("", name) if name and not sheet.resource else name
            for name, sheet in zip(wanted, sheets, strict=True)]  # fmt: skip
    found: list[str] = []
    for number, (name, short) in enumerate(zip(wanted, bare, strict=True), 1):
        chosen = short if bare.count(short) == 1 and short not in (*RESERVED_NAMES, _TAKEN) else name
        chosen = _free(chosen or ((dataset or UNNAMED) if len(sheets) == 1 else f"table-{number}"))
        found.append(chosen if chosen not in found else f"{chosen}-{number}")
    return found


def _wanted(sheet: Sheet) -> str:
    """The name of a file or sheet as a table's name; empty where it can be none, or only its digits could."""
    names = [slug(sheet.name), named([sheet.name])[0].name.replace("_", "-")]
    if names[0].isdecimal() and names[0] != sheet.name:
        names.pop(0)
    return _free(next((name for name in names if is_name(name) and name not in RESERVED_NAMES), ""))


def _free(name: str) -> str:
    return f"{name}-table" if name == _TAKEN else name


def _table(engine: Engine, scratch: Path, name: str, sheet: Sheet, sources: Sources) -> tuple[Described, Sheet]:
    """A table with its columns and its CSV: in UTF-8 with commas and line feeds, with quotes where they are needed.

    The sheet is the one that is given, without rows that have no value in any column.
    """
    labels = named(sheet.labels)
    if sheet.resource.get("schema"):
        labels = tuple(Named(label, label) for label in sheet.labels)
        alike = Counter(label.lower() for label in sheet.labels)
        if same := [label for label in sheet.labels if alike[label.lower()] > 1]:
            raise stopped(sheet.name, notice("names-alike", (Place(text=label) for label in same)))
    names = [label.name for label in labels]
    path = scratch / f"{name}.csv"
    longest = typing.write_csv(path, names, (row for _, row, is_row in _rows(sheet) if is_row))
    lines = [line for line, _, is_row in _rows(sheet) if is_row]
    repeated = notice("repeated-header", (Place(line) for line, _, is_row in _rows(sheet) if not is_row))
    typing.load(engine, name, path, names, longest)
    # A workbook's numbers have a point, and what a Data Package says of its columns is kept.
    point = "" if sheet.delimiter and not sheet.resource.get("schema") else "."
    written = Written(sheet.delimiter, sources.decimal or point)
    columns = typing.columns(engine, name, labels, lines, sources.text, written)
    if not sheet.resource.get("schema") and any(column.missing for column in columns):
        valued = without_blank(sheet, [column.missing for column in columns])
        if valued is not sheet:  # the next file may have such rows again, so that their texts stay known
            table, valued = _table(engine, scratch, name, valued, sources)
            known = [replace(column, missing=before.missing or column.missing)
                     for column, before in zip(table.columns, columns, strict=True)]  # fmt: skip
            return replace(table, columns=tuple(known)), valued
    # What a package calls the table, or the name of a file or sheet that is in Chinese.
    title = str(sheet.resource.get("title") or "") or (sheet.name if language_of(sheet.name) == "zh" else "")
    titles = {language_of(title): title} if title else {}
    undated = notice("undated", [Place(text=sheet.name)] if _wanted(sheet) not in (name, "") else (), name=name)
    taken = notice("notes-name", [Place(text=sheet.name)] if name == _free(_TAKEN) else (), name=name, file=NOTES)
    notices, limits = (repeated, undated, taken, years(columns)), degrees(columns, sheet.rows)
    stated, by_label = _stated(path, names), {label.label: label.name for label in labels}
    described = Described(name, tuple(columns), (), (), titles, sheet.resource, stated, notices, limits,
                          {by_label[label]: by_label[bound] for label, bound in sheet.bounds.items()})  # fmt: skip
    return described, sheet


def _stated(path: Path, names: Sequence[str]) -> Json:
    """The dialect of a CSV that was written here, where the file alone would mislead."""
    try:
        layout = read_layout(path, Dialect())
    except Unreadable:
        return _STATED
    return {} if list(layout.labels) == names and layout.dialect.delimiter == "," else _STATED


def _rows(sheet: Sheet) -> Iterator[tuple[int, Cells, bool]]:
    """(line, cells, whether it is a row). Tables that were joined one below another have their header between them."""
    for line, row in zip(sheet.lines, sheet.rows, strict=True):
        yield line, row, row != sheet.labels or len(row) == 1


def _related(
    engine: Engine, tables: Sequence[Described], sheets: Sequence[Sheet], publication: Publication, sources: Sources
) -> list[Described]:
    """The tables with their keys, and with references first to the publication and then to one another."""
    outer = _targets(engine, publication)
    found = []
    for table, sheet, stated in zip(tables, sheets, _stated_keys(tables, sources.key), strict=True):
        referring = _referring(engine, table, outer)
        refers = [reference.column for reference in referring.references if not reference.guessed]
        schema = table.resource.get("schema")
        given = stated or (primary_key_of(schema) if isinstance(schema, Mapping) else ())
        key = given or keys.primary_key(engine, table.name, referring.columns, refers)
        notices: tuple[Notice, ...] = ()
        if table.resource.get("schema") and not given:
            notices = (notice("key-unstated", [Place(text=", ".join(key))] if key else []),)
            key = ()
        elif not given:
            notices = _broken_key(engine, referring, key, [line for line, _, is_row in _rows(sheet) if is_row])
        found.append(replace(referring, key=key, notices=(*table.notices, *notices)))
    inner = []
    for table in found:
        for column in (column for column in table.columns if (column.name,) == table.key):
            store = f"own {table.name}"
            _store(engine, store, column.name, identifier(table.name))
            inner.append(Target(table.name, column.name, store, column.type == "string"))
    return [_referring(engine, table, [target for target in inner if target.resource != table.name]) for table in found]


def _broken_key(engine: Engine, table: Described, key: Sequence[str], lines: Sequence[int]) -> tuple[Notice, ...]:
    """Where rows have an identifier in common that is therefore only a part of the key; and where there is no key,
    which columns identify the rows but for some."""
    if key:
        repeated = keys.repeated_identifiers(engine, table.name, table.columns, key)
        return tuple(
            Notice("identifier-repeated", tuple(Place(lines[row]) for row in rows), count, {"column": column})
            for column, rows, count in repeated
        )
    best, rows, count = keys.nearest_key(engine, table.name, table.columns)
    places = tuple(Place(lines[row]) for row in rows)
    return (Notice("key-broken", places, count, {"key": ", ".join(best)}),) if best else ()


def _referring(engine: Engine, table: Described, targets: Sequence[Target]) -> Described:
    """The table with its references to these targets. Columns that refer to codes are texts, however much they look
    like numbers."""
    taken = {reference.column for reference in table.references if reference.holds}
    free = [column for column in table.columns if column.name not in taken and (column.name,) != table.key]
    refers = {reference.column: reference for reference in keys.references(engine, table.name, free, targets)}
    texts = {name for name, reference in refers.items() if reference.target.text}
    columns = tuple(column.as_text() if column.name in texts else column for column in table.columns)
    before = [reference for reference in table.references if reference.column not in refers]
    return replace(table, columns=columns, references=(*before, *refers.values()))


def _stated_keys(tables: Sequence[Described], key: Sequence[str]) -> list[tuple[str, ...]]:
    """The key that a person has stated, for each table; empty for those that do not have these columns. Raises
    UsageError where no table has them."""
    found = []
    missing: list[list[str]] = []
    for table in tables:
        known = {column.named.label: column.name for column in table.columns}
        known |= {column.name: column.name for column in table.columns}
        missing.append([name for name in key if name not in known])
        found.append(() if missing[-1] else tuple(known[name] for name in key))
    if all(missing):
        raise _no_column("--key", min(missing, key=len)[0], _column_names(tables))
    return found


def _refuse_unknown(option: str, given: Iterable[str], tables: Sequence[Described]) -> None:
    names = _column_names(tables)
    for name in sorted(set(given) - set(names)):
        raise _no_column(option, name, names)


def _column_names(tables: Sequence[Described]) -> list[str]:
    return sorted({name for table in tables for column in table.columns for name in (column.named.label, column.name)})


def _no_column(option: str, name: str, names: Sequence[str]) -> UsageError:
    near = nearest(name, names, 0.5)
    return UsageError("no-key-near" if near else "no-key", option=option, name=name, near=near)


def _targets(engine: Engine, publication: Publication) -> list[Target]:
    """The single keys of the newest releases, with their values in the database."""
    used = keys.aliases(publication)
    found = []
    for dataset in publication.datasets:
        release = dataset.latest
        for table in release.tables if release.state == "released" else ():
            path, key = publication.root / table.source, table.schema.primary_key
            only = table.schema.field(key[0]) if len(key) == 1 else None
            if only is None or not path.is_file() or path.stat().st_size > _LARGEST_TARGET:
                continue
            store = f"key {dataset.name} {table.name}"
            try:
                dialect = read_layout(path, table.dialect).dialect
                _store(engine, store, only.name, f"read_csv({csv_path(path)}, all_varchar = true, header = true, "
                       f"delim = {literal(dialect.delimiter)}, quote = {literal(dialect.quote_char)})")  # fmt: skip
            except (Unreadable, database.Error):
                continue
            found.append(Target(table.name, only.name, store, only.type == "string", dataset.name,
                                str(release.version), used[dataset.name, table.name, only.name]))  # fmt: skip
    return found


def _store(engine: Engine, name: str, field: str, relation: str) -> None:
    """The distinct values of a field of `relation` as the temporary table of a target."""
    engine.run(
        f"CREATE OR REPLACE TEMP TABLE {identifier(name)} AS SELECT DISTINCT {identifier(field)} AS v FROM {relation}"
    )


def _sure(table: Described, sheet: Sheet, scratch: Path, bounds: Limits) -> Described:
    """The table with a column as text where the check would not read all its values as the type that was detected."""
    if table.resource.get("schema"):
        return table
    fields = tuple(
        Field(column.name, column.type, str(column.extras.get("format", "default")),
              missing_values=("", *column.missing),
              descriptor={"name": column.name, "type": column.type, **column.extras})
        for column in table.columns
    )  # fmt: skip
    held = Table(table.name, table.path, table.path, Schema(table.name, "", fields))
    (report,) = check_tables([TableSource(held, scratch / table.path)], limits=bounds)
    wrong: defaultdict[str, list[Problem]] = defaultdict(list)
    for problem in report.problems:
        if problem.code == "type-error" and problem.cell and problem.cell.field:
            wrong[problem.cell.field].append(problem)
    lines = [line for line, _, is_row in _rows(sheet) if is_row]
    columns = []
    for column in table.columns:
        found = wrong[column.name]
        if found and found[0].cell:
            line = lines[(found[0].cell.row or 2) - 2]
            texts = list(dict.fromkeys(problem.cell.text or "" for problem in found if problem.cell))[:_EXAMPLES]
            found_misfit = misfit(column.name, column.type, len(found), column.filled, line, texts)
            columns.append(replace(column.as_text(), notices=(found_misfit,)))
        else:
            columns.append(column)
    return replace(table, columns=tuple(columns))
