"""The files of a publication: those that it always has, those that a descriptor names, and those that nothing names."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from datagazette.files import is_leftover
from datagazette.load.descriptors import KeyReader
from datagazette.model.names import NearMisses
from datagazette.model.problems import Problem, problem

DATASETS, SCHEMAS = "datasets", "schemas"
CATALOG = "datasets/catalog.yaml"
LEDGER = "releases.yaml"  # of a dataset
DESCRIPTOR, NOTES = "datapackage.yaml", "notes.csv"  # of a version


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
        return f"{self.name}/{relative}" if self.name else relative

    @cached_property
    def contents(self) -> tuple[str, ...]:
        """Every file below the folder, relative to it, sorted; links are listed, not followed. Looked up once."""
        found = []
        for place, folders, files in os.walk(self.path, onerror=_refused):
            links = (name for name in folders if Path(place, name).is_symlink())
            found += [Path(place, name).relative_to(self.path).as_posix() for name in (*files, *links)]
        return tuple(sorted(name for name in found if not is_leftover(name)))

    def has(self, path: Path) -> bool:
        """Whether a folder of the publication has a file of this name, letter by letter. Each is looked up once."""
        if path.parent not in self._names:
            self._names[path.parent] = frozenset(entry.name for entry in path.parent.iterdir())
        return path.name in self._names[path.parent]

    @cached_property
    def by_kind(self) -> Mapping[str, Sequence[str]]:
        """The files below the folder by their ending."""
        found: dict[str, list[str]] = {}
        for name in self.contents:
            found.setdefault(PurePosixPath(name).suffix.casefold(), []).append(name)
        return found

    @cached_property
    def _names(self) -> dict[Path, frozenset[str]]:
        return {}


def _refused(error: OSError) -> None:
    """A folder that may not be read is not taken for an empty one."""
    raise error


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
    if not code and not folder.has(path):
        code = "file-missing"
    return (None, code) if code else (path, "")


def fault(path: Path, root: Path) -> str:
    """The code of what keeps a file from being read, or an empty string.

    A link must not lead out of the publication at `root`, or an untrusted link could publish any file of the
    machine; reading a pipe or a device would never end.
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


def near_name(folder: Folder, relative: str, near: NearMisses) -> str:
    """A file of the folder that `relative` probably means: of the same kind, and much the same name. Else empty."""
    kind = PurePosixPath(relative).suffix.casefold()
    return near.nearest(relative, folder.by_kind.get(kind, ()))


def refusal(folder: Folder, relative: str, code: str, near: NearMisses) -> tuple[str, str]:
    """The code for a path that `locate` refused with `code`, and what was probably meant."""
    meant = near_name(folder, relative, near) if code == "file-missing" else ""
    return "file-name-case" if meant and meant.casefold() == relative.casefold() else code, meant


def named_file(reader: KeyReader, key: str, folder: Folder) -> tuple[str, Path | None]:
    """The path at `key`, and the file of the folder that it names; reported where there is none."""
    relative = reader.string(key, required=True)
    path, code = locate(folder, relative) if relative else (None, "")
    if code:
        code, near = refusal(folder, relative, code, reader.document.near)
        reader.report(code, key, path=relative, near=near)
    return relative, path


def unused(folder: Folder, named: Set[str], near: NearMisses) -> tuple[Problem, ...]:
    """A problem for each file of a version folder that is not in `named`: by its descriptor, or as its notes.

    None for a file that was named already as what a missing one probably is.
    """
    present = frozenset(folder.contents)
    suggested = {near_name(folder, name, near) for name in sorted(named - present)}
    alike = [*sorted(named), NOTES]
    return tuple(
        problem("file-unused", folder.file(name), path=name, near=near.nearest(name, alike))
        for name in sorted(present - named - suggested)
    )
