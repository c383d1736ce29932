"""`verify`: what a file that a person kept, or the link of a figure, is, and what has become of it since."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs, unquote

from datagazette.build.checked import load
from datagazette.build.origins import Origin, named_files, origins_of, published_releases
from datagazette.build.steps import Run, uncached
from datagazette.build.stored import contents, fetch_for
from datagazette.build.summarise import summarise
from datagazette.build.tabulate import tabulate
from datagazette.build.workers import workers
from datagazette.commands.saved_again import candidates, compare, read_parts
from datagazette.commands.signed_by import signatures_of
from datagazette.describe.notation import cell
from datagazette.files import sha256
from datagazette.isolation import OutOfBounds, isolated
from datagazette.load.signatures import FAULTS
from datagazette.model.content import Content
from datagazette.model.errors import DataFaults, UsageError
from datagazette.model.names import LATEST, address_parts, parse_version
from datagazette.model.problems import has_errors
from datagazette.model.publication import Dataset, Note, Publication, Release
from datagazette.model.results import Value
from datagazette.model.signing import Signature
from datagazette.tables.bounded import out_of_bounds
from datagazette.tables.engine import connect
from datagazette.tables.parquet import TypedTable, row_of

State = Literal["current", "old", "withdrawn", "removed", "altered", "unknown"]


@dataclass(frozen=True)
class FileVerdict:
    """What a file is. `origins` are all releases that published it, or for `altered` what it looks like.

    `newest` and `since` (the releases after the last that had it) are those of the last origin's dataset. `by`: whether
    its bytes are known or, of a file that was saved again, its values; `reordered`: its rows are in another order.
    `others` are the parts of an altered file that are not as published.
    `signed` has the signatures of sums that have this file, each once, with the release; None without any keys.
    """

    name: str
    sha256: str
    state: State
    origins: tuple[Origin, ...] = ()
    newest: Release | None = None
    since: tuple[Release, ...] = ()
    by: Literal["bytes", "values"] = "bytes"
    reordered: bool = False
    others: tuple[str, ...] = ()
    signed: tuple[tuple[Release, Signature], ...] | None = None


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
    """What a link to a dataset, a release or one of its files leads to. `newest` is None where the dataset has no
    release any more."""

    release: Release
    newest: Release | None
    path: str = ""
    since: tuple[Release, ...] = ()


Verdict = FileVerdict | FigureVerdict | ReleaseVerdict


def verify(root: Path, target: str, report: Callable[[Content], None] = lambda _: None) -> Verdict:
    """`target` is a file's path or a link into the site. Raises UsageError for one that is neither.

    `report` is called before each file that is fetched from the store, for the link of a figure.
    """
    loaded = load(root)
    if loaded.publication is None or has_errors([fault for fault in loaded.problems if fault.code not in FAULTS]):
        raise DataFaults(loaded.problems)
    path = Path(target)
    if "://" not in target and path.is_file():
        found = verify_file(loaded.publication, path.name, sha256(path))
        is_unknown = found.state in ("altered", "unknown")
        return _saved_again(loaded.publication, path, found, report) if is_unknown else found
    named = (dataset for dataset in loaded.publication.datasets if f"/{dataset.name}/" in target and "?" in target)
    fetch_for(loaded.publication, contents(chain.from_iterable(map(published_releases, named))), report)
    try:
        return isolated(_verify_link, loaded.publication, target, reads=[root])
    except OutOfBounds as error:
        raise DataFaults((out_of_bounds(error, target),)) from error


def verify_file(publication: Publication, name: str, sha256: str) -> FileVerdict:
    """Recognised by its hash alone; the name only says what an altered file may be."""
    releases = [release for dataset in publication.datasets for release in published_releases(dataset)]
    same = tuple(origin for release in releases for origin, hashed in origins_of(release) if hashed == sha256)
    gone = tuple(
        origin for release in publication.removed for origin, hashed in origins_of(release) if hashed == sha256
    )
    if gone and not same:
        known = publication.dataset(gone[-1].release.dataset)
        newest = known.latest if known and known.latest.state != "draft" else None
        return FileVerdict(name, sha256, "removed", gone, newest)
    if not same:
        named = tuple(origin for release in releases for origin in named_files(release, name))
        return FileVerdict(name, sha256, "altered" if named else "unknown", named)
    return _placed(publication, FileVerdict(name, sha256, "current", same))


def _saved_again(
    publication: Publication, path: Path, unknown: FileVerdict, report: Callable[[Content], None]
) -> FileVerdict:
    """What a file of unknown bytes is by its values."""
    try:
        parts = isolated(read_parts, path, reads=[path])
        releases = candidates(chain.from_iterable(map(published_releases, publication.datasets)), parts)
        fetch_for(publication, contents(releases), report)
        found = isolated(compare, publication, releases, path.name, parts, reads=[publication.root])
    except OutOfBounds as error:
        raise DataFaults((out_of_bounds(error, path.name),)) from error
    if not found.is_same:
        state: State = "altered" if found.origins else "unknown"
        return replace(unknown, state=state, origins=found.origins, others=found.others)
    verdict = _placed(publication, replace(unknown, origins=found.origins, by="values"))
    own = [origin.release for origin in found.origins if origin.release.dataset == found.origins[-1].release.dataset]
    return replace(verdict, reordered=_last(own).id in found.reordered)


def _last(releases: Sequence[Release]) -> Release:
    """The newest release that was not withdrawn, else the newest."""
    return next((release for release in reversed(releases) if not release.withdrawal), releases[-1])


def _placed(publication: Publication, found: FileVerdict) -> FileVerdict:
    """With what has become of the dataset of its last origin since."""
    same = found.origins
    last = _dataset(publication, same[-1].release.dataset)
    own = [origin.release for origin in same if origin.release.dataset == last.name]
    release = _last(own)
    state: State = "withdrawn" if release.withdrawal else "current" if release.id == last.latest.id else "old"
    signed = signatures_of(publication, [origin.release for origin in same], found.sha256)
    return replace(found, state=state, newest=last.latest, since=_since(last, release), signed=signed)


def _since(dataset: Dataset, release: Release) -> tuple[Release, ...]:
    return tuple(later for later in published_releases(dataset) if later.version > release.version)


def _dataset(publication: Publication, name: str) -> Dataset:
    found = publication.dataset(name)
    if found is None or found.latest.state == "draft":
        raise UsageError("dataset-unpublished", name=name)
    return found


def _verify_link(publication: Publication, link: str) -> Verdict:
    address = address_parts(link)
    parts = [unquote(part) for part in address.path.split("/") if part] if address else []
    asked = {name: values[0] for name, values in parse_qs(address.query).items()} if address else {}
    # A site may itself be in a folder of that name.
    known = {*(dataset.name for dataset in publication.datasets), *publication.gone}
    places = [place for place, word in enumerate(parts[:-1]) if word in ("datasets", "data")]
    for place in sorted(places, key=lambda place: parts[place + 1] not in known)[:1]:
        if gone := _removed(publication, parts[place + 1], parts[place + 2 :]):
            return gone
        dataset, rest = _dataset(publication, parts[place + 1]), parts[place + 2 :]
        if rest[:1] == ["explore"] and {"key", "field"} <= asked.keys():
            return _figure(publication, dataset, asked)
        if rest[:1] == ["summaries"] and len(rest) > 1 and "field" in asked:
            return _figure(publication, dataset, asked, rest[1])
        return _release(dataset, rest)
    raise UsageError("not-verifiable", link=link)


def _removed(publication: Publication, name: str, rest: list[str]) -> ReleaseVerdict | None:
    """What a link leads to where that was removed: a release, or a dataset with all of its releases."""
    version = parse_version(rest[0] if rest else "")
    release = publication.removed_release(name, version) if version else None
    if name in publication.gone and release is None:
        release = publication.removed_of(name)[-1]
    if release is None:
        return None
    dataset = publication.dataset(name)
    newest = dataset.latest if dataset and name not in publication.gone else None
    return ReleaseVerdict(release, newest, "/".join(rest[1:]) if version else "")


def _release(dataset: Dataset, rest: list[str]) -> ReleaseVerdict:
    written = rest[0] if rest else LATEST
    version = parse_version(written)
    release = dataset.release(version) if version else dataset.latest
    if release is None or release.state == "draft":
        raise UsageError("no-release", dataset=dataset.name, version=written)
    path = "/".join(rest[1:]) if version or written == LATEST else ""
    return ReleaseVerdict(release, dataset.latest, path, _since(dataset, release))


def _figure(publication: Publication, dataset: Dataset, asked: Mapping[str, str], summary: str = "") -> FigureVerdict:
    """A cell of a table, or of the result of `summary`."""
    quoted = dataset.release(version) if (version := parse_version(asked.get("release"))) else None
    if quoted is None and (day := asked.get("asOf")):
        before = [each for each in published_releases(dataset) if each.date and each.date.isoformat() <= day]
        quoted = before[-1] if before else None
    # The explorer leaves the first table out of its addresses.
    resource = asked.get("table", (quoted or dataset.latest).tables[0].name)
    name, key, field = summary or resource, asked.get("key", ""), asked["field"]
    history = []
    with tempfile.TemporaryDirectory() as folder:
        run = uncached(publication, Path(folder) / "work", workers(1))
        for release in published_releases(dataset):
            value = (_of_summary if summary else _of_table)(run, release, name, key, field)
            notes = tuple(
                note for note in release.notes
                if note.resource == name and note.key == key and note.field in ("", field)
            )  # fmt: skip
            history.append(FigureAt(release, None if value is None else cell(value), notes))
    if all(figure.value is None for figure in history):
        raise UsageError("no-value", dataset=dataset.name, place=f"{resource}, {key}, {field}")
    return FigureVerdict(dataset.name, name, key, field, dataset.latest, tuple(history), quoted)


def _of_table(run: Run, release: Release, name: str, key: str, field: str) -> Value:
    table = release.table(name)
    if table is None or table.schema.field(field) is None:
        return None
    tabulate(run, [release])
    with connect(run.limits) as engine:
        row = row_of(engine, TypedTable(table, run.workspace.parquet(release, name)), key)
    return row.get(field) if row else None


def _of_summary(run: Run, release: Release, name: str, key: str, field: str) -> Value:
    """A summary is computed again, from the release's own tables and those that it used."""
    if release.summary(name) is None:
        return None
    (summarised,) = summarise(run, [release])
    found = summarised.result.summary(name) if summarised.result else None
    for values in found.rows if found else ():
        assert found is not None
        row = dict(zip((column.name for column in found.summary.fields), values, strict=True))
        if field in row and "|".join(str(row[column]) for column in found.summary.primary_key) == key:
            return row[field]
    return None
