"""JSON that the database writes is the JSON that Python writes of each value."""

from __future__ import annotations

import math
import struct
from random import Random

import pytest

from datagazette.downloads.json import json_value
from datagazette.downloads.json_rows import Piece, json_sql, rows_as_text
from datagazette.tables.engine import connect
from datagazette.tables.sql import literal

_CHANCE = Random(1)
TEXTS = ["", " ", 'a "b" \\ /', "\\u000B", "é😀\u2028\x7f", *(f"<{chr(code)}>" for code in range(1, 32))]
DOUBLES = [
    *(struct.unpack("d", _CHANCE.randbytes(8))[0] for _ in range(500)),
    *(_CHANCE.uniform(-1, 1) * 10.0 ** _CHANCE.randint(-8, 20) for _ in range(500)),
    0.0, -0.0, 5.0, 1e-4, 1e-5, 1e14, 1e15, 1e16, 2.5e15, 999999999999999.9, 1e22, math.inf, -math.inf, math.nan,
]  # fmt: skip
CASES = {
    "VARCHAR": [literal(text) for text in TEXTS],
    "DOUBLE": [f"'{value!r}'" for value in DOUBLES],
    "BIGINT": ["0", "-1", str(2**53 - 1), str(2**53), str(-(2**53) - 1), str(2**63 - 1)],
    "INTEGER": ["2021", "-5"],
    "BOOLEAN": ["true", "false"],
    "DATE": ["'0987-01-02'", "'2021-05-06'", "'9999-12-31'"],
    "TIMESTAMP": [f"'{moment}'" for moment in ("2021-05-06 07:08:09", "2021-05-06 00:00:00", "0987-01-02 03:04:05.5")],
    "TIME": ["'07:08:09'"],
    "DECIMAL(38, 2)": ["1.50", "2"],
}  # fmt: skip


@pytest.mark.parametrize("kind", ["any", "number"])
@pytest.mark.parametrize("held", CASES)
def test_the_database_writes_a_value_as_python_does(held: str, kind: str) -> None:
    values = ", ".join(f"(CAST({value} AS {held}))" for value in [*CASES[held], "NULL"])
    relation = f"(SELECT * FROM (VALUES {values}) AS t (x))"
    with connect() as engine:
        pieces = [
            Piece("{", "x", json_sql("x", held, kind), lambda value: json_value(value, kind)),
            Piece(", ", "x", "", lambda value: json_value(value, kind)),
        ]
        lines = list(rows_as_text(engine, relation, pieces, "}"))
        expected = [json_value(value, kind) for (value,) in engine.rows(f"SELECT x FROM {relation}")]
    assert lines == [f"{{{value}, {value}}}" for value in expected]
