"""What reading a file has left out, guessed or changed: one line of the command for each kind, with its places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from datagazette.messages import LANGUAGES, fill, texts
from datagazette.model.text import shortened, visible

_LISTED = 5  # places that are named; the others are counted
_LONGEST = 60  # characters of a text that is shown


@dataclass(frozen=True)
class Place:
    """A line of a CSV or a row of a worksheet, counted from 1; a column by its label; the text there, or how many cells
    the row has."""

    line: int | None = None
    column: str = ""
    text: str = ""
    cells: int = 0

    def shown(self, language: str) -> str:
        say = texts("notices", language)["place"]
        line = fill(say["line"], line=self.line) if self.line else ""
        column = fill(say["column"], column=visible(shortened(self.column, _LONGEST))) if self.column else ""
        text = fill(say["text"], text=visible(shortened(self.text, _LONGEST))) if self.text else ""
        cells = fill(say["cells"], count=self.cells) if self.cells else ""
        return f"{say['join'].join(filter(None, (line, column)))}{text}{cells}".strip()


@dataclass(frozen=True)
class Notice:
    """Something in a file that was left out, guessed, converted or made text, at `count` places, the first of which are
    in `places`. `code` is a key of `messages/<language>/notices.yaml`, whose placeholders `values` fill."""

    code: str
    places: tuple[Place, ...] = ()
    count: int = 0
    values: Mapping[str, str] = field(default_factory=dict)

    def text(self, language: str) -> str:
        return fill(
            texts("notices", language)[self.code], places=self.listed(language), count=self.count, **self.values
        )

    def listed(self, language: str) -> str:
        """The first places, and how many more there are."""
        say: Mapping[str, str] = texts("notices", language)["place"]
        named = say["separator"].join(place.shown(language) for place in self.places)
        more = self.count - len(self.places)
        return named + (fill(say["more"], count=f"{more:,}") if more else "")

    def everywhere(self) -> dict[str, str]:
        """The places in each language, as an error takes them."""
        return {language: self.listed(language) for language in LANGUAGES}


def notice(code: str, places: Iterable[Place], **values: object) -> Notice:
    """A notice of all these places."""
    rest = iter(places)
    first = tuple(islice(rest, _LISTED))
    return Notice(code, first, len(first) + sum(1 for _ in rest), {name: str(value) for name, value in values.items()})


def lines(notices: Sequence[Notice], language: str) -> list[str]:
    """What the command prints of them; a notice without a place is about nothing."""
    say = texts("notices", language)["line"]
    return [fill(say, text=found.text(language)) for found in notices if found.count]
