"""`remove`: takes a release, or cells of it, out of everything that is published, as an authority may order.

A removed release keeps its line in the ledger, with the day, the reason and those hashes by which a copy can be
recognised and no value be found. A redacted release is published again without the values: its hashes, and those of
every file that repeats them, leave the ledger, and those of the new files are recorded. What builds kept is deleted.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from datagazette.build.checked import load
from datagazette.build.forgetting import forget_all
from datagazette.build.stored import contents, fetch_for
from datagazette.commands.cell_edits import CellToRedact, EditedTable, edited
from datagazette.commands.ledger_text import in_languages
from datagazette.commands.leftovers import Left, files_with, guessable, is_package_wide
from datagazette.commands.reissue import (
    descriptor_hashes,
    follower,
    reissue,
    repeating,
    rewrite,
    today,
    users,
    with_values_of,
)
from datagazette.commands.release import record
from datagazette.commands.withdraw import find_release
from datagazette.describe.notation import translated
from datagazette.files import replace_atomically, sha256
from datagazette.isolation import OutOfBounds, isolated
from datagazette.load.files import DESCRIPTOR, SCHEMAS
from datagazette.model.content import Content
from datagazette.model.errors import DataFaults, EnvironmentFault, UsageError, not_found
from datagazette.model.names import parse_version
from datagazette.model.problems import Problem
from datagazette.model.publication import Dataset, Publication, Release
from datagazette.model.resource import Table
from datagazette.tables.bounded import out_of_bounds


@dataclass(frozen=True)
class Asked:
    """What to remove and how. `reasons` by language; "" is the first language. Without `cells` it is the whole release.

    `keep_metadata` keeps the descriptor and the schemas; `forget_hashes` all hashes go, though a copy is then not
    recognised. `instead` is the version that readers are led to.
    """

    name: str
    version: str
    reasons: Mapping[str, str]
    instead: str = ""
    keep_metadata: bool = False
    forget_hashes: bool = False
    cells: tuple[CellToRedact, ...] = ()


@dataclass(frozen=True)
class Done:
    """The release as it was, and what was done.

    `files` lie in the work tree no more, or otherwise; `stored` are the SHA-256 of tables that a store has. `emptied`
    counts cells, `kept` hashes by which copies are recognised. `users` are releases that were made from the removed
    one; `left` is where a removed value still is. `problems`, or `fault` of a store, kept hashes from being recorded.
    """

    release: Release
    is_new: bool = True
    files: tuple[str, ...] = ()
    stored: tuple[str, ...] = ()
    emptied: int = 0
    kept: int = 0
    users: tuple[Release, ...] = ()
    left: tuple[Left, ...] = ()
    forgotten: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    fault: EnvironmentFault | None = None


def remove(root: Path, asked: Asked, report: Callable[[Content], None] = lambda _: None) -> Done:
    """A removal must not wait: where hashes cannot be recorded, because something else in the publication has errors,
    it is done all the same. `report` is called before each file that is fetched from the store. Raises UsageError where
    there is no such release, cell or other version, or no reason."""
    gone = _removed_before(root, asked)
    if gone:
        return Done(gone, is_new=False)
    dataset, release = find_release(root, asked.name, asked.version, "remove-draft")
    _refuse_tables(release, asked.cells)
    reason = in_languages("reason", asked.reasons, release.languages)
    if "reason" not in reason:
        raise UsageError("remove-reason", name=asked.name, version=asked.version)
    _refuse_instead(dataset, release, asked.instead)
    publication = load(root).publication
    assert publication is not None
    # To know which hashes are safe, all versions are read; of cells, only the release itself.
    fetch_for(publication, contents([release] if asked.cells else dataset.releases), report)
    act = _redact if asked.cells else _remove
    done = act(publication, dataset, release, asked, reason)
    done = replace(done, forgotten=forget_all(root))
    return _recorded(root, done, [asked.name, *(user.dataset for user in done.users)] if asked.cells else [asked.name])


def _recorded(root: Path, done: Done, names: Sequence[str]) -> Done:
    """The hashes of the files as they are now; a dataset that has no release any more has none."""
    publication = load(root).publication
    known = [name for name in dict.fromkeys(names) if publication and publication.dataset(name)]
    try:
        if known:
            record(root, known)
    except DataFaults as faults:
        return replace(done, problems=faults.problems)
    except EnvironmentFault as fault:
        return replace(done, fault=fault)
    return done


def _removed_before(root: Path, asked: Asked) -> Release | None:
    publication, version = load(root).publication, parse_version(asked.version)
    return publication.removed_release(asked.name, version) if publication and version else None


def _refuse_instead(dataset: Dataset, release: Release, instead: str) -> None:
    if not instead:
        return
    version = parse_version(instead)
    other = dataset.release(version) if version else None
    if other is None or other == release or other.state == "draft":
        known = [str(each.version) for each in dataset.releases if each.state != "draft" and each != release]
        raise UsageError("remove-instead", version=instead, known=", ".join(known) or "-")


def _refuse_tables(release: Release, cells: Sequence[CellToRedact]) -> None:
    for cell in cells:
        if release.table(cell.resource) is None:
            raise not_found("remove-no-table", [cell.resource], [table.name for table in release.tables])


def _remove(
    publication: Publication, dataset: Dataset, release: Release, asked: Asked, reason: Mapping[str, str]
) -> Done:
    """Takes a whole release away."""
    root = publication.root
    tables = [] if asked.forget_hashes else _recognisable(publication, dataset, release)
    files, published = _kept_hashes(release, tables)
    said = {"date": today().isoformat(), **reason, **({"instead": asked.instead} if asked.instead else {})}
    said |= translated("title", release.title, release.languages[0])
    gone = (
        "contents",
        "withdrawn",
        "accepted",
        "redacted",
        "changes",
        *(f"changes@{code}" for code in release.languages),
    )
    entry = {"files": files or None, "published": published or None, "removed": said}
    rewrite(root, release, dict.fromkeys(gone) | entry)
    deleted = tuple(_delete(root, release, keep_metadata=asked.keep_metadata))
    later = follower(dataset, release)
    if later:
        reissue(root, later, repeating(later), reason)
    stored = tuple(table.stored for table in release.tables if table.stored)
    return Done(release, files=deleted, stored=stored, kept=len({*files.values(), *_flat(published)}),
                users=users(publication, release))  # fmt: skip


def _flat(published: Mapping[str, Sequence[str]]) -> Iterator[str]:
    return (digest for known in published.values() for digest in known)


def _recognisable(publication: Publication, dataset: Dataset, release: Release) -> list[str]:
    """The tables whose hashes no one can find a value with."""
    unsafe = _apart(guessable, publication, dataset, release, root=publication.root, file=release.folder)
    return [table.name for table in release.tables if table.name not in unsafe]


def _kept_hashes(release: Release, tables: Sequence[str]) -> tuple[dict[str, str], dict[str, list[str]]]:
    """The hashes of the files of these tables, as sources and as they were published, and of what has all tables."""
    paths = {table.path for table in release.tables if table.name in tables}
    begins = tuple(f"{name}." for name in tables)
    published = {
        path: list(known) for path, known in release.published.items()
        if tables and (path.startswith(begins) or is_package_wide(release, path))
    }  # fmt: skip
    return {path: digest for path, digest in release.files.items() if path in paths}, published


def _delete(root: Path, release: Release, *, keep_metadata: bool) -> Iterator[str]:
    """Deletes the files of a version, and says which; the folder goes where nothing of it is kept."""
    folder = root / release.folder
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder).as_posix()
        is_kept = keep_metadata and (relative == DESCRIPTOR or relative.startswith(f"{SCHEMAS}/"))
        if not is_kept and (path.is_file() or path.is_symlink()):
            path.unlink()
            yield f"{release.folder}/{relative}"
    if not keep_metadata:
        shutil.rmtree(folder, ignore_errors=True)


def _redact(
    publication: Publication, dataset: Dataset, release: Release, asked: Asked, reason: Mapping[str, str]
) -> Done:
    """Publishes a release again without some of its values."""
    root = publication.root
    changed = [(table, _edited(root, table, asked.cells)) for table in release.tables
               if any(cell.resource == table.name for cell in asked.cells)]  # fmt: skip
    files, new = dict(release.files), dict[str, str]()
    for table, found in changed:
        path = root / table.file
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_atomically(path, found.content)
        files[table.path] = sha256(path)
        if table.path in release.files:
            new[release.files[table.path]] = files[table.path]
    files |= descriptor_hashes(root, release, new)
    cells = [cell for _, found in changed for cell in found.cells]
    made = users(publication, release)
    reissue(root, release, with_values_of(release, [table.name for table, _ in changed]), reason, cells, files)
    for user in made:
        reissue(root, user, with_values_of(user, ()), reason)
    later = follower(dataset, release)
    if later and later.id not in {user.id for user in made}:
        reissue(root, later, repeating(later), reason)
    values = {value for _, found in changed for value in found.values}
    touched = (f"{release.folder}/{path}" for path, digest in files.items() if release.files.get(path) != digest)
    stored = tuple(table.stored for table, _ in changed if table.stored)
    return Done(release, files=tuple(sorted(touched)), stored=stored, emptied=len(cells), users=made,
                left=files_with(root, {*values, *new}))  # fmt: skip


def _edited(root: Path, table: Table, cells: Sequence[CellToRedact]) -> EditedTable:
    own = [cell for cell in cells if cell.resource == table.name]
    found: EditedTable = _apart(edited, table, root / table.source, own, root=root, file=table.file)
    return found


def _apart(work: Callable[..., Any], *arguments: Any, root: Path, file: str) -> Any:
    """Tables are read in a process of its own, which has bounds."""
    try:
        return isolated(work, *arguments, reads=[root])
    except OutOfBounds as error:
        raise DataFaults((out_of_bounds(error, file),)) from error
