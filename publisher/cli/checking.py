"""`check`: every fault, as text, as a Frictionless report, or as a code host shows it."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console

from publisher.annotations import github, github_summary, gitlab
from publisher.cli.group import cli, common
from publisher.cli.printing import print_problems
from publisher.problems import Problem


@cli.command()
@common
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
        print_problems(checked.problems, lang, Console(highlight=False), checked.hidden, always=True)
        if form == "github":
            _annotate(checked.problems, checked.hidden, lang)
    if not checked.valid:
        raise click.exceptions.Exit(1)


def _annotate(problems: Sequence[Problem], hidden: dict[tuple[str, str], int], language: str) -> None:
    """Annotations to standard output, and the whole report to the job's summary where GitHub offers one."""
    for command in github(problems, hidden, language):
        click.echo(command)
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        with Path(summary).open("a", encoding="utf-8") as stream:
            stream.write(github_summary(problems, hidden, language))
