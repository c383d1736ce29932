"""Texts that were read or written in a wrong encoding, by the text before and after."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

# What only a wrong encoding leaves: the character for an invalid byte, and its UTF-8 read as GBK.
_CERTAIN = ("\ufffd", "锟斤拷")
# Encodings in which programs write and read texts where nothing says which one it is.
_ENCODINGS = ("utf-8", "gb18030", "cp1252", "latin-1", "mac-roman", "cp850", "cp1250", "cp1251", "big5", "cp932")


def is_garbled(before: str, after: str) -> bool:
    """Whether `after` is `before` read or written in a wrong encoding."""
    if before.isascii() or before == after:
        return False
    if any(trace in after and trace not in before for trace in _CERTAIN):
        return True
    if after in {re.sub(pattern, "?", before) for pattern in (r"[^\x00-\x7f]", r"[^\x00-\x7f]+")}:
        return True
    # Up to the first letter that a wrong encoding changes, the texts are the same; neither letter there is ASCII.
    pairs = zip(before, after, strict=False)
    if any(
        one.isascii() or other.isascii() for one, other in islice((pair for pair in pairs if pair[0] != pair[1]), 1)
    ):
        return False
    return any(
        _misread(before, after, written_in, data.decode(read_in, "replace"), read_in)
        for written_in, data in _encoded(before)
        for read_in in _ENCODINGS
        if read_in != written_in
    )


def misreadings(text: str) -> Iterator[str]:
    """What wrong encodings make of a text."""
    for written_in, data in _encoded(text):
        for read_in in _ENCODINGS:
            with suppress(UnicodeError):
                bad = data.decode(read_in)
                if read_in != written_in and is_garbled(text, bad):
                    yield bad


def _encoded(text: str) -> Iterator[tuple[str, bytes]]:
    """The text in each encoding that has all of its letters."""
    for encoding in _ENCODINGS:
        with suppress(UnicodeError):
            yield encoding, text.encode(encoding)


def _misread(before: str, after: str, written_in: str, bad: str, read_in: str) -> bool:
    """Compares what survives: a byte that the wrong encoding does not know is replaced in many ways.

    Between two encodings of one byte a letter, each is a misreading of the other; the text with more characters that
    no word has is the wrong one.
    """
    if bad == after:
        return written_in == "utf-8" or _disorder(after) > _disorder(before)
    if written_in not in ("utf-8", "gb18030") or read_in not in ("gb18030", "cp1252", "latin-1"):
        return False
    known = [character for character in bad if character != "\ufffd" and not character.isascii()]
    kept = sum(character in after for character in known)
    return len(known) >= 2 and kept * 4 >= len(known) * 3


def _disorder(text: str) -> int:
    """How many characters beyond ASCII are no letters, or capitals before a small letter within a word."""
    beyond = [position for position, character in enumerate(text) if not character.isascii()]
    return sum(
        unicodedata.category(text[at])[0] not in "LM"
        or (text[at].isupper() and text[max(at - 1, 0) : at].isalpha() and text[at + 1 : at + 2].islower())
        for at in beyond
    )
