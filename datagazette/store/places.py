"""The kinds of stores, each as something that says how large a file is, gives it in parts, and takes a new one."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, Protocol

from datagazette.store.address import Address, folder_of

CHUNK = 1 << 20


Kind = Literal[
    "store-unreachable", "store-forbidden", "store-missing", "store-slow", "store-redirect", "store-answer",
    "store-differs", "store-large", "store-half", "store-read-only", "store-library",
]  # fmt: skip


class Refused(Exception):
    """A store did not do what it was asked. `kind` is the key of the message, `reason` what the store or the system
    said, without a password."""

    def __init__(self, kind: Kind, reason: str = "") -> None:
        super().__init__(kind, reason)
        self.kind, self.reason = kind, reason


class Place(Protocol):
    """A store. `path` is always one of `stored_path`. Every method may raise Refused."""

    def size(self, path: str) -> int | None:
        """The bytes of a file; None where there is none."""

    def parts(self, path: str, start: int) -> Iterator[tuple[int, bytes]]:
        """(where it is in the file, bytes) of each part from `start` on; from 0 where a store gives no later part."""

    def add(self, path: str, file: Path) -> None:
        """Adds a file that is not there, whole or not at all."""


class FolderPlace:
    """A folder of this machine, or of a disk that several share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def size(self, path: str) -> int | None:
        with _of_system():
            if not self._folder.is_dir():
                raise Refused("store-unreachable", "there is no such folder")
            file = self._folder / path
            return file.stat().st_size if file.is_file() else None

    def parts(self, path: str, start: int) -> Iterator[tuple[int, bytes]]:
        with _of_system():
            file = self._folder / path
            if not file.is_file():
                raise Refused(
                    "store-missing" if self._folder.is_dir() else "store-unreachable", "there is no such file"
                )
            with file.open("rb") as stream:
                stream.seek(start)
                while chunk := stream.read(CHUNK):
                    yield start, chunk
                    start += len(chunk)

    def add(self, path: str, file: Path) -> None:
        with _of_system():
            target = self._folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            handle, scratch = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
            os.close(handle)
            try:
                shutil.copyfile(file, scratch)
                Path(scratch).chmod(0o644)
                Path(scratch).rename(target)
            finally:
                Path(scratch).unlink(missing_ok=True)


@contextmanager
def _of_system() -> Iterator[None]:
    try:
        yield
    except PermissionError as error:
        raise Refused("store-forbidden", error.strerror or "") from error
    except OSError as error:
        raise Refused("store-unreachable", error.strerror or str(error)) from error


def opened(address: Address, root: Path) -> Place:
    """The store at an address; what it needs is imported here."""
    return FolderPlace(folder_of(address, root))
