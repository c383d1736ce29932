"""Tables of other packages that foreign keys of a package from elsewhere lead to.

`package` of a foreign key's `reference` is a relative path to the other package's descriptor. It may climb, as it must
to reach the package beside this one, but not out of the folder of the descriptor or that in which the program runs: a
stranger's descriptor is not to read whatever lies on a machine. Addresses are not fetched.
https://datapackage.org/recipes/foreign-keys-to-data-packages/
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from datagazette.load.standalone import is_descriptor, read_package
from datagazette.model.tabular import Table

_Other = tuple[str, str]


def read_referenced(descriptor: Path, tables: Iterable[Table]) -> dict[_Other, tuple[Table, Path]]:
    """The other packages' CSVs by what a foreign key calls them, (package, resource); each with its path.

    What cannot be read is not there: the check reports a foreign key that leads nowhere.
    """
    packages = sorted({key.package for table in tables for key in table.schema.foreign_keys if key.package})
    found: dict[_Other, tuple[Table, Path]] = {}
    for package in packages:
        path = _located(descriptor, package)
        if path:
            found |= {(package, table.name): (table, csv) for table, csv in read_package(path).tables}
    return found


def _located(descriptor: Path, package: str) -> Path | None:
    if PurePosixPath(package).is_absolute() or ":" in package or "\\" in package or package.startswith("~"):
        return None
    try:
        folder = descriptor.parent.resolve()
        path = (folder / package).resolve()
        within = any(path.is_relative_to(one) for one in (folder, Path.cwd()))
        return path if within and is_descriptor(path) and path.is_file() else None
    except (OSError, RuntimeError, ValueError):  # links in a circle, names too long, a NUL
        return None
