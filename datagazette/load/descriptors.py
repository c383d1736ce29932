"""Descriptors as they were written, in YAML or JSON, read key by key: faults become problems with their lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from datagazette.model.limits import FIRST_DAY, FREQUENCY_YEARS, ITEMS, LANGUAGES, LAST_DAY
from datagazette.model.names import NearMisses, is_language
from datagazette.model.problems import Problem, problem, warning
from datagazette.model.text import Text, read_text

KeyPath = tuple[str | int, ...]
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DURATION = re.compile("P(?=[0-9])(?:([0-9]{1,5})Y)?(?:([0-9]{1,5})M)?(?:([0-9]{1,5})W)?(?:([0-9]{1,5})D)?")
_DAYS = (365.25, 30.4375, 7, 1)  # of a year, a month, a week and a day
TYPE_NAMES = {str: "text", int: "number", list: "list", dict: "mapping", bool: "true/false"}


@dataclass(frozen=True)
class Document:
    """A file's mapping. `lines` has the line (from 1) of each key and item, by its path.

    `near` looks for what the file's misspelt names mean.
    """

    file: str
    value: dict[str, Any]
    lines: Mapping[KeyPath, int] = field(default_factory=dict)
    near: NearMisses = field(default_factory=NearMisses, compare=False, repr=False)

    def line(self, path: KeyPath) -> int | None:
        """The line of `path`, or of the nearest thing that holds it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)


def read_day(text: str) -> date | None:
    """The day that `YYYY-MM-DD` writes, or None. Other forms of ISO 8601 (`20260101`, `2026-W01-1`) are none here: not
    every program reads them."""
    if not _DAY.fullmatch(text) or not FIRST_DAY <= text <= LAST_DAY:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def is_frequency(text: str) -> bool:
    """Whether a text is a duration of years, months, weeks and days that is not too long, or `never`."""
    found = _DURATION.fullmatch(text)
    if found is None:
        return text == "never"
    days = sum(int(number or 0) * each for number, each in zip(found.groups(), _DAYS, strict=True))
    return days <= FREQUENCY_YEARS * 365.25


class KeyReader:
    """A mapping inside a document. Readers of one document share the list `problems`."""

    def __init__(self, document: Document, problems: list[Problem], path: KeyPath = ()) -> None:
        self.document = document
        self.problems = problems
        self.path = path
        value: Any = document.value
        for part in path:
            value = value[part]
        self.value: dict[str, Any] = value

    def report(self, code: str, at: str | int = "", /, **values: object) -> None:
        self.problems.append(problem(code, self.document.file, self._line(at), **values))

    def warn(self, code: str, at: str | int = "", /, **values: object) -> None:
        self.problems.append(warning(code, self.document.file, self._line(at), **values))

    def string(self, key: str, *, required: bool = False) -> str:
        """The text at `key`; numbers, which YAML makes of `2021`, are read as they were written."""
        value = self._get(key, required)
        if value is None or isinstance(value, bool | list | dict):
            if value is not None:
                self._wrong_type(key, str, value)
            return ""
        return str(value).strip()

    def strings(self, key: str, most: int = ITEMS) -> tuple[str, ...]:
        """A list of at most so many texts; a single text counts as a list of one."""
        value = self._get(key, False)
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            return (str(value),)
        if value is None:
            return ()
        if not isinstance(value, list) or any(isinstance(item, list | dict) for item in value):
            self._wrong_type(key, list, value)
            return ()
        return () if self._too_many(key, value, most) else tuple(str(item) for item in value)

    def languages(self) -> tuple[str, ...]:
        """The codes under `languages`, each once, without what can be none."""
        found = tuple(dict.fromkeys(self.strings("languages", LANGUAGES)))
        for language in found:
            if not is_language(language):
                self.report("language-code", "languages", found=language)
        return tuple(filter(is_language, found))

    def text(self, key: str, languages: Sequence[str], *, required: bool = False) -> Text:
        """A text with its translations; warns where one is missing."""
        found = read_text(self.value, key, languages)
        if required and not found:
            self.report("missing-key", key=key)
        for language in found.missing(languages):
            self.warn("translation-missing", key, key=f"{key}@{language}", language=language)
        return found

    def items(self, key: str, most: int = ITEMS) -> tuple[KeyReader, ...]:
        """A reader for each mapping in the list at `key`, which has at most so many."""
        value = self._get(key, False)
        if value is None:
            return ()
        if not isinstance(value, list):
            self._wrong_type(key, list, value)
            return ()
        if self._too_many(key, value, most):
            return ()
        for number, item in enumerate(value):
            if not isinstance(item, dict):
                self.problems.append(
                    problem("wrong-type", self.document.file, self.document.line((*self.path, key, number)),
                            key=f"{key}[{number}]", expected=TYPE_NAMES[dict], found=_shown(item))
                )  # fmt: skip
        return tuple(
            KeyReader(self.document, self.problems, (*self.path, key, number))
            for number, item in enumerate(value)
            if isinstance(item, dict)
        )

    def child(self, key: str, *, required: bool = False) -> KeyReader | None:
        """A reader for the mapping at `key`."""
        value = self._get(key, required)
        if value is None:
            return None
        if not isinstance(value, dict):
            self._wrong_type(key, dict, value)
            return None
        return KeyReader(self.document, self.problems, (*self.path, key))

    def mapping(self, key: str) -> dict[str, Any]:
        found = self.child(key)
        return found.value if found else {}

    def date(self, key: str, *, required: bool = False) -> date | None:
        """A calendar day."""
        value = self.string(key, required=required)
        day = read_day(value)
        if value and day is None:
            self.report("not-a-date", key, key=key, found=value, first=FIRST_DAY, last=LAST_DAY)
        return day

    def known(self, keys: Iterable[str], languages: Sequence[str] = ()) -> None:
        """Reports keys that mean nothing here, naming the one that was probably meant."""
        names = list(keys)
        translated = {f"{name}@{language}" for name in names for language in languages}
        for key in self.value:
            if key in names or key in translated:
                continue
            base, _, language = key.partition("@")
            if base in names and language:
                self.warn("language-unknown", key, key=key, language=language)
                continue
            meant = self.document.near.nearest(base, names)
            if meant:
                self.report("unknown-key", key, key=key, meant=f"{meant}@{language}" if language else meant)
            else:
                self.warn("extra-key", key, key=key)

    def _too_many(self, key: str, value: Sequence[object], most: int) -> bool:
        if len(value) > most:
            self.report("too-many", key, key=key, found=len(value), limit=most)
        return len(value) > most

    def _get(self, key: str, required: bool) -> Any:
        value = self.value.get(key)
        if required and (value is None or value == ""):
            self.report("missing-key", key=key)
        return value

    def _line(self, key: str | int) -> int | None:
        return self.document.line((*self.path, key) if key != "" else self.path)

    def _wrong_type(self, key: str, expected: type, value: object) -> None:
        self.report("wrong-type", key, key=key, expected=TYPE_NAMES[expected], found=_shown(value))


def _shown(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:59] + "…"
