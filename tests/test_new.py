"""`new` makes a dataset that passes the check of whatever tables people have, and never damages a code."""

from __future__ import annotations

import csv
import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
import yaml

from datagazette.cli import main
from datagazette.commands.check import CheckOptions, check_targets
from datagazette.intake.drafts import Draft, Sources, plan_dataset
from datagazette.intake.naming import named
from tests.conftest import ROOT, Run, tree_hashes
from tests.terminal import typed

HOURS = [
    ["地区", "年份", "志愿服务时数（小时）", "人数", "备注"],
    ["001", "2023", "1200", "12", ""],
    ["002", "2023", "80", "-", "暂缺"],
    ["001", "2024", "1300", "14", ""],
    ["002", "2024", "90", "7", "含“试点”; 见注"],
]
CLEAN = "region,year,hours,persons,remark\n001,2023,1200,12,\n002,2023,80,-,暂缺\n001,2024,1300,14,\n002,2024,90,7,含“试点”; 见注\n"  # noqa: E501


def written(path: Path, rows: list[list[str]], encoding: str = "utf-8", **dialect: Any) -> Path:
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream, **dialect).writerows(rows)
    return path


def planned(root: Path, *paths: Path, **options: Any) -> Draft:
    return plan_dataset(Sources(root, "hours", paths, **options))


def types(draft: Draft, table: int = 0) -> dict[str, str]:
    return {one.name: one.type for one in draft.tables[table].columns}


def made(root: Path, name: str, *arguments: str | Path) -> dict[str, Any]:
    """Runs `new`; the descriptor of what it made, which the check finds no error in."""
    assert main(["new", name, *map(str, arguments), "--root", str(root), "--lang", "en"]) == 0
    checked = check_targets(CheckOptions(root, (name,), jobs=1))
    assert not [one for one in checked.problems if one.file == "datasets/visits"], "of another dataset"
    usual = {"text-unwritten", "dataset-draft-only", "translation-missing", "spreadsheet-damage"}
    assert {one.code for one in checked.problems} <= usual
    (descriptor,) = (root / "datasets" / name).glob("*/datapackage.yaml")
    found: dict[str, Any] = yaml.safe_load(descriptor.read_text("utf-8"))
    return found


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    ("encoding", "dialect"),
    [
        ("utf-8", {}),
        ("utf-8-sig", {"lineterminator": "\r\n"}),
        ("gb18030", {"delimiter": ";"}),
        ("utf-16", {"delimiter": "\t"}),
        ("utf-16-le", {"delimiter": "|"}),
        ("gb18030", {"quoting": csv.QUOTE_ALL}),
    ],
)
def test_any_dialect_and_encoding_gives_the_same_table(
    encoding: str, dialect: dict[str, Any], small: Path, tmp_path: Path
) -> None:
    source = written(tmp_path / "时数.csv", HOURS, encoding, **dialect)
    descriptor = made(small, "hours", source, "--title", "志愿服务", "--title", "en=Volunteering", "--theme", "people")
    assert (small / "datasets/hours/1.0.0/hours.csv").read_text("utf-8") == CLEAN
    assert descriptor["title"] == "志愿服务"
    assert descriptor["title@en"] == "Volunteering"
    assert descriptor["temporal"] == "2023/2024"
    assert "updateFrequency" not in descriptor, "how often it is released is a promise that a person makes"
    assert "\n# updateFrequency: P1Y\n" in (small / "datasets/hours/1.0.0/datapackage.yaml").read_text("utf-8")
    assert descriptor["uses"] == {"places": "1.0.0"}
    assert descriptor["resources"][0]["title"] == "志愿服务"
    schema = yaml.safe_load((small / "schemas/hours.v1.yaml").read_text("utf-8"))
    fields = {one["name"]: one for one in schema["fields"]}
    assert {name: one["type"] for name, one in fields.items()} == {
        "region": "string", "year": "year", "hours": "integer", "persons": "integer", "remark": "string",
    }  # fmt: skip
    assert fields["hours"]["title"] == "志愿服务时数"
    assert fields["hours"]["unit"] == "小时"
    assert fields["persons"]["missingValues"] == ["", "-"]
    assert fields["region"]["role"] == "region"
    assert schema["primaryKey"] == ["region", "year"]
    assert schema["foreignKeys"] == [
        {"fields": "region", "reference": {"package": "places", "resource": "places", "fields": "code"}}
    ]


