"""A header is compared with the schema as a whole: to rename columns one by one would put names over other values."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from datagazette.messages import LANGUAGES
from datagazette.model.problems import Problem, fix, message
from datagazette.reports.code_hosts import github
from tests.checks import both
from tests.checks.both import Resource
from tests.conftest import Run

# The content, the names of the fields, and the code, rule and first words of what is reported first.
SHIFTED: dict[str, tuple[bytes, Sequence[str], str, str]] = {
    "another order": (
        b"lon,lat\n11.5,48.1\n", ["lat", "lon"],
        "incorrect-label order", "All columns are there, but in another order: lon, lat. The schema has lat, lon",
    ),
    "a column less": (
        b"site,trees\nN1,3\n", ["site", "ward", "trees"],
        "missing-label missing", "There is no column “ward”; the columns after it are shifted to the left",
    ),
    "a column more": (
        b"site,code,trees,year\n" + b"N1,x,3,2020\n" * 30, ["site", "trees", "year"],
        "extra-label extra", "“code” (column 2) is not in the schema; the columns after it are shifted to the right",
    ),
    "a name twice": (
        b"site,site,trees\nN1,3,4\n", ["site", "trees"],
        "extra-label extra", "“site” (column 2) is not in the schema",
    ),
    "a column more and one less": (
        b"site,x,ward\nN1,3,4\n", ["site", "ward", "trees"],
        "incorrect-label both", "The table has no column “trees”, and the schema has no field “x” (column 2)",
    ),
    "a hint for Excel": (
        b"sep=;\nsite;trees\nN1;3\n", ["site", "trees"],
        "incorrect-label hint", "The first line, “sep=;”, is a hint for a spreadsheet; the header is in row 2",
    ),
    "a comment": (
        b"# exported by desk 4\n\nsite,trees\nN1,3\n", ["site", "trees"],
        "missing-label above", "The header is in row 3; above it is “# exported by desk 4”",
    ),
}  # fmt: skip
# Here each wrong name is a fault of its own, and the column at the end shifts none.
ALIGNED: dict[str, tuple[bytes, Sequence[str], list[str]]] = {
    "another name": (b"site,code,trees\nN1,x,3\n", ["site", "ward", "trees"], ["incorrect-label"]),
    "two other names": (b"Site,tree\nN1,3\n", ["site", "trees"], ["incorrect-label", "incorrect-label"]),
    "a column more at the end": (b"site,trees,x\nN1,3,4\n", ["site", "trees"], ["extra-label"]),
    "a column less at the end": (b"site\nN1\n", ["site", "trees"], ["missing-label"]),
    "no name": (b"site,,trees\nN1,x,3\n", ["site", "ward", "trees"], ["blank-label"]),
}  # fmt: skip


def schema(names: Sequence[str]) -> dict[str, Any]:
    return {"fields": [{"name": name, "type": "string" if name in ("site", "ward") else "number"} for name in names]}


def problems(content: bytes, names: Sequence[str], folder: Path) -> Sequence[Problem]:
    """Those of our check, which are also those of Frictionless."""
    resource = Resource(content, schema(names))
    both.write((resource,), folder)
    assert both.ours((resource,), folder).findings == both.theirs((resource,), folder).findings
    (report,) = both.reports((resource,), folder)
    return report.problems


@pytest.mark.parametrize("name", SHIFTED)
def test_what_shifts_the_columns_is_reported_once_and_the_rest_follows(name: str, tmp_path: Path) -> None:
    content, names, code, said = SHIFTED[name]
    found = problems(content, names, tmp_path)
    (cause,) = [problem for problem in found if problem.role == "cause"]
    assert f"{cause.code} {dict(cause.values)['rule']}" == code
    assert message(cause, "en").startswith(said)
    assert all(problem.role == "follow" for problem in found if problem != cause)
    for language in LANGUAGES:
        assert ("Rename" in fix(cause, language)) == ("Rename nothing" in fix(cause, language))
        assert "–" not in message(cause, language) + fix(cause, language)


@pytest.mark.parametrize("name", ALIGNED)
def test_a_name_that_shifts_nothing_is_reported_as_it_is(name: str, tmp_path: Path) -> None:
    content, names, codes = ALIGNED[name]
    found = problems(content, names, tmp_path)
    assert [problem.code for problem in found] == codes
    assert not any(problem.role for problem in found)


def test_errors_that_follow_are_counted_below_their_cause(run: Callable[..., Run], tmp_path: Path) -> None:
    content, names, _, said = SHIFTED["a column more"]
    (tmp_path / "t.csv").write_bytes(content)
    (tmp_path / "schema.json").write_text(json.dumps(schema(names)))
    done = run("check", tmp_path / "t.csv", "--schema", tmp_path / "schema.json", "--limit-errors", "10")
    lines = [line.strip() for line in done.out.splitlines()]
    assert lines[1] == "error extra-label: Extra column (1)"
    assert lines[2] == f"line 1: {said}"
    assert lines[4] == "32 more errors of this file may follow from this. Correct it first, then check again."
    assert lines[5] == "33 errors"


def test_a_code_host_shows_the_cause_alone(tmp_path: Path) -> None:
    content, names, _, _ = SHIFTED["a column more"]
    assert len(list(github(problems(content, names, tmp_path), {("t.csv", "type-error"): 5}, "en"))) == 1
