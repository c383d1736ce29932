"""What a value that another table lacks probably means: a code that a spreadsheet has changed, or a slip.

For texts only: among numbers, `1` and `01` are equal anyway.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from datagazette.tables.engine import Engine
from datagazette.tables.sql import identifier, literals

_ASKED = 50  # distinct values for which a likeness is looked for
_LONGEST = 40  # signs of a value that may be misspelt
_LONGEST_CODE = 20  # digits


@dataclass(frozen=True)
class Near:
    """`rule` is how the value differs: `lost-zero`, `padded` or `spelling`."""

    rule: str
    value: str


def nearest_keys(engine: Engine, lookup: str, values: Iterable[str]) -> dict[str, Near]:
    """The near miss of each value that has one, among the keys of the temporary table `lookup`."""
    asked = tuple(dict.fromkeys(values))
    found = _codes(engine, lookup, asked)
    rest = [one for one in asked if one not in found and not one.isdigit() and 2 < len(one) <= _LONGEST]
    return found | _alike(engine, lookup, rest[:_ASKED])


def _codes(engine: Engine, lookup: str, values: Sequence[str]) -> dict[str, Near]:
    """Values that another way of writing the same code makes one of the keys."""
    lengths = [
        int(row[0])
        for row in engine.rows(
            f"SELECT DISTINCT length(_key) FROM {identifier(lookup)} WHERE regexp_full_match(_key, '[0-9]+')"
        )
    ]
    tried = {value: tuple(_forms(value, lengths)) for value in values}
    wanted = {near.value for forms in tried.values() for near in forms}
    if not wanted:
        return {}
    rows = engine.rows(f"SELECT _key FROM {identifier(lookup)} WHERE _key IN ({literals(sorted(wanted))})")
    present = {str(row[0]) for row in rows}
    nears = {value: next((one for one in forms if one.value in present), None) for value, forms in tried.items()}
    return {value: near for value, near in nears.items() if near}


def _forms(value: str, lengths: Sequence[int]) -> Iterator[Near]:
    """Other ways of writing a code: the zeros at its front, the zeros that fill it up, spaces and wide digits."""
    plain = unicodedata.normalize("NFKC", value).strip().removesuffix(".0")
    if plain != value:
        yield Near("spelling", plain)
    if not (plain.isascii() and plain.isdigit() and len(plain) <= _LONGEST_CODE):
        return
    for length in sorted(lengths):
        if length > len(plain):
            yield Near("lost-zero", plain.zfill(length))
    short = plain
    while short.endswith("00") and len(short) > 2:
        short = short[:-2]
        yield Near("padded", short)
    yield Near("padded", plain.lstrip("0") or "0")


def _alike(engine: Engine, lookup: str, values: Sequence[str]) -> dict[str, Near]:
    """Values that one or two letters make one of the keys, or that differ in case."""
    if not values:
        return {}
    asked = ", ".join(f"({literals([value])})" for value in values)
    rows = engine.rows(
        "SELECT v, arg_min(_key, d), min(d) FROM ("
        f"SELECT v, _key, damerau_levenshtein(lower(v), lower(_key)) AS d FROM (VALUES {asked}) AS asked(v) "
        f"CROSS JOIN {identifier(lookup)} WHERE abs(length(v) - length(_key)) <= 2) GROUP BY v ORDER BY v"
    )
    return {str(value): Near("spelling", str(key)) for value, key, far in rows if far <= min(2, len(value) // 3)}
