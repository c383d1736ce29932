"""Which part of a version must grow, by the Data Package versioning recipe, and which one did.

https://datapackage.org/recipes/data-package-version/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from datagazette.diff.outcome import BUMPS, Bump, Reason, StructureChange, TableComparison, Verdict
from datagazette.model.names import Version


def judge(
    old: Version, new: Version, tables: Sequence[TableComparison], structure: Sequence[StructureChange],
    referenced: Iterable[str] = (),
) -> Verdict:  # fmt: skip
    """`referenced` are the tables that foreign keys lead to: a row that goes from one of them breaks others."""
    reasons = [
        *_of_rows(tables, frozenset(referenced)),
        *(Reason(one.bump, "structure", one.resource, one) for one in structure),
    ]
    required: Bump = max((one.bump for one in reasons), key=BUMPS.index, default="none")
    return Verdict(required, bump_of(old, new), tuple(one for one in reasons if one.bump == required))


def bump_of(old: Version, new: Version) -> Bump:
    """The part of the version that grew."""
    if new.major > old.major:
        return "major"
    if new.major == old.major and new.minor > old.minor:
        return "minor"
    return "patch" if new > old else "none"


def _of_rows(tables: Sequence[TableComparison], referenced: frozenset[str]) -> Iterator[Reason]:
    for table in tables:
        change, name = table.change, table.resource
        if change.added:
            yield Reason("minor", "rows-added", name)
        if change.removed and name in referenced and change.key:
            yield Reason("major", "rows-removed-referenced", name)
        elif change.removed:
            yield Reason("patch", "rows-removed", name)
        if change.changed:
            yield Reason("patch", "rows-changed", name)
        if table.form and not (change.added or change.removed or change.changed):
            yield Reason("patch", "file-rewritten", name)
