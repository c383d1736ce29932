"""What is counted in the columns of a table: how many cells are of which shape, in one look at all of them.

An expression costs more than all else. So cells are first sorted by cheap marks, and each expression is only tried on
those that may fit it: a whole number fits no pattern of a date, and needs none to be a number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from datagazette.intake import numerals
from datagazette.intake.naming import Named
from datagazette.intake.numerals import Numerals
from datagazette.tables.engine import Engine
from datagazette.tables.sql import identifier, literal, literals
from datagazette.tables.types import TYPES
from datagazette.tables.types.field_type import Guess

# What people write where there is no value. Only where all other values of a column are of one type do they mean it.
MISSING = (
    "-", "--", "–", "—", "——", "…", "...", "..", ".", "/", "n/a", "N/A", "NA", "#N/A", "null", "NULL", "None", "nan",
    "NaN", "无", "缺", "暂无", "不详", "无数据",
)  # fmt: skip
_MOST_DIGITS = 15  # that a spreadsheet and a JSON reader keep
_SHORTEST_CODE = 5  # digits, all values alike and all different: a code
_SHORTEST_REPEATED = 6  # the same where values repeat

# Codes that look like numbers: with a zero before a digit, or of more digits than numbers keep; and those that look
# like powers of ten (271828E5).
_ZEROS, _LONG = r"[+-]?0[0-9][0-9., ]*", rf"[+-]?[0-9]{{{_MOST_DIGITS + 1},}}"
_POWER = r"[0-9]+[eE][0-9]+"
PRICE = r"-?[£€$¥￥] ?-?[0-9][0-9., ]*|-?[0-9][0-9., ]*[£€$¥￥]"
# The types that a column may be found to have, the more special ones, which need a heading, first.
GUESSES = [(kind, guess) for kind, field_type in TYPES.items() for guess in field_type.guesses]
GUESSES.sort(key=lambda pair: not pair[1].heading)
NUMERIC = ("integer", "number")

_WHOLE = numerals.PATTERNS[-1]
_FIRST = "0123456789+-.,£€$¥￥"  # characters with which a number or a date begins
_CELLS = '"cells to look at"'
GUESSED = [guess.pattern for _, guess in GUESSES]
_SHAPES = (_ZEROS, _LONG, _POWER, PRICE, *numerals.PATTERNS)


def _guessed(*kinds: str) -> list[str]:
    return list(dict.fromkeys(guess.pattern for kind, guess in GUESSES if kind in kinds))


# The shapes that cells of a class may have. Each cell is looked at in its class alone, and once however often it comes.
_LOOKS = [
    ("NOT digit", _guessed("boolean", "duration")),
    ("digit AND NOT plain", _guessed("datetime")),
    ("whole", [_ZEROS, _LONG, *_guessed("year", "integer", "number")]),
    ("plain AND NOT whole", [shape for shape in (*_SHAPES, *_guessed("number")) if shape not in (_LONG, _WHOLE)]),
    ("plain AND NOT whole AND length(v) BETWEEN 7 AND 11", _guessed("date", "yearmonth")),
]
_KINDS = {"boolean", "duration", "datetime", "year", "integer", "number", "date", "yearmonth"}
_OTHERS = _guessed(*({kind for kind, _ in GUESSES} - _KINDS))
_LOOKS += [("true", _OTHERS)] if _OTHERS else []
# Which cells are in a class at all: no long texts, unless a type of another kind may have them.
_LOOKED_AT = "true" if _OTHERS else "digit OR length(v) <= 5 OR starts_with(v, 'PT')"


@dataclass(frozen=True)
class Counted:
    """What one query counts in a column; `longest` and `shortest` are characters, `fits` the cells that fit each guess.

    `coded` are cells with a zero before a digit or too many digits, `powers` those like 12E5,
    `prices` those with a currency.
    """

    named: Named
    rows: int
    filled: int
    values: int
    distinct: int
    longest: int
    shortest: int
    missing: tuple[str, ...]
    coded: int
    powers: int
    prices: int
    numerals: Numerals
    fits: tuple[int, ...]

    @property
    def fitting(self) -> list[tuple[str, Guess]]:
        """The guesses that all values fit, without those that the heading does not allow."""
        headed = f"{self.named.label} {self.named.name}"
        return [
            (kind, guess) for (kind, guess), count in zip(GUESSES, self.fits, strict=True)
            if count == self.values > 0 and re.search(guess.heading, headed, re.IGNORECASE)
            and not (self.coded and kind in (*NUMERIC, "year"))
        ]  # fmt: skip

    @property
    def headed_as_code(self) -> bool:
        few = self.named.name in ("id", "no") and self.longest <= len(str(self.values)) + 1
        return self.named.coded and not few

    @property
    def shaped_as_code(self) -> bool:
        """Whole numbers of one length that nothing in the heading measures, or some of them with an E."""
        if self.powers:
            return not self.numerals.marks and not any(self.numerals.three)
        alike = self.shortest == self.longest and self.values == self.numerals.whole > 1 and not self.named.measures
        if self.distinct == self.values:
            return alike and self.longest >= _SHORTEST_CODE
        return alike and self.longest >= _SHORTEST_REPEATED and self.values > 2 and self.distinct > 1


def counts(engine: Engine, table: str, named: Sequence[Named]) -> list[Counted]:
    """What is counted in these columns."""
    missing = literals(MISSING)
    real = f"v <> '' AND v NOT IN ({missing})"
    cells = (
        f"(SELECT *, CASE WHEN plain THEN {_fits(_WHOLE)} ELSE false END AS whole FROM (SELECT *, "
        f"digit AND NOT contains(v, ':') AS plain FROM (SELECT k, v, {real} AS real, "
        f"real AND left(v, 1) IN ({literals(_FIRST)}) AS digit FROM {cells_of(table, named)})))"
    )
    rows = engine.rows(
        f"SELECT count(*), count(*) FILTER (WHERE v <> ''), count(*) FILTER (WHERE real), "
        f"count(DISTINCT v) FILTER (WHERE v <> ''), coalesce(max(length(v)), 0), "
        f"coalesce(min(length(v)) FILTER (WHERE real), 0), "
        f"coalesce(list_sort(list(DISTINCT v) FILTER (WHERE v IN ({missing}))), []) "
        f"FROM {cells} GROUP BY k ORDER BY k"
    ) or [(0, 0, 0, 0, 0, 0, ())] * len(named)
    fitting = {shape: [0] * len(named) for shape in (*_SHAPES, *GUESSED)}
    engine.run(
        f"CREATE OR REPLACE TEMP TABLE {_CELLS} AS SELECT k, v, count(*) AS n, digit, whole, plain FROM {cells} "
        f"WHERE real AND ({_LOOKED_AT}) GROUP BY ALL"
    )
    for where, shapes in _LOOKS:
        sums = ", ".join(f"coalesce(sum(n) FILTER (WHERE {_fits(shape)}), 0)" for shape in shapes)
        for at, *found in engine.rows(f"SELECT k, {sums} FROM {_CELLS} WHERE {where} GROUP BY k"):
            for shape, count in zip(shapes, found, strict=True):
                fitting[shape][at] += int(count)
    return [
        Counted(heading, rows, filled, values, distinct, longest, shortest, tuple(missing),
                fitting[_ZEROS][at] + fitting[_LONG][at], fitting[_POWER][at], fitting[PRICE][at],
                Numerals.counted([fitting[shape][at] for shape in numerals.PATTERNS]),
                tuple(fitting[shape][at] for shape in GUESSED))
        for at, (heading, (rows, filled, values, distinct, longest, shortest, missing))
        in enumerate(zip(named, rows, strict=True))
    ]  # fmt: skip


def _fits(pattern: str) -> str:
    return f"regexp_full_match(v, {literal(pattern)})"


def cells_of(table: str, named: Sequence[Named]) -> str:
    """The cells of some columns one below another, as `v`, each with its column's place, `k`."""
    cells = ", ".join(identifier(heading.name) for heading in named)
    return f"(SELECT unnest(range({len(named)})) AS k, unnest([{cells}]) AS v FROM {identifier(table)})"
