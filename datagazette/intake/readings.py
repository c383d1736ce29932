"""In which encodings the bytes of a file that is not Unicode make sense.

The evidence is its words that are not of ASCII, each once. Encodings that read all of them alike are one reading. A
reading is certain where it is far more likely than any other; else a person has to choose.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from datagazette.intake.letters import likelihood

# What programs write, and how usual it is beside the first. Of those that read a text alike the first is named.
_ENCODINGS = {
    "cp1252": 1.0, "gb18030": 1.0, "cp932": 1.0, "big5hkscs": 0.5, "cp949": 1.0, "cp1250": 0.3, "cp1251": 1.0,
    "cp1253": 0.5, "cp1254": 0.3, "cp1255": 0.5, "cp1256": 0.5, "cp1257": 0.3, "cp874": 0.3, "iso8859-15": 0.01,
    "iso8859-2": 0.03, "iso8859-5": 0.1, "iso8859-7": 0.1, "mac-roman": 0.2, "mac-cyrillic": 0.1, "cp850": 0.2,
    "cp437": 0.1, "cp852": 0.1, "cp866": 0.1, "koi8-r": 0.1, "koi8-u": 0.05, "euc-jp": 0.2, "cp1258": 0.003,
}  # fmt: skip
_CERTAIN = math.log(5e3)  # times as likely as any other
_FITS = math.log(1e7)  # times less likely than the best, and offered still
_LIKELY = -4.8  # the least logarithm of a likelihood for each byte; of real words it is -4.7 at least, mostly above -4
_MOST, _MOST_BYTES = 2_000, 100_000  # words that are compared, and bytes of them
_LONGEST = 200  # bytes of a word that are compared
_OFFERED = 5
_BLOCK = 1 << 20
# No encoding here has such bytes within a character, so that words can be cut out of a file before it is read.
_WORD = re.compile(rb"[^\x00-\x2f\x3a-\x3f]+")
_TEXT_WORD = re.compile(r"[^\x00-\x2f\x3a-\x3f]+")
_CUTS = (b"\n", b"\r", b",", b";", b"\t", b" ")


@dataclass(frozen=True)
class Reading:
    """Encodings that read all words alike, and what they read; `score` is the logarithm of its likelihood."""

    encodings: tuple[str, ...]
    texts: tuple[str, ...]
    score: float

    @property
    def encoding(self) -> str:
        return self.encodings[0]


@dataclass(frozen=True)
class Foreign:
    """The first words of a file that are not of ASCII, each once: those that are UTF-8 and those that are not.
    `fitting` are the encodings that can read the whole file, `has_nul` is whether it has a zero byte."""

    unicode: tuple[bytes, ...]
    others: tuple[bytes, ...]
    fitting: tuple[str, ...]
    has_nul: bool = False

    @property
    def words(self) -> tuple[bytes, ...]:
        return (*self.others, *self.unicode)


def foreign_words(path: Path) -> Foreign:
    """Raises OSError where the file cannot be read."""
    unicode: dict[bytes, None] = {}
    others: dict[bytes, None] = {}
    fitting = list(_ENCODINGS)
    size, has_nul = 0, False
    with path.open("rb") as file:
        for block in _blocks(file):
            has_nul |= b"\0" in block
            words = list(dict.fromkeys(word for word in _WORD.findall(block) if not word.isascii()))
            fitting = [encoding for encoding in fitting if _decodes(b"\n".join(words), encoding)]
            for word in words:
                if len(unicode) + len(others) >= _MOST or size > _MOST_BYTES:
                    break
                size += len(word)
                (unicode if _decodes(word, "utf-8") else others)[word] = None
    return Foreign(tuple(unicode), tuple(others), tuple(fitting), has_nul)


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    """A file in pieces that do not end within a word."""
    rest = b""
    for block in iter(partial(file.read, _BLOCK), b""):
        end = max(map(block.rfind, _CUTS)) + 1
        if end:
            yield rest + block[:end]
        rest = block[end:] if end else rest + block
    yield rest


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _text(word: bytes, encoding: str) -> str:
    """The beginning of a word, without a character that is cut off."""
    return word[:_LONGEST].decode(encoding, "ignore")


def words_of(texts: Iterable[str]) -> frozenset[str]:
    """The words of texts that are not of ASCII, cut as those of a file are."""
    return frozenset(word for text in texts if not text.isascii() for word in _TEXT_WORD.findall(text)
                     if not word.isascii())  # fmt: skip


def readings(found: Foreign, known: Collection[str] = ()) -> list[Reading]:
    """Every reading of words, the most likely first. `known` are words that are to be expected among them."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for encoding in found.fitting:
        texts = tuple(_text(word, encoding) for word in found.words)
        alike.setdefault(texts, []).append(encoding)
    made = []
    for texts, encodings in alike.items():
        unknown = [text for text in texts if text not in known]
        expected = (len(texts) - len(unknown)) * -math.log(2 * max(len(known), 1))
        usual = math.log(max(_ENCODINGS[encoding] for encoding in encodings))
        made.append(Reading(tuple(encodings), texts, likelihood(unknown) + expected + usual))
    return sorted(made, key=lambda reading: -reading.score)


def certain(found: Sequence[Reading]) -> Reading | None:
    """The best reading, if no other comes near and it looks like a language at all."""
    if not found or (len(found) > 1 and found[0].score - found[1].score < _CERTAIN):
        return None
    best = found[0]
    size = len("".join(best.texts).encode(best.encoding))
    return best if best.score >= _LIKELY * size else None


def offered(found: Sequence[Reading]) -> list[Reading]:
    """The readings that a person has to choose from, a few at most."""
    return [reading for reading in found[:_OFFERED] if found[0].score - reading.score < _FITS]


def is_mixed(found: Foreign, best: Reading | None) -> bool:
    """Whether a part of the file is UTF-8 and another is not: its words are more likely as UTF-8 than as the rest."""
    if not found.unicode or best is None:
        return bool(found.unicode)
    other = best.texts[len(found.others) :]
    return likelihood(_text(word, "utf-8") for word in found.unicode) - likelihood(other) > _CERTAIN
