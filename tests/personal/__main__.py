"""How many columns with personal data are found, and how many of those found have any: `python -m tests.personal`.

`--write` puts the figures into the documents, `--wrong` prints what was judged wrongly in the half that rules are tried
on; the other half is not looked at.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from datagazette.personal.columns import TextColumn, suspects
from datagazette.personal.texts import kinds_in_cell
from tests.personal.tables import Table, tables

COUNT = 500  # tables of each half
ROOT = Path(__file__).parent.parent.parent
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def kinds_of_columns(columns: Sequence[TextColumn]) -> dict[int, str]:
    """The kind of personal data in each column that has any, by its number: as columns, else within their texts."""
    found = {suspect.number: suspect.kind for suspect in suspects(columns)}
    for column in columns:
        if column.number not in found and not column.is_of_residents:
            kinds = (kind for text in column.texts for kind in kinds_in_cell(text, column.label))
            if kind := next(kinds, ""):
                found[column.number] = kind
    return found


def measured(made: Sequence[Table]) -> tuple[Counter[str], list[str]]:
    """(columns by outcome, those that were judged wrongly)."""
    found: Counter[str] = Counter()
    wrong = []
    for table in made:
        columns = [
            TextColumn(number, (column.label,), tuple(dict.fromkeys(text for text in column.texts if text)))
            for number, column in enumerate(table.columns, 1)
        ]
        kinds = kinds_of_columns(columns)
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


HALVES = (("tried on", "调试用", False), ("held out", "留作检验", True))
HEADS = {
    "en": "| half | tables | columns | personal | found | of these wrongly | missed | precision | recall |",
    "zh": "| 半数 | 表 | 列 | 有个人信息的列 | 报告 | 其中误报 | 漏报 | 查准率 | 查全率 |",
}


def lines(outcomes: Sequence[Counter[str]], language: str) -> str:
    """The table that the documents have."""
    rows = [HEADS[language], "|" + " --- |" * 9]
    for (english, chinese, _), found in zip(HALVES, outcomes, strict=True):
        right, name = found["right"], english if language == "en" else chinese
        reported, personal = right + found["false"], found["personal"]
        rows.append(
            f"| {name} | {COUNT} | {found['columns']:,} | {personal} | {reported} | {found['false']} | {found['missed']} "
            f"| {right / reported:.4f} | {right / personal:.4f} |"
        )
    return "\n".join(rows)


def document(language: str) -> Path:
    return ROOT / f"docs/maintain/personal-data{'' if language == 'en' else '.zh'}.md"


def main() -> None:
    outcomes = []
    for name, _, held_out in HALVES:
        found, wrong = measured(tables(COUNT, held_out=held_out))
        outcomes.append(found)
        print(f"{name}: of the right kind {found['named']} of {found['right']}")
        if "--wrong" in sys.argv and not held_out:
            print("\n".join(f"  {line}" for line in wrong))
    print(lines(outcomes, "en"))
    for language in HEADS if "--write" in sys.argv else ():
        before, _, rest = document(language).read_text("utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        text = f"{before}{BEGIN}\n\n{lines(outcomes, language)}\n\n{END}{after}"
        document(language).write_text(text, "utf-8", newline="\n")


if __name__ == "__main__":
    main()
