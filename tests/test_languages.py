"""What is shown depends on the publication's languages; the interface is in English, Chinese, Danish and Arabic."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from string import Template

import pytest

from datagazette.describe import fonts
from datagazette.describe.citation import cite_release, sentences, templates
from datagazette.describe.dcat import dcat_head
from datagazette.pages.strings import Strings, comparable_keys, parse_strings, without_form
from tests.conftest import ROOT
from tests.formats.sample import CATALOG, people

STRINGS = {
    path.stem: parse_strings(path.stem, path.read_text("utf-8"))
    for path in sorted((ROOT / "site/strings").glob("*.yaml"))
}
ENGLISH = STRINGS["en"]
BESIDE = sorted(STRINGS.keys() - {"en"})
CHINESE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]")
# Arabic has marks of its own, which look like ours but are written in another direction.
LATIN_MARKS = re.compile("[\u0600-\u06ff] ?[,;?]")


def placeholders(text: str) -> set[str]:
    return {f"${name}" for name in Template(text).get_identifiers()} | set(re.findall(r"\{\w+\}", text))


def forms(strings: Strings, key: str) -> Iterator[str]:
    """The texts of a key, of each of its plural forms."""
    yield from (text for name, text in strings.values.items() if without_form(name) == key)


def test_the_interface_has_four_languages() -> None:
    assert set(STRINGS) >= {"en", "zh", "da", "ar"}


@pytest.mark.parametrize("language", BESIDE)
def test_a_language_has_every_string_of_english_with_the_same_placeholders(language: str) -> None:
    strings = STRINGS[language]
    assert comparable_keys(ENGLISH) <= comparable_keys(strings)
    for key in comparable_keys(ENGLISH):
        wanted = set().union(*map(placeholders, forms(ENGLISH, key)))
        assert set().union(*map(placeholders, forms(strings, key))) == wanted, key
        assert all(text.strip() for text in forms(strings, key)), key


@pytest.mark.parametrize("language", BESIDE)
def test_a_counted_string_has_a_form_for_every_number(language: str) -> None:
    strings = STRINGS[language]
    wanted = {strings.locale.plural_form(number) for number in (*range(201), 1_000, 1_000_000)}
    for key in {without_form(name) for name in ENGLISH.values if name.startswith("count.")}:
        assert wanted <= {form for form in wanted if f"{key}.{form}" in strings}, key
    scripts = {name.removesuffix("_one") for name in ENGLISH.section("frame") if name.endswith("_one")}
    assert len(scripts) == 5
    assert not [f"{name}_{form}" for name in scripts for form in wanted if f"frame.{name}_{form}" not in strings]


@pytest.mark.parametrize("language", ["en", "da", "ar"])
def test_no_string_has_characters_or_marks_of_chinese(language: str) -> None:
    left = {key: text for key, text in STRINGS[language].values.items() if CHINESE.search(text)}
    assert left.keys() <= {"language.name"}


def test_arabic_sentences_have_arabic_marks() -> None:
    assert not {key: text for key, text in STRINGS["ar"].values.items() if LATIN_MARKS.search(text)}


@pytest.mark.parametrize(
    ("languages", "language", "styles"),
    [
        (("en",), "en", ["apa"]),
        (("da", "en"), "da", ["apa"]),
        (("zh", "en"), "zh", ["gb7714", "apa"]),
        (("zh", "en"), "en", ["apa", "gb7714"]),
        (("en", "zh-Hant"), "en", ["apa", "gb7714"]),
    ],
)
def test_the_standard_of_china_is_cited_by_where_chinese_is_a_language(
    languages: tuple[str, ...], language: str, styles: list[str]
) -> None:
    cited = cite_release(replace(CATALOG, languages=languages), people(), language)
    assert [each.name for each in templates(cited)][: len(styles) + 1] == [*styles, "bibtex"]
    assert len(sentences(cited)) == len(styles)


@pytest.mark.parametrize(
    ("language", "script"),
    [
        *(("en", "Latn"), ("da", "Latn"), ("sr-Latn", "Latn"), ("pt-BR", "Latn"), ("ru", "Cyrl"), ("sr", "Cyrl")),
        *(
            ("ar", "Arab"),
            ("fa", "Arab"),
            ("ja", "Jpan"),
            ("ko", "Kore"),
            ("zh", "Hans"),
            ("zh-TW", "Hant"),
            ("xx", ""),
        ),
    ],
)
def test_a_language_has_its_writing(language: str, script: str) -> None:
    assert fonts.script(language) == script


def test_fonts_are_those_of_the_languages() -> None:
    assert fonts.for_pictures(["en", "da", "ru"]) == "system-ui, -apple-system, 'Segoe UI', sans-serif"
    assert "Noto Naskh Arabic" in fonts.for_pictures(["en", "ar"])
    assert "PingFang SC" in fonts.style_sheet(["zh", "en"])
    assert "PingFang SC" not in fonts.style_sheet(["ja"])


def test_a_catalogue_names_its_languages_as_the_european_portal_does() -> None:
    head = dcat_head(replace(CATALOG, languages=("zh", "en", "da", "ar", "de", "fr", "fa", "ja", "pt-BR")), [])
    found = [language["@id"].rpartition("/")[2] for language in head["dct:language"]]
    assert found == ["ZHO", "ENG", "DAN", "ARA", "DEU", "FRA", "FAS", "JPN", "POR"]
