"""The published tree: written beside the old one, and put in its place at once.

A build that stops before `Output.publish` leaves the old site as it was. Where the system can exchange two
folders in one step, a reader and a power cut alike see the old site or the new one, never half of either.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from publisher.cache import link
from publisher.errors import EnvironmentFault, UsageError, refused_by_system

# A folder that holds this file was written by us, and may be replaced.
MARKER = ".open-data-site"
_AT_FDCWD = -100  # renameat2(2): paths relative to the working directory
_RENAME_EXCHANGE = 2  # renameat2(2), Linux
_RENAME_SWAP = 2  # renamex_np(2), macOS


class Output:
    """A staged tree. `staging` is the folder to write into."""

    def __init__(self, target: Path, staging: Path) -> None:
        self.target = target
        self.staging = staging

    def path(self, relative: str) -> Path:
        """Where to write `relative`; its folder exists afterwards."""
        path = self.staging / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def folder(self, relative: str) -> Path:
        """The folder `relative`, which exists afterwards."""
        path = self.staging / relative
        path.mkdir(parents=True, exist_ok=True)
        return path

    def write(self, relative: str, content: str | bytes) -> None:
        data = content.encode() if isinstance(content, str) else content
        self.path(relative).write_bytes(data)

    def adopt(self, folder: Path, files: Iterable[str], places: Mapping[str, str]) -> None:
        """Takes in files that lie below `folder` and are never written again: as second names of the same files.

        `places` says of the first part of each path what it is here: `{"data": "data/x/1.0.0/", "site": ""}`.
        """
        for name in files:
            first, _, rest = name.partition("/")
            self.take(f"{folder}/{name}", f"{places[first]}{rest}")

    def take(self, source: str, relative: str) -> None:
        """Takes in one file, which is never written again."""
        link(source, f"{self.staging}/{relative}")

    def publish(self) -> None:
        """Puts the staged tree in the target's place; the old one is removed afterwards."""
        self.write(MARKER, "")
        self.write(".nojekyll", "")
        if not self.target.exists():
            self.staging.rename(self.target)
            return
        _exchange(self.staging, self.target)
        _remove(self.staging)


@contextmanager
def staged(target: Path) -> Iterator[Output]:
    """A staging folder beside `target`, removed when the build does not get as far as to publish it.

    Raises EnvironmentFault where another build holds the place, or the system refuses to write.
    """
    target = target.absolute()
    staging = target.with_name(f".{target.name}.staging")
    with locked(target):
        try:
            _remove(staging)
            _heal(target)
            staging.mkdir(parents=True)
            yield Output(target, staging)
        except OSError as error:
            raise _explained(error) from error
        finally:
            _remove(staging)


def refuse_unsafe(target: Path, sources: Iterable[Path]) -> None:
    """Raises UsageError for a target that is, holds or lies in a source folder, or that others filled."""
    resolved = target.resolve()
    for source in (one.resolve() for one in sources):
        if resolved == source or resolved.is_relative_to(source) or source.is_relative_to(resolved):
            raise UsageError(
                en=f"cannot publish to {target}: it overlaps the source folder {source}; choose another --out",
                zh=f"不能发布到 {target}：它与源文件夹 {source} 重叠；请用 --out 换一个位置",
            )
    if target.is_dir() and any(target.iterdir()) and not (target / MARKER).exists():
        raise UsageError(
            en=f"{target} holds files that this program did not write; empty it, or choose another --out",
            zh=f"{target} 中有不是本程序写入的文件；请清空它，或用 --out 换一个位置",
        )
    if target.exists() and not target.is_dir():
        raise UsageError(
            en=f"{target} is a file; choose another --out", zh=f"{target} 是一个文件；请用 --out 换一个位置"
        )


@contextmanager
def locked(target: Path) -> Iterator[None]:
    """Keeps every other build from writing to `target` meanwhile."""
    target.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(target.with_name(f".{target.name}.lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise EnvironmentFault(
            en=f"another build is writing to {target}; wait until it has ended, then build again",
            zh=f"另一个构建正在写入 {target}；请等它结束后再构建",
        ) from error
    except OSError as error:
        raise _explained(error) from error
    try:
        yield
    finally:
        lock.release()


def _exchange(new: Path, old: Path) -> None:
    """Swaps two folders: in one step where the system can, else by two renames that `_heal` can mend."""
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
    """Removes a folder of ours, also where somebody took away the right to write into it."""
    for place, _, _ in os.walk(folder):
        with suppress(OSError):
            Path(place).chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)


def _explained(error: OSError) -> EnvironmentFault:
    return refused_by_system(error, en=" The published site is as it was.", zh="已发布的网站保持原样。")
