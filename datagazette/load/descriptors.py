"""Descriptors as they were written, in YAML or JSON, read key by key: faults become problems with their lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from datagazette.model.limits import FIRST_DAY, FREQUENCY_YEARS, ITEMS, LANGUAGES, LAST_DAY
from datagazette.model.names import NearMisses, Version, is_language, is_name, parse_version
from datagazette.model.problems import Problem, problem, warning
from datagazette.model.text import Text, control_character, read_text, turning
from datagazette.tables import misread

KeyPath = tuple[str | int, ...]
MARK = "TODO"  # what `new` leaves in the place of a text
UNWRITTEN, TURNED, GARBLED = "text-unwritten", "text-turned", "garbled-text"
TYPE_NAMES = {str: "text", int: "number", list: "list", dict: "mapping", bool: "true/false"}
_MARKED = re.compile(rf"{MARK}\b.*", re.DOTALL)
_TRANSLATED = ("title", "description", "unit", "label")
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DURATION = re.compile("P(?=[0-9])(?:([0-9]{1,5})Y)?(?:([0-9]{1,5})M)?(?:([0-9]{1,5})W)?(?:([0-9]{1,5})D)?")
_DAYS = (365.25, 30.4375, 7, 1)  # of a year, a month, a week and a day


@dataclass(frozen=True)
class Document:
    """A file's mapping. `find_lines` finds the line (from 1) of each key and item, by its path; asked once.

    `near` looks for what the file's misspelt names mean. `cut` are keys in YAML's braces without a value, which may be
    the rest of a text that a comma has ended.
    """

    file: str
    value: dict[str, Any]
    find_lines: Callable[[], Mapping[KeyPath, int]] = dict
    cut: tuple[KeyPath, ...] = ()
    near: NearMisses = field(default_factory=NearMisses, compare=False, repr=False)

    @cached_property
    def lines(self) -> Mapping[KeyPath, int]:
        return self.find_lines()

    def line(self, path: KeyPath) -> int | None:
        """The line of `path`, or of the nearest thing that holds it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)

    def parts(self) -> Iterator[tuple[KeyPath, Any]]:
        """Everything in the file with its path, in the order of the file."""
        yield from _parts((), self.value)


def _parts(path: KeyPath, value: Any) -> Iterator[tuple[KeyPath, Any]]:
    yield path, value
    if isinstance(value, dict | list):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _parts((*path, key), part)


def _texts(path: KeyPath, value: Any) -> list[str]:
    """A value and its key, as far as they are texts."""
    return [text for text in (value, *path[-1:]) if isinstance(text, str)]


def refuse_controls(document: Document) -> Iterator[Problem]:
    """A problem for each text that holds a control character: people do not write them, and whatever shows the
    text later would have to drop them. A dialect may name one, as what separates cells."""
    for path, value in document.parts():
        for text in _texts(path, value) if "dialect" not in path else ():
            found = control_character(text)
            if found:
                yield problem("yaml-control-character", document.file, document.line(path), found=found)


def doubtful_texts(document: Document) -> Iterator[Problem]:
    """A warning for each text that is still the mark which `new` left, that is garbled, or that turns the direction of
    writing."""
    for path, value in document.parts():
        if isinstance(value, str) and _MARKED.fullmatch(value):
            yield warning(UNWRITTEN, document.file, document.line(path), key=path[-1])
        yield from garbled(_texts(path, value), document.file, document.line(path))
        yield from turned(_texts(path, value), document.file, document.line(path))


def garbled(texts: Iterable[str], file: str, line: int | None) -> Iterator[Problem]:
    """A warning where one of the texts was read in a wrong encoding."""
    for text in texts:
        if kind := misread.kind(text):
            values = {"rule": f"written-{kind}", "found": text, "meant": misread.meant(text)}
            yield warning(GARBLED, file, line, **values)


def turned(texts: Iterable[str], file: str, line: int | None) -> Iterator[Problem]:
    """A warning where one of the texts turns the direction of writing."""
    found = next(filter(None, map(turning, texts)), "")
    if found:
        yield warning(TURNED, file, line, found=found)


def untranslated(document: Document, languages: Sequence[str]) -> Iterator[Problem]:
    """A warning for each text of a schema that is not there in one of the languages."""
    for path, value in document.parts():
        for key in _TRANSLATED if isinstance(value, dict) else ():
            for language in read_text(value, key, languages).missing(languages):
                line = document.line((*path, key))
                yield warning("translation-missing", document.file, line, key=f"{key}@{language}", language=language)


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
    days = sum(int(number or 0) * length for number, length in zip(found.groups(), _DAYS, strict=True))
    return days <= FREQUENCY_YEARS * 365.25


