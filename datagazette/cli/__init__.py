"""The command line. Exit status: 0 fine, 1 the data has errors, 2 wrong usage or environment, 130 Ctrl-C."""

from __future__ import annotations

import io
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from datagazette.cli.start import refuse_unfit, start_worker
from datagazette.messages import NAME
from datagazette.model.errors import DataFaults, EnvironmentFault, PublisherError, refused_by_system

_INTERRUPTED = 130
_AGAIN = 0.02  # seconds until the next look at whether an import has ended


def main(arguments: Sequence[str]) -> int:
    """Runs a command and returns its exit status; the one place where exceptions are caught, ours and the system's."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that cannot show Chinese shows its numbers
    with _listening() as interrupts:
        try:
            refuse_unfit(arguments)
            start_worker(arguments)
            from datagazette.cli.group import cli  # reads the command line, for which the worker does not wait

            result = cli.main(list(arguments), prog_name=NAME, standalone_mode=False)
        except BaseException as error:
            return _INTERRUPTED if interrupts.came else _status(error, arguments)
    return result if isinstance(result, int) else 0


class _Interrupts:
    """Ctrl-C, and whether it came. Whatever fails after it, in whichever words of a library, fails because of it.

    A module is imported to its end first: a library written in another language may end the process where its import
    is cut short, and Python itself calls back from there where no exception is passed on.
    """

    def __init__(self) -> None:
        self.came = False

    def __call__(self, _signal: int, frame: FrameType | None) -> None:
        self.came = True
        while frame and not frame.f_code.co_filename.startswith("<frozen importlib"):
            frame = frame.f_back
        if frame is None:
            raise KeyboardInterrupt
        signal.setitimer(signal.ITIMER_REAL, _AGAIN)


@contextmanager
def _listening() -> Iterator[_Interrupts]:
    """Notes Ctrl-C meanwhile, unless it is ignored, as it is in the background."""
    interrupts = _Interrupts()
    if signal.getsignal(signal.SIGINT) not in (signal.SIG_DFL, signal.default_int_handler):
        yield interrupts
        return
    before = {number: signal.signal(number, interrupts) for number in (signal.SIGINT, signal.SIGALRM)}
    try:
        yield interrupts
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)


def _status(error: BaseException, arguments: Sequence[str]) -> int:
    """The exit status of a command that raised `error`, when its message is printed; others are raised again."""
    import click

    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, click.Abort):
        return _INTERRUPTED
    if isinstance(error, click.ClickException):
        error.show()
        return error.exit_code
    if isinstance(error, OSError):
        error = refused_by_system(error)
    if isinstance(error, MemoryError):
        error = EnvironmentFault("memory")
    if isinstance(error, PublisherError):
        return _failed(error, _language_of(arguments))
    raise error


def _failed(error: PublisherError, language: str) -> int:
    from rich.console import Console
    from rich.text import Text as Styled

    from datagazette.cli.group import print_problems

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
    from datagazette.cli.group import default_language

    return default_language()
