"""Citations by GB/T 7714-2025, held against what the CSL style of the edition prints.

The lines are what citeproc-js 2.4.63 makes of the facts with `china-national-standard-gb-t-7714-2025-numeric.csl` of
2026-05-10; the first is one of the standard's own examples of data sets (8.14), its brackets as the style has them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from datagazette.describe import citation
from datagazette.describe.citation import Author, Citation
from datagazette.model.identifiers import Identifier
from datagazette.model.publication import Contributor
from tests.formats.sample import CATALOG, people, words

PLAIN = Citation("key", "题名", "责任者", "机构", "1.1.0", date(2026, 7, 1), "https://data.example.org/a/", "zh",
                 container="平台", authors=(Author("责任者"),))  # fmt: skip
EXAMPLE = replace(
    PLAIN,
    title="天宫二号遥感图像自然景物分类科学数据",
    container="国家基础学科公共科学数据中心",
    version="1.0",
    issued=date(2023, 9, 10),
    address="https://www.nbsdc.cn/general/dataLinks/CSTR:16666.11.nbsdc.tfpbwtqf",
    authors=tuple(map(Author, ("周壮", "李盛阳", "吴薇", "另一位"))),
)
DOI, CSTR = Identifier("DOI", "10.5072/example"), Identifier("CSTR", "12345.11.example")


EXAMPLE_LINE = (
    "周壮，李盛阳，吴薇，等. 天宫二号遥感图像自然景物分类科学数据[DS/OL]. V1.0. 国家基础学科公共科学数据中心"
    "（2023-09-10）[2025-07-15]. https://www.nbsdc.cn/general/dataLinks/CSTR:16666.11.nbsdc.tfpbwtqf."
)
START, END = "题名[DS/OL]. V1.1.0. 平台", "[2025-07-15]. https://data.example.org/a/."
LINES = [
    (EXAMPLE, EXAMPLE_LINE),
    (replace(PLAIN, identifiers=(CSTR, DOI)), f"责任者. {START}（2026-07-01）{END} DOI:10.5072/example."),
    (replace(PLAIN, issued=None, authors=tuple(map(Author, "甲乙丙"))), f"甲，乙，丙. {START}{END}"),
    (
        replace(PLAIN, authors=(Author("Josiah S. Carberry", "Carberry", "Josiah S."),)),
        f"Carberry J S. {START}（2026-07-01）{END}",
    ),
]


@pytest.mark.parametrize(("cited", "line"), LINES)
def test_a_data_set_is_cited_as_the_style_prints_it(cited: Citation, line: str) -> None:
    assert citation.gb7714(cited, "2025-07-15") == line


def test_where_no_reader_has_looked_there_is_a_gap() -> None:
    assert "平台（2026-07-01）[引用日期]. https" in citation.gb7714(PLAIN)
    english = replace(PLAIN, language="en", authors=tuple(map(Author, ("A", "B", "C", "Data Ltd."))))
    assert citation.gb7714(english).startswith(
        "A, B, C, et al. 题名[DS/OL]. V1.1.0. 平台（2026-07-01）[date accessed]."
    )
    assert citation.gb7714(replace(english, authors=(Author("Data Ltd."),))).startswith("Data Ltd. 题名[DS/OL]. ")


def test_a_cstr_is_cited_where_there_is_no_doi() -> None:
    assert citation.gb7714(replace(PLAIN, identifiers=(CSTR,))).endswith("/a/. CSTR:12345.11.example.")


def test_a_persons_name_in_letters_is_turned_and_one_in_characters_is_not() -> None:
    release = people(
        contributors=(
            Contributor(words("Josiah Carberry", "Josiah Carberry"), given_name="Josiah", family_name="Carberry"),
            Contributor(words("周壮", "Zhou Zhuang"), given_name="Zhuang", family_name="Zhou"),
        )
    )
    chinese, english = (citation.cite_release(CATALOG, release, language) for language in ("zh", "en"))
    assert citation.gb7714(chinese).startswith("Carberry J，周壮. ")
    assert citation.gb7714(english).startswith("Carberry J, Zhou Z. ")
    assert citation.csl(chinese)["author"] == [{"family": "Carberry", "given": "Josiah"}, {"literal": "周壮"}]
    assert "author = {Carberry, Josiah and {周壮}}," in citation.bibtex(chinese)
    assert "AU  - Carberry, Josiah\r\nAU  - 周壮\r\n" in citation.ris(chinese)


def test_the_label_names_the_edition() -> None:
    assert [label for label, _ in citation.sentences(citation.cite_release(CATALOG, people(), "zh"))] == [
        "GB/T 7714-2025",
        "APA",
    ]


@pytest.mark.parametrize(("language", "publisher"), [("zh", "样本"), ("en", "The editors")])
def test_programs_find_the_platform_where_the_style_looks_for_it(language: str, publisher: str) -> None:
    cited = citation.cite_release(CATALOG, people(identifiers=(DOI,)), language)
    item = citation.csl(cited)
    assert (item["publisher"], item["DOI"]) == (publisher, DOI.value)
    assert f"PB  - {publisher}\r\n" in citation.ris(cited)
    assert f"  publisher = {{{{{publisher}}}}},\n  version = {{1.1.0}},\n  doi = {{{DOI.value}}},\n" in citation.bibtex(
        cited
    )


def test_apa_has_the_doi_for_the_address_and_the_day_only_where_the_address_changes() -> None:
    release = people(identifiers=(DOI,))
    whole = citation.cite_release(CATALOG, release, "en")
    assert citation.apa(whole).endswith("[Data set]. https://doi.org/10.5072/example")
    newest = citation.apa(citation.cite_dataset(CATALOG, release, "en"))
    address = "https://data.example.org/base/en/datasets/people/"
    assert newest.endswith(f"[Data set]. Retrieved [date accessed], from {address}")
    assert "Retrieved 2027-01-31, from" in citation.apa(citation.cite_dataset(CATALOG, release, "en"), "2027-01-31")
