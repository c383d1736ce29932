"""`init`: a new publication. What was not given is asked for on a terminal, and else taken from the folder's name."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import click
from rich.cells import cell_len

from datagazette.cli.group import cli, default_language, locale_language
from datagazette.cli.intake_options import BY_LANGUAGE, by_language
from datagazette.home import IS_CHECKOUT
from datagazette.load.files import CATALOG
from datagazette.messages import COMMAND, texts
from datagazette.model.errors import PublisherError, UsageError
from datagazette.model.names import is_language

if TYPE_CHECKING:
    from datagazette.commands.init import Begun
    from datagazette.commands.starter import Wanted

Answer = TypeVar("Answer")
_TABLES = (".csv", ".tsv", ".xlsx", ".ods")  # what is offered to `add`
# What files are for, by the beginnings of their paths, in the order in which a person meets them.
_GROUPS = {
    "catalog": ("datasets/catalog.yaml",), "example": ("datasets/months/", "schemas/months.v1.yaml"),
    "pages": ("site/pages/",), "readme": ("README",), "program": ("program.txt",), "github": (".github/",),
    "gitlab": (".gitlab/", ".gitlab-ci.yml"),
}  # fmt: skip


class _Questions(NamedTuple):
    """What was given as an option is taken; else a person at a terminal is asked until the answer can be used."""

    say: Mapping[str, str]
    lang: str
    asks: bool

    def answer(self, given: str | None, question: str, default: str, read: Callable[[str], Answer]) -> Answer:
        if given is not None or not self.asks:
            return read(default if given is None else given)
        while True:
            typed = click.prompt(self.say[question], default=default, show_default=bool(default))
            try:
                return read(typed.strip())
            except PublisherError as error:
                click.echo(f"  {error.text(self.lang)}")

    def texts(
        self, given: Sequence[str], question: str, defaults: Mapping[str, str], languages: Sequence[str]
    ) -> dict[str, str]:
        """By language; the defaults where nothing was given and nobody can be asked."""
        from datagazette.commands.init import language_name

        _refuse_other_languages(given, languages)
        found = by_language(given, languages)
        if not self.asks:
            return found or dict(defaults)
        for language in languages:
            if language in found:
                continue
            if language == languages[0]:
                found[language] = self.answer(None, question, defaults[language], str)
            else:
                named = language_name(language, self.lang)
                say = self.say["skipped"].format(question=self.say[question], language=named)
                found[language] = str(click.prompt(say, default="", show_default=False)).strip()
        return {language: text for language, text in found.items() if text}


def _refuse_other_languages(given: Sequence[str], languages: Sequence[str]) -> None:
    """Raises UsageError where a text begins with the code of a language that the publication does not have."""
    for text in given:
        code, equals, _ = text.partition("=")
        if equals and is_language(code) and code not in languages:
            raise UsageError("init-other-language", found=text, code=code, languages=",".join(languages))


@cli.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--title", "titles", multiple=True, metavar=BY_LANGUAGE, help="Title; once for each language.")
@click.option(
    "--lang",
    "languages",
    multiple=True,
    metavar="LANGUAGE,...",
    help="Languages of the publication, the main one first, such as en or zh,en. Messages are in the language of the "
    "locale.",
)
@click.option("--publisher", "publishers", multiple=True, metavar=BY_LANGUAGE, help="Who publishes the data.")
@click.option("--contact", help="E-mail or web address for readers who have found an error.")
@click.option("--licence", "--license", "licence", help="SPDX identifier of the licence; CC-BY-4.0 by default.")
@click.option("--base-url", help="Address of the site.")
@click.option("--colour", "--color", "colour", default="", help="Colour of the site, such as #5b2a86.")
@click.option("--logo", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Logo; it is copied.")
@click.option("--program", default="", metavar="ADDRESS", help="Version of the program for the workflows: the address "
              "of a wheel with #sha256=HASH, or git+https://REPOSITORY@COMMIT.")  # fmt: skip
@click.option("--empty", is_flag=True, help="Without the example dataset.")
@click.option("--pages", is_flag=True, help="Also write the pages about, cite and contribute, to change them. Else the "
              "program makes them from catalog.yaml.")  # fmt: skip
def init(
    folder: Path,
    titles: tuple[str, ...],
    languages: tuple[str, ...],
    publishers: tuple[str, ...],
    contact: str | None,
    licence: str | None,
    base_url: str | None,
    colour: str,
    logo: Path | None,
    program: str,
    empty: bool,
    pages: bool,
) -> None:
    """Begin a publication in a folder: catalogue, pages, workflows, and a small example.

    On a terminal, the command asks for what was not given. Files that are in the folder already are kept as they are,
    and only what is missing is written.
    """
    from datagazette.commands import init as work
    from datagazette.commands.starter import Wanted

    lang = default_language()
    work.refuse_folder(folder)
    is_new = not work.has_catalog(folder)
    ask = _Questions(texts("cli", lang)["init"], lang, is_new and sys.stdin.isatty() and sys.stdout.isatty())
    spoken = ask.answer(
        ",".join(languages) or None, "languages", work.spoken(locale_language(), lang), work.known_languages
    )  # fmt: skip
    by_title = ask.texts(titles, "title", dict.fromkeys(spoken, work.title_of(folder)), spoken)
    wanted = Wanted(
        work.name_of(folder), spoken, by_title, ask.texts(publishers, "publisher", by_title, spoken),
        contact=ask.answer(contact, "contact", "", work.known_contact),
        licence=ask.answer(licence, "licence", "CC-BY-4.0", work.known_licence),
        base_url=ask.answer(base_url, "base-url", work.example_address(folder), work.known_base_url),
        colour=work.known_colour(colour), program=work.known_program(program), example=not empty,
    )  # fmt: skip
    begun = work.begin(folder, wanted, work.known_logo(logo), with_pages=pages)
    for line in _report(folder, wanted, begun, ask.say):
        click.echo(line)


def _report(folder: Path, wanted: Wanted, begun: Begun, say: Mapping[str, str]) -> Iterator[str]:
    """What was written, what was kept, and what to do next."""
    is_new = CATALOG in begun.written
    yield say["begun" if is_new else "added" if begun.written else "complete"].format(folder=folder)
    yield from _groups(begun.written, say)
    if begun.kept and is_new:
        yield say["kept"].format(files=", ".join(begun.kept))
    if begun.older:
        yield say["older"].format(files=", ".join(begun.older))
    if begun.unignored:
        yield say["unignored"].format(lines=" ".join(begun.unignored))
    if not is_new:
        yield say["options"]
        return
    if begun.untranslated:
        yield say["english"].format(languages=", ".join(begun.untranslated))
    yield ""
    yield from _next(folder, say)
    later = [say["address"].format(address=wanted.base_url)] if wanted.has_example_address else []
    later += [] if wanted.names_publisher else [say["unnamed"].format(title=wanted.publishers[wanted.languages[0]])]
    later += [] if wanted.program else [say["pin"]]
    if later:
        yield ""
        yield say["later"]
        yield from (f"  {line}" for line in later)


def _next(folder: Path, say: Mapping[str, str]) -> Iterator[str]:
    """The next commands; the first table that is in the folder already is offered."""
    yield say["next"]
    place = shlex.quote(str(folder))
    root = f" --root {place}" if IS_CHECKOUT else ""
    if not IS_CHECKOUT and folder.resolve() != Path.cwd():
        yield f"  cd {place}"
    tables = [path.name for path in sorted(folder.iterdir()) if path.suffix.lower() in _TABLES]
    table = shlex.quote(tables[0] if not IS_CHECKOUT else str(folder / tables[0])) if tables else "FILE"
    yield from _aligned([(f"{COMMAND} add {table}{root}", say["add"]), (f"{COMMAND} serve{root}", say["serve"])])


def _groups(written: Sequence[str], say: Mapping[str, str]) -> Iterator[str]:
    """The files by what they are for; those that are for nothing in particular in one line."""
    left = list(written)
    rows = []
    for key, starts in _GROUPS.items():
        if found := [path for path in left if path.startswith(starts)]:
            rows.append((_shared(found, starts), say[key]))
            left = [path for path in left if path not in found]
    yield from _aligned(rows)
    if left:
        yield f"  {say['other'].format(files=', '.join(left))}"


def _shared(paths: Sequence[str], starts: Sequence[str]) -> str:
    """The file, or the folder that holds all of the files that begin with the first of `starts`."""
    return paths[0] if len(paths) == 1 else starts[0] if starts[0].endswith("/") else ", ".join(sorted(paths))


def _aligned(rows: Sequence[tuple[str, str]]) -> Iterator[str]:
    width = max((cell_len(left) for left, _ in rows), default=0)
    yield from (f"  {left}{' ' * (width - cell_len(left))}  {right}" for left, right in rows)
