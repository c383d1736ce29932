"""The group of commands, the options that all of them take, and how problems are printed.

What printing needs is imported here, at the start: meanwhile the process for untrusted files imports what it needs.
"""

from __future__ import annotations

import locale
import os
import shlex
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource
from rich.console import Console
from rich.text import Text as Styled

from datagazette import VERSION
from datagazette.cli.start import COMMANDS, here
from datagazette.messages import LANGUAGES, texts
from datagazette.model.content import Content
from datagazette.model.names import nearest
from datagazette.model.problems import Problem, Remark
from datagazette.model.text import visible
from datagazette.reports.blocks import TextLine
from datagazette.reports.problem_list import said_of_fetching, text_report

_DEFAULT = "build"
_NEED_NONE = ("check", "init")  # a file can be checked anywhere
_STYLES = {"file": "bold", "error": "red", "warning": "yellow", "fix": "dim", "plain": "", "fine": "green"}
Function = TypeVar("Function", bound=Callable[..., Any])


class _Commands(click.Group):
    """`build` where no command is named: `datagazette --root DIR` builds. A word that is none is a misspelt one."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0].startswith("-") and args[0] not in ("--help", "-h", "--version")):
            args = [_DEFAULT, *args]
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and (near := nearest(args[0], sorted(COMMANDS), 0.6)):
            ctx.fail(f"No such command '{args[0]}'. Did you mean '{near}'?")
        return super().resolve_command(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - as click calls it
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in COMMANDS:
            import_module(f"datagazette.cli.{COMMANDS[cmd_name].module}")
        return super().get_command(ctx, cmd_name)


def locale_language() -> str:
    """The code of the person's language, from the locale; empty where it has none."""
    setting = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return (setting or locale.getlocale()[0] or "").partition("_")[0].lower()


def default_language() -> str:
    """The person's language; English where the program does not know it."""
    code = locale_language()
    return code if code in LANGUAGES else "en"


def publication_language(context: click.Context, root: Path) -> str:
    """`--lang` where it was given, else the publication's first language that the program has messages in.

    For what is read beside a change: the machine that runs there has a locale of its own.
    """
    asked: str = context.params["lang"]
    if context.get_parameter_source("lang") is ParameterSource.COMMANDLINE:
        return asked
    from datagazette.load.files import CATALOG
    from datagazette.load.yaml_file import read_yaml

    document, _ = read_yaml(root / CATALOG, CATALOG)
    languages = document.value.get("languages") if document else None
    return (
        next((language for language in languages if language in LANGUAGES), asked)
        if isinstance(languages, list)
        else asked
    )


def _refuse_nothing(context: click.Context, _parameter: click.Parameter, root: Path) -> Path:
    """A command that needs a publication begins nothing, and leaves no folder behind, where there is none."""
    if context.info_name not in _NEED_NONE:
        from datagazette.load.publication import refuse_nothing

        refuse_nothing(root.resolve())
    return root


def common(command: Function) -> Function:
    root = click.option(
        "--root", type=click.Path(exists=True, file_okay=False, path_type=Path), default=here,
        callback=_refuse_nothing,
        help="The folder of the publication, which has datasets/catalog.yaml; by default the current folder or the "
        "nearest one above it that has one; else, in a checkout of the program, the checkout.",
    )  # fmt: skip
    lang = click.option(
        "--lang", type=click.Choice(LANGUAGES), default=default_language, help="Language of the messages."
    )
    return root(lang(command))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, message="%(prog)s %(version)s")
def cli() -> None:
    """Check, summarise, package and publish versioned CSV tables as a static site."""


@contextmanager
def working(language: str, what: str) -> Iterator[None]:
    """On a terminal, a line that says what is done meanwhile and for how long; it is gone afterwards."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    from rich import progress

    columns = (progress.SpinnerColumn(), progress.TextColumn("{task.description}"), progress.TimeElapsedColumn())
    with progress.Progress(*columns, console=console, transient=True) as line:
        line.add_task(texts("progress", language)["working"][what], total=None)
        yield


def asks_for_drafts(*, asked: bool) -> bool:
    """Whether the data of drafts may be fetched from the store: `--fetch-drafts`, or DATAGAZETTE_FETCH_DRAFTS."""
    return asked or os.environ.get("DATAGAZETTE_FETCH_DRAFTS", "").lower() not in ("", "0", "false", "no")


def fetching(language: str) -> Callable[[Content], None]:
    """What prints a line for each file that is fetched from the store."""
    console = Console(stderr=True, highlight=False)
    return lambda content: console.print(said_of_fetching(content, language), soft_wrap=True, markup=False)


def print_problems(
    problems: Sequence[Problem], language: str, console: Console,
    hidden: dict[tuple[str, str], int] | None = None, always: bool = False,
) -> None:  # fmt: skip
    """Problems as a person reads them in a terminal."""
    if problems or always:
        print_lines(text_report(problems, language, hidden), console)


def root_option(root: Path) -> str:
    """` --root FOLDER`, as commands that a person is to run next need it; nothing where they find the folder."""
    return "" if root.resolve() == here().resolve() else f" --root {shlex.quote(str(root))}"


def print_remarks(remarks: Sequence[Remark], language: str, console: Console, root: Path) -> None:
    """What of the program's is used where the publication has nothing, a line each."""
    say = texts("cli", language)["remarks"]
    folder = "." if root.resolve() == Path.cwd() else shlex.quote(str(root))
    said = (
        say[remark.key].format_map({name: visible(value) for name, value in (*remark.values, ("folder", folder))})
        for remark in remarks
    )
    print_lines((TextLine("plain", line) for line in said), console)


def print_lines(lines: Iterable[TextLine], console: Console) -> None:
    for line in lines:
        console.print(Styled(line.text, style=_STYLES[line.style]), soft_wrap=True)
