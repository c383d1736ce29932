"""The files of a release as a reader chooses among them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from datagazette.model.results import PublishedFile, ReleaseResult
from datagazette.pages.context import PageContext

# The endings of a table's files, in the order in which they are offered, and what the button says.
TABLE_FORMATS = {
    "csv": "CSV",
    "excel.csv": "CSV (Excel)",
    "parquet": "Parquet",
    "json": "JSON",
    "ndjson": "NDJSON",
}
# Those that a reader looks for a dataset by; the others are variants.
_VARIANTS = frozenset({"CSV (Excel)", "NDJSON"})


@dataclass(frozen=True)
class Download:
    """`format` is what the button says: `CSV`; `what` explains it in words; `name` is the file's."""

    link: str
    format: str
    what: str
    name: str
    size: str


@dataclass(frozen=True)
class Downloads:
    """`package` and `workbook` are everything at once; `tables` one group a table; `machine` the rest."""

    package: Download | None
    workbook: Download | None
    tables: tuple[tuple[str, tuple[Download, ...]], ...]
    machine: tuple[Download, ...]

    def formats(self) -> tuple[str, ...]:
        groups = [file for _, files in self.tables for file in files]
        every = [one for one in (self.package, self.workbook, *groups) if one]
        return tuple(dict.fromkeys(one.format for one in every if one.format not in _VARIANTS))


def downloads(context: PageContext, result: ReleaseResult) -> Downloads:
    release = result.release
    package, workbook = (result.file(f"{release.id}.{kind}") for kind in ("zip", "xlsx"))
    tables = []
    used = {release.id + ".zip", release.id + ".xlsx"}
    for table in release.tables:
        files = [result.file(f"{table.name}.{kind}") for kind in TABLE_FORMATS]
        found = [file for file in files if file]
        used |= {one.path for one in found}
        title = context.plain(table.title) or table.name
        tables.append((title, tuple(_views(context, result, found))))
    rest = [one for one in result.files if one.path not in used and "/" not in one.path]
    return Downloads(
        next(_views(context, result, [package] if package else []), None),
        next(_views(context, result, [workbook] if workbook else []), None),
        tuple(tables),
        tuple(_views(context, result, rest)),
    )


def summary_downloads(context: PageContext, result: ReleaseResult, name: str) -> tuple[Download, ...]:
    """The table of a summary, and its chart in the page's language and light colours."""
    wanted = [f"summaries/{name}.csv"]
    chart = chart_file(result, name, context.language, "svg")
    picture = chart_file(result, name, context.language, "png")
    paths = [*wanted, *(one.path for one in (picture, chart) if one)]
    files = [result.file(path) for path in paths]
    return tuple(_views(context, result, [file for file in files if file]))


def chart_file(result: ReleaseResult, name: str, language: str, kind: str, dark: bool = False) -> PublishedFile | None:
    """A drawn chart: `<name>[.<language>][.dark].<kind>`; the language's own one goes first."""
    scheme = ".dark" if dark else ""
    own = result.file(f"summaries/{name}.{language}{scheme}.{kind}")
    return own or result.file(f"summaries/{name}{scheme}.{kind}")


def _views(context: PageContext, result: ReleaseResult, files: Iterable[PublishedFile]) -> Iterator[Download]:
    release = result.release
    for file in files:
        ending = _ending(file.path)
        yield Download(
            link=context.file(release.dataset, release.version, file.path),
            format=TABLE_FORMATS.get(ending, ending.upper()),
            what=context.strings.get(f"format.{ending}", file.path),
            name=file.path,
            size=context.size(file.bytes),
        )


def _ending(path: str) -> str:
    """What a file's name ends with, the longest ending of a table's files that fits."""
    known = [one for one in TABLE_FORMATS if path.endswith(f".{one}")]
    return max(known, key=len) if known else path.rpartition(".")[2].lower()
