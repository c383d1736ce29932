"""The releases of a dataset and what each of them changed, from the data itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from datagazette.describe import addresses
from datagazette.model.publication import Dataset, Field, Release, Table
from datagazette.model.results import ReleaseResult, SchemaChange, TableChange, Value
from datagazette.pages import cells
from datagazette.pages.context import PageContext

# What a line of the list of releases has room for; the release's own page has all.
_MOST_SENTENCES = 3
# What a page has room for, of each kind; `changes.json` has the rest.
_MOST_ROWS = 50


@dataclass(frozen=True)
class CellChangeView:
    key: str
    column: str
    before: cells.CellView
    after: cells.CellView


@dataclass(frozen=True)
class TableChangeView:
    """`said`: how many rows came, went and changed; the lists hold the first of them."""

    title: str | Markup
    said: str
    added: cells.RowsView | None
    removed: cells.RowsView | None
    changed: tuple[CellChangeView, ...]
    more: int


@dataclass(frozen=True)
class ChangesView:
    """`schema` are sentences on tables and fields."""

    before: str
    tables: tuple[TableChangeView, ...]
    schema: tuple[str, ...]


@dataclass(frozen=True)
class ReleaseView:
    """One line of the list of releases. `kind`: `first`, `correction`, `update` or `withdrawn`."""

    dataset: str
    title: str | Markup
    dataset_link: str
    version: str
    date: str
    day: str
    state: str
    kind: str
    words: Markup | str
    numbers: str
    withdrawn: Markup | str
    link: str
    current: bool = False


def release_views(context: PageContext, dataset: Dataset, shown: Release | None = None) -> tuple[ReleaseView, ...]:
    """The newest first; `shown` is the one that the page is about."""
    return tuple(release_view(context, dataset, one, shown) for one in context.content.releases(dataset))


def release_view(context: PageContext, dataset: Dataset, release: Release, shown: Release | None = None) -> ReleaseView:
    result = context.content.result(dataset.name, release.version)
    withdrawal = release.withdrawal
    return ReleaseView(
        dataset=dataset.name,
        title=context.text(release.title) or dataset.name,
        dataset_link=context.to(addresses.dataset_path(dataset.name)),
        version=str(release.version),
        date=context.release_date(release),
        day=release.date.isoformat() if release.date else "",
        state=release.state,
        kind=release_kind(dataset, release),
        words=context.rich(release.changes) if release.changes else "",
        numbers=_numbers(context, release, result),
        withdrawn=context.rich_inline(withdrawal.reason) if withdrawal else "",
        link=context.to(addresses.release_path(dataset.name, release.version)),
        current=shown is not None and release.version == shown.version,
    )


def release_kind(dataset: Dataset, release: Release) -> str:
    """By the rule for versions: a patch corrects, anything else brings something new."""
    if release.state != "released":
        return release.state
    if dataset.before(release) is None:
        return "first"
    return "correction" if release.version.patch else "update"


def _numbers(context: PageContext, release: Release, result: ReleaseResult | None) -> str:
    """`2 rows added, 1 row changed` over all tables, and what became of tables and fields."""
    if result is None or result.changes is None:
        return ""
    tables = result.changes.tables
    said = said_counts(
        context,
        sum(table.added for table in tables),
        sum(one.removed for one in tables),
        sum(one.changed for one in tables),
    )
    before = result.changes.before
    schema = [_schema(context, release, before, change) for change in result.changes.schema[:_MOST_SENTENCES]]
    return context.say("text.semicolon").join(([said] if said else []) + schema) or context.say("changes.no_rows")


def said_counts(context: PageContext, added: int, removed: int, changed: int) -> str:
    counts = (("rows_added", added), ("rows_removed", removed), ("rows_changed", changed))
    return context.say("text.comma").join(context.count(key, number) for key, number in counts if number)


def changes_view(context: PageContext, result: ReleaseResult) -> ChangesView | None:
    """What the release changed against the one before it, cell by cell."""
    changes = result.changes
    if changes is None:
        return None
    before = changes.before
    touched = [table for table in changes.tables if table.added or table.removed or table.changed]
    return ChangesView(
        before=str(before.version),
        tables=tuple(_table(context, result.release, before, one) for one in touched),
        schema=tuple(_schema(context, result.release, before, change) for change in changes.schema),
    )


def _table(context: PageContext, release: Release, before: Release, change: TableChange) -> TableChangeView:
    table = release.table(change.resource) or before.table(change.resource)
    old = before.table(change.resource) or table
    added, removed = change.added_rows[:_MOST_ROWS], change.removed_rows[:_MOST_ROWS]
    return TableChangeView(
        title=(context.text(table.title) if table else "") or change.resource,
        said=said_counts(context, change.added, change.removed, change.changed),
        added=_rows(context, table, change, added),
        removed=_rows(context, old, change, removed),
        changed=tuple(
            CellChangeView(
                key=" | ".join(cells.plain_value(context, one) for one in found.key),
                column=cells.column_title(context, _field(table, found.field)),
                before=cells.cell(context, _field(old, found.field), found.before, {}),
                after=cells.cell(context, _field(table, found.field), found.after, {}),
            )
            for found in change.changed_cells[:_MOST_ROWS]
        ),
        more=max(0, change.added + change.removed - len(added) - len(removed)),
    )


def _rows(
    context: PageContext, table: Table | None, change: TableChange, rows: Sequence[Sequence[Value]]
) -> cells.RowsView | None:
    if not rows:
        return None
    fields = [_field(table, name) for name in change.columns]
    return cells.rows_view(context, fields, [tuple(row) for row in rows], key=change.key)


def _field(table: Table | None, name: str) -> Field:
    return (table.schema.field(name) if table else None) or Field(name)


def _schema(context: PageContext, release: Release, before: Release, change: SchemaChange) -> str:
    """`Field X was added to table Y.`"""
    table = release.table(change.resource) or before.table(change.resource)
    title = (context.plain(table.title) if table else "") or change.resource
    subject = "field" if change.field else "table"
    column = cells.column_title(context, _field(table, change.field)) if change.field else ""
    detail = context.say("changes.detail", what=change.what) if change.what else ""
    return context.say(f"changes.{subject}_{change.kind}", table=title, field=column) + detail
