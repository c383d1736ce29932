"""Values as JSON and CSV write them, and texts as descriptors hold them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from datagazette.model.text import Text

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


def plain(value: Any) -> Any:
    """`value` with nothing in it but what JSON knows. YAML reads dates as dates; they become ISO text."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, str) or value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return [plain(one) for one in value]
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
        return f"PT{_trimmed(Decimal(str(value.total_seconds())))}S"
    if isinstance(value, Decimal):
        return _trimmed(value)
    if isinstance(value, float):
        return number(value)
    if isinstance(value, Mapping | list | tuple):
        return json.dumps(plain(value), ensure_ascii=False)
    return str(value)


def number(value: float) -> str:
    """The shortest text that reads back as the same double: `0.1`, `1e+20` as `100000000000000000000`."""
    if not math.isfinite(value):
        return {"inf": "INF", "-inf": "-INF"}.get(str(value), "NaN")
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return repr(value)


def number_text(value: int | float | Decimal, language: str) -> str:
    """A number as people read it in a picture: `66 万`, `829,000`, `31.05`."""
    exact = Decimal(str(value))
    if not exact.is_finite():
        return str(exact)
    if language.startswith("zh") and 100_000 <= abs(exact) < _LONGEST_NUMBER:
        size, unit = (10**8, "亿") if abs(exact) >= 10**8 else (10**4, "万")
        short = round(exact / size, 2)
        if short * size == exact:
            return f"{_digits(short)} {unit}"
    return _digits(exact)


def _digits(value: Decimal) -> str:
    places = min(2 if abs(value) >= 1 else 2 - value.adjusted() if value else 0, 12)
    written = f"{value:,.{places}f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def translated(key: str, text: Text, default: str) -> dict[str, str]:
    """`key`, and `key@<language>` for each other language, as the standard's recipe has it."""
    return {key if language == default else f"{key}@{language}": value for language, value in text.values}


def _trimmed(value: Decimal) -> str:
    """A decimal without an exponent and without zeros at its end."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
