"""Editions: how this program, and those before it, read cells and what their queries saw.

What a release published is computed again by the edition that published it. Drafts, comparisons and new releases use
the newest one. Whatever reads tables otherwise than before gets a flag here, and an edition with it on top of the list.

The first edition (from 2026-11-23) left columns with NaN, digits of full width, and days or times of one digit as text,
made numbers beyond all doubles infinite, and gave queries 18.00 as a double; results had all digits of doubles, and
decimals without zeros at their end. Later ones read numbers, then days too (2026-11-29), and give queries decimals.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Edition:
    """One way of reading.

    `tried`: which lists of types were tried on a column, by their names in `parquet.TRIED`, in order. `as_written`:
    whether queries see columns of amounts as decimals; whether their results keep the zeros of decimals and the names
    that the query gives; and whether doubles in them have only the digits that are sure.
    """

    tried: tuple[str, ...]
    as_written: bool = True


# The newest first.
EDITIONS = (
    Edition(("usual", "rare", "spelled")),
    Edition(("usual", "rare")),
    Edition(("usual", "infinite"), as_written=False),
)
NEWEST, OLDEST = EDITIONS[0], EDITIONS[-1]
