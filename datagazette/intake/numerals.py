"""How the numbers of a file are written: which mark separates decimals, and which thousands.

A whole file is written one way. A mark with three digits after it may be either, and to take one for the other makes a
figure a thousand times too small; so other columns decide, or the person who knows the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MARKS = (".", ",")
_TAIL = r"([eE][+-]?[0-9]+)?[ \xa0]?%?"


def _patterns(mark: str) -> tuple[str, str, str]:
    """(three digits after the mark, and so perhaps thousands; such with a zero at the end; surely decimals)"""
    m, other = f"[{mark}]", f"[{MARKS[mark == '.']} '’\u00a0\u202f]"
    three = rf"[+-]?[1-9][0-9]{{0,2}}{m}[0-9]{{3}} ?%?"
    short = rf"[0-9]*{m}([0-9]{{1,2}}|[0-9]{{4,}})"
    long = rf"(0|[0-9]{{4,}})?{m}[0-9]{{3}}"
    thousands = rf"[0-9]{{1,3}}({other}[0-9]{{3}})+{m}[0-9]+|[0-9]{{1,3}}({other}[0-9]{{3}}){{2,}}"
    return three, rf"[+-]?[1-9][0-9]{{0,2}}{m}[0-9]{{2}}0 ?%?", rf"[+-]?({short}|{long}|{thousands}){_TAIL}"


# For each mark the three patterns of `_patterns`, then whole numbers.
PATTERNS = (*_patterns("."), *_patterns(","), r"[+-]?[0-9]+")


@dataclass(frozen=True)
class Numerals:
    """How many cells of a column fit each pattern, of the columns that hold nothing but numbers."""

    three: tuple[int, int]
    rounded: tuple[int, int]
    sure: tuple[int, int]
    whole: int

    @classmethod
    def counted(cls, counts: Sequence[int]) -> Numerals:
        three, rounded, sure = (counts[at : at + 6 : 3] for at in range(3))
        return cls((three[0], three[1]), (rounded[0], rounded[1]), (sure[0], sure[1]), counts[6])

    @property
    def marks(self) -> set[str]:
        """The marks that surely separate decimals."""
        return {mark for mark, count in zip(MARKS, self.sure, strict=True) if count}

    def point(self, of_file: str, delimiter: str) -> str:
        """The mark of decimals in this column: that of its own numbers, or that of the file. Empty where it is unclear.

        Without decimals, thousands it is where numbers with a zero at the end are beside whole ones: whoever writes
        7.120 for 7.12 would have written 955 as 955.000. A comma within a file of commas separates thousands.
        """
        if self.marks:
            return self.marks.pop() if len(self.marks) == 1 else ""
        threes = [mark for mark, count in zip(MARKS, self.three, strict=True) if count]
        if not threes or of_file:
            return of_file or "."
        if len(threes) > 1:
            return ""
        at = MARKS.index(threes[0])
        grouped = (self.whole and self.rounded[at]) or (threes[0] == "," == delimiter)
        return MARKS[1 - at] if grouped else ""


def point_of(columns: Iterable[Numerals]) -> str:
    """The mark of decimals in the columns of a file; empty where they differ, or none shows it."""
    marks = set().union(*(column.marks for column in columns))
    return marks.pop() if len(marks) == 1 else ""
