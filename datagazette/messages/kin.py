"""Which languages are near to each other: by their code, and by how they are written.

A language is written as CLDR has it: `sr` in Cyrillic, `zh-TW` in traditional characters.
"""

from __future__ import annotations

from babel.core import get_global, parse_locale


def script(language: str) -> str:
    """The writing of a language, as ISO 15924 has it: `Latn`; empty where CLDR does not know it."""
    try:
        code, territory, written, *_ = parse_locale(language, sep="-")
    except ValueError:
        return ""
    likely = get_global("likely_subtags")
    found = likely.get(f"{code}_{territory}") or likely.get(code) or code
    return written or parse_locale(found)[2] or ""


def kindred(language: str) -> tuple[str, ...]:
    """The language, and the one without its region whose texts its readers read: `en` for `en-GB`. There is none for
    `zh-TW`, which is written in other characters than `zh`."""
    base = language.partition("-")[0]
    return (language, base) if base != language and script(base) == script(language) != "" else (language,)
