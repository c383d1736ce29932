"""Single values, sentences and columns: what is personal, and what only looks so."""

from __future__ import annotations

import pytest

from datagazette.personal.columns import TextColumn, suspects
from datagazette.personal.forms import is_resident, phone_kind
from datagazette.personal.texts import kinds_in
from tests.personal.__main__ import COUNT, HALVES, HEADS, document, lines, measured
from tests.personal.tables import tables
from tests.personal.test_stories import CARDS, NAMES, PHONES


def test_an_unknown_county_and_a_chinese_extension_raise_nothing() -> None:
    assert not is_resident("999999190001010011")
    assert phone_kind("010-62345678转8001", "CN") in ("", "other")


def test_an_identity_number_may_be_written_with_blanks_or_hyphens() -> None:
    card = CARDS[0]
    assert is_resident(card)
    assert is_resident(f"{card[:6]} {card[6:10]} {card[10:14]} {card[14:]}")
    assert is_resident(f"{card[:6]}-{card[6:14]}-{card[14:]}") or is_resident(
        f"{card[:6]}-{card[6:10]}-{card[10:14]}-{card[14:]}"
    )


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (f"身份证号{CARDS[0]}的居民", ("identity",)),
        (f"联系电话：{PHONES[0]}", ("mobile",)),
        (f"总额 {PHONES[0]} 元", ()),
        ("增加值 13800138000.50 元", ()),
        ("Write to info@kommune.dk", ()),
        ("Write to anna.jensen@brev.dk", ("email",)),
        ("Write to anna.jensen@example.org", ()),
        ("热线 400-123-4567，电话 010-62345678", ()),
        ("https://data.example.org/13800138000/手机", ()),
        ("CPR 320100-0000 was not found", ()),
        ("Hash 3f13800138000a, version 1.2.3", ()),
    ],
)
def test_a_sentence(text: str, kinds: tuple[str, ...]) -> None:
    assert kinds_in(text) == kinds


@pytest.mark.thorough
@pytest.mark.parametrize(
    "text",
    [
        "a" * 200_000 + "@",
        "AA00 " * 40_000,
        "1-" * 100_000,
        "AA00AAAA" * 20_000,
        "CPR " + "010190-" * 30_000,
        "A" * 200_000,
    ],
)
def test_a_long_text_is_looked_through_once(text: str) -> None:
    """Expressions that try every beginning would take minutes for these."""
    assert kinds_in(text) == ()
    assert suspects([TextColumn(1, ("手机 email iban",), (text,))]) == ()


def test_names_are_only_reported_beside_something_else() -> None:
    names = TextColumn(1, ("姓名",), NAMES)
    assert suspects([names]) == ()
    kinds = [suspect.kind for suspect in suspects([names, TextColumn(2, ("手机",), PHONES)])]
    assert kinds == ["name", "mobile"]


@pytest.mark.parametrize(
    ("label", "texts"),
    [
        ("gdp", ("13800138000", "14250913311", "15111223344", "16622334455", "17733445566", "18844556677")),
        ("hour", ("2023010100", "2023010101", "2023010102")),
        ("lat", ("55.67609712", "55.40375612", "56.16293934")),
        ("count", ("123456782", "111222333", "123456789")),
        ("统一社会信用代码", ("91110101MA00000000", "91110101MA00000001")),
    ],
)
def test_figures_are_no_people(label: str, texts: tuple[str, ...]) -> None:
    assert suspects([TextColumn(1, (label,), texts)]) == ()


@pytest.mark.thorough
def test_precision_and_recall_are_those_of_the_documents() -> None:
    outcomes = []
    for _, _, held_out in HALVES:
        found, wrong = measured(tables(COUNT, held_out=held_out))
        outcomes.append(found)
        assert found["columns"] >= 2_000
        assert found["right"] / (found["right"] + found["false"]) >= 0.98, wrong
        assert found["right"] / found["personal"] >= 0.98, wrong
    for language in HEADS:
        assert lines(outcomes, language) in document(language).read_text("utf-8")
