"""A column of a changed file beside the column of the table that it is for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from datagazette.model.resource import Field

Reading = Callable[[str], str | None]


@dataclass(frozen=True)
class Given:
    """A column of the file: the field that it is for, its cells, and the values that the table has there, by their
    keys.

    `read` gives a cell's key, as the table's cells have it: None where it is empty, with a question mark before it
    where the table's form does not read it.
    """

    field: Field
    cells: Sequence[str]
    read: Reading
    known: Mapping[str | None, str]

    @cached_property
    def filled(self) -> dict[str, int]:
        """The first row of each distinct cell that is not empty."""
        first = {cell: at for at, cell in reversed(list(enumerate(self.cells)))}
        return {cell: at for cell, at in first.items() if self.read(cell)}

    @property
    def is_number(self) -> bool:
        return self.field.type in ("integer", "number")

    @property
    def is_bare(self) -> bool:
        """Whether the table's numbers have nothing before or behind their digits."""
        return bool(self.field.descriptor.get("bareNumber", True))

    @property
    def decimal_mark(self) -> str:
        return str(self.field.descriptor.get("decimalChar", "."))

    @property
    def has_decimals(self) -> bool:
        """Whether numbers of the table are not whole."""
        return any(key and not key.lstrip("-").isdigit() and not key.startswith("?") for key in self.known)

    def fits(self, cell: str) -> bool:
        return not (self.read(cell) or "?").startswith("?")
