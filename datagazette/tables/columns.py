"""Rows of texts as columns, some rows at a time: what is asked of each cell of a column is asked of many at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, zip_longest
from typing import Any

_TOGETHER = 2048  # rows


def by_column(rows: Iterable[Sequence[str]], columns: int, missing: str | None = "") -> Iterator[list[tuple[Any, ...]]]:
    """The cells of so many columns, of some rows at a time; `missing` where a row has ended before."""
    reading = iter(rows)
    while some := list(islice(reading, _TOGETHER)):
        found = list(zip_longest(*some, fillvalue=missing))[:columns]
        yield found + [(missing,) * len(some)] * (columns - len(found))
