"""Tables of releases built again from a history file, with nothing of the program that wrote it."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

Line = Mapping[str, str]
Cells = Mapping[str, str]  # of a row, by column


def lines_of(history: Path) -> list[dict[str, str]]:
    with history.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def rebuilt(lines: Sequence[Line], versions: Sequence[str], version: str) -> dict[str, list[Cells]]:
    """The rows of each table of a release, in no order."""
    held = [line for line in lines if _holds(line, versions, versions.index(version))]
    keys = {line["table"]: split(line["value"]) for line in held if line["part"] == "table"}
    tables: dict[str, list[Cells]] = {name: [] for name in keys}
    names = {(line["table"], line["field"]): line["value"] for line in held if line["part"] == "field"}
    rows: dict[tuple[str, str], dict[str, str]] = {}
    for line in (line for line in held if line["part"] == "row"):
        table, key = line["table"], keys[line["table"]]
        cells = {name: "" for (of, _), name in names.items() if of == table}
        cells |= {names[table, field]: text for field, text in zip(key, split(line["value"]), strict=True)}
        rows[table, line["row"]] = cells
        tables[table].append(cells)
    for line in (line for line in held if line["part"] == "cell"):
        rows[line["table"], line["row"]][names[line["table"], line["field"]]] = line["value"]
    return tables


def _holds(line: Line, versions: Sequence[str], place: int) -> bool:
    return versions.index(line["from"]) <= place and (not line["to"] or place < versions.index(line["to"]))


def split(key: str) -> list[str]:
    """The parts of a key between bars that have no backslash before them; none of an empty one."""
    return list(_parts(key)) if key else []


def _parts(key: str) -> Iterator[str]:
    part, escaped = "", False
    for letter in key:
        if escaped or letter not in "\\|":
            part, escaped = part + letter, False
        elif letter == "\\":
            escaped = True
        else:
            yield part
            part = ""
    yield part


def in_order(rows: Sequence[Cells]) -> list[list[tuple[str, str]]]:
    """Rows as they can be compared, whatever the order of rows and columns."""
    return sorted(sorted(row.items()) for row in rows)
