"""Texts that a spreadsheet takes for something else when it opens a CSV: one list for the check and for the comparison.

The kinds were tried in LibreOffice Calc 7.4 and follow what Microsoft documents of Excel: https://support.microsoft.com/
en-us/office/stop-automatically-changing-numbers-to-dates-452bd2db-cc96-47d1-81e4-72cec11c4ed8. Patterns are RE2's and
match whole texts. Which of them a program rewrites depends on its language; each is rewritten in at least one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from functools import lru_cache

from datagazette.tables.sql import literal, literals
from datagazette.tables.types.dates import SHEET_EPOCH

_MONTH = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?)"
)
_NUMBERED = "(?:0?[1-9]|1[0-2])"  # a month
_AMOUNT = r"(?:(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d*)?|\.\d+)"
_COIN = "[$€£¥￥]"
_NAME = r"(?:\$?[\p{L}_\\][\p{L}\d_.$]*)"
_OPERAND = rf'[-+]*(?:{_AMOUNT}%?|{_NAME}|"[^"]*"|\(.*\))'
_OPERATOR = r"\s*(?:[-+*/^&=<>]|<=|>=|<>)\s*"

ZEROS = r"[+-]?0\d+(?:[.,]\d*)?"
DECIMALS = r"[+-]?\d*(?:\.\d*0|,(?:\d?0|\d{3,}0))"  # three digits after a comma may be thousands
LONG = r"[+-]?\d{12,}"  # shown and saved in scientific notation
TOO_LONG = r"[+-]?\d{16,}"  # numbers keep fifteen digits
PLAIN = r"-?\d+(?:\.\d+)?"
# In brackets, as accountants write them, numbers are less than zero.
NUMERAL = rf"[-+]?\s?{_COIN}?\s?{_AMOUNT}(?:[eE][+-]?\d+)?\s?%?|\({_COIN}?{_AMOUNT}%?\)"
SERIAL = r"(?:3[3-9]|[45]\d)\d{3}"  # how spreadsheets store a day from 1990 to 2064: the days since SHEET_EPOCH
WHOLE_DAY = r"\d{4}[-/]\d{1,2}[-/]\d{1,2}"
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
TRUTH = "true|True|false|False"
# A day with its year, with or without a time; without a year, it is a code that only looks like one.
DAY = (
    r"(?i)(?:\d{4}([-/])\d{1,2}[-/]\d{1,2}|\d{1,2}[-/]\d{1,2}[-/]\d{4}|\d{1,2}/\d{1,2}/\d{2}"
    rf"|\d{{1,2}}[- ]{_MONTH}[- ]\d{{2,4}}|{_MONTH} \d{{1,2}},? \d{{4}}|\d{{2,4}}年\d{{1,2}}月\d{{1,2}}[日号])"
    r"(?: \d{1,2}:\d{2}(?::\d{2})?)?"
)
DATE_CODE = (
    rf"(?i){_NUMBERED}[-/]\d{{1,4}}|\d{{1,4}}[-/]{_NUMBERED}"
    rf"|{_NUMBERED}[-/]\d{{1,2}}[-/]\d{{1,4}}|\d{{1,4}}[-/]{_NUMBERED}[-/]\d{{1,4}}"
    rf"|\d{{1,2}}[- ]?{_MONTH}(?:[- ]?\d{{2,4}})?|{_MONTH}[- ]?\d{{1,4}}"
    r"|(?:\d{2,4}年)?\d{1,2}月(?:\d{1,2}[日号])?|\d{1,2}:\d{1,2}(?::\d{1,2})?(?: ?[ap]m)?|\d{1,2} [ap]m"
)
# Two words side by side, or a number and a word, are no formula: “- see note” and “-2x Fund” stay what they are.
FORMULA = (
    r"(?s)=[^=<>*/].*|@[\p{L}_].*"
    rf'|[-+]\s*(?:{_OPERAND}(?:{_OPERATOR}{_OPERAND})+|[-+]*(?:{_NAME}|"[^"]*"|\(.*\)))\s*'
    r"|[-+].*(?:[\p{L}\d_.]\(|\|.*!|![$\p{L}]).*"
)

# What becomes of a text, by what it looks like; the first that fits counts. Plain numbers stay as they are.
KINDS = (
    ("zeros", ZEROS),
    ("digits", TOO_LONG),
    ("long", LONG),
    ("decimals", DECIMALS),
    ("", PLAIN),
    ("number", NUMERAL),
    ("truth", TRUTH),
    ("day", DAY),
    ("date", DATE_CODE),
    ("formula", FORMULA),
)
# What damages a cell in a column of numbers too.
OF_NUMBERS = ("digits", "long")
# Most cells begin with none of these, and need no second look.
BEGINNINGS = rf"^(?i)(?:[-+=@(.\d$€£¥￥]|{_MONTH}|true|false)"
DAY_FORMATS = (
    "%Y-%m-%d", "%Y/%m/%d", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d/%m/%y", "%m/%d/%y", "%d-%b-%Y",
    "%d %b %Y", "%d-%b-%y", "%d %b %y", "%d-%B-%Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%B %d %Y",
    "%Y年%m月%d日", "%Y年%m月%d号", "%y年%m月%d日",
)  # fmt: skip
_PLAIN_AT = KINDS.index(("", PLAIN))
_LONG_PART = r"\d{12}"  # of LONG
_CLOCKS = ("", " %H:%M", " %H:%M:%S")


def matches(text: str, pattern: str) -> str:
    """SQL: whether an expression is wholly of a pattern."""
    return f"regexp_full_match({text}, {literal(pattern)})"


def may_be_long(lines: str) -> bool:
    """Whether one of the lines may be of the kinds OF_NUMBERS."""
    return _in_python(_LONG_PART).search(lines) is not None


def may_be_rewritten(lines: str) -> bool:
    """Whether one of the lines may be of any of the kinds."""
    return _in_python(BEGINNINGS).search(lines) is not None


def may_be_of_a_kind(text: str) -> bool:
    """Whether a text may be of one of the kinds, plain numbers left out; certainly not, where it says so."""
    if not may_be_rewritten(text):
        return False
    before, after = KINDS[:_PLAIN_AT], KINDS[_PLAIN_AT + 1 :]
    if any(_in_python(pattern).fullmatch(text) for _, pattern in before):
        return True
    return not re.fullmatch(PLAIN, text, re.ASCII) and any(_in_python(pattern).fullmatch(text) for _, pattern in after)


@lru_cache(maxsize=20)
def _in_python(pattern: str) -> re.Pattern[str]:
    """An expression that matches what RE2 matches, and perhaps more: Python has no classes of Unicode, and here `^` is
    before any line."""
    flags = re.MULTILINE | re.IGNORECASE * ("(?i)" in pattern) | re.DOTALL * ("(?s)" in pattern)
    return re.compile(pattern.replace("(?i)", "").replace("(?s)", "").replace(r"\p{L}", r"\w"), flags)


def kind(text: str, kinds: Iterable[tuple[str, str]] = KINDS) -> str:
    """SQL: the kind of the text, or NULL where it stays as it is."""
    cases = " ".join(f"WHEN {matches(text, pattern)} THEN {literal(name or None)}" for name, pattern in kinds)
    return f"CASE {cases} END"


def amount(text: str) -> str:
    """SQL: the number that a spreadsheet makes of a numeral, as DOUBLE."""
    bare = f"TRY_CAST(regexp_replace({text}, '[^0-9.eE-]', '', 'g') AS DOUBLE)"
    return f"{bare} * if(contains({text}, '%'), 0.01, 1) * if(starts_with({text}, '('), -1, 1)"


def day_of_serial(number: str) -> str:
    """SQL: the day that a spreadsheet stores as a whole number."""
    return f"(DATE {literal(SHEET_EPOCH.isoformat())} + {number})"


def calendar_marks(text: str, *, dated: bool) -> str:
    """SQL: a list of texts that a code such as MARCH1 or 3-1 has in common with the days that a spreadsheet makes of
    it: the month and the other number, the smaller one first. NULL for other texts.

    `dated`: the text may be a whole day too, or a serial number of one. A day has a second mark with its year.
    """
    month = f"list_position([{literals(MONTHS)}], regexp_extract(lower({text}), {literal('|'.join(MONTHS))}))"
    numbers = f"list_transform(regexp_extract_all({text}, '[0-9]{{1,4}}'), lambda part: CAST(part AS INTEGER) % 100)"
    code = (
        f"WHEN {matches(text, DATE_CODE)} THEN CASE WHEN {month} > 0 AND len({numbers}) = 1 "
        f"THEN [{_mark(month, f'{numbers}[1]')}] WHEN {month} IS NULL AND len({numbers}) = 2 "
        f"THEN [{_mark(f'{numbers}[1]', f'{numbers}[2]')}] END"
    )
    serial = day_of_serial(f"CAST({text} AS INTEGER)")
    day = (
        f"WHEN {matches(text, SERIAL)} THEN [{_mark(f'month({serial})', f'day({serial})')}, "
        f"{_mark(f'month({serial})', f'year({serial}) % 100')}] "
        f"WHEN {matches(text, WHOLE_DAY)} THEN [{_mark(f'{numbers}[2]', f'{numbers}[3]')}, "
        f"{_mark(f'{numbers}[2]', f'{numbers}[1]')}]"
    )
    return f"CASE {day if dated else ''} {code} END"


def _mark(first: str, second: str) -> str:
    return f"concat(least({first}, {second}), '/', greatest({first}, {second}))"


def day_formats(text: str) -> tuple[str, tuple[str, ...]]:
    """The type that a field of such days has, and the formats under which the text is one; two where it may be either
    the month or the day that comes first."""
    found = []
    for form in (day + clock for clock in _CLOCKS for day in DAY_FORMATS):
        with suppress(ValueError):
            datetime.strptime(text, form)  # noqa: DTZ007 - only whether it can be read
            found.append(form)
    return "datetime" if ":" in text else "date", tuple(found[:2])
