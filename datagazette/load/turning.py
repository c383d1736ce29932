"""Texts that turn the direction of writing without need: an override, or a character without its partner."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from datagazette.load.document import Document
from datagazette.load.wording import values
from datagazette.model.directions import turning
from datagazette.model.problems import Problem, warning
from datagazette.model.publication import Check, Note, Summary

TURNED = "text-turned"


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
