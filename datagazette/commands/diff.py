"""`diff`: what a publication changes against what it was, and which version that calls for."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from datagazette.build.checked import CheckOptions, chosen_datasets, load
from datagazette.build.stored import contents, needed, places
from datagazette.commands.bases import Base, find_base, last_releases, with_publication
from datagazette.commands.check_datasets import check_datasets
from datagazette.commands.fewer_files import fewer_files
from datagazette.commands.permanence import moved_datasets, rewritten_releases
from datagazette.commands.receipts import receipts
from datagazette.commands.stored import Bringing, changed_store
from datagazette.commands.versions import referenced, scratch_folder
from datagazette.diff.hidden import without_cells, without_personal_values
from datagazette.diff.outcome import Comparison, ReleaseComparison, StructureChange
from datagazette.diff.releases import LocatedRelease, compare_versions, has_same_file
from datagazette.diff.structure import descriptor_changes
from datagazette.diff.taken_back import corrections
from datagazette.isolation import OutOfBounds, isolated
from datagazette.load.files import CATALOG, DATASETS
from datagazette.load.personal import CODES as PERSONAL_CODES
from datagazette.load.yaml_file import read_yaml
from datagazette.model.content import Content
from datagazette.model.errors import DataFaults
from datagazette.model.problems import Problem, has_errors
from datagazette.model.publication import Dataset, Publication, Release
from datagazette.tables.bounded import out_of_bounds
from datagazette.tables.engine import Engine, Limits, connect
from datagazette.tables.layout import TableSource
from datagazette.validation.personal import holds_personal_data


@dataclass(frozen=True)
class DiffOptions:
    """`base` is a revision or a folder, None each dataset's last release; `datasets` empty is all of them."""

    root: Path
    base: str | None = None
    datasets: tuple[str, ...] = ()
    fetch_drafts: bool = False


def diff(options: DiffOptions, report: Callable[[Content], None] = lambda _: None) -> Comparison:
    """Raises DataFaults where the publication has no usable catalogue, UsageError where there is no such base.

    `report` is called before each file that is fetched from the store.
    """
    with scratch_folder(options.root) as scratch:
        folder = Path(scratch)
        (folder / "before").mkdir()
        base = find_base(options.root, options.base, folder / "before") if options.base is not None else None
        reads = [options.root, *([base.root] if base else [])]
        Bringing(options.root, options.base, options.fetch_drafts, report).bring(_wanted, options, base, reads=reads)
        try:
            found, publication = isolated(_compared, options, base, folder, reads=reads, writes=[folder])
        except OutOfBounds as error:
            raise DataFaults((out_of_bounds(error, str(options.root)),)) from error
        problems = (*found.problems, *rewritten_releases(publication, options.base))
        problems += changed_store(options.root, options.base) if options.base else ()
    return replace(found, problems=tuple(dict.fromkeys(problems)))


def _wanted(options: DiffOptions, base: Base | None) -> tuple[Content, ...]:
    """What the comparison reads, and is in the store and not here. What a base has was reviewed, its drafts too."""
    publication = load(options.root).publication
    if publication is None:
        return ()
    base = with_publication(base) if base else last_releases(publication)
    names = [name for name in base.datasets(publication) if not options.datasets or name in options.datasets]
    found: dict[str, Content] = {}
    for name in names:
        new, old = publication.dataset(name), base.publication.dataset(name) if base.publication else None
        drafts = [release for release in (new.releases if new else ()) if release.state == "draft"]
        edited = [
            was for was in (old.releases if old else ()) if new and was.version in {now.version for now in drafts}
        ]
        reviewed = (replace(content, is_draft=False) for content in contents(edited))
        found |= {content.sha256: content for content in (*needed(publication, drafts), *reviewed)}
    return tuple(found.values())


def _compared(options: DiffOptions, base: Base | None, folder: Path) -> tuple[Comparison, Publication]:
    loaded = load(options.root)
    publication, wanted = loaded.publication, options.datasets
    if publication is None:
        raise DataFaults(loaded.problems)
    chosen_datasets(publication, wanted)  # all of them are there
    # Without a base, of what is released only that is looked at which may take a correction back.
    suspects = () if base else tuple(f"{release.folder}/" for dataset in publication.datasets
                                     for release in dataset.releases if corrections(dataset, release))  # fmt: skip
    base = with_publication(base) if base else last_releases(publication)
    moved = moved_datasets(publication)
    names = [name for name in base.datasets(publication) if (not wanted or name in wanted) and name not in moved]
    checked = check_datasets(CheckOptions(options.root, wanted, changed=(*base.changed, *suspects)), loaded)
    limits = Limits(spill=folder, reads=(*places(options.root), base.root / DATASETS))
    with connect(limits) as engine:
        pairs = _Pairs(engine, publication, base, checked.problems, folder)
        releases = tuple(found for name in names for found in pairs.of_dataset(name))
    problems = with_causes((problem for release in releases for problem in release.problems), checked.problems)
    merged, promise = (None, None) if has_errors(problems) else receipts(publication, base, names)
    site_files = tuple(file for file in base.changed if file.startswith("site/") or file == "mkdocs.yml")
    catalog: tuple[StructureChange, ...] = ()
    if base.publication and CATALOG in base.changed:
        old, new = (read_yaml(root / CATALOG, CATALOG)[0] for root in (base.root, publication.root))
        catalog = tuple(descriptor_changes("catalog", old.value, new.value)) if old and new else ()
    hidden = sum(checked.hidden.values())
    return Comparison(base.name, releases, problems, catalog, site_files, merged, promise, hidden), publication


