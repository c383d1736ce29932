"""Verify: what a file that a reader kept, or the link of a figure, is, and what has become of it since."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal
from urllib.parse import parse_qs, unquote

from datagazette.build.checked import load
from datagazette.build.steps import Run, uncached
from datagazette.build.summarise import summarise
from datagazette.build.tabulate import tabulate
from datagazette.build.workers import workers
from datagazette.describe.addresses import latest_path
from datagazette.describe.notation import cell
from datagazette.files import sha256
from datagazette.isolation import OutOfBounds, isolated
from datagazette.model.errors import DataFaults, UsageError
from datagazette.model.names import LATEST, address_parts, parse_version
from datagazette.model.problems import has_errors
from datagazette.model.publication import Dataset, Note, Publication, Release
from datagazette.model.results import Value
from datagazette.tables.bounded import out_of_bounds
from datagazette.tables.engine import connect
from datagazette.tables.parquet import TypedTable, row_of

State = Literal["current", "old", "withdrawn", "altered", "unknown"]


@dataclass(frozen=True)
class Origin:
    """A release that published a file, under `path`; `resource` where it is one of its tables."""

    release: Release
    path: str
    resource: str = ""


@dataclass(frozen=True)
class FileVerdict:
    """What a file is. `origins` are all releases that published these bytes, or for `altered` a file of this name.

    `newest` and `since` (the releases after the last that had these bytes) are those of the last origin's dataset.
    """

    name: str
    sha256: str
    state: State
    origins: tuple[Origin, ...] = ()
    newest: Release | None = None
    since: tuple[Release, ...] = ()


@dataclass(frozen=True)
class FigureAt:
    """A figure as a release has it; `value` as in a CSV, None where the release has no such cell."""

    release: Release
    value: str | None
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class FigureVerdict:
    """A figure in each release, the oldest first; `quoted` is the release that the link names."""

    dataset: str
    resource: str
    key: str
    field: str
    newest: Release
    history: tuple[FigureAt, ...]
    quoted: Release | None = None


@dataclass(frozen=True)
class ReleaseVerdict:
    """What a link to a dataset, a release or one of its files leads to."""

    release: Release
    newest: Release
    path: str = ""
    since: tuple[Release, ...] = ()


@dataclass(frozen=True)
class _Place:
    """A cell of a table, or of a summary's result where `summary` is set."""

    resource: str
    key: str
    field: str
    summary: str = ""


Verdict = FileVerdict | FigureVerdict | ReleaseVerdict


def verify(root: Path, target: str) -> Verdict:
    """`target` is a file's path or a link into the site. Raises UsageError for one that is neither."""
    loaded = load(root)
    if loaded.publication is None or has_errors(loaded.problems):
        raise DataFaults(loaded.problems)
    path = Path(target)
    if "://" not in target and path.is_file():
        return verify_file(loaded.publication, path.name, sha256(path))
    try:
        return isolated(_verify_link, loaded.publication, target, reads=[root])
    except OutOfBounds as error:
        raise DataFaults((out_of_bounds(error, target),)) from error


def verify_file(publication: Publication, name: str, sha256: str) -> FileVerdict:
    """Found by its hash alone; the name only says what an altered file once was."""
    known = tuple((origin, hashed) for release in _releases(publication) for origin, hashed in _origins(release))
    same = tuple(origin for origin, hashed in known if hashed == sha256)
    if not same:
        named = tuple(origin for release in _releases(publication) for origin in _named(release, name))
        return FileVerdict(name, sha256, "altered" if named else "unknown", named)
    last = _dataset(publication, same[-1].release.dataset)
    release = _standing(tuple(one.release for one in same if one.release.dataset == last.name))
    if release.withdrawal:
        state: State = "withdrawn"
    else:
        state = "current" if release.id == last.latest.id else "old"
    return FileVerdict(name, sha256, state, same, last.latest, _since(last, release))


def _releases(publication: Publication) -> Iterator[Release]:
    for dataset in publication.datasets:
        yield from (one for one in dataset.releases if one.state != "draft")


def _origins(release: Release) -> Iterator[tuple[Origin, str]]:
    """Every file of a release with its hash: the submitted tables, and what the ledger says was made of them."""
    for table in release.tables:
        submitted = release.files.get(table.file.removeprefix(f"{release.folder}/"))
        if submitted:
            yield Origin(release, f"{table.name}.csv", table.name), submitted
    submitted_paths = {f"{table.name}.csv" for table in release.tables}
    for path, hashes in release.published.items():
        if path not in submitted_paths:
            resource = next((one.name for one in release.tables if path.startswith(f"{one.name}.")), "")
            yield from ((Origin(release, path, resource), hashed) for hashed in hashes)


