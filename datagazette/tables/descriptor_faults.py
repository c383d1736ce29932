"""Collecting the problems of one descriptor, each with its place in the file."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from datagazette.model.names import NearMisses
from datagazette.model.problems import Problem, problem, warning
from datagazette.model.resource import Json
from datagazette.tables.types.json import KeyPath

# What the standard has in descriptors of packages and resources.
_ELSEWHERE = (
    "resources", "sources", "licenses", "contributors", "keywords", "homepage", "version", "created", "image", "id",
    "name", "title", "description", "path", "data", "type", "profile", "format", "mediatype", "encoding", "bytes",
    "hash", "schema", "dialect",
)  # fmt: skip
LineOf = Callable[[KeyPath], int | None]

_TYPE_NAMES = {str: "text", bool: "true/false", int: "integer", list: "list", dict: "mapping"}


def no_line(_: KeyPath) -> int | None:
    """For descriptors that did not come from a text file."""
    return None


class Faults:
    """Collects the problems of one descriptor. `code` is the usual one, `path` the descriptor's place in the file, of
    which all descriptors share `near`, and `shared` are values of nearly all problems."""

    def __init__(
        self,
        code: str,
        file: str,
        line_of: LineOf,
        path: KeyPath = (),
        near: NearMisses | None = None,
        **shared: object,
    ) -> None:
        self.code, self.file, self.line_of, self.path, self.shared = code, file, line_of, path, shared
        self.near = near or NearMisses()
        self.found: list[Problem] = []

    def reject(self, rule: str, *path: str | int, code: str = "", alone: bool = False, **values: object) -> None:
        """`alone`: without the shared values."""
        values = values if alone else {**self.shared, **values}
        line = self.line_of((*self.path, *path))
        self.found.append(problem(code or self.code, self.file, line, rule=rule, **values))

    def warn(self, *path: str | int, **values: object) -> None:
        """Adds a warning, with the shared values."""
        line = self.line_of((*self.path, *path))
        self.found.append(warning(self.code, self.file, line, **{**self.shared, **values}))

    def is_a(self, value: object, kind: type, name: str, *path: str | int, code: str = "") -> bool:
        """Whether the property `name` has the type that it must have, else it is reported; true and false are no
        numbers."""
        if isinstance(value, kind) and (kind is bool or not isinstance(value, bool)):
            return True
        self.reject("shape", *path, code=code, property=name, expected=_TYPE_NAMES[kind])
        return False

    def is_too_long(self, listed: object, limit: int, *path: str | int, rule: str = "", **values: object) -> bool:
        """Whether a list has more items than the limit, which is reported then."""
        if not isinstance(listed, list) or len(listed) <= limit:
            return False
        values = {"key": path[-1], "found": len(listed), "limit": limit, **self.shared, **values}
        self.reject(rule, *path, code="too-many", alone=True, **values)
        return True

    def warn_misspelt(self, descriptor: Json, keys: Sequence[str], *path: str | int) -> None:
        """Warns of a property that is one or two letters off one of the standard's: a misspelt one would silently do
        nothing. Other properties may be added to any descriptor, and some are the standard's own in another one."""
        bases = {key.partition("@")[0] for key in keys}
        for key in descriptor:
            base, at, language = str(key).partition("@")
            meant = self.near.slip(base, keys) if base not in bases and base not in _ELSEWHERE else ""
            if meant:
                line = self.line_of((*self.path, *path, key))
                values = {"property": key, "meant": f"{meant}{at}{language}"}
                self.found.append(warning(self.code, self.file, line, rule="unknown-property", **values))
