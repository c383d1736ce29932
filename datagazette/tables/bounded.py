"""Work that an untrusted pattern or file could drag out: done in a process that is ended when its time is up.

A regular expression of Python's cannot be interrupted in a thread, and a small compressed file may hold terabytes.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from typing import Any, TypeVar

from datagazette.isolation import Bounds, OutOfBounds, Worker
from datagazette.model.errors import UsageError
from datagazette.model.problems import Problem, problem

Done = TypeVar("Done")

# What is found where time or memory runs out: of another machine, or at another time, it may be something else.
OUT_OF_BOUNDS = frozenset({"pattern-too-slow", "resource-too-large"})
_ALLOWED = {"PATTERN_SECONDS": "20", "RESOURCE_SECONDS": "60", "TABLE_SECONDS": "600"}
_MEMORY = 4_000_000_000  # bytes
# Bytes of one file: what a compressed one is unpacked to, or DuckDB's, which are a little smaller.
_WRITTEN = 1_100_000_000


def allowed(name: str) -> float:
    """How many seconds something may take: the environment's PATTERN_SECONDS, RESOURCE_SECONDS, TABLE_SECONDS, or ours.

    The cells of a field held against its pattern; a resource that Frictionless reads itself; a table as a whole.
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
    return problem("resource-too-large", path, path=path, seconds=f"{error.seconds or allowed('TABLE_SECONDS'):g}")
