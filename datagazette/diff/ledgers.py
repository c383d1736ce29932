"""What releases promise: entries of a ledger are added to, never changed and never removed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from datagazette.load.files import CATALOG
from datagazette.load.ledger import LedgerEntry
from datagazette.model.names import Version
from datagazette.model.problems import Problem, problem, warning
from datagazette.model.publication import Imprint, Withdrawal
from datagazette.model.removal import Redaction, Removal

# Text with data always has the same bytes, so that no second hash can be right.
_DATA = (".csv", ".sql")
# The keys of an imprint as the catalogue writes them; the languages come first, since they say how texts are read.
_IMPRINT_KEYS = {
    "languages": "languages", "title": "title", "publisher": "publisher", "base_url": "baseUrl",
    "licenses": "licenses",
}  # fmt: skip


def compare_ledgers(
    before: tuple[LedgerEntry, ...], after: tuple[LedgerEntry, ...], *, file: str, base: str,
    imprint: Imprint | None = None, restored: Collection[Version] = (),
) -> tuple[Problem, ...]:  # fmt: skip
    """What was promised in the ledger `before` and is not in the one `after`, both of `file`.

    `base` is how a person calls the publication before, `imprint` what its catalogue said. A new entry at the end,
    another hash of a file that a library may write otherwise, `contents`, a withdrawal, a new name and an imprint
    that repeats what was said may be added, and so may the entries of `restored`, which were there once. With a removal
    or a redaction, hashes may go.
    """
    found: list[Problem] = []
    now = {entry.version: entry for entry in after}
    known = {entry.version for entry in before} | {*restored}

    def broken(entry: LedgerEntry, line: int | None, code: str = "release-rewritten", **values: object) -> None:
        dataset = file.split("/")[1]
        found.append(problem(code, file, line, dataset=dataset, version=entry.version, base=base, **values))

    for entry in before:
        later = now.get(entry.version)
        if later is None:
            broken(entry, None, "release-removed")
        else:
            for rule, values in _changes(entry, later, imprint):
                broken(entry, later.line, rule=rule, **values)
    last = max((number for number, entry in enumerate(after) if entry.version in known), default=0)
    for entry in after[:last]:
        if entry.version not in known:
            broken(entry, entry.line, rule="inserted", other=after[last].version)
    return tuple(found)


def compare_imprints(before: Imprint, after: Imprint) -> tuple[str, ...]:
    """The keys of the catalogue under which files of releases would say something else."""
    # An identifier of the publisher may be added: it says nothing else than the name.
    before, after = (replace(each, publisher=replace(each.publisher, ror="")) for each in (before, after))
    differing = tuple(key for name, key in _IMPRINT_KEYS.items() if getattr(before, name) != getattr(after, name))
    return differing[:1] if differing[:1] == ("languages",) else differing


def rewritten_by_catalog(key: str, line: int | None, releases: Collection[str], base: Mapping[str, str]) -> Problem:
    """The catalogue says something else under `key`, and nothing keeps what these releases said.

    Another title of the publication is only another word in citations, and a warning.
    """
    report = warning if key == "title" else problem
    values = {"key": key, "count": len(releases), "first": next(iter(releases)), **base}
    return report("catalog-rewrites-releases", CATALOG, line, **values)


def _changes(before: LedgerEntry, after: LedgerEntry, imprint: Imprint | None) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rule that each change breaks, with what its message says."""
    if before.date != after.date:
        yield "date", {"before": before.date, "after": after.date}
    yield from ((rule, {}) for rule in _taken_back(before, after))
    if after.removal:
        return
    if before.changes != after.changes:
        yield "changes", {}
    if len(after.redactions) <= len(before.redactions):
        yield from ((rule, {"path": name}) for rule, name in _changed_files(before, after))
    if before.withdrawal and not _only_translated(before.withdrawal, after.withdrawal):
        yield "withdrawn", {}
    if before.renamed_to and before.renamed_to != after.renamed_to:
        yield "renamed", {"before": before.renamed_to}
    if after.imprint:
        # An entry without an imprint says what the catalogue does.
        said = before.imprint or imprint
        yield from (("imprint", {"key": key}) for key in (compare_imprints(said, after.imprint) if said else ()))
    elif before.imprint:
        yield "imprint", {"key": "imprint"}


def _changed_files(before: LedgerEntry, after: LedgerEntry) -> Iterator[tuple[str, str]]:
    """The rule that a changed hash breaks, and the file."""
    for name in sorted(before.files.keys() | after.files.keys()):
        if before.files.get(name) != after.files.get(name):
            yield "files", name
    for name, hashes in before.published.items():
        known = tuple(after.published.get(name, ()))
        # No hash may go, be put before others, or be added where there can be only one.
        if known[: len(hashes)] != tuple(hashes) or (name.endswith(_DATA) and len(known) > len(hashes)):
            yield "published", name
    for name, digest in before.contents.items():
        if after.contents.get(name) != digest:
            yield "contents", name


def _taken_back(before: LedgerEntry, after: LedgerEntry) -> Iterator[str]:
    """The rules by which what was removed or redacted stays so."""
    if before.removal and not _only_translated(before.removal, after.removal):
        yield "removed"
    if not after.removal and not _redacted_further(before.redactions, after.redactions):
        yield "redacted"


def _redacted_further(before: Sequence[Redaction], after: Sequence[Redaction]) -> bool:
    """Whether all redactions are still there, at the beginning."""
    known = zip(before, after, strict=False)
    return len(after) >= len(before) and all(_only_translated(*pair) for pair in known)


def _only_translated(before: Withdrawal | Removal | Redaction, after: Withdrawal | Removal | Redaction | None) -> bool:
    """Whether a withdrawal or the like is what it was, but for languages that were missing."""
    if isinstance(before, Removal) and isinstance(after, Removal):
        after = replace(after, has_metadata=before.has_metadata)  # what a ledger does not say
    if after is None or replace(before, reason=after.reason) != after:
        return False
    return dict(before.reason.values).items() <= dict(after.reason.values).items()
