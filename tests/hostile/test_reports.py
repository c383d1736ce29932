"""What a stranger wrote, in pictures for links and in the reports that code hosts read: words and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree

import jsonschema
import pytest

from datagazette.charts.cards import LinkCard, compose, render_card
from datagazette.messages import LANGUAGES
from datagazette.model.problems import Cell, Problem, problem
from datagazette.reports.code_hosts import github, github_summary, gitlab, sarif
from tests.hostile import bait
from tests.test_annotations import CODE_QUALITY, SARIF

_WORDS = {"svg", "rect", "text", "tspan", "g", "path"}


def bad_problems() -> list[Problem]:
    """A file, a cell, a field and a value that are called as a stranger likes."""
    words = bait.cell("report")
    named = problem("file-missing", f"datasets/{words}", 3, path=words)
    value = problem(
        "type-error", f"datasets/{words}.csv", 2, found=words, field=words, rule="integer", missing='""', row="2"
    )
    return [named, replace(value, cell=Cell(words, 2, words, 1, words, (words,)))]


@pytest.mark.parametrize("make", [bait.line, bait.lines, bait.cell])
def test_a_picture_for_links_shows_words_as_words(make: Callable[[str], str]) -> None:
    words = make("card")
    card = LinkCard(words, words, words, words, words)
    root = ElementTree.fromstring(ElementTree.tostring(compose(card)))
    assert {one.tag.rpartition("}")[2] for one in root.iter()} <= _WORDS
    assert not [name for one in root.iter() for name in one.attrib if name.startswith("on") or "href" in name]
    assert bait.mark("card")[:4] in "".join(root.itertext())
    picture = render_card(card)
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    assert picture[16:24] == (1200).to_bytes(4) + (630).to_bytes(4)
    assert picture.endswith(b"IEND\xaeB`\x82")


@pytest.mark.parametrize("language", LANGUAGES)
def test_reports_for_code_hosts_keep_their_form(language: str) -> None:
    found = bad_problems()
    report = json.loads(sarif(found, language))
    jsonschema.validate(report, SARIF)
    assert len(report["runs"][0]["results"]) == len(found)
    quality = json.loads(gitlab(found, language))
    jsonschema.validate(quality, CODE_QUALITY)
    assert len(quality) == len(found)
    for line in github(found, {}, language):
        assert line.isprintable()
        assert re.match(r"::(error|warning) file=[^:]*::", line), line[:80]
        assert not re.search(r"[\r\n]", line)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_summary_is_markdown_that_nobody_wrote_but_we(language: str) -> None:
    text = github_summary(bad_problems(), {}, language)
    outside = re.sub(r"(?s)(`+).*?\1(?!`)|<pre>.*?</pre>|<code>.*?</code>", "", text)
    assert "x-bait" in text
    assert not re.search(r"<(?:script|x-bait|img|svg|a|iframe)", outside)
    assert not re.search(r"\]\(javascript:", outside)
    assert not [line for line in text.splitlines() if line in ("# bait", "---", "~~~")]
