"""What the stages found out about a release: values that pages and packages are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from datagazette.model.names import Version
from datagazette.model.publication import Check, Figure, Note, Release, Summary
from datagazette.model.resource import Field, Table
from datagazette.model.text import Text

Value = str | int | float | Decimal | bool | date | datetime | time | None
Row = tuple[Value, ...]
# The codes of bounds. Their texts are in `messages/<language>/bounds.yaml` and, for pages, in `site/strings`.
BOUNDS = ("at_least", "more_than", "at_most", "less_than", "approximate")


@dataclass(frozen=True)
class FieldProfile:
    """Counts over one column. `minimum` and `maximum` are None where the type has no order or no value is there.

    `top`: the most frequent values with their counts, at most five, most frequent first, ties by value.
    `bounds`: what the rows say of each of them, "" where they say nothing; a value with another bound is another one.
    `empty`: what is written in the cells without a value, with its counts, of a field that says why they are empty.
    """

    field: Field
    count: int
    missing: int
    distinct: int
    minimum: Value = None
    maximum: Value = None
    top: tuple[tuple[Value, int], ...] = ()
    bounds: tuple[str, ...] = ()
    empty: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class TableResult:
    """A typed table: how many rows, what its columns hold, its first rows, in the file's order.

    `parquet` is the path of the typed table on this machine; `preview` has at most `PREVIEW_ROWS` rows, and `statuses`
    has for each of them what is written in its empty cells, where any field says what that means.
    """

    table: Table
    rows: int
    profiles: tuple[FieldProfile, ...]
    preview: tuple[Row, ...]
    parquet: str
    statuses: tuple[tuple[str | None, ...], ...] = ()


@dataclass(frozen=True)
class MissingParts:
    """Values of a field that a summary's query added up or shows: how many, and how many of them are missing. `empty`
    is what is written in these, of a field that says why they are empty."""

    field: Field
    cells: int
    missing: int
    empty: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class SummaryResult:
    """A summary's rows, one value for each of `summary.fields`; `title` has its placeholders filled. `missing` are the
    parts of it that are not known."""

    summary: Summary
    rows: tuple[Row, ...]
    missing: tuple[MissingParts, ...] = ()


@dataclass(frozen=True)
class Finding:
    """The rows that a dataset's own check returned."""

    check: Check
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Locator:
    """Where a figure is found, and in which source. `source` is a key of the bibliography."""

    source: str = ""
    article: str = ""
    paragraph: str = ""


@dataclass(frozen=True)
class FigureResult:
    """A key figure with all that its row says of it. `unit` is a text, `bound` a code such as `at_least`."""

    figure: Figure
    value: Value
    unit: Text = Text()
    bound: str = ""
    date: str = ""
    region: str = ""
    locator: Locator = Locator()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class CellChange:
    key: Row
    field: str
    before: Value
    after: Value


@dataclass(frozen=True)
class TableChange:
    """Rows that differ from the release before, by primary key (as a bag where there is none).

    The counts are complete; `added_rows`, `removed_rows` and `changed_cells` hold the first ones in key order.
    """

    resource: str
    added: int
    removed: int
    changed: int
    columns: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    added_rows: tuple[Row, ...] = ()
    removed_rows: tuple[Row, ...] = ()
    changed_cells: tuple[CellChange, ...] = ()


@dataclass(frozen=True)
class SchemaChange:
    """A table or a field that came, went, changed or has another name. `kind`: `added`, `removed`, `changed`,
    `renamed`; `after` is the name that the field has now."""

    kind: str
    resource: str
    field: str = ""
    what: str = ""
    after: str = ""


@dataclass(frozen=True)
class ReleaseChange:
    """What one release changed against the one before it."""

    before: Release
    tables: tuple[TableChange, ...]
    schema: tuple[SchemaChange, ...] = ()

    @property
    def corrects(self) -> bool:
        """Whether rows of the release before are changed or gone, whatever else is new."""
        return any(table.changed or table.removed for table in self.tables)


@dataclass(frozen=True)
class PublishedFile:
    """A file to download. `path` is relative to `/data/<id>/<version>/`; `kind` e.g. `csv`, `xlsx`, `chart-svg`.

    `texts` are those of its columns, by table and field, that hold texts where the schema has numbers, days or truth
    values, as the format cannot hold one of them; of a CSV, those that most programs cannot. `mixed` are those that
    hold both. Only a file whose values a release has promised in that form has `mixed` columns.
    """

    path: str
    kind: str
    bytes: int
    sha256: str
    media_type: str
    resource: str = ""
    language: str = ""
    texts: tuple[tuple[str, str], ...] = ()
    mixed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class ReleaseResult:
    """A release with everything that its pages show.

    `is_reread`: its tables are those that this program reads, although an earlier one read them otherwise.
    """

    release: Release
    tables: tuple[TableResult, ...]
    summaries: tuple[SummaryResult, ...]
    findings: tuple[Finding, ...]
    figures: tuple[FigureResult, ...]
    changes: ReleaseChange | None = None
    files: tuple[PublishedFile, ...] = ()
    is_reread: bool = False

    def table(self, name: str) -> TableResult | None:
        return next((table for table in self.tables if table.table.name == name), None)

    def summary(self, name: str) -> SummaryResult | None:
        return next((summary for summary in self.summaries if summary.summary.name == name), None)

    def file(self, path: str) -> PublishedFile | None:
        return next((file for file in self.files if file.path == path), None)


# Results by dataset and version.
Results = Mapping[tuple[str, Version], ReleaseResult]
