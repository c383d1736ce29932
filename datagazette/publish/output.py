"""The published tree: laid out beside the old one, and put in its place at once.

A build that stops before `Staged.publish` leaves the old site as it was. Where the system can exchange two
folders in one step, a reader and a power cut alike see the old site or the new one, never half of either.

The tree that was replaced is kept as a spare, in which the next build exchanges only what is another file by then.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from datagazette.files import State
from datagazette.model.errors import EnvironmentFault, UsageError, refused_by_system
from datagazette.publish.layout import lay_out

# A folder that holds this file was written by us, and may be replaced.
MARKER = ".open-data-site"
_AT_FDCWD = -100  # renameat2(2): paths relative to the working directory
_RENAME_EXCHANGE = 2  # renameat2(2), Linux
_RENAME_SWAP = 2  # renamex_np(2), macOS


class Output(ABC):
    """A tree that files are put into by their paths."""

    @abstractmethod
    def write(self, relative: str, content: str | bytes) -> None:
        """A file with this content."""

    @abstractmethod
    def take(self, source: str, relative: str) -> None:
        """Takes in the file at `source`, which is never written again."""

    def adopt(self, folder: Path, files: Iterable[str], places: Mapping[str, str]) -> None:
        """Takes in files that lie below `folder`.

        `places` says of the first part of each path what it is here: `{"data": "data/x/1.0.0/", "site": ""}`.
        """
        for name in files:
            first, _, rest = name.partition("/")
            self.take(f"{folder}/{name}", f"{places[first]}{rest}")

    @contextmanager
    def complete_but_for(self, folders: Collection[str]) -> Iterator[None]:  # noqa: ARG002 - others make use of it
        """All has been told but for what lies in these folders at the top of the tree, which is told meanwhile."""
        yield


class Staged(Output):
    """A tree that is published at `target`, laid out when all of it is known.

    `tree` is an empty folder beside the target, where it is laid out; `spare` is where the tree lies that was replaced
    last, if there is one, and where the one that is replaced now is put.
    """

    def __init__(self, target: Path, tree: Path, spare: Path | None = None) -> None:
        self._target, self._tree, self._spare = target, tree, spare
        self._files: dict[str, str | bytes] = {MARKER: b"", ".nojekyll": b""}
        self._laid: dict[str, State] | None = None
        self._left: tuple[str, ...] = ()

    def write(self, relative: str, content: str | bytes) -> None:
        self._files[relative] = content.encode() if isinstance(content, str) else content

    def take(self, source: str, relative: str) -> None:
        self._files[relative] = source

    @contextmanager
    def complete_but_for(self, folders: Collection[str]) -> Iterator[None]:
        """Lays out meanwhile what has been told already."""
        with ThreadPoolExecutor(1) as beside:
            laid = beside.submit(self._lay_out, dict(self._files), folders)
            yield
            self._laid = laid.result()
        self._left = tuple(folders)

    def publish(self) -> dict[str, State]:
        """Lays out the tree, or what is left of it, and puts it in the target's place; returns its files' states."""
        states = self._complete()
        self._put_in_place()
        return states

    def _complete(self) -> dict[str, State]:
        if self._laid is None:
            return self._lay_out(self._files)
        return self._laid | self._lay_out_folders(self._left)

    def _put_in_place(self) -> None:
        if not self._target.exists():
            self._tree.rename(self._target)
            return
        _exchange(self._tree, self._target)
        if self._spare:
            with suppress(OSError):  # on another disk, or not ours to move: then it is removed
                self._spare.parent.mkdir(parents=True, exist_ok=True)
                self._tree.rename(self._spare)

    def _lay_out(self, files: Mapping[str, str | bytes], left: Collection[str] = ()) -> dict[str, State]:
        """In what is left of an earlier tree, where there is one that can be written."""
        mode = self._tree.stat().st_mode
        if self._spare and self._spare.is_dir():
            with suppress(OSError):
                self._spare.replace(self._tree)
                return lay_out(self._tree, files, mode, left)
            _remove(self._spare)
            _remove(self._tree)
            self._tree.mkdir()
        return lay_out(self._tree, files, mode, left)

    def _lay_out_folders(self, folders: Iterable[str]) -> dict[str, State]:
        """Folders at the top of a tree that is laid out but for them."""
        states = {}
        for name in folders:
            below = f"{name}/"
            own = {path.removeprefix(below): one for path, one in self._files.items() if path.startswith(below)}
            try:
                laid = lay_out(self._tree / name, own, self._tree.stat().st_mode)
            except OSError:  # what an earlier tree left there cannot be written
                _remove(self._tree / name)
                (self._tree / name).mkdir()
                laid = lay_out(self._tree / name, own, self._tree.stat().st_mode)
            states.update({below + path: about for path, about in laid.items()})
            if not own:
                (self._tree / name).rmdir()
        return states


@contextmanager
def staged(target: Path, spare: Path | None = None) -> Iterator[Staged]:
    """A tree beside `target`, removed when the build does not get as far as to publish it; `spare` as in `Staged`.

    Raises EnvironmentFault where another build holds the place, or the system refuses to write.
    """
    target = target.absolute()
    staging = target.with_name(f".{target.name}.staging")
    with locked(target):
        try:
            _remove(staging)
            _heal(target)
            staging.mkdir(parents=True)
            yield Staged(target, staging, spare)
        except OSError as error:
            raise _explained(error) from error
        finally:
            _remove(staging)


def refuse_unsafe(target: Path, sources: Iterable[Path]) -> None:
    """Raises UsageError for a target that is, holds or lies in a source folder, or that others filled."""
    resolved = target.resolve()
    for source in (source.resolve() for source in sources):
        if resolved == source or resolved.is_relative_to(source) or source.is_relative_to(resolved):
            raise UsageError("out-overlaps", target=target, source=source)
    if target.is_dir() and any(target.iterdir()) and not (target / MARKER).exists():
        raise UsageError("out-filled", target=target)
    if target.exists() and not target.is_dir():
        raise UsageError("out-file", target=target)


@contextmanager
def locked(target: Path) -> Iterator[None]:
    """Keeps every other build from writing to `target` meanwhile."""
    target.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(target.with_name(f".{target.name}.lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise EnvironmentFault("out-locked", target=target) from error
    except OSError as error:
        raise _explained(error) from error
    try:
        yield
    finally:
        lock.release()


def _exchange(new: Path, old: Path) -> None:
    """Swaps two folders: in one step where the system can, else by two renames that `_heal` can complete."""
    if _exchanged(new, old):
        return
    aside = _aside(old)
    old.rename(aside)
    new.rename(old)
    aside.rename(new)


def _exchanged(new: Path, old: Path) -> bool:
    library = ctypes.CDLL(None, use_errno=True)
    try:
        if sys.platform == "darwin":
            return library.renamex_np(os.fsencode(new), os.fsencode(old), _RENAME_SWAP) == 0
        status = library.renameat2(_AT_FDCWD, os.fsencode(new), _AT_FDCWD, os.fsencode(old), _RENAME_EXCHANGE)
        return int(status) == 0
    except AttributeError:
        return False


def _aside(target: Path) -> Path:
    return target.with_name(f".{target.name}.old")


def _heal(target: Path) -> None:
    """Mends what a process left that was killed between two renames."""
    aside = _aside(target)
    if aside.exists() and not target.exists():
        aside.rename(target)
    _remove(aside)


def _remove(folder: Path) -> None:
    """Removes a folder of ours, also where it may no longer be written into."""
    for place, _, _ in os.walk(folder):
        with suppress(OSError):
            Path(place).chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)


def _explained(error: OSError) -> EnvironmentFault:
    return refused_by_system(error, also="site-unchanged")
