"""Verdicts on tables as people have them: what no cell of its own shows, and where it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.checks import both
from tests.checks.both import Resource
from tests.checks.deliberate import reason

ANY = {"name": "a", "type": "any"}


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b""], ids=["byte order mark", "no mark"])
@pytest.mark.parametrize("delimiter", [b",", b";"])
@pytest.mark.parametrize(
    "content",
    [b'"a\na\nLONG\n', b'a,"b\nLONG\n', b'"a","LONG"\n1,2\n', b"aLONG\n1\n"],
    ids=["never closed", "never closed in the second cell", "closed", "bare"],
)
def test_a_column_name_beyond_the_limit_is_a_table_that_cannot_be_read(
    content: bytes, delimiter: bytes, mark: bytes, tmp_path: Path
) -> None:
    dialect = {"delimiter": delimiter.decode()}
    resource = Resource(
        mark + content.replace(b",", delimiter), {"fields": [ANY], "primaryKey": ["a"]}, dialect, long=140_000
    )
    both.write((resource,), tmp_path)
    (report,) = both.reports((resource,), tmp_path)
    assert [(found.code, found.line, dict(found.values)["rule"]) for found in report.problems] == [
        ("source-error", 1, "label")
    ]
    assert reason((resource,), both.ours((resource,), tmp_path), both.theirs((resource,), tmp_path)) == "limits"