def test_western_signs(small: Path, tmp_path: Path) -> None:
    rows = [["Name", "Ort", "Gehalt"], ["José", "Málaga", "1,5"], ["Zoë", "Köln – Süd", "2,25"]]
    draft = planned(small, written(tmp_path / "t.csv", rows, "cp1252", delimiter=";"))
    assert draft.sheets[0].rows[1][1] == "Köln – Süd"
    assert draft.tables[0].columns[2].extras == {"decimalChar": ","}


@pytest.mark.parametrize(
    ("label", "values", "type_"),
    [
        ("n", ["007", "12"], "string"),
        ("n", ["1234567890123456", "1"], "string"),
        ("区划代码", ["11", "12"], "string"),
        ("Postcode", ["10115", "20095"], "string"),
        ("town", ["110101", "110102", "110105"], "string"),
        ("id", ["1", "2", "3"], "integer"),
        ("年份", ["2020", "2021"], "year"),
        ("stations", ["2020", "2021"], "integer"),
        ("share", ["38.8", "-1.5e3"], "number"),
        ("share", ["38.8%", "4%"], "number"),
        ("people", ["1,234", "7"], "number"),
        ("day", ["2021-01-31", "2020-02-29"], "date"),
        ("day", ["2021/1/31", "2020/12/9"], "date"),
        ("日期", ["2021年1月5日", "2020年12月31日"], "date"),
        ("day", ["2021-02-30", "2021-01-01"], "string"),
        ("month", ["2021-01", "2021-12"], "yearmonth"),
        ("open", ["是", "否"], "boolean"),
        ("open", ["true", "FALSE"], "boolean"),
        ("people", ["12", "…", "n/a"], "integer"),
        ("country", ["NA", "DE"], "string"),
    ],
)
def test_a_type_holds_for_the_whole_column_and_codes_stay_text(
    label: str, values: list[str], type_: str, small: Path, tmp_path: Path
) -> None:
    rows = [["who", label], *([f"w{number}", value] for number, value in enumerate(values))]
    draft = planned(small, written(tmp_path / "t.csv", rows))
    assert list(types(draft).values())[1] == type_
    assert [row[1] for row in draft.sheets[0].rows] == values


def test_the_last_of_many_rows_counts(small: Path, tmp_path: Path) -> None:
    rows = [["who", "n"], *([f"w{number}", str(number)] for number in range(30_000)), ["last", "seven"]]
    assert types(planned(small, written(tmp_path / "t.csv", rows)))["n"] == "string"


def test_keys_references_and_categories_among_the_sources(small: Path, tmp_path: Path) -> None:
    stations = [["station_code", "name", "kind"], *([f"{n:03}", f"Station {n}", "ab"[n % 2]] for n in range(40))]
    staff = [["station", "month", "staff"], *([f"{n % 40:03}", f"2021-{n // 40 + 1:02}", str(n)] for n in range(120))]
    sources = [written(tmp_path / "stations.csv", stations), written(tmp_path / "staff.csv", staff)]
    made(small, "stations", *sources)
    first, second = (yaml.safe_load((small / f"schemas/{one}.v1.yaml").read_text()) for one in ("stations", "staff"))
    assert first["primaryKey"] == ["station_code"]
    assert not any({"categories", "constraints"} & one.keys() for one in first["fields"])
    assert "    # categories: [a, b]\n" in (small / "schemas/stations.v1.yaml").read_text()
    assert second["primaryKey"] == ["station", "month"]
    assert second["foreignKeys"] == [
        {"fields": "station", "reference": {"resource": "stations", "fields": "station_code"}}
    ]


