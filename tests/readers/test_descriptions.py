"""What programs read in the head of pages: schema.org's JSON-LD, Signposting and Open Graph."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from datagazette.describe.schema_org import data_catalog, schema_org
from datagazette.describe.signposting import signposts
from datagazette.model.publication import Dataset, License, Publication, Release
from datagazette.model.resource import Category, Field, Schema, Table
from datagazette.model.results import FieldProfile, PublishedFile, ReleaseResult, SummaryResult, TableResult
from datagazette.model.text import Text
from datagazette.pages.strings import Strings
from tests.formats.sample import CATALOG, SHARE, SHARE_ROWS, people, words
from tests.host import host
from tests.readers.conftest import Json, outside

PERSONS, SHARES = words("人", "persons"), words("%", "%")
UNITS = (Category("persons", PERSONS), Category("percent", SHARES))


def table(name: str, *fields: Field) -> Table:
    return Table(name, f"{name}.csv", f"x/{name}.csv", Schema(name, f"schemas/{name}.v1.yaml", fields))


def column(least: Any, most: Any, unit: Text = Text(), kind: str = "integer", **more: Any) -> FieldProfile:
    return FieldProfile(Field("value", kind, unit=unit, **more), 4, 0, 4, least, most)


def units(*codes: str) -> FieldProfile:
    top = tuple((code, 2) for code in codes)
    return FieldProfile(Field("unit", role="unit", categories=UNITS), 2 * len(codes), 0, len(codes), top=top)


def result_of(*tables: tuple[FieldProfile, ...], release: Release | None = None) -> ReleaseResult:
    found = [
        TableResult(table(f"t{number}", *(each.field for each in profiles)), 4, profiles, (), "")
        for number, profiles in enumerate(tables)
    ]
    release = release or people()
    return ReleaseResult(replace(release, tables=tuple(one.table for one in found)), tuple(found), (), (), ())


def described(result: ReleaseResult, language: str = "en", newest: bool = True) -> Json:
    publication = Publication(Path("/nowhere"), CATALOG, (Dataset("people", (result.release,)),))
    return schema_org(publication, result, language, newest=newest)


def value(result: ReleaseResult, language: str = "en") -> Json:
    (found,) = [each for each in described(result, language)["variableMeasured"] if each["propertyID"] == "value"]
    return dict(found)


def ends(found: Json) -> tuple[Any, Any]:
    return found.get("minValue"), found.get("maxValue")


def test_the_range_of_a_column_is_that_of_all_tables_that_have_it() -> None:
    first, second = column(36, 829_000, PERSONS), column(1_000, 10_000_000, PERSONS)
    for order in ([first], [second]), ([second], [first]):
        found = value(result_of(*map(tuple, order)))
        assert ends(found) == (36, 10_000_000)
        assert found["unitText"] == "persons"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_column_of_two_units_has_neither_range_nor_unit(language: str) -> None:
    found = value(result_of((column(36, 60, SHARES),), (column(36, 829_000, PERSONS),)), language)
    assert ends(found) == (None, None)
    assert "unitText" not in found


def test_a_column_of_two_types_has_no_range() -> None:
    assert ends(value(result_of((column(1, 2),), (column(1.5, 2.5, kind="number"),)))) == (None, None)


def test_a_column_whose_rows_have_several_units_beside_them_has_no_range() -> None:
    figures = column(36, 829_000, role="value")
    assert ends(value(result_of((figures, units("persons", "percent"))))) == (None, None)


@pytest.mark.parametrize(("language", "unit"), [("en", "persons"), ("zh", "人")])
def test_a_column_whose_rows_have_one_unit_beside_them_has_that_unit(language: str, unit: str) -> None:
    result = result_of((column(1, 5, role="value"), units("persons")), (column(7, 9, PERSONS, role="value"),))
    found = value(result, language)
    assert (ends(found), found["unitText"]) == ((1, 9), unit)


def test_a_table_without_a_value_does_not_take_the_range_away() -> None:
    assert ends(value(result_of((column(None, None),), (column(0, 7),)))) == (0, 7)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_titles_and_descriptions_of_a_column_are_those_of_all_tables(language: str) -> None:
    same = {"title": words("数值", "Value")}
    alike = result_of((column(1, 2, description=words("甲。", "A."), **same),), (column(1, 2, **same),))
    assert value(alike, language)["name"] == same["title"].get(language)
    other = column(1, 2, title=words("面积", "Area"), description=words("乙。", "B."))
    found = value(result_of((column(1, 2, description=words("甲。", "A."), **same),), (other,)), language)
    assert found["name"] == "value"
    assert found["description"] == {"en": "A. B.", "zh": "甲。 乙。"}[language]


@pytest.mark.parametrize(("language", "figure"), [("en", "Beijing has 38.63%"), ("zh", "北京占 38.63%")])
def test_a_description_has_the_figure_of_a_title_and_not_its_placeholder(language: str, figure: str) -> None:
    release = people(description=words("短。", "Short."), title=words("人", "P"))
    result = replace(result_of(release=release), summaries=(SummaryResult(SHARE, SHARE_ROWS),))
    assert figure in described(result, language)["description"]
    without_rows = replace(result, summaries=(SummaryResult(SHARE, ()),))
    assert "{" not in described(without_rows, language)["description"]


def test_a_dataset_is_one_dataset_in_all_languages() -> None:
    result = result_of((column(1, 2),))
    for newest in (True, False):
        chinese, english = described(result, "zh", newest), described(result, "en", newest)
        assert chinese["@id"] == english["@id"]
        assert chinese["url"] != english["url"]
    assert described(result)["@id"] == "https://data.example.org/base/datasets/people/#dataset"
    assert described(result)["includedInDataCatalog"]["@id"] == CATALOG.base_url


def test_another_address_of_a_dataset_is_there_where_its_descriptor_has_one() -> None:
    assert "sameAs" not in described(result_of((column(1, 2),)))
    named = {"id": "https://doi.org/10.5555/12345678", "homepage": f"{CATALOG.base_url}datasets/people/"}
    found = described(result_of((column(1, 2),), release=people(descriptor=named)))
    assert found["sameAs"] == ["https://doi.org/10.5555/12345678"]


def test_a_catalogue_names_its_datasets_as_their_pages_do() -> None:
    result = result_of((column(1, 2),))
    found = data_catalog(CATALOG, [result], "en")
    (listed,), whole = found["dataset"], described(result)
    assert (found["@type"], found["@id"]) == ("DataCatalog", CATALOG.base_url)
    assert {key: listed[key] for key in ("@id", "name", "description", "url", "license")} == {
        key: whole[key] for key in ("@id", "name", "description", "url", "license")
    }


@pytest.mark.parametrize(
    ("locale", "expected"),
    [("zh", "zh_CN"), ("en", "en_US"), ("en_GB", "en_GB"), ("zh_Hant", "zh_TW"), ("eo", "eo")],
)
def test_open_graph_has_language_and_territory(locale: str, expected: str) -> None:
    assert Strings("x", {"language.locale": locale}).territorial == expected


FILES = (
    PublishedFile("people.csv", "csv", 12, "ab" * 32, "text/csv", "people"),
    PublishedFile("datapackage.json", "datapackage", 9, "ef" * 32, "application/vnd.datapackage+json"),
    PublishedFile("share.svg", "chart-svg", 9, "ef" * 32, "image/svg+xml"),
)


def test_signposts_lead_from_a_page_to_the_release_its_terms_and_its_files() -> None:
    result = replace(result_of((column(1, 2),)), files=FILES)
    found = [(link["rel"], link["href"], link.get("type")) for link in signposts(CATALOG, result)]
    data = "https://data.example.org/base/data/people/1.1.0/"
    assert found == [
        ("cite-as", "https://data.example.org/base/datasets/people/1.1.0/", None),
        ("type", "https://schema.org/Dataset", None),
        ("type", "https://schema.org/AboutPage", None),
        ("license", "https://creativecommons.org/licenses/by/4.0/", None),
        ("item", f"{data}people.csv", "text/csv"),
        ("describedby", f"{data}datapackage.json", "application/vnd.datapackage+json"),
    ]


@pytest.mark.thorough
@pytest.mark.parametrize("page", ["datasets/counts/", "en/datasets/counts/", "datasets/counts/1.1.0/"])
def test_signposting_finds_the_five_relations_on_a_page(small_site: Path, page: str) -> None:
    with host(small_site) as address:
        found = outside("signposting", f"{address}/{page}")
    assert found["cite-as"] == "https://small.example.org/data/datasets/counts/1.1.0/"
    assert found["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert "https://small.example.org/data/data/counts/1.1.0/counts.csv" in found["item"]
    assert "https://small.example.org/data/data/counts/1.1.0/datapackage.json" in found["describedby"]
    assert "https://schema.org/Dataset" in found["type"]


def head(page: Path) -> Any:
    return html.parse(page).getroot().find("head")


@pytest.mark.thorough
@pytest.mark.parametrize("prefix", ["", "en/"])
def test_home_and_the_list_of_datasets_describe_the_catalogue(small_site: Path, prefix: str) -> None:
    for path in ("", "datasets/"):
        (block,) = head(small_site / prefix / path / "index.html").xpath("//script[@type='application/ld+json']/text()")
        found = json.loads(block)
        assert found["@type"] == "DataCatalog"
        assert [one["url"] for one in found["dataset"]] == [
            f"https://small.example.org/data/{prefix}datasets/{name}/" for name in ("counts", "places")
        ]
    (locale,) = head(small_site / prefix / "index.html").xpath("//meta[@property='og:locale']/@content")
    assert locale == ("en_GB" if prefix else "zh_CN")


def test_a_signpost_to_terms_holds_nothing_that_an_address_cannot_hold() -> None:
    odd = License("own", path='https://x.example/a b"><script>')
    links = list(signposts(replace(CATALOG, licenses=(odd,)), result_of((column(1, 2),))))
    (terms,) = [link["href"] for link in links if link["rel"] == "license"]
    assert terms == "https://x.example/a%20b%22%3E%3Cscript%3E"
    unnamed = replace(CATALOG, licenses=(License("own", path="javascript:alert(1)"),))
    assert "license" not in {link["rel"] for link in signposts(unnamed, result_of((column(1, 2),)))}
