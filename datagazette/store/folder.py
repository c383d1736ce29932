"""A store in a folder."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from datagazette.store.place import CHUNK, Refused


class FolderPlace:
    """A folder of this machine, or of a disk that several share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def size(self, path: str) -> int | None:
        with _of_system():
            if not self._folder.is_dir():
                raise Refused("store-unreachable", os.strerror(errno.ENOENT))
            file = self._folder / path
            return file.stat().st_size if file.is_file() else None

    def parts(self, path: str, start: int) -> Iterator[tuple[int, bytes]]:
        with _of_system():
            file = self._folder / path
            if not file.is_file():
                reason = os.strerror(errno.ENOENT)
                raise Refused("store-missing" if self._folder.is_dir() else "store-unreachable", reason)
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
