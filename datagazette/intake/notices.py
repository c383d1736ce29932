"""What reading a file has left out, guessed, converted or made text: for each kind one line of the command, with its
places. What a person has to decide stops the command with the same sentence."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import islice

from datagazette.messages import LANGUAGES, fill, texts
from datagazette.model.errors import UsageError
from datagazette.model.text import shortened, visible
from datagazette.tables.types.dates import SHEET_EPOCH

_LISTED = 5  # places that are named; the others are counted
_LONGEST = 60  # characters of a text that is shown
_ORDINARY = re.compile(r"[\w\s.,;:/%()<>+'\"-]", re.ASCII)
_ABOUT = (
    ("bound", re.compile(r"\s*(<|>|≤|≥|~|≈|<=|>=)\s*[0-9].*")),
    ("brackets", re.compile(r"\s*\(\s*[0-9][0-9.,]*\s*\)\s*")),
)
# What decides, by the notice that asks for it; a placeholder is one of the notice.
_CHOICES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "header-unclear": ("header", ("{line}", "{below}")),
    "header-second": ("header", ("{above}", "{line}")),
    "header-missing": ("header", ("{line}",)),
    "thousands-unclear": ("decimal", (".", ",")),
    "total-unclear": ("total", ("keep", "drop")),
    "folded-rows": ("hidden", ("keep", "drop")),
    "folded-columns": ("hidden", ("keep", "drop")),
}
_SERIAL = re.compile(r"[2-9][0-9]{4}(\.[0-9]+)?")  # what a spreadsheet stores for a day from 1954 to 2173


@dataclass(frozen=True)
class Place:
    """A line of a CSV or a row of a worksheet, counted from 1; a column by its label; the address of a cell or of a
    range of a worksheet; the text there, or how many cells the row has."""

    line: int | None = None
    column: str = ""
    text: str = ""
    cells: int = 0
    address: str = ""

    def shown(self, language: str) -> str:
        say = texts("notices", language)["place"]
        line = fill(say["line"], line=self.line) if self.line else ""
        column = fill(say["column"], column=visible(shortened(self.column, _LONGEST))) if self.column else ""
        text = fill(say["text"], text=visible(shortened(self.text, _LONGEST))) if self.text else ""
        cells = fill(say["cells"], count=self.cells) if self.cells else ""
        return f"{say['join'].join(filter(None, (line, self.address, column)))}{text}{cells}".strip()


@dataclass(frozen=True)
class Notice:
    """Something in a file that was left out, guessed, converted or made text, at `count` places, the first of which are
    in `places`. `code` is a key of `messages/<language>/notices.yaml`, whose placeholders `values` fill; `also` is that
    of a sentence that follows, or empty. `examples` are a few different cells that it is about."""

    code: str
    places: tuple[Place, ...] = ()
    count: int = 0
    values: Mapping[str, str] = field(default_factory=dict)
    also: str = ""
    examples: tuple[str, ...] = ()

    def text(self, language: str) -> str:
        say = texts("notices", language)
        values = {"places": self.listed(language), "count": f"{self.count:,}", **self.values}
        return "".join(fill(say[code], **values) for code in (self.code, self.also) if code)

    def listed(self, language: str) -> str:
        """The first places, and how many more there are."""
        say: Mapping[str, str] = texts("notices", language)["place"]
        named = say["separator"].join(place.shown(language) for place in self.places)
        more = self.count - len(self.places)
        return named + (fill(say["more"], count=f"{more:,}") if more else "")


def notice(code: str, places: Iterable[Place], also: str = "", /, **values: object) -> Notice:
    """A notice of all these places."""
    rest = iter(places)
    first = tuple(islice(rest, _LISTED))
    filled = {name: str(value) for name, value in values.items()}
    return Notice(code, first, len(first) + sum(1 for _ in rest), filled, also)


def stopped(file: str, *notices: Notice) -> UsageError:
    """The error where a person has to decide: what is uncertain in a file, and which option decides it. The option and
    what it may be are among its values, where that is open between a few."""
    found = {language: " ".join(part.text(language) for part in notices if part.count) for language in LANGUAGES}
    option, choices = next((_open(part) for part in notices if part.count), ("", ()))
    return UsageError("stopped", file=file, found=found, option=option, choices=" ".join(choices))


def _open(found: Notice) -> tuple[str, tuple[str, ...]]:
    """(option, what it may be) of what a notice leaves open; empty where a person has to change the file."""
    option, choices = _CHOICES.get(found.code, ("", ()))
    return option, tuple(choice.format(**found.values) for choice in choices)


def misfit(column: str, kind: str, misfits: int, filled: int, line: int, cells: Sequence[str]) -> Notice:
    """A column that is text because of some of its cells, of which the first is in `line`; `cells` are that one and a
    few others."""
    cell = cells[0]
    odd = next((character for character in cell if not _ORDINARY.match(character) and not character.isalpha()), "")
    name = unicodedata.name(odd, "").lower() if odd else ""
    also = next((key for key, shape in _ABOUT if shape.fullmatch(cell)), "character" if odd and name else "other")
    day = ""
    if kind in ("date", "datetime") and _SERIAL.fullmatch(cell):
        also, day = "serial", (SHEET_EPOCH + timedelta(int(float(cell)))).isoformat()
    found = notice(
        "misfit", [Place(line, text=cell)], f"misfit-{also}", column=column, type=kind, misfits=f"{misfits:,}",
        filled=f"{filled:,}", code=f"U+{ord(odd):04X}" if odd else "", character=name, bare=cell.strip(" ()"), day=day,
    )  # fmt: skip
    return replace(found, examples=tuple(cells))


def lines(notices: Sequence[Notice], language: str) -> list[str]:
    """What the command prints of them; a notice without a place is about nothing."""
    say = texts("notices", language)["line"]
    return [fill(say, text=found.text(language)) for found in notices if found.count]
