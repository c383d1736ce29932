"""Table Dialect descriptors become the model's values; each fault is a problem.

https://datapackage.org/standard/table-dialect/
A fault carries Frictionless's error type (`dialect-error`, `control-error`) as its code, and a `rule` that says
which fault it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from datagazette.model.problems import Problem
from datagazette.model.tabular import Dialect
from datagazette.tables.descriptor_faults import Faults, LineOf, Path, known, no_line, shape_name, shaped

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
    "delimiter",
    "quoteChar",
    "doubleQuote",
    "escapeChar",
    "lineTerminator",
    "skipInitialSpace",
    "nullSequence",
)
_ONE_SIGN = ("delimiter", "quoteChar", "escapeChar")


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
    values = {_snake(key): _frozen(properties[key]) for key in stated}
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
    if isinstance(value, list) and not all(isinstance(one, int) and one > 0 for one in value):
        faults.add("dialect-error", "row-numbers", key, property=key)
        return False
    return True


def _snake(key: str) -> str:
    return "".join(f"_{sign.lower()}" if sign.isupper() else sign for sign in key)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
