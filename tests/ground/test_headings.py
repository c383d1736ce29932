"""Names, titles and units that `new` takes from headings keep what the heading says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from datagazette.intake.describe import schema
from datagazette.intake.naming import named
from tests.ground.test_guesses import planned


def fields(root: Path, table: str) -> dict[str, dict[str, Any]]:
    """The fields of the schema in English, then Chinese, by name."""
    described = planned(root, table).tables[0]
    return {field["name"]: field for field in schema("table", described, ("en", "zh"))["fields"]}


def test_brackets_that_are_no_unit_stay_in_the_title(small: Path) -> None:
    found = fields(small, "site,Staff (m),Staff (f)\nA,1,2")
    assert [field["title"] for field in found.values()] == ["Site", "Staff (m)", "Staff (f)"]
    assert list(found) == ["site", "staff_m", "staff_f"]
    assert not any("unit" in field for field in found.values())


@pytest.mark.parametrize(
    ("heading", "titles"), [("name,name,Name", ["Name", "Name (2)", "Name (3)"]), ("名,名,v", ["名", "名 (2)", "V"])]
)
def test_headings_that_are_alike_have_titles_of_their_own(heading: str, titles: list[str]) -> None:
    found = named(heading.split(","))
    assert [next(iter(column.titles.values())) for column in found] == titles


def test_a_heading_is_as_it_stands_where_the_column_is_text(small: Path) -> None:
    found = fields(small, "id,Date and time (GMT),Amount (£)\n1,noon,about 5\n2,one,none yet")
    assert [field["title"] for field in found.values()] == ["ID", "Date and time (GMT)", "Amount (£)"]
    assert found["amount"]["title@zh"] == "TODO 中文标题"
    assert not any("unit" in field for field in found.values())


@pytest.mark.parametrize(
    ("heading", "title", "unit"),
    [
        ("Amount (£)", "Amount", "£"),
        ("Length (km)", "Length", "km"),
        ("Area [ha]", "Area", "ha"),
        ("NO2 (µg/m³)", "NO2", "µg/m³"),
        ("Trees (planted)", "Trees (planted)", ""),
        ("Length (m)", "Length (m)", ""),
        ("Trees (2021)", "Trees (2021)", ""),
    ],
)
def test_a_unit_is_one_that_is_known(heading: str, title: str, unit: str, small: Path) -> None:
    (_, field) = fields(small, f"site,{heading}\nA,1.5\nB,2").values()
    assert (field["title"], field.get("unit", "")) == (title, unit)


def test_headings_that_differ_in_their_units_alone_keep_them() -> None:
    first, second = named(["Length (km)", "Length (mi)"])
    assert (first.name, second.name) == ("length_km", "length_mi")
    assert (first.titles["en"], second.titles["en"]) == ("Length (km)", "Length (mi)")


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("tællested", "taellested"),
        ("cykler pr. døgn", "cykler_pr_doegn"),
        ("Straße", "strasse"),
        ("Å", "aa"),
        ("Łódź", "lodz"),
        ("Œuvre", "oeuvre"),
        ("Société", "societe"),
        ("Город 2021", "город_2021"),
        ("Ёлки и сойки", "ёлки_и_сойки"),
        ("Ταχυδρομικός κώδικας", "ταχυδρομικός_κώδικας"),
        ("ガス", "ガス"),
        ("जिला (नाम)", "जिला_नाम"),
        ("จังหวัด", "จังหวัด"),
    ],
)
def test_letters_of_any_language_are_folded_or_kept(heading: str, name: str) -> None:
    assert named([heading])[0].name == name


@pytest.mark.parametrize(
    ("heading", "values", "title"),
    [
        ("area", ("Hill", "Lake"), "TODO 中文标题"),
        ("area", ("3.5", "4"), "面积"),
        ("visits", ("3", "4"), "访问次数"),
        ("hours", ("9 to 5", "closed"), "TODO 中文标题"),
        ("place", ("1", "2"), "TODO 中文标题"),
        ("place", ("Hill", "Lake"), "地点"),
        ("date", ("2021-01-02", "2021-01-03"), "日期"),
        ("status", ("open", "shut"), "状态"),
    ],
)
def test_a_title_is_translated_only_where_the_values_agree(
    heading: str, values: tuple[str, str], title: str, small: Path
) -> None:
    table = f"k,{heading}\n" + "".join(f"r{number},{value}\n" for number, value in enumerate(values))
    assert list(fields(small, table).values())[1]["title@zh"] == title


def test_the_english_of_a_chinese_heading_is_left_out_too_where_the_values_disagree(small: Path) -> None:
    (_, field) = fields(small, "代码,面积\nr1,山\nr2,湖").values()
    assert (field["title"], field["title@zh"]) == ("TODO title in English", "面积")
