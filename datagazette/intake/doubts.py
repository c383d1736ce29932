"""What was found out about a column and may be wrong, for a person to read: a line of the command for each."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

_ORDINARY = re.compile(r"[\w\s.,;:/%()<>+'\"-]", re.ASCII)
_ABOUT = (
    ("bound", re.compile(r"\s*(<|>|≤|≥|~|≈|<=|>=)\s*[0-9].*")),
    ("brackets", re.compile(r"\s*\(\s*[0-9][0-9.,]*\s*\)\s*")),
)
_LONGEST = 60  # characters of a cell that are shown


@dataclass(frozen=True)
class Doubt:
    """A sentence about a column or a row: `key` is its text in `cli.yaml`, below `new`, whose placeholders `values`
    fill. `also` is the key of a sentence that follows, or empty."""

    key: str
    values: Mapping[str, str] = field(default_factory=dict)
    also: str = ""


def misfit(column: str, kind: str, misfits: int, filled: int, line: int, cell: str) -> Doubt:
    """A column that is text because of some of its cells, of which the first is in `line`."""
    odd = next((character for character in cell if not _ORDINARY.match(character) and not character.isalpha()), "")
    name = unicodedata.name(odd, "").lower() if odd else ""
    also = next((key for key, shape in _ABOUT if shape.fullmatch(cell)), "character" if odd and name else "other")
    shown = cell if len(cell) <= _LONGEST else f"{cell[:_LONGEST]}…"
    values = {
        "column": column, "type": kind, "misfits": f"{misfits:,}", "filled": f"{filled:,}", "line": str(line),
        "cell": shown, "code": f"U+{ord(odd):04X}" if odd else "", "character": name,
        "bare": cell.strip(" ()"),
    }  # fmt: skip
    return Doubt("misfit", values, f"misfit-{also}")
