"""Texts in several languages, as the Data Package recipe for translations writes them.

`title` holds the text in the first of the descriptor's `languages`, `title@en` the English one.
https://datapackage.org/recipes/language-support/
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Text:
    """One text by language code, the default language first; empty where nothing was written."""

    values: tuple[tuple[str, str], ...] = ()

    def get(self, language: str) -> str:
        """The text in `language`, else in the default language, else an empty string."""
        return dict(self.values).get(language) or self.default

    @property
    def default(self) -> str:
        return self.values[0][1] if self.values else ""

    def language_of(self, language: str) -> str:
        """The language that `get(language)` answers in: where a translation is missing, the default one."""
        if not self.values or dict(self.values).get(language):
            return language
        return self.values[0][0]

    def missing(self, languages: Sequence[str]) -> tuple[str, ...]:
        """The languages that a text which exists has not been translated into."""
        if not self.values:
            return ()
        return tuple(language for language in languages if not dict(self.values).get(language))

    def __bool__(self) -> bool:
        return any(value for _, value in self.values)


def read_text(source: Mapping[str, Any], key: str, languages: Sequence[str]) -> Text:
    """The text that `key` and its translations `key@<language>` hold in a descriptor."""
    values = []
    for position, language in enumerate(languages):
        value = source.get(key if position == 0 else f"{key}@{language}")
        if value is None and position == 0:
            value = source.get(f"{key}@{language}")
        if isinstance(value, str | int | float) and str(value).strip():
            values.append((language, str(value).strip()))
    return Text(tuple(values))


def plain(value: str, languages: Sequence[str] = ("en",)) -> Text:
    """A text that is the same in every language, such as a name or a code."""
    return Text(tuple((language, value) for language in languages))
