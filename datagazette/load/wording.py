"""Texts that a person still has to write: translations that a schema lacks, and places that `new` has marked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from datagazette.load.document import Document, KeyPath
from datagazette.model.problems import Problem, warning
from datagazette.model.text import read_text

MARK = "TODO"
UNWRITTEN = "text-unwritten"
_MARKED = re.compile(rf"{MARK}\b.*", re.DOTALL)
_TRANSLATED = ("title", "description", "unit", "label")


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
