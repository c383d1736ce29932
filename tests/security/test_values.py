"""Dates, addresses, frequencies and messages: what is taken, and what is refused with a sentence that says all."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from datagazette import messages
from datagazette.load.descriptors import is_frequency, read_day
from datagazette.load.publication import load_publication
from datagazette.messages import LANGUAGES
from datagazette.model.limits import LISTED, MESSAGE_CHARACTERS, VALUE_CHARACTERS
from datagazette.model.names import is_base_address, is_email, is_mail_link
from datagazette.model.problems import GROUPS, Problem, fix, general_fix, message, problem, summarised
from datagazette.model.text import shortened
from datagazette.reports.code_hosts import gitlab, sarif
from datagazette.reports.problem_list import text_report
from datagazette.validation.report import as_frictionless

DRAFT = "datasets/visits/1.0.0/datapackage.yaml"
CATALOG = "datasets/catalog.yaml"
LEDGER = "datasets/counts/releases.yaml"


def edited(root: Path, file: str, pattern: str, new: str) -> list[str]:
    """The codes of the errors once a file is changed, which must change."""
    path = root / file
    text, count = re.subn(pattern, lambda _: new, path.read_text("utf-8"), count=1)
    assert count, path
    path.write_text(text, "utf-8")
    return [one.code for one in load_publication(root).problems if one.severity == "error" and one.file == file]


@pytest.mark.parametrize("day", ["1000-01-01", "2026-11-28", "2024-02-29", "2999-12-31"])
def test_a_day_is_year_month_and_day(day: str) -> None:
    found = read_day(day)
    assert found is not None
    assert found.isoformat() == day


@pytest.mark.parametrize(
    "day",
    ["9999-12-31", "3000-01-01", "0999-12-31", "2026-W01-1", "20260101", "2026-01-01T00:00", "2026-02-30", "2026-1-1",
     "２０２６-01-01", "2026-01-01 ", "", "-2026-01-01"],
)  # fmt: skip
def test_other_forms_of_a_date_are_refused(day: str) -> None:
    assert read_day(day) is None


@pytest.mark.parametrize("day", ["9999-12-31", "2026-W01-1", "20260101"])
def test_a_ledger_takes_days_only(day: str, small: Path) -> None:
    assert "not-a-date" in edited(small, LEDGER, r"date: \S+", f"date: {day}")


def test_a_withdrawal_takes_days_only(small: Path) -> None:
    more = "    withdrawn: {date: 2026-W01-1, reason: 理由, reason@en: Reason}\n    files:"
    assert "not-a-date" in edited(small, LEDGER, "    files:", more)


@pytest.mark.parametrize("text", ["P1Y", "P3M", "P2W", "P1D", "P1Y6M", "P100Y", "P36525D", "never"])
def test_frequencies_of_up_to_a_century_are_read(text: str) -> None:
    assert is_frequency(text)


@pytest.mark.parametrize(
    "text", ["P1Y999999999999999D", "P101Y", "P36526D", "P9999999999Y", "P", "1Y", "P1Y1", "PT1H", "P１Y", "p1y", ""]
)
def test_other_frequencies_are_refused(text: str) -> None:
    assert not is_frequency(text)


def test_a_frequency_that_no_calendar_holds_is_refused_by_the_check(small: Path) -> None:
    assert edited(small, DRAFT, "\nresources:", "\nupdateFrequency: P1Y999999999999999D\nresources:") == [
        "update-frequency"
    ]


@pytest.mark.parametrize(
    "address", ["a@x.example", "first.last+open@data.example.org", "数据@例子.中国", "o'neil@x.example"]
)
def test_an_email_is_one_address(address: str) -> None:
    assert is_email(address)


@pytest.mark.parametrize(
    "address",
    ["a@x.example?bcc=b@y.example", "a@x.example&cc=b@y.example", "a@x.example,b@y.example", "a@x.example b@y.example",
     "A <a@x.example>", "a@x", "a", "a@x.example#", "a%40b@x.example", "a@x.example\n", '"a b"@x.example'],
)  # fmt: skip
def test_an_email_with_anything_else_is_refused(address: str) -> None:
    assert not is_email(address)


def test_the_contact_has_one_receiver(small: Path) -> None:
    assert edited(small, CATALOG, "email: [^}]+", "email: 'a@x.example?bcc=b@y.example'") == ["not-an-email"]


def test_a_source_has_one_receiver(small: Path) -> None:
    written = "sources: [{title: 甲, title@en: A, email: 'a@x.example?bcc=b@y.example'}]"
    assert edited(small, DRAFT, "sources: .*", written) == ["not-an-email"]


def test_the_email_of_a_source_that_is_a_name_stays_with_a_warning(small: Path) -> None:
    """It was published so far, and a link to it writes no letter to anybody else."""
    written = "sources: [{title: 甲, title@en: A, email: data office}]"
    assert edited(small, DRAFT, "sources: .*", written) == []
    assert "not-an-email" in [one.code for one in load_publication(small).problems if one.severity == "warning"]


@pytest.mark.parametrize(
    ("link", "is_one"),
    [
        ("mailto:a@x.example", True),
        ("mailto:a@x.example?subject=Data", True),
        ("mailto:a@x.example?bcc=b@y.example", False),
        ("mailto:a@x.example?subject=Data&cc=b@y.example", False),
        ("mailto:a@x.example,b@y.example", False),
        ("mailto:?to=b@y.example", False),
    ],
)
def test_a_link_that_writes_a_letter_has_one_receiver(link: str, is_one: bool, small: Path) -> None:
    assert is_mail_link(link) == is_one
    expected = [] if is_one else ["link-unsafe"]
    assert edited(small, CATALOG, "email: [^}]+", f"path: '{link}'") == expected


@pytest.mark.parametrize(
    "address",
    ["https://example.org", "https://example.org/", "http://localhost:8000/data/", "https://data.example.org/a-b_c/~d/",
     "https://example.org/%27/", "https://例子.中国/数据/", "http://[::1]:8000/", "https://192.0.2.1/x/"],
)  # fmt: skip
def test_addresses_of_sites(address: str) -> None:
    assert is_base_address(address)


@pytest.mark.parametrize(
    "address",
    ["https://x.example/it's/", 'https://x.example/"/', "https://x.example/a b/", "https://x.example/\\", "https://x.example/?a",
     "https://x.example/#a", "https://name@x.example/", "https://name:word@x.example/", "https://x.example/`a`/",
     "https://x.example/$a/", "https://x.example/a;b/", "https://x.example/a&b/", "https://x.example/<a>/",
     "https://x.example/a\tb", "https://x.example/a\u202eb", "https://x.example/a\n", "https://x.example/%zz/", "https://",
     "ftp://x.example/", "//x.example/", "https://x.example:99999999/", "https://x.example/" + "a" * 2_000],
)  # fmt: skip
def test_what_would_end_a_command_or_an_attribute_is_in_no_address(address: str) -> None:
    assert not is_base_address(address)


def test_the_address_of_the_publication_is_held_to_it(small: Path) -> None:
    assert edited(small, CATALOG, "baseUrl: .*", 'baseUrl: "https://x.example/it\'s/"') == ["base-url"]


def texts() -> list[tuple[str, str, str]]:
    """Each code with each of its rules, in each language."""
    return [
        (code, rule, language)
        for language in LANGUAGES
        for group in GROUPS
        for code, entry in messages.texts(f"problems/{group}", language).items()
        for rule in ("", *entry.get("rules", {}))
    ]


@pytest.mark.parametrize(("code", "rule", "language"), texts())
def test_no_message_shows_a_placeholder_without_its_value(code: str, rule: str, language: str) -> None:
    """`$ref` and the like are words of JSON Schema, which a text writes with two dollars."""
    literal = {"$ref", "$schema", "$defs"}
    found = Problem(code, "x", values=(("rule", rule.removesuffix("-near")), ("near", "y" if "near" in rule else "")))
    for said in (message(found, language), fix(found, language), general_fix(code, language)):
        assert set(re.findall(r"\$\{?[A-Za-z_]\w*", said)) <= literal


def test_a_message_has_a_length_in_every_form() -> None:
    long = "a" * 5_000_000
    values = (("found", long), ("key", long), ("expected", long), ("note", long))
    for one in (
        Problem("wrong-type", "x.yaml", 1, values=values),
        Problem("resource-error", "x.yaml", 1, values=values),
    ):
        for language in LANGUAGES:
            assert len(message(one, language)) <= MESSAGE_CHARACTERS
            assert len(fix(one, language)) <= MESSAGE_CHARACTERS
            assert max(len(line.text) for line in text_report([one], language)) < 2 * MESSAGE_CHARACTERS
            for form in (
                gitlab([one], language),
                sarif([one], language),
                json.dumps(as_frictionless([], [one], language)),
            ):
                assert len(form) < 10 * MESSAGE_CHARACTERS


def test_a_long_value_is_shortened_in_the_middle() -> None:
    said = message(problem("not-one-of", "x", None, found="b" + "x" * 1_000 + "e", key="k", allowed="-"), "en")
    assert "“bxxx" in said
    assert "xxxe”" in said
    assert "…" in said
    assert len(shortened("x" * 1_000, VALUE_CHARACTERS)) == VALUE_CHARACTERS
    assert shortened("x" * VALUE_CHARACTERS, VALUE_CHARACTERS) == "x" * VALUE_CHARACTERS


def test_equal_problems_in_great_number_are_counted() -> None:
    many = [problem("extra-key", "a/x.yaml", number, key=number) for number in range(1, LISTED + 6)]
    other = [problem("extra-key", "b/x.yaml", 1, key="k"), problem("missing-key", "a/x.yaml", 1, key="k")]
    found = summarised([*many, *other])
    assert found[: LISTED + 2] == (*many[:LISTED], *other)
    assert len(found) == LISTED + 3
    assert (found[-1].code, found[-1].line) == ("more-problems", LISTED + 1)
    assert message(found[-1], "en") == "5 more problems of the kind “extra-key” are not listed."
    assert summarised(many[:LISTED]) == tuple(many[:LISTED])
