"""The published tree: laid out beside the old one, and put in its place at once.

A build that stops before `Staged.publish` leaves the old site as it was. Where the system can exchange two
folders in one step, a reader and a power cut alike see the old site or the new one, never half of either.

The tree that was replaced is kept as a spare, in which the next build exchanges only what is another file by then.
A tree is made of second names of files that lie elsewhere, and of texts.
"""

# ruff: noqa: PTH116 - see datagazette/files.py
from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Set
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path

from filelock import FileLock, Timeout

from datagazette.files import State, state
from datagazette.model.errors import EnvironmentFault, UsageError, refused_by_system
from datagazette.publish.trees import change, folders_of, lay_out

# A folder that holds this file was written by us, and may be replaced.
MARKER = ".open-data-site"
# What each tree has besides the site: GitHub's pages show it as it is, and git keeps its bytes, so that the sums of
# releases are right in every clone.
_OF_THE_TREE = {MARKER: b"", ".nojekyll": b"", ".gitattributes": b"* -text\n"}
_ALONE = ""  # the group of what is in no other
_DOUBTED = "?"  # in the spare tree there is another file than was known
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

    def put(self, group: str, content: Callable[[], Mapping[str, str | bytes]]) -> None:  # noqa: ARG002 - others make use of it
        """Puts in files by their paths, each where it lies or its content.

        `group` names all that `content` is made from: what was put in under that name before may be put in again.
        """
        for path, file in content().items():
            if isinstance(file, bytes):
                self.write(path, file)
            else:
                self.take(file, path)

    def adopt(self, folder: Path, files: Iterable[str], places: Mapping[str, str]) -> None:
        """Takes in files that lie below `folder`, which is never written into again.

        `places` says of the first part of each path what it is here: `{"data": "data/x/1.0.0/", "site": ""}`.
        """
        self.put(f"{folder}\n{sorted(places.items())}", partial(_adopted, folder, files, places))

    @contextmanager
    def complete_but_for(self, folders: Collection[str]) -> Iterator[None]:  # noqa: ARG002 - others make use of it
        """Everything has been put in but for what lies in these top folders, which is put in meanwhile."""
        yield


def _adopted(folder: Path, files: Iterable[str], places: Mapping[str, str]) -> dict[str, str | bytes]:
    parts = ((name, *name.partition("/")) for name in files)
    return {f"{places[first]}{rest}": f"{folder}/{name}" for name, first, _, rest in parts}


