"""A descriptor as it was written, in YAML or JSON, and the bounds that strangers' ones have to keep to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

LARGEST = 5_000_000  # bytes; a descriptor of a thousand resources has about one
MOST_KEYS = 10_000  # of one mapping; each is held against all that are known
DEEPEST = 60  # levels of nesting

KeyPath = tuple[str | int, ...]


@dataclass(frozen=True)
class Document:
    """A file's mapping. `lines` has the line (from 1) of each key and item, by its path."""

    file: str
    value: dict[str, Any]
    lines: Mapping[KeyPath, int] = field(default_factory=dict)

    def line(self, path: KeyPath) -> int | None:
        """The line of `path`, or of the nearest thing that holds it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)
