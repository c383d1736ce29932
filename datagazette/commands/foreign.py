"""Files that people send are read by a process with bounds; the one that asks and writes never opens them."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from datagazette.isolation import Bounds, OutOfBounds, Worker
from datagazette.load.standalone import is_descriptor
from datagazette.model import limits
from datagazette.model.errors import UsageError

Done = TypeVar("Done")


def read_bounded(
    work: Callable[..., Done], *arguments: Any, root: Path, files: Sequence[Path], memory: int = limits.SOURCE_MEMORY
) -> Done:
    """What `work` finds out from `files` and from the publication at `root`.

    Raises UsageError where it takes longer or more memory than it may. `work` names a file as a step while it reads it.
    """
    reads = (root, *(_readable(one) for one in files))
    try:
        with Worker(Bounds(memory, reads)) as worker:
            found: Done = worker.call(_quietly, work, arguments)
            return found
    except OutOfBounds as error:
        names = error.step or ", ".join(one.name for one in files)
        if error.kind == "seconds":
            raise UsageError("reading-seconds", names=names, seconds=f"{error.seconds:g}") from error
        raise UsageError("reading-memory", names=names, size=f"{memory / 1e9:g} GB") from error


def _quietly(work: Callable[..., Done], arguments: Sequence[Any]) -> Done:
    """In the worker: a library that finds no memory says so in words of its own, and ends the process."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    found: Done = work(*arguments)
    return found


def _readable(file: Path) -> Path:
    """What belongs to a source: beside a descriptor lie its tables."""
    return file.absolute().parent if is_descriptor(file) else file
