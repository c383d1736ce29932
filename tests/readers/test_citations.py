"""Citations as reference managers and TeX read them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from datagazette.describe import citation
from datagazette.describe.citation import Citation
from datagazette.model.publication import Withdrawal
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
