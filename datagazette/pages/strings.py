"""The texts of the interface: one YAML file a language, nothing else is needed for another language.

The file is a mapping of sections (`dataset:`, `figures:`, ...); a string is asked for as `dataset.downloads`.
A counted string has one entry for each plural form of the language: `count.rows.one`, `count.rows.other`.
The section `language` says how the language is written: `name`, `direction`, `locale`, and by what
steps large numbers are said, `compact_units`.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_date

from datagazette.load.descriptors import TYPE_NAMES, Document, KeyPath, refuse_controls
from datagazette.load.files import fault
from datagazette.load.yaml_file import read_yaml
from datagazette.model.problems import Problem, problem, warning

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
    """`<language>.yaml` of the first folder that has it, for each language; where none has, an OSError."""
    found = {}
    for language in languages:
        paths = [folder / f"{language}.yaml" for folder in folders]
        path = next((path for path in paths if path.exists()), paths[-1])
        found[language] = parse_strings(language, path.read_text("utf-8"))
    return found


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


WORDS = "site/strings"
_DIRECTIONS = ("ltr", "rtl")
_LISTED = 8  # keys that a message names


def word_faults(folders: Sequence[Path], languages: Sequence[str]) -> tuple[Problem, ...]:
    """The faults of the publication's own strings, in the first of `folders`; the last has this program's, which say
    what strings there have to be."""
    found: list[Problem] = []
    for language in languages:
        name, file = f"{language}.yaml", f"{WORDS}/{language}.yaml"
        if (folders[0] / name).exists() or (folders[0] / name).is_symlink():
            found += _faults(folders, name, file, language)
        elif not any((folder / name).exists() for folder in folders):
            found.append(problem("words-file-missing", file, language=language))
    return tuple(found)


def _faults(folders: Sequence[Path], name: str, file: str, language: str) -> list[Problem]:
    path = folders[0] / name
    code = fault(path, folders[0].parent.parent)
    if code:
        return [problem(code, file, path=name)]
    document, problems = read_yaml(path, file)
    if document is None:
        return list(problems)
    found = [*problems, *refuse_controls(document), *_types(document)]
    if found:
        return found
    own = parse_strings(language, path.read_text("utf-8-sig"))
    model = parse_strings("en", (folders[-1] / "en.yaml").read_text("utf-8"))
    return [*_missing(own, model, document), *_placeholders(own, model, document), *_written(own, document)]


def _types(document: Document) -> Iterator[Problem]:
    """Each string is a text, and there is one."""
    waiting: list[tuple[KeyPath, Any]] = [((), document.value)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [((*path, key), inner) for key, inner in reversed(value.items())]
        elif isinstance(value, bool | list) or value is None or value == "":
            key = ".".join(map(str, path))
            shown = {"key": key, "expected": TYPE_NAMES[str], "found": str(value)[:60]}
            yield problem("wrong-type", document.file, document.line(path), **shown)


def _missing(own: Strings, model: Strings, document: Document) -> Iterator[Problem]:
    lacking = comparable_keys(model) - comparable_keys(own)
    lacking |= {key for key in model.values if key.endswith(".other") and key not in own}
    if "language.name" not in own:
        lacking.add("language.name")
    if lacking:
        keys = sorted(lacking)
        listed = ", ".join(keys[:_LISTED]) + (", …" if len(keys) > _LISTED else "")
        yield problem("words-missing", document.file, _line(document, keys[0]), count=len(keys), keys=listed)


def _placeholders(own: Strings, model: Strings, document: Document) -> Iterator[Problem]:
    """Each string is filled with what the program has for it."""
    known, used = _filled(model), _filled(own)
    for key, text in own.values.items():
        allowed = known.get(without_form(key))
        template = string.Template(text)
        if allowed is None:
            continue
        strange = set(template.get_identifiers()) - allowed if template.is_valid() else {"$"}
        if strange:
            values = {"key": key, "found": ", ".join(sorted(strange)), "allowed": ", ".join(sorted(allowed)) or "-"}
            yield problem("words-placeholder", document.file, _line(document, key), **values)
    for key, names in known.items():
        lost = names - used.get(key, names)
        if lost:
            values = {"key": key, "found": ", ".join(sorted(lost)), "allowed": ", ".join(sorted(names))}
            yield warning("words-placeholder", document.file, _line(document, key), **values, rule="lost")


def _filled(strings: Strings) -> Mapping[str, set[str]]:
    """The placeholders of each string, of all its forms together."""
    found: dict[str, set[str]] = {}
    for key, text in strings.values.items():
        found.setdefault(without_form(key), set()).update(string.Template(text).get_identifiers())
    return found


def _written(own: Strings, document: Document) -> Iterator[Problem]:
    """How the language is written: what babel and browsers know."""

    def wrong(name: str, expected: str) -> Problem:
        key = f"language.{name}"
        return problem("words-language", document.file, _line(document, key), key=key, found=own.get(key),
                       expected=expected)  # fmt: skip

    try:
        locale = own.locale
    except (ValueError, UnknownLocaleError):
        yield wrong("locale", "en_GB, zh_CN")
        return
    if own.direction not in _DIRECTIONS:
        yield wrong("direction", " / ".join(_DIRECTIONS))
    units = own.get("language.compact_units").split()
    if not units or not all(unit.isascii() and unit.isdigit() for unit in units):
        yield wrong("compact_units", "1000000 1000000000")
    pattern = own.get("language.month_format")
    try:
        format_date(date(2000, 1, 1), pattern or "MMMM y", locale=locale)
    except (ValueError, LookupError, AttributeError):
        yield wrong("month_format", "MMMM y")


def _line(document: Document, key: str) -> int | None:
    """The line of a string, or of the section that it would be in."""
    return document.line(tuple(key.split(".")))
