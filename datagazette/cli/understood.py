"""What `add` understood of files, as a person reads it on a terminal of 80 columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click
from rich import box
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text as Styled

from datagazette.messages import texts
from datagazette.model.text import shortened, visible

if TYPE_CHECKING:
    from datagazette.intake.accounts import Account
    from datagazette.intake.describe import Described
    from datagazette.intake.drafts import Draft
    from datagazette.intake.notices import Notice
    from datagazette.intake.sheets import Sheet
    from datagazette.intake.views import View

_LONGEST = 18  # characters of an example
_LONGEST_CELL = 12  # of a cell within a sentence
_HEADINGS = 15  # columns of the terminal for a heading beside sentences
_WIDEST_NAME = 26  # columns of the terminal for the name of a column
# Notices of what is not in the table; all others are of what a person should look at.
_LEFT_OUT = frozenset((
    "above", "comment-rows", "types", "total", "total-sums", "blank", "repeated-header", "columns-empty", "hidden-rows",
    "hidden-columns", "hidden-sheets", "sheets-bare", "comments",
))  # fmt: skip
# Those that the table of columns shows already, and those that the list of what is kept shows.
_SHOWN = frozenset(("codes", "resources-left", "keys-left"))


def show_tables(draft: Draft, language: str, console: Console) -> None:
    """Prints for each table how it was read, its columns, its key, and what a person should check."""
    say = texts("adding", language)
    for table, sheet, views in zip(draft.tables, draft.sheets, draft.views, strict=True):
        rows = table.columns[0].rows if table.columns else 0
        head = say["head"].format(file=sheet.name, rows=f"{rows:,}", columns=len(views))
        console.print(Styled(f"\n{visible(head)}", style="bold"))
        _rows(_reading(sheet, language, say), console)
        console.print()
        show(_columns(table, views, say), console)
        notes = [
            *_rules(table, say),
            *_notices(say["check"], [*sheet.notices, *table.all_notices], language, left=False),
        ]
        if notes:
            console.print()
            _rows(notes, console)


def show(grid: Grid, console: Console) -> None:
    """Prints a table without the spaces that fill its lines."""
    with console.capture() as captured:
        console.print(grid)
    for line in captured.get().splitlines():
        click.echo(line.rstrip())


def _rows(rows: Iterable[tuple[str, str]], console: Console) -> None:
    """A heading in a column of its own, and beside it sentences that are wrapped."""
    grid = Grid.grid(padding=(0, 2, 0, 0), pad_edge=False)
    grid.add_column(width=_HEADINGS)
    grid.add_column(ratio=1, overflow="fold")
    for heading, text in rows:
        grid.add_row(Styled(f"  {heading}", style="bold" if heading else ""), Styled(visible(text)))
    if grid.row_count:
        show(grid, console)


def _reading(sheet: Sheet, language: str, say: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    form = sheet.form if not sheet.header else say["form"].format(form=sheet.form, line=sheet.header)
    yield say["read"], form
    yield from _notices(say["left"], sheet.notices, language, left=True)


def _notices(heading: str, notices: Sequence[Notice], language: str, *, left: bool) -> Iterator[tuple[str, str]]:
    found = [
        found for found in notices if found.count and (found.code in _LEFT_OUT) is left and found.code not in _SHOWN
        and found.also != "misfit-other"
    ]  # fmt: skip
    for number, one in enumerate(found):
        yield "" if number else heading, f"• {one.text(language)}"


def _columns(table: Described, views: Sequence[View], say: Mapping[str, Any]) -> Grid:
    grid = Grid(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0), show_edge=False, header_style="dim")
    grid.add_column(f"  {say['look']['column']}", max_width=_WIDEST_NAME + 2, overflow="fold")
    grid.add_column(say["look"]["type"], no_wrap=True)
    grid.add_column(say["look"]["example"], max_width=_LONGEST, overflow="fold")
    grid.add_column("", ratio=1, overflow="fold")
    for view in views:
        example = visible(shortened(view.example, _LONGEST))
        about = say["separator"].join(_about(table, view, say))
        grid.add_row(
            Styled(f"  {visible(view.name)}"), Styled(say["types"].get(view.type, view.type)), Styled(example),
            Styled(visible(about)),
        )  # fmt: skip
    return grid


def _about(table: Described, view: View, say: Mapping[str, Any]) -> Iterator[str]:
    """What is to be known of a column: its part in keys, its unit, its gaps, and why it is text."""
    if view.name in table.key:
        yield say["key"]
    for reference in table.references:
        if reference.column == view.name and not reference.missing:
            yield say["refers-guessed" if reference.guessed else "refers"].format(target=reference.target.shown)
    if view.unit:
        yield say["unit"].format(unit=view.unit)
    if view.why:
        quoted = [say["quoted"].format(text=shortened(cell, _LONGEST_CELL)) for cell in view.examples]
        values = {**view.values, "examples": say["separator"].join(quoted)}
        if "type" in view.values:
            values["type"] = say["types"].get(view.values["type"], view.values["type"])
        yield say["why"][view.why].format(**values)
    if view.empty and view.missing:
        quoted = [say["quoted"].format(text=text) for text in view.missing]
        yield say["missing"].format(count=f"{view.empty:,}", texts=" ".join(quoted))
    elif view.empty:
        yield say["empty"].format(count=f"{view.empty:,}")
    if view.label != view.name and not view.unit and re.sub(r"\W+", "_", view.label.lower()).strip("_") != view.name:
        yield say["label"].format(label=view.label)


def _rules(table: Described, say: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if len(table.key) > 1:
        yield say["keyed"], " + ".join(table.key)
    elif not table.key and not table.resource.get("schema"):
        yield say["keyed"], say["keyless"]
    if table.proposals:
        listed = "; ".join(f"{rule}: {', '.join(names)}" for rule, names in table.proposals.items())
        yield say["proposed"], say["proposals"].format(listed=listed)


def show_left(draft: Draft, language: str, console: Console) -> None:
    """Prints what of a package is kept, and what is not and why."""
    say = texts("adding", language)
    for account in _merged(draft.accounts):
        console.print(Styled(f"\n{visible(account.file)}（{say['forms'][account.form]}）" if language == "zh" else
                             f"\n{visible(account.file)} ({say['forms'][account.form]})", style="bold"))  # fmt: skip
        lost = {part.what for part in account.left}
        kept = (former if former == here else say["renamed"].format(former=former, here=here)
                for former, here in account.kept if former not in lost)  # fmt: skip
        _rows(_beside(say["kept"], [say["between"].join(kept)] if account.kept else []), console)
        _rows(_beside(say["not-kept"], _reasons(account, say)), console)


def _merged(accounts: Sequence[Account]) -> list[Account]:
    """One account for each file."""
    found: dict[tuple[str, str], Account] = {}
    for account in accounts:
        before = found.get((account.file, account.form), account)
        whole = replace(before, left=(*before.left, *account.left)) if before is not account else account
        found[account.file, account.form] = whole
    return list(found.values())


def _beside(heading: str, sentences: Sequence[str]) -> Iterator[tuple[str, str]]:
    for number, sentence in enumerate(sentences):
        yield "" if number else heading, sentence


def _reasons(account: Account, say: Mapping[str, Any]) -> list[str]:
    """The parts that are not kept; those with the same reason in one sentence."""
    reasons: dict[str, list[str]] = {}
    for part in dict.fromkeys((part.what, part.reason, tuple(part.values.items())) for part in account.left):
        what, reason, values = part
        reasons.setdefault(say["reasons"][reason].format(**dict(values)), []).append(what)
    return [f"• {say['reason'].format(what=say['separator'].join(what), reason=reason)}"
            for reason, what in reasons.items()]  # fmt: skip
