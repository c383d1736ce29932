"""How many columns with personal data are found, and how many of those found have any: `python -m tests.personal`.

With a folder, the made-up tables are checked as files, else their columns are judged as the check judges them.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence

from datagazette.personal.columns import TextColumn, suspects
from tests.personal.tables import Table, tables

COUNT = 500  # tables of each half


def measured(made: Sequence[Table]) -> tuple[Counter[str], list[str]]:
    """(columns by outcome, those that were judged wrongly)."""
    found: Counter[str] = Counter()
    wrong = []
    for table in made:
        columns = [
            TextColumn(number, (column.label,), tuple(dict.fromkeys(text for text in column.texts if text)))
            for number, column in enumerate(table.columns, 1)
        ]
        kinds = {suspect.number: suspect.kind for suspect in suspects(columns)}
        for number, column in enumerate(table.columns, 1):
            kind = kinds.get(number, "")
            found["columns"] += 1
            found["personal"] += bool(column.truth)
            found["right"] += bool(kind and column.truth)
            found["named"] += kind == column.truth != ""
            found["false"] += bool(kind and not column.truth)
            found["missed"] += bool(column.truth and not kind)
            if bool(kind) != bool(column.truth):
                wrong.append(
                    f"{table.kind}: {column.label}: {column.truth or '-'} as {kind or '-'}: {column.texts[:4]}"
                )
    return found, wrong


def main() -> None:
    for name, held_out in (("tried on", False), ("held out", True)):
        found, wrong = measured(tables(COUNT, held_out=held_out))
        right = found["right"]
        print(
            f"{name}: {COUNT} tables, {found['columns']} columns, {found['personal']} personal; "
            f"found {right + found['false']}, of these {found['false']} wrongly; missed {found['missed']}; "
            f"precision {right / (right + found['false']):.4f}, recall {right / found['personal']:.4f}; "
            f"of the right kind {found['named'] / max(1, right):.4f}"
        )
        if "--wrong" in sys.argv and (not held_out or "--all" in sys.argv):
            print("\n".join(f"  {line}" for line in wrong))


if __name__ == "__main__":
    main()
