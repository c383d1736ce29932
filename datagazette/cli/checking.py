"""The commands that change nothing: `check`, `diff`, `query` and `verify`."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from datagazette.cli.group import (
    asks_for_drafts,
    cli,
    common,
    fetching,
    print_lines,
    print_problems,
    print_remarks,
    publication_language,
    working,
)
from datagazette.messages import texts
from datagazette.model.problems import Problem
from datagazette.model.text import visible
from datagazette.reports.blocks import TextLine

if TYPE_CHECKING:
    from datagazette.build.checked import Checked
    from datagazette.tables.layout import Layout

Hidden = Mapping[tuple[str, str], int]
_HOSTS = ("github", "gitlab", "sarif")
_LISTED = 5  # releases that a line names


@cli.command()
@common
@click.argument("targets", nargs=-1, metavar="[TARGET ...]")
@click.option(
    "--schema", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The Table Schema of a CSV target."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json", *_HOSTS)),
    default="text",
    help="Form of the report. For code hosts, it is in the publication's first language unless --lang is given.",
)
@click.option(
    "--changed-since",
    metavar="REVISION",
    help="Check only datasets that differ from this revision, and datasets that use them.",
)
@click.option(
    "--limit-errors",
    type=click.IntRange(1),
    default=1000,
    show_default=True,
    help="How many errors of a table to list; all are counted.",
)
@click.option("--fetch-drafts", is_flag=True, help="Also fetch the data of drafts from the store.")
@click.option("--memory-limit", default="2GB", show_default=True, help="Memory that the whole check may use.")
@click.option("--jobs", type=click.IntRange(1), help="Number of processes; by default one per core.")
@click.pass_context
def check(context: click.Context, root: Path, lang: str, targets: tuple[str, ...], schema: Path | None, form: str,
          changed_since: str | None, limit_errors: int, fetch_drafts: bool, memory_limit: str,
          jobs: int | None) -> None:  # fmt: skip
    """Check datasets, packages or CSV files; nothing is published."""
    from datagazette.commands.check import CheckOptions, check_targets

    root = root.resolve()
    options = CheckOptions(root, targets, schema, limit_errors, _for_database(memory_limit), jobs,
                           changed_since=changed_since, fetch_drafts=asks_for_drafts(asked=fetch_drafts))  # fmt: skip
    with working(lang, "check"):
        checked = check_targets(options, fetching(lang))
    if form in _HOSTS:
        _show_host(form, checked, root, publication_language(context, root))
    elif form == "json":
        from datagazette.validation.report import as_frictionless

        report = as_frictionless(checked.reports, checked.outside_tables, lang)
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        print_remarks(checked.remarks, lang, Console(highlight=False), root)  # the last line is the verdict
        _print_stored(checked.stored, lang)
        _print(checked.problems, checked.hidden, lang)
        _print_unread(checked.unread, lang)
    if not checked.valid:
        raise click.exceptions.Exit(1)


def _for_database(memory_limit: str) -> str:
    from datagazette.isolation.limits import within

    try:
        return within(memory_limit)
    except ValueError as error:
        raise click.BadParameter("a size such as 512MB or 2GB", param_hint="--memory-limit") from error


def _print(problems: Sequence[Problem], hidden: Hidden, language: str, *, to_errors: bool = False) -> None:
    print_problems(problems, language, Console(highlight=False, stderr=to_errors), dict(hidden), always=True)


def _print_unread(names: Sequence[str], language: str, *, to_errors: bool = False) -> None:
    """What the verdict does not cover."""
    if names:
        say = texts("reports", language)
        line = TextLine("warning", say["unread"].format(names=visible(say["comma"].join(names))))
        print_lines([line], Console(highlight=False, stderr=to_errors))


def _print_stored(releases: Sequence[str], language: str) -> None:
    """Which releases were not looked at, as their data is in the store alone."""
    if releases:
        say = texts("reports", language)
        names = say["comma"].join(releases[:_LISTED]) + (" …" if len(releases) > _LISTED else "")
        print_lines(
            [TextLine("plain", say["stored"].format(count=len(releases), names=names))], Console(highlight=False)
        )


def _show_host(form: str, checked: Checked, root: Path, language: str) -> None:
    """What a code host reads, with files named from the top of the repository, which is where the command runs."""
    from datagazette.reports.code_hosts import gitlab, placed, sarif

    above = f"{root.relative_to(Path.cwd()).as_posix()}/" if root.is_relative_to(Path.cwd()) else ""
    above = above.removeprefix("./")
    found = placed(checked.problems, root, _layouts(checked, root))
    problems = [replace(problem, file=f"{above}{problem.file}") for problem in found]
    hidden = {(f"{above}{file}", code): count for (file, code), count in checked.hidden.items()}
    _print(problems, hidden, language, to_errors=form != "github")
    _print_unread(checked.unread, language, to_errors=form != "github")
    if form == "github":
        _annotate(problems, hidden, language)
    else:
        make = {"gitlab": gitlab, "sarif": sarif}[form]
        click.echo(make(problems, language, hidden))


def _layouts(checked: Checked, root: Path) -> dict[str, Layout]:
    """How the tables with problems are read; one that cannot be is left out."""
    from datagazette.tables.layout import Unreadable, read_layout

    found = {}
    for report in checked.reports:
        if report.problems:
            try:
                found[report.table.file] = read_layout(root / report.table.source, report.table.dialect)
            except Unreadable:
                continue
    return found


def _annotate(problems: list[Problem], hidden: Hidden, language: str) -> None:
    """Annotations to standard output, and the whole report to the job's summary where GitHub offers one."""
    from datagazette.reports.code_hosts import github, github_summary

    for command in github(problems, hidden, language):
        click.echo(command)
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        with Path(summary).open("a", encoding="utf-8") as stream:
            stream.write(github_summary(problems, hidden, language))


