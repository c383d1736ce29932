"""Personal data within sentences: notes, remarks, descriptions, pages.

In a sentence there is no column to go by. So the form alone must be nearly sure (China's identity number with its
check digit, an IBAN, a mailbox with a name), or a word before it says what the number is.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from datagazette.personal import forms, people
from datagazette.personal.columns import CARD, EMAIL, IBAN, IDENTITY, MOBILE, PASSPORT
from datagazette.personal.words import plain_label, says

_BEFORE, _AFTER = 40, 12  # characters in which a word says what a number is
_LINK = re.compile(r"(?:https?|ftp)://\S+|\b(?:10\.[0-9]{4,}/\S+|doi:\S+)", re.IGNORECASE)
_EDGE, _END = r"(?<![0-9A-Za-z.,+*/=#-])", r"(?![0-9A-Za-z*]|[.,-][0-9])"
# A lookbehind keeps each of these from being tried at every character of a long run.
_ADDRESS = re.compile(r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9][A-Za-z0-9._%+-]*@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}")
_RESIDENT = re.compile(rf"{_EDGE}{forms.RESIDENT}{_END}")
_CHINESE_MOBILE = re.compile(rf"(?<![0-9A-Za-z.,*/=#-]){forms.CHINESE_MOBILE}{_END}")
_PHONE = re.compile(rf"(?<![0-9A-Za-z.,*/=#-])(?:\+|00?)[1-9][0-9 ()/-]{{6,15}}[0-9]{_END}")
_CARD = re.compile(rf"{_EDGE}[0-9]{{4}}(?:[ -]?[0-9]{{4}}){{2,3}}(?:[ -]?[0-9]{{1,7}})?{_END}")
_IBAN = re.compile(rf"{_EDGE}[A-Z]{{2}}[0-9]{{2}}(?: ?[A-Z0-9]{{4}}){{2,7}}(?: ?[A-Z0-9]{{1,4}})?{_END}")
_PASSPORT = re.compile(rf"{_EDGE}[A-Z]{{1,2}}[0-9]{{7,8}}{_END}")
_LETTERS, _CHINESE = re.compile(r"[^\W\d_]"), re.compile("[一-鿿]{2}")
_FIRST_LOOK = re.compile(r"@|[0-9]{2}.{2,14}[0-9]{2}", re.DOTALL)


def kinds_in(text: str, accepted: Collection[str] = (), label: str = "") -> tuple[str, ...]:
    """The kinds of personal data in a text, sorted. `accepted` are mailboxes that are published as contact points, in
    lower case; `label` is the plain label of the column that the text is in."""
    if not _FIRST_LOOK.search(text):
        return ()
    bare = _LINK.sub(" ", text)
    return tuple(sorted({*_kinds(bare, accepted, label)}))


def kinds_in_cell(text: str, label: str = "") -> tuple[str, ...]:
    """The same of a cell that is more than a number or an address: those are judged by their column, apart from an
    identity number of China among other texts."""
    if forms.is_resident(text.strip()):
        return (IDENTITY,)
    return kinds_in(text, (), label) if is_sentence(_ADDRESS.sub("", text)) and not forms.is_iban(text.strip()) else ()


def is_sentence(text: str) -> bool:
    """Whether a text has words: a code has a letter or three, and a moment two."""
    return len(_LETTERS.findall(text)) > 3 or bool(_CHINESE.search(text))


def _kinds(text: str, accepted: Collection[str], label: str) -> Iterator[str]:
    yield from _mailboxes(text, accepted)
    yield from _telephones(text, label)
    if any(forms.is_resident(found[0]) for found in _RESIDENT.finditer(text)) or _has_said_identity(text, label):
        yield IDENTITY
    if any(forms.is_iban(found[0]) and not _is_said(("body",), text, found, "") for found in _IBAN.finditer(text)):
        yield IBAN
    if any(forms.is_card(found[0]) and _is_said(("card",), text, found, label) for found in _CARD.finditer(text)):
        yield CARD
    if any(_is_said(("passport",), text, found, label) for found in _PASSPORT.finditer(text)):
        yield PASSPORT


def _mailboxes(text: str, accepted: Collection[str]) -> Iterator[str]:
    for found in _ADDRESS.finditer(text) if "@" in text else ():
        is_public = found[0].lower() in accepted or people.is_example(found[0])
        if not is_public and people.mailbox(found[0]) in ("person", "free"):
            yield EMAIL


def _telephones(text: str, label: str) -> Iterator[str]:
    for found in _CHINESE_MOBILE.finditer(text):
        is_said = found[0].startswith("+") or _is_said(("mobile", "phone"), text, found, label)
        if is_said and forms.is_chinese_mobile(found[0]) and not _is_said(("office",), text, found, ""):
            yield MOBILE
    for found in _PHONE.finditer(text):
        is_sure = _is_said(("mobile",), text, found, label)
        if not found[0].startswith("+86") and _is_mobile(found[0], sure=is_sure):
            yield MOBILE


def _is_mobile(text: str, *, sure: bool) -> bool:
    """A mobile number with the code of its country, or one at home where a word before it says so."""
    if text.startswith("+"):
        return forms.phone_kind(text, None) == "mobile" or (sure and forms.phone_kind(text, None) == "maybe")
    return sure and any(forms.phone_kind(text, region) == "mobile" for region in forms.REGIONS)


def _has_said_identity(text: str, label: str) -> bool:
    """An identity number of another country, of which a word beside it says what it is."""
    if not (says("identity", label) or says("identity", plain_label(text))):
        return False
    for number in forms.IDENTITY:
        for found in re.finditer(rf"{_EDGE}(?:{number.form.pattern}){_END}", text):
            if _is_said(("identity",), text, found, label) and forms.is_valid(number.module, found[0]):
                return True
    return False


def _is_said(kinds: Collection[str], text: str, found: re.Match[str], label: str) -> bool:
    """Whether a word just before what was found, or just after it, is of one of the kinds."""
    near = plain_label(
        f"{text[max(0, found.start() - _BEFORE) : found.start()]} {text[found.end() : found.end() + _AFTER]}"
    )
    return any(says(kind, near) or says(kind, label) for kind in kinds)