def with_causes(compared: Iterable[Problem], checked: Iterable[Problem]) -> tuple[Problem, ...]:
    """What the comparison and the check found, without the errors of the check that the damage explains: a cell of
    the wrong type in a damaged column, and a file in an encoding that is reported as changed."""
    found = tuple(compared)
    explained: set[tuple[str, str, str | None]] = {
        ("type-error", fault.file, fault.cell.field) for fault in found if fault.cell and fault.cell.field
    }
    explained |= {("encoding-error", fault.file, None) for fault in found if fault.code == "encoding-changed"}
    explained |= {(fault.code, fault.file, None) for fault in found if fault.code == "lfs-pointer"}
    others = (fault for fault in checked if (fault.code, fault.file, fault.cell and fault.cell.field) not in explained)
    return tuple(dict.fromkeys((*found, *others)))


def compare_with_last(publication: Publication, draft: Release, problems: tuple[Problem, ...]) -> ReleaseComparison:
    """A draft against the release before it. `problems` are those of the publication and its tables."""
    dataset = publication.dataset(draft.dataset)
    assert dataset is not None
    base = last_releases(publication)
    with (
        scratch_folder(publication.root) as folder,
        connect(Limits(spill=Path(folder), reads=places(publication.root))) as engine,
    ):
        return _Pairs(engine, publication, base, problems, Path(folder)).added(dataset, draft)


@dataclass(frozen=True)
class _Pairs:
    """The pairs of versions that a difference between two publications consists of."""

    engine: Engine
    publication: Publication
    base: Base
    problems: tuple[Problem, ...]
    work: Path

    def of_dataset(self, name: str) -> Iterator[ReleaseComparison]:
        old = self.base.publication.dataset(name) if self.base.publication else None
        new = self.publication.dataset(name)
        for release in new.releases if new else ():
            was = old.release(release.version) if old else None
            assert new is not None
            if was is None:
                yield self.added(new, release)
            elif self._differs(was, release):
                yield self._edited(new, was, release)
        for was in old.releases if old else ():
            if new is None or new.release(was.version) is None:
                yield ReleaseComparison(name, was, None)

    def _differs(self, was: Release, now: Release) -> bool:
        before, after = LocatedRelease(was, self.base.root), LocatedRelease(now, self.publication.root)
        moved = {
            table.file for table in now.tables
            if table.stored and (old := was.table(table.name)) and has_same_file(before, after, old, table)
        }  # fmt: skip
        inside = any(file.startswith(f"{now.folder}/") and file not in moved for file in self.base.changed)
        schemas = any(table.schema.file in self.base.changed for table in now.tables)
        return inside or schemas or (was.state, was.withdrawal) != (now.state, now.withdrawal)

    def added(self, dataset: Dataset, release: Release) -> ReleaseComparison:
        """A version that was not there before, against the release before it."""
        before = dataset.before(release)
        if before is None:
            return ReleaseComparison(dataset.name, None, release)
        found = self._compared(LocatedRelease(before, self.publication.root), release, judged=True)
        if any(self._faults(release)):
            return found
        fewer = fewer_files(self.publication, dataset, before, release)
        return replace(found, problems=(*found.problems, *fewer))

    def _edited(self, dataset: Dataset, was: Release, release: Release) -> ReleaseComparison:
        """A version that was there: what is edited, and whether all that it changes since the last release fits."""
        if was.redactions != release.redactions:  # the base still has the values, which no report may repeat
            return ReleaseComparison(dataset.name, was, release)
        found = self._compared(LocatedRelease(was, self.base.root), release, judged=False)
        if was.state != "draft" or dataset.before(release) is None:
            return found
        whole = self.added(dataset, release)
        return replace(found, verdict=whole.verdict, problems=tuple(dict.fromkeys((*found.problems, *whole.problems))))

    def _faults(self, release: Release) -> Iterator[Problem]:
        errors = (fault for fault in self.problems if fault.severity == "error")
        return (fault for fault in errors if fault.file.startswith(f"{release.folder}/"))

    def _without_personal(
        self, found: ReleaseComparison, before: LocatedRelease, release: Release, faults: Sequence[Problem]
    ) -> ReleaseComparison:
        """The comparison without the cells of tables that hold personal data, before or after: it may be printed where
        everyone reads it. They are counted all the same. Of texts with such data it says nothing."""
        with tempfile.TemporaryDirectory(prefix="personal-", dir=self.work) as folder:
            hidden = {
                table.name
                for side in (before, LocatedRelease(release, self.publication.root))
                for table in side.release.tables
                if holds_personal_data(
                    TableSource(table, side.root / table.source, personal=release.declared_personal(table.name)),
                    Path(folder),
                )
            }
        if hidden:
            tables = tuple(without_cells(table) if table.resource in hidden else table for table in found.tables)
            found = replace(found, tables=tables, problems=without_personal_values(found.problems))
        if any(fault.code in PERSONAL_CODES and not fault.cell for fault in faults):
            found = replace(found, structure=())
        return found

    def _compared(self, before: LocatedRelease, release: Release, *, judged: bool) -> ReleaseComparison:
        faults = list(self._faults(release))
        with tempfile.TemporaryDirectory(prefix="tables-", dir=self.work) as folder:
            found = compare_versions(
                self.engine, before, LocatedRelease(release, self.publication.root), Path(folder),
                judged=judged and not faults, referenced=referenced(self.publication, release),
            )  # fmt: skip
        found = self._without_personal(found, before, release, faults)
        if all(fault.cell for fault in faults):
            return found
        # What could not be read of a descriptor looks as if it were gone.
        return replace(found, structure=tuple(change for change in found.structure if change.kind != "removed"))
