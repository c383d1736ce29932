"""`new` and `revise`: the first version of a dataset, and the next one, a copy of the last with changed files in it.

Files that people send are read by a process with bounds; the one that asks and writes never opens them. A version
appears as a whole or not at all: its folder is made beside its place and renamed.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from datagazette.build.checked import chosen_datasets, load
from datagazette.build.stored import contents, fetch_for
from datagazette.commands.descriptor_text import with_resource
from datagazette.commands.versions import needed_bump
from datagazette.diff.outcome import BUMPS
from datagazette.files import replace_atomically
from datagazette.intake import describe
from datagazette.intake.describe import About
from datagazette.intake.detection import with_bounds_of
from datagazette.intake.drafts import Draft, Sources, plan_contents
from datagazette.intake.dropping import Dropped, Wanted, drop_in
from datagazette.intake.gathering import metadata_beside
from datagazette.intake.naming import language_among, slug
from datagazette.intake.new_columns import fields_for, year_columns
from datagazette.intake.readings import words_of
from datagazette.intake.sheets import Sheet, read_sheets
from datagazette.isolation import Bounds, OutOfBounds, Worker, step
from datagazette.load.files import DATASETS, DESCRIPTOR, SCHEMAS
from datagazette.load.standalone import is_descriptor
from datagazette.model import limits
from datagazette.model.content import Content
from datagazette.model.errors import DataFaults, UsageError
from datagazette.model.names import RESERVED_NAMES, Version, is_name, parse_version
from datagazette.model.publication import Dataset, Publication, Release
from datagazette.model.resource import Table
from datagazette.tables.layout import Unreadable, detect_encoding, open_text

Done = TypeVar("Done")

_VERSION = re.compile(r"^(version:\s*)\S+", re.MULTILINE)


def read_bounded(
    work: Callable[..., Done], *arguments: Any, root: Path, files: Sequence[Path], memory: int = limits.SOURCE_MEMORY
) -> Done:
    """What `work` finds out from `files` and from the publication at `root`.

    Raises UsageError where it takes longer or more memory than it may. `work` names a file as a step while it reads it.
    """
    # Beside a descriptor are its tables.
    reads = (root, *(file.absolute().parent if is_descriptor(file) else file for file in files))
    try:
        with Worker(Bounds(memory, reads)) as worker:
            found: Done = worker.call(_quietly, work, arguments)
            return found
    except OutOfBounds as error:
        names = error.step or ", ".join(file.name for file in files)
        if error.kind == "seconds":
            raise UsageError("reading-seconds", names=names, seconds=f"{error.seconds:g}") from error
        raise UsageError("reading-memory", names=names, size=f"{memory / 1e9:g} GB") from error


def _quietly(work: Callable[..., Done], arguments: Sequence[Any]) -> Done:
    """In the worker: a library that finds no memory writes a message of its own, and ends the process."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    found: Done = work(*arguments)
    return found


def has_draft(root: Path, name: str) -> bool:
    """Whether there is a draft of that name already; finishes what an interrupted call has left.

    Raises UsageError for a name that cannot be one, or that of a dataset with releases.
    """
    if not is_name(name) or name in RESERVED_NAMES:
        raise UsageError("dataset-name", name=name, meant=slug(name) or "volunteer-hours")
    folder = root / DATASETS / name
    if not folder.is_dir() or not any(folder.iterdir()):
        return False
    loaded = load(root).publication
    dataset = loaded.dataset(name) if loaded else None
    releases = dataset.releases if dataset else ()
    if any(release.state != "draft" for release in releases):
        raise UsageError("dataset-released", name=name)
    for release in releases:
        _move_schemas(root, root / release.folder)
    return True


def plan(sources: Sources) -> Draft:
    """What the tables are found to be; the sources are read by a bounded process."""
    # Beside a CSV may be what describes it and its siblings.
    beside = filter(None, map(metadata_beside, sources.paths)) if sources.wide else ()
    return read_bounded(plan_contents, sources, root=sources.root, files=(*sources.paths, *beside))


def about_package(draft: Draft) -> About:
    """What a Data Package among the sources says of itself, as far as it fits."""
    given = draft.package
    titles, descriptions = (
        {**({language_among(text, draft.languages): text} if isinstance(text := given.get(key), str) else {}),
         **{language: str(given[f"{key}@{language}"]) for language in draft.languages if f"{key}@{language}" in given}}
        for key in ("title", "description")
    )  # fmt: skip
    version = parse_version(given.get("version")) or "1.0.0"
    return About(draft.name, draft.languages, titles, descriptions, version=str(version), package=given)


