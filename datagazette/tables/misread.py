"""Texts that a program has read in a wrong encoding: UTF-8 taken for Windows-1252, Latin-1, Windows-1251 or GBK.

In UTF-8 a character beyond ASCII is a byte that says how many follow, and these; as single letters they make runs such
as `Ã¡`, which hardly any text has by accident. Those that a text may have are left alone: a capital letter or é before
a quotation mark, a space that does not break, a degree or a fraction (`« Liberté »`, `CAFÉ”`, `Ø½`).
"""

from __future__ import annotations

import codecs
import re
import unicodedata

# What Windows-1252 has for the bytes 80 to 9F; Latin-1 has control characters there.
_WINDOWS = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_NATURAL = "‘’“”…–—•‹›«»·°®™´¨¹²³¼½¾\u00a0"  # what may follow a letter in a text
_BYTES = {ord(letter): letter.encode("cp1252")[0] for letter in _WINDOWS}
# The character for an invalid byte, and its UTF-8 read as Latin-1 and as GBK.
LOST = ("\ufffd", "ï¿½", "锟斤拷")
_RUN = re.compile("[^\x00-\x7f]+")
# Blocks of which a character alone is no likely text: phonetic letters, combining marks, scripts hardly in use.
_UNLIKELY = ((0x0180, 0x0370), (0x0482, 0x0530), (0x0700, 0x0900))

_FIRST = "".join(
    bytes((lead, trail)).decode("gbk", "ignore") for lead in range(0xE4, 0xEA) for trail in range(0x80, 0xC0)
)
_SECOND = "".join(
    bytes((lead, trail)).decode("gbk", "ignore") for lead in range(0x81, 0xC0) for trail in range(0xE4, 0xEA)
)
# What Windows-1251 has for the bytes 80 to BF, which follow those of the letters Р and С in Cyrillic UTF-8.
_FOLLOWING = bytes(range(0x80, 0xC0)).decode("cp1251", "ignore")
# Expressions of RE2 and Python that every misread text matches: for Western ones, for Chinese, and for Cyrillic.
WESTERN = f"[\u00c2-\u00f4][\u0080-\u00bf{_WINDOWS}]"
CHINESE = f"[{_FIRST}][{_SECOND}]"
CYRILLIC = f"(?:[РС][{_FOLLOWING}]){{3}}"
LEADS = f"{_FIRST}РС"  # one of them is in each Chinese or Cyrillic one
_CYRILLIC_RUN = re.compile(f"(?:[РС][{_FOLLOWING}]){{3,}}")


def kind(text: str) -> str:
    """What is wrong with a text: `lost` where characters are, `misread` where it can be read again; else empty."""
    if text.isascii():
        return ""
    if any(trace in text for trace in LOST):
        return "lost"
    return "misread" if meant(text) else ""


def meant(text: str) -> str:
    """The text of which this is a misreading; empty where it is none for certain."""
    if text.isascii():
        return ""
    found = _RUN.sub(lambda run: _western(run[0], text[run.end() :]) or _chinese(run[0]) or run[0], text)
    if found == text:
        found = _CYRILLIC_RUN.sub(lambda run: run[0].encode("cp1251").decode("utf-8", "replace"), text)
    return found if found != text else ""


def _western(run: str, rest: str) -> str:
    """What a run of characters beyond ASCII was; `rest` follows it."""
    try:
        read = bytes(_BYTES.get(ord(letter), ord(letter)) for letter in run).decode("utf-8")
    except ValueError:  # a letter that is no byte, or bytes that are no UTF-8
        return ""
    if not all(map(_is_likely, read)):
        return ""
    lead, following = run[0], run[1:]
    if len(read) > 1 or lead == "Â" or any(letter not in _NATURAL for letter in following):
        return read
    return read if lead == "Ã" and (rest[:1].isalpha() or following == "\u00a0") else ""


def _is_likely(letter: str) -> bool:
    code = ord(letter)
    return unicodedata.category(letter)[0] in "LNPSZ" and not any(first <= code < end for first, end in _UNLIKELY)


def _chinese(run: str) -> str:
    """The same of GBK, in which two of its bytes are a character: the last one may be cut in two."""
    try:
        data = run.encode("gbk")
        read = codecs.getincrementaldecoder("utf-8")().decode(data)
    except ValueError:
        return ""
    rare = any(lead <= 0xA0 or trail <= 0xA0 for lead, trail in zip(data[::2], data[1::2], strict=False))
    return read if rare and len(read) > 1 and all("\u4e00" <= letter <= "\u9fff" for letter in read) else ""
