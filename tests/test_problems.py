"""The registry of problems is complete: every code that the program uses, in both languages, on its page."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from datagazette.messages import LANGUAGES
from datagazette.model.problems import Problem, codes, fix, kind, message
from datagazette.validation.frictionless import differences
from tests.conftest import ROOT

CALLED = re.compile(r"""(?:problem|warning|report|warn|add|_problem)\(\s*(?:source,\s*)?"([a-z]+(?:-[a-z]+)+)\"""")


def used_codes() -> dict[str, Path]:
    paths = sorted((ROOT / "datagazette").rglob("*.py"))
    return {code: path for path in paths for code in CALLED.findall(path.read_text("utf-8"))}


def test_every_code_of_the_program_is_in_the_registry() -> None:
    used = used_codes()
    assert len(used) > 50
    assert set(used) <= set(codes())


@pytest.mark.parametrize("code", codes())
def test_both_languages_say_the_same_things(code: str) -> None:
    shown = [kind(code, language) for language in LANGUAGES]
    assert shown[0].title != shown[1].title
    for one in shown:
        assert all((one.title, one.meaning, one.fix, one.message))
    placeholders = [set(string.Template(f"{one.message} {one.fix}").get_identifiers()) for one in shown]
    assert placeholders[0] == placeholders[1]


def test_a_message_is_filled_in_its_language() -> None:
    found = Problem(
        "check-finding", "x.sql", values=(("check", "检查"), ("check@en", "Check"), ("count", "2"), ("first", "a"))
    )
    assert "Check" in message(found, "en")
    assert "检查" in message(found, "zh")
    assert fix(found, "en")


@pytest.mark.slow
@pytest.mark.parametrize("prefix", ["", "en/"])
@pytest.mark.shipped
def test_the_site_has_a_section_for_every_code(own_site: Path, prefix: str) -> None:
    page = (own_site / prefix / "problems/index.html").read_text("utf-8")
    for code in codes():
        assert f'id="{code}"' in page
    text = re.sub("<[^>]+>", "", page.partition("<main")[2].partition("</main")[0])
    assert set(re.findall(r"\$\{?[A-Za-z_]\w*", text)) <= {"$ref", "$schema", "$defs"}
    for one in differences("en"):
        assert f'id="difference-{one.name}"' in page
