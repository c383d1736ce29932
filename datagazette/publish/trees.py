"""Trees of files, whatever they held: laid out as a whole, or changed where it is known what they hold.

A tree is made of second names of files that lie elsewhere, and of texts.
"""

# ruff: noqa: PTH101, PTH102, PTH103, PTH106, PTH108, PTH116, PTH120, PTH123 - see datagazette/files.py
from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from datagazette.files import State, link, state


@dataclass(frozen=True)
class _Folder:
    """What a folder is to hold: files by name, with where each lies or its content, and the names of folders."""

    files: dict[str, str | bytes] = field(default_factory=dict)
    folders: set[str] = field(default_factory=set)


def lay_out(root: Path, files: Mapping[str, str | bytes], mode: int) -> dict[str, State]:
    """Makes the folder `root` hold `files`, by path below it, and nothing else; returns the state of each.

    A file is given by its absolute path, and is never written again, or by its content. `mode` is that of
    a new folder, which all get.

    What the folder holds already is recognised by the number that the file system gives each file: a name of the right
    file stays. So a folder that is nearly right costs little, whatever it was and however it came about.
    """
    wanted: dict[str, _Folder] = {"": _Folder()}
    for path, source in files.items():
        head, slash, name = path.rpartition("/")
        _folder(wanted, head + slash).files[name] = source
    device = root.stat().st_dev
    fresh: set[str] = set()
    for path in sorted(wanted):  # a folder comes before those in it
        folder, place = wanted[path], f"{root}/{path}"
        numbers = {} if path in fresh else _kept(place, folder, mode)
        for name in folder.folders - numbers.keys():
            os.mkdir(place + name)  # thousands of small files, where each call counts
            fresh.add(f"{path}{name}/")
        for name, source in folder.files.items():
            if isinstance(source, bytes):
                write_file(source, place + name)
                continue
            about = os.stat(source) if name in numbers else None
            if not about or (about.st_ino, about.st_dev) != (numbers[name], device):
                link(source, place + name)
    # At last, since another name for the same file changes its state.
    return {path: state(os.stat(f"{root}/{path}")) for path in files}


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


def write_file(content: bytes, target: str) -> None:
    """Into a file of its own: what is there may be a second name of one that must not change."""
    with suppress(FileNotFoundError):
        with open(target, "rb", buffering=0) as file:
            if file.read(len(content) + 1) == content:
                return
        os.unlink(target)
    with open(target, "xb") as file:
        file.write(content)


def folders_of(paths: Iterable[str]) -> set[str]:
    """The folders in which files at these paths are, with "" for the folder that holds all."""
    found = {""}
    for folder in {path.rpartition("/")[0] for path in paths}:
        above = folder
        while above not in found:
            found.add(above)
            above = above.rpartition("/")[0]
    return found


def change(
    root: Path,
    changed: Iterable[str],
    wanted: Collection[str],
    has: Collection[str],
    source: Callable[[str], str | bytes],
) -> set[int]:
    """Makes the files `changed` of the folder `root`, by path below it, those of `source`, as far as they are `wanted`;
    the others are taken away, as far as the folder `has` them. `source` as the files of `lay_out`.

    Returns the numbers that the file system gives to the files that got or lost a name.
    """
    touched, left, ordered = set[int](), set[str](), sorted(changed)
    for path in (path for path in ordered if path in has and path not in wanted):
        touched |= _removed(f"{root}/{path}")
        left.add(path.rpartition("/")[0])
    for folder in sorted(left, reverse=True):
        _remove_empty(root, folder)
    for path in (path for path in ordered if path in wanted):
        place, content = f"{root}/{path}", source(path)
        if isinstance(content, bytes):
            touched |= _number(place)
            os.makedirs(os.path.dirname(place), exist_ok=True)
            write_file(content, place)
            continue
        number = _number(content, follow_symlinks=True)
        if (before := _number(place)) != number:
            touched |= number | before
            link(content, place)
    return touched


def _number(path: str, *, follow_symlinks: bool = False) -> set[int]:
    """What the file system calls a file, where there is one."""
    with suppress(FileNotFoundError):
        return {os.stat(path, follow_symlinks=follow_symlinks).st_ino}
    return set()


def _removed(path: str) -> set[int]:
    numbers = _number(path)
    with suppress(FileNotFoundError):
        os.unlink(path)
    return numbers


def _remove_empty(root: Path, folder: str) -> None:
    """Takes a folder away, and those above it, as far as they are empty."""
    while folder:
        try:
            os.rmdir(f"{root}/{folder}")
        except OSError:
            return
        folder = folder.rpartition("/")[0]
