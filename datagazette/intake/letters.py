"""How likely a text is in one of many languages, by its letters alone.

It serves to choose between encodings: the same bytes give different letters in each. Only the order of the letters in
each language is known, the most frequent first; the shares that follow from it are rough, but enough to compare.
"""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_LETTERS = Path(__file__).with_name("letters.yaml")
_ASCII = "abcdefghijklmnopqrstuvwxyz"
_PUNCTUATION = "“”‘’–—…«»°§€£²³µ½±„‚•™®©¿¡ºª·\xa0、。，；：！？（）「」『』《》【】～・ー　"
_JOINING = "’·–"  # may be between two letters
_EASTERN = frozenset(("CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL", "FULLWIDTH", "HALFWIDTH"))

_COUNTED = frozenset(("CJK", "HIRAGANA", "KATAKANA", "HANGUL"))  # have words that follow a number without a space

_BEYOND = 0.12  # of the letters of a language in Latin script are not of ASCII
_NAMED = math.log(1e-4)  # a letter that the language does not have and that names of many languages have
_STRAY = math.log(5e-6)  # another letter of the same script
_FOREIGN = math.log(5e-8)  # a letter of another script, or a rare character of a large set
_MARK, _ODD, _NO_TEXT = math.log(5e-4), math.log(1e-6), math.log(1e-9)
_CAPITAL_WITHIN = math.log(1e-2)  # after a small letter
_MARK_WITHIN = math.log(1e-3)  # between two letters
_LETTER_WITHIN = math.log(1e-3)  # between two digits
_BESIDE_NUMBER = math.log(2e-2)  # a letter that only a number is beside
_CURRENCY = math.log(5e-2)  # beside a number
_OTHER_SCRIPT = math.log(1e-3)  # after a letter of another script
_BESIDE_EASTERN = math.log(5e-2)  # a letter of another script beside one of an East Asian script

Model = Mapping[str, float]


def likelihood(texts: Iterable[str]) -> float:
    """The logarithm of how likely the texts are in the language that fits them best."""
    found = tuple(texts)
    letters = Counter(character for text in found for character in text.lower() if _script(character))
    return sum(map(_spelling, found)) + max(
        sum(
            count * model.get(letter, _STRAY if is_latin and _script(letter) == "LATIN" else _FOREIGN)
            for letter, count in letters.items()
        )
        for model, is_latin in _models()
    )


def _spelling(text: str) -> float:
    """What speaks against a text in any language: letters where no word has them, and characters that are none."""
    found = 0.0
    for before, character, after in zip(f" {text}", text, f"{text[1:]} ", strict=False):
        script = _script(character)
        if script:
            found += _beside(_script(before), script)
            if character.isupper() and before.islower():
                found += _CAPITAL_WITHIN
            if not character.isascii() and character not in _PUNCTUATION and script not in _COUNTED:
                found += _beside_digits(before, after)
        elif not character.isascii():
            is_amount = unicodedata.category(character) == "Sc" and (before.isdigit() or after.isdigit())
            found += _CURRENCY if is_amount else _mark(character)
            if _script(before) and _script(after) and character not in _JOINING and not _is_eastern(before, after):
                found += _MARK_WITHIN
    return found


def _beside_digits(before: str, after: str) -> float:
    """What speaks against a letter that is beside digits alone: in another encoding it is a currency's sign."""
    if before.isdigit() and after.isdigit():
        return _LETTER_WITHIN
    is_alone = (before.isdigit() and not _script(after)) or (after.isdigit() and not _script(before))
    return _BESIDE_NUMBER if is_alone else 0.0


def _beside(before: str, script: str) -> float:
    if not before or before == script or {before, script} <= _EASTERN:
        return 0.0
    return _BESIDE_EASTERN if {before, script} & _EASTERN else _OTHER_SCRIPT


def _is_eastern(*characters: str) -> bool:
    return all(_script(character) in _EASTERN for character in characters)


@cache
def _mark(character: str) -> float:
    if unicodedata.category(character)[0] == "C":
        return _NO_TEXT
    return _MARK if character in _PUNCTUATION else _ODD


@cache
def _script(character: str) -> str:
    """The script of a letter or of a mark above or below one, such as LATIN; empty for any other character."""
    if not character.isalpha() and unicodedata.category(character) not in ("Mn", "Mc"):
        return ""
    return unicodedata.name(character, "").partition(" ")[0]


@cache
def _models() -> tuple[tuple[Model, bool], ...]:
    """Each language's letters with the logarithms of their shares, and whether they are Latin."""
    known: Mapping[str, Any] = yaml.safe_load(_LETTERS.read_text("utf-8"))
    *languages, names = known["latin"]
    plain, few = _shared(_ASCII, 1 - _BEYOND), _shared(_ASCII, 0.02)
    named = dict.fromkeys(names, _NAMED)
    latin = [{**plain, **named, **_falling(letters, _BEYOND)} for letters in languages]
    latin.append({**plain, **_shared(names, _BEYOND)})
    others = [{**few, **_falling(letters, 0.97)} for letters in known["others"]]
    eastern = [{**few, **model} for model in _eastern(known)]
    return (*((model, True) for model in latin), *((model, False) for model in (*others, *eastern)))


def _falling(letters: str, share: float) -> Model:
    weights = [math.exp(-3 * place / len(letters)) for place in range(len(letters))]
    return {letter: math.log(share * weight / sum(weights)) for letter, weight in zip(letters, weights, strict=True)}


def _shared(letters: Iterable[str], share: float) -> Model:
    found = frozenset(letters)
    return dict.fromkeys(found, math.log(share / len(found)))


def _eastern(known: Mapping[str, str]) -> tuple[Model, ...]:
    """Chinese in both forms, Japanese and Korean. Their national character sets hold the usual ones in rows of their
    own (GB 2312, Big5, JIS X 0208 and KS X 1001)."""
    frequent = {language: "".join(known[language].split()) for language in ("chinese", "japanese", "korean")}
    kana, narrow = map(chr, (*range(0x3041, 0x3097), *range(0x30A1, 0x30FD))), map(chr, range(0xFF66, 0xFFA0))
    return (
        {**_shared(_rows("gb2312", 0xD8, 0xF7), 0.02), **_shared(_rows("gb2312", 0xB0, 0xD7), 0.3),
         **_shared(frequent["chinese"], 0.65)},
        {**_shared(_rows("big5", 0xC9, 0xF9), 0.02), **_shared(_rows("big5", 0xA4, 0xC6), 0.95)},
        {**_shared(_rows("euc_jp", 0xD0, 0xF4), 0.02), **_shared(_rows("euc_jp", 0xB0, 0xCF), 0.2),
         **_shared(frequent["japanese"], 0.4), **_shared(kana, 0.35), "ー": math.log(0.02)},
        _shared(narrow, 0.97),
        {**_shared(_rows("euc_kr", 0xCA, 0xFD), 0.01), **_shared(_rows("euc_kr", 0xB0, 0xC8), 0.3),
         **_shared(frequent["korean"], 0.65)},
    )  # fmt: skip


def _rows(encoding: str, first: int, last: int) -> str:
    """The characters of two bytes with such a first one."""
    return "".join(
        bytes((lead, trail)).decode(encoding, "ignore")
        for lead in range(first, last + 1)
        for trail in range(0x40, 0xFF)
        if trail > 0xA0 or (encoding == "big5" and trail < 0x7F)
    )
