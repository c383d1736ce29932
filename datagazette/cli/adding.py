"""`add`: a dataset from what people have, shown before it is written, with few questions."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.text import Text as Styled

from datagazette.cli.group import cli, common, print_problems, root_option, working
from datagazette.cli.intake_options import Reading, Saying, checked_draft, describing, reading_options, said, sources_of
from datagazette.cli.understood import show_left, show_tables
from datagazette.load.descriptors import UNWRITTEN
from datagazette.messages import texts
from datagazette.model.errors import UsageError
from datagazette.model.text import visible

if TYPE_CHECKING:
    from datagazette.commands.adding import Proposal
    from datagazette.intake.describe import About
    from datagazette.intake.drafts import Draft
    from datagazette.model.problems import Problem

_TO_WRITE = (UNWRITTEN, "translation-missing")


@cli.command()
@common
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--name", default="", help="Name of the dataset in addresses; proposed from its title by default.")
@click.option("--licence", "--license", "license_", default="", help="Licence, if it is not that of the publication: "
              "one of the SPDX list, or its name with its web address.")  # fmt: skip
@click.option("--yes", is_flag=True, help="Ask nothing: take what is proposed, and say what that is.")
@describing
@reading_options
def add(
    root: Path, lang: str, files: tuple[Path, ...], name: str, license_: str, yes: bool, saying: Saying,
    reading: Reading,
) -> None:  # fmt: skip
    """Add a dataset from files as you have them.

    CSVs, workbooks, a Data Package, a CSV with CSVW metadata, or CKAN's description of a dataset with its files; also
    in a folder or a zip. It shows what it understood, asks for what it cannot know, writes the first version as a
    draft, and checks it.
    """
    from datagazette.commands.adding import check_name, completed, proposal, proposed_name, with_license
    from datagazette.commands.authoring import write_dataset

    console = Console(highlight=False)
    asks = not yes and sys.stdin.isatty() and sys.stdout.isatty()
    draft = _read(root.resolve(), files, saying, reading, lang, asks=asks)
    if name:
        check_name(draft, name)
    about = with_license(said(draft, saying), license_)
    show_tables(draft, lang, console)
    show_left(draft, lang, console)
    offered = proposal(draft, about)
    key: tuple[str, ...] = ()
    if not asks:
        about = replace(about, titles={**about.titles, draft.languages[0]: offered.title})
        name = name or proposed_name(draft, offered.title, about)
        about = _taken(draft, replace(offered, about=about), name, lang, console)
    else:
        about, name, key = _Questions(draft, offered, lang, console).answers(name)
    draft, about = completed(draft, about, name, key)
    with working(lang, "write"):
        folder = write_dataset(draft, about)
    _show_written(root, draft, folder, lang, console)


def _read(root: Path, files: Sequence[Path], saying: Saying, reading: Reading, lang: str, *, asks: bool) -> Draft:
    """What the files are found to be. Where an option has to decide how the only file is read, a person at the terminal
    is asked for it; raises UsageError where nobody is, or the answer is none of the choices."""
    from datagazette.commands.authoring import plan

    decided: set[str] = set()
    while True:
        try:
            with working(lang, "read"):
                return plan(sources_of(root, "", tuple(files), saying, reading, wide=True))
        except UsageError as error:
            option, choices = (str(error.values.get(key, "")) for key in ("option", "choices"))
            if not asks or len(files) > 1 or option not in {*Reading._fields} - decided or not choices:
                raise
            click.echo(f"\n{error.text(lang)}\n")
            question = texts("adding", lang)["decide"].format(option=option, choices=" / ".join(choices.split()))
            answer = str(click.prompt(f"  {question}", default="", show_default=False)).strip()
            if answer not in choices.split():
                raise
            decided.add(option)
            changed: dict[str, Any] = {option: int(answer) if option == "header" else answer}
            reading = reading._replace(**changed)


def _taken(draft: Draft, offered: Proposal, name: str, lang: str, console: Console) -> About:
    """Prints what was taken without asking; with the source that the file states."""
    from datagazette.commands.adding import with_source

    say, about = texts("adding", lang), offered.about
    took, language = say["took"], draft.languages[0]
    lines = [took["title"].format(title=offered.title, origin=say["origins"][offered.title_from])]
    if offered.title_from == "given":
        lines = []
    lines.append(took["name"].format(name=name))
    if not about.descriptions.get(language):
        lines.append(took["description"])
    if offered.source and not about.has_source:
        about = with_source(about, offered.source, language)
        lines.append(took["source-found"].format(source=offered.source))
    elif not about.has_source:
        lines.append(took["source"])
    themes = [theme.name for theme in draft.publication.catalog.themes]
    if themes and not about.themes:
        lines.append(took["theme"].format(themes="|".join(themes)))
    if not about.package.get("licenses"):
        lines.append(took["license"].format(license=_license_of(draft) or say["none"]))
    if offered.keys:
        others = say["separator"].join(column for column in offered.keys if (column,) != draft.tables[0].key)
        lines.append(took["key"].format(key=draft.tables[0].key[0], others=others))
    console.print(Styled(f"\n{say['taken']}", style="bold"))
    for line in lines:
        console.print(Styled(f"  {visible(line)}"), soft_wrap=True)
    return about


def _license_of(draft: Draft) -> str:
    licenses = draft.publication.catalog.licenses
    return ", ".join(license_.name or license_.path for license_ in licenses)


class _Questions:
    """The questions to a person at the terminal: each has a default, and what is given or known is not asked."""

    def __init__(self, draft: Draft, offered: Proposal, lang: str, console: Console) -> None:
        self.draft, self.offered, self.console = draft, offered, console
        self.say = texts("adding", lang)
        self.language = draft.languages[0]
        self.lang = lang

    def answers(self, name: str) -> tuple[About, str, tuple[str, ...]]:
        """(what is said of the dataset, its name, its key if another one was chosen)."""
        from datagazette.commands.adding import is_readable, proposed_name, with_source

        say, about, language = self.say["ask"], self.offered.about, self.language
        self.console.print(Styled(f"\n{self.say['questions']}", style="bold"))
        title = self.offered.title
        if self.offered.title_from != "given":
            title = self.ask(say["title"], title)
        about = replace(about, titles={**about.titles, language: title})
        offered = proposed_name(self.draft, title, about)
        name = name or (offered if is_readable(title) else self.name(offered))
        if not about.descriptions.get(language) and (text := self.ask(say["description"], "")):
            about = replace(about, descriptions={**about.descriptions, language: text})
        if not about.has_source:
            about = with_source(about, self.ask(say["source"], self.offered.source), language)
        about = replace(about, themes=about.themes or self.theme())
        if not about.package.get("licenses"):
            about = self.license(about)
        return about, name, self.key()

    def ask(self, question: str, default: str) -> str:
        """The answer without spaces around it; the default where it is empty."""
        shown = visible(default) or self.say["later"]
        return str(click.prompt(f"  {question} [{shown}]", default=default, show_default=False)).strip()

    def name(self, offered: str) -> str:
        from datagazette.commands.adding import check_name

        while True:
            name = self.ask(self.say["ask"]["name"], offered)
            try:
                check_name(self.draft, name)
            except UsageError as error:
                self.console.print(Styled("  " + self.say["again"]["name"].format(reason=error.text(self.lang))))
            else:
                return name

    def license(self, about: About) -> About:
        from datagazette.commands.adding import with_license

        usual = _license_of(self.draft)
        while True:
            answer = self.ask(self.say["ask"]["license"], usual)
            try:
                return about if answer == usual else with_license(about, answer)
            except UsageError as error:
                self.console.print(Styled("  " + self.say["again"]["license"].format(reason=error.text(self.lang))))

    def theme(self) -> tuple[str, ...]:
        """The theme that is chosen by its name, title or number."""
        themes = self.draft.publication.catalog.themes
        if not themes:
            return ()
        known = {name: theme.name for number, theme in enumerate(themes, 1)
                 for name in ("", str(number), theme.name, theme.title.get(self.language))}  # fmt: skip
        listed = "  ".join(f"{number} {theme.name}" for number, theme in enumerate(themes, 1))
        while True:
            question = self.say["ask"]["theme"].format(themes=listed)
            answer = str(click.prompt(f"  {question} [{self.say['none']}]", default="", show_default=False)).strip()
            if not answer:
                return ()
            if answer in known:
                return (known[answer],)
            self.console.print(Styled("  " + self.say["again"]["theme"].format(themes=listed)))

    def key(self) -> tuple[str, ...]:
        """The key that is chosen for the only table, where several columns identify its rows."""
        from datagazette.commands.adding import key_of

        if not self.offered.keys:
            return ()
        (table,) = self.draft.tables
        question = self.say["ask"]["key"].format(columns=self.say["separator"].join(self.offered.keys))
        while True:
            if key := key_of(table, self.ask(question, ",".join(table.key))):
                return key
            self.console.print(Styled("  " + self.say["again"]["key"]))


def _show_written(given: Path, draft: Draft, folder: Path, lang: str, console: Console) -> None:
    """Prints the files that were made, what the check finds in them, and what comes next."""
    say, root = texts("adding", lang), given.resolve()
    checked, schemas = checked_draft(root, draft, lang)
    console.print(Styled(f"\n{say['made']}", style="bold"))
    for path in [*sorted(folder.iterdir()), *(root / schema for schema in schemas)]:
        console.print(Styled(f"  {path.relative_to(root).as_posix()}"), soft_wrap=True)
    own = (folder.relative_to(root).as_posix(), *schemas)  # others may have errors of their own
    other = [problem for problem in checked.problems
             if problem.code not in (*_TO_WRITE, "dataset-draft-only") and problem.file.startswith(own)]  # fmt: skip
    if other:
        console.print()
        print_problems(other, lang, console, checked.hidden)
    else:
        console.print(Styled(f"  ✓ {say['fine']}", style="green"))
    console.print(Styled(f"\n{say['next']}", style="bold"))
    again = root_option(given)
    later = (say["serve"].format(root=again), say["release"].format(name=draft.name, root=again))
    for step in (*_to_write(checked.problems, say), *later):
        console.print(Styled(f"  {step}"), soft_wrap=True)


def _to_write(problems: Sequence[Problem], say: Mapping[str, Any]) -> Iterator[str]:
    """Where texts are still to be written, by file."""
    places: dict[str, set[int]] = {}
    for problem in problems:
        if problem.code in _TO_WRITE and problem.line:
            places.setdefault(problem.file, set()).add(problem.line)
    if places:
        yield say["write"].format(count=sum(map(len, places.values())))
    for file, lines in places.items():
        yield "  " + say["write-place"].format(file=file, lines=", ".join(map(str, sorted(lines))))
