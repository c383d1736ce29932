"""`diff`: what changes, before it is published."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from datagazette.cli.group import cli, common, publication_language
from datagazette.cli.printing import styled


@cli.command()
@common
@click.argument("datasets", nargs=-1, metavar="[DATASET ...]")
@click.option("--base", help="A git revision or a folder to compare with; by default each dataset's last release.")
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "markdown", "json", "html")),
    default="text",
    help="Form of the report. Markdown and HTML are in the publication's first language unless --lang is given.",
)
@click.pass_context
def diff(context: click.Context, root: Path, lang: str, datasets: tuple[str, ...], base: str | None, form: str) -> None:
    """Show what changes: figures, tables, versions, and the resulting pages and downloads.

    Exit status 1: something must be fixed before it can be published.
    """
    from datagazette.commands.diff import DiffOptions
    from datagazette.commands.diff import diff as compare
    from datagazette.diff import report as diff_reports
    from datagazette.diff.report_json import as_json

    found = compare(DiffOptions(root.resolve(), base, datasets))
    if form in ("markdown", "html"):
        lang = publication_language(context, root.resolve())
    if form == "text":
        console = Console(highlight=False)
        for line in diff_reports.text(found, lang):
            console.print(styled(line), soft_wrap=True)
    else:
        make = {"markdown": diff_reports.markdown, "json": as_json, "html": diff_reports.html}[form]
        click.echo(make(found, lang), nl=False)
    if found.errors:
        raise click.exceptions.Exit(1)
