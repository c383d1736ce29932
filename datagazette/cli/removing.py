"""`remove`: what is no longer to be published, and what it cannot reach."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from datagazette.cli.group import cli, common, fetching, print_problems, working
from datagazette.messages import texts
from datagazette.model.text import visible

if TYPE_CHECKING:
    from datagazette.commands.remove import Done


@cli.command()
@common
@click.argument("name", metavar="DATASET")
@click.argument("version")
@click.option("--reason", help="Why, for readers, in the first language of the publication.")
@click.option("--reason-en", help="The same in English.")
@click.option("--instead", metavar="VERSION", default="", help="The version that readers are led to.")
@click.option("--keep-metadata", is_flag=True, help="Keep the descriptor and the schemas, and show what they say.")
@click.option("--forget-hashes", is_flag=True, help="Keep no hash: `verify` then does not recognise a copy.")
@click.option(
    "--cell", "cells", nargs=3, multiple=True, metavar="TABLE KEY FIELD",
    help="Only empty this cell, and publish the release again. KEY as in notes.csv, `*` for every row; of a table "
    "without a primary key, `#` and the number of the row. Can be given several times.",
)  # fmt: skip
@click.option(
    "--redact", "listed", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
    help="A CSV of such cells, with the columns resource, key, field and, where it is wanted, mask.",
)  # fmt: skip
@click.option("--mask", metavar="TEXT", help="What takes the place of the values; by default the cells are empty.")
def remove(root: Path, lang: str, name: str, version: str, reason: str | None, reason_en: str | None, instead: str,
           keep_metadata: bool, forget_hashes: bool, cells: tuple[tuple[str, str, str], ...], listed: Path | None,
           mask: str | None) -> None:  # fmt: skip
    """Take a release, or cells of it, out of everything that is published, with the reason.

    For data that must not be public. The files of a removed release answer 404, and its page says who removed it, when
    and why. A removal cannot be undone. To say that a release should not be used, withdraw it instead.
    """
    from datagazette.commands.cell_edits import CellToRedact, read_cells
    from datagazette.commands.remove import Asked
    from datagazette.commands.remove import remove as take_away
    from datagazette.commands.withdraw import find_release

    say = texts("cli", lang)["remove"]
    root, reasons = root.resolve(), {"": reason or "", "en": reason_en or ""}
    if not any(reasons.values()) and sys.stdin.isatty():
        for language in find_release(root, name, version, "remove-draft")[1].languages:
            reasons[language] = click.prompt(say["ask"].format(language=language), default="", show_default=False)
    wanted = (*(CellToRedact(*cell, mask) for cell in cells), *(read_cells(listed, mask) if listed else ()))
    asked = Asked(name, version, reasons, instead, keep_metadata, forget_hashes, wanted)
    with working(lang, "remove"):
        done = take_away(root, asked, fetching(lang))
    if not done.is_new:
        day = done.release.removal.date if done.release.removal else ""
        click.echo(say["before"].format(name=name, version=version, day=day))
        return
    _print(done, name, version, lang, is_whole=not wanted, root=root)
    if done.fault:
        raise done.fault


def _print(done: Done, name: str, version: str, lang: str, *, is_whole: bool, root: Path) -> None:
    from datagazette.commands.revisions import has_git

    say = texts("cli", lang)["remove"]
    about = {"name": name, "version": version, "ledger": f"datasets/{name}/releases.yaml"}
    click.echo(say["removed" if is_whole else "redacted"].format(**about, cells=done.emptied, files=len(done.files)))
    if is_whole:
        click.echo(say["kept" if done.kept else "forgotten"].format(count=done.kept))
    if done.problems or done.fault:
        click.echo(say["later"].format(names=" ".join(dict.fromkeys([name, *(user.dataset for user in done.users)]))))
        print_problems(done.problems, lang, Console(stderr=True, highlight=False))
    for user in done.users:
        line = say["user" if is_whole else "remade"]
        click.echo(line.format(dataset=user.dataset, version=user.version))
    if done.left:
        click.echo(say["left"])
        for left in done.left:
            click.echo(f"  {visible(left.file)}:{left.line}")
    click.echo(say["next"])
    click.echo(say["unreachable"])
    folder = f"datasets/{name}/{version}"
    for key in ("git", "store", "forks", "artefacts", "caches", "copies"):
        if (key == "git" and not has_git(root)) or (key == "store" and not done.stored):
            continue
        line = say[f"reach_{key}" if is_whole or key != "git" else "reach_git_cells"]
        click.echo("  " + line.format(folder=folder, hashes=", ".join(done.stored)))
