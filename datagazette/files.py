"""Files as such: their hashes and states, second names for them, and putting one in the place of another at once.

These are called for tens of thousands of small files in a build, so that they use `os` and not `pathlib`.
"""

# ruff: noqa: PTH103, PTH108, PTH119, PTH120, PTH123
from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from datagazette.home import is_former

_CHUNK = 1 << 20
# Left by operating systems and spreadsheets; not ours to complain about.
_LEFTOVERS = ("Thumbs.db", "desktop.ini")
# The first line of what Git LFS keeps in the place of a file: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
POINTER = b"version https://git-lfs.github.com/spec/"
# The lines that git writes around the two sides of a conflict (`git help merge`, "How conflicts are presented").
_MARK = re.compile(rb"^(<{7}|[|]{7}|={7}|>{7})(?= |\r?$)", re.MULTILINE)

# Device, inode, size, and the times of the last change of content and of anything else, in nanoseconds. The system
# sets the last one to its clock at each change, so that it cannot be chosen.
State = tuple[int, int, int, int, int]


def state(about: os.stat_result) -> State:
    """What differs once a file has been touched."""
    return (about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns)


def sha256(path: str | Path) -> str:
    """The file's SHA-256 in hexadecimal."""
    with open(path, "rb", buffering=0) as file:
        content = file.read(_CHUNK)
        digest = hashlib.sha256(content)
        while len(content) == _CHUNK:
            content = file.read(_CHUNK)
            digest.update(content)
    return digest.hexdigest()


def link(source: str | Path, target: str | Path) -> None:
    """The same file under a second name where the file system can do that, else a copy.

    Missing folders are made. A file that is at `target` already is replaced.
    """
    for _ in range(2):
        try:
            os.link(source, target)
            return
        except FileNotFoundError:
            os.makedirs(os.path.dirname(target), exist_ok=True)
        except FileExistsError:
            os.unlink(target)
        except OSError:
            break
    shutil.copyfile(source, target)


def replace_atomically(path: Path, content: bytes) -> None:
    """Writes a file that is seen with its old content or its new one, and never with a part of it."""
    scratch = path.with_name(f".{path.name}.new")
    scratch.write_bytes(content)
    scratch.replace(path)


def is_leftover(name: str) -> bool:
    """Whether a file was left by an operating system or a spreadsheet, or is hidden."""
    last = os.path.basename(name)
    return last.startswith((".", "~$")) or last in _LEFTOVERS


def overlaid(folders: Sequence[Path]) -> dict[str, Path]:
    """Every file below folders that are laid over one another, by its path there: of equal paths that of the first.

    A folder need not be there. Paths have slashes and are sorted. Untouched copies of what the program once had give
    way to what is below them.
    """
    found: dict[str, Path] = {}
    copies = former_copies(folders)
    for folder in folders:
        for place, _, names in os.walk(folder):
            for path in (Path(place, name) for name in names if not is_leftover(name)):
                if path not in copies:
                    found.setdefault(path.relative_to(folder).as_posix(), path)
    return dict(sorted(found.items()))


def former_copies(folders: Sequence[Path]) -> frozenset[Path]:
    """The files in the first of several folders that the program once had, in the place of which it has another now."""
    if len(folders) < 2:
        return frozenset()
    own, *below = folders
    return frozenset(
        path for name, path in overlaid([own]).items()
        if any((folder / name).is_file() for folder in below) and is_former(f"{own.name}/{name}", path)
    )  # fmt: skip


def copy_overlaid(folders: Sequence[Path], target: Path) -> None:
    """Copies what `overlaid` finds into the folder `target`."""
    for name, path in overlaid(folders).items():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target / name)


def same_bytes(path: Path, other: Path) -> bool:
    if path.stat().st_size != other.stat().st_size:
        return False
    with path.open("rb") as left, other.open("rb") as right:
        while chunk := left.read(1 << 20):
            if chunk != right.read(1 << 20):
                return False
    return True


def is_pointer(path: Path) -> bool:
    """Whether the file is a pointer of Git LFS, which is there until `git lfs pull` brings the content."""
    with path.open("rb") as file:
        return file.read(len(POINTER)) == POINTER


def merge_marks(content: bytes) -> tuple[int, ...]:
    """The lines with the marks of a merge that is not finished; none where no conflict begins or ends.

    A line of `=======` alone underlines a heading, and `>>>>>>>` alone quotes a letter.
    """
    found = [(match[1][:1], match.start()) for match in _MARK.finditer(content)]
    marks = b"".join(mark for mark, _ in found)
    if b"<" not in marks and not re.search(rb"=[^<]*>", marks):
        return ()
    return tuple(content.count(b"\n", 0, start) + 1 for _, start in found)


def trace_of_git(path: Path) -> tuple[str, tuple[int, ...]]:
    """(`lfs-pointer` or `merge-unresolved`, the lines with marks) where git left something else in the place of a
    file's content; else ("", ()). Only a file that may have marks is held in memory.

    Raises OSError where the file cannot be read.
    """
    if is_pointer(path):
        return "lfs-pointer", ()
    end = b"\n"
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            if b"\n<<<<<<<" in (text := end + chunk) or b"\n>>>>>>>" in text:
                lines = merge_marks(path.read_bytes())
                return ("merge-unresolved", lines) if lines else ("", ())
            end = text[-7:]
    return "", ()


def with_line_ends(content: bytes, digest: str) -> tuple[str, bytes]:
    """The content with the line ends that give it the SHA-256 `digest`, and what differs.

    `line-ends` where all of them are LF or all CRLF then, `last-line-end` where only the one at the end is more or
    less; ("", b"") where more than that differs.
    """
    unix, bare = content.replace(b"\r\n", b"\n"), content.rstrip(b"\r\n")
    for found, forms in (
        ("last-line-end", (bare, bare + b"\n", bare + b"\r\n")),
        ("line-ends", (unix, unix.replace(b"\n", b"\r\n"))),
    ):
        for form in forms:
            if hashlib.sha256(form).hexdigest() == digest:
                return found, form
    return "", b""
