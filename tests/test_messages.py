"""Every text of the program is there in every language of `datagazette/messages`, with the same placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from datagazette.messages import FALLBACK, FOLDER, LANGUAGES, texts
from datagazette.model.problems import GROUPS
from datagazette.model.results import BOUNDS
from datagazette.pages.explore import explorer_strings
from datagazette.pages.strings import parse_strings
from tests.conftest import ROOT

TOPICS = sorted(
    path.relative_to(FOLDER / FALLBACK).with_suffix("").as_posix()
    for path in (FOLDER / FALLBACK).rglob("*")
    if path.is_file()
)
PLACEHOLDER = re.compile(r"\$(?!\$)\{?(\w+)\}?|(?<!\$)\{(\w+)\}")
# What a language may leave out: a text for a count of one, and names that are right as the key is written.
OPTIONAL = re.compile(r"\.one$|^(what|kind)_")
LANGUAGES_BESIDE = [language for language in LANGUAGES if language != FALLBACK]


def flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Each text with the path of its keys."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from flat(part, f"{path}/{key}" if path else str(key))
    else:
        assert isinstance(value, str), f"{path}: quote {value!r}, which YAML takes for something else"
        yield path, value


def placeholders(text: str) -> set[str]:
    return {name for pair in PLACEHOLDER.findall(text) for name in pair if name}


def test_the_program_speaks_chinese_and_english() -> None:
    assert {"en", "zh"} <= set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES_BESIDE)
def test_a_language_has_the_files_of_english(language: str) -> None:
    files = {path.relative_to(FOLDER / language) for path in (FOLDER / language).rglob("*.*")}
    assert {file.with_suffix("").as_posix() for file in files} == set(TOPICS)


@pytest.mark.parametrize("language", LANGUAGES_BESIDE)
@pytest.mark.parametrize("topic", TOPICS)
def test_a_language_has_the_texts_of_english_with_the_same_placeholders(topic: str, language: str) -> None:
    english, other = dict(flat(texts(topic, FALLBACK))), dict(flat(texts(topic, language)))
    assert {key for key in english if not OPTIONAL.search(key)} == {key for key in other if not OPTIONAL.search(key)}
    for key in english.keys() & other.keys():
        assert english[key].strip(), key
        assert other[key].strip(), key
        assert placeholders(english[key]) == placeholders(other[key]), key


def test_every_error_has_a_text_and_every_text_an_error() -> None:
    known = {key for key, _ in flat(texts("errors", FALLBACK))}
    code = "".join(path.read_text() for path in (ROOT / "datagazette").rglob("*.py"))
    raised = re.findall(r'(?:UsageError|EnvironmentFault|PublisherError|not_found)\(\s*"([^"]+)"', code)
    assert len(raised) > 50
    assert set(raised) <= known
    assert {key for key in known if f'"{key}"' not in code} == set()


def test_a_language_that_is_not_there_is_english() -> None:
    assert texts("reports", "xx") == texts("reports", FALLBACK)
    assert texts("problems/cells", "../en") == texts("problems/cells", FALLBACK)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_bound_has_the_same_words_everywhere(language: str) -> None:
    strings = parse_strings(language, (ROOT / f"site/strings/{language}.yaml").read_text("utf-8"))
    words = texts("bounds", language)
    assert set(words) == set(BOUNDS)
    assert {bound: strings[f"bound.{bound}.words"] for bound in BOUNDS} == words
    scripts = explorer_strings(strings)
    assert {bound: scripts[f"bound.{bound}"] for bound in BOUNDS} == words


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_meaning_and_the_fix_of_a_problem_are_whole_sentences(language: str) -> None:
    """A `#` after a space ends a text in YAML that is not in quotes."""
    for group in GROUPS:
        for code, entry in texts(f"problems/{group}", language).items():
            for text in (
                entry["meaning"],
                entry["fix"],
                *(rule.get("fix", ".") for rule in entry.get("rules", {}).values()),
            ):
                assert text.endswith((".", "。", ")", "）")), code


@pytest.mark.slow
def test_no_page_calls_a_lower_bound_more_than(small_site: Path) -> None:
    """The small publication has figures with `at_least`, and none with `more_than`."""
    pages = [path.read_text("utf-8") for path in small_site.rglob("*.html")]
    shown = [found for page in pages for found in re.findall(r"≥[^<]*</span><span class=\"sr-only\">([^<]*)<", page)]
    assert {text.strip() for text in shown} == {"at least", "不少于"}
    assert not [page for page in pages if re.search(r"(more than|超过) ?</span>", page)]
