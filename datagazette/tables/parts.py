"""Tables of many columns, a part of their columns at a time.

To plan a statement takes a time for each column of the tables that it names, whether it reads them or not, so a
statement for each column takes the square of their number. A part is a temporary table of some of the columns, which
spills beyond the memory limit: the statements for its columns are planned on these alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from datagazette.tables.engine import Engine
from datagazette.tables.relation import TOGETHER, groups
from datagazette.tables.sql import columns, identifier


def parts(
    engine: Engine,
    source: str,
    names: Sequence[str],
    beside: Sequence[str] = (),
    *,
    called: str = "part",
    own: Callable[[str], Sequence[str]] = lambda name: (name,),
) -> Iterator[tuple[Sequence[str], str]]:
    """(some of the fields, FROM of a relation that has their columns and those `beside`), in their order, all of them
    together where they are few.

    A relation lasts until the next one is asked for; `called` is its name, where it is stored. `own` gives the columns
    of a field.
    """
    if len(names) <= TOGETHER:
        yield names, source
        return
    stored = identifier(called)
    for group in groups(names):
        wanted = columns(dict.fromkeys(chain(beside, *map(own, group))))
        engine.run(f"CREATE OR REPLACE TEMP TABLE {stored} AS SELECT {wanted} FROM {source}")
        yield group, stored
    engine.drop(called)
