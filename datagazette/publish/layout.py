"""Lays out a folder from files that lie elsewhere, as second names of the same files, and from texts.

What the folder holds already is recognised by the number that the file system gives each file: a name of the right file
stays. So a folder that is nearly right costs little, whatever it was and however it came about.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from datagazette.files import State, link, state


@dataclass(frozen=True)
class _Folder:
    """What a folder is to hold: files by name, with where each lies or its content, and the names of folders."""

    files: dict[str, str | bytes] = field(default_factory=dict)
    folders: set[str] = field(default_factory=set)


def lay_out(
    root: Path, files: Mapping[str, str | bytes], mode: int, left_alone: Collection[str] = ()
) -> dict[str, State]:
    """Makes the folder `root` hold `files`, by path below it, and nothing else; returns the state of each.

    Of each file its absolute path is told, and it is never written again; or its content. `mode` is that of
    a new folder, which all get. The folders of `root` that are `left_alone` are there afterwards, holding what
    they held.
    """
    held: dict[str, _Folder] = {"": _Folder(folders=set(left_alone))}
    for path, source in files.items():
        head, slash, name = path.rpartition("/")
        _held(held, head + slash).files[name] = source
    device = root.stat().st_dev
    fresh: set[str] = set()
    states: dict[str, State] = {}
    for path in sorted(held):  # a folder comes before those in it
        folder, place = held[path], f"{root}/{path}"
        standing = {} if path in fresh else _standing(place, folder, mode)
        for name in folder.folders - standing.keys():
            os.mkdir(place + name)  # noqa: PTH102 - thousands of small files, where each call counts
            fresh.add(f"{path}{name}/")
        for name, source in folder.files.items():
            about = _stays(source, standing.get(name), device)
            if about is None:
                _place(source, place + name)
            else:
                states[path + name] = about
    # Of the others at last, since another name for the same file changes its state.
    return states | {path: state(os.stat(f"{root}/{path}")) for path in files if path not in states}  # noqa: PTH116


def _held(held: dict[str, _Folder], path: str) -> _Folder:
    """The folder `path` (`""`, or `a/b/`), entered in those that hold it."""
    if path not in held:
        above, slash, name = path[:-1].rpartition("/")
        _held(held, above + slash).folders.add(name)
        held[path] = _Folder()
    return held[path]


def _standing(place: str, folder: _Folder, mode: int) -> dict[str, int]:
    """Takes away what does not belong in a folder; returns the file system's number of what stays, by name."""
    standing = {}
    if os.stat(place).st_mode != mode:  # noqa: PTH116
        os.chmod(place, stat.S_IMODE(mode))  # noqa: PTH101
    with os.scandir(place) as entries:
        for entry in list(entries):
            is_folder = entry.is_dir(follow_symlinks=False)
            if entry.name in folder.folders if is_folder else entry.name in folder.files:
                standing[entry.name] = entry.inode()
            elif is_folder:
                shutil.rmtree(entry.path)
            else:
                os.unlink(entry.path)  # noqa: PTH108
    return standing


def _stays(found: str | bytes, standing: int | None, device: int) -> State | None:
    """The state of a file that is there already; `standing` is the number of what is there."""
    if isinstance(found, bytes) or standing is None:
        return None
    about = os.stat(found)  # noqa: PTH116
    return state(about) if (about.st_ino, about.st_dev) == (standing, device) else None


def _place(found: str | bytes, target: str) -> None:
    if isinstance(found, bytes):
        _write(found, target)
    else:
        link(found, target)


def _write(content: bytes, target: str) -> None:
    """Into a file of its own: what is there may be a second name of one that must not change."""
    with suppress(FileNotFoundError):
        with open(target, "rb", buffering=0) as file:  # noqa: PTH123
            if file.read(len(content) + 1) == content:
                return
        os.unlink(target)  # noqa: PTH108
    with open(target, "xb") as file:  # noqa: PTH123
        file.write(content)
