"""Single values: whether a text has the form of an identity number, a telephone number and so on.

The libraries know the rules: python-stdnum the check digits, phonenumbers the numbers of each region. Both are
imported where a text has the form, which is rare; both raise what they do not say, and then a text is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Literal

# Anything that may be personal has one of these: an address, or many digits near one another.
TRACE = re.compile(r"@|[0-9][0-9A-Za-z ./()+-]{5,}[0-9A-Za-z]|[A-Za-z]{1,6}[0-9]{6}")
Phone = Literal["", "mobile", "maybe", "other"]

_SPACES = re.compile(r"[\s  -]+")
_DAY = "(?:0[1-9]|[12][0-9]|3[01])"
_MONTH = "(?:0[1-9]|1[0-2])"
RESIDENT = rf"[1-9][0-9]{{5}}(?:18|19|20)[0-9]{{2}}{_MONTH}{_DAY}[0-9]{{3}}[0-9Xx]"
_RESIDENT = re.compile(RESIDENT)
_RESIDENT_SPACED = re.compile(
    r"[1-9][0-9]{5}[ -]?[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{3}[0-9Xx]|[0-9]{3}(?: [0-9]{3}){4} [0-9]{2}[0-9Xx]"
)
_RESIDENT_OLD = re.compile(rf"[1-9][0-9]{{7}}{_MONTH}{_DAY}[0-9]{{3}}")
CHINESE_MOBILE = r"(?:(?:\+|00)?86[ -]?)?1[3-9][0-9](?:[0-9]{8}|([ -])[0-9]{4}\1[0-9]{4})"
_CHINESE_MOBILE = re.compile(CHINESE_MOBILE)
_EMAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+-]*@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}")
_PHONE = re.compile(r"(?:\+|00)?\(?[0-9][0-9 ()./-]{5,18}[0-9]")
_PASSPORT = re.compile(r"(?=.*[0-9]{4})[A-Z]{0,3}[0-9]{5,9}[A-Z0-9]?")
_CARD = re.compile(
    r"(?:62[0-9]{14,17}|4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|2(?:22[1-9]|2[3-9][0-9]|[3-6][0-9]{2}|7[01][0-9]|720)"
    r"[0-9]{12}|3[47][0-9]{13}|35[0-9]{14}|9[0-9]{15,18}|6(?:011|5[0-9]{2})[0-9]{12})"
)
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]){11,30}")


@dataclass(frozen=True)
class Number:
    """An identity number of a country: its module in stdnum and how it is written. `marked`: separators or letters are
    a part of the form, so that no plain figure has it. `dated`: it begins with a day of birth."""

    module: str
    form: re.Pattern[str]
    marked: bool = False
    dated: bool = False


def _number(module: str, form: str, *, marked: bool = False, dated: bool = False) -> Number:
    return Number(module, re.compile(form), marked, dated)


# Of the modules that stdnum has, those that identify people. Forms are as they are written, not only as they are kept.
IDENTITY = (
    _number("dk.cpr", rf"{_DAY}{_MONTH}[0-9]{{2}}-[0-9]{{4}}", marked=True, dated=True),
    _number("dk.cpr", rf"{_DAY}{_MONTH}[0-9]{{6}}", dated=True),
    _number("se.personnummer", rf"(?:[0-9]{{2}})?[0-9]{{2}}{_MONTH}{_DAY}[-+][0-9]{{4}}", marked=True, dated=True),
    _number("se.personnummer", rf"(?:(?:19|20)[0-9]{{2}}|[0-9]{{2}}){_MONTH}{_DAY}[0-9]{{4}}", dated=True),
    _number("fi.hetu", rf"{_DAY}{_MONTH}[0-9]{{2}}[-+A-FU-Y][0-9]{{3}}[0-9A-Y]", marked=True, dated=True),
    _number("no.fodselsnummer", rf"[0-7][0-9]{_MONTH}[0-9]{{2}} ?[0-9]{{5}}", dated=True),
    _number("is_.kennitala", rf"{_DAY}{_MONTH}[0-9]{{2}}-?[0-9]{{4}}", dated=True),
    _number("nl.bsn", r"[0-9]{9}|[0-9]{3}[. ][0-9]{3}[. ][0-9]{3}|[0-9]{4}[. ][0-9]{2}[. ][0-9]{3}"),
    _number("be.nn", r"[0-9]{2}\.[0-9]{2}\.[0-9]{2}-[0-9]{3}\.[0-9]{2}", marked=True, dated=True),
    _number("be.nn", r"[0-9]{11}"),
    _number("de.idnr", r"[1-9][0-9]{10}|[1-9][0-9](?: [0-9]{3}){3}"),
    _number("at.vnr", rf"[1-9][0-9]{{3}} ?{_DAY}{_MONTH}[0-9]{{2}}"),
    _number("ch.ssn", r"756\.[0-9]{4}\.[0-9]{4}\.[0-9]{2}", marked=True),
    _number("ch.ssn", r"756[0-9]{10}"),
    _number("fr.nir", r"[1-478] [0-9]{2} [0-9]{2} [0-9][0-9AB] [0-9]{3} [0-9]{3}(?: [0-9]{2})", marked=True),
    _number("fr.nir", r"[1-478][0-9]{2}(?:0[1-9]|1[0-2]|[2-9][0-9])[0-9][0-9AB][0-9]{6}[ ]?[0-9]{2}"),
    _number("es.dni", r"[0-9]{8}[- ]?[A-HJ-NP-TV-Z]", marked=True),
    _number("es.nie", r"[XYZ][- ]?[0-9]{7}[- ]?[A-HJ-NP-TV-Z]", marked=True),
    _number(
        "it.codicefiscale", r"[A-Z]{6}[0-9LMNP-V]{2}[ABCDEHLMPRST][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z]", marked=True
    ),
    _number("pl.pesel", r"[0-9]{2}[0-9][0-9][0-3][0-9]{6}", dated=True),
    _number("bg.egn", r"[0-9]{2}[0-5][0-9][0-3][0-9]{5}", dated=True),
    _number("ro.cnp", r"[1-9][0-9]{2}[01][0-9][0-3][0-9]{7}"),
    _number("cz.rc", r"[0-9]{2}[0-8][0-9][0-3][0-9]/[0-9]{3,4}", marked=True, dated=True),
    _number("ee.ik", r"[1-6][0-9]{2}[01][0-9][0-3][0-9]{5}"),
    _number("hr.oib", r"[0-9]{11}"),
    _number("gr.amka", rf"{_DAY}{_MONTH}[0-9]{{7}}", dated=True),
    _number("ie.pps", r"[0-9]{7}[A-W][A-IW]?", marked=True),
    _number("gb.nhs", r"[0-9]{3} [0-9]{3} [0-9]{4}|[0-9]{10}"),
    _number("us.ssn", r"[0-9]{3}-[0-9]{2}-[0-9]{4}", marked=True),
    _number("ca.sin", r"[0-9]{3}[ -][0-9]{3}[ -][0-9]{3}"),
    _number("mx.curp", r"[A-Z]{4}[0-9]{6}[HM][A-Z]{5}[0-9A-Z][0-9]", marked=True),
    _number("br.cpf", r"[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}", marked=True),
    _number("tr.tckimlik", r"[1-9][0-9]{10}"),
    _number("kr.rrn", rf"[0-9]{{2}}{_MONTH}{_DAY}-[0-9]{{7}}", marked=True, dated=True),
    _number("my.nric", rf"[0-9]{{2}}{_MONTH}{_DAY}-[0-9]{{2}}-[0-9]{{4}}", marked=True, dated=True),
)  # fmt: skip
# United Kingdom: no check digit and no module.
NINO = re.compile(r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]")

# How numbers of a region are written at home: without its code.
REGIONS = ("DE", "FR", "NL", "GB", "ES", "DK", "BE", "AT", "CH", "SE", "NO", "FI", "IT", "PL", "PT", "IE")


def squeezed(text: str) -> str:
    """A number without blanks and hyphens."""
    return _SPACES.sub("", text).replace("-", "").strip()


def has_resident_form(text: str) -> bool:
    """The form of China's resident identity card, 18 characters, with blanks or hyphens between its parts."""
    if len(text) > 18 and not _RESIDENT_SPACED.fullmatch(text):
        return False
    return bool(_RESIDENT.fullmatch(squeezed(text)))


