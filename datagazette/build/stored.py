"""The tables of a publication that are in its store: which of them work reads, and which are not here yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from datagazette.build.steps import Task
from datagazette.describe import addresses
from datagazette.diff.taken_back import corrections
from datagazette.load.files import DATASETS, DESCRIPTOR
from datagazette.model.content import FETCHED, Content
from datagazette.model.problems import Problem, warning
from datagazette.model.publication import Publication, Release
from datagazette.model.resource import Table
from datagazette.store.address import store_address
from datagazette.store.fetched import fetch, fetched


def places(root: Path) -> tuple[Path, ...]:
    """The folders that tables of a publication are read from."""
    return root / DATASETS, root / FETCHED


def is_here(root: Path, table: Table) -> bool:
    """Whether a table can be read: it is in its folder, or was fetched."""
    return not table.stored or fetched(root, table.stored).is_file()


def read_with(publication: Publication, release: Release, *, is_described: bool = False) -> Iterator[Release]:
    """The releases whose tables are read to check a release: its own, those that it uses, and those before it that it
    may take something back of; of a draft, and to describe a release, the one before it."""
    yield release
    yield from (used for name, version in release.uses if (used := publication.release(name, version)))
    dataset = publication.dataset(release.dataset)
    if dataset:
        before = dataset.before(release) if is_described or release.state == "draft" else None
        yield from (before,) if before else ()
        yield from (each for step in corrections(dataset, release) for each in step.releases)


def can_be_read(publication: Publication, release: Release) -> bool:
    """Whether all that is read to check a release is here."""
    return all(is_here(publication.root, table) for each in read_with(publication, release) for table in each.tables)


def contents(releases: Iterable[Release]) -> tuple[Content, ...]:
    """What the store has of the tables of these releases, each once."""
    found: dict[str, Content] = {}
    for release in releases:
        for table in release.tables:
            if table.stored:
                content = _content(release, table)
                known = found.setdefault(table.stored, content)
                if known.is_draft and not content.is_draft:
                    found[table.stored] = content
    return tuple(found.values())


def _content(release: Release, table: Table) -> Content:
    size = table.descriptor.get("bytes")
    is_size = isinstance(size, int) and not isinstance(size, bool) and size >= 0
    path = f"{addresses.data_folder(release)}{table.name}.csv"
    return Content(table.stored, table.file, path, size if is_size else None, release.state == "draft")


def needed(publication: Publication, releases: Iterable[Release]) -> tuple[Content, ...]:
    """What the store has of all that is read to check these releases."""
    return contents(each for release in releases for each in read_with(publication, release))


def fetch_for(publication: Publication, wanted: Iterable[Content], report: Callable[[Content], None]) -> None:
    """Fetches contents from the store that the publication itself names, for a command of a person who may read it."""
    listed, root = tuple(wanted), publication.root
    fetch(root, store_address(publication.catalog.store) if listed else None, listed, root / "public", report)


def bringing(
    publication: Publication, store: str | None, out: Path, report: Callable[[Content], None]
) -> Callable[[Sequence[Task]], None]:
    """What fetches the sources of tasks that are in a store, for `Runner`. `store` is the address in the catalogue that
    counts, None where that is the publication's own, `out` the published site."""
    root, said = publication.root, publication.catalog.store if store is None else store
    known = {fetched(root, each.sha256): each for each in contents(_releases(publication))}
    whole: set[Path] = set()

    def bring(tasks: Sequence[Task]) -> None:
        paths = dict.fromkeys(path for task in tasks for path, _ in task.sources if path in known and path not in whole)
        fetch(root, store_address(said) if paths else None, (known[path] for path in paths), out, report)
        whole.update(paths)

    return bring


def _releases(publication: Publication) -> Iterator[Release]:
    return (release for dataset in publication.datasets for release in dataset.releases)


def unfetched_drafts(publication: Publication, releases: Iterable[Release]) -> dict[str, Problem]:
    """A warning for each draft that reads a draft's table which is in the store and not here, by the draft's id."""
    return {
        release.id: _not_fetched(release, absent, "left")
        for release in releases
        if release.state == "draft" and (absent := _first_absent(publication, release, of_drafts=True))
    }


def _first_absent(publication: Publication, release: Release, *, of_drafts: bool = False) -> Content | None:
    """What is not here of all that is read to check a release; with `of_drafts` only what no release has."""
    found = (each for each in needed(publication, [release]) if each.is_draft or not of_drafts)
    return next((each for each in found if not fetched(publication.root, each.sha256).is_file()), None)


def _not_fetched(release: Release, content: Content, rule: str) -> Problem:
    values = {"version": release.version, "dataset": release.dataset, "path": content.file}
    return warning("draft-not-fetched", f"{release.folder}/{DESCRIPTOR}", rule=rule, **values)


def unread_drafts(publication: Publication, releases: Iterable[Release]) -> tuple[Problem, ...]:
    """An error for each draft that cannot be read, as what it reads is in the store and was not fetched."""
    drafts = (release for release in releases if release.state == "draft")
    return tuple(
        replace(_not_fetched(release, absent, ""), severity="error")
        for release in drafts if (absent := _first_absent(publication, release))
    )  # fmt: skip
