"""The ledger of releases whose files change because values were taken away: old hashes go, and the reason comes.

A hash of a file is a way to find a value that is missing in it: whoever has all the rest tries every telephone number.
So no file that had a removed value keeps its hash, nor does one that has the hash of such a file in it.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from datagazette.commands.ledger_text import with_changed
from datagazette.describe.notation import redaction_descriptors
from datagazette.files import replace_atomically, sha256
from datagazette.load.files import DATASETS, DESCRIPTOR, LEDGER
from datagazette.model.publication import Dataset, Publication, Release
from datagazette.model.removal import RedactedCell, Redaction
from datagazette.model.signing import SIGNATURES
from datagazette.model.text import read_text

# Files of a release that hold no row, and no hash of a file that does.
_WITHOUT_ROWS = ("LICENSE.txt", "CITATION.cff", "citation.bib", "citation.ris", "citation.json")
_QUERIES = ".sql"


def follower(dataset: Dataset, release: Release) -> Release | None:
    """The release that was compared with this one: its changes repeat rows."""
    later = (other for other in dataset.releases if other.version > release.version and other.state != "draft")
    return next(later, None)


def users(publication: Publication, release: Release) -> tuple[Release, ...]:
    """The releases and drafts that were made with this one's tables."""
    wanted = (release.dataset, release.version)
    return tuple(other for dataset in publication.datasets for other in dataset.releases if wanted in other.uses)


def repeating(release: Release) -> tuple[str, ...]:
    """The files of a release that repeat rows of the one before, or have a hash of such a file."""
    return ("changes.json", "SHA256SUMS", f"{release.id}.zip")


def with_values_of(release: Release, tables: Collection[str]) -> tuple[str, ...]:
    """The files of a release that have values of these tables of its own, or of tables that it uses, or the hash of a
    file that has: all but those of its other tables, the queries and the terms."""
    own = tuple(f"{table.name}." for table in release.tables if table.name not in tables)
    return tuple(
        path for path in release.published
        if not (own and path.startswith(own)) and not path.endswith(_QUERIES) and path not in _WITHOUT_ROWS
    )  # fmt: skip


def rewrite(root: Path, release: Release, changed: Mapping[str, object]) -> None:
    """Changes keys in the ledger's entry of a release; what is None is taken out. What was signed of it has hashes of
    the files as they were, and goes, too."""
    shutil.rmtree(root / DATASETS / release.dataset / SIGNATURES / str(release.version), ignore_errors=True)
    ledger = root / DATASETS / release.dataset / LEDGER
    replace_atomically(ledger, with_changed(ledger.read_text("utf-8"), str(release.version), changed).encode())


def reissue(
    root: Path, release: Release, paths: Collection[str], reason: Mapping[str, str],
    cells: Sequence[RedactedCell] = (), files: Mapping[str, str] | None = None,
) -> None:  # fmt: skip
    """Takes the hashes of the files `paths` of a release out of its ledger, in which the files themselves stay, and
    notes why. `files` are the hashes of its sources where they are other ones now."""
    if release.state == "draft":
        return
    lost = set(paths)
    published = {
        path: [] if path in lost else known[0] if len(known) == 1 else list(known)
        for path, known in release.published.items()
    }
    kept = {path: digest for path, digest in release.contents.items() if path not in lost}
    text = read_text(reason, "reason", release.languages)
    noted = [*release.redactions, Redaction(today(), text, tuple(cells))]
    said = redaction_descriptors(replace(release, redactions=tuple(noted)), release.languages[0])
    changed: dict[str, object] = {"published": published or None, "contents": kept or None, "redacted": said}
    rewrite(root, release, changed | ({"files": dict(sorted(files.items()))} if files else {}))


def descriptor_hashes(root: Path, release: Release, new: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The descriptor of a release may name the hashes of its tables: it gets the `new` ones, by the old ones. Yields
    its path and its own hash where it changed."""
    path = root / release.folder / DESCRIPTOR
    text = now = path.read_text("utf-8")
    for before, after in new.items():
        now = now.replace(before, after)
    if now != text:
        replace_atomically(path, now.encode())
        yield DESCRIPTOR, sha256(path)


def today() -> date:
    return date.today()  # noqa: DTZ011 - the day of the person who removes
