"""`add` makes a dataset from whatever people have: it shows what it understood, and loses nothing unsaid."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from datagazette.cli.start import here
from datagazette.commands.adding import with_license
from datagazette.intake.dataset_names import dataset_name, readable_name, title_of_file
from datagazette.intake.describe import About
from datagazette.intake.naming import in_languages, language_among, named
from datagazette.model.errors import UsageError
from tests.conftest import ROOT, Run
from tests.terminal import typed

TREES = """Street trees;;;;;
Source: Park office, https://parks.example.org/trees;;;;;
;;;;;
tree;planted;height (cm);postcode;price;lead
T-1;2019-03-04;4,5;0123;£12.50;1
T-2;2020-03-04;6,25;0124;£13.50;<5m
T-3;2021-03-04;-;0125;£3.50;7
T-4;2018-01-04;11,5;0125;£3.50;n/a
"""


@pytest.fixture
def trees(tmp_path: Path) -> Path:
    path = tmp_path / "tree-count_2024.csv"
    path.write_text(TREES, "utf-8")
    return path


def descriptor_of(root: Path, name: str) -> dict[str, Any]:
    (path,) = (root / "datasets" / name).glob("*/datapackage.yaml")
    found: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return found


def schema_of(root: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((root / "schemas" / f"{name}.v1.yaml").read_text("utf-8"))
    return found


def in_english(root: Path) -> Path:
    """The small publication with English as its only language."""
    path = root / "datasets/catalog.yaml"
    path.write_text(path.read_text("utf-8").replace("languages: [zh, en]", "languages: [en]"), "utf-8")
    return root


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Street trees", "street-trees"),
        ("Årsrapport for ø-kommuner", "aarsrapport-for-oe-kommuner"),
        ("L'été à Nîmes", "lete-a-nimes"),
        ("Деревья Москвы", "derevia-moskvy"),
        ("Δέντρα", "dentra"),
        ("서울 나무", "seoul-namu"),
        ("行道树", ""),
        ("أشجار الشوارع", ""),
        ("עצי רחוב", ""),
        ("2024", ""),
        ("行道树 trees", ""),
        ("!?", ""),
    ],
)
def test_a_title_gives_a_name_only_where_its_readers_would_recognise_it(title: str, name: str) -> None:
    assert readable_name(title) == name


def test_a_name_comes_from_the_first_text_that_gives_one_and_is_not_taken() -> None:
    assert dataset_name(["行道树", "Trees", "x"], {"trees", "trees-2"}) == "trees-3"
    assert dataset_name(["行道树"], ()) == "dataset"
    assert dataset_name(["Latest"], ()) == "latest-2", "an address of its own"
    assert title_of_file("street-trees_2024") == "Street trees"


def test_a_licence_is_one_of_the_spdx_list_or_has_its_address() -> None:
    about = About("x", ("en",))
    assert with_license(about, "cc0-1.0").package["licenses"] == [{"name": "CC0-1.0"}]
    own = {"name": "Terms of the office", "path": "https://x.example.org/terms"}
    assert with_license(about, "Terms of the office https://x.example.org/terms").package["licenses"] == [own]
    with pytest.raises(UsageError, match="Finance"):
        with_license(about, "Finance")


@pytest.mark.parametrize(
    "stem", ["Supplier payments Q1 2024", "Supplier payments 2024 Q1", "supplier_payments-2024-q1",
             "supplier-payments-h2-2024",
             "Supplier payments 2024 (2)", "Supplier payments 2024-01-31 (1)", "Supplier payments"],
)  # fmt: skip
def test_a_quarter_is_part_of_the_date_and_a_number_of_a_download_no_part_of_the_title(stem: str) -> None:
    assert title_of_file(stem) == "Supplier payments"


def test_a_heading_without_letters_is_the_same_in_every_language() -> None:
    assert in_languages(named(["2019"])[0].titles, ["zh", "en", "da"]) == {"zh": "2019", "en": "2019", "da": "2019"}
    assert in_languages(named(["Visits 2019"])[0].titles, ["zh", "en"]) == {"en": "Visits 2019"}


def test_a_text_is_in_the_first_language_that_it_can_be_in() -> None:
    assert language_among("Kommune", ["da"]) == "da"
    assert language_among("Kommune", ["da", "en"]) == "da"
    assert language_among("Region", ["zh", "en"]) == "en"
    assert language_among("地区", ["ja"]) == "ja"
    assert in_languages({"zh": "地区"}, ["en"]) == {"en": "地区"}, "better than none, and a person sees it"
    assert in_languages({"en": "Kommune"}, ["da", "en"]) == {"da": "Kommune"}
    assert in_languages({"en": "Region", "zh": "地区"}, ["en", "zh"]) == {"en": "Region", "zh": "地区"}


@pytest.mark.thorough
def test_a_script_is_not_asked_and_hears_what_was_taken(small: Path, trees: Path, run: Callable[..., Run]) -> None:
    done = run("add", trees, "--root", in_english(small), "--yes")
    assert done.status == 0, done.said
    for part in (
        "title “Street trees” (from the row above the table)", "name street-trees; another with --name",
        "source “Park office, https://parks.example.org/trees”, as the file says",
        "licence: that of the publication (CC-BY-4.0)", "theme: none (--theme people|land)",
    ):  # fmt: skip
        assert part in done.out
    descriptor = descriptor_of(small, "street-trees")
    assert descriptor["title"] == "Street trees"
    assert descriptor["sources"] == [{"title": "Park office", "path": "https://parks.example.org/trees"}]


@pytest.mark.thorough
def test_it_shows_how_it_read_each_column_and_why_one_is_text(
    small: Path, trees: Path, run: Callable[..., Run]
) -> None:
    done = run("add", trees, "--root", small, "--yes")
    for part in (
        "utf-8, “;”; names of the columns in line 4", "line 1 “Street trees”",
        "in cm, 1 without a value (“-”)",
        "text: leading zeros (“0123”)", "text: amounts with a currency (“£12.50”)",
        "text: 1 of 3 cells hold no whole number: “<5m”",
    ):  # fmt: skip
        assert part in " ".join(done.out.split()), done.out
    assert max(map(len, done.out.split("Taken without")[0].splitlines())) <= 80


@pytest.mark.thorough
def test_a_name_that_is_taken_or_cannot_be_stops_before_anything_is_written(
    small: Path, trees: Path, run: Callable[..., Run]
) -> None:
    taken = run("add", trees, "--root", small, "--name", "counts")
    assert taken.status == 2
    assert "there is already a dataset “counts”" in taken.err
    assert "revise counts --data FILE" in taken.err
    wrong = run("add", trees, "--root", small, "--name", "Hours!", language="zh")
    assert wrong.status == 2
    assert not list(small.glob("datasets/*trees*"))


@pytest.mark.thorough
def test_at_a_terminal_enter_takes_what_is_proposed(small: Path, trees: Path) -> None:
    said = typed(
        ["", "Each tree in a street.", "", "2", "", ""], "add", trees, "--root", in_english(small), "--lang", "en"
    )
    for question in ("Title [Street trees]", "What is it?", "Where does the data come from?", "Licence [CC-BY-4.0]"):
        assert said.count(question) == 1
    descriptor = descriptor_of(small, "street-trees")
    assert descriptor["description"] == "Each tree in a street."
    assert descriptor["themes"] == ["land"]
    assert "licenses" not in descriptor, "that of the publication holds"


@pytest.mark.thorough
def test_at_a_terminal_a_chinese_title_is_followed_by_the_question_for_a_name(small: Path, trees: Path) -> None:
    answers = [
        "行道树",
        "counts",
        "street-trees",
        "每一棵树",
        "园林处 https://parks.example.org",
        "7",
        "people",
        "Open",
        "CC0-1.0",
    ]
    said = typed(answers, "add", trees, "--root", small, "--lang", "zh")
    assert "网址中的名称（小写字母、数字、连字符） [tree-count]" in said
    assert "已有数据集“counts”" in said
    assert "请写出其中的一个名称或序号" in said
    assert "“Open”" in said
    descriptor = descriptor_of(small, "street-trees")
    assert descriptor["title"] == "行道树"
    assert descriptor["sources"][0]["path"] == "https://parks.example.org"
    assert descriptor["licenses"] == [{"name": "CC0-1.0"}]


@pytest.mark.thorough
def test_at_a_terminal_what_has_to_be_decided_is_asked_and_enter_stops(small: Path, tmp_path: Path) -> None:
    path = tmp_path / "enc.csv"
    path.write_bytes(b"name;cost\nCaf\xe9 Nord;1,234\nB\xe2r;5,678\n")
    arguments = (path, "--root", in_english(small), "--lang", "en")
    before = sorted(small.rglob("*"))
    said = typed(["cp1252", ""], "add", *arguments, status=2)
    assert "Which is right: --encoding cp1252 / cp1257" in said
    assert "Which is right: --decimal . / ,?" in said
    assert sorted(small.rglob("*")) == before
    typed(["cp1252", ".", "Costs", "", "", "", ""], "add", *arguments)
    assert (small / "datasets/costs/1.0.0/enc.csv").read_text("utf-8") == 'name,cost\nCafé Nord,"1,234"\nBâr,"5,678"\n'
    fields = schema_of(small, "enc")["fields"]
    assert (fields[1]["type"], fields[1]["groupChar"]) == ("number", ",") or fields[1]["type"] == "integer"


@pytest.mark.thorough
def test_at_a_terminal_the_line_of_the_header_is_asked(small: Path, tmp_path: Path) -> None:
    path = tmp_path / "行道树.csv"
    rows = ("行道树普查", "数据来源：园林局 https://parks.example.org/",
            "编号,树种,栽植日期,高度（米）,备注",
            "0001,悬铃木,2019-03-04,4.5,",
            "0002,银杏,2020-03-04,6.25,", "0003,香樟,2021年3月4日,-,移栽", "合计,,,10.75,")  # fmt: skip
    path.write_text("".join(f"{row}{',' * (5 - row.count(','))}\n" for row in rows), "utf-8")
    said = typed(["3", "", "trees", "", "", "", ""], "add", path, "--root", small, "--lang", "zh")
    assert "应该是哪一个：--header 1 / 3？" in said
    descriptor = descriptor_of(small, "trees")
    assert descriptor["title"] == "行道树普查"
    assert descriptor["sources"] == [{"title": "园林局", "title@en": descriptor["sources"][0]["title@en"],
                                      "path": "https://parks.example.org/"}]  # fmt: skip


@pytest.mark.thorough
def test_headings_are_titles_in_the_language_of_the_publication(
    small: Path, tmp_path: Path, run: Callable[..., Run]
) -> None:
    catalog = small / "datasets/catalog.yaml"
    catalog.write_text(catalog.read_text("utf-8").replace("languages: [zh, en]", "languages: [da]"), "utf-8")
    (tmp_path / "træer.csv").write_text("Kommune,Højde (cm)\nRavnsborg,4.5\nØrby,3.5\nAabo,2.5\n", "utf-8")
    done = run("add", tmp_path / "træer.csv", "--root", small, "--title", "Træer i kommunerne", "--yes")
    assert done.status == 0, done.said
    assert descriptor_of(small, "traeer-i-kommunerne")["title"] == "Træer i kommunerne"
    titles = [field["title"] for field in schema_of(small, "traeer")["fields"]]
    assert titles == ["Kommune", "Højde"]


@pytest.mark.parametrize(
    ("option", "value", "expected"),
    [
        ("--text", "heihgt", "--text: there is no column heihgt; did you mean height"),
        ("--source-link", "parks", "“parks” is not a web address"),
        ("--title", "xx=Trees", "xx is none of the languages of this publication"),
    ],
)
def test_an_option_that_cannot_be_followed_is_refused_before_anything_is_written(
    trees: Path, small: Path, run: Callable[..., Run], option: str, value: str, expected: str
) -> None:
    done = run("add", trees, "--root", small, "--name", "count", option, value)
    assert (done.status, expected in done.said) == (2, True), done.said
    assert not (small / "datasets/count").exists()


def test_what_is_wrong_elsewhere_is_not_said_of_a_new_dataset_and_the_next_commands_find_it(
    trees: Path, small: Path, run: Callable[..., Run]
) -> None:
    other = small / "datasets/other/1.0.0/datapackage.yaml"
    other.parent.mkdir(parents=True)
    other.write_text("name: other\n", "utf-8")
    done = run("add", trees, "--root", small, "--name", "count")
    assert "datasets/other" not in done.said
    assert f"python build.py serve --root {small}" in done.said
    assert f"python build.py release count --root {small}" in done.said


@pytest.mark.thorough
@pytest.mark.parametrize(("document", "lang"), [("your-site.md", "en"), ("your-site.zh.md", "zh")])
def test_the_chart_and_the_figure_of_the_document_are_made_as_it_says(
    document: str, lang: str, tmp_path: Path, run: Callable[..., Run]
) -> None:
    text = (ROOT / "docs/start" / document).read_text("utf-8")
    (query,) = re.findall(r"```sql\n(.*?)```", text, re.DOTALL)
    (lines,) = re.findall(r"```yaml\n(summaries:.*?)```", text, re.DOTALL)
    town, draft = tmp_path / "town", tmp_path / "town/datasets/bus-stops/1.0.0"
    assert run("init", town, "--lang", lang, "--publisher", "X", "--empty").status == 0
    stops = ROOT / "examples/inbox/bus-stops.csv"
    assert run("add", stops, "--root", town, "--source", "X", "--description", "Y").status == 0
    (draft / "by-ward.sql").write_text(query)
    with (draft / "datapackage.yaml").open("a") as file:
        file.write(lines)
    checked = run("check", "bus-stops", "--root", town)
    assert checked.status == 0, checked.said
    assert "summar" not in checked.said


def test_a_command_works_on_the_publication_that_it_is_called_in(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for current, root in ((small / "datasets", small), (ROOT / "tests", ROOT), (tmp_path.parent, ROOT)):
        monkeypatch.chdir(current)
        assert here() == root
