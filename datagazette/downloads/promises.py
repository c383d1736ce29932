"""What was published under an address stays what it was: the ledger's hashes against the files of this build.

Three kinds of files, by what is promised of them:

- text with data (the CSVs, the results of summaries, queries) is the same bytes permanently, but for a wrong figure
  in the copy for Excel, which is corrected with a warning;
- Parquet, JSON, the workbook, the zip and the descriptor may be written otherwise by a new library or generator:
  where a hash is new, every value is read back and compared with what the ledger keeps of it;
- descriptions and pictures may be made better, but no address may go away.

The values of a workbook are the rows of its tables and summaries; those of a zip are the data in it; those of a
descriptor are the schemas. Titles, layout, compression, metadata and pictures are not looked at.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, repeat, zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from python_calamine import CalamineSheet, CalamineWorkbook

from datagazette.describe import addresses
from datagazette.downloads.csv import data_rows, write_excel_copy
from datagazette.downloads.json import json_value
from datagazette.downloads.json_rows import Piece, json_sql, rows_as_text
from datagazette.downloads.sheet_texts import sheet_name
from datagazette.downloads.xlsx import MAX_COLUMNS, MAX_ROWS
from datagazette.files import sha256
from datagazette.model.problems import Problem, has_errors, problem, warning
from datagazette.model.resource import Field, Table
from datagazette.model.results import PublishedFile, ReleaseResult
from datagazette.tables.engine import Engine, Limits, connect
from datagazette.tables.sql import identifier, literal
from datagazette.tables.types import TYPES
from datagazette.tables.types.numbers import Numeric

# Text with data, and the queries that it was made with.
DATA_KINDS = frozenset({"csv", "csv-excel", "summary-csv", "summary-sql", "check-sql"})
# The kinds of files whose values are compared where their bytes are new.
VALUE_KINDS = frozenset({"parquet", "json", "ndjson", "xlsx", "zip", "datapackage"})
OPENED_KINDS = VALUE_KINDS - {"parquet"}  # of which a file that was not written just now is opened

_SCHEMA_KEYS = ("primaryKey", "uniqueKeys", "foreignKeys", "missingValues")
_FIELD_KEYS = ("name", "type", "format", "constraints")
_CHUNK = 1 << 20
_LONGEST_ROW = 300  # characters of a row that a message shows


@dataclass(frozen=True)
class Kept:
    """What the ledger should keep of a release: every hash of every file so far, and the content of the files.

    `problems` are errors where this build would break a promise, and a warning where it has hashes to add.
    """

    published: dict[str, tuple[str, ...]]
    contents: dict[str, str]
    problems: tuple[Problem, ...] = ()


def kept(result: ReleaseResult, site: Path, before: Path | None = None) -> Kept:
    """The ledger's hashes with those of this build added; the files of the release are below `site`.

    `before` is the site that this build would replace: where it has the old file, the first different row is reported.
    """
    release = result.release
    folder = addresses.data_folder(release)
    published, contents = dict(release.published), dict(release.contents)
    new = [file for file in result.files if file.sha256 not in published.get(file.path, ())]
    problems = [gone(result, path) for path in sorted(published) if result.file(path) is None]
    problems += [
        _other_data(result, file, site / folder) for file in new if file.kind in DATA_KINDS and published.get(file.path)
    ]
    for file in result.files:
        if file.kind in VALUE_KINDS and (file in new or file.path not in contents):
            path = site / folder / file.path
            found = values_digest(path, file.kind, result)
            if contents.setdefault(file.path, found) == found:
                continue
            old = before / folder / file.path if before else None
            problems.append(
                correction(result, file, path, contents[file.path]) or other_values(result, file, path, old)
            )
    for file in new:
        published[file.path] = (*published.get(file.path, ()), file.sha256)
    if new and release.published and not has_errors(problems):
        about = {"version": release.version, "dataset": release.dataset, "count": len(new), "first": new[0].path}
        about |= {"rule": "withdrawn"} if release.withdrawal else {}
        problems.append(warning("published-bytes-new", _ledger(result), None, **about))
    return Kept(published, contents, tuple(problems))


def _other_data(result: ReleaseResult, file: PublishedFile, folder: Path) -> Problem:
    """The problem of text with other bytes than before: a warning for a copy for Excel that had wrong figures."""
    known = result.release.published[file.path]
    corrected = (correction(result, file, folder / file.path, old) for old in known)
    return next(filter(None, corrected), differs(result, file, "data", expected=known[-1], found=file.sha256))


def correction(result: ReleaseResult, file: PublishedFile, path: Path, before: str) -> Problem | None:
    """The warning for a file at `path` whose values were wrong in an earlier program; None if it has no such.

    `before` is the hash of the values that it had; of a copy for Excel, that of the file.
    """
    if file.kind == "csv-excel":
        is_known = before in _earlier_copies(result, file, path.parent)
        return _corrected(result, file, rule="numbers") if is_known else None
    if file.kind in VALUE_KINDS and (alike := _alike_names(result, file)):
        return _corrected(result, file, fields=alike)
    if file.kind == "xlsx" and _digest(_workbook(path, result, earlier=True)) == before:
        return _corrected(result, file, rule="numbers")
    return None


def _corrected(result: ReleaseResult, file: PublishedFile, **about: str) -> Problem:
    release = result.release
    about |= {"version": str(release.version), "dataset": release.dataset, "path": file.path}
    return warning("published-values-corrected", _ledger(result), None, **about)


def _earlier_copies(result: ReleaseResult, file: PublishedFile, folder: Path) -> set[str]:
    """The hashes of a table's copy for Excel as earlier programs wrote it: with `'-2e-5` for a number, at first with
    all numbers as in the CSV."""
    table, found = result.release.table(file.resource), set[str]()
    if table is None:
        return found
    with TemporaryDirectory() as made:
        copy = Path(made, "copy.csv")
        for fields in ((), table.schema.fields):
            write_excel_copy(folder / f"{table.name}.csv", copy, table.dialect, fields, earlier=True)
            found.add(sha256(copy))
    return found


def _alike_names(result: ReleaseResult, file: PublishedFile) -> str:
    """The fields of the file's table whose names differ only in the case of letters; empty where none do.

    An earlier program gave the second of them the values of the first.
    """
    table = result.release.table(file.resource)
    names = [field.name for field in table.schema.fields] if table else []
    lower = Counter(name.lower() for name in names)
    return ", ".join(name for name in names if lower[name.lower()] > 1)


def other_values(result: ReleaseResult, file: PublishedFile, path: Path, old: Path | None) -> Problem:
    """The problem of a file with other values than before, with the first row that differs where the `old` file is.

    One that is not among the files that the ledger has hashes of is not opened, and Parquet never is: a pull request
    may bring a folder of a site, and a ledger with its hashes. The same values are in the table's JSON.
    """
    if (
        file.kind in OPENED_KINDS
        and old is not None
        and old.is_file()
        and sha256(old) in result.release.published.get(file.path, ())
    ):
        with connect(Limits(reads=(old,))) as first, connect(Limits(reads=(path,))) as second:
            rows = values(first, old, file.kind, result), values(second, path, file.kind, result)
            found = first_difference(*rows)
        if found is not None:
            before, after = (row[:_LONGEST_ROW].replace("\t", " | ") for row in found)
            return differs(result, file, "row", before=before, after=after)
    return differs(result, file, "values")


def differs(result: ReleaseResult, file: PublishedFile, rule: str, **about: str) -> Problem:
    version = result.release.version
    return problem("published-file-differs", _ledger(result), None, rule=rule, version=version, path=file.path, **about)


def gone(result: ReleaseResult, path: str) -> Problem:
    return problem("published-file-gone", _ledger(result), None, version=result.release.version, path=path)


def _ledger(result: ReleaseResult) -> str:
    return f"datasets/{result.release.dataset}/releases.yaml"


def values_digest(path: Path, kind: str, result: ReleaseResult) -> str:
    """SHA-256 over the lines of `values`."""
    with connect(Limits(reads=(path,))) as engine:
        return _digest(values(engine, path, kind, result))


def parquet_digest(engine: Engine, path: Path) -> str:
    """The same of a Parquet file, with an engine that may read it."""
    return _digest(_parquet(engine, path))


def _digest(lines: Iterable[str]) -> str:
    summed = hashlib.sha256()
    for line in lines:
        summed.update(line.encode("utf-8", "surrogatepass") + b"\n")
    return summed.hexdigest()


def first_difference(old: Iterable[str], new: Iterable[str]) -> tuple[str, str] | None:
    """The first line that two files do not share, as the one and as the other has it; "" where a file has ended."""
    return next(((before, after) for before, after in zip_longest(old, new, fillvalue="") if before != after), None)


def values(engine: Engine, path: Path, kind: str, result: ReleaseResult) -> Iterator[str]:
    """Every value of a file of one of the `VALUE_KINDS`, a row a line, whatever the library that wrote it made of its
    bytes."""
    if kind == "parquet":
        return _parquet(engine, path)
    if kind in ("json", "ndjson"):
        return _json(path)
    if kind == "xlsx":
        return _workbook(path, result)
    return _zip(path) if kind == "zip" else _descriptor(path.read_bytes())


def _parquet(engine: Engine, path: Path) -> Iterator[str]:
    relation = f"read_parquet({literal(str(path))})"
    held = engine.columns(f"SELECT * FROM {relation}")
    for name, kind in held:
        yield f"{name} {kind}"
    pieces = [
        Piece("\t" if at else "", identifier(name), json_sql(identifier(name), kind, ""), json_value)
        for at, (name, kind) in enumerate(held)
    ]
    yield from rows_as_text(engine, relation, pieces, "")


def _json(path: Path) -> Iterator[str]:
    """Both forms have an object a line."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            row = line.strip().removesuffix(",")
            if row not in ("[", "]", ""):
                yield _canonical(json.loads(row))


def _workbook(path: Path, result: ReleaseResult, *, earlier: bool = False) -> Iterator[str]:
    """The rows below the headers: as many as the table has, counted from the last one that is not empty. Notes beside
    the rows, and sheets about the others, are not among the values.

    With `earlier`, as an earlier program wrote them, which took every number for one in the usual form.
    """
    book = CalamineWorkbook.from_path(path)
    taken: list[str] = []
    parts = [(table.table.name, table.rows, len(table.table.schema.fields)) for table in result.tables]
    parts += [(summary.summary.name, len(summary.rows), len(summary.summary.fields)) for summary in result.summaries]
    for name, rows, columns in parts:
        taken.append(sheet_name(name, taken))
        yield f"{name}: {rows}"
        if rows < MAX_ROWS and columns <= MAX_COLUMNS:
            sheet = book.get_sheet_by_name(taken[-1])
            first = max(_height(sheet, columns) - rows, 0)
            cells: Iterable[list[Any]] = islice(sheet.iter_rows(), first, None)
            if earlier and (table := result.release.table(name)):
                texts = chain([[]], data_rows(path.with_name(f"{name}.csv"), table.dialect))
                cells = map(_earlier_cells, cells, islice(texts, first, None), repeat(table))
            for row in cells:
                yield f"{name}\t" + "\t".join(f"{type(value).__name__}:{value}" for value in row[:columns])


def _height(sheet: CalamineSheet, columns: int) -> int:
    """How many rows a sheet has, up to the last one that has something in the first columns: notes may be beside."""
    if sheet.width <= columns:
        return sheet.height
    filled = (number for number, row in enumerate(sheet.iter_rows(), start=1) if any(map(str, row[:columns])))
    return max(filled, default=0)


def _earlier_cells(row: list[Any], texts: Sequence[str], table: Table) -> list[Any]:
    """A row of a sheet with the numbers that an earlier program made of the CSV's texts, or the texts."""
    known = zip(row, texts, table.schema.fields, strict=False)
    cells = [_earlier_cell(*cell) if isinstance(cell[0], float) else cell[0] for cell in known]
    return cells + row[len(cells) :]


def _earlier_cell(value: float, text: str, field: Field) -> float | str:
    kind = TYPES[field.type](field)
    if not isinstance(kind, Numeric) or kind.shown(text).value != value:
        return value
    before = Numeric.shown(kind, text).value
    return float(before) if isinstance(before, int | float) else text


def _zip(path: Path) -> Iterator[str]:
    """The data and queries by their hashes, and the schemas."""
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            if name.endswith((".csv", ".sql")):
                summed = hashlib.sha256()
                with archive.open(name) as file:
                    while content := file.read(_CHUNK):
                        summed.update(content)
                yield f"{name} {summed.hexdigest()}"
            elif name == "datapackage.json":
                yield from _descriptor(archive.read(name))


def _descriptor(content: bytes) -> Iterator[str]:
    """Of each table: its file, and what its schema asks of it. Texts and addresses may be others."""
    for resource in json.loads(content)["resources"]:
        name, schema = resource["name"], resource["schema"]
        asked = {key: schema[key] for key in _SCHEMA_KEYS if key in schema}
        yield f"{name}\t{resource['path']}\t{resource.get('hash')}\t{_canonical(asked)}"
        for field in schema["fields"]:
            codes = [code["value"] if isinstance(code, dict) else code for code in field.get("categories", ())]
            about = {key: field[key] for key in _FIELD_KEYS if key in field} | {"categories": codes}
            yield f"{name}\t{_canonical(about)}"


def _canonical(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
