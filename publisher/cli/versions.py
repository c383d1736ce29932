"""`release` and `record`: what the ledger keeps of a version."""

from __future__ import annotations

from pathlib import Path

import click

from publisher.cli.group import cli, common


@cli.command()
@common
@click.argument("name")
@click.option("--changes", help="What this release changes, in the first language.")
@click.option("--changes-en", help="The same in English.")
def release(root: Path, lang: str, name: str, changes: str | None, changes_en: str | None) -> None:
    """Freeze a dataset's draft into its ledger."""
    from publisher.pipeline.releasing import release_draft

    version = release_draft(root.resolve(), name, {"": changes or "", "en": changes_en or ""})
    click.echo(f"{name} {version} 已发布到 releases.yaml" if lang == "zh" else f"{name} {version} is in releases.yaml")


@cli.command()
@common
@click.argument("names", nargs=-1, metavar="[DATASET ...]")
@click.option("--jobs", type=click.IntRange(1))
def record(root: Path, lang: str, names: tuple[str, ...], jobs: int | None) -> None:
    """Add the hashes of published files to the ledgers, once every value is found to be what it was.

    For after an upgrade of a library or of this program. Exit status 1: a release would have other values.
    """
    from publisher.pipeline.recording import record as add

    for one in add(root.resolve(), names, jobs):
        if lang == "zh":
            click.echo(f"{one.release.id}：新增 {one.added} 个校验值" if one.added else f"{one.release.id}：没有变化")
        else:
            click.echo(f"{one.release.id}: {one.added} hashes added" if one.added else f"{one.release.id}: unchanged")
