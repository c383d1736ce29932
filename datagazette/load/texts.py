"""Doubtful texts of descriptors: not written or translated yet, or turning the direction of writing without need."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from datagazette.load.descriptors import Document, KeyPath
from datagazette.model.directions import turning
from datagazette.model.problems import Problem, warning
from datagazette.model.publication import Check, Note, Summary
from datagazette.model.text import read_text

MARK = "TODO"
UNWRITTEN = "text-unwritten"
_MARKED = re.compile(rf"{MARK}\b.*", re.DOTALL)
_TRANSLATED = ("title", "description", "unit", "label")
TURNED = "text-turned"


def unwritten(document: Document) -> Iterator[Problem]:
    """A warning for each text that is still the mark which `new` left in its place."""
    for path, value in values(document.value, ()):
        if isinstance(value, str) and _MARKED.fullmatch(value):
            yield warning(UNWRITTEN, document.file, document.line(path), key=path[-1])


def untranslated(document: Document, languages: Sequence[str]) -> Iterator[Problem]:
    """A warning for each text of a schema that is not there in one of the languages."""
    for path, value in [((), document.value), *values(document.value, ())]:
        if not isinstance(value, dict):
            continue
        for key in _TRANSLATED:
            for language in read_text(value, key, languages).missing(languages):
                line = document.line((*path, key))
                yield warning("translation-missing", document.file, line, key=f"{key}@{language}", language=language)


def values(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, Any]]:
    """Everything below `value` with its path, in the order of the file."""
    parts: Sequence[tuple[str | int, Any]] = ()
    if isinstance(value, dict):
        parts = tuple(value.items())
    elif isinstance(value, list):
        parts = tuple(enumerate(value))
    for name, part in parts:
        yield (*path, name), part
        yield from values(part, (*path, name))


def turned(document: Document) -> Iterator[Problem]:
    """A warning for each text of a descriptor that does; a key is a text, too."""
    for path, value in values(document.value, ()):
        texts = [text for text in (value, path[-1]) if isinstance(text, str)]
        found = next(filter(None, map(turning, texts)), "")
        if found:
            yield warning(TURNED, document.file, document.line(path), found=found)


def turned_queries(queries: Iterable[Summary | Check]) -> Iterator[Problem]:
    """A warning for each line of SQL that does: it reads otherwise than it runs."""
    for query in queries:
        for number, line in enumerate(query.query.split("\n"), 1):
            found = turning(line)
            if found:
                yield warning(TURNED, query.file, number, found=found)


def turned_notes(notes: Iterable[Note], file: str) -> Iterator[Problem]:
    for note in notes:
        texts = (note.key, note.field, note.source, *(text for _, text in note.text.values))
        found = next(filter(None, map(turning, texts)), "")
        if found:
            yield warning(TURNED, file, note.line, found=found)
