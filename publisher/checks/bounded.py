"""Work that a stranger's pattern or file could drag out for ever: done in a process that is ended when its time is up.

A regular expression of Python's cannot be interrupted in a thread, and a small compressed file may hold terabytes.
"""

from __future__ import annotations

import math
import os
import pickle
import re
import resource
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from publisher.errors import UsageError
from publisher.tabular import Field

Done = TypeVar("Done")

# What is found where time or memory runs out: of another machine, or at another time, it may be something else.
OUT_OF_BOUNDS = frozenset({"pattern-too-slow", "resource-too-large"})
_ALLOWED = {"PATTERN_SECONDS": "20", "RESOURCE_SECONDS": "60"}
_MEMORY = 4_000_000_000  # bytes of address space
_WRITTEN = (
    1_100_000_000  # bytes of one file: what a compressed one is unpacked to, or DuckDB's, which are a little smaller
)
_CHECKOUT = Path(__file__).resolve().parent.parent.parent


class OutOfBounds(Exception):
    """The work took too long, or more memory or room on the disk than it may."""


def allowed(name: str) -> float:
    """How many seconds something may take: the environment's PATTERN_SECONDS or RESOURCE_SECONDS, or ours.

    The cells of a field held against its pattern; a resource that Frictionless reads itself.
    """
    said = os.environ.get(name, _ALLOWED[name])
    try:
        seconds = float(said)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise UsageError(
            en=f"{name} is “{said}”, and has to be a number of seconds, such as {_ALLOWED[name]}",
            zh=f"{name} 是“{said}”，应为秒数，例如 {_ALLOWED[name]}",
        )
    return seconds


def within(seconds: float, work: Callable[..., Done], *arguments: Any) -> Done:
    """What `work`, a function of a module, returns; an exception of it is raised here.

    Raises OutOfBounds after `seconds`, or where the process ended without an answer.
    """
    command = [sys.executable, "-c", "from publisher.checks.bounded import answer; answer()"]
    environment = {**os.environ, "PYTHONPATH": str(_CHECKOUT), "PYTHONSAFEPATH": "1"}
    try:
        done = subprocess.run(
            command, input=pickle.dumps((work, arguments)), capture_output=True, timeout=seconds, env=environment,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise OutOfBounds from error
    if done.returncode:
        raise OutOfBounds
    failed, value = pickle.loads(done.stdout)  # noqa: S301 - our own process wrote it
    if failed:
        raise value
    found: Done = value
    return found


def answer() -> None:
    """The process's whole life: reads the work, and writes whether it failed, and what came of it."""
    for kind, most in ((resource.RLIMIT_AS, _MEMORY), (resource.RLIMIT_FSIZE, _WRITTEN)):
        resource.setrlimit(kind, (most, most))
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # libraries print, DuckDB its progress
    work, arguments = pickle.load(sys.stdin.buffer)  # noqa: S301 - our own process wrote it
    try:
        told = (False, work(*arguments))
    except MemoryError:
        sys.exit(1)
    except Exception as error:
        told = (True, error)
    out.write(pickle.dumps(told))
    out.flush()


def has_risky_pattern(field: Field) -> bool:
    """Whether the field's constraints, or those of its items, hold a pattern that may take for ever."""
    return any(may_explode(pattern) for pattern in _patterns([field.constraints, field.descriptor.get("arrayItem")]))


def _patterns(found: object) -> Iterable[str]:
    """Every pattern below a descriptor's value, also in JSON Schemas, which nest."""
    waiting = [found]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Mapping):
            yield from (value for key, value in one.items() if key == "pattern" and isinstance(value, str))
            if isinstance(one.get("patternProperties"), Mapping):
                yield from map(str, one["patternProperties"])
            waiting += one.values()
        elif isinstance(one, list | tuple):
            waiting += one


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
