"""How values are written: in JSON, in a CSV, and for people; and how descriptors hold texts in several languages."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, TypeGuard

from datagazette.describe.writing import decimal_text
from datagazette.model.publication import Release
from datagazette.model.resource import Field
from datagazette.model.results import SummaryResult, Value
from datagazette.model.text import Text

Number = int | float | Decimal

# In a text that states a finding: the place of a value.
_PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
_PERCENT_BEHIND = re.compile(r"\s*(?:[%％]|per ?cent|个?百分)", re.IGNORECASE)
_LONGEST_NUMBER = 10**20  # from here on a number has more digits than a person counts


def dump(content: object) -> str:
    """JSON as we publish it: readable, unescaped, with a line end."""
    return json.dumps(plain(content), ensure_ascii=False, indent=2) + "\n"


def item(content: object) -> str:
    """A member of a list as `dump_list` writes it."""
    return json.dumps(plain(content), ensure_ascii=False, indent=2).replace("\n", "\n    ")


def dump_list(head: Mapping[str, Any], key: str, items: Iterable[str]) -> str:
    """What `dump({**head, key: [...]})` gives, from members that have been through `item` already."""
    start = dump(head).removesuffix("\n}\n")
    members = ",\n    ".join(items)
    return f"{start},\n  {json.dumps(key)}: [\n    {members}\n  ]\n}}\n"


def without_empty(described: Mapping[str, Any]) -> dict[str, Any]:
    """Without the keys that say nothing: those of None, of an empty text or list, and of `False` or 0."""
    return {key: value for key, value in described.items() if value}


def plain(value: Any) -> Any:
    """`value` with nothing in it but what JSON knows. YAML reads dates as dates; they become ISO text."""
    if isinstance(value, Mapping):
        return {str(key): plain(member) for key, member in value.items()}
    if isinstance(value, str) or value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return [plain(member) for member in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return cell(value)


def cell(value: object) -> str:
    """A value as a CSV cell that Table Schema's default formats read back; None is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"PT{_trimmed(f'{Decimal(str(value.total_seconds())):f}')}S"
    if isinstance(value, Decimal):
        return _trimmed(format(value, "f"))
    if isinstance(value, float):
        return number(value)
    if isinstance(value, Mapping | list | tuple):
        return json.dumps(plain(value), ensure_ascii=False)
    return str(value)


def number(value: float) -> str:
    """A text that reads back as the same double: `0.1`, `5`, and from 10^16 on with an exponent, `1e+20`."""
    if not math.isfinite(value):
        return {"inf": "INF", "-inf": "-INF"}.get(str(value), "NaN")
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return repr(value)


def is_number(value: object) -> TypeGuard[Number]:
    """Whether a value counts or measures something; a boolean does not."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def number_text(value: Number, language: str) -> str:
    """A number as people read it in pictures and descriptors: `66 万`, `829,000`, `31.05`."""
    exact = Decimal(str(value))
    if not exact.is_finite():
        return str(exact)
    if language.startswith("zh") and 100_000 <= abs(exact) < _LONGEST_NUMBER:
        size, unit = (10**8, "亿") if abs(exact) >= 10**8 else (10**4, "万")
        short = round(exact / size, 2)
        if short * size == exact:
            return f"{_digits(short, language)} {unit}"
    return _digits(exact, language)


def with_unit(field: Field, language: str) -> str:
    """A field's title with its unit, where that says more: `持证人数（人）`, `Holders (persons)`."""
    title, unit = field.title.get(language) or field.name, field.unit.get(language)
    if not unit or unit.casefold() == title.casefold():
        return title
    return f"{title}（{unit}）" if language.startswith("zh") else f"{title} ({unit})"


def _digits(value: Decimal, language: str) -> str:
    return decimal_text(Decimal(_trimmed(f"{value:.{decimals(value)}f}")), language)


def decimals(value: Decimal) -> int:
    """How many decimals people are shown: two, or three significant digits below 1."""
    return min(2 if abs(value) >= 1 else 2 - value.adjusted() if value else 0, 12)


def filled(result: SummaryResult) -> SummaryResult:
    """The result with the numbers in its title and description, each in its language's form."""

    def value_text(language: str, field: Field, value: Value) -> str:
        return number_text(value, language) if is_number(value) and field.type != "year" else cell(value)

    def in_languages(text: Text) -> Text:
        return Text(tuple((code, filled_text(value, result, partial(value_text, code))) for code, value in text.values))

    summary = result.summary
    title, description = in_languages(summary.title), in_languages(summary.description)
    return replace(result, summary=replace(summary, title=title, description=description))


def filled_text(text: str, result: SummaryResult, value_text: Callable[[Field, Value], str]) -> str:
    """`text` with the `value_text` of a value of the result's first row in the place of each `{field}`.

    A placeholder that names no field stays as it is, and so do all where there is no row. A share in percent gets its
    sign where the text does not have it.
    """
    row = zip(result.summary.fields, result.rows[0], strict=True) if result.rows else ()
    values = {field.name: (field, value) for field, value in row}

    def filling(place: re.Match[str]) -> str:
        if place[1] not in values:
            return place[0]
        field, value = values[place[1]]
        said = _PERCENT_BEHIND.match(text, place.end()) or text.endswith("百分之", 0, place.start())
        is_bare = field.unit.default == "%" and is_number(value) and not said
        return value_text(field, value) + ("%" if is_bare else "")

    return _PLACEHOLDER.sub(filling, text)


def translated(key: str, text: Text, default: str) -> dict[str, str]:
    """`key`, and `key@<language>` for each other language, as the standard's recipe has it."""
    return {key if language == default else f"{key}@{language}": value for language, value in text.values}


def _trimmed(written: str) -> str:
    """A decimal without zeros at its end."""
    return written.rstrip("0").rstrip(".") if "." in written else written


def withdrawal_descriptor(release: Release, default: str) -> dict[str, str]:
    """Day and reason of a withdrawal, in the languages of which `default` is the first; empty where there was none."""
    gone = release.withdrawal
    return {"date": gone.date.isoformat(), **translated("reason", gone.reason, default)} if gone else {}


def removal_descriptor(release: Release, default: str) -> dict[str, str]:
    """Day and reason of a removal, and the version to use instead; empty where there was none."""
    gone = release.removal
    if gone is None:
        return {}
    said = {"date": gone.date.isoformat(), **translated("reason", gone.reason, default)}
    return said | ({"instead": gone.instead} if gone.instead else {})


def redaction_descriptors(release: Release, default: str) -> list[dict[str, Any]]:
    """As they are in a ledger: day, reason and cells of each."""
    return [
        {"date": redaction.date.isoformat(), **translated("reason", redaction.reason, default)}
        | ({"cells": [dict(vars(cell)) for cell in redaction.cells]} if redaction.cells else {})
        for redaction in release.redactions
    ]
