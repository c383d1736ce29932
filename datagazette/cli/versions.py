"""`release` and `record`: what the ledger keeps of a version."""

from __future__ import annotations

from pathlib import Path

import click

from datagazette.cli.group import cli, common


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
    if lang == "zh":
        told = f"已写入 {ledger}" if done.is_new else f"已于 {done.day} 发布，没有草稿；新的版本用 revise {name} 建立"
        click.echo(f"{name} {done.version} {told}")
    else:
        told = f"is in {ledger}" if done.is_new else (
            f"was released on {done.day}, and there is no draft; open the next version with revise {name}")  # fmt: skip
        click.echo(f"{name} {done.version} {told}")
    if done.is_new and done.drafted:
        click.echo(
            "变更说明（可以在其中改写）：" if lang == "zh" else "What changed, for readers (you may reword it there):"
        )
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
        zh, en = "没有变化", "unchanged"
        if one.added:
            zh, en = f"新增 {one.added} 个校验值", f"{one.added} hashes added"
        elif one.got_imprint:
            zh, en = "已存入出版物现在的说法（imprint）", "what the publication says of itself is kept (imprint)"
        click.echo(f"{one.release.id}：{zh}" if lang == "zh" else f"{one.release.id}: {en}")
