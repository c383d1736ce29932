"""Bytes in the form of the Secure Shell protocol (RFC 4251), read part by part."""

from __future__ import annotations


class NotWritten(ValueError):
    """The bytes are not what they should be."""


class Parts:
    """Reads one part after the other. Raises NotWritten where they end too early."""

    def __init__(self, content: bytes) -> None:
        self._left = content

    def take(self, count: int) -> bytes:
        if count > len(self._left):
            raise NotWritten
        found, self._left = self._left[:count], self._left[count:]
        return found

    def number(self) -> int:
        return int.from_bytes(self.take(4), "big")

    def string(self) -> bytes:
        return self.take(self.number())

    def integer(self) -> int:
        """A whole number of any length, which must not be negative."""
        content = self.string()
        if content[:1] > b"\x7f":
            raise NotWritten
        return int.from_bytes(content, "big")

    def rest(self) -> bytes:
        return self.take(len(self._left))

    def end(self) -> None:
        if self._left:
            raise NotWritten


def string(content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + content
