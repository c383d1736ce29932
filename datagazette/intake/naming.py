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
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import chain, count
from pathlib import Path
from typing import Any

import yaml

_HAN = re.compile(r"[㐀-鿿]")
_WITHIN = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")  # where `regionCode` becomes `region Code`
_UNIT = re.compile(r"\s*[(（\[［]\s*([^()（）\[\]［］]{1,12})\s*[)）\]］]\s*$")
_CODED = re.compile(
    r"(^|[_ ])(code|codes|id|ids|zip|postcode|phone|tel|telephone|account)($|[_ ])"
    r"|代码|代号|编码|编号|号码|邮编|电话|区划|身份证",
    re.IGNORECASE,
)
_VOCABULARY = Path(__file__).with_name("vocabulary.yaml")


@dataclass(frozen=True)
class Named:
    """A column's name, its titles by language as far as they are known, and the unit that its heading holds."""

    label: str
    name: str
    titles: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""

    @property
    def coded(self) -> bool:
        """Whether the heading says that the values are codes."""
        return bool(_CODED.search(self.label) or _CODED.search(self.name))


def named(labels: Sequence[str]) -> tuple[Named, ...]:
    """A name of its own for each label; later repeats are numbered.

    A Chinese heading that ends in a word of the vocabulary gets that word's name where no other column has it.
    """
    read = [_named(label) for label in labels]
    endings = [_ending(column.name) for column in read]
    wanted = Counter([*(column.name for column in read), *filter(None, endings)])
    taken: dict[str, Named] = {}
    for column, ending in zip(read, endings, strict=True):
        base = ending if ending and wanted[ending] == 1 else column.name
        names = chain([base], (f"{base}_{number}" for number in count(2)))
        name = next(name for name in names if name not in taken)
        taken[name] = replace(column, name=name)
    return tuple(taken.values())


def language_of(text: str) -> str:
    """`zh` where there is a Chinese character in the text, else `en`."""
    return "zh" if _HAN.search(text) else "en"


def slug(text: str) -> str:
    """Lower-case letters and digits with hyphens, as files and resources are named; empty where none are left."""
    return re.sub(r"[^a-z0-9]+", "-", _without_accents(text).lower()).strip("-")


def _ending(name: str) -> str:
    """The name of the longest word of the vocabulary that a Chinese name ends in, or an empty string."""
    endings = [name[at:] for at in range(1, max(len(name) - 1, 1))] if language_of(name) == "zh" else []
    known, _ = _vocabulary()
    return next((str(known[ending]["name"]) for ending in endings if ending in known), "")


def _named(label: str) -> Named:
    by_chinese, by_name = _vocabulary()
    unit = _UNIT.search(label)
    heading = label[: unit.start()].strip() if unit else label.strip()
    found = unit[1] if unit and heading else ""
    heading = heading or label
    if language_of(heading) == "zh":
        word = by_chinese.get(re.sub(r"\s", "", heading))
        name = word["name"] if word else re.sub(r"\s+", "_", heading)
        return Named(label, name, {"zh": heading} | ({"en": word["en"]} if word else {}), found)
    bare = _WITHIN.sub(" ", _without_accents(heading)).lower()
    name = re.sub(r"[^a-z0-9]+", "_", bare).strip("_") or re.sub(r"\s+", "_", heading)
    word = by_name.get(name)
    title = re.sub(r"[_\s]+", " ", _WITHIN.sub(" ", heading)).strip()
    title = word["en"] if word and heading == name else title[:1].upper() + title[1:]
    return Named(label, name, {"en": title} | ({"zh": word["zh"][0]} if word else {}), found)


def _without_accents(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))


@cache
def _vocabulary() -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The entries of the vocabulary by each of their Chinese headings, and by their names."""
    entries = yaml.safe_load(_VOCABULARY.read_text("utf-8"))
    return {heading: entry for entry in entries for heading in entry["zh"]}, {entry["name"]: entry for entry in entries}