class KeyReader:
    """A mapping inside a document. Readers of one document share the list `problems`.

    `languages` are those in which its texts are written, the default one first; readers of what is in it have them too.
    """

    def __init__(
        self, document: Document, problems: list[Problem], path: KeyPath = (), languages: tuple[str, ...] = ()
    ) -> None:
        self.document = document
        self.problems = problems
        self.path = path
        self.languages = languages
        value: Any = document.value
        for part in path:
            value = value[part]
        self.value: dict[str, Any] = value

    def report(self, code: str, /, *at: str | int, **values: object) -> None:
        """A problem at the path `at` in this mapping."""
        self.problems.append(problem(code, self.document.file, self.line(*at), **values))

    def warn(self, code: str, /, *at: str | int, **values: object) -> None:
        self.problems.append(warning(code, self.document.file, self.line(*at), **values))

    def line(self, *at: str | int) -> int | None:
        """The line of what is at the path `at` in this mapping."""
        return self.document.line((*self.path, *at))

    def string(self, key: str, *, required: bool = False) -> str:
        """The text at `key`; numbers, which YAML makes of `2021`, are read as they were written."""
        value = self._get(key, required)
        if isinstance(value, bool | list | dict):
            self._wrong_type(str, value, key)
            return ""
        return "" if value is None else str(value).strip()

    def boolean(self, key: str) -> bool:
        """`true` or `false`; false where nothing is said."""
        value = self.value.get(key)
        if value is not None and not isinstance(value, bool):
            self._wrong_type(bool, value, key)
        return value is True

    def strings(self, key: str, most: int = ITEMS) -> tuple[str, ...]:
        """A list of at most so many texts; a single text counts as a list of one."""
        value = self.value.get(key)
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            return (str(value),)
        if isinstance(value, list) and any(isinstance(item, list | dict) for item in value):
            self._wrong_type(list, value, key)
            return ()
        return tuple(map(str, self._list(key, most)))

    def read_languages(self, otherwise: tuple[str, ...]) -> tuple[str, ...]:
        """The codes under `languages`, each once, without what can be none; `otherwise` where there are none.

        The texts of this mapping are then read in these.
        """
        found = tuple(dict.fromkeys(self.strings("languages", LANGUAGES)))
        for language in found:
            if not is_language(language):
                self.report("language-code", "languages", found=language)
        self.languages = tuple(filter(is_language, found)) or otherwise
        return self.languages

    def text(self, key: str, *, required: bool = False) -> Text:
        """A text with its translations; warns where one is missing."""
        found = read_text(self.value, key, self.languages)
        if required and not found:
            self.report("missing-key", key=key)
        for language in found.missing(self.languages):
            self.warn("translation-missing", key, key=f"{key}@{language}", language=language)
        return found

    def items(self, key: str, most: int = ITEMS) -> tuple[KeyReader, ...]:
        """A reader for each mapping in the list at `key`, which has at most so many."""
        listed = list(enumerate(self._list(key, most)))
        for number, item in listed:
            if not isinstance(item, dict):
                self._wrong_type(dict, item, key, number)
        return tuple(self._inner(key, number) for number, item in listed if isinstance(item, dict))

    def texts_and_items(self, key: str, most: int = ITEMS) -> Iterator[tuple[int, str | KeyReader]]:
        """Each member of the list at `key` with its number: a text, or a reader for a mapping."""
        for number, item in enumerate(self._list(key, most)):
            if isinstance(item, dict):
                yield number, self._inner(key, number)
            elif isinstance(item, str):
                yield number, item.strip()
            else:
                self._wrong_type(dict, item, key, number)

    def child(self, key: str, *, required: bool = False) -> KeyReader | None:
        """A reader for the mapping at `key`."""
        value = self._get(key, required)
        if isinstance(value, dict):
            return self._inner(key)
        if value is not None:
            self._wrong_type(dict, value, key)
        return None

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

    def name(self, key: str = "name") -> str:
        """What names a dataset, a resource and the like; reported where it cannot be one."""
        name = self.string(key, required=True)
        if name and not is_name(name):
            self.report("not-a-name", key, found=name)
        return name

    def version(self, key: str) -> Version | None:
        written = self.string(key, required=True)
        version = parse_version(written)
        if written and version is None:
            self.report("version-syntax", key, found=written)
        return version

    def known(self, keys: Iterable[str]) -> None:
        """Reports keys that mean nothing here, naming the one that was probably meant."""
        names = list(keys)
        translated = {f"{name}@{language}" for name in names for language in self.languages}
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
                self.warn("extra-key", key, key=key, rule="comma" if self.value[key] is None else "")

    def _inner(self, *path: str | int) -> KeyReader:
        return KeyReader(self.document, self.problems, (*self.path, *path), self.languages)

    def _list(self, key: str, most: int) -> list[Any]:
        value = self.value.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self._wrong_type(list, value, key)
            return []
        if len(value) > most:
            self.report("too-many", key, key=key, found=len(value), limit=most)
            return []
        return value

    def _get(self, key: str, required: bool) -> Any:
        value = self.value.get(key)
        if required and (value is None or value == ""):
            self.report("missing-key", key=key)
        return value

    def _wrong_type(self, expected: type, value: object, key: str, *number: int) -> None:
        name, found = "".join((key, *(f"[{item}]" for item in number))), str(value)
        found = found if len(found) <= 60 else found[:59] + "…"
        self.report("wrong-type", key, *number, key=name, expected=TYPE_NAMES[expected], found=found)
