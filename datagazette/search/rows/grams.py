"""What a text is looked up by. `site/assets/lib/row-search.js` cuts a query in the same way.

Chinese, Japanese and Korean writing has no spaces: each pair of neighbouring letters is a gram, so that any two
letters of a name find it. Other writing goes by the beginnings of words, and numbers by more digits than words by
letters, since codes begin alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_WORD = re.compile(r"[^\W_]+")
_RUN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+|[^\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_LETTERS, _DIGITS = 3, 6


def folded(text: str) -> str:
    """Lower case, full-width forms and accents folded."""
    bare = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.category(one).startswith("M"))
    return unicodedata.normalize("NFC", bare.lower())


def grams(text: str) -> Iterator[str]:
    """The grams of a folded text, in order; one may come twice."""
    for word in _WORD.findall(text):
        for run in _RUN.findall(word):
            yield from _grams_of(run)


def _grams_of(run: str) -> Iterator[str]:
    if not _CJK.match(run):
        yield run[: _DIGITS if run.isdecimal() else _LETTERS]
    elif len(run) == 1:
        yield run
    else:
        yield from (run[place : place + 2] for place in range(len(run) - 1))


def shard(gram: str, shards: int) -> int:
    """The part of the index that holds a gram: 31-based hash of its code points."""
    value = 0
    for letter in gram:
        value = (value * 31 + ord(letter)) % 2**32
    return value % shards
