"""A name for a dataset, as its address has it, from the title that people read.

A title becomes a name only where its letters can be written in Latin ones so that a reader of its language recognises
it: alphabets that write their vowels, and Hangul. Chinese would need the sound of each character, and Arabic and Hebrew
the vowels that are not written; there the next text is taken, such as the English title or the name of the file.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from itertools import chain, count

from slugify import slugify

from datagazette.intake.naming import LETTERS
from datagazette.model.names import RESERVED_NAMES, is_name

_SPELT = ("LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "GEORGIAN", "HANGUL")
_LONGEST = 40  # characters of a name that is proposed
_APOSTROPHES = re.compile("['’ʼ`]")
_PART = r"[QqHh][1-4]"  # a quarter or a half of a year
_DATED = re.compile(rf"(?<=\w)[\s_-]+({_PART}[-_ ]?)?(19|20)[0-9]{{2}}([-_ ]?([0-9]{{2}}|{_PART})){{0,2}}$")
_COPY = re.compile(r" ?\([0-9]{1,3}\)$")  # what browsers add where there is a file of that name already
_EXTENSION = re.compile(r"\.[A-Za-z]{2,8}$")


def dataset_name(texts: Iterable[str], taken: Collection[str]) -> str:
    """The name from the first of the texts that gives one, and that no dataset has; numbered where one has it."""
    base = next(filter(None, map(readable_name, texts)), "dataset")
    names = chain([base], (f"{base}-{number}" for number in count(2)))
    return next(name for name in names if name not in taken and name not in RESERVED_NAMES)


def readable_name(text: str) -> str:
    """A text in small Latin letters, digits and hyphens; empty where that would not be readable."""
    plain = unicodedata.normalize("NFC", text).translate(LETTERS)
    letters = [letter for letter in plain if letter.isalpha()]
    if not letters or not all(unicodedata.name(letter, "").startswith(_SPELT) for letter in letters):
        return ""
    name = slugify(_APOSTROPHES.sub("", plain), max_length=_LONGEST, word_boundary=True)
    return name if is_name(name) and not name.isdecimal() else ""


def title_of_file(stem: str) -> str:
    """A title from the name of a file without its ending and date: `street-trees_2024` is `Street trees`, since later
    versions keep the title."""
    bare = _COPY.sub("", _EXTENSION.sub("", stem))
    words = re.sub(r"[\s_\-]+", " ", _DATED.sub("", bare)).strip()
    return words[:1].upper() + words[1:]
