"""A whole row in one look: a regular expression that only fine lines of a file match.

In a file without quotes a line is a row, and its cells end where the delimiters are. Most columns can say in a regular
expression which texts are surely fine (`shape`, with that of the field's type); the columns' expressions, put together
with the delimiter between them, make one that DuckDB runs over each line before it takes any line apart. A line that
does not match is not wrong: it is looked at closely.

With quotes, that holds while every line that has one is fine: then its quotes are where cells begin and end, and the
next line begins a row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from datagazette.tables.cells import Column, rule_test
from datagazette.tables.sql import literal
from datagazette.tables.types.field_type import CATEGORIES, Constraint, holds

LONGEST = 4000  # characters of an expression: beyond it RE2 may run out of memory and become slow
_MOST_TEXTS = 100  # of an enumeration


@dataclass(frozen=True)
class Line:
    """A line of a file that has no line breaks in quotes: `fine` is the expression of one that is surely fine, `blank`
    of one without values that `fine` might match; None where it matches no such line."""

    fine: str
    blank: str | None

    def condition(self, text: str) -> str:
        """The SQL condition that `text`, an expression of the line, is surely fine."""
        fine = f"regexp_full_match({text}, {literal(self.fine)})"
        return fine if self.blank is None else f"({fine} AND NOT regexp_full_match({text}, {literal(self.blank)}))"


def line(columns: Sequence[Column], delimiter: str, quote: str = "", quoted: Sequence[bool | None] = ()) -> Line | None:
    """None where a column has no expression, or the whole is too long.

    `quoted` says of each column whether all of its cells are in quotes, or none; None of one that has both. It is
    empty for a file without quotes. A character that ends a cell is in no fine one, but a delimiter in quotes.
    """
    if len(columns) < 2:
        return None
    forms = [_Form(delimiter, quote, written) for written in quoted or [False] * len(columns)]
    forms[0] = replace(forms[0], whole=False)
    shapes = [form.of(partial(shape, column)) for form, column in zip(forms, columns, strict=True)]
    whole = _joined(shapes, delimiter)
    if whole is None or len(whole) > LONGEST:
        return None
    missing = [form.of(partial(_missing, column)) for form, column in zip(forms, columns, strict=True)]
    return Line(whole, None if any(column.required for column in columns) else _joined(missing, delimiter))


@dataclass(frozen=True)
class _Form:
    """How the cells of a column are written: all in quotes, none, or (None) either. `whole`: whether a fine cell in
    quotes may hold delimiters and doubled quotes."""

    delimiter: str
    quote: str
    quoted: bool | None
    whole: bool = True

    def of(self, shaped: Callable[[str, str], str | None]) -> str | None:
        """`shaped` gives the expression of cells that hold none of the characters in its first argument, but may hold,
        doubled, that in the second."""
        ends = self.delimiter + self.quote
        plain = shaped(ends, "") if not self.quoted else None
        inside = None
        if self.quoted is not False:
            inside = shaped(self.quote, self.quote) if self.whole else shaped(ends, "")
        if inside is not None:
            quote = re.escape(self.quote)
            inside = f"{quote}(?:{inside}){quote}"
        found = [form for form in (plain, inside) if form is not None]
        return "|".join(found) if found else None


def _joined(cells: Sequence[str | None], delimiter: str) -> str | None:
    """The expression of a line of these cells; None where a cell has none."""
    if None in cells:
        return None
    return re.escape(delimiter).join(f"(?:{cell})" for cell in cells)


def shape(column: Column, ends: str, doubled: str = "") -> str | None:
    """Texts that are surely fine in a column, and that hold none of the characters `ends`, which end a cell; free text
    may hold the character `doubled`, which is written twice."""
    if any(character.isalnum() or character == "-" for character in ends):
        return None
    values = _values(column, ends, doubled if not any(holds(text, doubled) for text in column.missing) else "")
    if values is None:
        return None
    missing = _missing(column, ends)
    if missing is None:
        return values
    if not column.required:
        return f"{values}|{missing}"
    # A missing value may look like one that is there: then it is not seen to be missing.
    return None if any(re.fullmatch(values, text) for text in column.missing) else values


def _missing(column: Column, ends: str, _: str = "") -> str | None:
    """The missing values; None where a cell of the column cannot be missing."""
    found = [re.escape(text) for text in column.missing if not holds(text, ends + "\n")]
    return "|".join(found) if found else None


def _values(column: Column, ends: str, doubled: str) -> str | None:
    rules = {rule.name: rule for rule in column.rules}
    if column.reading.certain == "FALSE":
        return None
    listed = rules.get(CATEGORIES) or rules.get("enum")
    return _listed(column, listed, ends) if listed else column.type.shape(ends, doubled)


def _listed(column: Column, listed: Constraint, ends: str) -> str | None:
    """The texts of an enumeration that keep to the other rules as well; not all ways to write them."""
    if not column.type.listable:
        return None
    tests = [rule_test(rule) for rule in column.rules]
    texts = [
        str(written)
        for written, value in zip(listed.written, listed.expected, strict=True)
        if value is not None and all(passes(value) for passes in tests)
    ]
    if len(texts) > _MOST_TEXTS:
        return None
    return "|".join(re.escape(text) for text in texts if not holds(text, ends)) or None
