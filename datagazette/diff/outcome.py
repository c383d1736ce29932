"""What a comparison found: frozen values, in no language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from datagazette.model.problems import Problem
from datagazette.model.publication import Release
from datagazette.model.results import CellChange, Row, TableChange

Bump = Literal["none", "patch", "minor", "major"]
BUMPS: tuple[Bump, ...] = ("none", "patch", "minor", "major")


TINY = 1e-6  # of a number: a smaller change is behind its sixth digit


@dataclass(frozen=True)
class LargeChange(CellChange):
    """A changed number. `relative` is |after - before| / |before|; None where it was zero before."""

    relative: float | None


@dataclass(frozen=True)
class Tiers:
    """How many numbers changed by how much: tenfold or from zero or to the other sign, by half or more, by a tenth
    or more, by less, by less than a millionth."""

    tenfold: int = 0
    half: int = 0
    tenth: int = 0
    less: int = 0
    tiny: int = 0


@dataclass(frozen=True)
class Pattern:
    """One thing that happened to all changed cells of a column.

    `kind`: `factor` (all numbers are `amount` times as much), `sign` (all have the other one), `difference` (all
    numbers are `amount` more), `days` (all days are `amount` later); or the values are the same ones in other rows:
    `exchanged` between two rows, one row further `down` or `up`, `sorted` while the others were not, or `moved`
    otherwise.
    """

    kind: str
    amount: float | None = None


@dataclass(frozen=True)
class FieldChange:
    """Of the rows that both tables have: in how many a field holds another value, and in how many the same value
    is written in another way. Of the other values, `emptied` were there and are not, `filled` were not there and are,
    and `repaired` are texts whose encoding is right now. `rows` is how many rows both tables have."""

    field: str
    cells: int
    rewritten: int = 0
    tiers: Tiers | None = None
    emptied: int = 0
    filled: int = 0
    repaired: int = 0
    rows: int = 0
    pattern: Pattern | None = None


@dataclass(frozen=True)
class KeyChange:
    """Rows that have another key now, with the key of the first of them.

    `kind`: `written` (the same moment in another form), `repaired` (its encoding is right now), `shifted` (all are
    later by as many `microseconds`), or `renamed`. `field` is the column, or the columns, of the key, `line` that of
    the first such row in the file after.
    """

    kind: str
    field: str
    rows: int
    before: str
    after: str
    microseconds: int = 0
    line: int | None = None


@dataclass(frozen=True)
class ColumnChange:
    """A column of the file that came, went or has another name: `kind` is `added`, `removed` or `renamed`.

    `cells` counts its values; `rows` are the key and the text of the first ones. `after` is the name that it has now.
    """

    kind: str
    field: str
    cells: int = 0
    rows: tuple[Row, ...] = ()
    after: str = ""


@dataclass(frozen=True)
class FormChange:
    """A difference of the file that is none of its data.

    `kind`: `line-ends`, `byte-order-mark`, `delimiter`, `column-order`, `row-order`, `quotes`,
    `cell-text`, `key-text`; `before` and `after` are short technical words such as `LF`, `count` how many cells or
    rows.
    """

    kind: str
    before: str = ""
    after: str = ""
    count: int = 0


@dataclass(frozen=True)
class Damage:
    """What a spreadsheet program did to a column. `kind` is the code of the problem that reports it.

    `line` is that of the first such cell in the file after.
    """

    kind: str
    field: str
    cells: int
    before: str = ""
    after: str = ""
    line: int | None = None


@dataclass(frozen=True)
class BrokenKey:
    """A primary key that does not identify the rows of a file, so that it was not used: the key of two rows is the
    same, or a row lacks it. `side` is `before` or `after`, `lines` the first ones of such rows."""

    side: Literal["before", "after"]
    key: tuple[str, ...]
    lines: tuple[int, ...]


@dataclass(frozen=True)
class TableComparison:
    """A table before and after. `file` is the CSV after. Damaged cells are not counted in `change`.

    `shown` is `change` with cells as they are written, and None where nothing changed. `renamed` has the new name of
    each field that has one, by the earlier name; None where the files were not read.
    """

    resource: str
    file: str
    change: TableChange
    rows_before: int = 0
    rows_after: int = 0
    fields: tuple[FieldChange, ...] = ()
    large: tuple[LargeChange, ...] = ()
    form: tuple[FormChange, ...] = ()
    damages: tuple[Damage, ...] = ()
    keys: tuple[KeyChange, ...] = ()
    columns: tuple[ColumnChange, ...] = ()
    shown: TableChange | None = None
    broken: tuple[BrokenKey, ...] = ()
    renamed: Mapping[str, str] | None = None

    @property
    def cells(self) -> int:
        """How many cells changed."""
        return sum(field.cells for field in self.fields)

    @property
    def is_same(self) -> bool:
        """Whether no value changed, however differently the file is written."""
        change = self.change
        return not (change.added or change.removed or change.changed or self.damages or self.columns or self.rekeyed)

    @property
    def rekeyed(self) -> tuple[KeyChange, ...]:
        """The keys that are not only written in another way."""
        return tuple(key for key in self.keys if key.kind != "written")


@dataclass(frozen=True)
class StructureChange:
    """Something in descriptor or schema that came, went or changed, with the bump that it calls for.

    `part`: `table`, `field`, `schema`, `package`, `summary`, `summary-field`, `check`, `figure`, `note` or `catalog`;
    `what` the key that changed; `name` the field, summary, check, figure or the note's place. Texts are short, empty
    where there is none.
    """

    kind: Literal["added", "removed", "changed", "renamed"]
    part: str
    resource: str = ""
    name: str = ""
    what: str = ""
    before: str = ""
    after: str = ""
    bump: Bump = "patch"


@dataclass(frozen=True)
class Reason:
    """Why a version must grow: what happened to a table's rows, or a change of the structure.

    `kind`: `columns`, `rows-added`, `rows-removed`, `rows-removed-referenced`, `rows-changed`, `rows-renamed`,
    `rows-renamed-referenced`, `file-rewritten`, `structure`.
    """

    bump: Bump
    kind: str
    resource: str = ""
    change: StructureChange | None = None


@dataclass(frozen=True)
class BumpVerdict:
    """Which bump the changes call for, and which the version has. `reasons` are the changes that call for it."""

    required: Bump
    given: Bump
    reasons: tuple[Reason, ...] = ()

    @property
    def is_enough(self) -> bool:
        return BUMPS.index(self.given) >= BUMPS.index(self.required)


@dataclass(frozen=True)
class ReleaseComparison:
    """A version after against one before (None: the dataset is new).

    `verdict` is None where the version need not grow: for a new dataset, or one whose files have errors.
    """

    dataset: str
    before: Release | None
    after: Release | None
    tables: tuple[TableComparison, ...] = ()
    structure: tuple[StructureChange, ...] = ()
    verdict: BumpVerdict | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def is_redacted(self) -> bool:
        """Whether values were taken out of a release: what they were is not compared."""
        before, after = self.before, self.after
        return bool(before and after and before.version == after.version and before.redactions != after.redactions)

    @property
    def is_same(self) -> bool:
        """Whether both are there and say the same, however their files are written."""
        before, after = self.before, self.after
        if before is None or after is None or self.is_redacted:
            return False
        if before.version == after.version and before.state != after.state:
            return False
        return not self.structure and all(table.is_same for table in self.tables)


@dataclass(frozen=True)
class SiteAddress:
    """Something at an address of the site. `kind`: `page`, `download`, `feed` (an entry in it) or `index`.

    `address` is relative to the site's root.
    """

    kind: str
    address: str


@dataclass(frozen=True)
class Receipt:
    """What becomes of each address. `stays` counts by kind; `drafts` are the versions that stay out of sight."""

    appears: tuple[SiteAddress, ...] = ()
    changes: tuple[SiteAddress, ...] = ()
    goes: tuple[SiteAddress, ...] = ()
    stays: Mapping[str, int] = field(default_factory=dict)
    drafts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """A publication after against one before.

    `base` is how a person calls what it is compared with; empty for each dataset's last release. `catalog` are the
    changes of catalog.yaml, `site_files` the files of the site's look that differ. `problems` are those that keep the
    change from being published, and warnings; `hidden` errors are not listed. `receipt` is what merging does, `promise`
    what it does once the drafts are released; None where there are none or where something must be fixed first.
    """

    base: str
    releases: tuple[ReleaseComparison, ...]
    problems: tuple[Problem, ...] = ()
    catalog: tuple[StructureChange, ...] = ()
    site_files: tuple[str, ...] = ()
    receipt: Receipt | None = None
    promise: Receipt | None = None
    hidden: int = 0

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "error")

    @property
    def taken_back(self) -> tuple[Problem, ...]:
        """The warnings of what was corrected and is as it was before, which no comparison of two versions shows."""
        return tuple(problem for problem in self.problems if problem.code == "correction-taken-back")

    @property
    def left_out(self) -> tuple[Problem, ...]:
        """The warnings of files that the release before has and the new one will not have."""
        return tuple(problem for problem in self.problems if problem.code == "files-fewer")

    @property
    def differs(self) -> bool:
        return bool(self.releases or self.catalog or self.site_files)

    @property
    def is_same(self) -> bool:
        """Whether no value and no description changed."""
        return not (self.catalog or self.site_files) and all(release.is_same for release in self.releases)
