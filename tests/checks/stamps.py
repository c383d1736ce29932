"""Dates and times in patterns made up of any directives, as they would be written and a little otherwise."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import strategies as st

_DIRECTIVES = {
    "date": ("Y", "m", "d", "Y", "m", "d", "y", "b", "B", "j", "a", "A", "%", "U", "w", "x", "G", "V", "u"),
    "time": ("H", "M", "S", "H", "M", "S", "I", "p", "f", "z", "%", "X"),
    "datetime": ("Y", "m", "d", "H", "M", "S", "Y", "m", "d", "H", "M", "S", "y", "b", "I", "p", "f", "z", "Z", "j", "c"),
}  # fmt: skip
_BETWEEN = ("-", "/", ".", ":", " ", "T", "", "年", "x", "  ", "(", "+")
_MOMENTS = (
    datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC), datetime(2020, 2, 29, 23, 59, 59, 250000, tzinfo=UTC),
    datetime(1999, 12, 31, tzinfo=timezone(timedelta(hours=8))), datetime(2020, 1, 1, tzinfo=UTC),
    datetime(987, 6, 5, 12, 0, 0, tzinfo=UTC), datetime(2021, 11, 11, 11, 11, 11, tzinfo=UTC),
)  # fmt: skip


@st.composite
def patterns(draw: st.DrawFn, kind: str) -> str:
    """A strptime pattern: often of the plain parts in a sensible order, sometimes of anything."""
    if draw(st.booleans()):
        sign, clock = draw(st.sampled_from(("-", "/", ".", ""))), draw(st.sampled_from((":", ".", "")))
        day = sign.join(
            draw(st.sampled_from((("%Y", "%m", "%d"), ("%d", "%m", "%Y"), ("%m", "%d", "%Y"), ("%Y", "%m"))))
        )
        moment = clock.join(("%H", "%M", "%S")[: draw(st.integers(1, 3))])
        return {"date": day, "time": moment, "datetime": f"{day} {moment}"}[kind]
    chosen = draw(st.lists(st.sampled_from(_DIRECTIVES[kind]), min_size=1, max_size=5))
    return draw(st.sampled_from(("", "", "x"))) + "".join(f"%{one}{draw(st.sampled_from(_BETWEEN))}" for one in chosen)


def written(pattern: str) -> tuple[str, ...]:
    """Moments in the pattern, exactly and with a slip."""
    texts = [moment.strftime(pattern) for moment in _MOMENTS]
    slips = [texts[0] + "x", texts[0][1:], texts[0].replace("0", "", 1), texts[0].lower(), f" {texts[0]}", texts[1].upper(),
             texts[0].replace("0", "０", 1), texts[0].replace("2", "3", 1)]  # fmt: skip
    return tuple(one.replace("\x00", "") for one in (*texts, *texts, *slips))


def bound(pattern: str) -> str | None:
    """A moment in the pattern; None where it cannot be read again."""
    text = _MOMENTS[3].strftime(pattern)
    try:
        datetime.strptime(text, pattern)
    except (ValueError, re.error):
        return None
    return text