@cli.command()
@common
@click.argument("datasets", nargs=-1, metavar="[DATASET ...]")
@click.option("--base", help="A git revision or a folder to compare with; by default each dataset's last release.")
@click.option("--fetch-drafts", is_flag=True, help="Also fetch the data of drafts from the store.")
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "markdown", "json", "html")),
    default="text",
    help="Form of the report. Markdown and HTML are in the publication's first language unless --lang is given.",
)
@click.pass_context
def diff(context: click.Context, root: Path, lang: str, datasets: tuple[str, ...], base: str | None,
         fetch_drafts: bool, form: str) -> None:  # fmt: skip
    """Show what changes: figures, tables, versions, and the resulting pages and downloads.

    Exit status 1: something must be fixed before it can be published.
    """
    from datagazette.commands.diff import DiffOptions
    from datagazette.commands.diff import diff as compare
    from datagazette.diff import report as diff_reports
    from datagazette.diff.report_json import as_json

    options = DiffOptions(root.resolve(), base, datasets, asks_for_drafts(asked=fetch_drafts))
    found = compare(options, fetching(lang))
    if form in ("markdown", "html"):
        lang = publication_language(context, root.resolve())
    if form == "text":
        print_lines(diff_reports.text(found, lang), Console(highlight=False))
    else:
        make = {"markdown": diff_reports.markdown, "json": as_json, "html": diff_reports.html}[form]
        click.echo(make(found, lang), nl=False)
    if found.errors:
        raise click.exceptions.Exit(1)


@cli.command()
@common
@click.argument("sql")
@click.option(
    "--format",
    "form",
    type=click.Choice(("table", "csv", "json")),
    default="table",
    show_default=True,
    help="Form of the result.",
)
def query(root: Path, lang: str, sql: str, form: str) -> None:
    """Run one SELECT over all typed tables, named "<dataset>"."<resource>"."""
    from datagazette.commands.query import formatted, run_query

    click.echo(formatted(run_query(root.resolve(), sql, fetching(lang)), form), nl=False)


@cli.command()
@common
@click.argument("target", metavar="FILE_OR_LINK")
def verify(root: Path, lang: str, target: str) -> None:
    """Show which release a file or the link of a figure belongs to, and what has changed since.

    Exit status 1: the file is unknown or was altered.
    """
    from datagazette.commands.verdicts import described
    from datagazette.commands.verify import FileVerdict
    from datagazette.commands.verify import verify as find

    verdict = find(root.resolve(), target, fetching(lang))
    click.echo(described(verdict, lang), nl=False)
    if isinstance(verdict, FileVerdict) and verdict.state in ("altered", "unknown"):
        raise click.exceptions.Exit(1)
