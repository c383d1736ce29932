"""`changes.json` of a release."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

from datagazette.describe.notation import dump
from datagazette.describe.release_history import changes
from datagazette.model.results import CellChange, ReleaseChange, ReleaseResult, SchemaChange, TableChange
from tests.formats.sample import CATALOG, people, words

BEFORE = people("1.0.0", date=date(2025, 1, 31), changes=words("首次发布。", "First release."))
CELLS = (
    CellChange(("p1",), "count", 100, 103),
    CellChange(("p2",), "count", Decimal("7.5"), Decimal(7)),
    CellChange(("p2",), "name", None, "Li"),
)
TABLE = TableChange("people", 1, 0, 2, ("id", "count"), ("id",), (("p3", 1),), (), CELLS)
RESULT = ReleaseResult(
    people(), (), (), (), (), ReleaseChange(BEFORE, (TABLE,), (SchemaChange("added", "people", "born"),))
)


def test_every_change_with_its_size() -> None:
    described = json.loads(dump(changes(CATALOG, RESULT)))
    (table,) = described["tables"]
    assert described["previous"]["version"] == "1.0.0"
    assert described["schema"] == [{"kind": "added", "resource": "people", "field": "born"}]
    assert table["complete"]
    assert table["added"] == [{"id": "p3", "count": 1}]
    assert table["cells"][0] == {"key": {"id": "p1"}, "field": "count", "before": 100, "after": 103}
    assert table["numbers"] == [{"field": "count", "cells": 2, "lowest": -0.5, "highest": 3, "sum": 2.5}]


def test_a_list_that_was_cut_says_so() -> None:
    cut = replace(RESULT, changes=ReleaseChange(BEFORE, (replace(TABLE, added=9),)))
    (table,) = changes(CATALOG, cut)["tables"]
    assert (table["complete"], table["rows"]["added"]) == (False, 9)
    left = table["leftOut"]
    assert (left["added"], left["removed"], left["changed"]) == (8, 0, 0)
    assert left["tables"] == [f"https://data.example.org/base/data/people/{version}/people.csv"
                              for version in ("1.0.0", people().version)]  # fmt: skip
    assert all(place in left["note"] for place in ("8", *left["tables"]))
    assert "leftOut" not in changes(CATALOG, RESULT)["tables"][0]


def test_a_first_release_has_nothing_before_it() -> None:
    described = changes(CATALOG, replace(RESULT, changes=None))
    assert (described["previous"], described["tables"], described["schema"]) == (None, [], [])