def has_old_resident_form(text: str) -> bool:
    """The form of cards before 1999, 15 digits without a check."""
    return bool(_RESIDENT_OLD.fullmatch(text))


@lru_cache(maxsize=10_000)
def is_resident(text: str) -> bool:
    """An identity number of China whose check digit is right."""
    return has_resident_form(text) and is_valid("cn.ric", squeezed(text).upper())


@lru_cache(maxsize=20_000)
def is_valid(module: str, text: str) -> bool:
    """What stdnum says. It raises KeyError for an unknown county, and others for other texts that it did not expect."""
    try:
        return bool(import_module(f"stdnum.{module}").is_valid(text))
    except Exception:
        return False


def is_card(text: str) -> bool:
    """A number of a bank card: prefix, length and Luhn's digit. Blanks and hyphens are as on the card."""
    digits = squeezed(text)
    return bool(has_card_form(text)) and is_valid("luhn", digits)


def has_card_form(text: str) -> bool:
    return bool(_CARD.fullmatch(squeezed(text))) and bool(
        re.fullmatch(r"[0-9]{13,19}|[0-9]{3,6}(?:[ -][0-9]{2,7}){2,4}", text)
    )


def is_iban(text: str) -> bool:
    return bool(_IBAN.fullmatch(text)) and _is_right_iban(squeezed(text))


