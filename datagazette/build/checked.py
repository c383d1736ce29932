"""What a check is asked for and what it found, in the publication or in files from elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from datagazette.model.errors import not_found
from datagazette.model.problems import Problem, Remark, has_errors

if TYPE_CHECKING:
    from datagazette.model.publication import Dataset, Publication, Release
    from datagazette.validation import TableReport


@dataclass(frozen=True)
class Checked:
    """What the check found: a report for each table, and every problem of files and tables together.

    `remarks` say what of the program's is used where the publication has nothing. `stored` are the ids of releases of
    which the data is in the store alone, so that it was not looked at again.
    """

    publication: Publication | None
    problems: tuple[Problem, ...]
    reports: tuple[TableReport, ...] = ()
    remarks: tuple[Remark, ...] = ()
    stored: tuple[str, ...] = ()

    def with_reports(self, reports: tuple[TableReport, ...]) -> Checked:
        """The same with what the tables were found to be."""
        found = (*self.problems, *(problem for report in reports for problem in report.problems))
        return replace(self, problems=_with_pointers_once(found), reports=reports)

    @property
    def valid(self) -> bool:
        return not has_errors(self.problems)

    @property
    def outside_tables(self) -> tuple[Problem, ...]:
        """The problems that no report has: those of descriptors, ledgers, notes and queries."""
        reported = {problem for report in self.reports for problem in report.problems}
        return tuple(problem for problem in self.problems if problem not in reported)

    @property
    def unread(self) -> tuple[str, ...]:
        """The names of resources that were not looked at, as nothing reads them as tables."""
        return tuple(report.table.name for report in self.reports if not report.read)

    @property
    def hidden(self) -> dict[tuple[str, str], int]:
        """Problems beyond the limit, by file and code."""
        found = {}
        for report in self.reports:
            shown = Counter(problem.code for problem in report.problems)
            for code, count in report.counts.items():
                if count > shown[code]:
                    found[(report.table.file, code)] = count - shown[code]
        return found


def _with_pointers_once(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """The problems, with one for all files that are pointers of Git LFS, which one command fetches; of a released one
    the comparison with the ledger has said so, too."""
    pointers = {problem.file: problem for problem in problems if problem.code == "lfs-pointer"}
    others = tuple(problem for problem in problems if problem.code != "lfs-pointer")
    first = next(iter(pointers.values()), None)
    if first and len(pointers) > 1:
        first = replace(first, values=(*first.values, ("rule", "many"), ("count", f"{len(pointers):,}")))
    return (*others, first) if first else others


def load(root: Path) -> Checked:
    """The publication with the faults of its descriptors; tables have not been opened."""
    from datagazette.load.publication import load_publication  # slow, and a report is read without it

    loaded = load_publication(root)
    return Checked(loaded.publication, loaded.problems)


def chosen_datasets(publication: Publication, names: Sequence[str], kind: str = "dataset") -> tuple[Dataset, ...]:
    """The datasets called `names` (none: all). Raises UsageError for an unknown name of this kind."""
    unknown = [name for name in names if publication.dataset(name) is None]
    if unknown:
        raise not_found(kind, unknown, [dataset.name for dataset in publication.datasets])
    return tuple(dataset for dataset in publication.datasets if not names or dataset.name in names)


def chosen_releases(publication: Publication, names: Sequence[str], kind: str = "dataset") -> tuple[Release, ...]:
    """All releases of these datasets."""
    return tuple(release for dataset in chosen_datasets(publication, names, kind) for release in dataset.releases)


@dataclass(frozen=True)
class CheckOptions:
    """`targets` empty is everything; `schema` goes with a target that is a CSV; `memory` as in Limits.

    With `written`, texts that are still to be written are errors: what is released is permanent.
    `changed_since` is a revision or a folder, and `changed` are the files that differ from it, relative to the root:
    only the datasets that have one of them are checked, and their users. None is everything.
    """

    root: Path
    targets: tuple[str, ...] = ()
    schema: Path | None = None
    limit_errors: int = 1000
    memory: str = "2GB"
    jobs: int | None = None
    written: bool = False
    changed_since: str | None = None
    fetch_drafts: bool = False
    changed: tuple[str, ...] | None = None
