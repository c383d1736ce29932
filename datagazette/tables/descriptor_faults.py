"""Collects what is wrong with a descriptor, each fault with its place in the file."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from datagazette.model.names import NearMisses
from datagazette.model.problems import Problem, problem, warning
from datagazette.model.tabular import Json

Path = tuple[str | int, ...]
LineOf = Callable[[Path], int | None]


def no_line(_: Path) -> int | None:
    """For descriptors that did not come from a text file."""
    return None


class Faults:
    """Collects the problems of one descriptor; `path` is its place in the file, of which all share `near`."""

    def __init__(self, file: str, line_of: LineOf, path: Path = (), near: NearMisses | None = None) -> None:
        self.file, self.line_of, self.path = file, line_of, path
        self.near = near or NearMisses()
        self.found: list[Problem] = []

    def add(self, code: str, rule: str, *path: str | int, **values: object) -> None:
        self.found.append(problem(code, self.file, self.line_of((*self.path, *path)), rule=rule, **values))

    def warn(self, code: str, rule: str, *path: str | int, **values: object) -> None:
        self.found.append(warning(code, self.file, self.line_of((*self.path, *path)), rule=rule, **values))


def is_too_long(listed: object, limit: int, faults: Faults, *path: str | int, **values: object) -> bool:
    """Whether a list has more items than the limit, which is reported then."""
    if not isinstance(listed, list) or len(listed) <= limit:
        return False
    faults.add("too-many", str(values.pop("rule", "")), *path, key=path[-1], found=len(listed), limit=limit, **values)
    return True


def known(descriptor: Json, keys: Sequence[str], code: str, faults: Faults, *path: str | int) -> None:
    """Warns of a property that is nearly one of the standard's: a slip would silently do nothing."""
    bases = {key.partition("@")[0] for key in keys}
    for key in descriptor:
        base, at, language = str(key).partition("@")
        meant = faults.near.nearest(base, keys) if base not in bases else ""
        if meant:
            faults.warn(code, "unknown-property", *path, key, property=key, meant=f"{meant}{at}{language}")


def shaped(value: object, shapes: tuple[type, ...]) -> bool:
    """Whether a property has one of the types that it may have; true and false are no numbers."""
    if isinstance(value, bool) and bool not in shapes:
        return False
    return isinstance(value, shapes)


def shape_name(shapes: tuple[type, ...]) -> str:
    """What a person calls the first of the types."""
    return {str: "text", bool: "true/false", int: "integer", list: "list", dict: "mapping"}[shapes[0]]
