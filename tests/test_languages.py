"""What is shown depends on the publication's languages; the interface is in English, Chinese, Danish and Arabic."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from string import Template

import pytest

from datagazette.charts.drawing import ChartTexts, render_chart
from datagazette.charts.letters import check_letters, lacking
from datagazette.describe import writing
from datagazette.describe.citation import cite_release, sentences, templates
from datagazette.describe.dcat import dcat_head
from datagazette.describe.notation import number_text
from datagazette.load.publication import load_publication
from datagazette.messages import FALLBACK, FOLDER, texts
from datagazette.messages.kin import script
from datagazette.model.problems import message
from datagazette.model.results import SummaryResult
from datagazette.model.text import Text
from datagazette.pages import numbers
from datagazette.pages.strings import Strings, comparable_keys, parse_strings, read_strings, without_form
from tests.conftest import ROOT, Changed, Run, publish
from tests.formats.sample import CATALOG, SHARE, people
from tests.one_language import keep_only
from tests.test_messages import flat

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


def filled(strings: Strings) -> dict[str, set[str]]:
    """The placeholders of each key, of all its plural forms together."""
    found: dict[str, set[str]] = {}
    for key, text in strings.values.items():
        found.setdefault(without_form(key), set()).update(placeholders(text))
    return found


def test_the_interface_has_four_languages() -> None:
    assert set(STRINGS) >= {"en", "zh", "da", "ar"}


@pytest.mark.parametrize("language", BESIDE)
def test_a_language_has_every_string_of_english_with_the_same_placeholders(language: str) -> None:
    strings = STRINGS[language]
    keys = comparable_keys(ENGLISH)
    assert keys <= comparable_keys(strings)
    wanted, found = filled(ENGLISH), filled(strings)
    assert {key: found[key] for key in keys} == {key: wanted[key] for key in keys}
    assert not [key for key, text in strings.values.items() if not text.strip()]


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


def test_a_release_is_cited_at_its_address_in_the_languages_that_the_site_has_now() -> None:
    now = replace(CATALOG, languages=("da", "en"))
    release = replace(people(), imprint=replace(CATALOG.imprint, languages=("en",)))
    addresses = [cite_release(now, release, language).address.removeprefix(now.base_url) for language in ("da", "en")]
    assert addresses == ["datasets/people/1.1.0/", "en/datasets/people/1.1.0/"]


@pytest.mark.parametrize(
    ("language", "written"),
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
def test_a_language_has_its_writing(language: str, written: str) -> None:
    assert script(language) == written


def test_fonts_are_those_of_the_languages() -> None:
    assert writing.for_pictures(["en", "da", "ru"]) == "system-ui, -apple-system, 'Segoe UI', sans-serif"
    assert "Noto Naskh Arabic" in writing.for_pictures(["en", "ar"])
    assert "PingFang SC" in writing.style_sheet(["zh", "en"])
    assert "PingFang SC" not in writing.style_sheet(["ja"])


def test_a_catalogue_names_its_languages_as_the_european_portal_does() -> None:
    head = dcat_head(replace(CATALOG, languages=("zh", "en", "da", "ar", "de", "fr", "fa", "ja", "pt-BR")), [])
    found = [language["@id"].rpartition("/")[2] for language in head["dct:language"]]
    assert found == ["ZHO", "ENG", "DAN", "ARA", "DEU", "FRA", "FAS", "JPN", "POR"]


PUBLISHED = [
    (path.parent.name, path.stem) for path in sorted(FOLDER.glob("*/*.yaml")) if path.parent.name in {"da", "ar"}
]


@pytest.mark.parametrize(("language", "topic"), PUBLISHED)
def test_what_is_published_has_the_texts_of_english_with_the_same_placeholders(language: str, topic: str) -> None:
    """README files, workbooks, feeds, citations and charts; the program itself speaks English and Chinese."""
    english, other = dict(flat(texts(topic, FALLBACK))), dict(flat(texts(topic, language)))
    assert english.keys() == other.keys()
    assert {key: placeholders(text) for key, text in english.items()} == {
        key: placeholders(text) for key, text in other.items()
    }
    assert not [text for text in other.values() if CHINESE.search(text)]


def test_a_language_code_is_written_as_it_is_everywhere(small: Path) -> None:
    path = small / "datasets/catalog.yaml"
    path.write_text(path.read_text("utf-8").replace("languages: [zh, en]", "languages: [ZH, en-gb, pt-BR]"), "utf-8")
    found = [one for one in load_publication(small).problems if one.code == "language-code"]
    assert [dict(one.values)["near"] for one in found] == ["zh", "en-GB"]
    assert {message(one, "en") for one in found} >= {"The language code “ZH” is written “zh”."}


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("da-DK", "Sådan henviser du"),
        ("ar-SA", "كيفية الاستشهاد"),
        ("en-US", "How to cite"),
        ("zh-TW", "How to cite"),
        ("fr", "How to cite"),
    ],
)
def test_a_region_reads_the_texts_of_its_language_where_it_is_written_alike(language: str, said: str) -> None:
    assert texts("readme", language)["cite"] == said


WRITTEN = read_strings((ROOT / "site/strings",), ["en", "da", "ar", "fr", "ru", "ja", "fa"])


@pytest.mark.parametrize(
    ("language", "number", "share", "amount", "month", "day"),
    [
        ("en", "1,234,567.5", "33.3%", "1.3 million", "November 2021", "29 November 2026"),
        ("da", "1.234.567,5", "33,3 %", "1,3 million", "november 2021", "29. november 2026"),
        ("ar", "1,234,567.5", "33.3%", "1.3 مليون", "نوفمبر 2021", "29 نوفمبر 2026"),
        ("fr", "1 234 567,5", "33,3 %", "1,3 million", "novembre 2021", "29 novembre 2026"),
        ("ru", "1 234 567,5", "33,3 %", "1,3 миллиона", "ноябрь 2021 г.", "29 ноября 2026 г."),
        ("ja", "1,234,567.5", "33.3%", "130 万", "2021年11月", "2026年11月29日"),
        ("fa", "1,234,567.5", "33.3%", "1.3 میلیون", "نوامبر 2021", "29 نوامبر 2026"),
    ],
)
def test_numbers_and_days_are_written_as_in_the_language(
    language: str, number: str, share: str, amount: str, month: str, day: str
) -> None:
    """Also in one that the interface is not translated into."""
    strings = WRITTEN[language]
    found = [numbers.exact(1234567.5, strings), numbers.percent(1, 3, strings), numbers.headline(1_300_000, strings)]
    found += [numbers.date_words(value, strings) for value in ("2021-11", "2026-11-29")]
    plain = [re.sub("[\xa0\u202f]", " ", re.sub("[\u200e\u200f]", "", text)) for text in found]
    assert plain == [number, share, amount, month, day]
    assert strings["frame.html_lang"] == language


@pytest.mark.parametrize(
    ("language", "said"), [("en", "12,345.68"), ("zh", "12,345.68"), ("da", "12.345,68"), ("fr", "12 345,68")]
)
def test_titles_and_charts_have_numbers_as_in_the_language(language: str, said: str) -> None:
    assert number_text(12345.678, language).replace("\u202f", " ") == said
    summary = replace(
        SHARE, title=Text(((language, "x"),)), fields=tuple(replace(each, bound="") for each in SHARE.fields)
    )
    result = SummaryResult(summary, (("a", "a", 12345.678), ("b", "b", 20000.0)))
    drawn = render_chart(result, language, "light", ChartTexts("x"), with_narrow=False)
    assert said in re.sub("[\u202f\xa0]", " ", drawn.svg)
    marks = drawn.spec["config"].get("locale", {}).get("number", {})
    assert marks.get("decimal", ".") == said[-3]


def test_a_picture_from_right_to_left_begins_at_the_right() -> None:
    summary = replace(SHARE, title=Text((("ar", "حصة"),)))
    result = SummaryResult(summary, (("شمال", "", 5.0),))
    drawn = render_chart(result, "ar", "light", ChartTexts("حصة"), with_narrow=False)
    assert re.search('text-anchor="end"[^>]*>\u2067حصة\u2069<', drawn.svg)
    assert "\u2068شمال\u2069" in drawn.svg, "a label has the direction of its own letters"


def test_letters_that_no_font_has_are_found() -> None:
    assert lacking(["Ærø, España, Süß", "Привет", "北京 ≥ 5 km²", "a\u2067b"]) == ""
    assert lacking(["Census ሰላም", "ሰላም"]) == "ሰላም"


def test_a_chart_whose_png_would_have_empty_boxes_is_warned_of() -> None:
    summary = replace(SHARE, title=Text((("am", "ሰላም"),)))
    release = replace(people(), languages=("am",), sources=())
    (found,) = check_letters(SummaryResult(summary, (("a", "a", 5.0),)), release, "datapackage.yaml")
    assert (found.code, found.severity) == ("chart-letters", "warning")
    assert dict(found.values)["found"] == "ሰላም"


@pytest.mark.thorough
def test_a_column_of_years_is_known_by_its_heading_in_many_languages(small: Path, run: Callable[..., Run]) -> None:
    headings = ["år", "السنة", "Jahr", "année", "рік", "yıl", "שנה", "年份"]
    rows = [",".join(["stad", *headings]), ",".join(["Ribe", *["2023"] * 8]), ",".join(["Aarhus", *["2024"] * 8])]
    (small / "t.csv").write_text("\n".join(rows), "utf-8")
    done = run("new", "years", small / "t.csv", "--root", small)
    assert done.status == 0, done.said
    assert len(re.findall(r"^  \S+ +year\b", done.said, re.MULTILINE)) == len(headings), done.said


# What only a publication with Chinese has, and what the publication shipped with the program is about.
STRANGE = re.compile(
    "[\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]|Chinese|GB/T|gb7714|PingFang|YaHei|Noto Sans|Hiragino"
    r"|:lang\((?:zh|ja)\)|social.work|newspaper|Ningxia|\ball of china\b",
    re.IGNORECASE,
)
# Names in data of the test itself are at example.org, as the names of vocabularies are elsewhere.
FOREIGN_ADDRESS = re.compile(r"https?://(?!small\.)[\w.-]*example\.(?:org|com)(?!/gazetteer)")
# Pagefind's own code and lists, which are the same for every site; the theme that every workbook of Office has.
OF_OTHERS = re.compile(r"pagefind/(?:pagefind[-\w]*\.(?:js|json|css)|wasm\.)|/theme1\.xml$|\.pf_(?:index|meta)")
NO_TEXT = re.compile(r"\.(?:png|parquet|pagefind)$")


def texts_of(name: str, content: bytes) -> Iterator[tuple[str, str]]:
    """(where, text) of a file, of each file in a zip or a workbook, and of what is packed."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for inner in archive.namelist():
                yield from texts_of(f"{name}/{inner}", archive.read(inner))
    elif content.startswith(b"\x1f\x8b"):
        yield from texts_of(name, gzip.decompress(content))
    elif name.startswith("search/") and name.endswith(".bin"):
        yield name, zlib.decompress(content).decode()  # the index over rows
    elif name.endswith(".parquet"):
        yield name, re.sub(r"[^ -~]+", " ", content.decode("latin-1"))  # its metadata
    elif not NO_TEXT.search(name):
        yield name, content.decode("utf-8", errors="replace" if ".pf_" in name else "strict")


