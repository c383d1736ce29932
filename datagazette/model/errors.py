"""The exceptions of the program: misuse and broken environments.

    PublisherError            anything that ends the program with a message
    ├── UsageError            the command was called wrongly (exit status 2)
    ├── EnvironmentFault      a tool, a font or a permission is missing (exit status 2)
    └── DataFaults            the publication has errors; carries the problems (exit status 1)

Their messages are in `messages/<language>/errors.yaml`. Faults of data are never raised while they are looked for:
they are collected as `problems.Problem` values, and `DataFaults` is raised once, when a stage has seen all of them.
"""

from __future__ import annotations

import errno
import os
import shlex
import traceback
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datagazette.messages import FALLBACK, LANGUAGES, texts
from datagazette.model.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from datagazette.model.problems import Problem


class PublisherError(Exception):
    """Ends the program; `status` is its exit status, `key` that of its message, whose placeholders `values` fill.

    A value that differs between languages is a mapping by language. `also` is the key of a sentence that follows.
    """

    status = 2

    def __init__(self, key: str, /, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = {name: value if isinstance(value, Mapping) else str(value) for name, value in values.items()}

    def text(self, language: str) -> str:
        """The message. It is looked up when it is shown, not where memory or open files may have run out."""
        code = language if language in LANGUAGES else FALLBACK
        values = {name: value[code] if isinstance(value, Mapping) else value for name, value in self.values.items()}
        messages = texts("errors", code)
        return f"{messages[self.key].format(**values)}{messages.get(values.get('also', ''), '')}"

    def __str__(self) -> str:
        return self.text(FALLBACK)

    def __reduce__(self) -> tuple[Any, ...]:
        """So that it reaches the process that waits for the work in which it was raised."""
        return partial(type(self), **self.values), (self.key,)


class UsageError(PublisherError):
    """The command, an option or a target does not exist."""


def not_found(what: str, found: Iterable[str], known: Iterable[str]) -> UsageError:
    """There is no such dataset, target or theme (`what` is a key of `errors.yaml`), and which there are."""
    return UsageError(what, found=", ".join(found), known=", ".join(known))


class EnvironmentFault(PublisherError):
    """Something that the program needs on this machine is missing or refuses to work."""


class DataFaults(PublisherError):
    """The publication has errors, so that nothing may be published."""

    status = 1

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("data-faults")
        self.problems = tuple(problems)

    def __reduce__(self) -> tuple[Any, ...]:
        return DataFaults, (self.problems,)


def refused_by_system(error: OSError, also: str = "") -> EnvironmentFault:
    """What the system refused, where, and what to do about it; `also` is the key of a further sentence."""
    path = str(error.filename) if error.filename else ""
    if error.errno in (errno.EACCES, errno.EPERM) and path:
        place = _barred(Path(path))
        key = "permission-written" if os.access(place, os.R_OK) else "permission-read"
        quoted = visible(shlex.quote(str(place)))
        return EnvironmentFault(key, place=visible(str(place)), quoted=quoted, also=also)
    keys = {errno.ENOSPC: "disk-full", errno.EDQUOT: "disk-full", errno.EFBIG: "file-limit"}
    key = keys.get(error.errno or 0, "system-refused")
    reason, at = error.strerror or str(error), f" ({path})" if path else ""
    return EnvironmentFault(key, reason=visible(reason), at=visible(at), also=also)


def refuse_full_disk(said: str) -> None:
    """Raises OSError where the message of another program or of a library says that the disk is full."""
    if "no space left on device" in said.lower():
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def raised_in(error: BaseException, folder: Path) -> str:
    """`file:line` of the last file below a folder of templates that an error passed through; empty where none is."""
    frames = traceback.extract_tb(error.__traceback__)
    places = (f"{Path(frame.filename).relative_to(folder).as_posix()}:{frame.lineno}" for frame in reversed(frames)
              if Path(frame.filename).is_relative_to(folder))  # fmt: skip
    return next(places, "")


def _barred(path: Path) -> Path:
    """The first folder on the way to `path` that may not be entered, else `path`."""
    barred = (parent for parent in reversed(path.absolute().parents) if not os.access(parent, os.X_OK))
    return next(barred, path)
