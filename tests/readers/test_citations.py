"""Citations as reference managers and TeX read them."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml
from lxml import html

from datagazette.describe import citation
from datagazette.describe.citation import Citation
from datagazette.describe.datacite import datacite
from datagazette.describe.datapackage import datapackage
from datagazette.model.identifiers import Identifier
from datagazette.model.publication import Contributor, Publication, Source, Withdrawal
from datagazette.model.results import ReleaseResult
from tests.formats.sample import CATALOG, people, words
from tests.readers.conftest import outside

ADDRESS = "https://data.example.org/base/en/datasets/people/1.1.0/"
NAMED = replace(CATALOG, publisher=replace(CATALOG.publisher, title=words("统计局", "The statistics office")))
CITED = citation.cite_release(NAMED, people(), "en")
GONE = replace(people(), withdrawal=Withdrawal(date(2026, 12, 2), words("数据有误。", "Wrong figures.")))


def fields(entry: str) -> dict[str, str]:
    return dict(re.findall(r"^  (\w+) = \{(.*)\},$", entry, re.MULTILINE))


def test_an_entry_of_bibtex_has_no_howpublished_which_pandoc_takes_for_the_publisher() -> None:
    entry = citation.bibtex(CITED)
    found = fields(entry)
    assert entry.startswith("@dataset{people-1.1.0,\n")
    assert "howpublished" not in found
    assert (found["publisher"], found["version"]) == ("{The statistics office}", "1.1.0")
    assert found["url"] == ADDRESS


def test_plain_bibtex_which_prints_neither_version_nor_address_has_both_in_the_note() -> None:
    assert fields(citation.bibtex(CITED))["note"] == f"Version 1.1.0. \\url{{{ADDRESS}}}"
    chinese = fields(citation.bibtex(citation.cite_release(NAMED, people(), "zh")))
    assert chinese["note"].startswith("版本 1.1.0. \\url{")


def test_the_note_of_a_withdrawn_release_says_so_after_its_version() -> None:
    note = fields(citation.bibtex(citation.cite_release(NAMED, GONE, "en")))["note"]
    assert note == f"Version 1.1.0. \\url{{{ADDRESS}}}; withdrawn: 2026-12-02, Wrong figures"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_selection_of_rows_is_one_entry_with_one_note(language: str) -> None:
    found = {one.name: one.text for one in citation.templates(citation.cite_release(NAMED, GONE, language))}["bibtex"]
    assert found.count("  note = ") == 1
    assert citation.SELECTION in fields(found)["note"]
    assert fields(found)["urldate"] == citation.ACCESSED


@pytest.mark.thorough
def test_pybtex_reads_a_dataset_and_prints_its_version() -> None:
    odd = replace(CITED, title=r"50 % of {A} & B_c \ $1 #2 ~ ^", publisher="A & B")
    cases: list[Citation] = [CITED, citation.cite_dataset(NAMED, people(), "en"), odd]
    for cited, read in zip(cases, outside("bibtex", list(map(citation.bibtex, cases))), strict=True):
        assert read["type"] == "dataset"
        assert read["fields"]["url"] == cited.address
        assert "Version 1.1.0" in read["printed"]
        assert cited.address in read["printed"]


@pytest.mark.thorough
def test_metadata_for_datacite_are_valid_with_a_doi_and_without_one() -> None:
    plain, withdrawn = people(), GONE
    doi, cstr = Identifier("DOI", "10.5072/example"), Identifier("CSTR", "12345.11.example")
    person = Contributor(words("周壮", "Josiah Carberry"), roles=("creator",), organization="x", given_name="Josiah",
                         family_name="Carberry", orcid="0000-0002-1825-0097")  # fmt: skip
    office = Contributor(words("调查办公室", "Survey office"), roles=("anything",), ror="000000098")
    sources = tuple(Source(words("来源", "Source"), path) for path in ("https://doi.org/10.5072/source", "hdl:20.1/x"))
    known = people(identifiers=(doi, cstr), contributors=(person, office), sources=sources)
    named = replace(NAMED, publisher=replace(NAMED.publisher, ror="000000098"))
    records = [
        datacite(Publication(Path("/nowhere"), catalog, ()), ReleaseResult(release, (), (), (), ()))
        for catalog, release in ((NAMED, plain), (NAMED, withdrawn), (named, known))
    ]
    assert outside("datacite", [*records, {"doi": 1}])[:3] == [[], [], []]
    assert outside("datacite", [{**records[2], "doi": "no DOI"}]) != [[]]


def test_a_citation_file_names_an_entity_and_the_files_that_keep_type_and_version() -> None:
    for language, says in (("en", "# citation.bib and citation.ris"), ("zh", "# 同一文件夹中的 citation.bib")):
        text = citation.citation_cff(citation.cite_release(NAMED, people(), language))
        assert text.startswith(says)
        assert [set(author) for author in yaml.safe_load(text)["authors"]] == [{"name"}]


def test_ris_keeps_the_version_as_an_edition() -> None:
    assert "ET  - 1.1.0\r\n" in citation.ris(CITED)


@pytest.mark.thorough
def test_the_archive_has_the_citations_beside_each_other_and_says_what_only_we_check(small_site: Path) -> None:
    with zipfile.ZipFile(small_site / "data/counts/1.1.0/counts-1.1.0.zip") as packed:
        assert {"CITATION.cff", "citation.bib", "citation.ris"} <= set(packed.namelist())
        readme = packed.read("README.md").decode()
    for sentence in ("Checked before publication, and not by Frictionless itself", "发布前已检查以下规则"):
        assert sentence in readme


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("prefix", "says"), [("", "要保留版本号，请用这一种"), ("en/", "where the version must not get lost")]
)
def test_a_page_says_which_citation_keeps_the_version_and_how_parquet_is_loaded(
    small_site: Path, prefix: str, says: str
) -> None:
    page = html.parse(small_site / prefix / "datasets/counts/index.html").getroot()
    text = " ".join(page.text_content().split())
    assert says in text
    address = "https://small.example.org/data/data/counts/1.1.0/counts.parquet"
    assert f'load_dataset("parquet", data_files="{address}")' in text


@pytest.mark.parametrize("named", [{}, {"profile": "tabular-data-package"}, {"$schema": "https://example.org/x.json"}])
def test_a_published_descriptor_names_the_profile_of_version_2_always(named: dict[str, str]) -> None:
    missing = [{"value": "", "label": "none"}, {"value": "NA", "label": "not asked"}]
    schema = replace(people().tables[0].schema, descriptor={**named, "missingValues": missing})
    table = replace(people().tables[0], schema=schema, descriptor=named)
    result = ReleaseResult(people(descriptor=named, tables=(table,)), (), (), (), ())
    described = datapackage(Publication(Path("/nowhere"), CATALOG, ()), result)
    assert described["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert "profile" not in described
    assert described["resources"][0]["schema"]["missingValues"] == missing
    assert not {"profile", "$schema"} & described["resources"][0]["schema"].keys()
