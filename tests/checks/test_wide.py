"""Tables of more columns than one statement counts get the same verdict as from Frictionless."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from datagazette.tables.engine import Limits, connect
from datagazette.tables.relation import TOGETHER
from tests.checks import both

WIDTH = TOGETHER + 5
TYPES: tuple[tuple[str, dict[str, Any], str, str], ...] = (
    ("integer", {}, "7", "seven"),
    ("number", {"minimum": 1}, "2.5", "0.5"),
    ("string", {"pattern": "[a-z]+"}, "ash", "ASH"),
    ("date", {"required": True}, "2021-01-05", ""),
    ("boolean", {}, "true", "perhaps"),
    ("year", {"enum": ["2020", "2021"]}, "2020", "1999"),
    ("string", {"unique": True}, "", "twice"),
)


@pytest.mark.thorough
@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {0: (3,)},
        {TOGETHER - 1: (1,), TOGETHER: (2,), WIDTH - 1: (5,)},
        dict.fromkeys(range(0, WIDTH, 3), (2, 4)),
        dict.fromkeys(range(WIDTH), (1, 2, 3, 4, 5)),
    ],
    ids=["fine", "first column", "edges of groups", "every third column", "every cell"],
)
def test_a_wide_table_gets_the_verdict_of_frictionless(wrong: dict[int, tuple[int, ...]], tmp_path: Path) -> None:
    kinds = [TYPES[column % len(TYPES)] for column in range(WIDTH)]
    schema = {
        "fields": [
            {"name": f"c{column}", "type": kind, **({"constraints": rules} if rules else {})}
            for column, (kind, rules, _, _) in enumerate(kinds)
        ],
        "primaryKey": ["c0", "c1"],
    }
    lines = [",".join(f"c{column}" for column in range(WIDTH))]
    for row in range(1, 6):
        cells = [bad if row in wrong.get(column, ()) else good for column, (_, _, good, bad) in enumerate(kinds)]
        lines.append(",".join([str(row) if cells[0] == "7" else cells[0], *cells[1:]]))
    resources = (both.Resource(("\n".join(lines) + "\n").encode(), schema),)
    both.write(resources, tmp_path)
    with connect(Limits(threads=1)) as engine:
        found = both.ours(resources, tmp_path, engine)
    expected = both.theirs(resources, tmp_path)
    assert not expected.stopped
    assert found.findings == expected.findings
    assert bool(wrong) == (not found.valid)
