"""What a draft's queries make of missing values is found by asking the data, and only what is unsaid is reported."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import call_build
from tests.missing.story import FILES, write_story

TOTAL = FILES["datasets/stations/1.0.0/datapackage.yaml"]


def found(root: Path, query: str, title: str = "{stations} stations in all") -> str:
    """What `check` says of a summary with this query."""
    described = TOTAL.replace('title@en: "{stations} stations in all"', f'title@en: "{title}"')
    write_story(root, **{"total.sql": query, "datapackage.yaml": described})
    done = call_build("check", "--root", root)
    assert done.status == 0, done.said
    return done.said


@pytest.mark.parametrize(
    "query",
    [
        "SELECT sum(coalesce(stations, 0)) AS stations FROM stations",
        "SELECT sum(ifnull(stations, 0.0))::INTEGER AS stations FROM stations",
        "SELECT sum(CASE WHEN stations IS NULL THEN 0 ELSE stations END) AS stations FROM stations",
        "SELECT sum(CASE WHEN s.stations IS NOT NULL THEN s.stations ELSE 0 END) AS stations FROM stations AS s",
        "WITH known AS (SELECT coalesce(stations, 0) AS n FROM stations) SELECT sum(n) AS stations FROM known",
        "SELECT coalesce(sum(stations), 0) AS stations FROM stations WHERE code = 'A02'",
    ],
)
@pytest.mark.thorough
def test_a_missing_value_that_becomes_zero_is_reported(tmp_path: Path, query: str) -> None:
    said = found(tmp_path, query)
    assert "missing-as-zero" in said
    cells = "1 of 1" if "A02" in query else "3 of 5"
    assert f"In {cells} cases the query writes 0 where “Stations” is missing" in said


@pytest.mark.parametrize(
    "query",
    [
        "SELECT sum(stations) AS stations FROM stations",
        "SELECT sum(stations) FILTER (WHERE code <> 'A01') AS stations FROM stations",
        "SELECT max(n) AS stations FROM (SELECT sum(stations) AS n FROM stations GROUP BY name)",
    ],
)
@pytest.mark.thorough
def test_a_sum_over_missing_values_is_reported(tmp_path: Path, query: str) -> None:
    said = found(tmp_path, query)
    assert "missing-in-sum" in said
    assert f"In the sum of “Stations”, 3 of {4 if 'FILTER' in query else 5} values are missing" in said


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("SELECT sum(stations) AS stations FROM stations WHERE stations IS NOT NULL", "all"),
        ("SELECT sum(coalesce(stations, 0)) AS stations FROM stations WHERE code = 'A01'", "all"),
        ("SELECT count(stations) AS stations FROM stations", "all"),
        (
            """WITH c AS (SELECT code, count(*) AS n
            FROM stations WHERE workers > 9 GROUP BY code)
            SELECT sum(coalesce(c.n, 0)) AS stations FROM stations LEFT JOIN c USING (code)""",
            "all",
        ),
        (
            """SELECT sum(coalesce(b.stations, 0)) AS stations
            FROM stations AS a LEFT JOIN (SELECT * FROM stations) AS b ON b.code = a.code AND a.code = 'A01'""",
            "all",
        ),
        (
            """SELECT sum(coalesce(b.stations, 0)) AS stations
            FROM samples AS a LEFT JOIN stations AS b ON b.code = 'A01' AND a.lead > 1""",
            "all",
        ),
        ("SELECT sum(coalesce(stations, 1)) AS stations FROM stations", "all"),
        ("SELECT sum(stations) AS stations FROM stations", "{stations} stations, three counties missing"),
        ("SELECT sum(stations) AS stations FROM stations", "{stations} stations, some suppressed"),
    ],
)
@pytest.mark.thorough
def test_what_hides_nothing_is_not_reported(tmp_path: Path, query: str, title: str) -> None:
    said = found(tmp_path, query, title)
    assert "missing-as-zero" not in said
    assert "missing-in-sum" not in said


@pytest.mark.thorough
def test_a_list_of_labels_without_the_empty_text_is_reported(tmp_path: Path) -> None:
    schema = FILES["schemas/stations.v1.yaml"].replace('missingValues:\n  - ""\n', "missingValues:\n")
    write_story(tmp_path, **{"stations.v1.yaml": schema})
    said = call_build("check", "--root", tmp_path).said
    assert "`missingValues` has labels but not the empty text" in said
