"""The words of the interface: one YAML file a language, nothing else is needed for another language.

The file is a mapping of sections (`dataset:`, `figures:`, ...); a string is asked for as `dataset.downloads`.
A counted string has one entry for each plural form of the language: `count.rows.one`, `count.rows.other`.
The section `language` tells how the language is written: `name`, `direction`, `locale`, and by what
steps large numbers are said, `compact_units`.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from babel import Locale

PLURAL_FORMS = ("zero", "one", "two", "few", "many", "other")


class MissingString(KeyError):
    """A template or a page asks for a word that the file of strings does not have."""


# libyaml's loader where it is there: it is many times faster and reads the same.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Strings:
    """All words of the interface in one language, by `section.name`."""

    language: str
    values: Mapping[str, str]

    @cached_property
    def locale(self) -> Locale:
        return Locale.parse(self.values.get("language.locale", self.language), sep="_")

    @property
    def name(self) -> str:
        return self["language.name"]

    @property
    def direction(self) -> str:
        return self.values.get("language.direction", "ltr")

    def __getitem__(self, key: str) -> str:
        try:
            return self.values[key]
        except KeyError:
            raise MissingString(f"{self.language}: {key}") from None

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def get(self, key: str, otherwise: str = "") -> str:
        return self.values.get(key, otherwise)

    def fill(self, key: str, **values: object) -> str:
        """The string with its `$placeholders` filled."""
        return string.Template(self[key]).substitute({name: str(value) for name, value in values.items()})

    def plural(self, key: str, count: int, **values: object) -> str:
        """The form of a counted string that fits `count`."""
        form = f"{key}.{self.locale.plural_form(count)}"
        return self.fill(form if form in self.values else f"{key}.other", **values)

    def section(self, name: str) -> dict[str, str]:
        """The strings below `name.`, without it: what a script of the page is given."""
        start = name + "."
        return {key[len(start) :]: value for key, value in self.values.items() if key.startswith(start)}


def parse_strings(language: str, text: str) -> Strings:
    """The strings of one file; nested mappings become dotted keys."""
    return Strings(language, dict(_flat("", yaml.load(text, Loader=_LOADER) or {})))  # noqa: S506


def read_strings(folders: Sequence[Path], languages: Sequence[str]) -> dict[str, Strings]:
    """`<language>.yaml` of the first folder that has it, for each language; where none has, an OSError."""
    return {one: parse_strings(one, _first(folders, f"{one}.yaml").read_text("utf-8")) for one in languages}


def _first(folders: Sequence[Path], name: str) -> Path:
    return next((one / name for one in folders if (one / name).exists()), folders[-1] / name)


def comparable_keys(strings: Strings) -> set[str]:
    """The keys without plural forms: what two complete languages have in common."""
    return {without_form(key) for key in strings.values if not key.startswith("language.")}


def without_form(key: str) -> str:
    """The key of a counted string, whatever form it is of."""
    start, _, last = key.rpartition(".")
    return start if last in PLURAL_FORMS else key


def _flat(prefix: str, value: Any) -> Iterator[tuple[str, str]]:
    for name, inner in value.items():
        key = f"{prefix}{name}"
        if isinstance(inner, Mapping):
            yield from _flat(f"{key}.", inner)
        else:
            yield key, str(inner)
