"""A day or a moment that is written in two ways, in SQL over texts."""

from __future__ import annotations

from datagazette.tables.sql import literal

_DAY, _CLOCK = "[0-9]{4}-[0-9]{2}-[0-9]{2}", "[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?"
_WITH_OFFSET = f"{_DAY}{_CLOCK} ?[+-][0-9]{{2}}(:?[0-9]{{2}})?"
_ISO = f"{_DAY}({_CLOCK}( ?Z)?)?"
_FIRST_YEAR = 1000  # a year of two digits that is read as one of four is none
_FORMS = (
    "%Y/%m/%d", "%m/%d/%Y", "%d/%m/%Y", "%m/%d/%y", "%d/%m/%y", "%Y年%m月%d日", "%d-%b-%y", "%d-%b-%Y", "%d.%m.%Y",
    "%Y/%m/%d %H:%M", "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M",
)  # fmt: skip


def is_same_moment(before: str, after: str) -> str:
    """Whether both texts can be read as one moment; a moment without a zone is taken for one in UTC.

    One of them is a moment as ISO 8601 has it, so that no other could be meant.
    """
    return (
        f"({before} <> {after} AND coalesce(list_contains({_readings(after)}, {_iso(before)}) "
        f"OR list_contains({_readings(before)}, {_iso(after)}), FALSE))"
    )


def moment_key(text: str) -> str:
    """What two texts share that are the same moment: the text itself where it is no moment, or might be two."""
    readings = f"list_distinct(list_filter({_readings(text)}, lambda reading: reading IS NOT NULL))"
    return f"CASE len({readings}) WHEN 1 THEN CAST({readings}[1] AS VARCHAR) ELSE {text} END"


def _readings(text: str) -> str:
    """A list of the moments that a text may be, with NULL for the forms that it does not have."""
    forms = (f"try_strptime({text}, {literal(form)})" for form in _FORMS)
    years = ", ".join(f"CASE WHEN year({form}) >= {_FIRST_YEAR} THEN {form} END" for form in forms)
    return f"[{_iso(text)}, {years}]"


def _iso(text: str) -> str:
    """A moment with an offset from UTC is put into UTC."""
    return (
        f"CASE WHEN regexp_full_match({text}, {literal(_WITH_OFFSET)}) "
        f"THEN make_timestamp(epoch_us(TRY_CAST({text} AS TIMESTAMPTZ))) "
        f"WHEN regexp_full_match({text}, {literal(_ISO)}) THEN TRY_CAST({text} AS TIMESTAMP) END"
    )
