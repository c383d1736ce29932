"""Work that an untrusted pattern or file could make very long: done in a process that is ended when its time is up.

A regular expression of Python's cannot be interrupted in a thread, and a small compressed file may hold terabytes.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from datagazette.isolation import DATABASE, Bounds, OutOfBounds, Worker, size
from datagazette.model.errors import UsageError
from datagazette.model.problems import Problem, problem
from datagazette.model.resource import Field

Done = TypeVar("Done")

# What is found where time or memory runs out: of another machine, or at another time, it may be something else.
OUT_OF_BOUNDS = frozenset({"pattern-too-slow", "resource-too-large"})
_ALLOWED = {
    "PATTERN_SECONDS": "20", "RESOURCE_SECONDS": "60", "TABLE_SECONDS": "600",
    "STORE_SECONDS": "60", "STORE_FILE_SECONDS": "7200",
}  # fmt: skip
_MEMORY = 4_000_000_000  # bytes
# Bytes of one file: what a compressed one is unpacked to, or DuckDB's, which are a little smaller.
_WRITTEN = 1_100_000_000


def allowed(name: str) -> float:
    """How many seconds something may take: the environment's variable of that name, or ours.

    PATTERN_SECONDS: the cells of a field held against its pattern. RESOURCE_SECONDS: a resource that Frictionless reads
    itself. TABLE_SECONDS: a table as a whole. STORE_SECONDS: until a store says the next word. STORE_FILE_SECONDS: one
    file of a store.
    """
    said = os.environ.get(name, _ALLOWED[name])
    try:
        seconds = float(said)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise UsageError("seconds", name=name, found=said, example=_ALLOWED[name])
    return seconds


def within(seconds: float, work: Callable[..., Done], *arguments: Any) -> Done:
    """What `work`, a function of a module, returns, asked in a process of its own; an exception of it is raised here.

    Within an isolated worker the process has the worker's walls around it as well. Raises OutOfBounds after `seconds`,
    or where the process ended without an answer.
    """
    with Worker(Bounds(_MEMORY, reads=None, largest_file=_WRITTEN), fresh=True) as worker:
        return worker.call(work, *arguments, seconds=seconds)


def out_of_bounds(error: OutOfBounds, file: str) -> Problem:
    """What is reported where an isolated worker was ended. `file` is named where no step was under way."""
    path = error.step or file
    if path.endswith(".sql"):
        if error.kind == "seconds":
            return problem("query-too-slow", path, seconds=f"{error.seconds:g}")
        return problem("query-too-large", path, rule="memory")
    if error.kind == "memory":
        return too_much_memory(path)
    return problem("resource-too-large", path, path=path, seconds=f"{error.seconds or allowed('TABLE_SECONDS'):g}")


def too_much_memory(path: str, memory: str = f"{DATABASE}B") -> Problem:
    """What is reported of a table that needs more than its database may use."""
    return problem("resource-too-large", path, rule="memory", path=path, limit=shown_size(memory))


def shown_size(memory: str) -> str:
    """`2,000 MB`, `0.5 MB` of a size as in Limits."""
    megabytes = size(memory) / 1e6
    return f"{megabytes:,.0f} MB" if megabytes >= 10 else f"{megabytes:.1f} MB"


def has_risky_pattern(field: Field) -> bool:
    """Whether the field's constraints, or those of its items, hold a pattern that may take without end."""
    return any(may_explode(pattern) for pattern in _patterns([field.constraints, field.descriptor.get("arrayItem")]))


def _patterns(found: object) -> Iterable[str]:
    """Every pattern below a descriptor's value, also in JSON Schemas, which nest."""
    waiting = [found]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Mapping):
            yield from (value for key, value in part.items() if key == "pattern" and isinstance(value, str))
            if isinstance(part.get("patternProperties"), Mapping):
                yield from map(str, part["patternProperties"])
            waiting += part.values()
        elif isinstance(part, list | tuple):
            waiting += part


def may_explode(pattern: str) -> bool:
    """Whether Python's engine may take a time that grows beyond the square of a text's length.

    Repeats inside repeats, alternatives and references inside repeats, and more than two open repeats in a row may.
    """
    try:
        tree = re._parser.parse(pattern)  # type: ignore[attr-defined]  # noqa: SLF001 - the standard library has no other
    except (re.error, RecursionError, OverflowError):
        return True
    repeats = 0
    waiting = [(item, False) for item in tree]
    while waiting:
        (name, argument), inside = waiting.pop()
        kind = str(name)
        open_repeat = kind.endswith("REPEAT") and argument[1] - argument[0] > 1
        if inside and (open_repeat or kind in ("BRANCH", "GROUPREF")):
            return True
        repeats += open_repeat
        waiting += [(item, inside or open_repeat) for item in _parts(argument)]
    return repeats > 2


def _parts(argument: Any) -> Iterable[tuple[Any, Any]]:
    """The items of the parse trees below an item's argument."""
    waiting = [argument]
    while waiting:
        found = waiting.pop()
        if isinstance(found, re._parser.SubPattern):  # type: ignore[attr-defined]  # noqa: SLF001
            yield from found
        elif isinstance(found, tuple | list):
            waiting += found
