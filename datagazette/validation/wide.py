"""Tables of many columns: their rows are stored once, and the columns are counted a group at a time.

The memory that a statement takes grows with its expressions, whatever the rows: a thousand columns with two rules each
take gigabytes for a hundred rows. So no statement has the rules of more than `TOGETHER` columns. The stored rows are a
temporary table, of which a statement reads only the columns that it names, and which spills beyond the memory limit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from datagazette.tables.cells import Column
from datagazette.tables.engine import Engine
from datagazette.tables.prepared import Prepared
from datagazette.tables.relation import CLOSELY, TOGETHER, groups
from datagazette.tables.sql import identifier
from datagazette.validation import counting
from datagazette.validation.counting import Tally, keys_of, quick


def is_wide(table: Prepared) -> bool:
    return table.width > TOGETHER


def store(engine: Engine, table: Prepared, rows: str, name: str) -> Prepared:
    """The table with its rows in a temporary table of this name, which has `_blank` as well."""
    stored = f"SELECT *, {counting.blank(table.columns)} AS _blank FROM ({rows})"
    engine.run(f"CREATE OR REPLACE TEMP TABLE {identifier(name)} AS {stored}")
    kept = f"SELECT * EXCLUDE (_blank) FROM {identifier(name)}"
    return replace(table, relation=kept, suspects=kept)


def count(engine: Engine, table: Prepared, name: str) -> Tally:
    """What is wrong with the rows that `store` has put under this name."""
    stored, width = identifier(name), table.width
    rows, blank, cells = engine.row(
        "SELECT count(*), count(*) FILTER (WHERE _blank), "
        f"histogram(_cells) FILTER (WHERE _cells <> {width} AND NOT _blank) FROM {stored}"
    )
    verdicts: Counter[tuple[int, int]] = Counter()
    for columns in groups([column for column in table.columns if column.bits]):
        verdicts.update(_verdicts(engine, stored, columns, rows - blank))
    keys: list[tuple[int, int]] = []
    for key in keys_of(table):
        query = counting.count_keys(stored, key.columns, [quick(key, rows)])
        keys += counting.read_counts(engine.row(query))
    return Tally(rows, blank, verdicts, cells or {}, tuple(keys))


def _verdicts(engine: Engine, stored: str, columns: Sequence[Column], rows: int) -> Counter[tuple[int, int]]:
    """A quick look first: most groups have no fault at all."""
    names = ", ".join(column.name for column in columns)
    read = f"(SELECT {names}, TRUE AS _complete FROM {stored} WHERE NOT _blank)"
    if engine.row(counting.scan_fine(read, columns, (), missing="FALSE"))[1] == rows:
        return Counter()
    verdicts: Counter[tuple[int, int]] = Counter()
    for few in groups(columns, CLOSELY):
        found = engine.row(counting.scan(read, few, str(len(few)), (), missing="FALSE"))
        verdicts.update(counting.read_tally(found, few).verdicts)
    return verdicts
