"""Keys of unusual types and forms get a verdict: none of them ends the check."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.checks import both
from tests.checks.both import Resource

POINTS = b'p,n\n"-3.5, 4",1\n"-3.5, 4",2\n"0.1, 2",3\n'


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("content", "kind", "key", "rows"),
    [
        (POINTS, "geopoint", ["p"], [3]),
        (POINTS, "geopoint", ["p", "n"], []),
        (POINTS, "geopoint", ["p", "p"], [3]),
        (b"p,n\n1_0,1\n10,2\n1e1,3\n", "number", ["p", "p"], [3, 4]),
        (b"p,n\n2020-1-5,1\n2020-01-05,2\n", "date", ["p", "p"], [3]),
    ],
)
def test_a_repeated_key_of_any_type_is_found_even_if_a_column_is_in_it_twice(
    tmp_path: Path, content: bytes, kind: str, key: list[str], rows: list[int]
) -> None:
    field = {"name": "p", "type": kind, **({"format": "%Y-%m-%d"} if kind == "date" else {})}
    schema = {"fields": [field, {"name": "n", "type": "integer"}], "primaryKey": key}
    resource = Resource(content, schema)
    both.write((resource,), tmp_path)
    (found,) = both.reports((resource,), tmp_path)
    repeated = [problem.cell.row for problem in found.problems if problem.code == "primary-key" and problem.cell]
    assert repeated == rows
