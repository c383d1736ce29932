"""How languages are written: their script, its direction and its fonts, and the marks within numbers.

The families of fonts are the reader's own: nothing is sent, since a Chinese web font weighs megabytes. What a system
writes well with its own interface font needs no entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal, localcontext
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.numbers import format_decimal, get_decimal_symbol, get_group_symbol

from datagazette.messages.kin import script

_DIGITS = 400  # more than any column holds; Python's own 28 are not enough
_SYSTEM = ("system-ui", "-apple-system", "Segoe UI")
_GENERIC = frozenset({"system-ui", "-apple-system", "sans-serif", "monospace"})
# Of Apple, of Windows, of Linux and Android.
_BY_SCRIPT = {
    "Hans": ("PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC"),
    "Hant": ("PingFang TC", "Microsoft JhengHei", "Noto Sans CJK TC", "Noto Sans TC"),
    "Jpan": ("Hiragino Sans", "Yu Gothic", "Meiryo", "Noto Sans CJK JP", "Noto Sans JP"),
    "Kore": ("Apple SD Gothic Neo", "Malgun Gothic", "Noto Sans CJK KR", "Noto Sans KR"),
    "Arab": ("SF Arabic", "Geeza Pro", "Noto Sans Arabic", "Noto Naskh Arabic", "DejaVu Sans"),
}
_FIXED_BY_SCRIPT = {
    "Hans": ("Noto Sans Mono CJK SC",),
    "Hant": ("Noto Sans Mono CJK TC",),
    "Jpan": ("Noto Sans Mono CJK JP",),
    "Kore": ("Noto Sans Mono CJK KR",),
    "Arab": ("DejaVu Sans Mono",),
}


def is_rtl(language: str) -> bool:
    """Whether the language is written from right to left."""
    return _locale(language).text_direction == "rtl"


def number_marks(language: str) -> tuple[str, str]:
    """What is before decimals, and what is between thousands: `.` and `,` in English."""
    return get_decimal_symbol(_locale(language)), get_group_symbol(_locale(language))


def decimal_text(value: Decimal, language: str) -> str:
    """All digits of a number, in the groups and with the marks of the language."""
    with localcontext(prec=_DIGITS):
        return format_decimal(value, locale=_locale(language), decimal_quantization=False)


@cache
def _locale(language: str) -> Locale:
    """What CLDR knows of a language; of one that it does not know, what it knows of English."""
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def for_pictures(languages: Iterable[str]) -> str:
    """The families as an SVG names them."""
    return _listed((*_SYSTEM, *_families(_BY_SCRIPT, languages), "sans-serif"), "'{}'".format)


def style_sheet(languages: Sequence[str]) -> str:
    """What `tokens.css` puts behind its own families."""
    fonts = _listed((*_families(_BY_SCRIPT, languages), "sans-serif"), '"{}"'.format)
    fixed = _listed((*_families(_FIXED_BY_SCRIPT, languages), "monospace"), '"{}"'.format)
    return f":root {{\n  --font-languages: {fonts};\n  --font-mono-languages: {fixed};\n}}\n"


def _families(table: Mapping[str, tuple[str, ...]], languages: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(family for language in languages for family in table.get(script(language), ())))


def _listed(families: Iterable[str], quoted: Callable[[str], str]) -> str:
    # Names of two words and more are quoted, as CSS asks for.
    return ", ".join(family if family in _GENERIC or " " not in family else quoted(family) for family in families)
