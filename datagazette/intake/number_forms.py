"""What a number format of a spreadsheet shows of a number: ECMA-376, part 1, 18.8.30 and 18.8.31.

A cell holds 0.125 and shows 12.5%, or holds 501 and shows 00501. What a format hides has to be named, since people
believe what they see.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from itertools import takewhile

BUILTIN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: "#,##0", 6: "#,##0", 7: "#,##0.00", 8: "#,##0.00", 9: "0%",
    10: "0.00%", 17: "mmm-yy", 37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00", 41: "#,##0", 42: "#,##0",
    43: "#,##0.00", 44: "#,##0.00", 46: "[h]:mm:ss",
}  # fmt: skip
Token = tuple[str, ...]  # (quoted, escaped, in square brackets, General, power of ten, bare)
_TOKEN = re.compile(r'"([^"]*)"|\\(.)|[_*].|\[([^\]]*)\]|(General)|([Ee][+-])|(.)', re.DOTALL)
_ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)
_PLACES = re.compile(r"[0#?,]*(?:\.([0#?]*))?(,*)%?")
_NUMERIC = "0#?.,%"
_DATED = "ymdhsYMDHSbB"
_BARE = "()+-/ @"
_ISO = re.compile(r"(-?)PT(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9.]+)S)?")


@dataclass(frozen=True)
class Form:
    """`decimals` that are shown, None where that is not known; `scale` is the number of thousands that a number is
    divided by; `zeros` is the number of digits that are shown at least, of whole numbers without any other mark; `mark`
    is the unit or currency that is shown with it; `elapsed`: it is a duration; `partly`: of a day only the month or the
    year is shown. Of what is of a kind in `nothing` (`+`, `-`, `0`, and `@` for texts), nothing is shown."""

    decimals: int | None = None
    percent: bool = False
    scale: int = 0
    zeros: int = 0
    mark: str = ""
    elapsed: bool = False
    partly: bool = False
    nothing: str = ""

    @property
    def hides(self) -> bool:
        """Whether a number may be another one than it looks."""
        return self != Form()

    def is_rounded(self, number: float) -> bool:
        """Whether fewer digits are shown than there are."""
        if self.decimals is None:
            return False
        shown = Decimal(repr(number)).scaleb(2 * self.percent - 3 * self.scale)
        return shown != 0 and -int(shown.normalize().as_tuple().exponent) > self.decimals


def form_of(code: str) -> Form:
    """What the first section of a format shows, the one for numbers above zero, and what none of its sections does."""
    tokens = _TOKEN.findall(code)
    return replace(_first_section([*takewhile(lambda token: token[-1] != ";", tokens)]), nothing=_nothing(tokens))


def _nothing(tokens: Sequence[Token]) -> str:
    """The kinds of cells whose section is empty: `+`, `-`, `0` and `@`. Of two sections, the first has zeros too."""
    sections = [0]
    for token in tokens:
        sections = [*sections, 0] if token[-1] == ";" else [*sections[:-1], sections[-1] + 1]
    kinds = ("+0", "-") if len(sections) == 2 else ("+", "-", "0", "@")
    return "".join(kind for kind, size in zip(kinds, sections, strict=False) if not size) if len(sections) > 1 else ""


def _first_section(tokens: Sequence[Token]) -> Form:
    numeric, marks, conditions = "", [], False
    if any(_ELAPSED.fullmatch(token[2]) for token in tokens):
        return Form(elapsed=True)
    dated = {token[-1].lower() for token in tokens if token[-1] and token[-1] in _DATED}
    if dated:
        return Form(partly=dated <= {"y", "m", "b"})
    for quoted, escaped, bracket, general, power, bare in tokens:
        if general or power or bare == "/" or bracket[:1] in ("<", ">", "="):
            conditions = True
        elif bracket.startswith("$"):
            marks.append(bracket[1:].partition("-")[0])
        elif bare and bare in _NUMERIC:
            numeric += bare
        else:
            marks.append(quoted or escaped or ("" if bare in _BARE else bare))
    return _numeric(numeric, "".join(marks).strip(" ()+-"), known=not conditions)


def _numeric(numeric: str, mark: str, *, known: bool) -> Form:
    percent = "%" in numeric
    found = _PLACES.fullmatch(numeric)
    if not found or not known or not numeric.strip("%"):
        return Form(percent=percent, mark=mark)
    whole = numeric.partition(".")[0].rstrip("%")
    thousands = found[2] if "." in numeric else whole[len(whole.rstrip(",")) :]
    zeros = len(numeric) if len(numeric) > 1 and set(numeric) == {"0"} and not mark else 0
    return Form(len(found[1] or ""), percent, len(thousands), zeros, mark)


def percentage(number: float) -> str:
    """A part of one in percent, with all its digits: 12.5% for 0.125."""
    return f"{Decimal(repr(number)).scaleb(2):f}%"


def iso_duration(length: timedelta) -> str:
    """A duration as ISO 8601 has it, in hours, minutes and seconds: PT25H30M."""
    milliseconds = round(length / timedelta(milliseconds=1))
    seconds, fraction = divmod(abs(milliseconds), 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    second = f"{seconds}.{fraction:03}".rstrip("0") if fraction else str(seconds)
    parts = "".join(f"{part}{unit}" for part, unit in ((str(hours), "H"), (str(minutes), "M"), (second, "S"))
                    if part != "0")  # fmt: skip
    return f"{'-' if milliseconds < 0 else ''}PT{parts or '0S'}"


def read_duration(text: str) -> timedelta | None:
    """The duration that ODF writes as PT25H30M00S; None for another text."""
    found = _ISO.fullmatch(text)
    if not found:
        return None
    hours, minutes, seconds = (float(part or 0) for part in found.groups()[1:])
    return timedelta(hours=hours, minutes=minutes, seconds=seconds) * (-1 if found[1] else 1)
