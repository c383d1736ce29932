"""What of a package, of CSVW metadata or of a catalogue's answer is kept here, and what is not and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from datagazette.intake.sheets import Sheet
from datagazette.model.resource import Json


@dataclass(frozen=True)
class Left:
    """A part that is not kept, as its own form calls it. `reason` is a key of `reasons` in
    `messages/<language>/adding.yaml`, whose placeholders `values` fill."""

    what: str
    reason: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Account:
    """`form` is `package`, `csvw`, `ckan` or `folder`. `kept` pairs what the form calls a part with what it is here."""

    file: str
    form: str
    kept: tuple[tuple[str, str], ...] = ()
    left: tuple[Left, ...] = ()


@dataclass(frozen=True)
class Gathered:
    """The tables of files, and what is said of all of them together, in the keys of a Data Package v2."""

    sheets: tuple[Sheet, ...] = ()
    package: Json = field(default_factory=dict)
    accounts: tuple[Account, ...] = ()


class How(NamedTuple):
    """How files are to be read, as `Sources` says it; `renamed` gives the names of columns for the header of a file."""

    encoding: str | None = None
    delimiter: str | None = None
    sheets: tuple[str, ...] = ()
    header: int = 0
    hidden: str = ""
    renamed: Callable[[str, Sequence[str]], Sequence[str]] | None = None

    @property
    def of_tables(self) -> tuple[str | None, str | None, tuple[str, ...], int, str]:
        """What `read_sheets` takes after a path."""
        return self.encoding, self.delimiter, self.sheets, self.header, self.hidden
