"""`release` and `record`: what the ledger keeps of a version."""

from __future__ import annotations

from pathlib import Path

import click

from datagazette.cli.group import cli, common
from datagazette.messages import texts


@cli.command()
@common
@click.argument("name")
@click.option("--changes", help="Description of the changes, in the first language of the publication.")
@click.option("--changes-en", help="Description of the changes in English.")
def release(root: Path, lang: str, name: str, changes: str | None, changes_en: str | None) -> None:
    """Check a dataset's draft, compare it with the last release, and record it permanently in the ledger.

    Without --changes, a description of the changes is written from the comparison.
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
@click.option("--jobs", type=click.IntRange(1), help="Number of processes; by default one per core.")
def record(root: Path, lang: str, names: tuple[str, ...], jobs: int | None) -> None:
    """Add the hashes of published files to the ledgers, after checking that no value has changed.

    For use after an upgrade of a library or of this program. Exit status 1: values of a release would change.
    """
    from datagazette.commands.release import record as add

    for one in add(root.resolve(), names, jobs):
        key = "added" if one.added else "imprint" if one.got_imprint else "unchanged"
        click.echo(texts("cli", lang)["record"][key].format(release=one.release.id, count=one.added))
