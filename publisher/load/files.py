"""Paths that a descriptor names, and the files of a version folder that nothing names."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from publisher.names import nearest
from publisher.problems import Problem, problem

# Left by operating systems and spreadsheets; not ours to complain about.
_LEFTOVERS = ("Thumbs.db", "desktop.ini")


@dataclass(frozen=True)
class Folder:
    """A folder of the publication. `name` is its path relative to the root, with slashes."""

    root: Path
    name: str

    @property
    def path(self) -> Path:
        return self.root / self.name

    def file(self, relative: str) -> str:
        """How problems and the model name a file of this folder."""
        return f"{self.name}/{relative}"

    def contents(self) -> tuple[str, ...]:
        """Every file below the folder, relative to it, sorted; links are listed, not followed."""
        found = []
        for place, folders, files in os.walk(self.path, onerror=_refused):
            links = (name for name in folders if Path(place, name).is_symlink())
            found += [Path(place, name).relative_to(self.path).as_posix() for name in (*files, *links)]
        return tuple(sorted(name for name in found if not _is_leftover(name)))


def _refused(error: OSError) -> None:
    """A folder that may not be read is not taken for an empty one."""
    raise error


def _is_leftover(name: str) -> bool:
    last = PurePosixPath(name).name
    return last.startswith((".", "~$")) or last in _LEFTOVERS


def locate(folder: Folder, relative: str) -> tuple[Path | None, str]:
    """The file that a descriptor names, or (None, code of the problem).

    A path must be relative, must not climb, and must not lead out of the publication through a link.
    Names are compared letter by letter, also on systems where `A.csv` opens `a.csv`.
    """
    pure = PurePosixPath(relative)
    if not relative or pure.is_absolute() or ".." in pure.parts or "\\" in relative or ":" in relative:
        return None, "path-unsafe"
    path = folder.path / relative
    code = fault(path, folder.root)
    if not code and path.name not in {one.name for one in path.parent.iterdir()}:
        code = "file-missing"
    return (None, code) if code else (path, "")


def fault(path: Path, root: Path) -> str:
    """The code of what keeps a file from being read, or an empty string.

    A link must not lead out of the publication at `root`, or a stranger's link would publish any file of the
    machine; a pipe or a device would keep the reader waiting for ever.
    """
    try:
        if not path.resolve().is_relative_to(root.resolve()):
            return "path-unsafe"
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return "file-missing"
    except PermissionError:
        raise
    except (OSError, RuntimeError, ValueError):  # links in a circle, names too long, a NUL
        return "path-unsafe"
    return "" if stat.S_ISREG(mode) else "file-not-regular"


def read_limited(path: Path, file: str, limit: int) -> tuple[bytes, tuple[Problem, ...]]:
    """The bytes of a file that has at most `limit`, or why they are not read."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return b"", (problem("file-not-regular", file, path=path.name),)
        with path.open("rb") as stream:
            content = stream.read(limit + 1)
    except OSError as error:
        return b"", (problem("file-unreadable", file, reason=error.strerror or str(error)),)
    if len(content) > limit:
        return b"", (problem("file-too-large", file, bytes=max(status.st_size, len(content)), limit=limit),)
    return content, ()


def near_name(folder: Folder, relative: str) -> str:
    """A file of the folder that `relative` probably means: of the same kind, and much the same name. Else empty."""
    kind = PurePosixPath(relative).suffix.casefold()
    alike = [name for name in folder.contents() if PurePosixPath(name).suffix.casefold() == kind]
    return nearest(relative, alike)


def missing_file(folder: Folder, relative: str, code: str, file: str, line: int | None) -> Problem:
    """The problem for a path that `locate` refused."""
    near = near_name(folder, relative) if code == "file-missing" else ""
    if near and near.casefold() == relative.casefold():
        return problem("file-name-case", file, line, path=relative, near=near)
    return problem(code, file, line, path=relative, near=near)


def unused(folder: Folder, used: Iterable[str], known: Iterable[str] = ()) -> tuple[Problem, ...]:
    """A problem for each file of a version folder that its descriptor does not name.

    None for a file that was named already as what a missing one probably is. `known` are names that need nobody to
    name them, and that a file may have missed by a letter.
    """
    named, present = set(used), folder.contents()
    suggested = {near_name(folder, name) for name in named if name not in present}
    return tuple(
        problem("file-unused", folder.file(name), path=name, near=nearest(name, [*sorted(named), *known]))
        for name in present
        if name not in named | suggested
    )


def sha256(path: Path) -> str:
    """The file's SHA-256 in hexadecimal."""
    import hashlib

    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
