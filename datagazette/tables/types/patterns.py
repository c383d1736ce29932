"""Strptime patterns as regular expressions of the texts that DuckDB and Python surely read alike."""

from __future__ import annotations

import re
from calendar import day_abbr, day_name, month_abbr, month_name

# A number may have one digit or two, a name may be in letters of either case. Years below 1000 are left out: DuckDB
# reads those from one digit on.
_NUMBERS = {
    "Y": "[1-9][0-9]{3}", "y": "[0-9]{2}", "m": "(?:0?[1-9]|1[0-2])", "d": "(?:0?[1-9]|[12][0-9]|3[01])",
    "H": "(?:[01]?[0-9]|2[0-3])", "I": "(?:0?[1-9]|1[0-2])", "M": "[0-5]?[0-9]", "S": "[0-5]?[0-9]", "f": "[0-9]{1,6}",
}  # fmt: skip
_NAMES = {
    "b": f"(?i:{'|'.join(month_abbr[1:])})", "B": f"(?i:{'|'.join(month_name[1:])})", "p": "(?i:am|pm)",
    "z": "[+-](?:[01][0-9]|2[0-3]):?[0-5][0-9]",
    "a": f"(?i:{'|'.join(day_abbr)})", "A": f"(?i:{'|'.join(day_name)})",
}  # fmt: skip


# Of two that say the same the readers take different ones; so they do with half of a clock of twelve hours.
_SAME = (("Y", "y"), ("m", "b", "B"), ("H", "I"), ("H", "p"), ("a", "A"))


def spelled(form: str) -> str:
    """The expression of texts in a strptime pattern that can be read in one way only; nothing for other patterns."""
    parts = re.split("(%.)", form)
    literals, directives = parts[::2], [part[1:] for part in parts[1::2]]
    touching = (before in _NUMBERS and after in _NUMBERS and not between
                for before, after, between in zip(directives, directives[1:], literals[1:], strict=False))  # fmt: skip
    known = _NUMBERS | _NAMES
    is_plain = not any(letter == "%" or letter.isdigit() for letter in "".join(literals))
    alone = sum(part in directives for part in "Ip") == 1
    doubled = any(sum(map(directives.count, same)) > 1 for same in (*known, *_SAME))
    if not directives or alone or doubled or not is_plain or not known.keys() >= set(directives) or any(touching):
        return ""
    return "".join(known[part[1:]] if at % 2 else re.escape(part) for at, part in enumerate(parts))
