"""With how many decimals the numbers of a column are written, where it is the same in all its cells, such as 18.00.

A typed table keeps a number as a double, and what was written beside it, in the metadata of its file.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from datagazette.tables.cells import Column
from datagazette.tables.engine import Engine
from datagazette.tables.relation import groups
from datagazette.tables.sql import literal
from datagazette.tables.types.numbers import EXACT_DIGITS, Number

_KEY = "decimals"
_MOST = 6


def find_decimals(engine: Engine, source: str, columns: Sequence[Column], doubles: Collection[str]) -> dict[str, int]:
    """By field, of those that are `doubles` in the typed table; only where there are decimals at all."""
    found: dict[str, int] = {}
    for group in groups([column for column in columns if column.field.name in doubles]):
        texts = [column.type.plain(column.name) if isinstance(column.type, Number) else "''" for column in group]
        counted = (
            f"CASE WHEN {column.is_missing} THEN NULL WHEN contains({text}, '.') AND NOT contains(lower({text}), 'e') "
            f"THEN length({text}) - instr({text}, '.') ELSE 0 END AS d{at}, length({text}) AS n{at}"
            for at, (column, text) in enumerate(zip(group, texts, strict=True))
        )
        asked = ", ".join(f"min(d{at}), max(d{at}), max(n{at})" for at in range(len(group)))
        answers = iter(engine.row(f"SELECT {asked} FROM (SELECT {', '.join(counted)} FROM {source})"))
        for column, least, most, longest in zip(group, answers, answers, answers, strict=True):
            if least and least == most <= _MOST and longest <= EXACT_DIGITS:
                found[column.field.name] = most
    return found


def metadata(decimals: Mapping[str, int]) -> str:
    """The option of a statement that writes Parquet; empty where there is nothing to say."""
    return f", KV_METADATA {{{_KEY}: {literal(json.dumps(decimals))}}}" if decimals else ""


def written_decimals(engine: Engine, parquet: Path) -> dict[str, int]:
    """What `find_decimals` found of a typed table."""
    pairs = engine.rows(f"SELECT decode(key), decode(value) FROM parquet_kv_metadata({literal(str(parquet))})")
    return next((dict(json.loads(value)) for key, value in pairs if key == _KEY), {})