def published_texts(site: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(site.rglob("*")):
        if path.is_file():
            yield from texts_of(path.relative_to(site).as_posix(), path.read_bytes())


@pytest.fixture(scope="module")
def in_one(changed: Changed) -> Callable[[str], Path]:
    """The small publication in one language only, published."""

    def change(language: str, root: Path) -> None:
        keep_only(language, root)
        publish(root, root.parent / "public")

    return lambda language: changed(f"only-{language}", partial(change, language)).parent / "public"


@pytest.mark.slow
@pytest.mark.thorough
@pytest.mark.parametrize("language", ["en", "da", "ar"])
def test_a_publication_without_chinese_has_nothing_chinese_and_nothing_of_the_sample(
    language: str, in_one: Callable[[str], Path]
) -> None:
    own = re.compile("|".join(map(re.escape, (":lang(ar)", "Noto Sans Arabic"))))
    left = {
        (where, text[max(0, found.start() - 30) : found.end() + 30])
        for where, text in published_texts(in_one(language))
        if not OF_OTHERS.search(where)
        for pattern in (STRANGE, FOREIGN_ADDRESS)
        for found in pattern.finditer(own.sub("", text))
    }
    assert not left


@pytest.mark.slow
@pytest.mark.thorough
@pytest.mark.parametrize(
    ("language", "written", "said"),
    [
        (
            "da",
            'lang="da" dir="ltr" da_DK',
            ["29. november 2026", "2 datasæt", "Sådan henviser du", "Om dette websted"],
        ),
        ("ar", 'lang="ar" dir="rtl" ar_EG', ["29 نوفمبر 2026", "مجموعتا بيانات", "كيفية الاستشهاد", "حول هذا الموقع"]),
    ],
)
def test_a_site_is_in_its_language_as_a_whole(
    language: str, written: str, said: list[str], in_one: Callable[[str], Path]
) -> None:
    site = in_one(language)
    pages = {path.relative_to(site).as_posix(): path.read_text("utf-8") for path in site.rglob("*.html")}
    *attributes, locale = written.split()
    for name, page in pages.items():
        assert f"<html {' '.join(attributes)}" in page, name
    assert f'<meta property="og:locale" content="{locale}">' in pages["index.html"]
    for text in said:
        assert any(text in page for page in pages.values()), text
    english = {text for key, text in ENGLISH.values.items() if len(text) > 12 and text != STRINGS[language][key]}
    whole = "\n".join(
        re.sub(r"<(script|style|code|pre)\b.*?</\1>", "", page, flags=re.DOTALL) for page in pages.values()
    )
    assert not {text for text in english if f">{text}<" in whole}
    with zipfile.ZipFile(site / "data/counts/1.1.0/counts-1.1.0.zip") as archive:
        readme = archive.read("README.md").decode()
    assert "How to cite" not in readme
    with zipfile.ZipFile(site / "data/counts/1.1.0/counts-1.1.0.xlsx") as workbook:
        sheet = workbook.read("xl/worksheets/sheet1.xml").decode()
    assert ('rightToLeft="1"' in sheet) == (language == "ar")
    assert "GB/T" not in readme
    assert list((site / "pagefind").glob(f"pagefind.{language}_*")), "an index of its own, with its stems"


@pytest.mark.slow
@pytest.mark.thorough
def test_a_sign_is_before_its_number_where_text_runs_from_right_to_left(in_one: Callable[[str], Path]) -> None:
    page = (in_one("ar") / "datasets/counts/index.html").read_text("utf-8")
    assert page.count('<bdi dir="ltr"><span class="figure__bound"') == page.count('class="figure__bound"') > 1
    assert "001 | 2021" in page or "001 | 2020" in page
