"""The texts of the interface: one YAML file a language, nothing else is needed for another language.

A publication's file is laid over this program's, key by key; `string_faults` checks it.

The file is a mapping of sections (`dataset:`, `figures:`, ...); a string is asked for as `dataset.downloads`.
A counted string has one entry for each plural form of the language: `count.rows.one`, `count.rows.other`.
The section `language` says how the language is written: `name`, `direction`, `locale`, and by what
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
from babel import Locale, UnknownLocaleError
from babel.core import get_global

from datagazette.messages.kin import kindred

_FALLBACK = "en"
# What a region has of its own, where the texts are those of the language.
_OF_REGION = ("language.name", "language.locale", "frame.html_lang")
PLURAL_FORMS = ("zero", "one", "two", "few", "many", "other")


class MissingString(KeyError):
    """A template or a page asks for a string that the file of strings does not have."""


# libyaml's loader where it is there: it is many times faster and reads the same.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Strings:
    """All texts of the interface in one language, by `section.name`."""

    language: str
    values: Mapping[str, str]

    @cached_property
    def locale(self) -> Locale:
        return Locale.parse(self.values.get("language.locale", self.language), sep="_")

    @property
    def territorial(self) -> str:
        """The locale as Open Graph has it, `zh_CN`: where it names no territory, with that of most readers (CLDR)."""
        likely = Locale.parse(get_global("likely_subtags").get(str(self.locale), str(self.locale)))
        territory = self.locale.territory or likely.territory
        is_known = territory and territory.isalpha()  # `001` is the world
        return f"{self.locale.language}_{territory}" if is_known else self.locale.language

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
        if "$" not in self[key]:
            return self[key]
        return string.Template(self[key]).substitute({name: str(value) for name, value in values.items()})

    def plural(self, key: str, count: int, **values: object) -> str:
        """The form of a counted string that fits `count`."""
        form = f"{key}.{self.locale.plural_form(count)}"
        return self.fill(form if form in self.values else f"{key}.other", **values)

    def section(self, name: str) -> dict[str, str]:
        """The strings below `name.`, without it: what a script of the page is given."""
        start = f"{name}."
        return {key.removeprefix(start): value for key, value in self.values.items() if key.startswith(start)}


def parse_strings(language: str, text: str) -> Strings:
    """The strings of one file; nested mappings become dotted keys."""
    return Strings(language, dict(_flat("", yaml.load(text, Loader=_LOADER) or {})))  # noqa: S506


def read_strings(folders: Sequence[Path], languages: Sequence[str]) -> dict[str, Strings]:
    """The strings of each language: each from the first folder whose `<language>.yaml` has it, else the English one.

    The last folder is this program's. A language that it lacks is written as CLDR knows it.
    """
    english = _english(folders)
    return {language: _completed(written_strings(folders, language), english) for language in languages}


def written_strings(folders: Sequence[Path], language: str) -> Strings:
    """The strings that there are in a language: those of the first folder are laid over those of the others, and all of
    them over those of the language without its region."""
    found: dict[str, str] = {}
    for code in reversed(kindred(language)):
        paths = (folder / f"{code}.yaml" for folder in reversed(folders))
        for path in (path for path in paths if path.is_file()):
            found |= parse_strings(language, path.read_text("utf-8-sig")).values
        if code != language and found:
            found |= {key: value for key, value in _described(language).items() if key in _OF_REGION}
    return Strings(language, found)


def untranslated(folders: Sequence[Path], language: str) -> int:
    """How many strings of a language are the English ones."""
    lacking = comparable_keys(_english(folders)) - comparable_keys(written_strings(folders, language))
    return len(lacking - {"frame.html_lang"})


def _english(folders: Sequence[Path]) -> Strings:
    return parse_strings(_FALLBACK, (folders[-1] / f"{_FALLBACK}.yaml").read_text("utf-8"))


def _completed(own: Strings, english: Strings) -> Strings:
    """With English ones for those that lack; of a counted string all forms are of one language, but for the last."""
    known = {without_form(key) for key in own.values}
    lent = {
        key: value
        for key, value in english.values.items()
        if not key.startswith(("language.", "region.")) and (without_form(key) not in known or key.endswith(".other"))
    }
    written = {"language.compact_units": english["language.compact_units"]} | _described(own.language)
    lent |= written if "language.locale" in written else {}
    return Strings(own.language, {**own.values, **{key: lent[key] for key in lent if key not in own}})


def _described(language: str) -> dict[str, str]:
    """What CLDR knows of how a language is written, for one that has no strings; nothing where it does not know it."""
    try:
        locale = Locale.parse(language, sep="-")
    except (ValueError, UnknownLocaleError):
        return {}
    pattern = locale.datetime_skeletons.get("yMMMM", "MMMM y")
    return {
        "language.name": locale.get_display_name(locale) or language,
        "language.direction": "rtl" if locale.text_direction == "rtl" else "ltr",
        "language.locale": str(locale),
        "language.month_format": str(getattr(pattern, "pattern", pattern)),
        "frame.html_lang": language,
    }


def comparable_keys(strings: Strings) -> set[str]:
    """The keys without plural forms: what two complete languages have in common. What regions are called depends on
    the publication, and CLDR knows the countries."""
    return {without_form(key) for key in strings.values if not key.startswith(("language.", "region."))}


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
