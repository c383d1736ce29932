"""The published tree: laid out beside the old one, and put in its place at once.

A build that stops before `Staged.publish` leaves the old site as it was. Where the system can exchange two
folders in one step, a reader and a power cut alike see the old site or the new one, never half of either.

The tree that was replaced is kept as a spare, in which the next build exchanges only what is another file by then.
A tree is made of second names of files that lie elsewhere, and of texts.
"""

# ruff: noqa: PTH101, PTH102, PTH108, PTH116, PTH123 - see datagazette/files.py
from __future__ import annotations

import ctypes
import os
import shutil
import stat
import sys
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from datagazette.files import State, link, state
from datagazette.model.errors import EnvironmentFault, UsageError, refused_by_system

# A folder that holds this file was written by us, and may be replaced.
MARKER = ".open-data-site"
# What each tree has besides the site: GitHub's pages show it as it is, and git keeps its bytes, so that the sums of
# releases are right in every clone.
_OF_THE_TREE = {MARKER: b"", ".nojekyll": b"", ".gitattributes": b"* -text\n"}
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
        """Takes in the file at the absolute path `source`, which is never written again."""

    @abstractmethod
    def paths(self) -> Collection[str]:
        """The path of each file that was put in."""

    @abstractmethod
    def sizes(self) -> Mapping[str, int]:
        """The bytes of each file that was put in, by its path."""

    @abstractmethod
    def texts(self) -> Iterator[tuple[str, str]]:
        """The path and the content of each file that was written; what is no text has replacement characters."""

    @abstractmethod
    def read(self, relative: str) -> str:
        """The content of a file that was put in; what is no text has replacement characters."""

    def adopt(self, folder: Path, files: Iterable[str], places: Mapping[str, str]) -> None:
        """Takes in files that lie below `folder`.

        `places` says of the first part of each path what it is here: `{"data": "data/x/1.0.0/", "site": ""}`.
        """
        for name in files:
            first, _, rest = name.partition("/")
            self.take(f"{folder}/{name}", f"{places[first]}{rest}")

    @contextmanager
    def complete_but_for(self, folders: Collection[str]) -> Iterator[None]:  # noqa: ARG002 - others make use of it
        """Everything has been put in but for what lies in these top folders, which is put in meanwhile."""
        yield


class Staged(Output):
    """A tree that is published at `target`, laid out when all of it is known.

    `tree` is an empty folder beside the target, where it is laid out; `spare` is where the tree lies that was replaced
    last, if there is one, and where the one that is replaced now is put.
    """

    def __init__(self, target: Path, tree: Path, spare: Path | None = None) -> None:
        self._target, self._tree, self._spare = target, tree, spare
        self._files: dict[str, str | bytes] = dict(_OF_THE_TREE)
        self._laid: dict[str, State] | None = None
        self._left: tuple[str, ...] = ()

    def write(self, relative: str, content: str | bytes) -> None:
        self._files[relative] = content.encode() if isinstance(content, str) else content

    def take(self, source: str, relative: str) -> None:
        self._files[relative] = source

    def paths(self) -> Collection[str]:
        return self._files.keys() - _OF_THE_TREE.keys()

    def sizes(self) -> Mapping[str, int]:
        return {
            path: len(content) if isinstance(content, bytes) else os.stat(content).st_size
            for path, content in self._files.items()
        }

    def texts(self) -> Iterator[tuple[str, str]]:
        return (
            (path, content.decode(errors="replace"))
            for path, content in self._files.items()
            if isinstance(content, bytes)
        )

    def read(self, relative: str) -> str:
        content = self._files[relative]
        return (content if isinstance(content, bytes) else Path(content).read_bytes()).decode(errors="replace")

    @contextmanager
    def complete_but_for(self, folders: Collection[str]) -> Iterator[None]:
        """Lays out meanwhile what has been put in already."""
        with ThreadPoolExecutor(1) as beside:
            laid = beside.submit(self._lay_out, dict(self._files), folders)
            yield
            self._laid = laid.result()
        self._left = tuple(f"{name}/" for name in folders)

    def publish(self) -> dict[str, State]:
        """Lays out the tree, or what is left of it, and puts it in the target's place; returns its files' states."""
        states = self._lay_out(self._files) if self._laid is None else self._laid | self._lay_out_rest(self._laid)
        if not self._target.exists():
            self._tree.rename(self._target)
            return states
        _exchange(self._tree, self._target)
        if self._spare:
            with suppress(OSError):  # on another disk, or not ours to move: then it is removed
                self._spare.parent.mkdir(parents=True, exist_ok=True)
                self._tree.rename(self._spare)
        return states

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

    def _lay_out_rest(self, laid: Mapping[str, State]) -> dict[str, State]:
        """The folders at the top that were left, and texts beside them, in a tree that is laid out but for them."""
        states, mode = {}, self._tree.stat().st_mode
        for path, content in self._files.items():
            if isinstance(content, bytes) and path not in laid and not path.startswith(self._left):
                _write(content, f"{self._tree}/{path}")
                states[path] = state(os.stat(f"{self._tree}/{path}"))
        for name in self._left:
            folder = self._tree / name
            own = {path.removeprefix(name): file for path, file in self._files.items() if path.startswith(name)}
            try:
                made = lay_out(folder, own, mode)
            except OSError:  # what an earlier tree left there cannot be written
                _remove(folder)
                folder.mkdir()
                made = lay_out(folder, own, mode)
            states.update({name + path: about for path, about in made.items()})
            if not own:
                folder.rmdir()
        return states


