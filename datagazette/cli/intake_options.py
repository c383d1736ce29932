"""The options of the commands that read tables as people have them: how to read files, what to say of a dataset."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from datagazette.cli.group import working
from datagazette.model.errors import UsageError, not_found

if TYPE_CHECKING:
    from datagazette.build.checked import Checked
    from datagazette.intake.describe import About
    from datagazette.intake.drafts import Draft, Sources

# What looks like the code of a language, before a text.
_CODE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
BY_LANGUAGE = "[LANGUAGE=]TEXT"


class Reading(NamedTuple):
    """How files are to be read: the options that `add`, `new` and `revise` share. What is empty is found out."""

    encoding: str | None
    delimiter: str | None
    header: int
    sheets: tuple[str, ...]
    hidden: str
    total: str
    decimal: str


_READING = (
    click.option("--encoding", help="Encoding of the CSVs; detected by default."),
    click.option("--delimiter", help="Delimiter of the CSVs, or tab; detected by default."),
    click.option("--header", type=click.IntRange(0), default=0, show_default=False,
                 help="Line of the header; detected by default."),
    click.option("--sheet", "sheets", multiple=True,
                 help="A sheet of a workbook; by default every sheet that is not hidden or empty."),
    click.option("--hidden", type=click.Choice(("keep", "drop")),
                 help="Hidden rows and columns of workbooks; left out by default, and a question where a filter hides "
                 "them."),
    click.option("--total", type=click.Choice(("keep", "drop")),
                 help="A row of totals; left out by default if it holds sums."),
    click.option("--decimal", type=click.Choice((".", ",")), help="Decimal mark of numbers; detected by default."),
)  # fmt: skip


def reading_options(command: Callable[..., None]) -> Callable[..., None]:
    """Gives a command these options, as one argument `reading`."""

    @wraps(command)
    def run(**given: Any) -> None:
        values = {name: given.pop(name) for name in Reading._fields}
        for name in ("hidden", "total", "decimal"):
            values[name] = values[name] or ""
        if values["delimiter"] in ("\\t", "tab"):
            values["delimiter"] = "\t"
        command(**given, reading=Reading(**values))

    for option in reversed(_READING):
        run = option(run)
    return run


class Saying(NamedTuple):
    """What a person says of a dataset: the options that `add` and `new` have in common."""

    titles: tuple[str, ...]
    descriptions: tuple[str, ...]
    themes: tuple[str, ...]
    origins: tuple[str, ...]
    source_link: str
    key: str
    text: tuple[str, ...]


_SAYING = (
    click.option("--title", "titles", multiple=True, metavar=BY_LANGUAGE,
                 help="Title of the dataset; once for each language."),
    click.option("--description", "descriptions", multiple=True, metavar=BY_LANGUAGE,
                 help="Description of the dataset; once for each language."),
    click.option("--theme", "themes", multiple=True, help="A theme of catalog.yaml."),
    click.option("--source", "origins", multiple=True, metavar=BY_LANGUAGE,
                 help="Where the data comes from; once for each language."),
    click.option("--source-link", default="", help="Web address of the source."),
    click.option("--key", default="", metavar="COLUMN,...", help="The columns that identify a row."),
    click.option("--text", multiple=True, metavar="COLUMN",
                 help="A column to keep as text, whatever its values look like."),
)  # fmt: skip


def describing(command: Callable[..., None]) -> Callable[..., None]:
    """Gives a command these options, as one argument `saying`."""

    @wraps(command)
    def run(**given: Any) -> None:
        saying = Saying(**{name: given.pop(name) for name in Saying._fields})
        command(**given, saying=saying)

    for option in reversed(_SAYING):
        run = option(run)
    return run


def sources_of(
    root: Path, name: str, paths: tuple[Path, ...], saying: Saying, reading: Reading, *, wide: bool = False
) -> Sources:
    from datagazette.intake.drafts import Sources

    keyed = tuple(name.strip() for name in saying.key.split(",") if name.strip())
    return Sources(root, name, paths, reading.encoding, reading.delimiter, reading.sheets, keyed,
                   frozenset(saying.text), reading.decimal, reading.header, reading.hidden, reading.total,
                   wide)  # fmt: skip


def said(draft: Draft, saying: Saying) -> About:
    """What a package says of itself, and over it what a person says. Raises UsageError for an unknown theme or
    language, and for a link that leads nowhere."""
    from datagazette.commands.authoring import about_package
    from datagazette.model.names import is_site_address

    about, languages = about_package(draft), draft.languages
    if saying.source_link and not is_site_address(saying.source_link):
        raise UsageError("source-link", found=saying.source_link)
    return replace(
        about, titles={**about.titles, **by_language(saying.titles, languages)},
        descriptions={**about.descriptions, **by_language(saying.descriptions, languages)},
        themes=_known_themes(draft, saying.themes), source=by_language(saying.origins, languages),
        source_path=saying.source_link,
    )  # fmt: skip


def by_language(given: Sequence[str], languages: Sequence[str]) -> dict[str, str]:
    """Texts by language; one without a language before it is in the publication's first."""
    found: dict[str, str] = {}
    for text in given:
        language, sign, rest = text.partition("=")
        if sign and language not in languages and _CODE.fullmatch(language):
            raise not_found("language-of-text", [language], languages)
        found |= {language: rest} if sign and language in languages else {languages[0]: text}
    return found


def _known_themes(draft: Draft, themes: tuple[str, ...]) -> tuple[str, ...]:
    known = [theme.name for theme in draft.publication.catalog.themes]
    for theme in themes:
        if theme not in known:
            raise not_found("theme" if known else "no-themes", [theme], known)
    return themes


def checked_draft(root: Path, draft: Draft, lang: str) -> tuple[Checked, tuple[str, ...]]:
    """What the check finds in a draft that was written, and its schemas, relative to the root."""
    from datagazette.commands.check import CheckOptions, check_targets

    with working(lang, "check"):
        checked = check_targets(CheckOptions(root, (draft.name,)))
    dataset = checked.publication.dataset(draft.name) if checked.publication else None
    schemas = {table.schema.file for release in dataset.releases for table in release.tables} if dataset else set()
    return checked, tuple(sorted(schemas))
