"""Documents, the help of commands, the program's English texts, its docstrings and its comments use the words that
docs/style.md asks for."""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from datagazette.cli.group import cli
from datagazette.cli.start import COMMANDS
from tests.conftest import ROOT

STYLE = "docs/style.md"
_WORDS = re.compile(r"<!-- words -->(.*?)<!-- /words -->", re.DOTALL)
_NOT_REVIEWED = re.compile(r"<!-- not reviewed -->(.*?)<!-- /not reviewed -->", re.DOTALL)
# What the program printed, which is looked at where it comes from; and code, links, names of files.
_NOT_PROSE = re.compile(r"```.*?```|`[^`\n]*`|\]\([^)\s]*\)|<!--.*?-->", re.DOTALL)


def section(pattern: re.Pattern[str]) -> str:
    found = pattern.search((ROOT / STYLE).read_text("utf-8"))
    assert found, f"{STYLE} has no {pattern.pattern}"
    return found[1]


def words() -> dict[str, str]:
    """Each word that is not used, with what to write instead."""
    rows = [line.strip("| ").split(" | ") for line in section(_WORDS).splitlines() if line.startswith("| ")]
    return {word: instead for old, instead in rows[2:] for word in old.split(", ")}


def documents() -> list[str]:
    """Every document of the repository, without what Git does not keep."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "benchmarks").glob("*.md")]
    return sorted(path.relative_to(ROOT).as_posix() for path in found)


def text_files() -> list[str]:
    """The files of the program's English texts."""
    package = ROOT / "datagazette"
    found = [path for ending in ("yaml", "json") for path in package.rglob(f"*.{ending}")]
    return sorted(path.relative_to(ROOT).as_posix() for path in found if "zh" not in path.parts)


def modules() -> list[str]:
    return sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "datagazette").rglob("*.py"))


def remarks(source: str) -> Iterator[str]:
    """The docstrings and the comments of a module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_docstring(node) or ""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.string


def texts(value: Any, key: str = "") -> Iterator[str]:
    """The English texts below a value of YAML or JSON; keys are no texts."""
    if isinstance(value, dict):
        for name, part in value.items():
            if name != "zh":
                yield from texts(part, str(name))
    elif isinstance(value, list):
        for part in value:
            yield from texts(part, key)
    elif isinstance(value, str):
        yield value


def old_words(text: str) -> list[str]:
    """Each word of the list that `text` has, with what to write instead."""
    return [
        f"“{word}”: {instead}"
        for word, instead in words().items()
        if re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text, re.IGNORECASE)
    ]


def reviewed(names: list[str]) -> list[str]:
    waiting = re.findall(r"`([^`]+)`", section(_NOT_REVIEWED))
    return [name for name in names if name not in waiting]


def test_the_list_finds_its_own_words() -> None:
    assert len(words()) > 20
    for word in words():
        assert old_words(f"What is {word.upper()}, then?"), word
    assert not old_words("The standstill is amended; a storyteller retold it.")


@pytest.mark.parametrize("name", reviewed(documents()))
def test_documents_are_in_plain_words(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    if name == STYLE:
        text = _WORDS.sub("", text)
    assert not old_words(_NOT_PROSE.sub(" ", text))


@pytest.mark.parametrize("command", reviewed([f"{command} --help".strip() for command in ("", *sorted(COMMANDS))]))
def test_help_is_in_plain_words(command: str) -> None:
    command = command.removesuffix("--help").strip()
    context = click.Context(cli, info_name="build.py")
    found: click.Command | None = cli.get_command(context, command) if command else cli
    assert found
    assert not old_words(found.get_help(click.Context(found, info_name=command, parent=context)))


@pytest.mark.parametrize("name", reviewed(text_files()))
def test_the_texts_of_the_program_are_in_plain_words(name: str) -> None:
    path: Path = ROOT / name
    content = path.read_text("utf-8")
    value = json.loads(content) if name.endswith(".json") else yaml.safe_load(content)
    found = {text: old for text in texts(value) if (old := old_words(text))}
    assert not found


def test_docstrings_and_comments_are_both_read() -> None:
    source = (
        '"""Told."""\n\nclass Word:\n    """Anew."""\n\n    def told(self):\n        """Mend `told`."""  # stands\n'
    )
    found = [text for text in remarks(source) if old_words(_NOT_PROSE.sub(" ", text))]
    assert found == ["Told.", "Anew.", "Mend `told`.", "# stands"]
    assert not old_words(_NOT_PROSE.sub(" ", "It has `told` and\n```\nmend\n```\nin it."))


@pytest.mark.parametrize("name", reviewed(modules()))
def test_docstrings_and_comments_are_in_plain_words(name: str) -> None:
    found = {text: old for text in remarks((ROOT / name).read_text("utf-8"))
             if (old := old_words(_NOT_PROSE.sub(" ", text)))}  # fmt: skip
    assert not found
