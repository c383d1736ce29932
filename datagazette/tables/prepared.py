"""One table made ready to be checked: its layout, its columns, and the relation of its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from datagazette.model.tabular import Schema, Table
from datagazette.tables import labels
from datagazette.tables.columns import Column, make_column
from datagazette.tables.layout import Layout, Unreadable, read_layout


@dataclass(frozen=True)
class TableSource:
    """A table and where its CSV lies on this machine. `opened`: its author is to hear what a spreadsheet would do."""

    table: Table
    path: Path
    opened: bool = False


@dataclass(frozen=True)
class Prepared:
    """`relation` is a SELECT of the rows (see `relation`), `suspects` of at least those that may have a bad
    cell or the wrong number of cells. `decided` is the temporary table that holds the verdicts
    on doubtful cells, empty where there are none. `fault` ended the reading before the last row."""

    source: TableSource
    layout: Layout
    columns: tuple[Column, ...]
    relation: str = ""
    suspects: str = ""
    decided: str = ""
    doubtful: frozenset[int] = frozenset()
    fault: Unreadable | None = None
    scratch: Path = field(default_factory=Path)

    @property
    def width(self) -> int:
        return len(self.columns)

    @property
    def positions(self) -> Mapping[str, int]:
        """The place of each field in `columns`, by its name."""
        return {one.field.name: at for at, one in enumerate(self.columns)}

    def named(self, names: Sequence[str]) -> tuple[Column, ...] | None:
        """The columns of these fields; None where one of them is not in the file."""
        positions = self.positions
        if not all(name in positions for name in names):
            return None
        return tuple(self.columns[positions[name]] for name in names)


def prepare(source: TableSource, scratch: Path, targets: frozenset[str] = frozenset()) -> Prepared:
    """`targets` are the fields that foreign keys of other tables point to.

    Raises `Unreadable`, and `readers.BadConstraint` for a bound that is no value of its field."""
    schema = source.table.schema
    layout = read_layout(source.path, source.table.dialect)
    fields = labels.columns(layout, schema)
    compared = targets | _keyed(schema)
    columns = tuple(
        make_column(number, one, schema.missing_values, keyed=one.name in compared)
        for number, one in enumerate(fields, 1)
    )
    return Prepared(source, layout, columns, scratch=scratch)


def _keyed(schema: Schema) -> frozenset[str]:
    """The fields whose values are compared with those of other rows."""
    names = {one.name for one in schema.fields if one.constraints.get("unique")}
    names.update(schema.primary_key, *schema.unique_keys)
    for key in schema.foreign_keys:
        names.update(key.fields, () if key.resource else key.reference_fields)
    return frozenset(names)
