"""Files as such: their hashes and states, second names for them, and putting one in the place of another at once.

These are called for tens of thousands of small files in a build, so that they use `os` and not `pathlib`.
"""

# ruff: noqa: PTH103, PTH108, PTH120, PTH123
from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

_CHUNK = 1 << 20

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


def same_bytes(path: Path, other: Path) -> bool:
    if path.stat().st_size != other.stat().st_size:
        return False
    with path.open("rb") as left, other.open("rb") as right:
        while chunk := left.read(1 << 20):
            if chunk != right.read(1 << 20):
                return False
    return True