def write_dataset(draft: Draft, about: About) -> Path:
    """The folder of the first version.

    Its schemas are in it first, where the loader finds them too, and then move to `schemas/`; if a call is interrupted
    between the two, the next one moves them.
    """
    place = draft.root / DATASETS / draft.name
    scratch = place.with_name(f".{draft.name}.new")
    shutil.rmtree(scratch, ignore_errors=True)
    version = scratch / about.version
    try:
        (version / SCHEMAS).mkdir(parents=True)
        schemas = {table.name: _schema_name(draft, table.name) for table in draft.tables}
        for table, content in zip(draft.tables, draft.contents, strict=True):
            (version / table.path).write_bytes(content)
            text = describe.schema_yaml(schemas[table.name].partition(".")[0], table, draft.languages)
            (version / SCHEMAS / f"{schemas[table.name]}.yaml").write_text(text, "utf-8", newline="\n")
        text = describe.descriptor_yaml(about, draft.tables, schemas)
        (version / DESCRIPTOR).write_text(text, "utf-8", newline="\n")
        scratch.rename(place)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    _move_schemas(draft.root, place / about.version)
    return place / about.version


def _schema_name(draft: Draft, table: str) -> str:
    """`<table>.v1`; where a schema has that name already, with the dataset's before it."""
    names = [table, f"{draft.name}-{table}", *(f"{draft.name}-{table}-{number}" for number in range(2, 100))]
    return next(f"{name}.v1" for name in names if not (draft.root / SCHEMAS / f"{name}.v1.yaml").exists())


def _move_schemas(root: Path, version: Path) -> None:
    """Moves the schemas of a new version to `schemas/`, each in one step; one that is there already stays."""
    folder = version / SCHEMAS
    if not folder.is_dir():
        return
    (root / SCHEMAS).mkdir(exist_ok=True)
    for path in sorted(folder.iterdir()):
        if not (root / SCHEMAS / path.name).exists():
            path.replace(root / SCHEMAS / path.name)
    if not any(folder.iterdir()):
        folder.rmdir()


@dataclass(frozen=True)
class Data:
    """Files to drop in, and how. A path may be `RESOURCE=PATH`."""

    files: tuple[str, ...] = ()
    encoding: str | None = None
    delimiter: str | None = None
    header: int = 0
    wanted: Wanted = field(default_factory=Wanted)
    sheets: tuple[str, ...] = ()
    hidden: str = ""


@dataclass(frozen=True)
class Revised:
    """The draft, whether it is new, and what each file changed in its table.

    `same_as` is the release that the files do not differ from, so that no draft was made; `was` the draft's version
    before its changes were counted again, and `part` what they call for now.
    """

    version: Version
    is_new: bool
    dropped: tuple[tuple[str, Dropped], ...] = ()
    same_as: Version | None = None
    was: Version | None = None
    part: str = ""


def open_draft(
    root: Path, name: str, bump: str | None = None, data: Data = Data(),
    report: Callable[[Content], None] = lambda _: None,
) -> Revised:  # fmt: skip
    """A dataset's draft, made where there is none, with `data` in it.

    `bump` is the part of the version that goes up. Where it is not given, it is counted as `diff` counts it; MINOR
    where there is no data. Files that change nothing make no draft.
    The copy has the root's schemas, not the frozen ones, since a draft may change them.
    Raises UsageError where there is no such dataset, or a file that fits none of its tables.
    """
    loaded = load(root)
    if loaded.publication is None:
        raise DataFaults(loaded.problems)
    (dataset,) = chosen_datasets(loaded.publication, [name])
    newest = dataset.releases[-1]
    fetch_for(loaded.publication, contents([newest, *filter(None, [dataset.before(newest)])]), report)
    files = tuple(Path(_file(newest, given)[1]) for given in data.files)
    dropped = read_bounded(_dropped, root, newest, data, root=root, files=files) if files else ()
    if newest.state == "draft":
        return _continued(loaded.publication, dataset, newest, bump, dropped)
    if dropped and all(_bytes_of(root, newest, path) == table.content for path, table in dropped):
        return Revised(newest.version, False, dropped, same_as=newest.version)
    with _copied(root, newest, dropped) as scratch:
        part = bump or needed_bump(loaded.publication, newest, scratch.relative_to(root).as_posix())
        least = "patch" if dropped or bump else "minor"
        version = newest.version.bumped(part if bump else max(part, least, key=BUMPS.index))
        _write_version(scratch, version)
        scratch.rename(scratch.with_name(str(version)))
    return Revised(version, True, dropped)


def _continued(
    publication: Publication, dataset: Dataset, draft: Release, bump: str | None,
    dropped: Sequence[tuple[str, Dropped]],
) -> Revised:  # fmt: skip
    """A draft that was there, with the changed data. Its version goes where `bump` says, or where its changes say if
    it was counted from them before, or is too low now: one that a person has chosen stays."""
    root, before = publication.root, dataset.before(draft)
    counted = before and dropped and not bump and before.version.bumped(needed_bump(publication, before, draft.folder))
    for path, table in dropped:
        replace_atomically(root / draft.folder / path, table.content)
    _restate(root / draft.folder, draft, dropped)
    if before is None or not (bump or dropped):
        return Revised(draft.version, False, tuple(dropped))
    part = bump or needed_bump(publication, before, draft.folder)
    version = before.version.bumped(part)
    place = root / draft.folder
    stays = version == draft.version or place.with_name(str(version)).exists()
    if stays or not (bump or counted == draft.version or version > draft.version):
        return Revised(draft.version, False, tuple(dropped))
    _write_version(place, version)
    place.rename(place.with_name(str(version)))
    return Revised(version, False, tuple(dropped), was=draft.version, part=part)


