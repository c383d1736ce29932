"""Names and titles of fields from the headings that people gave their columns.

A field's name must be the label in the CSV, so the CSV that is written gets the names as its header, and the heading
itself becomes the title in its language. A Chinese heading that the vocabulary does not know stays the name: it is a
valid one, and truer than a transcription.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml

_HAN = re.compile(r"[㐀-鿿]")
_UNIT = re.compile(r"\s*[(（\[［]\s*([^()（）\[\]［］]{1,12})\s*[)）\]］]\s*$")
_VOCABULARY = Path(__file__).with_name("vocabulary.yaml")


@dataclass(frozen=True)
class Named:
    """A column's name, its titles by language as far as they are known, and the unit that its heading holds."""

    label: str
    name: str
    titles: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""


@dataclass(frozen=True)
class _Word:
    name: str
    english: str
    chinese: tuple[str, ...]


def named(labels: Sequence[str]) -> tuple[Named, ...]:
    """A name of its own for each label; later repeats are numbered.

    A Chinese heading that ends in a word of the vocabulary gets that word's name where no other column has it.
    """
    read = [_named(label) for label in labels]
    endings = [_ending(one) for one in read]
    wanted = Counter([*(one.name for one in read), *(ending for ending in endings if ending)])
    taken: set[str] = set()
    found = []
    for one, ending in zip(read, endings, strict=True):
        base = ending if ending and wanted[ending] == 1 else one.name
        name, number = base, 2
        while name in taken:
            name, number = f"{base}_{number}", number + 1
        taken.add(name)
        found.append(Named(one.label, name, one.titles, one.unit))
    return tuple(found)


def _ending(one: Named) -> str:
    """The name of the longest word of the vocabulary that the heading ends in; empty where its own name is better."""
    if language_of(one.name) != "zh":
        return ""
    starts = range(1, max(len(one.name) - 1, 1))
    return next((word.name for at in starts if (word := _by_chinese().get(one.name[at:]))), "")


def language_of(text: str) -> str:
    """`zh` where there is a Chinese character in the text, else `en`."""
    return "zh" if _HAN.search(text) else "en"


def slug(text: str) -> str:
    """Lower-case letters and digits with hyphens, as files and resources are named; empty where none are left."""
    return re.sub(r"[^a-z0-9]+", "-", _bare(text).lower()).strip("-")


def _named(label: str) -> Named:
    unit = _UNIT.search(label)
    heading = _UNIT.sub("", label).strip() or label
    told = unit.group(1) if unit and heading != label else ""
    if language_of(heading) == "zh":
        word = _by_chinese().get(re.sub(r"\s", "", heading))
        name = word.name if word else re.sub(r"\s+", "_", heading)
        return Named(label, name, {"zh": heading} | ({"en": word.english} if word else {}), told)
    name = re.sub(r"[^a-z0-9]+", "_", _apart(_bare(heading)).lower()).strip("_") or re.sub(r"\s+", "_", heading)
    word = _by_name().get(name)
    title = word.english if word and heading == name else _titled(heading)
    return Named(label, name, {"en": title} | ({"zh": word.chinese[0]} if word else {}), told)


def _apart(heading: str) -> str:
    """`regionCode` as `region Code`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", heading)


def _bare(heading: str) -> str:
    """Letters without their accents."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", heading) if not unicodedata.combining(sign))


def _titled(heading: str) -> str:
    text = re.sub(r"[_\s]+", " ", _apart(heading)).strip()
    return text[:1].upper() + text[1:]


@cache
def _words() -> tuple[_Word, ...]:
    entries = yaml.safe_load(_VOCABULARY.read_text("utf-8"))
    return tuple(_Word(entry["name"], entry["en"], tuple(entry["zh"])) for entry in entries)


@cache
def _by_chinese() -> Mapping[str, _Word]:
    return {chinese: word for word in _words() for chinese in word.chinese}


@cache
def _by_name() -> Mapping[str, _Word]:
    return {word.name: word for word in _words()}