@dataclass(frozen=True)
class Laid:
    """What the published tree holds, and where the tree that was replaced differs from it.

    `groups` say of each path where its file lies, or `=` with the hash of a text, by the group that it was put in with.
    `spare` says the same of the paths that are otherwise in the spare tree, with "" for one that is not there. `trees`
    are the numbers that the file system gives to the two folders, and `noted` is when that was so, in nanoseconds since
    1970.
    """

    groups: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    spare: Mapping[str, str] = field(default_factory=dict)
    trees: tuple[int, int] = (0, 0)
    noted: int = 0

    @cached_property
    def files(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for group in self.groups.values():
            found.update(group)
        return found


@dataclass(frozen=True)
class Before:
    """The tree that is published: what it holds, the state of each file as it is now, and what was touched since.

    `untouched` are the groups that have no file among the `touched` ones. `is_listed`: no file was added or taken away.
    """

    laid: Laid = field(default_factory=Laid)
    states: Mapping[str, State] = field(default_factory=dict)
    touched: Set[str] = frozenset()
    untouched: Set[str] = frozenset()
    is_listed: bool = False


class Staged(Output):
    """A tree that is published at `target`, laid out when all of it is known.

    `tree` is an empty folder beside the target, where it is laid out; `spare` is where the tree lies that was replaced
    last, if there is one, and where the one that is replaced now is put. With what was published `before`, only what
    is another file by then is looked at.
    """

    def __init__(self, target: Path, tree: Path, spare: Path | None = None) -> None:
        self._target, self._tree, self._spare = target, tree, spare
        self.begin(Before())
        # Of the tree, once it is begun: what it has, which of its files were looked at, the states of all, and the
        # numbers of those that got or lost a name.
        self._has: dict[str, str] | None = None
        self._checked, self._states, self._numbers = set[str](), dict[str, State](), set[int]()

    def begin(self, before: Before) -> None:
        """Forgets what was put in, where it was; with what is known of the tree that was published `before`."""
        self.before = before
        self._texts: dict[str, bytes] = {}
        self._groups: dict[str, dict[str, str]] = {_ALONE: {}}
        self._files: dict[str, str] = {}
        self._fresh: set[str] = set()
        for path, content in _OF_THE_TREE.items():
            self.write(path, content)

    def write(self, relative: str, content: str | bytes) -> None:
        self._put(_ALONE, relative, content.encode() if isinstance(content, str) else content)

    def take(self, source: str, relative: str) -> None:
        self._put(_ALONE, relative, source)

    def _put(self, group: str, path: str, content: str | bytes) -> None:
        if isinstance(content, bytes):
            self._texts[path] = content
            content = f"={hashlib.sha256(content).hexdigest()}"
        else:
            self._fresh.add(path)
        self._groups[group][path] = self._files[path] = content

    def put(self, group: str, content: Callable[[], Mapping[str, str | bytes]]) -> None:
        if group in self.before.untouched:
            self._groups[group] = dict(self.before.laid.groups[group])
            self._files.update(self._groups[group])
            return
        self._groups[group] = {}
        for path, file in content().items():
            self._put(group, path, file)

    def paths(self) -> Collection[str]:
        return self._files.keys() - _OF_THE_TREE.keys()

    def sizes(self) -> Mapping[str, int]:
        known, texts = self.before.states, self._texts
        kept = self._files.keys() - self._fresh - texts.keys()
        return {
            path: known[path][2] if path in kept else len(texts[path]) if path in texts else os.stat(source).st_size
            for path, source in self._files.items()
        }

    def texts(self) -> Iterator[tuple[str, str]]:
        return ((path, content.decode(errors="replace")) for path, content in self._texts.items())

    def read(self, relative: str) -> str:
        content = self._content(relative)
        return (content if isinstance(content, bytes) else content.read_bytes()).decode(errors="replace")

    def _content(self, path: str) -> bytes | Path:
        """A text, or the file that has it."""
        source = self._files[path]
        if path in self._texts:
            return self._texts[path]
        return self._target / path if source[0] == "=" else Path(source)

    @contextmanager
    def complete_but_for(self, folders: Collection[str]) -> Iterator[None]:
        """Lays out meanwhile what has been put in already."""
        left = tuple(f"{name}/" for name in folders)
        with ThreadPoolExecutor(1) as beside:
            laid = beside.submit(self._lay_out, dict(self._files), set(self._fresh), left)
            yield
            laid.result()

    def publish(self) -> dict[str, State]:
        """Lays out the tree, or what is left of it, and puts it in the target's place; returns its files' states."""
        self._lay_out(self._files, set(self._fresh))
        known, numbers = self._states, self._numbers
        again = (path for path in self._files if path not in known or known[path][1] in numbers)
        known |= {path: state(os.lstat(f"{self._tree}/{path}")) for path in again}
        states = {path: known[path] for path in self._files}
        if not self._target.exists():
            self._tree.rename(self._target)
            return states
        _exchange(self._tree, self._target)
        if self._spare:
            with suppress(OSError):  # on another disk, or not ours to move: then it is removed
                self._spare.parent.mkdir(parents=True, exist_ok=True)
                self._tree.rename(self._spare)
        return states

    def keep_nothing(self) -> None:
        """The tree that is replaced is not kept as a spare, but removed: it has what is no longer published."""
        self._spare = None

    def laid(self) -> Laid:
        """What is published now, for the next build."""
        before = self.before.laid.files
        spare = {path: before.get(path, "") for path, _ in before.items() ^ self._files.items()}
        spare |= dict.fromkeys((self._fresh | self.before.touched) & before.keys(), _DOUBTED)
        is_known = self._spare is not None and self._spare.is_dir() and self.before.is_listed
        numbers = (_number(self._target), _number(self._spare) if is_known and self._spare else 0)
        return Laid(self._groups, spare, numbers, time.time_ns())

    def _lay_out(self, files: Mapping[str, str], fresh: set[str], left: tuple[str, ...] = ()) -> None:
        """In what is left of an earlier tree, where there is one that can be written; but for the folders `left`.
        Files that are `fresh` may be others under the same name."""
        mode = self._tree.stat().st_mode
        content = {path: self._source(path) for path in files} if self._has is None else {}
        try:
            if self._has is None:
                self._has = self._begun()
            if self._has is None:
                self._states, self._has = lay_out(self._tree, content, mode), dict(files)
            else:
                self._change(files, self._has, fresh, left)
        except OSError:
            _remove(self._tree)
            self._tree.mkdir()
            content = content or {path: self._source(path) for path in files}
            self._states, self._has = lay_out(self._tree, content, mode), dict(files)

    def _begun(self) -> dict[str, str] | None:
        """Takes the spare tree; returns what it holds, where that is known and nothing was added or removed since."""
        if not self._spare or not self._spare.is_dir():
            return None
        laid = self.before.laid
        has = {path: source for path, source in {**laid.files, **laid.spare}.items() if source}
        is_known = (_number(self._target), _number(self._spare)) == laid.trees
        is_known = is_known and all(
            os.stat(f"{self._spare}/{folder}").st_mtime_ns <= laid.noted for folder in folders_of(has)
        )
        self._spare.replace(self._tree)
        self._states = {path: about for path, about in self.before.states.items() if path not in laid.spare}
        return has if is_known else None

    def _change(self, files: Mapping[str, str], has: dict[str, str], fresh: set[str], left: tuple[str, ...]) -> None:
        doubted = (fresh | self.before.touched) & files.keys()
        changed = {path for path, _ in has.items() ^ files.items()} | doubted
        changed = {path for path in changed - self._checked if not left or not path.startswith(left)}
        self._numbers |= change(self._tree, changed, files.keys(), has.keys(), self._source)
        for path in changed:
            if path in files:
                has[path], self._states[path] = files[path], state(os.lstat(f"{self._tree}/{path}"))
            else:
                has.pop(path)
                self._states.pop(path, None)
        self._checked |= doubted if not left else {path for path in doubted if not path.startswith(left)}

    def _source(self, path: str) -> str | bytes:
        """Where a file lies, or its content: a text that is published already, and was not touched, lies there."""
        source, before = self._files[path], self.before
        if source[0] == "=" and (path in before.touched or before.laid.files.get(path) != source):
            return self._texts[path]
        return f"{self._target}/{path}" if source[0] == "=" else source


def _number(folder: Path) -> int:
    """What the file system calls a folder; 0 where there is none."""
    with suppress(OSError):
        return folder.stat().st_ino
    return 0


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
