"""Values of a key that only look alike: to people one place, to every program two.

What nobody sees is taken away from a text, and what looks the same is made one: spaces at its ends and of other widths,
characters without a width, accents that are characters of their own, and what looks like a character of ASCII
(`model/alike.py`). Only texts that this changes are compared with others.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import replace

from datagazette.model.alike import SHAPES
from datagazette.model.problems import Cell, Problem, warning
from datagazette.tables.cells import Column
from datagazette.tables.engine import Engine
from datagazette.tables.prepared import Prepared
from datagazette.tables.sql import literal

_SPACES = r"[\s\x{0085}\x{00A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}]+"
_NO_WIDTH = r"[\x{00AD}\x{200B}-\x{200F}\x{2060}\x{FEFF}]+"
_ODD = r"^\s|\s$|\s\s|[\t\r\n]|[^\x00-\x7f]"
_SPACES_OF_PYTHON, _NO_WIDTH_OF_PYTHON = (
    re.compile(re.sub(r"x\{(....)\}", r"u\1", pattern)) for pattern in (_SPACES, _NO_WIDTH)
)
_ODD_IN_LINES = re.compile(r"^\s|[^\S\n]$|[^\S\n]\s|[\t\r]", re.MULTILINE)
_SHAPES = str.maketrans(*SHAPES)
_SHOWN = 40


def may_look_alike(column: Column, texts: Collection[str], lines: str) -> bool:
    """Whether two of the cells of a column may look alike, if it is in a key; `lines` has each in a line, or several"""
    if not _is_compared(column) or (lines.isascii() and not _ODD_IN_LINES.search(lines)):
        return False
    odd = [text for text in texts if not text.isascii() or " ".join(text.split()) != text]
    shapes = {re.sub(_SPACES_OF_PYTHON, " ", re.sub(_NO_WIDTH_OF_PYTHON, "", _shaped(text))).strip() for text in odd}
    return len(shapes) < len(odd) or any(shape in texts for shape in shapes.difference(odd))


def _shaped(text: str) -> str:
    return unicodedata.normalize("NFC", text).translate(_SHAPES)


def _is_compared(column: Column) -> bool:
    return column.keyed and column.field.type in ("string", "any")


def pairs(engine: Engine, table: Prepared) -> Iterator[Problem]:
    """A warning for each column of a key that has such values: the first two of them."""
    columns = list(filter(_is_compared, table.columns))
    if not columns or not table.relation:
        return
    odd = ", ".join(f"bool_or({_is_odd(column)})" for column in columns)
    for column, is_odd in zip(columns, engine.row(f"SELECT {odd} FROM ({table.relation})"), strict=True):
        found = engine.rows(_query(table.relation, column)) if is_odd else []
        if found:
            yield _problem(table, column, *found[0])


def _is_odd(column: Column) -> str:
    """The condition of a text that may look like another one."""
    return f"(NOT ({column.is_missing}) AND regexp_matches({column.name}, {literal(_ODD)}))"


def _query(relation: str, column: Column) -> str:
    """At most one row: (the text that comes first, its line, one that looks like it, its line, how many there are)."""
    cell = column.name
    looks = f"translate(nfc_normalize({cell}), {literal(SHAPES[0])}, {literal(SHAPES[1])})"
    for pattern, after in ((_NO_WIDTH, ""), (_SPACES, " ")):
        looks = f"regexp_replace({looks}, {literal(pattern)}, {literal(after)}, 'g')"
    place = "min(_row) AS r, arg_min(_line, _row) AS l"
    return (
        f"WITH odd AS MATERIALIZED (SELECT {cell} AS v, trim({looks}) AS look, {place} FROM ({relation}) "
        f"WHERE {_is_odd(column)} GROUP BY v), "
        f"plain AS (SELECT {cell} AS v, {cell} AS look, {place} FROM ({relation}) "
        f"WHERE NOT ({column.is_missing}) AND {cell} IN (SELECT look FROM odd WHERE look <> v) GROUP BY v), "
        "every AS (SELECT * FROM odd UNION SELECT * FROM plain), "
        "alike AS (SELECT list(struct_pack(v, l, r) ORDER BY r) AS found FROM every GROUP BY look HAVING count(*) > 1) "
        "SELECT found[1].v, found[1].l, found[2].v, found[2].l, sum(len(found) - 1) OVER () "
        "FROM alike ORDER BY found[2].r LIMIT 1"
    )


def _problem(table: Prepared, column: Column, before: str, at: int, text: str, line: int, count: int) -> Problem:
    source = table.source.table
    place = next(
        (place for place, (one, other) in enumerate(zip(text, before, strict=False)) if one != other),
        min(len(text), len(before)),
    )
    shorter, longer = sorted((before, text), key=len)
    values = {"rule": "end", "here": _named(longer, place)} if place == len(shorter) else {
        "number": place + 1, "here": _named(text, place), "there": _named(before, place)
    }  # fmt: skip
    found = warning("keys-alike", source.file, line, field=column.field.name, found=text[:_SHOWN],
                    before=before[:_SHOWN], line=at, count=count, **values)  # fmt: skip
    return replace(found, cell=Cell(source.name, field=column.field.name, field_number=column.number, text=text))


def _named(text: str, place: int) -> str:
    """The character at a place of a text, as Unicode names it."""
    return f"U+{ord(text[place]):04X} {unicodedata.name(text[place], '')}".strip()
