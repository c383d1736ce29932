"""What a file is whose bytes were never published: one that another program saved again, or an altered one.

It is compared by its values with the releases that it may be of, whose files are made again for that. A page of the
site finds the same in lists (`build/file_lists.py`, `site/assets/verify/identify.js`).
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from zipfile import BadZipFile, ZipFile, is_zipfile

from python_calamine import CalamineError

from datagazette.build.origins import Origin, named_files, origins_of
from datagazette.build.steps import Run, uncached
from datagazette.build.summarise import summarise
from datagazette.build.workers import workers
from datagazette.charts.drawing import Chart
from datagazette.downloads import cell_values
from datagazette.downloads.cell_values import FileValues, TableValues
from datagazette.downloads.package import LIGHT, Charts, Inputs, write_release
from datagazette.downloads.sheet_tables import headers
from datagazette.downloads.sheet_texts import sheet_name
from datagazette.intake.workbooks import refuse_unfolding
from datagazette.intake.xml_events import Attributes, read_xml
from datagazette.model.errors import UsageError
from datagazette.model.publication import Publication, Release
from datagazette.model.results import ReleaseResult
from datagazette.tables.engine import connect
from datagazette.tables.layout import read_layout

_SAID = re.compile(r"(\S+) (\d+\.\d+\.\d+)")
_DATA = re.compile(r".*\.(?:csv|sql)|(?:.*/)?datapackage\.json")
_PROPERTIES = "docProps/core.xml"
# A picture of one grey dot.
_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a494441"
    "54789c636000000002000148afa4710000000049454e44ae426082"
)
_LOOKED = 1024  # bytes in which a file that is no text has a zero


@dataclass(frozen=True)
class Part:
    """What can be compared of a file: a CSV, a sheet of a workbook, a file in a zip. `values` are the readings."""

    name: str
    sha256: str
    values: tuple[TableValues, ...]


@dataclass(frozen=True)
class Parts:
    """Those of a file; `says` is the name of the published file that it says it is."""

    parts: tuple[Part, ...] = ()
    says: str = ""


@dataclass(frozen=True)
class Compared:
    """`origins` are the releases that have all values or, where `is_same` is not so, what the file looks like;
    `others` are its parts that are not as published there. `reordered` holds of the newest."""

    is_same: bool
    origins: tuple[Origin, ...] = ()
    reordered: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


def read_parts(path: Path) -> Parts:
    """What a file holds; nothing where it is too large, or is none that spreadsheet programs save."""
    if path.stat().st_size > cell_values.MOST_BYTES:
        return Parts()
    try:
        if is_zipfile(path):
            refuse_unfolding(path)
            return _workbook(path) if path.suffix.lower() in (".xlsx", ".xlsm") else _archive(path)
        content = path.read_bytes()
        if b"\x00" in content[:_LOOKED] and content[:2] not in (b"\xff\xfe", b"\xfe\xff"):
            return Parts()
        return Parts((Part("", "", tuple(cell_values.text_values(cell_values.decoded(content)))),))
    except (BadZipFile, CalamineError, OSError, ValueError, KeyError, csv.Error, UsageError):
        return Parts()


def _workbook(path: Path) -> Parts:
    said = _SAID.fullmatch(_description(path))
    parts = tuple(Part(values.part, "", (values,)) for values in cell_values.workbook_values(path))
    return Parts(parts, f"{said[1]}-{said[2]}.xlsx" if said else "")


def _archive(path: Path) -> Parts:
    parts, says = [], ""
    with ZipFile(path) as archive:
        for name in archive.namelist():
            if not _DATA.fullmatch(name):
                continue
            content = archive.read(name)
            readings = cell_values.text_values(cell_values.decoded(content)) if name.endswith(".csv") else []
            parts.append(Part(name, hashlib.sha256(content).hexdigest(), tuple(readings)))
            if PurePosixPath(name).name == "datapackage.json":
                says = says or _package(content)
    return Parts(tuple(parts), says)


def _package(content: bytes) -> str:
    try:
        about = json.loads(content)
        return f"{about['name']}-{about['version']}.zip"
    except (ValueError, KeyError, TypeError):
        return ""


def candidates(releases: Iterable[Release], found: Parts) -> tuple[Release, ...]:
    """The releases that may have the values: they have a table of this name or with this first row."""
    firsts = {values.first for part in found.parts for values in part.values}
    names = {PurePosixPath(part.name).name for part in found.parts if part.name}
    return tuple(release for release in releases if _may_have(release, found.says, firsts, names))


def _may_have(release: Release, says: str, firsts: set[str], names: set[str]) -> bool:
    if not firsts:
        return False
    sheets: list[str] = []
    for name in (*(table.name for table in release.tables), *(summary.name for summary in release.summaries)):
        sheets.append(sheet_name(name, sheets))
    is_named = says.startswith(f"{release.id}.") or not names.isdisjoint(
        {*sheets, *(f"{sheet}.csv" for sheet in sheets)}
    )
    is_unheaded = any(not table.dialect.header or table.dialect.comment_char or table.dialect.comment_rows
                      for table in release.tables)  # fmt: skip
    return is_named or is_unheaded or not firsts.isdisjoint(_firsts(release))


def _firsts(release: Release) -> Iterator[str]:
    language = release.languages[0]
    for fields in (*(table.schema.fields for table in release.tables), *(each.fields for each in release.summaries)):
        for row in ([field.name for field in fields], headers(fields, language)):
            yield cell_values.row_line(row)


def compare(publication: Publication, releases: Sequence[Release], name: str, found: Parts) -> Compared:
    """`releases` are the candidates. Of all that have the values, those of the same release go together."""
    known: dict[str, tuple[FileValues, ...]] = {}
    if releases:
        with tempfile.TemporaryDirectory() as folder:
            run = uncached(publication, Path(folder) / "work", workers(1))
            for release in releases:
                known[release.id] = _values(run, release)
    same, reordered = [], []
    for release in releases:
        origins = [_origins(release, known[release.id], part) for part in found.parts]
        if found.parts and all(origins):
            same += [origin for each in origins for origin, _ in each]
            if any(not any(is_ordered for _, is_ordered in each) for each in origins):
                reordered.append(release.id)
    if same:
        return Compared(
            is_same=True,
            origins=tuple({(each.release.id, each.path): each for each in reversed(same)}.values())[::-1],
            reordered=tuple(reordered),
        )
    return _altered(publication, name, found, known)


def _values(run: Run, release: Release) -> tuple[FileValues, ...]:
    """Those of all files of a release, which are made again with a dot for each picture."""
    (summarised,) = summarise(run, [release])
    if summarised.result is None:
        return ()
    publication, out = run.publication, run.workspace.root / "files" / release.id
    out.mkdir(parents=True)
    inputs = Inputs(
        csv={table.name: publication.root / table.source for table in release.tables},
        typed={table.table.name: Path(table.parquet) for table in summarised.result.tables},
    )
    with connect(run.limits) as engine:
        files = write_release(publication, summarised.result, engine, inputs, _dots(summarised.result), out)
    layouts = {table.name: read_layout(inputs.csv[table.name], table.dialect) for table in release.tables}
    return cell_values.published_values(out, files, layouts)


class _Dot(Chart):
    """In the place of a chart: sheets say that there is one, and no value depends on how it looks."""

    @cached_property
    def png(self) -> bytes:
        return _PIXEL


def _dots(result: ReleaseResult) -> Charts:
    dot, language = _Dot("<svg/>", {}, "", 1, 1), result.release.languages[0]
    return {(each.summary.name, language, LIGHT): dot for each in result.summaries if each.summary.chart is not None}


def _origins(release: Release, known: Iterable[FileValues], part: Part) -> list[tuple[Origin, bool]]:
    """Where a release has a part, and whether with its rows in order."""
    found = [(origin, True) for origin, hashed in origins_of(release) if part.sha256 and hashed == part.sha256]
    orders: dict[str, str] = {values.key: values.order for values in part.values}
    found += [
        (Origin(release, file.path, table.part), orders[table.key] == table.order)
        for file in known
        for table in file.tables
        if table.key in orders
    ]
    return found


def _altered(publication: Publication, name: str, found: Parts, known: dict[str, tuple[FileValues, ...]]) -> Compared:
    """By what it holds, by its name, or by the first rows of its tables."""
    releases = [each for dataset in publication.datasets for each in dataset.releases if each.state != "draft"]
    firsts = {values.first for part in found.parts for values in part.values if len(json.loads(values.first)) > 1}
    headed: dict[tuple[str, str], Origin] = {}
    for release in releases:
        for table in release.tables:
            rows = ([field.name for field in table.schema.fields], headers(table.schema.fields, release.languages[0]))
            if not firsts.isdisjoint(map(cell_values.row_line, rows)):
                headed[release.dataset, table.name] = Origin(release, f"{table.name}.csv", table.name)
    ways = (
        [origin for release in releases for origin in named_files(release, found.says)] if found.says else [],
        [origin for release in releases for origin in named_files(release, name)],
        list(headed.values()),
    )
    origins = next(filter(None, ways), [])
    if not origins:
        return Compared(is_same=False)
    like = origins[-1].release
    others = [part.name for part in found.parts if part.name and not _origins(like, known.get(like.id, ()), part)]
    return Compared(is_same=False, origins=tuple(origins), others=tuple(others))


def _description(path: Path) -> str:
    """What the properties of a workbook say of it."""
    inside, texts = [""], list[str]()

    def start(name: str, _: Attributes) -> None:
        inside[0] = name

    def text(found: str) -> None:
        if inside[0] == "description":
            texts.append(found)

    with ZipFile(path) as archive:
        content = archive.read(_PROPERTIES) if _PROPERTIES in archive.namelist() else b""
    read_xml(content, start, text=text)
    return "".join(texts).strip()
