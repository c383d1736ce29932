"""What happens before the command line is read: unfit machines are refused, and the process for untrusted files starts.

That process imports its libraries while this one imports those that read the command line, which is why no module here
imports click.
"""

from __future__ import annotations

import os
import resource
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from datagazette.home import HOME, IS_CHECKOUT
from datagazette.isolation import prepare
from datagazette.model.errors import EnvironmentFault, UsageError


class Command(NamedTuple):
    """The module of a command, imported when it is asked for, and the module with its work on untrusted files, empty
    where it may have none: a build of an unchanged site starts no worker."""

    module: str
    work: str = ""


COMMANDS = {
    "init": Command("init"),
    "build": Command("publishing"),
    "serve": Command("publishing", "datagazette.build.package"),
    "check": Command("checking", "datagazette.commands.check_datasets"),
    "diff": Command("checking", "datagazette.commands.diff"),
    "add": Command("adding", "datagazette.intake.drafts"),
    "new": Command("authoring", "datagazette.intake.drafts"),
    "revise": Command("authoring", "datagazette.commands.check_datasets"),
    "release": Command("publishing", "datagazette.commands.release"),
    "sign": Command("publishing"),
    "push": Command("publishing"),
    "record": Command("publishing", "datagazette.build.package"),
    "withdraw": Command("publishing", "datagazette.build.package"),
    "remove": Command("removing", "datagazette.build.package"),
    "query": Command("checking", "datagazette.commands.query"),
    "verify": Command("checking"),
}
_CHECK_OF_FILES = "datagazette.commands.check_files"

# Gigabytes of address space, of which little is used: the database reserves some for its threads, and the renderer of
# charts 64 GiB as it starts.
_LEAST, _LEAST_TO_DRAW = 4, 80
_DRAWING = frozenset({"build", "serve"})


def here() -> Path:
    """The publication that a command works on without `--root`: the current folder or the nearest one above that has a
    catalogue; where none has, a checkout's own, else the current folder."""
    from datagazette.load.files import CATALOG

    try:
        current = Path.cwd()
    except OSError:  # it has been removed
        return HOME
    otherwise = HOME if IS_CHECKOUT else current
    return next((folder for folder in (current, *current.parents) if (folder / CATALOG).is_file()), otherwise)


def refuse_unfit(arguments: Sequence[str]) -> None:
    """Raises UsageError or EnvironmentFault where a command cannot work."""
    for name in (".", str(HOME), os.environ.get("TMPDIR", ""), *arguments):
        _refuse_unreadable(name)
    command = arguments[0] if arguments and arguments[0] in COMMANDS else "build"
    _refuse_limit(resource.RLIMIT_AS, "ulimit -v", _LEAST_TO_DRAW if command in _DRAWING else _LEAST)
    _refuse_limit(resource.RLIMIT_DATA, "ulimit -d", _LEAST)


def _refuse_unreadable(name: str) -> None:
    """What is not UTF-8 fits neither into a database nor into a page; also where a link or a folder leads there."""
    for path in (name, _resolved(name)):
        try:
            path.encode()
        except UnicodeEncodeError:
            shown = os.fsencode(path).decode("utf-8", "backslashreplace")
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


def start_worker(arguments: Sequence[str]) -> None:
    """Starts the process for untrusted files, for the commands that need it."""
    command = next((argument for argument in arguments if argument in COMMANDS), "")
    if "--help" in arguments or "-h" in arguments or (arguments and not command):
        return
    work = COMMANDS[command or "build"].work
    if command == "check" and any(os.path.isfile(argument) for argument in arguments):  # noqa: PTH113 - may be any text
        work = _CHECK_OF_FILES
    if work:
        prepare(work)
