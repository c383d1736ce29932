"""The command line. Exit status: 0 fine, 1 the data has errors, 2 wrong usage or environment."""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from publisher.cli.group import cli, default_language
from publisher.errors import DataFaults, PublisherError, refused_by_system


def main(arguments: Sequence[str]) -> int:
    """Runs a command and returns its exit status; the one place where exceptions are caught, ours and the system's."""
    try:
        result = cli.main(list(arguments), prog_name="build.py", standalone_mode=False)
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.Abort:
        return 130
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except PublisherError as error:
        return _failed(error, _language_of(arguments))
    except OSError as error:
        return _failed(refused_by_system(error), _language_of(arguments))
    return result if isinstance(result, int) else 0


def leave(status: int) -> NoReturn:
    """Ends the process. What was to be done at its end is done, but its memory is left to the system: to take a
    database and the modules apart piece by piece takes longer than to check a small table."""
    try:
        for stream in filter(None, (sys.stdout, sys.stderr)):  # None is one that was closed before the start
            stream.flush()
    except OSError:  # nobody reads it any more, which Python's own end tells as it always does
        sys.exit(status)
    atexit._run_exitfuncs()  # noqa: SLF001 - nothing public runs them, and Python's own multiprocessing does this too
    os._exit(status)


def _failed(error: PublisherError, language: str) -> int:
    from rich.console import Console
    from rich.text import Text as Styled

    from publisher.cli.printing import print_problems

    console = Console(stderr=True, highlight=False)
    if isinstance(error, DataFaults):
        print_problems(error.problems, language, console)
    console.print(Styled(error.text(language), style="bold red"), soft_wrap=True)
    return error.status


def _language_of(arguments: Sequence[str]) -> str:
    """The language that `--lang` asked for, also where the command failed before it was read."""
    for position, argument in enumerate(arguments):
        if argument == "--lang" and position + 1 < len(arguments):
            return arguments[position + 1]
        if argument.startswith("--lang="):
            return argument.partition("=")[2]
    return default_language()