def _named(release: Release, name: str) -> Iterator[Origin]:
    """The files of a release that may be called so on a reader's disk: as published, or as below `latest`."""
    paths = {origin.path for origin, _ in _origins(release)}
    paths |= {f"{release.id}.{kind}" for kind in ("zip", "xlsx")}
    for path in sorted(paths):
        if name in (PurePosixPath(path).name, PurePosixPath(latest_path(release, path)).name):
            yield Origin(release, path)


def _standing(releases: tuple[Release, ...]) -> Release:
    """The newest release that was not withdrawn, else the newest."""
    return next((one for one in reversed(releases) if not one.withdrawal), releases[-1])


def _since(dataset: Dataset, release: Release) -> tuple[Release, ...]:
    return tuple(one for one in dataset.releases if one.version > release.version and one.state != "draft")


def _dataset(publication: Publication, name: str) -> Dataset:
    found = publication.dataset(name)
    if found is None or found.latest.state == "draft":
        raise UsageError("dataset-unpublished", name=name)
    return found


def _verify_link(publication: Publication, link: str) -> Verdict:
    address = address_parts(link)
    parts = [unquote(one) for one in address.path.split("/") if one] if address else []
    asked = {name: values[0] for name, values in parse_qs(address.query).items()} if address else {}
    for place, word in enumerate(parts[:-1]):
        if word in ("datasets", "data"):
            dataset, rest = _dataset(publication, parts[place + 1]), parts[place + 2 :]
            if rest[:1] == ["explore"] and {"key", "field"} <= asked.keys():
                return _figure(publication, dataset, asked)
            if rest[:1] == ["summaries"] and len(rest) > 1 and "field" in asked:
                return _figure(publication, dataset, asked, rest[1])
            return _release(dataset, rest)
    raise UsageError("not-verifiable", link=link)


def _release(dataset: Dataset, rest: list[str]) -> ReleaseVerdict:
    written = rest[0] if rest else LATEST
    version = parse_version(written)
    release = dataset.release(version) if version else dataset.latest
    if release is None or release.state == "draft":
        raise UsageError("no-release", dataset=dataset.name, version=written)
    path = "/".join(rest[1:]) if version or written == LATEST else ""
    return ReleaseVerdict(release, dataset.latest, path, _since(dataset, release))


def _figure(publication: Publication, dataset: Dataset, asked: Mapping[str, str], summary: str = "") -> FigureVerdict:
    quoted = dataset.release(version) if (version := parse_version(asked.get("release"))) else None
    # The explorer leaves the first table out of its addresses.
    first = (quoted or dataset.latest).tables[0].name
    place = _Place(asked.get("table", first), asked.get("key", ""), asked["field"], summary)
    releases = [one for one in dataset.releases if one.state != "draft"]
    with tempfile.TemporaryDirectory() as folder:
        run = uncached(publication, Path(folder) / "work", workers(1))
        history = tuple(_figure_at(run, release, place) for release in releases)
    if all(one.value is None for one in history):
        raise UsageError("no-value", dataset=dataset.name, place=f"{place.resource}, {place.key}, {place.field}")
    return FigureVerdict(
        dataset.name, summary or place.resource, place.key, place.field, dataset.latest, history, quoted
    )


def _figure_at(run: Run, release: Release, place: _Place) -> FigureAt:
    name = place.summary or place.resource
    notes = tuple(
        one for one in release.notes if one.resource == name and one.key == place.key and one.field in ("", place.field)
    )
    value = (_of_summary if place.summary else _of_table)(run, release, place)
    return FigureAt(release, None if value is None else cell(value), notes)


def _of_table(run: Run, release: Release, place: _Place) -> Value:
    table = release.table(place.resource)
    if table is None or table.schema.field(place.field) is None:
        return None
    tabulate(run, [release])
    with connect(run.limits) as engine:
        row = row_of(engine, TypedTable(table, run.workspace.parquet(release, place.resource)), place.key)
    return row.get(place.field) if row else None


def _of_summary(run: Run, release: Release, place: _Place) -> Value:
    """A summary is computed again, from the release's own tables and those that it used."""
    if release.summary(place.summary) is None:
        return None
    (summarised,) = summarise(run, [release])
    found = summarised.result.summary(place.summary) if summarised.result else None
    if found is None:
        return None
    names = [one.name for one in found.summary.fields]
    for values in found.rows:
        row = dict(zip(names, values, strict=True))
        if place.field in row and "|".join(str(row[name]) for name in found.summary.primary_key) == place.key:
            return row[place.field]
    return None
