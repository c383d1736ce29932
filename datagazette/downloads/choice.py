"""Which files a release publishes: the one place that knows, before and while they are made.

A recorded release goes on publishing what its ledger promised, whatever `formats` says. One of which the ledger lists
no published files was published by a program that knew no choice, and has all files, unless the publication chooses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from datagazette.model.formats import ALWAYS, EARLIER, EXPLAINED, Choice, choice
from datagazette.model.problems import Problem, problem
from datagazette.model.publication import Catalog, Release
from datagazette.model.resource import Table
from datagazette.model.signing import SUMS

_OF_TABLE = {
    "csv": "csv", "excel.csv": "csv-excel", "parquet": "parquet", "json": "json", "ndjson": "ndjson",
    "csv-metadata.json": "csvw", **dict.fromkeys(("csv.gz", "json.gz", "ndjson.gz"), "gzip"),
}  # fmt: skip
_EXPLAINED = "missing.json"
_OF_CHART = {"svg": "chart-svg", "dark.svg": "chart-dark", "png": "chart-png", "vl.json": "chart-spec"}
_OF_RELEASE = {
    "LICENSE.txt": "license", "CITATION.cff": "citation-cff", "citation.bib": "citation-bibtex",
    "citation.ris": "citation-ris", "citation.json": "citation-csl", "datacite.json": "datacite",
    "changes.json": "changes", "croissant.json": "croissant", "datapackage.json": "datapackage", SUMS: "sums",
}  # fmt: skip


@dataclass(frozen=True)
class Known:
    """What is known of a release: whether there is none before, and of its tables whether Excel needs a copy of one,
    and whether it has so many rows."""

    is_first: bool
    is_garbled: Callable[[Table], bool]
    has_rows: Callable[[Table, int], bool]


def chosen(catalog: Catalog, release: Release) -> Choice:
    """What is published of a release that promises no files yet."""
    formats = catalog.formats if release.formats is None else release.formats
    return EARLIER if formats is None and release.files and not release.published else choice(formats)


def publishes(catalog: Catalog, release: Release, kind: str) -> bool:
    """Whether there may be a file of this kind: what would be in none need not be made."""
    if kind in ALWAYS or not release.published:
        return kind in chosen(catalog, release).kinds
    return any(path in release.published for path, found, _ in _possible(release) if found == kind)


def release_files(catalog: Catalog, release: Release, known: Known | None) -> Iterator[tuple[str, str]]:
    """(path, kind) of the files that `write_release` makes. Without what is `known` of a release, all that may be."""
    wanted, promised, found = chosen(catalog, release), release.published, set[str]()
    for path, kind, table in _possible(release):
        is_new = not promised and kind in wanted.kinds and (known is None or _is_given(kind, table, wanted, known))
        has_whole = kind != "gzip" or path.removesuffix(".gz") in found
        if kind in ALWAYS or path in promised or (is_new and has_whole):
            found.add(path)
            yield path, kind


def _is_given(kind: str, table: Table | None, wanted: Choice, known: Known) -> bool:
    """Whether there is what only some tables, or releases, have."""
    if kind == "changes":
        return wanted.first_changes or not known.is_first
    if table is None or kind in ("csvw", "gzip", EXPLAINED):
        return True
    if kind == "csv-excel":
        return known.is_garbled(table)
    if kind == "json":
        return wanted.json_rows is None or not known.has_rows(table, wanted.json_rows + 1)
    return known.has_rows(table, wanted.lines_from)


def possible_paths(release: Release) -> Iterator[tuple[str, str]]:
    """(path, kind) of every file that there may be of a release, whatever is chosen."""
    return ((path, kind) for path, kind, _ in _possible(release))


def _possible(release: Release) -> Iterator[tuple[str, str, Table | None]]:
    """(path, kind, table) of every file that there may be."""
    for table in release.tables:
        yield from ((f"{table.name}.{ending}", kind, table) for ending, kind in _OF_TABLE.items())
        if table.schema.explained:
            yield f"{table.name}.{_EXPLAINED}", EXPLAINED, table
    for summary in release.summaries:
        yield from ((f"summaries/{summary.name}.{ending}", f"summary-{ending}", None) for ending in ("csv", "sql"))
        for language in release.languages if summary.chart is not None else ():
            stem = summary.name if language == release.languages[0] else f"{summary.name}.{language}"
            yield from ((f"summaries/{stem}.{ending}", kind, None) for ending, kind in _OF_CHART.items())
    yield from ((f"checks/{check.name}.sql", "check-sql", None) for check in release.checks)
    yield from ((f"{release.id}.{ending}", ending, None) for ending in ("xlsx", "zip"))
    yield from ((path, kind, None) for path, kind in _OF_RELEASE.items())


def check_names(release: Release, file: str) -> tuple[Problem, ...]:
    """Names that would need the same file twice, such as a table called `datapackage`."""
    owners: dict[str, str] = {}
    found = []
    for path, owner in _planned_paths(release):
        if owners.setdefault(path, owner) != owner:
            found.append(problem("file-name-clash", file, None, name=owner, other=owners[path], path=path))
    return tuple(found)


def _planned_paths(release: Release) -> Iterator[tuple[str, str]]:
    """(path, what wants it) for each file that a release may publish one day, whatever is chosen now."""
    for table in release.tables:
        yield from ((f"{table.name}.{ending}", table.name) for ending in _OF_TABLE)
        if table.schema.explained:
            yield f"{table.name}.{_EXPLAINED}", table.name
    yield from ((path, path) for path in _OF_RELEASE if path.endswith((".json", ".bib", ".ris")))
    for summary in release.summaries:
        for ending in ("", *(f".{code}" for code in release.languages[1:]), ".dark"):
            yield f"summaries/{summary.name}{ending}", summary.name
    for name in (release.id, release.dataset):
        yield from ((f"{name}.{ending}", name) for ending in ("xlsx", "zip"))
