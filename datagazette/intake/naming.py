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
    r"(^|[_ ])(code|codes|id|ids|zip|postcode|phone|tel|telephone|account|version|isbn|issn|ean)($|[_ ])"
    r"|代码|代号|编码|编号|号码|邮编|电话|区划|身份证|版本",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(1[89]|20)[0-9]{2}")
# `voucher_no` and the `fakturanr` of languages that write such words as one, but not `yes_no`.
_IDENTIFIES = re.compile(r"(^|_)(ref|reference|id|uid|uuid|guid|serial)($|_)|nr($|_)|(^|(?<!yes)_)no$", re.IGNORECASE)
# Letters that have no plain letter within them, as their languages write them without.
LETTERS = str.maketrans({
    "æ": "ae", "ø": "oe", "å": "aa", "œ": "oe", "ß": "ss", "ð": "d", "þ": "th", "ł": "l", "đ": "d", "ħ": "h", "ı": "i",
    "Æ": "Ae", "Ø": "Oe", "Å": "Aa", "Œ": "Oe", "ẞ": "SS", "Ð": "D", "Þ": "Th", "Ł": "L", "Đ": "D", "Ħ": "H",
})  # fmt: skip
_VOCABULARY = Path(__file__).with_name("vocabulary.yaml")
_UNITS = Path(__file__).with_name("units.yaml")


@dataclass(frozen=True)
class Named:
    """A column's name, its titles by language as far as they are known, and the unit that its heading holds.

    `holds` is what a column of its meaning holds (number, text, date), or empty. Titles have no unit in them.
    """

    label: str
    name: str
    titles: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    holds: str = ""

    @property
    def coded(self) -> bool:
        """Whether the heading says that the values are codes."""
        return bool(_CODED.search(self.label) or _CODED.search(self.name)) and not self.measures

    @property
    def identifies(self) -> bool:
        """Whether the heading says that each value is that of one row, and of no other row ever."""
        return bool(_IDENTIFIES.search(self.name))

    @property
    def measures(self) -> bool:
        """Whether the heading says that the values are amounts: it is a year, has a unit, or ends in a word for one."""
        if self.unit or self.holds == "number" or self.is_year:
            return True
        _, by_name = _vocabulary()
        words = [word for word in self.name.split("_") if not word.isdecimal()]
        ends = {words[-1], words[-1].removesuffix("s")} if words else set()
        return any(by_name.get(word, {}).get("holds") == "number" for word in ends)

    @property
    def is_year(self) -> bool:
        """Whether the column is one of a year, whose values are what was counted or measured in it."""
        return bool(_YEAR.fullmatch(self.name))

    def of(self, kind: str) -> Named:
        """With the titles that are right for a column of the type `kind`: a translation only where the values are what
        it speaks of, and the unit within the title where the column holds no number."""
        holds = {"integer": "number", "string": "text", "yearmonth": "date", "year": "date"}.get(kind, kind)
        own = language_of(self.label)
        agrees = not self.holds or self.holds == holds
        titles = {language: title for language, title in self.titles.items() if agrees or language == own}
        if holds == "number" or not self.unit:
            return replace(self, titles=titles)
        brackets = {"zh": f"（{self.unit}）"}
        titles = {language: title + brackets.get(language, f" ({self.unit})") for language, title in titles.items()}
        return replace(self, titles=titles, unit="")


def named(labels: Sequence[str]) -> tuple[Named, ...]:
    """A name of its own for each label; later repeats are numbered.

    Where brackets alone distinguish two headings, they are part of the name and the title. A Chinese heading that ends
    in a word of the vocabulary gets that word's name where no other column has it.
    """
    alike = Counter(_heading(label)[0] for label in labels)
    read = [_named(label, *((label.strip(), "") if alike[heading] > 1 else (heading, unit)))
            for label, (heading, unit) in ((label, _heading(label)) for label in labels)]  # fmt: skip
    endings = [_ending(column.name) for column in read]
    wanted = Counter([*(column.name for column in read), *filter(None, endings)])
    taken: dict[str, Named] = {}
    for column, ending in zip(read, endings, strict=True):
        base = ending if ending and wanted[ending] == 1 else column.name
        names = chain([base], (f"{base}_{number}" for number in count(2)))
        name = next(name for name in names if name not in taken)
        titles = {language: _numbered(title, [other.titles.get(language) for other in taken.values()])
                  for language, title in column.titles.items()}  # fmt: skip
        taken[name] = replace(column, name=name, titles=titles)
    return tuple(taken.values())


