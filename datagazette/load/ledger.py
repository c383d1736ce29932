"""`releases.yaml`: what was released, when, and the hash of every frozen file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise

from datagazette.files import sha256
from datagazette.load.catalog import read_imprint
from datagazette.load.descriptors import Document, KeyReader
from datagazette.load.files import Folder, fault
from datagazette.model.limits import RELEASES
from datagazette.model.names import Version, parse_version
from datagazette.model.problems import Problem, problem
from datagazette.model.publication import Imprint, Withdrawal
from datagazette.model.text import Text

FILE = "releases.yaml"
_SHA256 = re.compile(r"[0-9a-f]{64}")
_RELEASE_KEYS = ("version", "date", "changes", "files", "published", "contents", "withdrawn", "imprint")


@dataclass(frozen=True)
class LedgerEntry:
    """A line of the ledger.

    `files` maps paths in the version folder to SHA-256; `published` those of the files that came of them, in every
    form in which they were published, so that a kept file can be recognised by its hash; `contents` the
    hashes of the values in files that a library may write otherwise one day. `renamed_to` is the dataset under
    whose name this one goes on; it holds for the whole ledger. `imprint` is what the catalogue said on that day.
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


def read_ledger(document: Document, languages: tuple[str, ...]) -> tuple[tuple[LedgerEntry, ...], tuple[Problem, ...]]:
    """The entries, oldest first, and the faults of the file itself."""
    problems: list[Problem] = []
    reader = KeyReader(document, problems)
    reader.known(("releases", "renamedTo"))
    renamed_to = reader.string("renamedTo")
    found = [entry for release in reader.items("releases", RELEASES) if (entry := _entry(release, languages))]
    entries = [replace(entry, renamed_to=renamed_to) for entry in found]
    for before, after in pairwise(entries):
        if after.version <= before.version:
            problems.append(
                problem("ledger-order", document.file, after.line, version=after.version, before=before.version)
            )
        elif after.date < before.date:
            problems.append(
                problem("ledger-date", document.file, after.line, version=after.version, before=before.version)
            )
    return tuple(entries), tuple(problems)


def compare(folder: Folder, entry: LedgerEntry, ledger: str) -> tuple[Problem, ...]:
    """What differs between a released folder and the hashes it was frozen with."""
    present = set(folder.contents())
    version = entry.version
    found = []
    for name, expected in sorted(entry.files.items()):
        if name not in present:
            found.append(problem("release-file-missing", ledger, entry.line, version=version, path=name))
        elif code := fault(folder.path / name, folder.root):
            found.append(problem(code, folder.file(name), path=name))
        elif sha256(folder.path / name) != expected:
            found.append(problem("release-file-changed", folder.file(name), version=version, ledger=ledger))
    added = sorted(present - set(entry.files))
    found += [problem("release-file-added", folder.file(name), version=version, ledger=ledger) for name in added]
    return tuple(found)


def _entry(reader: KeyReader, languages: tuple[str, ...]) -> LedgerEntry | None:
    imprint = read_imprint(reader, languages)
    languages = imprint.languages if imprint else languages
    reader.known(_RELEASE_KEYS, languages)
    written = reader.string("version", required=True)
    version = parse_version(written)
    if written and version is None:
        reader.report("version-syntax", "version", found=written)
    released = reader.date("date", required=True)
    files, contents = _single(reader, "files"), _single(reader, "contents")
    published = _hashes(reader, "published")
    if version is None or released is None:
        return None
    return LedgerEntry(version, released, reader.text("changes", languages), files, published, contents,
                 _withdrawal(reader, languages), reader.document.line(reader.path), imprint=imprint)  # fmt: skip


def _single(reader: KeyReader, key: str) -> dict[str, str]:
    return {name: found[-1] for name, found in _hashes(reader, key).items() if found}


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


def _withdrawal(reader: KeyReader, languages: tuple[str, ...]) -> Withdrawal | None:
    found = reader.child("withdrawn")
    if found is None:
        return None
    found.known(("date", "reason"), languages)
    on = found.date("date", required=True)
    return Withdrawal(on, found.text("reason", languages, required=True)) if on else None
