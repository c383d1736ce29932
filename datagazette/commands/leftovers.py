"""Where removed values may still be found: in other files of the publication, and by trying values against a hash."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from datagazette.build.stored import is_here
from datagazette.downloads.csv import data_rows
from datagazette.load.files import DATASETS, SCHEMAS
from datagazette.model.publication import Dataset, Publication, Release
from datagazette.model.resource import Table

# So many texts of a table that are in no other release cannot be found all at once by trying; one telephone number can.
UNKNOWN_TEXTS = 20
# A shorter value is in too many files by chance.
SHORTEST_SOUGHT = 4
_MOST_LEFT = 50
_PLACES = (DATASETS, SCHEMAS, "site", "mkdocs.yml")
_ENCODINGS = ("utf-8", "utf-16-le", "gb18030")
# Files of a release that are made of all of its tables, or have their hashes.
_OF_ALL = ("SHA256SUMS", "datapackage.json", "croissant.json")


@dataclass(frozen=True)
class Left:
    """A file, relative to the root, with the first line that has a removed value, 0 where it has no lines."""

    file: str
    line: int


def is_package_wide(release: Release, path: str) -> bool:
    return path in _OF_ALL or path in (f"{release.id}.zip", f"{release.id}.xlsx")


def guessable(publication: Publication, dataset: Dataset, release: Release) -> frozenset[str]:
    """The tables of a release of which other versions say so much that the rest could be found by trying values until
    the hash is right: fewer than `UNKNOWN_TEXTS` of their cells are in no other version."""
    known = set[str]()
    for other in (other for other in dataset.releases if other != release):
        for table in other.tables:
            known |= set(_cells(publication.root, table))
    found = set()
    for table in release.tables:
        unknown = set[str]()
        for cell in _cells(publication.root, table):
            if cell not in known:
                unknown.add(cell)
                if len(unknown) >= UNKNOWN_TEXTS:
                    break
        else:
            found.add(table.name)
    return frozenset(found)


def _cells(root: Path, table: Table) -> Iterator[str]:
    """The texts in a table; nothing where it is not here."""
    if is_here(root, table) and (root / table.source).is_file():
        for row in data_rows(root / table.source, table.dialect):
            yield from row


def files_with(root: Path, texts: Collection[str]) -> tuple[Left, ...]:
    """The files of the publication that have one of the texts, in any of the usual encodings."""
    sought = {
        text.encode(encoding, "ignore") for text in texts if len(text) >= SHORTEST_SOUGHT for encoding in _ENCODINGS
    }
    found = []
    for path in _files(root) if sought else ():
        content = path.read_bytes()
        places = [at for text in sought if (at := content.find(text)) >= 0]
        if places:
            found.append(Left(path.relative_to(root).as_posix(), content.count(b"\n", 0, min(places)) + 1))
    return tuple(found[:_MOST_LEFT])


def _files(root: Path) -> Sequence[Path]:
    found = [
        path for name in _PLACES for path in ((root / name).rglob("*") if (root / name).is_dir() else [root / name])
    ]
    return sorted(path for path in found if path.is_file() and not path.is_symlink())
