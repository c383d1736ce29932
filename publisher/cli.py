"""The command line. Exit status: 0 fine, 1 the data has errors, 2 wrong usage or environment."""

from __future__ import annotations

import json
import locale
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.text import Text as Styled

from publisher.annotations import github, github_summary, gitlab
from publisher.errors import DataFaults, PublisherError
from publisher.problems import LANGUAGES, Problem
from publisher.reports import Line, text_report

HERE = Path(__file__).resolve().parent.parent
_STYLES = {"file": "bold", "error": "red", "warning": "yellow", "mend": "dim", "plain": ""}
_DEFAULT = "build"
Command = TypeVar("Command", bound=Callable[..., Any])


class _Commands(click.Group):
    """`build` where the first word is no command: `build.py --root DIR` builds."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in ("--help", "-h")):
            args = [_DEFAULT, *args]
        return super().parse_args(ctx, args)


def _language() -> str:
    """The person's language, from the locale; English where the program does not know it."""
    told = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    code = (told or locale.getlocale()[0] or "").partition("_")[0].lower()
    return code if code in LANGUAGES else "en"


def _common(command: Command) -> Command:
    root = click.option(
        "--root", type=click.Path(exists=True, file_okay=False, path_type=Path), default=HERE,
        help="The folder that holds datasets/, schemas/, site/ and mkdocs.yml.",
    )  # fmt: skip
    lang = click.option("--lang", type=click.Choice(LANGUAGES), default=_language, help="Language of the messages.")
    return root(lang(command))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Check, summarise, package and publish versioned CSV tables as a static site."""


@cli.command()
@_common
@click.option("--out", type=click.Path(path_type=Path), help="Where to publish; public/ below the root by default.")
@click.option("--base-url", help="The site's address; catalog.yaml's baseUrl by default.")
@click.option("--only", multiple=True, metavar="DATASET", help="Publish only these datasets.")
@click.option("--drafts", is_flag=True, help="Publish versions that have not been released, too.")
@click.option("--jobs", type=click.IntRange(1), help="How many processes; one a core by default.")
@click.option("--force", is_flag=True, help="Make everything anew.")
def build(root: Path, lang: str, out: Path | None, base_url: str | None, only: tuple[str, ...], drafts: bool,
          jobs: int | None, force: bool) -> None:  # fmt: skip
    """Check, summarise, package, render and publish."""
    from publisher.pipeline.build import Options, build_site
    from publisher.pipeline.progress import Reporter

    console = Console(stderr=True, highlight=False)
    options = Options(root.resolve(), out or root / "public", base_url, only, drafts, jobs, force)
    built = build_site(options, Reporter(console, lang))
    _print(built.problems, lang, console)
    if lang == "zh":
        click.echo(f"已发布 {built.datasets} 个数据集、{built.pages} 个页面：{built.out}")
    else:
        click.echo(f"Published {built.datasets} datasets and {built.pages} pages: {built.out}")


@cli.command()
@_common
@click.argument("targets", nargs=-1, metavar="[TARGET ...]")
@click.option("--schema", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="For a CSV target.")
@click.option("--format", "form", type=click.Choice(("text", "json", "github", "gitlab")), default="text")
@click.option("--limit-errors", type=click.IntRange(1), default=1000, show_default=True, help="A table.")
@click.option("--memory-limit", default="2GB", show_default=True, help="For the database.")
@click.option("--jobs", type=click.IntRange(1))
def check(root: Path, lang: str, targets: tuple[str, ...], schema: Path | None, form: str, limit_errors: int,
          memory_limit: str, jobs: int | None) -> None:  # fmt: skip
    """Check datasets, packages or CSV files; nothing is published."""
    from publisher.checks.report import as_frictionless
    from publisher.pipeline.targets import CheckOptions, check_targets

    checked = check_targets(CheckOptions(root.resolve(), targets, schema, limit_errors, memory_limit, jobs))
    if form == "json":
        click.echo(
            json.dumps(as_frictionless(checked.reports, checked.outside_tables, lang), ensure_ascii=False, indent=2)
        )
    elif form == "gitlab":
        click.echo(gitlab(checked.problems, lang))
    else:
        _print(checked.problems, lang, Console(highlight=False), checked.hidden, always=True)
        if form == "github":
            _annotate(checked.problems, checked.hidden, lang)
    if not checked.valid:
        raise click.exceptions.Exit(1)


@cli.command()
@_common
@click.argument("sql")
@click.option("--format", "form", type=click.Choice(("table", "csv", "json")), default="table")
def query(root: Path, lang: str, sql: str, form: str) -> None:  # noqa: ARG001 - errors are told in it
    """Run one SELECT over all typed tables, named "<dataset>"."<resource>"."""
    from publisher.pipeline.querying import formatted, run_query

    click.echo(formatted(run_query(root.resolve(), sql), form), nl=False)


@cli.command()
@_common
@click.argument("name")
@click.option("--changes", help="What this release changes, in the first language.")
@click.option("--changes-en", help="The same in English.")
def release(root: Path, lang: str, name: str, changes: str | None, changes_en: str | None) -> None:
    """Freeze a dataset's draft into its ledger."""
    from publisher.pipeline.releasing import release_draft

    version = release_draft(root.resolve(), name, {"": changes or "", "en": changes_en or ""})
    click.echo(f"{name} {version} 已发布到 releases.yaml" if lang == "zh" else f"{name} {version} is in releases.yaml")


