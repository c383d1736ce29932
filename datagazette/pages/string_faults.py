"""What is wrong with a publication's own texts of the interface, `site/strings/<language>.yaml`."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from babel import UnknownLocaleError
from babel.dates import format_date

from datagazette.load.descriptors import TYPE_NAMES, Document, KeyPath, refuse_controls
from datagazette.load.files import fault
from datagazette.load.yaml_file import read_yaml
from datagazette.model.problems import Problem, problem, warning
from datagazette.pages.strings import Strings, comparable_keys, parse_strings, read_strings, without_form

WORDS = "site/strings"
_DIRECTIONS = ("ltr", "rtl")
# Sections whose keys are codes of the data: a publication names its own.
_OPEN = ("region.", "note.")


def word_faults(folders: Sequence[Path], languages: Sequence[str]) -> tuple[Problem, ...]:
    """The faults of the publication's own strings, in the first of `folders`; the last has this program's, which say
    what strings there have to be."""
    found: list[Problem] = []
    for language in languages:
        name, file = f"{language}.yaml", f"{WORDS}/{language}.yaml"
        if (folders[0] / name).exists() or (folders[0] / name).is_symlink():
            found += _faults(folders, name, file, language)
        elif not _is_known(folders, language):
            found.append(problem("words-file-missing", file, language=language))
    return tuple(found)


def _faults(folders: Sequence[Path], name: str, file: str, language: str) -> list[Problem]:
    path = folders[0] / name
    code = fault(path, folders[0].parent.parent)
    if code:
        return [problem(code, file, path=name)]
    document, problems = read_yaml(path, file)
    if document is None:  # a file with nothing but comments changes nothing
        return [each for each in problems if (each.code, dict(each.values).get("rule")) != ("yaml-no-mapping", "empty")]
    found = [*problems, *refuse_controls(document), *_types(document)]
    if found:
        return found
    own = parse_strings(language, path.read_text("utf-8-sig"))
    laid = read_strings(folders, [language])[language]
    model = parse_strings("en", (folders[-1] / "en.yaml").read_text("utf-8"))
    return [*_unknown(own, model, document), *_placeholders(own, laid, model, document), *_written(laid, document)]


def _is_known(folders: Sequence[Path], language: str) -> bool:
    """Whether it is known how a language is written, by CLDR or by one of the files."""
    return "language.locale" in read_strings(folders, [language])[language]


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


def _unknown(own: Strings, model: Strings, document: Document) -> Iterator[Problem]:
    """Keys that no page asks for."""
    known = {*comparable_keys(model), *(key for key in model.values if key.startswith("language."))}
    for key in own.values:
        if without_form(key) not in known and not key.startswith(_OPEN):
            near = document.near.nearest(without_form(key), known)
            yield warning("words-unknown", document.file, _line(document, key), key=key, near=near)


def _placeholders(own: Strings, laid: Strings, model: Strings, document: Document) -> Iterator[Problem]:
    """Each string is filled with what the program has for it; of a counted one, some form names each value."""
    written = {without_form(key) for key in own.values}
    known, used = _filled(model), {key: names for key, names in _filled(laid).items() if key in written}
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