def test_what_is_nearly_a_reference_is_said_and_not_set(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [["place", "n"], ["001", "1"], ["002", "2"], ["010", "3"], ["099", "4"]]
    made(small, "near", written(tmp_path / "near.csv", rows))
    said = capsys.readouterr().out
    assert "almost all values of “place” are in places/places/code, but not 099; no foreign key was set" in said
    assert "foreignKeys" not in yaml.safe_load((small / "schemas/near.v1.yaml").read_text())


def test_a_sheet_with_titles_above_and_nothing_beside(small: Path, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("数据")
        sheet.write(0, 0, "二〇二四年统计")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for column, label in enumerate(("代码", "日期", "占比(%)", "人数")):
            sheet.write(2, column, label)
        cells = (("01", date(2024, 1, 2), 38.8, 1063), ("02", date(2024, 1, 3), 40, 7))
        for row, (code, when, share, people) in enumerate(cells):
            sheet.write_string(3 + row, 0, code)
            sheet.write_datetime(3 + row, 1, when, day)
            sheet.write_number(3 + row, 2, share)
            sheet.write_number(3 + row, 3, people)
        sheet.write_blank(500, 9, None, day)
        book.add_worksheet("空")
    made(small, "book", path)
    assert yaml.safe_load((small / "schemas/book.v1.yaml").read_text("utf-8"))["primaryKey"] == ["code"]
    text = (small / "datasets/book/1.0.0/book.csv").read_text("utf-8")
    assert text == "code,date,share,persons\n01,2024-01-02,38.8,1063\n02,2024-01-03,40,7\n"


def test_a_data_package_keeps_its_schema_and_what_it_says_of_itself(small: Path, tmp_path: Path) -> None:
    (tmp_path / "libs.csv").write_bytes("id;Ville;n\n01;Orléans;3\n02;Nîmes;-\n".encode("cp1252"))
    identifier = {"name": "id", "type": "string", "title": "Identifier"}
    fields = [identifier, {"name": "Ville"}, {"name": "n", "type": "integer"}]
    resource = {
        "name": "libs", "path": "libs.csv", "encoding": "windows-1252", "dialect": {"delimiter": ";"},
        "schema": {"fields": fields, "primaryKey": "id", "missingValues": ["", "-"]},
    }  # fmt: skip
    about = {"name": "x", "title": "Libraries", "version": "2.1.0", "licenses": [{"name": "CC0-1.0"}]}
    (tmp_path / "datapackage.json").write_text(json.dumps({**about, "resources": [resource]}), "utf-8")
    descriptor = made(small, "libraries", tmp_path / "datapackage.json")
    assert (descriptor["version"], descriptor["title@en"]) == ("2.1.0", "Libraries")
    assert descriptor["licenses"] == [{"name": "CC0-1.0"}]
    assert (small / "datasets/libraries/2.1.0/libs.csv").read_text("utf-8") == "id,Ville,n\n01,Orléans,3\n02,Nîmes,-\n"
    kept = yaml.safe_load((small / "schemas/libs.v1.yaml").read_text("utf-8"))
    assert (kept["primaryKey"], kept["missingValues"]) == ("id", ["", "-"])
    assert kept["fields"][0] == {"name": "id", "title": "TODO 中文标题", "title@en": "Identifier", "type": "string"}


def test_field_names_come_from_headings_in_both_languages() -> None:
    labels = ("地区代码", "持证人数（人）", "男性人数", "女性人数", "Start Date", "regionCode", "Société (km²)", "督导")
    found = {one.name: (dict(one.titles), one.unit) for one in named(labels)}
    assert found == {
        "region_code": ({"zh": "地区代码", "en": "Region code"}, ""),
        "持证人数": ({"zh": "持证人数"}, "人"),
        "男性人数": ({"zh": "男性人数"}, ""),
        "女性人数": ({"zh": "女性人数"}, ""),
        "start_date": ({"en": "Start Date", "zh": "开始日期"}, ""),
        "region_code_2": ({"en": "Region Code", "zh": "地区代码 (2)"}, ""),
        "societe": ({"en": "Société"}, "km²"),
        "督导": ({"zh": "督导"}, ""),
    }


@pytest.mark.parametrize(
    ("arguments", "english", "chinese"),
    [
        (("Hours!", "t.csv"), "cannot be the name of a dataset", "不能作数据集的名称"),
        (("counts", "t.csv"), "revise counts --data", "revise counts --data"),
        (("x", "none.csv"), "there is no file", "没有文件"),
        (("x", "empty.csv"), "there is no table in empty.csv", "empty.csv 中没有表格"),
        (("x", "t.csv", "--key", "whoo"), "did you mean who?", "是否想写“who”"),
        (("x", "t.csv", "--theme", "none"), "the themes are: people, land", "现有主题：people, land"),
        (("x", "t.csv", "--encoding", "ascii"), "--encoding", "--encoding"),
        (("x", "unnamed.csv"), "column 2 has values but no name", "第 2 列有数据而表头为空"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_written(
    arguments: tuple[str, ...], english: str, chinese: str, small: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    written(tmp_path / "t.csv", [["who", "n"], ["é", "1"]])
    (tmp_path / "empty.csv").write_text("\n,,\n")
    (tmp_path / "unnamed.csv").write_text("a,,b\n1,2,3\n4,5,6\n7,8,9\n")
    before = tree_hashes(small)
    for language, words in (("en", english), ("zh", chinese)):
        assert main(["new", *arguments, "--root", str(small), "--lang", language]) == 2
        assert words in capsys.readouterr().err
    assert tree_hashes(small) == before


def test_what_nobody_has_written_is_not_released(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made(small, "hours", written(tmp_path / "t.csv", HOURS))
    before = tree_hashes(small)
    assert main(["release", "hours", "--changes", "首次。", "--root", str(small), "--lang", "en"]) == 1
    assert "error text-unwritten" in capsys.readouterr().err
    assert tree_hashes(small) == before


def test_again_changes_nothing(small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = written(tmp_path / "t.csv", HOURS)
    made(small, "hours", source)
    before = tree_hashes(small)
    assert main(["new", "hours", str(source), "--root", str(small), "--lang", "zh"]) == 0
    assert "已经存在，保持不变" in capsys.readouterr().out
    assert tree_hashes(small) == before


@pytest.mark.thorough
@pytest.mark.slow
def test_killed_at_any_step_it_leaves_all_or_nothing_and_can_be_run_again(small: Path, tmp_path: Path) -> None:
    source = written(tmp_path / "t.csv", HOURS)
    arguments = ["new", "hours", str(source), "--root", str(small), "--lang", "en"]
    fresh = tmp_path / "fresh"
    shutil.copytree(small, fresh)
    made(fresh, "hours", source)
    whole = tree_hashes(fresh)
    states = set()
    for place in range(1, 100):
        shutil.rmtree(small)
        shutil.copytree(ROOT / "tests/publications/small", small)
        command = [sys.executable, "-m", "tests.killing", str(place), str(small / "datasets"), *arguments]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL, done.stderr.decode()
        there = (small / "datasets/hours").exists()
        states.add(there)
        problems = check_targets(CheckOptions(small, ("hours",) if there else ("counts",), jobs=1)).problems
        assert {one.code for one in problems} <= {"text-unwritten", "dataset-draft-only"}
        assert main(arguments) == 0
        assert tree_hashes(small) == whole
    assert states == {True, False}


@pytest.mark.slow
def test_a_person_at_the_terminal_is_asked(small: Path, tmp_path: Path) -> None:
    source = written(tmp_path / "t.csv", HOURS)
    answers = ("志愿服务时数", "Hours of voluntary service", "people", "某公报", "https://example.org/bulletin")
    said = typed(answers, "new", "hours", source, "--root", small, "--lang", "zh")
    for question in ("标题（zh", "标题（en", "主题（people, land", "数据出自哪里", "出处的网址"):
        assert question in said
    descriptor = yaml.safe_load((small / "datasets/hours/1.0.0/datapackage.yaml").read_text("utf-8"))
    assert (descriptor["title"], descriptor["title@en"]) == answers[:2]
    assert descriptor["themes"] == ["people"]
    assert descriptor["sources"][0]["path"] == answers[4]


@pytest.mark.slow
def test_a_pipe_is_not_asked(small: Path, tmp_path: Path, run: Callable[..., Run]) -> None:
    done = run("new", "hours", written(tmp_path / "t.csv", HOURS), "--root", small, language="en")
    assert done.status == 0, done.said
    assert "Enter to skip" not in done.said
    assert "Next: replace the texts marked TODO" in done.out


def test_the_period_is_that_of_all_tables_and_of_all_their_rows(small: Path, tmp_path: Path) -> None:
    long = [["year", "trees"], *([str(year), "1"] for year in range(1900, 1990))]
    first, second = written(tmp_path / "recent.csv", [["year", "ponds"], ["1980", "1"], ["2003", "2"]]), written(
        tmp_path / "long.csv", long
    )  # fmt: skip
    assert made(small, "period", first, second, "--theme", "people")["temporal"] == "1900/2003"
