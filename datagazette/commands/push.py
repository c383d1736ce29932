"""`push`: puts tables into the store, and says in their descriptors which content is meant."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from datagazette.build.checked import chosen_datasets, load
from datagazette.build.stored import is_here
from datagazette.commands.descriptor_text import with_resource
from datagazette.commands.revisions import has_git, ignored_files, tracked_files
from datagazette.files import replace_atomically, sha256
from datagazette.load.files import DESCRIPTOR
from datagazette.model.content import Content, stored_path
from datagazette.model.errors import DataFaults, UsageError, not_found
from datagazette.model.names import Version, parse_version
from datagazette.model.problems import Problem, problem
from datagazette.model.publication import Publication, Release
from datagazette.model.resource import Table
from datagazette.store.address import Address, store_address
from datagazette.store.fetched import store_fault
from datagazette.store.place import Place, Refused
from datagazette.store.places import opened

_LARGE = 50_000_000  # bytes from which GitHub warns of a file in git: it refuses those of 100 MB
_IGNORED = ".gitignore"


@dataclass(frozen=True)
class Pushed:
    """What the store has now. `is_new` is False where it had it before; `address` is shown to people."""

    contents: tuple[tuple[Content, bool], ...]
    address: str
    described: tuple[str, ...] = ()
    undescribed: tuple[tuple[str, str], ...] = ()
    ignored: tuple[str, ...] = ()
    tracked: tuple[str, ...] = ()

    @property
    def new_bytes(self) -> int:
        return sum(content.size or 0 for content, is_new in self.contents if is_new)


@dataclass(frozen=True)
class _Local:
    """A table of which the bytes are here."""

    release: Release
    table: Table
    content: Content


def push(root: Path, name: str, version: str, report: Callable[[Content], None] = lambda _: None) -> Pushed:
    """Uploads the tables of a dataset's drafts, or of the one version that is named; without a name, every table that
    is not for git: one that git ignores, one whose descriptor has its SHA-256, and one of a draft that is large.

    What the store has already is not sent again, and nothing there is written over. `report` is called before each
    upload. Raises UsageError where there is no store, dataset or version, EnvironmentFault where the store refuses.
    """
    publication = load(root).publication
    if publication is None:
        raise DataFaults(load(root).problems)
    address = store_address(publication.catalog.store)
    if address is None:
        raise UsageError("push-no-store")
    chosen = tuple(_chosen(publication, name, version))
    place = opened(address, root)
    sent = tuple((each.content, _send(place, address, root / each.table.source, each.content, report))
                 for each in chosen)  # fmt: skip
    described, undescribed = _describe(root, chosen)
    files = tuple(each.table.file for each in chosen if not each.table.stored)
    return Pushed(sent, address.shown, described, undescribed, _ignore(root, files), tracked_files(root, files))


def _chosen(publication: Publication, name: str, version: str) -> Iterator[_Local]:
    root = publication.root
    wanted = parse_version(version) if version else None
    releases = [
        release for dataset in chosen_datasets(publication, [name] if name else []) for release in dataset.releases
        if not version or release.version == wanted
    ]  # fmt: skip
    if version and not releases:
        found = publication.dataset(name)
        raise not_found("release", [version], [str(known.version) for known in found.releases] if found else [])
    tables = [(release, table) for release in releases for table in release.tables if is_here(root, table)]
    ignored = ignored_files(root, [table.file for _, table in tables])
    for release, table in tables:
        path, is_draft = root / table.source, release.state == "draft"
        is_meant = bool(version) or table.file in ignored or bool(table.stored) or (is_draft and bool(name))
        is_large = is_draft and path.stat().st_size >= _LARGE
        if is_meant or is_large or (is_draft and str(table.descriptor.get("hash", "")).startswith("sha256:")):
            content = Content(sha256(path), table.file, size=path.stat().st_size, is_draft=is_draft)
            yield _Local(release, table, content)


def _send(place: Place, address: Address, file: Path, content: Content, report: Callable[[Content], None]) -> bool:
    """Whether the content was uploaded; False where the store has it."""
    path = stored_path(content.sha256)
    try:
        size = place.size(path)
        if size is None:
            report(content)
            place.add(path, file)
            size, is_new = place.size(path), True
        else:
            is_new = False
        if size != content.size:
            raise Refused("store-half", f"{size:,}" if size is not None else "0")
    except Refused as refused:
        raise store_fault(refused, address, content) from refused
    return is_new


def _describe(root: Path, chosen: Sequence[_Local]) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """The descriptors of drafts that say now what the store has, and (file, lines to add) of those that a person has
    to complete."""
    described, left = [], []
    for each in chosen:
        if each.release.state != "draft":
            continue  # the ledger has the hash
        path, added = root / each.release.folder / DESCRIPTOR, _keys(each.content)
        before = path.read_bytes().decode()
        after = with_resource(before, each.table.name, added)
        if after is None:
            left.append(
                (f"{each.release.folder}/{DESCRIPTOR}", "; ".join(f"{key}: {said}" for key, said in added.items()))
            )
        elif after != before:
            replace_atomically(path, after.encode())
            described.append(f"{each.release.folder}/{DESCRIPTOR}")
    return tuple(dict.fromkeys(described)), tuple(left)


def _keys(content: Content) -> dict[str, str]:
    return {"bytes": str(content.size), "hash": f"sha256:{content.sha256}"}


def _ignore(root: Path, files: Sequence[str]) -> tuple[str, ...]:
    """The lines that were added to `.gitignore`, where there is git and it does not ignore these files yet."""
    if not has_git(root):
        return ()
    known = ignored_files(root, files)
    path = root / _IGNORED
    text = path.read_text("utf-8") if path.exists() else ""
    added = tuple(line for file in files if (line := f"/{file}") not in text.splitlines() and file not in known)
    if added:
        start = text + ("\n" if text and not text.endswith("\n") else "")
        replace_atomically(path, (start + "".join(f"{line}\n" for line in added)).encode())
    return added


def unkept_tables(publication: Publication, name: str, version: Version) -> tuple[Problem, ...]:
    """An error for each table of a draft that neither git nor the store would keep."""
    draft, root = publication.release(name, version), publication.root
    if draft is None:
        return ()
    described = f"{draft.folder}/{DESCRIPTOR}"
    ignored = ignored_files(root, [*(table.file for table in draft.tables if not table.stored), described])
    # Where git ignores the descriptor too, the publication is kept in another way.
    kept = described in ignored
    elsewhere = [table for table in draft.tables if table.stored or (table.file in ignored and not kept)]
    found = (_unkept(publication, described, name, table) for table in elsewhere)
    return tuple(filter(None, found))


def _unkept(publication: Publication, file: str, dataset: str, table: Table) -> Problem | None:
    values = {"path": table.file, "dataset": dataset}
    address = store_address(publication.catalog.store)
    if address is None:
        return problem("release-not-stored", file, rule="ignored", **values)
    content = Content(table.stored or sha256(publication.root / table.file), table.file)
    try:
        is_there = opened(address, publication.root).size(stored_path(content.sha256)) is not None
    except Refused as refused:
        raise store_fault(refused, address, content) from refused
    return None if is_there else problem("release-not-stored", file, address=address.shown, **values)
