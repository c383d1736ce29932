"""A descriptor as it was written, in YAML or JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from datagazette.model.names import NearMisses

KeyPath = tuple[str | int, ...]


@dataclass(frozen=True)
class Document:
    """A file's mapping. `lines` has the line (from 1) of each key and item, by its path.

    `near` looks for what the file's misspelt names mean.
    """

    file: str
    value: dict[str, Any]
    lines: Mapping[KeyPath, int] = field(default_factory=dict)
    near: NearMisses = field(default_factory=NearMisses, compare=False, repr=False)

    def line(self, path: KeyPath) -> int | None:
        """The line of `path`, or of the nearest thing that holds it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)
