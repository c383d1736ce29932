"""Persistent identifiers: of data (DOI, CSTR, Handle), of persons (ORCID) and of organisations (ROR).

The names of the kinds are those of DataCite's `relatedIdentifierType` (https://schema.datacite.org/). Identifiers are
read in each form in which people copy them: bare, with a prefix such as `doi:`, or as the address that leads to them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

# Kinds by what is cited first, each with the form of its values. A DOI is a Handle, too, and is none here.
_FORMS = {
    "DOI": re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/[^\s<>\"{}|\\^`]+"),
    "CSTR": re.compile(r"[0-9]{5}\.[0-9]{2}\.[^\s<>\"{}|\\^`]+", re.IGNORECASE),
    "Handle": re.compile(r"(?!10\.)[0-9]+(?:\.[0-9A-Za-z]+)*/[^\s<>\"{}|\\^`]+"),
}
KINDS = tuple(_FORMS)
_RESOLVERS = {"DOI": "https://doi.org/", "CSTR": "https://cstr.cn/", "Handle": "https://hdl.handle.net/"}
_PREFIXES = {
    "DOI": re.compile(r"(?:doi:\s*|https?://(?:dx\.)?doi\.org/)", re.IGNORECASE),
    "CSTR": re.compile(r"(?:cstr:\s*|https?://(?:www\.)?cstr\.cn/(?:cstr:)?)", re.IGNORECASE),
    "Handle": re.compile(r"(?:hdl:\s*|handle:\s*|https?://hdl\.handle\.net/)", re.IGNORECASE),
}
EXAMPLES = {"DOI": "10.5072/example", "CSTR": "12345.11.example", "Handle": "20.500.12345/example"}
LONGEST = 200  # characters

# What is before an ORCID and a ROR in the address that leads to them.
ORCID, ROR = "https://orcid.org/", "https://ror.org/"
_ORCID_SITE = re.compile(r"https?://(?:www\.)?orcid\.org/", re.IGNORECASE)
_ROR_SITE = re.compile(r"https?://(?:www\.)?ror\.org/", re.IGNORECASE)
_ORCID = re.compile(r"([0-9]{4})-?([0-9]{4})-?([0-9]{4})-?([0-9]{3})([0-9X])", re.IGNORECASE)
_ROR = re.compile(r"0([0-9a-hjkmnp-tv-z]{6})([0-9]{2})", re.IGNORECASE)
_BASE_32 = "0123456789abcdefghjkmnpqrstvwxyz"


@dataclass(frozen=True)
class Identifier:
    """An identifier of data: its kind, one of `KINDS`, and its bare value, as `10.5072/example`."""

    type: str
    value: str

    @property
    def address(self) -> str:
        """Where a browser finds what it names."""
        return _RESOLVERS[self.type] + quote(self.value, safe="/:;()._~+,=@!$*'&-")

    @property
    def named(self) -> str:
        """With its kind, as citations have it: `DOI:10.5072/example`."""
        return f"{self.type}:{self.value}"


def kind_of(written: str) -> str:
    """The kind of an identifier that is written without one: by its prefix, else by its form; empty if it is none."""
    for kind, prefix in _PREFIXES.items():
        if prefix.match(written):
            return kind
    return next((kind for kind, form in _FORMS.items() if form.fullmatch(written)), "")


def read_identifier(kind: str, written: str) -> Identifier | None:
    """The identifier of a kind that a text writes; None where it is none of this kind."""
    value = _PREFIXES[kind].sub("", written.strip(), count=1)
    is_one = len(value) <= LONGEST and value.isprintable() and _FORMS[kind].fullmatch(value)
    return Identifier(kind, value) if is_one else None


def read_orcid(written: str) -> tuple[str, str]:
    """(the ORCID in groups of four, empty) or (empty, the last character that would be right, empty where the form is
    not that of one). ISO/IEC 7064, MOD 11-2."""
    from stdnum.iso7064 import mod_11_2

    found = _ORCID.fullmatch(_ORCID_SITE.sub("", written.strip(), count=1))
    if found is None:
        return "", ""
    *groups, last, check = found.groups()
    wanted = mod_11_2.calc_check_digit("".join((*groups, last)))
    return ("-".join((*groups, last + wanted)), "") if check.upper() == wanted else ("", wanted)


def read_ror(written: str) -> tuple[str, str]:
    """(the ROR, empty) or (empty, the last two digits that would be right, empty where the form is not that of one).

    ISO/IEC 7064, MOD 97-10, over the number that the six letters and digits write in Crockford's base 32.
    """
    from stdnum.iso7064 import mod_97_10

    found = _ROR.fullmatch(_ROR_SITE.sub("", written.strip(), count=1))
    if found is None:
        return "", ""
    number = 0
    for letter in found[1].lower():
        number = number * 32 + _BASE_32.index(letter)
    wanted = mod_97_10.calc_check_digits(str(number))
    return (found[0].lower(), "") if found[2] == wanted else ("", wanted)


def cited_first(identifiers: Iterable[Identifier]) -> Identifier | None:
    """The one that a citation names where it has room for one: a DOI before a CSTR before a Handle."""
    return min(identifiers, key=lambda identifier: KINDS.index(identifier.type), default=None)


def value_of(identifiers: Iterable[Identifier], kind: str) -> str:
    """The first value of a kind; empty where there is none."""
    return next((identifier.value for identifier in identifiers if identifier.type == kind), "")
