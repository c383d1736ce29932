"""What fits into a sheet: names, widths of columns, lines of a cell, and texts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from math import ceil

MAX_CHARACTERS = 32_767
WIDEST = 60  # characters, of a column
_MOST_LINES = 27  # of 15 points; a row has 409 at most


def width(texts: Iterable[str]) -> float:
    """Of a column that shows these texts, in characters; a Chinese character is two wide."""
    longest = max((_columns(text[:120]) for line in texts for text in line.splitlines()), default=0)
    return min(max(longest + 2, 8), WIDEST)


def is_longer(text: str, wide: float) -> bool:
    """Whether a text takes more than one line in a column so wide."""
    size = len(text)
    return size > wide or "\n" in text or (2 * size > wide and _columns(text) > wide)


def lines_of(text: str, wide: float) -> int:
    """How many lines a text takes in a column, at most as many as a row can be high."""
    lines = (max(1, ceil(_columns(line) / max(wide - 1, 1))) for line in text.splitlines() or [""])
    return min(sum(lines), _MOST_LINES)


def sheet_name(name: str, taken: Collection[str]) -> str:
    """A sheet's name of at most 31 characters that no other sheet has, upper or lower case."""
    cleaned = re.sub(r"[\[\]:*?/\\]", "-", name).strip("'") or "sheet"
    used, number, candidate = {other.lower() for other in taken} | {"history"}, 1, cleaned[:31]
    while candidate.lower() in used:
        number += 1
        candidate = f"{cleaned[: 30 - len(str(number))]}~{number}"
    return candidate


def shortened(text: str, most: int = MAX_CHARACTERS) -> str:
    """What of a text fits into a cell, counted as spreadsheets count: an emoji is two characters."""
    if len(text) <= most // 2 or len(text.encode("utf-16-le")) // 2 <= most:
        return text
    kept = text.encode("utf-16-le")[: (most - 1) * 2]
    return kept.decode("utf-16-le", errors="ignore") + "…"


def _columns(text: str) -> int:
    return len(text) if text.isascii() else len(text) + sum(unicodedata.east_asian_width(each) in "WF" for each in text)
