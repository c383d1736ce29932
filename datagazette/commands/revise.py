"""`revise`: the next version of a dataset, as a copy of the last one and with changed files dropped in."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from datagazette.build.checked import load
from datagazette.commands.foreign import read_bounded
from datagazette.files import replace_atomically
from datagazette.intake.dropping import Dropped, drop_in
from datagazette.intake.sheets import Sheet, read_sheets
from datagazette.isolation import step
from datagazette.load.package import FILE as DESCRIPTOR
from datagazette.load.tables import SCHEMAS
from datagazette.model import limits
from datagazette.model.errors import DataFaults, UsageError, not_found
from datagazette.model.names import Version
from datagazette.model.publication import Dataset, Release, Table

_VERSION = re.compile(r"^(version:\s*)\S+", re.MULTILINE)


@dataclass(frozen=True)
class Data:
    """Files to drop in. `keep`: they hold only new and changed rows. A path may be `RESOURCE=PATH`."""

    files: tuple[str, ...] = ()
    encoding: str | None = None
    delimiter: str | None = None
    keep: bool = False


@dataclass(frozen=True)
class Revised:
    """The draft, whether it is new, and what each file changed in its table."""

    version: Version
    is_new: bool
    dropped: tuple[tuple[str, Dropped], ...] = ()


def open_draft(root: Path, name: str, bump: str | None = None, data: Data = Data()) -> Revised:
    """A dataset's draft, made where there is none, with `data` in it. All of a new draft appears at once.

    `bump` is the part of the version that goes up; where it is not given, it follows from the data, and else is MINOR.
    The copy has the root's schemas, not the frozen ones, since a draft may change them.
    Raises UsageError where there is no such dataset, or a file that fits none of its tables.
    """
    dataset = _dataset(root, name)
    newest = dataset.releases[-1]
    files = tuple(Path(_file(newest, one)[1]) for one in data.files)
    dropped = read_bounded(_dropped, root, newest, data, root=root, files=files) if files else ()
    if newest.state == "draft":
        for name_of_file, one in dropped:
            replace_atomically(root / newest.folder / name_of_file, one.content)
        return Revised(newest.version, False, dropped)
    version = newest.version.bumped(bump or _bump([one for _, one in dropped]))
    _copy(root, newest, version, dropped)
    return Revised(version, True, dropped)


def _bump(dropped: Sequence[Dropped]) -> str:
    """MINOR where rows or columns are added, or nothing is known yet; PATCH for a correction; MAJOR where rows go."""
    if any(one.removed for one in dropped):
        return "major"
    return "patch" if dropped and not any(one.added or one.columns for one in dropped) else "minor"


def _dataset(root: Path, name: str) -> Dataset:
    loaded = load(root)
    if loaded.publication is None:
        raise DataFaults(loaded.problems)
    dataset = loaded.publication.dataset(name)
    if dataset is None:
        raise not_found("dataset", [name], [dataset.name for dataset in loaded.publication.datasets])
    return dataset


def _dropped(root: Path, release: Release, data: Data) -> tuple[tuple[str, Dropped], ...]:
    """(path of the table's CSV in the version, what it becomes) for each table that a file was given for."""
    found: dict[str, Dropped] = {}
    for given in data.files:
        resource, path = _file(release, given)
        with step(Path(path).name, limits.SOURCE_SECONDS):
            for sheet in read_sheets(Path(path), data.encoding, data.delimiter):
                table = _table(release, sheet, resource)
                if table.path in found:
                    raise UsageError("two-files", path=table.path)
                found[table.path] = drop_in(root / table.file, table, sheet, keep=data.keep)
    return tuple(found.items())


def _file(release: Release, given: str) -> tuple[str, str]:
    """(resource, or nothing where none is named; path) of what `--data` was given."""
    resource, equals, path = given.partition("=")
    return (resource, path) if equals and release.table(resource) else ("", given)


def _table(release: Release, sheet: Sheet, resource: str) -> Table:
    """The table that a sheet is for: the one named, the one of its name, the only one."""
    told = [resource] if resource else [sheet.name, sheet.name.lower()]
    for table in release.tables:
        if {table.name, Path(table.path).stem, *dict(table.title.values).values()} & set(told):
            return table
    if len(release.tables) == 1:
        return release.tables[0]
    raise UsageError("which-table", sheet=sheet.name, tables=", ".join(table.name for table in release.tables))


def _copy(root: Path, release: Release, version: Version, dropped: Sequence[tuple[str, Dropped]]) -> None:
    """The new folder appears in one step, so that an interruption leaves nothing half-made."""
    source = root / release.folder
    scratch = source.with_name(f".{version}.new")
    shutil.rmtree(scratch, ignore_errors=True)
    try:
        shutil.copytree(source, scratch, ignore=shutil.ignore_patterns(SCHEMAS, ".*"))
        for table in release.tables:
            file = Path(SCHEMAS, f"{table.schema.name}.yaml")
            if not (root / file).exists():
                (scratch / SCHEMAS).mkdir(exist_ok=True)
                shutil.copyfile(source / file, scratch / file)
        descriptor = scratch / DESCRIPTOR
        text = descriptor.read_bytes().decode()
        descriptor.write_bytes(_VERSION.sub(rf"\g<1>{version}", text, count=1).encode())
        for file_name, one in dropped:
            (scratch / file_name).write_bytes(one.content)
        scratch.rename(source.with_name(str(version)))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
