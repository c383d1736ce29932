"""`release` and `record`: what the ledger keeps of a version."""

from __future__ import annotations

from pathlib import Path

import click

from datagazette.cli.group import cli, common
from datagazette.messages import texts


@cli.command()
@common
@click.argument("name")
@click.option("--changes", help="What this release changes, in the first language.")
@click.option("--changes-en", help="The same in English.")
def release(root: Path, lang: str, name: str, changes: str | None, changes_en: str | None) -> None:
    """Check a dataset's draft, compare it with the last release, and freeze it into the ledger.

    Without --changes, what the comparison tells is written down for readers.
    """
    from datagazette.commands.release import release_draft

    done = release_draft(root.resolve(), name, {"": changes or "", "en": changes_en or ""})
    ledger = f"datasets/{name}/releases.yaml"
    say = texts("cli", lang)["release"]
    key = "released" if done.is_new else "before"
    click.echo(say[key].format(name=name, version=done.version, ledger=ledger, day=done.day))
    if done.is_new and done.drafted:
        click.echo(say["changes"])
        for _, text in done.changes.values:
            click.echo(f"  {text}")


@cli.command()
@common
@click.argument("names", nargs=-1, metavar="[DATASET ...]")
@click.option("--jobs", type=click.IntRange(1))
def record(root: Path, lang: str, names: tuple[str, ...], jobs: int | None) -> None:
    """Add the hashes of published files to the ledgers, once every value is found to be what it was.

    For after an upgrade of a library or of this program. Exit status 1: a release would have other values.
    """
    from datagazette.commands.record import record as add

    for one in add(root.resolve(), names, jobs):
        key = "added" if one.added else "imprint" if one.got_imprint else "unchanged"
        click.echo(texts("cli", lang)["record"][key].format(release=one.release.id, count=one.added))