def _numbered(title: str, others: Sequence[str | None]) -> str:
    """The title; with a number where another column has the same."""
    titles = chain([title], (f"{title} ({number})" for number in count(2)))
    return next(found for found in titles if found not in others)


def language_of(text: str) -> str:
    """`zh` where there is a Chinese character in the text, else `en`."""
    return "zh" if _HAN.search(text) else "en"


def language_among(text: str, languages: Sequence[str]) -> str:
    """Which of a publication's languages a text is in that does not say: Chinese where its letters are, else the first
    of the others, which is English where the first is Chinese."""
    first = languages[0] if languages else "en"
    if language_of(text) == "zh":
        return "zh" if "zh" in languages else first
    return "en" if first == "zh" else first


def in_languages(titles: Mapping[str, str], languages: Sequence[str]) -> dict[str, str]:
    """Titles from a heading, which are Chinese or else taken for English, by the languages of a publication. What has
    no letters, such as a year, is the same in all of them."""
    if titles and not any(letter.isalpha() for title in titles.values() for letter in title):
        return dict.fromkeys(languages, next(iter(titles.values())))
    guessed = () if languages and languages[0] in ("zh", "en") else ("en",)
    found = {language: title for language, title in titles.items() if language in languages and language not in guessed}
    for title in (title for language, title in titles.items() if language not in found):
        found.setdefault(language_among(title, languages), title)
    return found


def slug(text: str) -> str:
    """Lower-case letters and digits with hyphens, as files and resources are named; empty where none are left."""
    return re.sub(r"[^a-z0-9]+", "-", _without_accents(text.translate(LETTERS)).lower()).strip("-")


def is_unit(text: str) -> bool:
    """Whether a text is a unit that is known."""
    return text in _units()


def _ending(name: str) -> str:
    """The name of the longest word of the vocabulary that a Chinese name ends in, or an empty string."""
    endings = [name[at:] for at in range(1, max(len(name) - 1, 1))] if language_of(name) == "zh" else []
    known, _ = _vocabulary()
    return next((str(known[ending]["name"]) for ending in endings if ending in known), "")


def _heading(label: str) -> tuple[str, str]:
    """(the heading, its unit): brackets at its end are a unit only where they hold one that is known."""
    found = _UNIT.search(label)
    heading = label[: found.start()].strip() if found else ""
    return (heading, found[1]) if found and heading and found[1] in _units() else (label.strip(), "")


def _named(label: str, heading: str, unit: str) -> Named:
    by_chinese, by_name = _vocabulary()
    heading = heading or label
    if language_of(heading) == "zh":
        word = by_chinese.get(re.sub(r"\s", "", heading), {})
        name = word.get("name") or _underscored(heading) or heading
        titles = {"zh": heading} | ({"en": word["en"]} if word else {})
        return Named(label, name, titles, unit, word.get("holds", ""))
    name = _folded(_WITHIN.sub(" ", heading))
    word = by_name.get(name, {})
    title = re.sub(r"[_\s]+", " ", _WITHIN.sub(" ", heading)).strip()
    title = word["en"] if word and heading == name else title[:1].upper() + title[1:]
    return Named(label, name, {"en": title} | ({"zh": word["zh"][0]} if word else {}), unit, word.get("holds", ""))


def _folded(heading: str) -> str:
    """A heading in small Latin letters, digits and underscores; in its own letters where it has others, in which
    accents are not always ornaments."""
    bare = _without_accents(heading.translate(LETTERS)).lower()
    if any(letter.isalpha() and not letter.isascii() for letter in bare):
        return _underscored(unicodedata.normalize("NFC", heading).lower())
    return re.sub("[^a-z0-9]+", "_", bare).strip("_") or re.sub(r"\s+", "_", heading)


def _underscored(text: str) -> str:
    """A text with one underscore for whatever is between its letters, vowel signs and digits."""
    kept = (letter if unicodedata.category(letter)[0] in "LMN" else "_" for letter in text)
    return re.sub("_+", "_", "".join(kept)).strip("_")


def _without_accents(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))


@cache
def _vocabulary() -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The entries of the vocabulary by each of their Chinese headings, and by their names."""
    entries = yaml.safe_load(_VOCABULARY.read_text("utf-8"))
    return {heading: entry for entry in entries for heading in entry["zh"]}, {entry["name"]: entry for entry in entries}


@cache
def _units() -> frozenset[str]:
    return frozenset(chain.from_iterable(yaml.safe_load(_UNITS.read_text("utf-8"))))