@cli.command()
@_common
@click.argument("name")
@click.option(
    "--bump",
    type=click.Choice(("major", "minor", "patch")),
    default="minor",
    show_default=True,
    help="MAJOR breaks a user's work, MINOR adds rows or tables, PATCH corrects.",
)
def revise(root: Path, lang: str, name: str, bump: str) -> None:
    """Open the next version of a dataset as a copy of the last."""
    from publisher.pipeline.revising import open_draft

    version, is_new = open_draft(root.resolve(), name, bump)
    folder = f"datasets/{name}/{version}"
    if lang == "zh":
        click.echo(f"已建立草稿 {folder}" if is_new else f"草稿 {folder} 已经存在，保持不变")
    else:
        click.echo(f"The draft {folder} is ready" if is_new else f"The draft {folder} is there already and stays")


@cli.command()
@_common
@click.argument("target", metavar="FILE_OR_LINK")
def verify(root: Path, lang: str, target: str) -> None:
    """Tell which release a kept file or a figure's link is of, and what has happened to it since.

    Exit status 1: the file is not known, or has been altered.
    """
    from publisher.pipeline.verified import described
    from publisher.pipeline.verifying import FileVerdict
    from publisher.pipeline.verifying import verify as find

    verdict = find(root.resolve(), target)
    click.echo(described(verdict, lang), nl=False)
    if isinstance(verdict, FileVerdict) and verdict.state in ("altered", "unknown"):
        raise click.exceptions.Exit(1)


@cli.command()
@_common
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option("--jobs", type=click.IntRange(1))
def serve(root: Path, lang: str, port: int, jobs: int | None) -> None:
    """Show the site with its drafts on localhost, and build it again as files change."""
    from publisher.pipeline.progress import Reporter
    from publisher.pipeline.serving import serve_site

    serve_site(root.resolve(), port, jobs, Reporter(Console(stderr=True, highlight=False), lang))


def _annotate(problems: Sequence[Problem], hidden: dict[tuple[str, str], int], language: str) -> None:
    """Annotations to standard output, and the whole report to the job's summary where GitHub offers one."""
    for command in github(problems, hidden, language):
        click.echo(command)
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        with Path(summary).open("a", encoding="utf-8") as stream:
            stream.write(github_summary(problems, hidden, language))


def _print(
    problems: Sequence[Problem], language: str, console: Console,
    hidden: dict[tuple[str, str], int] | None = None, always: bool = False,
) -> None:  # fmt: skip
    if problems or always:
        for line in text_report(problems, language, hidden):
            console.print(_styled(line), soft_wrap=True)


def _styled(line: Line) -> Styled:
    return Styled(line.text, style=_STYLES[line.style])


def main(arguments: Sequence[str]) -> int:
    """Runs a command and returns its exit status; the one place where our exceptions are caught."""
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
    return result if isinstance(result, int) else 0


def _failed(error: PublisherError, language: str) -> int:
    console = Console(stderr=True, highlight=False)
    if isinstance(error, DataFaults):
        _print(error.problems, language, console)
    console.print(Styled(error.text(language), style="bold red"), soft_wrap=True)
    return error.status


def _language_of(arguments: Sequence[str]) -> str:
    """The language that `--lang` asked for, also where the command failed before it was read."""
    for position, argument in enumerate(arguments):
        if argument == "--lang" and position + 1 < len(arguments):
            return arguments[position + 1]
        if argument.startswith("--lang="):
            return argument.partition("=")[2]
    return _language()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
