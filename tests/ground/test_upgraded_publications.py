"""A publication whose ledgers an earlier edition wrote: its releases stay what they were, and the next one can follow.

`upgraded/` was released by the edition of 2026-11-24. Its tables have days and times of one digit, NaN, digits of full
width, a number beyond all doubles and amounts with two decimals; its own SQL, notes and figures take them as that
edition read them.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from datagazette.build import package
from datagazette.build.checked import load
from datagazette.build.fingerprints import code_files
from datagazette.charts.released import drawable
from datagazette.charts.rules import check_chart
from datagazette.compute.allowed import Purpose, Rules, refusals
from datagazette.compute.queries import answer, opened
from datagazette.downloads.package import draw_charts
from datagazette.model.publication import Summary
from datagazette.model.resource import Field, Schema, Table
from datagazette.model.results import ReleaseResult, SummaryResult
from datagazette.model.text import Text
from datagazette.tables.editions import EDITIONS, NEWEST, OLDEST
from datagazette.tables.engine import Limits, connect
from datagazette.tables.parquet import all_rows, tabulate
from tests.conftest import Run, call_build, once
from tests.ground.drafts import drafted
from tests.ground.test_after_an_upgrade import built as rebuilt
from tests.ground.test_after_an_upgrade import digest, released
from tests.promised import missing_files

UPGRADED = Path(__file__).parent / "upgraded"
PURPOSES: tuple[Purpose, ...] = ("draft", "released", "question")
NEXT = """\
place,day,hour,people,buses
A,03/25/2021,9:05,12.5,1
A,12/05/2020,10:30,NaN,2
B,10/15/2021,8:00,7,3
C,01/02/2021,7:15,4,1
D,05/06/2021,6:00,8,2
"""


@pytest.fixture
def upgraded(tmp_path: Path) -> Path:
    return Path(shutil.copytree(UPGRADED, tmp_path / "upgraded"))


@pytest.fixture(scope="module")
def built(shared: Path) -> Path:
    """The publication after a build, with its site in `public`."""
    return once(shared / "built-after-an-upgrade", build)


def build(root: Path) -> None:
    shutil.copytree(UPGRADED, root)
    done = call_build("build", "--root", root, "--out", root / "public")
    (root / "said.txt").write_text(done.said, "utf-8")
    assert done.status == 0, done.said


def ledgers(root: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    for file in sorted(root.glob("datasets/*/releases.yaml")):
        yield file, yaml.safe_load(file.read_text("utf-8"))


def without_hashes(root: Path) -> Path:
    """With ledgers as the first programs wrote them."""
    for file, ledger in ledgers(root):
        for entry in ledger["releases"]:
            entry.pop("published"), entry.pop("contents")
        file.write_text(yaml.safe_dump(ledger, sort_keys=False, allow_unicode=True), "utf-8")
    return root


def revised(root: Path) -> Run:
    """A draft of trips with one more row, and all days written with two digits."""
    (root / "new.csv").write_text(NEXT, "utf-8")
    return call_build("revise", "trips", "--data", root / "new.csv", "--root", root)


@pytest.mark.thorough
def test_releases_of_an_earlier_edition_have_no_error(upgraded: Path) -> None:
    done = call_build("check", "--root", upgraded)
    assert (done.status, "error" in done.said) == (0, False), done.said


@pytest.mark.thorough
def test_every_file_that_an_earlier_edition_published_is_there_with_its_data(built: Path) -> None:
    for file, ledger in ledgers(built):
        for entry in ledger["releases"]:
            folder = built / "public/data" / file.parent.name / entry["version"]
            assert [path for path in entry["published"] if not (folder / path).is_file()] == []
            for path, known in entry["published"].items():
                if path.endswith((".sql", ".csv")):
                    assert hashlib.sha256((folder / path).read_bytes()).hexdigest() == known, path
    assert "published-file-differs" not in (built / "said.txt").read_text("utf-8")


@pytest.mark.thorough
def test_figures_and_rows_of_a_release_are_as_an_earlier_edition_read_them(built: Path) -> None:
    data = built / "public/data"
    rows = json.loads((data / "trips/1.0.0/t.json").read_text("utf-8"))
    assert {"place": "A", "day": "3/25/2021", "hour": "9:05", "people": "12.5", "buses": "１"} in rows
    assert [row["large"] for row in json.loads((data / "prices/1.0.0/t.json").read_text("utf-8"))] == [1, "INF", 2]
    (change,) = json.loads((data / "trips/1.1.0/changes.json").read_text("utf-8"))["tables"]
    assert (change["rows"], change["added"][0]["day"]) == ({"added": 1, "removed": 0, "changed": 0}, "1/2/2021")
    page = (built / "public/datasets/trips/index.html").read_text("utf-8")
    assert all(figure in page for figure in ("12.5", "10:30"))


@pytest.mark.thorough
def test_wrong_values_on_the_site_of_an_earlier_program_are_corrected_and_stop_nothing(tmp_path: Path) -> None:
    fields = {"k": "string", "Count": "integer", "count": "integer"}
    contents = {"t.parquet": digest("of an earlier program"), "t.json": digest('{"Count": 1, "count": 1, "k": "A"}')}
    root = released(tmp_path, "k,Count,count\nA,1,5\n", fields, contents)
    assert rebuilt(root)[0].status == 0
    file, sums = (root / "public/data/t/1.0.0" / name for name in ("t.json", "SHA256SUMS"))
    found, before = file.read_bytes(), b'[\n{"k": "A", "Count": 1, "count": 1}\n]\n'
    hashes = [hashlib.sha256(content).hexdigest() for content in (found, before)]
    file.write_bytes(before)
    sums.write_text(sums.read_text("utf-8").replace(*hashes), "utf-8")
    assert hashes[1] in sums.read_text("utf-8")
    done, rows = rebuilt(root)
    assert done.status == 0, done.said
    assert rows == [{"k": "A", "Count": 1, "count": 5}]


@pytest.mark.thorough
def test_a_ledger_without_hashes_is_read_by_the_first_edition_and_record_keeps_that(upgraded: Path) -> None:
    expected = {str(file): [entry["contents"] for entry in ledger["releases"]] for file, ledger in ledgers(upgraded)}
    done = call_build("check", "--root", without_hashes(upgraded))
    assert done.status == 0, done.said
    for version in ("1.0.0", "1.1.0"):
        assert f"datasets/trips/{version}/t.csv of {version} is read as the first edition" in done.said
    assert "python build.py record trips" in done.said
    assert call_build("record", "--root", upgraded).status == 0
    for file, ledger in ledgers(upgraded):
        kept = [{path: entry["contents"][path] for path in ("t.parquet", "t.json")} for entry in ledger["releases"]]
        assert kept == [{path: known[path] for path in ("t.parquet", "t.json")} for known in expected[str(file)]]
    again = call_build("check", "--root", upgraded)
    assert (again.status, "reading-unrecorded" in again.said) == (0, False)


@pytest.mark.thorough
def test_a_draft_sees_the_releases_that_it_uses_as_they_are_published(upgraded: Path) -> None:
    draft = Path(shutil.copytree(upgraded / "datasets/reports/1.0.0", upgraded / "datasets/reports/1.1.0"))
    shutil.rmtree(draft / "schemas")
    file = draft / "datapackage.yaml"
    file.write_text(file.read_text("utf-8").replace("version: 1.0.0", "version: 1.1.0"), "utf-8")
    done = call_build("check", "reports", "--root", upgraded)
    assert (done.status, "error" in done.said) == (0, False), done.said


@pytest.mark.thorough
def test_the_next_version_changes_no_row_that_is_only_read_otherwise(upgraded: Path) -> None:
    done = revised(upgraded)
    assert "rows added 1, changed 0, removed 0" in done.said
    table = (upgraded / "datasets/trips/1.2.0/t.csv").read_text("utf-8")
    assert table.splitlines()[1:3] == ["A,3/25/2021,9:05,12.5,１", "A,12/5/2020,10:30,NaN,2"]
    compared = call_build("diff", "--root", upgraded, "--base", UPGRADED)
    assert "t.csv: 1 row added (4 rows → 5 rows)" in compared.out
    # What its queries, notes and figures have to be now is said.
    assert "reading-changed" in done.said
    assert "Text in 1.1.0 and DATE now: day, hour" in done.said.replace("people, ", "").replace(", buses", "")
    assert "has the key “A|3/25/2021”. That of the first row is “A|2021-03-25”." in done.said


def test_every_file_that_a_ledger_promised_is_at_its_address(built: Path) -> None:
    assert missing_files(built, built / "public") == []


@pytest.mark.thorough
def test_the_next_version_can_be_released_with_days_and_numbers(upgraded: Path) -> None:
    revised(upgraded)
    draft = upgraded / "datasets/trips/1.2.0"
    queries = {
        "months.sql": "SELECT CAST(month(day) AS VARCHAR) AS month, count(*) AS trips FROM t GROUP BY month "
        "ORDER BY month",
        "days.sql": "SELECT day, CAST(people AS VARCHAR) AS people FROM t ORDER BY day",
        "times.sql": "SELECT strftime(day, '%-m/%-d/%Y') AS day, CAST(hour AS VARCHAR) AS hour, "
        "CAST(buses AS VARCHAR) AS buses FROM t ORDER BY day",
        "begun.sql": "SELECT * FROM t WHERE day < '2000-01-01'",
    }  # fmt: skip
    for name, query in queries.items():
        (draft / name).write_text(f"{query}\n", "utf-8")
    for name in ("notes.csv", "datapackage.yaml"):
        text = (draft / name).read_text("utf-8").replace("A|3/25/2021", "A|2021-03-25")
        (draft / name).write_text(text, "utf-8")
    done = call_build("release", "trips", "--root", upgraded, "--changes", "One more.")
    assert done.status == 0, done.said
    ledger = yaml.safe_load((upgraded / "datasets/trips/releases.yaml").read_text("utf-8"))
    assert ledger["releases"][2]["version"] == "1.2.0"
    kept, new = (set(ledger["releases"][number]["published"]) for number in (1, 2))
    assert {"t.json", "t.csv-metadata.json", "citation.bib"} <= kept  # what was promised goes on
    assert {"t.json", "croissant.json"} <= new
    assert not {"t.csv-metadata.json", "citation.bib"} & new  # the default of now
    again = call_build("build", "--root", upgraded, "--out", upgraded / "public")
    assert again.status == 0, again.said
    data = upgraded / "public/data/trips"
    rows = [json.loads((data / version / "t.json").read_text("utf-8"))[-1] for version in ("1.1.0", "1.2.0")]
    assert [row["day"] for row in rows] == ["1/2/2021", "2021-05-06"]
    (change,) = json.loads((data / "1.2.0/changes.json").read_text("utf-8"))["tables"]
    assert change["rows"] == {"added": 1, "removed": 0, "changed": 0}


def test_a_released_chart_is_drawn_without_what_is_out_of_range_today() -> None:
    x = {"field": "n", "type": "quantitative", "axis": {"tickCount": "month", "grid": False}}
    layers = [{"mark": "bar", "encoding": {"x": x}}, {"mark": {"type": "rule", "strokeWidth": 300}}]
    summary = Summary("s", Text(), "", "s.sql", (Field("n", "number"),), chart={"layer": layers})
    found, problems = drawable(summary, "datapackage.yaml")
    assert [problem.severity for problem in problems] == ["warning", "warning"]
    assert {dict(problem.values)["where"] for problem in problems} == {
        "chart.layer[0].encoding.x.axis.tickCount", "chart.layer[1].mark.strokeWidth"
    }  # fmt: skip
    assert check_chart(found) == ()
    assert found.chart is not None
    assert found.chart["layer"][0]["encoding"]["x"]["axis"] == {"grid": False}


@pytest.mark.parametrize(
    ("kind", "cells", "readings"),
    [
        ("date", ["5.3.2021", "25.12.2021"], [False, True, True]),
        ("number", ["1.5", "NaN"], [False, False, True]),
        ("number", ["1.5", "1e400"], [True, True, False]),
        ("number", ["1.5", "2"], [False, False, False]),
        ("string", ["5.3.2021", "NaN"], [True, True, True]),
    ],
)
def test_a_table_names_the_editions_that_may_read_it_otherwise(
    kind: str, cells: list[str], readings: list[bool], tmp_path: Path
) -> None:
    field = Field("v", kind, format="%d.%m.%Y" if kind == "date" else "default")
    table = Table("t", "t.csv", "t.csv", Schema("t", "", (Field("k", "string"), field)))
    (tmp_path / "t.csv").write_text("k,v\n" + "".join(f"{at},{cell}\n" for at, cell in enumerate(cells)), "utf-8")
    with connect() as engine:
        typed = [
            tabulate(engine, table, tmp_path / "t.csv", tmp_path / f"{number}.parquet", edition)
            for number, edition in enumerate(EDITIONS)
        ]
        is_text = [all(isinstance(value, str) for _, value in all_rows(engine, each)) for each in typed]
    assert is_text == readings
    differing = {edition for edition, is_other in zip(EDITIONS, readings, strict=True) if is_other != readings[0]}
    assert differing <= set(typed[0].others)
    if kind == "string":
        assert typed[0].others == ()
    assert NEWEST not in typed[0].others
    assert OLDEST.tried[0] == NEWEST.tried[0]


@pytest.mark.thorough
def test_a_released_chart_that_is_too_large_today_keeps_its_addresses() -> None:
    chart = {"mark": "point", "encoding": {"facet": {"field": "k", "type": "nominal"}, "x": {"field": "n"}}}
    summary = Summary("s", Text(), "", "s.sql", (Field("k", "string"), Field("n", "number")), chart=chart)
    rows = tuple((f"k{number}", float(number)) for number in range(64))
    publication = load(UPGRADED).publication
    assert publication is not None
    release = publication.datasets[0].releases[0]
    for state, code, severity in (("released", "chart-too-large", "warning"), ("draft", "chart-failed", "error")):
        result = ReleaseResult(replace(release, state=state), (), (SummaryResult(summary, rows),), (), ())
        drawn, (fault,) = draw_charts(publication, result)
        assert (fault.code, fault.severity, dict(fault.values)["found"]) == (code, severity, "64 > 60 small charts")
        assert len(drawn) == (2 if state == "released" else 0)


def test_results_of_a_release_have_the_names_and_numbers_of_its_edition(tmp_path: Path) -> None:
    fields = (Field("k", "string"), Field("Count", "number"), Field("count", "integer"))
    (tmp_path / "t.csv").write_text("k,Count,count\nA,1.50,5\n", "utf-8")
    query = "SELECT Count AS Name, count_1 AS name, 0.1::DOUBLE + 0.2::DOUBLE AS s FROM t"
    with connect() as engine:
        table = Table("t", "t.csv", "t.csv", Schema("t", "", fields))
        typed = tabulate(engine, table, tmp_path / "t.csv", tmp_path / "t.parquet").parquet
    found = {}
    for edition in (NEWEST, OLDEST):
        with opened({("t",): typed}, Limits(reads=(typed,)), "released", edition) as box:
            answered, problems = answer(box, query, "s.sql")
        assert answered is not None, problems
        found[edition] = answered.columns[:2], answered.rows[0][:2]
    assert found == {
        NEWEST: ((("Name", "DECIMAL(18,2)"), ("name", "BIGINT")), (Decimal("1.50"), 5)),
        OLDEST: ((("Name", "DOUBLE"), ("name_1", "BIGINT")), (1.5, 5)),
    }


@pytest.mark.thorough
def test_what_only_a_later_check_finds_in_a_released_table_is_a_warning(tmp_path: Path) -> None:
    root = released(tmp_path, "k,v\nA,1\n", {"k": "string", "v": "integer"}, {})
    table, file = root / "datasets/t/1.0.0/t.csv", root / "datasets/t/releases.yaml"
    table.write_text("k,v\nA,1\nB,many\n", "utf-8")
    done = call_build("check", "--root", root)
    assert (done.status, "error type-error" in done.said) == (1, True), "another file than the released one"
    ledger = yaml.safe_load(file.read_text("utf-8"))
    ledger["releases"][0]["files"]["t.csv"] = sha(table)
    file.write_text(yaml.safe_dump(ledger, sort_keys=False), "utf-8")
    done = call_build("check", "--root", root)
    assert (done.status, "warning type-error" in done.said) == (0, True), done.said
    draft = Path(shutil.copytree(table.parent, root / "datasets/t/1.0.1"))
    descriptor = draft / "datapackage.yaml"
    descriptor.write_text(descriptor.read_text("utf-8").replace("version: 1.0.0", "version: 1.0.1"), "utf-8")
    done = call_build("check", "--root", root)
    assert (done.status, "error type-error" in done.said) == (1, True), done.said


def sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_rule_that_came_later_is_for_drafts(tmp_path: Path) -> None:
    root = drafted(tmp_path, "k,v\nA,1\n", "k,v\nA,2\n", {"k": "string", "v": "integer"}, version="1.0.1")
    for version in ("1.0.0", "1.0.1"):
        file = root / f"datasets/t/{version}/datapackage.yaml"
        file.write_text(file.read_text("utf-8").replace("updateFrequency: never", "updateFrequency: P200Y"), "utf-8")
    faults = [fault.file for fault in load(root).problems if fault.code == "update-frequency"]
    assert faults == ["datasets/t/1.0.1/datapackage.yaml"]


def test_a_function_that_is_refused_today_is_a_warning_in_a_release_that_has_it() -> None:
    query = "SELECT k FROM t ORDER BY icu_sort_key(k, 'zh'), collate_zh(k)"
    with connect() as engine:
        found = {
            purpose: {fault.severity for fault in refusals(engine, query, "s.sql", Rules((("t",),), purpose))}
            for purpose in PURPOSES
        }
        random = refusals(engine, "SELECT random() FROM t", "s.sql", Rules((("t",),), "released"))
    assert found == {"draft": {"error"}, "released": {"warning"}, "question": {"error"}}
    assert [fault.severity for fault in random] == ["error"]


def test_files_of_a_release_are_made_again_where_only_the_step_before_is_a_new_one() -> None:
    step = package._PACKAGE
    names = {file.name for file in code_files((step.work.__module__, *step.code))}
    assert {"summarise.py", "answers.py", "summaries.py"} <= names
