"""`new` and `revise`: a dataset from tables as people have them, and its next version."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.cells import cell_len
from rich.console import Console

from datagazette.cli.group import cli, common, fetching, print_problems, working
from datagazette.cli.intake_options import Reading, Saying, checked_draft, describing, reading_options, said, sources_of
from datagazette.intake.notices import lines
from datagazette.messages import texts

if TYPE_CHECKING:
    from datagazette.intake.describe import About, Described
    from datagazette.intake.drafts import Draft
    from datagazette.intake.dropping import Dropped


@cli.command()
@common
@click.argument("name")
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="SOURCE...")
@describing
@reading_options
def new(
    root: Path, lang: str, name: str, sources: tuple[Path, ...], saying: Saying, reading: Reading,
) -> None:  # fmt: skip
    """Make a dataset from CSVs, a workbook, or a datapackage.json.

    Types, keys, references and missing values are detected from all rows. On a terminal, the command asks for title,
    theme and source. Texts that are not given are marked TODO. `add` asks more, and reads more kinds of files.
    """
    from datagazette.commands.authoring import has_draft, plan, write_dataset

    root = root.resolve()
    if has_draft(root, name):
        click.echo(texts("cli", lang)["new"]["there"].format(name=name))
        return
    with working(lang, "read"):
        draft = plan(sources_of(root, name, sources, saying, reading))
    about = said(draft, saying)
    for line in _findings(draft, lang):
        click.echo(line)
    if sys.stdin.isatty() and sys.stdout.isatty():
        about = _asked(draft, about, lang)
    with working(lang, "write"):
        folder = write_dataset(draft, about)
    _tell(root, draft, folder, lang)


@cli.command()
@common
@click.argument("name")
@click.option("--data", "files", multiple=True, metavar="[RESOURCE=]FILE", help="A CSV or workbook with changed data.")
@click.option("--add", is_flag=True, help="The files contain only new and changed rows; keep all other rows.")
@click.option(
    "--bump",
    type=click.Choice(("major", "minor", "patch")),
    help="MAJOR for breaking changes, MINOR for new rows or tables, PATCH for corrections; detected by default.",
)
@click.option(
    "--rename",
    "renamed",
    multiple=True,
    metavar="HEADING=COLUMN",
    help="A heading of the file, and the column of the table that it means.",
)
@click.option("--remove", "removed", multiple=True, metavar="COLUMN", help="A column to take out of the table.")
@click.option("--days", default="", metavar="FORMAT", help="Format of days, such as %d/%m/%Y; detected by default.")
@reading_options
def revise(
    root: Path,
    lang: str,
    name: str,
    files: tuple[str, ...],
    add: bool,
    bump: str | None,
    renamed: tuple[str, ...],
    removed: tuple[str, ...],
    days: str,
    reading: Reading,
) -> None:
    """Open the next version of a dataset as a copy of the last one, and put changed data into it.

    Line endings, quotes, the order of rows and columns, and the forms of numbers, days and truth values are kept as
    they were, even if a spreadsheet changed them.
    """
    from datagazette.commands.authoring import Data, open_draft
    from datagazette.intake.dropping import Wanted
    from datagazette.intake.forms import Stated

    if wrong := [pair for pair in renamed if "=" not in pair]:
        raise click.BadParameter(wrong[0], param_hint="--rename")
    pairs = {heading: column for heading, _, column in (pair.rpartition("=") for pair in renamed)}
    wanted = Wanted(add, pairs, frozenset(removed), reading.total, Stated(reading.decimal, days))
    data = Data(files, reading.encoding, reading.delimiter, reading.header, wanted, reading.sheets, reading.hidden)
    with working(lang, "read"):
        revised = open_draft(root.resolve(), name, bump, data, fetching(lang))
    say = texts("cli", lang)["revise"]
    folder = f"datasets/{name}/{revised.version}"
    if revised.same_as:
        click.echo(say["same"].format(release=f"{name} {revised.same_as}"))
        return
    state = "draft" if revised.is_new else "moved" if revised.was else "kept" if not files else "open"
    part = "given" if bump else revised.part
    click.echo(say[state].format(folder=folder, was=revised.was, reason=say.get(f"moved-{part}", "")))
    for file, dropped in revised.dropped:
        click.echo(
            say["dropped"].format(file=file, added=dropped.added, changed=dropped.changed, removed=dropped.removed)
        )
        for line in lines(dropped.notices, lang):
            click.echo(line)
        for line in _new_columns(dropped, say):
            click.echo(line)
        if dropped.gone:
            click.echo(say["gone"].format(columns=", ".join(dropped.gone)))
        if dropped.spare:
            click.echo(say["spare"].format(columns=", ".join(dropped.spare)))
    if revised.dropped:
        _check_again(root.resolve(), name, lang)


def _new_columns(dropped: Dropped, say: Mapping[str, str]) -> Iterator[str]:
    """The columns that the schema has to have now, and fields for them; for a column a year, that rows are better."""
    if not dropped.columns:
        return
    yield say["columns"].format(columns=", ".join(dropped.columns))
    if dropped.fields:
        yield say["fields"]
        yield from (f"    {line}" for line in dropped.fields.splitlines())
    if dropped.yearly:
        yield say["yearly"].format(before=dropped.yearly[0], after=dropped.yearly[1])


def _check_again(root: Path, name: str, lang: str) -> None:
    """Checks the dataset with its new data; exit status 1 if there is an error."""
    from datagazette.commands.check import CheckOptions, check_targets

    with working(lang, "check"):
        checked = check_targets(CheckOptions(root, (name,)))
    print_problems(checked.problems, lang, Console(highlight=False), checked.hidden, always=True)
    if not checked.valid:
        raise click.exceptions.Exit(1)


def _findings(draft: Draft, lang: str) -> Iterator[str]:
    """What was detected about each table, for a person to check."""
    say = texts("cli", lang)["new"]
    for table, sheet in zip(draft.tables, draft.sheets, strict=True):
        yield say["table"].format(file=table.path, form=sheet.form, rows=f"{table.columns[0].rows:,}")
        yield from _columns(table)
        yield from lines(sheet.notices, lang)
        yield from lines(table.all_notices, lang)
        if table.proposals:
            listed = "; ".join(f"{rule}: {', '.join(names)}" for rule, names in table.proposals.items())
            yield say["proposals"].format(listed=listed)
        if table.key:
            yield say["key"].format(key=", ".join(table.key))
        elif not table.resource.get("schema"):
            yield say["no-key"]
        for reference in table.references:
            if reference.missing:
                missing = ", ".join(reference.missing[:5])
                yield say["nearly"].format(column=reference.column, target=reference.target.shown, missing=missing)


def _columns(table: Described) -> Iterator[str]:
    targets = {
        reference.column: reference.target.shown + ("?" if reference.guessed else "")
        for reference in table.references if not reference.missing
    }  # fmt: skip
    width = max(cell_len(column.name) for column in table.columns)
    for column in table.columns:
        label = f" ({column.named.label})" if column.named.label != column.name else ""
        refers = f" → {targets[column.name]}" if column.name in targets else ""
        yield f"  {column.name}{' ' * (width - cell_len(column.name))}  {table.types[column.name]}{refers}{label}"


def _asked(draft: Draft, about: About, lang: str) -> About:
    """What a person at the terminal adds; Enter leaves a mark."""
    say = texts("cli", lang)["new"]
    titles = dict(about.titles)
    for language in draft.languages:
        if not titles.get(language):
            titles[language] = _ask(say["title"].format(language=language))
    themes = [theme.name for theme in draft.publication.catalog.themes]
    chosen = about.themes
    if themes and not chosen:
        theme = click.prompt(say["theme"].format(themes=", ".join(themes)), default="", show_default=False,
                             type=click.Choice([*themes, ""]), show_choices=False)  # fmt: skip
        chosen = (theme,) if theme else ()
    source, link = dict(about.source), about.source_path
    if not about.has_source:
        source = {draft.languages[0]: _ask(say["source"])}
        link = link or _ask(say["link"])
    titles = {language: title for language, title in titles.items() if title}
    return replace(about, titles=titles, themes=chosen, source=source, source_path=link)


def _ask(question: str) -> str:
    return str(click.prompt(question, default="", show_default=False)).strip()


def _tell(root: Path, draft: Draft, folder: Path, lang: str) -> None:
    """Prints the files that were made, and what the check finds in them."""
    say = texts("cli", lang)["new"]
    click.echo(say["made"])
    checked, schemas = checked_draft(root, draft, lang)
    for path in [*sorted(folder.iterdir()), *(root / schema for schema in schemas)]:
        click.echo(f"  {path.relative_to(root).as_posix()}")
    print_problems(checked.problems, lang, Console(highlight=False))
    click.echo(say["next"].format(name=draft.name))