@dataclass(frozen=True)
class _Folder:
    """What a folder is to hold: files by name, with where each lies or its content, and the names of folders."""

    files: dict[str, str | bytes] = field(default_factory=dict)
    folders: set[str] = field(default_factory=set)


def lay_out(
    root: Path, files: Mapping[str, str | bytes], mode: int, left_alone: Collection[str] = ()
) -> dict[str, State]:
    """Makes the folder `root` hold `files`, by path below it, and nothing else; returns the state of each.

    A file is given by its absolute path, and is never written again, or by its content. `mode` is that of
    a new folder, which all get. The folders of `root` that are `left_alone` are there afterwards, holding what
    they held.

    What the folder holds already is recognised by the number that the file system gives each file: a name of the right
    file stays. So a folder that is nearly right costs little, whatever it was and however it came about.
    """
    wanted: dict[str, _Folder] = {"": _Folder(folders=set(left_alone))}
    for path, source in files.items():
        head, slash, name = path.rpartition("/")
        _folder(wanted, head + slash).files[name] = source
    device = root.stat().st_dev
    fresh: set[str] = set()
    states: dict[str, State] = {}
    for path in sorted(wanted):  # a folder comes before those in it
        folder, place = wanted[path], f"{root}/{path}"
        numbers = {} if path in fresh else _kept(place, folder, mode)
        for name in folder.folders - numbers.keys():
            os.mkdir(place + name)  # thousands of small files, where each call counts
            fresh.add(f"{path}{name}/")
        for name, source in folder.files.items():
            if isinstance(source, bytes):
                _write(source, place + name)
                continue
            about = os.stat(source) if name in numbers else None
            if about and (about.st_ino, about.st_dev) == (numbers[name], device):
                states[path + name] = state(about)
            else:
                link(source, place + name)
    # Of the others at last, since another name for the same file changes its state.
    return states | {path: state(os.stat(f"{root}/{path}")) for path in files if path not in states}


def _folder(wanted: dict[str, _Folder], path: str) -> _Folder:
    """The folder `path` (`""`, or `a/b/`), entered in those that hold it."""
    if path not in wanted:
        above, slash, name = path[:-1].rpartition("/")
        _folder(wanted, above + slash).folders.add(name)
        wanted[path] = _Folder()
    return wanted[path]


def _kept(place: str, folder: _Folder, mode: int) -> dict[str, int]:
    """Takes away what does not belong in a folder; returns the file system's number of what stays, by name."""
    numbers = {}
    if os.stat(place).st_mode != mode:
        os.chmod(place, stat.S_IMODE(mode))
    with os.scandir(place) as entries:
        for entry in list(entries):
            is_folder = entry.is_dir(follow_symlinks=False)
            if entry.name in folder.folders if is_folder else entry.name in folder.files:
                numbers[entry.name] = entry.inode()
            elif is_folder:
                shutil.rmtree(entry.path)
            else:
                os.unlink(entry.path)
    return numbers


def _write(content: bytes, target: str) -> None:
    """Into a file of its own: what is there may be a second name of one that must not change."""
    with suppress(FileNotFoundError):
        with open(target, "rb", buffering=0) as file:
            if file.read(len(content) + 1) == content:
                return
        os.unlink(target)
    with open(target, "xb") as file:
        file.write(content)


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
            aside = target.with_name(f".{target.name}.old")
            if aside.exists() and not target.exists():  # a process was killed between two renames of `_exchange`
                aside.rename(target)
            _remove(aside)
            staging.mkdir(parents=True)
            yield Staged(target, staging, spare)
        except OSError as error:
            raise refused_by_system(error, also="site-unchanged") from error
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
        raise refused_by_system(error, also="site-unchanged") from error
    try:
        yield
    finally:
        lock.release()


def _exchange(new: Path, old: Path) -> None:
    """Swaps two folders: in one step where the system can, else by renames that `staged` can complete."""
    with suppress(AttributeError):  # the system does not have that call
        library = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "darwin":
            status = library.renamex_np(os.fsencode(new), os.fsencode(old), _RENAME_SWAP)
        else:
            status = library.renameat2(_AT_FDCWD, os.fsencode(new), _AT_FDCWD, os.fsencode(old), _RENAME_EXCHANGE)
        if status == 0:
            return
    aside = old.with_name(f".{old.name}.old")
    old.rename(aside)
    new.rename(old)
    aside.rename(new)


def _remove(folder: Path) -> None:
    """Removes a folder of ours, also where it may no longer be written into."""
    for place, _, _ in os.walk(folder):
        with suppress(OSError):
            Path(place).chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)
