"""Where two texts of a message look the same, it says which characters differ; examples are in the field's own form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from datagazette.model.alike import differing, misleading
from datagazette.model.problems import message, problem
from tests.conftest import Run, call_build


def checked(folder: Path, content: str, **field: Any) -> Run:
    (folder / "t.csv").write_text(content, "utf-8")
    (folder / "t.json").write_text(json.dumps({"fields": [{"name": "w", **field}]}), "utf-8")
    return call_build("check", "--schema", folder / "t.json", folder / "t.csv")


def test_a_space_that_is_no_common_one_is_named(tmp_path: Path) -> None:
    done = checked(tmp_path, "w\n2\u00a0500\n", type="number", groupChar=" ")
    assert "“2\u00a0500” in column “w” is not a number (it contains U+00A0 no-break space)" in done.said


def test_a_minus_that_is_no_hyphen_is_named_and_the_example_has_the_comma_of_the_field(tmp_path: Path) -> None:
    done = checked(tmp_path, "w\n\u22124,5\n", type="number", decimalChar=",")
    assert "is not a number (it contains U+2212 minus sign)" in done.said
    assert "Write a number such as 3,5, without unit" in done.said


@pytest.mark.parametrize(
    ("field", "example"),
    [
        ({"type": "date", "format": "%d.%m.%Y"}, "Write the date like 23.11.2026,"),
        ({"type": "date"}, "Write year-month-day, such as 2026-11-23."),
        ({"type": "time", "format": "%H:%M"}, "Write the time like 08:30, in the format"),
        ({"type": "datetime"}, "Write it like 2026-11-23T08:30:00Z."),
        ({"type": "boolean", "trueValues": ["ja"], "falseValues": ["nein"]}, "such as ja / nein."),
    ],
)
def test_the_example_is_in_the_format_of_the_field(tmp_path: Path, field: dict[str, Any], example: str) -> None:
    assert example in checked(tmp_path, "w\n?\n", **field).said


def test_an_accent_that_is_a_character_of_its_own_is_named_in_a_header(tmp_path: Path) -> None:
    done = checked(tmp_path, "anne\u0301e\n1\n", name="ann\u00e9e")
    assert "(they look alike, but the first has U+0301 combining acute accent, and the second U+00E9" in done.said


def test_an_accent_that_is_a_character_of_its_own_is_named_in_a_file_name() -> None:
    found = problem("file-missing", "datapackage.yaml", path="for\u00eat.csv", near="fore\u0302t.csv")
    assert message(found, "en").endswith("letter e, U+0302 combining circumflex accent)")
    assert message(found, "zh").endswith("letter e, U+0302 combining circumflex accent）")


@pytest.mark.parametrize(
    ("one", "other", "names"),
    [
        ("A", "\u0410", ("U+0041 latin capital letter a", "U+0410 cyrillic capital letter a")),
        ("A-1", "A\u20111", ("U+002D hyphen-minus", "U+2011 non-breaking hyphen")),
        ("East Park", "East\u200b Park", ("", "U+200B zero width space")),
        ("North", "North ", ("", "U+0020 space")),
        ("a  b", "a b", ("", "")),
        ("A", "a", None),
        ("Oslo", "Olso", None),
        ("same", "same", None),
    ],
)
def test_texts_look_alike_where_a_reader_sees_no_difference(
    one: str, other: str, names: tuple[str, str] | None
) -> None:
    assert differing(one, other) == names


def test_letters_of_other_languages_are_not_misleading() -> None:
    assert misleading("社区 Zürich année") == ""
    assert misleading("１\u00a0‘a’").count("U+") == 4
