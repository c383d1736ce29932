"""Values of a key that people take for one and programs for two."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from datagazette.messages import LANGUAGES
from datagazette.model.problems import Problem, message
from datagazette.model.resource import Dialect, Field, ForeignKey, Schema, Table
from datagazette.tables.layout import TableSource
from datagazette.validation.run import check_tables

SITE, COUNT = Field("site", "string"), Field("n", "integer")
KEYED = Schema("t", "", (SITE, COUNT), primary_key=("site",))


def alike(folder: Path, texts: Sequence[str], schema: Schema = KEYED, *, proofread: bool = True) -> list[Problem]:
    rows = "".join(f'"{text}",{number}\n' for number, text in enumerate(texts))
    (folder / "t.csv").write_bytes(f"site,n\n{rows}".encode())
    table = Table("t", "t.csv", "t.csv", schema, Dialect())
    (report,) = check_tables([TableSource(table, folder / "t.csv", proofread=proofread)])
    assert report.valid
    return [found for found in report.problems if found.code == "keys-alike"]


@pytest.mark.parametrize(
    ("texts", "difference"),
    [
        (["A", "A "], "one of them has U+0020 SPACE at its end"),
        (["A ", "A"], "one of them has U+0020 SPACE at its end"),
        (["East Park", "East\u00a0Park"], "character 5 is U+00A0 NO-BREAK SPACE, and U+0020 SPACE in that line"),
        (["East Park", "East  Park"], "character 6 is U+0020 SPACE, and U+0050 LATIN CAPITAL LETTER P in that line"),
        (["Café", "Cafe\u0301"], "character 4 is U+0065 LATIN SMALL LETTER E, and U+00E9"),
        (["A", "A\u200b"], "one of them has U+200B ZERO WIDTH SPACE at its end"),
        (["C1", "\u04211"], "character 1 is U+0421 CYRILLIC CAPITAL LETTER ES"),
        (["C1", "\uff231"], "character 1 is U+FF23 FULLWIDTH LATIN CAPITAL LETTER C"),
        (["1990-1995", "1990\u20131995"], "character 5 is U+2013 EN DASH, and U+002D HYPHEN-MINUS in that line"),
    ],
)
def test_two_keys_that_look_alike_are_a_warning_with_both_lines(
    texts: Sequence[str], difference: str, tmp_path: Path
) -> None:
    (found,) = alike(tmp_path, ["x", texts[0], "y", texts[1]])
    assert (found.line, found.severity) == (5, "warning")
    assert "in line 3, but" in message(found, "en")
    assert difference in message(found, "en")
    assert "they look alike" not in message(found, "en")
    assert all("1" in message(found, language) for language in LANGUAGES)


@pytest.mark.parametrize(
    "texts", [["A", "B ", "北京", "上海", "é", "e", "a"], ["Москва", "Moscow", "AB", "ab"], ["", " "]]
)
def test_keys_that_look_different_are_fine(texts: Sequence[str], tmp_path: Path) -> None:
    schema = Schema("t", "", (SITE, COUNT), primary_key=("site", "n"))
    assert alike(tmp_path, texts, schema) == []


def test_a_part_of_a_key_and_a_field_that_refers_to_another_table_are_compared(tmp_path: Path) -> None:
    texts = ["North", "North", "North\u00a0"]
    for schema in (
        Schema("t", "", (SITE, COUNT), primary_key=("site", "n")),
        Schema("t", "", (SITE, COUNT), unique_keys=(("site", "n"),)),
        Schema("t", "", (SITE, COUNT), foreign_keys=(ForeignKey(("site",), "", ("site",), None),)),
    ):
        assert [found.line for found in alike(tmp_path, texts, schema)] == [4]
    assert alike(tmp_path, texts, Schema("t", "", (SITE, COUNT))) == []


def test_the_pair_that_comes_first_is_shown_and_the_others_are_counted(tmp_path: Path) -> None:
    (found,) = alike(tmp_path, ["A", "B ", "C", "B", "A ", "A\u00a0"])
    assert (found.line, dict(found.values)["line"], dict(found.values)["count"]) == (5, "3", "3")


def test_keys_of_a_release_are_left_as_they_are(tmp_path: Path) -> None:
    assert alike(tmp_path, ["A", "A "], proofread=False) == []
