"""A publication with identifiers of data, persons and organisations, seen through every file that names them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import rdflib
import yaml
from lxml import html
from openpyxl import load_workbook

from tests.conftest import Run, read_catalog

pytestmark = [pytest.mark.slow, pytest.mark.thorough]

DOI, CSTR, LATER = "10.5072/visits", "12345.11.visits", "10.5072/counts"
ORCID, ROR = "0000-0002-1825-0097", "000000098"
IDENTIFIED = f"""\
identifiers: ["doi:{DOI}", {{type: CSTR, value: {CSTR}}}]
contributors:
  - {{title: 周壮, title@en: Josiah Carberry, givenName: Josiah, familyName: Carberry, orcid: {ORCID}}}
"""
CITED = "周壮. 到访[DS/OL]. V1.0.0. 小型出版物"
FILES = ["json", "croissant", "citation-cff", "citation-bibtex", "citation-ris", "citation-csl", "datacite"]


@pytest.fixture
def identified(small: Path, run: Callable[..., Run]) -> Path:
    """The small publication with a draft released that has a DOI, and a DOI that an older release got later."""
    catalog = read_catalog(small)
    catalog["publisher"]["ror"] = ROR
    catalog["formats"] = FILES
    (small / "datasets/catalog.yaml").write_text(yaml.safe_dump(catalog, allow_unicode=True, sort_keys=False), "utf-8")
    draft = small / "datasets/visits/1.0.0/datapackage.yaml"
    draft.write_text(draft.read_text("utf-8") + IDENTIFIED, "utf-8")
    ledger = small / "datasets/counts/releases.yaml"
    ledger.write_text(f"{ledger.read_text('utf-8').rstrip()}\n    identifiers: [doi:{LATER}]\n", "utf-8")
    done = run("release", "visits", "--root", small)
    assert done.status == 0, done.said
    done = run("build", "--root", small)
    assert done.status == 0, done.said
    return small / "public"


def of(site: Path, name: str) -> str:
    return (site / "data/visits/1.0.0" / name).read_text("utf-8")


def test_identifiers_are_in_every_file_that_has_a_place_for_them(identified: Path) -> None:
    released = yaml.safe_load((identified.parent / "datasets/visits/releases.yaml").read_text("utf-8"))["releases"][0]
    line = f"{CITED}（{released['date']}）[引用日期]. https://small.example.org/data/datasets/visits/1.0.0/. DOI:{DOI}."
    descriptor: dict[str, Any] = json.loads(of(identified, "datapackage.json"))
    assert (descriptor["id"], descriptor["contributors"][0]["orcid"]) == (f"https://doi.org/{DOI}", ORCID)
    assert json.loads(of(identified, "croissant.json"))["citeAs"] == line
    assert json.loads(of(identified, "datacite.json"))["doi"] == DOI
    assert yaml.safe_load(of(identified, "CITATION.cff"))["authors"][0]["orcid"] == f"https://orcid.org/{ORCID}"
    assert f"  doi = {{{DOI}}},\n" in of(identified, "citation.bib")
    assert f"DO  - {DOI}\n" in of(identified, "citation.ris")
    assert json.loads(of(identified, "citation.json"))[0]["DOI"] == DOI
    with zipfile.ZipFile(identified / "data/visits/1.0.0/visits-1.0.0.zip") as package:
        assert line in package.read("README.md").decode().replace("\\", "")
    book = load_workbook(identified / "data/visits/1.0.0/visits-1.0.0.xlsx", read_only=True)
    assert line in {str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row}
    graph = rdflib.Graph().parse(identified / "catalog.ttl")
    said = {str(node) for node in graph.all_nodes()}
    assert {
        f"https://doi.org/{DOI}",
        f"https://cstr.cn/{CSTR}",
        f"https://orcid.org/{ORCID}",
        f"https://ror.org/{ROR}",
    } <= said


@pytest.mark.parametrize("prefix", ["", "en/"])
def test_pages_lead_to_them_and_ask_them_for_nothing(identified: Path, prefix: str) -> None:
    page = html.parse(identified / f"{prefix}datasets/visits/index.html").getroot()
    links = {(link.get("rel"), link.get("href")) for link in page.iter("link")}
    assert {("cite-as", f"https://doi.org/{DOI}"), ("author", f"https://orcid.org/{ORCID}")} <= links
    shown = {link.get("href") for link in page.xpath("//main//dl//a")}
    assert {f"https://doi.org/{DOI}", f"https://cstr.cn/{CSTR}", f"https://orcid.org/{ORCID}"} <= shown
    assert not page.xpath("//*[@src][contains(@src, 'doi.org') or contains(@src, 'orcid')]")


def test_a_release_gets_an_identifier_when_its_descriptor_is_final(identified: Path, run: Callable[..., Run]) -> None:
    descriptor = json.loads((identified / "data/counts/1.1.0/datapackage.json").read_text("utf-8"))
    assert descriptor["id"] == f"https://doi.org/{LATER}"
    older = json.loads((identified / "data/counts/1.0.0/datapackage.json").read_text("utf-8"))
    assert older["id"] == "https://small.example.org/data/datasets/counts/1.0.0/"
    done = run("check", "--root", identified.parent)
    assert done.status == 0, done.said


@pytest.mark.parametrize(
    ("written", "code"),
    [("orcid: 0000-0002-1825-0098", "not-an-orcid"), ("ror: 000000198", "not-a-ror")],
)
def test_a_slip_is_reported_with_what_the_last_digit_would_be(
    small: Path, run: Callable[..., Run], written: str, code: str
) -> None:
    draft = small / "datasets/visits/1.0.0/datapackage.yaml"
    draft.write_text(f"{draft.read_text('utf-8')}contributors: [{{title: x, {written}}}]\n", "utf-8")
    for language, says in (("en", "would be"), ("zh", "应为")):
        done = run("check", "visits", "--root", small, language=language)
        assert done.status == 1
        assert code in done.said
        assert says in done.said
