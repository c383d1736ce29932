"""What a command needs of the machine. Looked at first: where it is missing, libraries would end the process."""

from __future__ import annotations

import os
import resource
from collections.abc import Sequence

from datagazette.cli.group import HERE, MODULES
from datagazette.model.errors import EnvironmentFault, UsageError

# Gigabytes of address space, of which little is used: the database reserves some for its threads, and the renderer of
# charts 64 GiB as it starts.
_LEAST, _LEAST_TO_DRAW = 4, 80
_DRAWING = frozenset({"build", "serve"})


def refuse_unfit(arguments: Sequence[str]) -> None:
    """Raises UsageError or EnvironmentFault where a command cannot work."""
    for name in (".", str(HERE), os.environ.get("TMPDIR", ""), *arguments):
        _refuse_unreadable(name)
    command = arguments[0] if arguments and arguments[0] in MODULES else "build"
    _refuse_limit(resource.RLIMIT_AS, "ulimit -v", _LEAST_TO_DRAW if command in _DRAWING else _LEAST)
    _refuse_limit(resource.RLIMIT_DATA, "ulimit -d", _LEAST)


def _refuse_unreadable(name: str) -> None:
    """What is not UTF-8 fits neither into a database nor into a page; also where a link or a folder leads there."""
    for one in (name, _resolved(name)):
        try:
            one.encode()
        except UnicodeEncodeError:
            shown = os.fsencode(one).decode("utf-8", "backslashreplace")
            raise UsageError("not-utf-8", shown=shown) from None


def _resolved(name: str) -> str:
    try:
        return os.path.realpath(name)
    except OSError:  # the current folder has been removed
        return name


def _refuse_limit(kind: int, command: str, least: int) -> None:
    limit, _ = resource.getrlimit(kind)
    if limit != resource.RLIM_INFINITY and limit < least * 10**9:
        raise EnvironmentFault("memory-limit", limit=limit // 10**6, command=command, least=least * 1000)
