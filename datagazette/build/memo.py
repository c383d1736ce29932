"""What the last build had for each subject: with it, a result that is the same is known without reading or computing
anything of it.

A subject's basis is a hash of all that its results can depend on, found once for all steps. It is coarser than the key
of a result, so that another basis only means that the key has to be found.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass, field
from typing import NamedTuple

from datagazette.build.cache import Cache, Entry

# Whether the files of an entry that count are none, all in the published site too, or only in the cache.
NONE, SHOWN, KEPT = "none", "shown", "kept"


class Row(NamedTuple):
    """The key of a subject's result, with the `basis` it was made from."""

    basis: str
    key: str
    files: str
    is_quiet: bool


@dataclass(frozen=True)
class _Noted:
    """A result of this build, with the paths of its files that count."""

    basis: str
    entry: Entry
    names: tuple[str, ...]
    is_quiet: bool


@dataclass(frozen=True)
class Memo:
    """`last` are the rows of the build before, by step and subject; of the entries whose folders are `untouched`, no
    published file was touched since. What this build has is noted in it."""

    last: Mapping[str, Mapping[str, tuple[str, str, str, bool]]] = field(default_factory=dict)
    untouched: Set[str] = frozenset()
    _rows: dict[str, dict[str, Row | _Noted]] = field(default_factory=dict)

    def row(self, step: str, subject: str, basis: str) -> Row | None:
        """What is known, where the basis is the same."""
        found = self.last.get(step, {}).get(subject)
        return Row(*found) if found and found[0] == basis else None

    def shown(self, step: str, subject: str, basis: str, cache: Cache) -> bool:
        """Whether the site that is published shows the result of this basis, and nobody touched its files."""
        row = self.row(step, subject, basis)
        return row is not None and self.is_shown(row, cache.known(step, row.key))

    def is_shown(self, row: Row, entry: Entry) -> bool:
        """The same of a row that was found, with its entry."""
        return row.files == SHOWN and str(entry.folder) in self.untouched

    def keep(self, step: str, subject: str, row: Row) -> None:
        """Notes that a result is the one of before."""
        self._rows.setdefault(step, {})[subject] = row

    def note(self, step: str, subject: str, basis: str, entry: Entry, names: Collection[str], *, quiet: bool) -> None:
        """Notes a result that was looked for."""
        self._rows.setdefault(step, {})[subject] = _Noted(basis, entry, tuple(names), quiet)

    def rows(self, published: Set[str]) -> dict[str, dict[str, tuple[str, str, str, bool]]]:
        """The same for the next build; `published` are the absolute paths of the files that the site has."""
        return {
            step: {subject: (*_row(found, published),) for subject, found in subjects.items()}
            for step, subjects in self._rows.items()
        }

    def keys(self, published: Set[str]) -> frozenset[str]:
        """The keys of all results that this build has; `published` as in `rows`."""
        return frozenset(row[1] for subjects in self.rows(published).values() for row in subjects.values())


def _row(found: Row | _Noted, published: Set[str]) -> Row:
    if isinstance(found, Row):
        return found
    are_shown = all(f"{found.entry.folder}/{name}" in published for name in found.names)
    return Row(found.basis, found.entry.key, (SHOWN if are_shown else KEPT) if found.names else NONE, found.is_quiet)
