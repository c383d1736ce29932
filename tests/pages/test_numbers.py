"""How numbers, dates and sizes are written in each language, and the links between pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from datagazette.describe import addresses
from datagazette.model.names import Version
from datagazette.model.publication import Release
from datagazette.model.text import Text
from datagazette.pages import Strings, markup, numbers, parse_strings, read_strings
from datagazette.pages.catalogue import first_sentence, years
from datagazette.pages.history import Freshness, freshness
from tests.pages.sample import SITE

STRINGS = read_strings((SITE / "strings",), ("zh", "en"))
FRENCH = parse_strings(
    "fr", "language: {locale: fr, compact_units: '1000000 1000000000'}\ndate: {interval: '$start – $end'}"
)


def flat(text: str) -> str:
    """With plain spaces, so that a test can be read."""
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (829000, "82.9 万", "829,000"),
        (Decimal("829000.0"), "82.9 万", "829,000"),
        (660000, "66 万", "660,000"),
        (12000, "1.2 万", "12,000"),
        (38387, "38,387", "38,387"),
        (620573, "620,573", "620,573"),
        (1300000, "130 万", "1.3 million"),
        (1568000, "156.8 万", "1,568,000"),
        (250_000_000, "2.5 亿", "250 million"),
        (36, "36", "36"),
        (31.0538, "31.05", "31.05"),
        (0, "0", "0"),
    ],
)
def test_a_headline_is_as_people_say_it(value: int | float | Decimal, zh: str, en: str) -> None:
    assert flat(numbers.headline(value, STRINGS["zh"])) == zh
    assert flat(numbers.headline(value, STRINGS["en"])) == en


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN")])
def test_what_is_no_number_is_still_written(value: float | Decimal) -> None:
    assert numbers.headline(value, STRINGS["en"])
    assert numbers.shown(value, STRINGS["en"])


def test_exact_keeps_every_digit() -> None:
    assert numbers.exact(38.62645348837209, STRINGS["en"]) == "38.62645348837209"
    assert numbers.shown(0.00012345, STRINGS["en"]) == "0.000123"


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        ("2021-11-05", "2021年11月5日", "5 November 2021"),
        (date(2021, 11, 5), "2021年11月5日", "5 November 2021"),
        ("2021-11", "2021年11月", "November 2021"),
        ("2021", "2021年", "2021"),
        ("2020/2021", "2020年至2021年", "2020 to 2021"),
        ("2021-13-45", "2021-13-45", "2021-13-45"),
        ("soon", "soon", "soon"),
    ],
)
def test_a_date_is_as_exact_as_it_is_known(value: str | date, zh: str, en: str) -> None:
    assert numbers.date_words(value, STRINGS["zh"]) == zh
    assert numbers.date_words(value, STRINGS["en"]) == en


def test_another_language_is_a_file_of_strings() -> None:
    assert flat(numbers.headline(1300000, FRENCH)) == "1,3 million"
    assert flat(numbers.headline(829000, FRENCH)) == "829 000"
    assert numbers.date_words("2021-11-05", FRENCH) == "5 novembre 2021"


def test_sizes_shares_and_counts() -> None:
    english = STRINGS["en"]
    assert flat(numbers.file_size(12_345, english)) == "12.3 kB"
    assert flat(numbers.file_size(999_999, english)) == "1 MB"
    assert flat(numbers.percent(1, 100_000, english)) == "< 0.1%"
    assert english.plural("count.rows", 1, n="1") == "1 row"
    assert english.plural("count.rows", 2, n="2") == "2 rows"
    assert STRINGS["zh"].plural("count.rows", 1, n="1") == "1 行"


@pytest.mark.parametrize(
    ("start", "target", "link"),
    [
        ("", "datasets/", "datasets/"),
        ("datasets/", "", "../"),
        ("datasets/x/", "datasets/x/", "./"),
        ("en/datasets/x/", "data/x/1.0.0/x.csv", "../../../data/x/1.0.0/x.csv"),
        ("datasets/x/1.0.0/", "datasets/x/", "../"),
    ],
)
def test_links_are_relative(start: str, target: str, link: str) -> None:
    assert addresses.relative(start, target) == link


@pytest.mark.parametrize("address", ["javascript:alert(1)", " JavaScript:x", "data:text/html,x", "//evil.example", "x"])
def test_only_web_and_mail_addresses_are_links(address: str) -> None:
    assert markup.safe_link(address) == ""


def test_facets_and_cards() -> None:
    assert years("2019-11/2021") == ["2019", "2020", "2021"]
    assert years("") == []
    assert first_sentence("第一句。第二句。") == "第一句。"
    assert first_sentence("About 3.5 of 4. More.") == "About 3.5 of 4."


def test_when_the_next_release_is_due() -> None:
    release = Release("x", Version(1, 0, 0), "", "released", Text(), Text(), ("zh",), date=date(2024, 2, 29))
    yearly = freshness(_every(release, "P1Y"), None)
    assert yearly == Freshness("due", date(2025, 2, 28))
    assert freshness(_every(release, "P1Y"), date(2025, 3, 1)).state == "overdue"
    assert freshness(_every(release, "never"), None).state == "final"
    assert freshness(_every(release, "P"), None).state == "unknown"


def _every(release: Release, duration: str) -> Release:
    return replace(release, update_frequency=duration)


def test_every_string_is_text() -> None:
    for strings in STRINGS.values():
        assert isinstance(strings, Strings)
        assert all(value and value != "None" for value in strings.values.values())


def test_numbers_of_thirty_digits_keep_them_all() -> None:
    assert numbers.shown(123456789012345678901234567890, STRINGS["en"]) == "123,456,789,012,345,678,901,234,567,890"
    assert numbers.shown(Decimal("0.1234567890123456789012345678901234567"), STRINGS["en"])[-3:] == "567"
