"""Descriptions of a release and of the publication, read by the parsers of each format."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import rdflib
import yaml
from rdflib.compare import isomorphic
from rdflib.namespace import DCAT, DCTERMS, RDF

from datagazette.describe import citation, release_history
from datagazette.describe.listing import due, listing, lists
from datagazette.describe.notation import cell, dump, filled, number
from datagazette.describe.schema_org import schema_org
from datagazette.model.publication import Dataset, Figure, Note, Publication, Withdrawal
from datagazette.model.results import (
    FieldProfile,
    FigureResult,
    PublishedFile,
    ReleaseResult,
    SummaryResult,
    TableResult,
)
from tests.formats.sample import ATTACK, CATALOG, SHARE, SHARE_ROWS, nasty, people, words

FILES = (
    PublishedFile("people.csv", "csv", 12, "ab" * 32, "text/csv", "people"),
    PublishedFile("people-1.1.0.zip", "zip", 99, "cd" * 32, "application/zip"),
    PublishedFile("datapackage.json", "datapackage", 9, "ef" * 32, "application/vnd.datapackage+json"),
)
RELEASE = people()
OLD = people("1.0.0", date=date(2025, 1, 31), changes=words("首次发布。", "First release."))
CORRECTION = people("1.1.1", date=date(2026, 12, 1), changes=words(ATTACK, ATTACK))
GONE = replace(OLD, state="withdrawn", withdrawal=Withdrawal(date(2026, 12, 2), words("数据有误。", "Wrong figures.")))
NASTY = nasty()[0]
PUBLICATION = Publication(
    Path("/nowhere"),
    CATALOG,
    (Dataset("people", (GONE, RELEASE, CORRECTION)), Dataset("select", (NASTY,))),
)


def result_of(release: object) -> ReleaseResult:
    tables = tuple(
        TableResult(one, 4, tuple(FieldProfile(field, 4, 0, 4, 1, 9) for field in one.schema.fields), (), "")
        for one in release.tables  # type: ignore[attr-defined]
    )
    summaries = tuple(SummaryResult(one, SHARE_ROWS) for one in release.summaries)  # type: ignore[attr-defined]
    return ReleaseResult(release, tables, summaries, (), (), None, FILES)  # type: ignore[arg-type]


RESULTS = (result_of(CORRECTION), result_of(NASTY))


LISTS = dict(lists(PUBLICATION, RESULTS, [listing(PUBLICATION, one, {}) for one in RESULTS]))


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph")
def test_dcat_describes_every_dataset_with_its_context_inside() -> None:
    graph = rdflib.Graph().parse(data=LISTS["catalog.jsonld"], format="json-ld")
    found = set(graph.subjects(RDF.type, DCAT.Dataset))
    assert len(found) == 2
    for one in found:
        assert {title.language for title in graph.objects(one, DCTERMS.title)} == {"zh", "en"}
        assert list(graph.objects(one, DCAT.distribution))
    assert not list(graph.subjects(None, rdflib.BNode()))


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph")
def test_turtle_says_the_same_as_json_ld() -> None:
    first = rdflib.Graph().parse(data=LISTS["catalog.jsonld"], format="json-ld")
    second = rdflib.Graph().parse(data=LISTS["catalog.ttl"], format="turtle")
    assert isomorphic(first, second)
    assert len(second) > 60


@pytest.mark.parametrize("language", ["zh", "en"])
def test_schema_org_has_what_dataset_search_asks_for(language: str) -> None:
    for result in RESULTS:
        described = json.loads(dump(schema_org(PUBLICATION, result, language)))
        assert described["@type"] == "Dataset"
        assert 50 <= len(described["description"]) <= 5000
        assert described["license"].startswith("https://creativecommons.org/")
        assert described["distribution"][0]["contentUrl"].startswith(CATALOG.base_url)
    people_described = schema_org(PUBLICATION, RESULTS[0], language, ["宁夏"])
    assert people_described["spatialCoverage"] == [{"@type": "Place", "name": "宁夏"}]
    assert {one["propertyID"] for one in people_described["variableMeasured"]} >= {"code", "people"}


def test_feed_tells_releases_corrections_and_withdrawals_apart() -> None:
    text = release_history.publication_feed(PUBLICATION, "en")
    feed = ElementTree.fromstring(text)
    name = "{http://www.w3.org/2005/Atom}"
    entries = feed.findall(f"{name}entry")
    kinds = [entry.find(f"{name}category").get("term") for entry in entries]  # type: ignore[union-attr]
    assert kinds == ["withdrawal", "correction", "release", "release", "correction"]
    assert feed.findtext(f"{name}updated") == "2026-12-02T00:00:00Z"
    ids = [entry.findtext(f"{name}id") for entry in entries]
    assert len(set(ids)) == len(ids)
    assert entries[1].findtext(f"{name}summary") == ATTACK
    assert entries[0].findtext(f"{name}summary") == "Wrong figures."
    assert release_history.dataset_feed(PUBLICATION, PUBLICATION.datasets[1], "zh").count("<entry>") == 1


@pytest.mark.parametrize(("language", "author"), [("en", "The editors"), ("zh", "编辑部")])
def test_every_entry_of_a_feed_names_its_author(language: str, author: str) -> None:
    feed = ElementTree.fromstring(release_history.publication_feed(PUBLICATION, language))
    name = "{http://www.w3.org/2005/Atom}"
    entries = feed.findall(f"{name}entry")
    assert entries
    assert {entry.findtext(f"{name}author/{name}name") for entry in entries} == {author}


def test_feed_drops_what_xml_cannot_hold() -> None:
    odd = people(title=words("a\x00b\x1f\ud800", "x"))
    publication = Publication(Path("/nowhere"), CATALOG, (Dataset("people", (odd,)),))
    assert ElementTree.fromstring(release_history.publication_feed(publication, "zh"))


def test_bibtex_stays_one_entry() -> None:
    text = citation.bibtex(citation.cite_release(CATALOG, NASTY, "en"))
    assert text.count("@") == 1
    plain = re.sub(r"\\[{}]", "", text)
    assert plain.count("{") == plain.count("}")
    assert r"\textbackslash{}" in text
    assert r"\% \$ \# \_" in text


def test_ris_has_one_field_a_line() -> None:
    text = citation.ris(citation.cite_release(CATALOG, NASTY, "zh"))
    lines = text.split("\r\n")
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in lines[:-1])
    assert [line[:2] for line in lines].count("TY") == 1


def test_citation_cff_is_yaml_and_keeps_the_text() -> None:
    content = yaml.safe_load(citation.citation_cff(citation.cite_release(CATALOG, NASTY, "en")))
    assert content["title"] == ATTACK
    assert content["cff-version"] == "1.2.0"
    assert content["date-released"] == date(2020, 2, 29)


def test_styles_of_a_release() -> None:
    cited = citation.cite_release(CATALOG, RELEASE, "zh")
    address = "https://data.example.org/base/datasets/people/1.1.0/"
    assert citation.gb7714(cited) == f"编辑部. 各地人口[DS/OL]. V1.1.0. 样本（2026-11-23）[引用日期]. {address}."
    assert "（2026-11-23）[2027-01-31]" in citation.gb7714(cited, "2027-01-31")
    english = citation.cite_release(CATALOG, RELEASE, "en")
    assert citation.apa(english) == (
        "The editors. (2026). People by region (Version 1.1.0) [Data set]. "
        "https://data.example.org/base/en/datasets/people/1.1.0/"
    )
    assert citation.csl(english)["issued"] == {"date-parts": [[2026, 11, 23]]}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_selection_is_cited_in_every_style(language: str) -> None:
    release = people(title=words("名 {称", "A } title & more"))
    found = citation.templates(citation.cite_release(CATALOG, release, language))
    assert [one.name for one in found][2:] == ["bibtex", "ris", "csl-json"]
    assert found[0].name == ("gb7714" if language == "zh" else "apa")
    filled = {}
    for one in found:
        assert all(sign in one.text for sign in (citation.SELECTION, citation.URL))
        text = one.text.replace(citation.SELECTION, "rows").replace(citation.URL, "https://x.example/?q=1")
        filled[one.name] = text.replace(citation.ACCESSED, "2027-01-31")
    assert "https://x.example/?q=1" in filled["apa"]
    assert "[2027-01-31]" in filled["gb7714"]
    braces = re.sub(r"\\[{}]", "", filled["bibtex"])
    assert braces.count("{") == braces.count("}")
    assert "  urldate = {2027-01-31},\n" in filled["bibtex"]
    assert "\\url{https://x.example/?q=1}; rows},\n}" in filled["bibtex"]
    assert filled["ris"].endswith("Y2  - 2027-01-31\r\nN1  - rows\r\nER  - \r\n")
    assert json.loads(filled["csl-json"])[0]["accessed"] == {"raw": "2027-01-31"}


def test_a_figure_is_cited_with_its_place_value_and_sum() -> None:
    figure = Figure("total", words("人数", "People"), resource="people", key="010|2020-11-02", field="people")
    note = Note("people", figure.key, "people", "lower-bound", words("至少。", "At least."))
    found = FigureResult(figure, 24870895, words("人", "persons"), "at_least", "2020", notes=(note,))
    cited = citation.cite_figure(CATALOG, RELEASE, found, "ab" * 32, "en")
    assert dict(cited.details)["value"] == "at least 24870895 persons"
    quoted = "explore/?table=people&key=010%7C2020-11-02&field=people&release=1.1.0&asOf=2026-11-23"
    assert cited.address.endswith(quoted)
    assert "SHA-256 of the file: " + "ab" * 32 in citation.apa(cited)


def test_catalogue_names_each_package() -> None:
    described = json.loads(LISTS["catalog.json"])
    assert [one["path"] for one in described["resources"]] == [
        "https://data.example.org/base/data/people/1.1.1/datapackage.json",
        "https://data.example.org/base/data/select/2.0.1/datapackage.json",
    ]
    assert described["resources"][0]["hash"] == "sha256:" + "ef" * 32


@pytest.mark.parametrize("path", [path for path in LISTS if path.endswith("json")])
def test_lists_are_written_as_all_other_json(path: str) -> None:
    """Though they are put together from text."""
    assert LISTS[path] == dump(json.loads(LISTS[path]))


def test_status_has_a_day_and_no_verdict() -> None:
    shown = json.loads(LISTS["status.json"])["datasets"][0]
    assert shown["due"] == "2027-12-01"
    assert [one["state"] for one in shown["releases"]] == ["withdrawn", "released", "released"]
    assert shown["releases"][0]["withdrawn"]["reason@en"] == "Wrong figures."


@pytest.mark.parametrize(
    ("day", "every", "expected"),
    [
        (date(2025, 1, 31), "P1M", date(2025, 2, 28)),
        (date(2024, 2, 29), "P1Y", date(2025, 2, 28)),
        (date(2025, 12, 31), "P2W", date(2026, 1, 14)),
        (date(2025, 11, 30), "P1M", date(2025, 12, 30)),
        (date(2025, 1, 1), "never", None),
        (date(9999, 1, 1), "P1Y", None),
        (None, "P1Y", None),
    ],
)
def test_due(day: date | None, every: str, expected: date | None) -> None:
    assert due(people(date=day, update_frequency=every)) == expected


def test_titles_are_filled_in_each_language() -> None:
    found = filled(SummaryResult(SHARE, SHARE_ROWS)).summary.title
    assert found.get("zh") == "北京占 38.63%"
    assert found.get("en") == "Beijing has 38.63%"
    assert filled(SummaryResult(SHARE, ())).summary.title.get("zh") == "{name}占 {share}%"


@pytest.mark.parametrize(
    ("value", "text"), [(0.1, "0.1"), (1e20, "1e+20"), (3.0, "3"), (float("nan"), "NaN"), (float("-inf"), "-INF")]
)
def test_numbers_read_back(value: float, text: str) -> None:
    assert number(value) == text


def test_cells() -> None:
    assert [cell(one) for one in (None, True, date(1899, 12, 31), [1, "二"])] == ["", "true", "1899-12-31", '[1, "二"]']


def test_schema_org_descriptions_are_in_words_only() -> None:
    marked = words(
        "**重要**的[数字](https://example.org/)，见 `code`。", "*Important* [figures](https://example.org/)."
    )
    release = replace(RELEASE, description=marked)
    described = schema_org(PUBLICATION, result_of(release), "zh")
    assert described["description"].startswith("重要的数字，见 code。")