def _restate(folder: Path, release: Release, dropped: Sequence[tuple[str, Dropped]]) -> None:
    """Size and hash of changed tables in the descriptor of the version in `folder`, where it has these."""
    tables, descriptor = {table.path: table for table in release.tables}, folder / DESCRIPTOR
    for path, changed in dropped:
        said = {"bytes": str(len(changed.content)), "hash": f"sha256:{hashlib.sha256(changed.content).hexdigest()}"}
        stale = {key: value for key, value in said.items() if key in tables[path].descriptor}
        text = with_resource(descriptor.read_bytes().decode(), tables[path].name, stale) if stale else None
        if text is not None:
            replace_atomically(descriptor, text.encode())


def _bytes_of(root: Path, release: Release, path: str) -> bytes:
    table = next(table for table in release.tables if table.path == path)
    return (root / table.source).read_bytes()


def _dropped(root: Path, release: Release, data: Data) -> tuple[tuple[str, Dropped], ...]:
    """(path of the table's CSV in the version, what it becomes) for each table that a file was given for."""
    found: dict[str, Dropped] = {}
    columns = {column.name for table in release.tables for column in table.schema.fields}
    if unknown := sorted({*data.wanted.renamed.values(), *data.wanted.removed} - columns):
        raise UsageError("no-field", name=unknown[0], known=", ".join(sorted(columns)))
    for given in data.files:
        resource, path = _file(release, given)
        with step(Path(path).name, limits.SOURCE_SECONDS):
            words = partial(_known_words, root, release)
            for sheet in read_sheets(
                Path(path), data.encoding, data.delimiter, data.sheets, data.header, data.hidden, words
            ):
                table = _table(release, sheet, resource)
                if table.path in found:
                    raise UsageError("two-files", path=table.path)
                sheet = with_bounds_of(sheet, table)  # noqa: PLW2901
                dropped = drop_in(root / table.source, table, sheet, data.wanted)
                if dropped.columns:
                    yearly = year_columns((known.name for known in table.schema.fields), dropped.columns)
                    fields = fields_for(sheet, dropped.columns, release.languages)
                    dropped = replace(dropped, fields=fields, yearly=yearly)
                found[table.path] = dropped
    return tuple(found.items())


def _known_words(root: Path, release: Release) -> frozenset[str]:
    """The words that a version has: a file for it should have most of them."""
    found: set[str] = set()
    for table in release.tables:
        found |= words_of(text for field in table.schema.fields for text in dict(field.title.values).values())
        path = root / table.source
        with (
            suppress(Unreadable, UnicodeDecodeError),
            open_text(path, detect_encoding(path, table.dialect.encoding)) as stream,
        ):
            found |= words_of(stream)
    return frozenset(found)


def _file(release: Release, given: str) -> tuple[str, str]:
    """(resource, or nothing where none is named; path) of what `--data` was given."""
    resource, equals, path = given.partition("=")
    return (resource, path) if equals and release.table(resource) else ("", given)


def _table(release: Release, sheet: Sheet, resource: str) -> Table:
    """The table that a sheet is for: the one named, the one of its name, the only one."""
    names = {resource} if resource else {sheet.name, sheet.name.lower()}
    for table in release.tables:
        if {table.name, Path(table.path).stem, *dict(table.title.values).values()} & names:
            return table
    if len(release.tables) == 1:
        return release.tables[0]
    raise UsageError("which-table", sheet=sheet.name, tables=", ".join(table.name for table in release.tables))


@contextmanager
def _copied(root: Path, release: Release, dropped: Sequence[tuple[str, Dropped]]) -> Iterator[Path]:
    """A copy of a release with changed tables, in a folder that a call renames when it is complete, so that an
    interruption leaves nothing half-made."""
    source = root / release.folder
    scratch = source.with_name(".next.new")
    shutil.rmtree(scratch, ignore_errors=True)
    try:
        shutil.copytree(source, scratch, ignore=shutil.ignore_patterns(SCHEMAS, ".*"))
        for table in release.tables:
            file = Path(SCHEMAS, f"{table.schema.name}.yaml")
            if not (root / file).exists():
                (scratch / SCHEMAS).mkdir(exist_ok=True)
                shutil.copyfile(source / file, scratch / file)
        for table in release.tables:
            if table.stored:  # a person sees what changes
                shutil.copyfile(root / table.source, scratch / table.path)
        for path, dropped_in in dropped:
            (scratch / path).unlink(missing_ok=True)
            (scratch / path).write_bytes(dropped_in.content)
        _restate(scratch, release, dropped)
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _write_version(folder: Path, version: Version) -> None:
    descriptor = folder / DESCRIPTOR
    text = descriptor.read_bytes().decode()
    replace_atomically(descriptor, _VERSION.sub(rf"\g<1>{version}", text, count=1).encode())
