"""Names that a spreadsheet takes for a table and for its columns.

Excel repairs a file, or refuses it, where the name of a table is the address of a cell, where two tables or two columns
of one have the same name in upper or lower case, or where a header cell is not the very name of its column.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from datagazette.downloads.sheet_texts import shortened
from datagazette.model.resource import Field
from datagazette.model.text import for_xml

LONGEST_NAME = 255  # characters, of a table and of a column
_NO_LETTER = re.compile(r"\W")
# A1 and R1C1 in any language (Z1S1), R, C and truth values.
_TAKEN = re.compile(r"[a-z]{1,3}[0-9]*|[a-z][0-9]*[a-z][0-9]*|true|false", re.IGNORECASE)


def table_name(name: str, taken: Collection[str]) -> str:
    """The name of a table's resource with underscores for all that is no letter or digit; no other table has it."""
    written = _NO_LETTER.sub("_", name)
    if not written or written[0].isdigit() or _TAKEN.fullmatch(written):
        written = f"_{written}"
    used, number, candidate = {other.casefold() for other in taken}, 1, written[:LONGEST_NAME]
    while candidate.casefold() in used:
        number += 1
        candidate = f"{written[: LONGEST_NAME - 8]}_{number}"
    return candidate


def headers(fields: Sequence[Field], language: str) -> list[str]:
    """The fields' titles; the name where there is no title, or another field has the same."""
    titles = [_one_line(field.title.get(language)) or _one_line(field.name) for field in fields]
    counts = Counter(title.casefold() for title in titles)
    chosen = (
        title if counts[title.casefold()] == 1 else _one_line(field.name)
        for title, field in zip(titles, fields, strict=True)
    )
    return column_names(chosen)


def column_names(texts: Iterable[str]) -> list[str]:
    """The texts as names of columns: one line each, none empty, no two the same in upper or lower case."""
    names: dict[str, str] = {}
    for at, text in enumerate(texts, start=1):
        wanted = shortened(_one_line(text), LONGEST_NAME - 8) or str(at)
        number, candidate = 1, wanted
        while candidate.casefold() in names:
            number += 1
            candidate = f"{wanted} ({number})"
        names[candidate.casefold()] = candidate
    return list(names.values())


def _one_line(text: str) -> str:
    return " ".join(for_xml(text).split())
