"""Texts that state a finding: `{field}` stands for a value of the result's first row."""

from __future__ import annotations

import re
from decimal import Decimal

from datagazette.model.results import SummaryResult
from datagazette.model.text import Text
from datagazette.pages import cells, markup, numbers
from datagazette.pages.reader import Reader

_PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


def summary_title(reader: Reader, found: SummaryResult) -> str:
    """The title in the page's language, its numbers as that language writes them."""
    title = markup.one_line(found.summary.title.get(reader.language)) or found.summary.name
    return _filled(reader, found, title)


def summary_description(reader: Reader, found: SummaryResult) -> Text:
    """The description with its numbers as the page's language writes them."""
    values = found.summary.description.values
    return Text(tuple((language, _filled(reader, found, value)) for language, value in values))


def _filled(reader: Reader, found: SummaryResult, text: str) -> str:
    return _PLACEHOLDER.sub(lambda place: _value(reader, found, place), text)


def _value(reader: Reader, found: SummaryResult, place: re.Match[str]) -> str:
    """The value in words; the placeholder as it stands where the result has no such field or row."""
    names = [field.name for field in found.summary.fields]
    if place[1] not in names or not found.rows:
        return place[0]
    position = names.index(place[1])
    field, value = found.summary.fields[position], found.rows[0][position]
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool) and field.type != "year":
        return numbers.headline(value, reader.strings)
    return cells.cell(reader, field, value, {}).text
