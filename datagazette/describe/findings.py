"""Titles that state a finding: `{field}` stands for a value of the result's first row."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from datagazette.describe.values import cell, number_text
from datagazette.model.results import ReleaseResult, SummaryResult, Value
from datagazette.model.text import Text

_PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


def with_filled_titles(result: ReleaseResult) -> ReleaseResult:
    """The result with the numbers in the titles and descriptions of its summaries, each in its language's form."""
    return replace(result, summaries=tuple(map(filled, result.summaries)))


def filled(result: SummaryResult) -> SummaryResult:
    """A text without placeholders stays as it is, and so does a placeholder that names no field."""
    summary = result.summary
    title, description = _filled(summary.title, result), _filled(summary.description, result)
    return replace(result, summary=replace(summary, title=title, description=description))


def _filled(text: Text, result: SummaryResult) -> Text:
    return Text(
        tuple(
            (language, _PLACEHOLDER.sub(lambda place, code=language: _value(place, result, code), value))  # type: ignore[misc]
            for language, value in text.values
        )
    )


def _value(place: re.Match[str], result: SummaryResult, language: str) -> str:
    names = [field.name for field in result.summary.fields]
    if place[1] not in names or not result.rows:
        return place[0]
    position = names.index(place[1])
    return _words(result.rows[0][position], result.summary.fields[position].type, language)


def _words(value: Value, kind: str, language: str) -> str:
    counted = isinstance(value, int | float | Decimal) and not isinstance(value, bool) and kind != "year"
    return number_text(value, language) if counted else cell(value)  # type: ignore[arg-type]
