"""What a store is: it says how large a file is, gives it in parts, and takes a new one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, Protocol

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
