"""`releases.yaml`: what was released, when, and the hash of every frozen file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from datagazette.files import sha256, trace_of_git, with_line_ends
from datagazette.load.catalog import read_imprint
from datagazette.load.descriptors import Document, KeyReader
from datagazette.load.files import Folder, fault
from datagazette.load.git_traces import trace_problem
from datagazette.load.identity import read_identifiers
from datagazette.model.identifiers import Identifier
from datagazette.model.limits import NOTES, RELEASES
from datagazette.model.names import Version
from datagazette.model.problems import Problem, problem
from datagazette.model.publication import Imprint, Withdrawal
from datagazette.model.removal import RedactedCell, Redaction, Removal
from datagazette.model.text import Text

_SHA256 = re.compile(r"[0-9a-f]{64}")
_RELEASE_KEYS = (
    "version", "date", "changes", "files", "published", "contents", "withdrawn", "imprint", "accepted", "removed",
    "redacted", "identifiers",
)  # fmt: skip


@dataclass(frozen=True)
class LedgerEntry:
    """A line of the ledger.

    `files` maps paths in the version folder to SHA-256; `published` those of the files that came of them, in every
    form in which they were published, so that a kept file can be recognised by its hash; `contents` the
    hashes of the values in files that a library may write otherwise one day. `renamed_to` is the dataset under
    whose name this one goes on; it holds for the whole ledger. `imprint` is what the catalogue said on that day.
    `title` is that of a release which was removed. `identifiers` are those that it got when its descriptor was final.
    """

    version: Version
    date: date
    changes: Text
    files: Mapping[str, str]
    published: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    contents: Mapping[str, str] = field(default_factory=dict)
    withdrawal: Withdrawal | None = None
    line: int | None = None
    renamed_to: str = ""
    imprint: Imprint | None = None
    accepted: str = ""
    removal: Removal | None = None
    title: Text = Text()
    redactions: tuple[Redaction, ...] = ()
    identifiers: tuple[Identifier, ...] = ()


def read_ledger(document: Document, languages: tuple[str, ...]) -> tuple[tuple[LedgerEntry, ...], tuple[Problem, ...]]:
    """The entries, oldest first, and the faults of the file itself."""
    problems: list[Problem] = []
    reader = KeyReader(document, problems)
    reader.known(("releases", "renamedTo"))
    renamed_to = reader.string("renamedTo")
    read = (_entry(release, languages, renamed_to) for release in reader.items("releases", RELEASES))
    entries = tuple(entry for entry in read if entry)
    for before, after in pairwise(entries):
        order = "ledger-order" if after.version <= before.version else "ledger-date"
        if order == "ledger-order" or after.date < before.date:
            problems.append(problem(order, document.file, after.line, version=after.version, before=before.version))
    return entries, tuple(problems)


def compare(
    folder: Folder, entry: LedgerEntry, ledger: str, stored: Mapping[str, str] | None = None
) -> tuple[Problem, ...]:
    """What differs between a released folder and the hashes it was frozen with. `stored` are the hashes of files that
    the store has, by path."""
    present, stored = set(folder.contents), stored or {}
    version = entry.version
    found = []
    for name, expected in sorted(entry.files.items()):
        if stored.get(name) == expected:
            continue
        if name not in present:
            found.append(problem("release-file-missing", ledger, entry.line, version=version, path=name))
        elif code := fault(folder.path / name, folder.root):
            found.append(problem(code, folder.file(name), path=name))
        elif sha256(folder.path / name) != expected:
            found.append(_changed(folder, name, expected, version=version, ledger=ledger))
    added = sorted(present - set(entry.files))
    found += [problem("release-file-added", folder.file(name), version=version, ledger=ledger) for name in added]
    return tuple(found)


def _changed(folder: Folder, name: str, expected: str, **values: object) -> Problem:
    """What became of a released file: something that git or an editor did to it, or another content."""
    path, file = folder.path / name, folder.file(name)
    code, lines = trace_of_git(path)
    if code:
        return trace_problem(code, file, lines)
    rule, _ = with_line_ends(path.read_bytes(), expected)
    if rule == "line-ends":
        return problem("release-line-ends", file)
    return problem("release-file-changed", file, rule=rule, **values)


def _entry(reader: KeyReader, languages: tuple[str, ...], renamed_to: str) -> LedgerEntry | None:
    reader.languages = languages
    imprint = read_imprint(reader)
    reader.languages = imprint.languages if imprint else languages
    reader.known(_RELEASE_KEYS)
    version, released = reader.version("version"), reader.date("date", required=True)
    files, contents = (
        {name: found[-1] for name, found in _hashes(reader, key).items() if found} for key in ("files", "contents")
    )
    published = _hashes(reader, "published")
    if version is None or released is None:
        return None
    withdrawn, withdrawal = reader.child("withdrawn"), None
    if withdrawn:
        withdrawn.known(("date", "reason"))
        on = withdrawn.date("date", required=True)
        withdrawal = Withdrawal(on, withdrawn.text("reason", required=True)) if on else None
    removal, title = _removal(reader)
    return LedgerEntry(version, released, reader.text("changes"), files, published, contents, withdrawal,
                       reader.document.line(reader.path), renamed_to, imprint, reader.string("accepted"),
                       removal, title, tuple(_redactions(reader)), read_identifiers(reader))  # fmt: skip


def _removal(reader: KeyReader) -> tuple[Removal | None, Text]:
    """That the release was removed, and the title that it had."""
    removed = reader.child("removed")
    if removed is None:
        return None, Text()
    removed.known(("date", "reason", "instead", "title"))
    day, reason = removed.date("date", required=True), removed.text("reason", required=True)
    instead = str(removed.version("instead") or "") if "instead" in removed.value else ""
    return Removal(day, reason, instead) if day else None, removed.text("title")


def _redactions(reader: KeyReader) -> Iterator[Redaction]:
    for redacted in reader.items("redacted"):
        redacted.known(("date", "reason", "cells"))
        day, reason = redacted.date("date", required=True), redacted.text("reason", required=True)
        cells = []
        for cell in redacted.items("cells", NOTES):
            cell.known(("resource", "key", "field"))
            named = (cell.string(name, required=True) for name in ("resource", "key", "field"))
            cells.append(RedactedCell(*named))
        if day:
            yield Redaction(day, reason, tuple(cells))


def _hashes(reader: KeyReader, key: str) -> dict[str, tuple[str, ...]]:
    """By path, one hash or a list of them."""
    found = {}
    for name, value in reader.mapping(key).items():
        written = tuple(map(str, value if isinstance(value, list) else [value]))
        found[str(name)] = written
        for digest in written:
            if not _SHA256.fullmatch(digest):
                reader.report("ledger-hash", key, path=name, found=digest)
    return found