def _is_right_iban(text: str) -> bool:
    """By the check digits of all countries: what a country has besides, is wrong now and then in lists."""
    try:
        from stdnum import iban

        return bool(iban.is_valid(text, check_country=False))
    except Exception:
        return False


def is_chinese_mobile(text: str) -> bool:
    return bool(_CHINESE_MOBILE.fullmatch(text)) and phone_kind(text, "CN") == "mobile"


def is_marked_chinese_mobile(text: str) -> bool:
    """One that is written as telephone numbers are, and no figure: in groups, or with the code of the country."""
    return not text.isdecimal() and bool(_CHINESE_MOBILE.fullmatch(text))


def has_phone_form(text: str) -> bool:
    """As telephone numbers are written, of which a decimal point or a date is no part."""
    if not _PHONE.fullmatch(text) or not 7 <= sum(map(str.isdecimal, text)) <= 15:
        return False
    return not re.fullmatch(
        r"[0-9]+\.[0-9]+|[0-9]{4}[-./][0-9]{1,2}[-./][0-9]{1,2}.*|[0-9]{1,2}[-./][0-9]{1,2}[-./][0-9]{4}", text
    )


def is_international(text: str) -> bool:
    return text.startswith("+") and has_phone_form(text)


@lru_cache(maxsize=50_000)
def phone_kind(text: str, region: str | None) -> Phone:
    """What a number is in a region, `maybe` where the region does not distinguish mobile telephones. Empty for no
    number. phonenumbers raises on an extension in Chinese."""
    try:
        import phonenumbers

        number = phonenumbers.parse(text, region)
        if not phonenumbers.is_valid_number(number):
            return ""
        kind = phonenumbers.number_type(number)
    except Exception:
        return ""
    names = phonenumbers.PhoneNumberType
    return {names.MOBILE: "mobile", names.FIXED_LINE_OR_MOBILE: "maybe"}.get(kind, "other")  # type: ignore[return-value]


def is_email(text: str) -> bool:
    return bool(_EMAIL.fullmatch(text))


def has_passport_form(text: str) -> bool:
    return 6 <= len(text) <= 10 and bool(_PASSPORT.fullmatch(text.upper()))


def numbers_of(texts: Sequence[str], share: float) -> list[Number]:
    """The identity numbers whose form at least this share of the texts has."""
    least = max(1, share * len(texts))
    return [number for number in IDENTITY if sum(bool(number.form.fullmatch(text)) for text in texts) >= least]
