"""What is wrong with a descriptor, each fault with its place in the file; and the Table Dialect as the model's value.

https://datapackage.org/standard/table-dialect/
A fault carries Frictionless's error type (`dialect-error`, `control-error`) as its code, and a `rule` that says
which fault it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from datagazette.model.names import NearMisses
from datagazette.model.problems import Problem, problem, warning
from datagazette.model.publication import Dialect, Json

Path = tuple[str | int, ...]
LineOf = Callable[[Path], int | None]

_DIALECT_SHAPES: Mapping[str, tuple[type, ...]] = {
    "delimiter": (str,), "quoteChar": (str,), "doubleQuote": (bool,), "escapeChar": (str,),
    "lineTerminator": (str,), "skipInitialSpace": (bool,), "header": (bool,), "headerRows": (list,),
    "headerJoin": (str,), "headerCase": (bool,), "commentChar": (str,), "commentRows": (list,),
    "nullSequence": (str,), "skipBlankRows": (bool,),
}  # fmt: skip
DIALECT_KEYS = (*_DIALECT_SHAPES, "csv", "$schema", "name", "type", "title", "description",
                 "caseSensitiveHeader", "csvddfVersion")  # fmt: skip
# Frictionless keeps these apart as the control of the format CSV.
_CONTROLS = (
    "delimiter", "quoteChar", "doubleQuote", "escapeChar", "lineTerminator", "skipInitialSpace", "nullSequence",
)  # fmt: skip
_ONE_SIGN = ("delimiter", "quoteChar", "escapeChar")


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
    """Warns of a property that is nearly one of the standard's: a misspelt one would silently do nothing."""
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


def parse_dialect(
    descriptor: Mapping[str, Any] | None,
    encoding: str | None,
    file: str,
    line_of: LineOf = no_line,
    path: Path = (),
) -> tuple[Dialect, tuple[Problem, ...]]:
    """The dialect of a resource; faulty properties keep their defaults. Without `encoding` it is UTF-8."""
    faults = Faults(file, line_of, path)
    properties = dict(descriptor or {})
    nested = properties.pop("csv", None)
    if isinstance(nested, Mapping):
        properties = {**nested, **properties}
    known(properties, DIALECT_KEYS, "dialect-error", faults)
    for key in list(properties):
        if key in _DIALECT_SHAPES and not _dialect_value(key, properties[key], faults):
            del properties[key]
    stated = tuple(key for key in _DIALECT_SHAPES if properties.get(key) is not None)
    values: dict[str, Any] = {re.sub("([A-Z])", r"_\1", key).lower(): properties[key] for key in stated}
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    return Dialect(**values, encoding=encoding or "utf-8", stated=stated), tuple(faults.found)


def _dialect_value(key: str, value: object, faults: Faults) -> bool:
    shapes = _DIALECT_SHAPES[key]
    if value is None:
        return True
    if not shaped(value, shapes):
        code = "control-error" if key in _CONTROLS else "dialect-error"
        faults.add(code, "shape", key, property=key, expected=shape_name(shapes))
        return False
    if key in _ONE_SIGN and len(str(value)) != 1 and not (key == "quoteChar" and value == ""):
        faults.add("dialect-error", "one-sign", key, property=key, found=value)
        return False
    if isinstance(value, list) and not all(isinstance(row, int) and row > 0 for row in value):
        faults.add("dialect-error", "row-numbers", key, property=key)
        return False
    return True
