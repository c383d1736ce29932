"""A third language, written from right to left, is a file of strings and translated titles, and no code.

The language is called Pashto, of which the program knows nothing, and the translation is made up here: every Latin
letter of the English words becomes an Arabic one. So it is complete whatever words are added, and anything that is
still Latin or Chinese in its pages was not translated.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from datagazette.model.publication import NEUTRAL_PAGES
from tests.conftest import ROOT, Changed, publish

pytestmark = [pytest.mark.slow, pytest.mark.thorough]

LETTERS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ابتثجحخدذرزسشصضطظعغفقكلمنه")
# Words that are of one language and no other: Chinese ones, and English ones of some length.
OWN = {"zh": re.compile("[一-鿿]{2}"), "en": re.compile(".{8}")}
KEPT = re.compile(r"(\$\w+|\{\w+\}|\]\([^)]*\)|https?://\S+)")
UNTRANSLATED = ("language.", "frame.html_lang")


def arabic(text: str) -> str:
    parts = KEPT.split(text)
    return "".join(part if KEPT.fullmatch(part) else part.lower().translate(LETTERS) for part in parts)


def translated(value: Any) -> Any:
    """A descriptor with a made-up text beside every English one."""
    if isinstance(value, list):
        return [translated(one) for one in value]
    if not isinstance(value, dict):
        return value
    found = {key: translated(one) for key, one in value.items()}
    for key, one in value.items():
        if key.endswith("@en"):
            found[key.removesuffix("@en") + "@ps"] = (
                [arabic(word) for word in one] if isinstance(one, list) else arabic(one)
            )
    return found | ({"languages": ["zh", "en", "ps"]} if "languages" in value else {})


def strings(value: Any, path: str = "") -> Any:
    if isinstance(value, dict):
        return {key: strings(one, f"{path}.{key}" if path else key) for key, one in value.items()}
    return value if path.startswith(UNTRANSLATED) else arabic(str(value))


def translate(root: Path) -> None:
    """Adds the language to a publication, and freezes its releases anew."""
    for path in root.rglob("*.yaml"):
        if path.name != "releases.yaml":
            described = translated(yaml.safe_load(path.read_text("utf-8")))
            path.write_text(yaml.safe_dump(described, allow_unicode=True, sort_keys=False), "utf-8")
    for path in root.glob("datasets/*/releases.yaml"):
        ledger = translated(yaml.safe_load(path.read_text("utf-8")))
        for release in ledger["releases"]:
            folder = path.parent / release["version"]
            release["files"] = {
                name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in release["files"]
            }
        path.write_text(yaml.safe_dump(ledger, allow_unicode=True, sort_keys=False), "utf-8")
    words = strings(yaml.safe_load((ROOT / "site/strings/en.yaml").read_text("utf-8")))
    words["language"] |= {"name": "پښتو", "direction": "rtl", "locale": "ps"}
    words["frame"]["html_lang"] = "ps"
    (root / "site/strings").mkdir(parents=True)
    (root / "site/strings/ps.yaml").write_text(yaml.safe_dump(words, allow_unicode=True, sort_keys=False), "utf-8")
    for name in NEUTRAL_PAGES:
        target = root / f"site/pages/ps/{name}/index.md"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(f"---\ntitle: {arabic(name)}\n---\n\n{arabic('Some words of this page.')}\n", "utf-8")


class Seen(HTMLParser):
    """What a reader sees or hears, without the data's own words in other languages and without code."""

    SKIPPED = frozenset({"script", "style", "code", "pre", "svg"})
    VOID = frozenset({"img", "br", "input", "meta", "link", "hr"})
    SAID = ("aria-label", "title", "placeholder", "data-label", "data-overdue")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[bool] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        named = dict(attributes)
        foreign = named.get("lang", "ps") != "ps" or "hreflang" in named
        hidden = tag in self.SKIPPED or foreign or any(self.open)
        if not hidden:
            self.texts += [named[name] or "" for name in self.SAID if name in named]
        if tag not in self.VOID:
            self.open.append(hidden)

    def handle_endtag(self, tag: str) -> None:
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if not any(self.open) and data.strip():
            self.texts.append(data.strip())


def seen(page: Path) -> list[str]:
    reader = Seen()
    reader.feed(page.read_text("utf-8"))
    return reader.texts


def interface(language: str) -> set[str]:
    """The words of a language's interface that could be mistaken for nothing else."""
    found: set[str] = set()

    def gather(value: Any) -> None:
        for one in value.values():
            if isinstance(one, dict):
                gather(one)
            elif OWN[language].search(str(one)) and "$" not in str(one) and "{" not in str(one):
                found.add(str(one).strip())

    words = yaml.safe_load((ROOT / f"site/strings/{language}.yaml").read_text("utf-8"))
    gather({key: value for key, value in words.items() if key != "language"})
    return found


def _translate_and_publish(root: Path) -> None:
    translate(root)
    publish(root, root.parent / "public")


@pytest.fixture(scope="module")
def site(changed: Changed) -> Path:
    return changed("third", _translate_and_publish).parent / "public"


def test_every_page_is_there_in_the_third_language(site: Path) -> None:
    pages = {path.relative_to(site / "en") for path in (site / "en").rglob("*.html")}
    assert len(pages) > 10
    assert pages == {path.relative_to(site / "ps") for path in (site / "ps").rglob("*.html")}


def test_its_pages_say_how_they_are_written(site: Path) -> None:
    for path in (site / "ps").rglob("*.html"):
        assert re.search(r'<html lang="ps" dir="rtl"', path.read_text("utf-8")), path


def test_no_word_of_another_language_is_left(site: Path) -> None:
    others = interface("zh") | interface("en")
    left = {
        (path.relative_to(site).as_posix(), text)
        for path in (site / "ps").rglob("*.html")
        for text in seen(path)
        if text in others
    }
    assert not left


def test_titles_are_translated_and_searched(site: Path) -> None:
    page = (site / "ps/datasets/counts/index.html").read_text("utf-8")
    assert f"<h1>{arabic('Head counts')}" in page
    assert 'hreflang="ps"' in (site / "index.html").read_text("utf-8")
    assert list((site / "pagefind").glob("pagefind.ps_*")), "an index of its own"


def test_the_program_speaks_a_language_that_is_one_folder_of_messages(tmp_path: Path) -> None:
    shutil.copy(ROOT / "build.py", tmp_path)
    shutil.copytree(ROOT / "datagazette", tmp_path / "datagazette", ignore=shutil.ignore_patterns("__pycache__"))
    english = tmp_path / "datagazette/messages/en"
    for path in english.rglob("*.*"):
        target = english.with_name("ps") / path.relative_to(english)
        target.parent.mkdir(parents=True, exist_ok=True)
        words = strings(yaml.safe_load(path.read_text("utf-8")))
        target.write_text(json.dumps(words), "utf-8")  # JSON is YAML, too
    (tmp_path / "t.csv").write_text("a\nx\n")
    (tmp_path / "t.json").write_text('{"fields": [{"name": "a", "type": "integer"}]}')
    done = subprocess.run(
        [sys.executable, "build.py", "check", "t.csv", "--schema", "t.json", "--lang", "ps"],
        cwd=tmp_path, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    entry = yaml.safe_load((english / "problems/cells.yaml").read_text("utf-8"))["type-error"]
    assert arabic(entry["title"]) in done.stdout
    assert arabic("How to fix it") in done.stdout
    assert "not a whole number" not in done.stdout
