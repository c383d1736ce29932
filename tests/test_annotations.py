"""What a maintainer sees beside a pull request."""

from __future__ import annotations

import json

from publisher.annotations import github, github_summary, gitlab
from publisher.problems import problem, warning

MISSING = problem("file-missing", "datasets/a,b/x.yaml", 3, path="50% of\nit.csv")


def test_a_command_names_file_line_and_mend_and_escapes_them() -> None:
    (line,) = github([MISSING], {}, "en")
    assert line.startswith("::error file=datasets/a%2Cb/x.yaml,line=3,title=File not found::")
    assert "50%25 of%0Ait.csv" in line
    assert "%0ATo mend it: Put the file there" in line
    assert "\n" not in line


def test_ten_commands_tell_of_every_kind_and_count_the_rest() -> None:
    many = [problem("file-missing", "x.yaml", number, path="a") for number in range(1, 500)]
    lines = list(
        github([*many, problem("schema-missing", "x.yaml", 9, schema="s")], {("x.csv", "type-error"): 7}, "zh")
    )
    assert len(lines) == 10
    assert any("找不到结构定义" in line for line in lines)
    assert "498" in lines[-1]


def test_warnings_have_their_own_ten() -> None:
    found = [warning("file-missing", "x.yaml", number, path="a") for number in range(1, 4)]
    assert [line.split(" ")[0] for line in github(found, {}, "en")] == ["::warning"] * 3


def test_a_summary_stays_below_the_limit_and_inside_its_block() -> None:
    huge = [problem("file-missing", f"{number}.yaml", path="`" * 300) for number in range(9000)]
    text = github_summary(huge, {}, "en")
    assert len(text.encode()) < 1_048_576
    assert text.count("```") == 2


def test_code_quality_has_what_gitlab_needs() -> None:
    (found,) = json.loads(gitlab([MISSING], "en"))
    assert found["location"] == {"path": "datasets/a,b/x.yaml", "lines": {"begin": 3}}
    assert found["severity"] == "major"
    assert len(found["fingerprint"]) == 64
