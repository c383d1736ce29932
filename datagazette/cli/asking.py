"""`query` and `verify`: questions to the published data."""

from __future__ import annotations

from pathlib import Path

import click

from datagazette.cli.group import cli, common


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
def query(root: Path, lang: str, sql: str, form: str) -> None:  # noqa: ARG001 - errors are in it
    """Run one SELECT over all typed tables, named "<dataset>"."<resource>"."""
    from datagazette.commands.query import formatted, run_query

    click.echo(formatted(run_query(root.resolve(), sql), form), nl=False)


@cli.command()
@common
@click.argument("target", metavar="FILE_OR_LINK")
def verify(root: Path, lang: str, target: str) -> None:
    """Show which release a file or the link of a figure belongs to, and what has changed since.

    Exit status 1: the file is unknown or was altered.
    """
    from datagazette.commands.verify import FileVerdict, described
    from datagazette.commands.verify import verify as find

    verdict = find(root.resolve(), target)
    click.echo(described(verdict, lang), nl=False)
    if isinstance(verdict, FileVerdict) and verdict.state in ("altered", "unknown"):
        raise click.exceptions.Exit(1)
