"""The releases of a dataset: their state in banners, when the next is due, and what each changed, from the data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from datagazette.describe import addresses
from datagazette.describe.listing import due
from datagazette.model.publication import Dataset, Release
from datagazette.model.resource import Field, Table
from datagazette.model.results import ReleaseResult, Row, SchemaChange, TableChange
from datagazette.pages import cells
from datagazette.pages.context import PageContext
from datagazette.pages.table_html import RowsView

# What a line of the list of releases has room for; the release's own page has all.
_MOST_SENTENCES = 3
# What a page has room for, of each kind; `changes.json` has the rest.
_MOST_ROWS = 50
_MOST_PAIRS = 10  # of rows with another key
_FEWEST_SAME = 2  # values beside the key by which a row is known again


@dataclass(frozen=True)
class Banner:
    """`kind` is a class of the theme: `withdrawn`, `old`, `draft`, `info`."""

    kind: str
    strong: str
    words: str | Markup
    link: str = ""
    link_words: str = ""


@dataclass(frozen=True)
class Freshness:
    """`state`: `final` (will not change), `due` (by `due`), `overdue`, `unknown`, `draft` or `withdrawn`."""

    state: str
    due: date | None = None


def warning_banners(context: PageContext, dataset: Dataset, release: Release) -> list[Banner]:
    """What every page of a release warns of: that it was withdrawn or is a draft, or draws on what was withdrawn."""
    return [*_state_banners(context, dataset, release), *_used_banners(context, release)]


def release_banners(context: PageContext, dataset: Dataset, release: Release) -> list[Banner]:
    """The same for the page of one release, and between them which release it is."""
    own = _place_banners(context, dataset, release)
    return [*_state_banners(context, dataset, release), *own, *_used_banners(context, release)]


def _state_banners(context: PageContext, dataset: Dataset, release: Release) -> Iterator[Banner]:
    newest = context.content.newest(release.renamed_to) if release.renamed_to else None
    if newest:  # the dataset goes on elsewhere; this page, its releases and their files stay
        title = context.plain(newest.release.title) or release.renamed_to
        text = context.say("banner.renamed_words", title=title)
        link = context.dataset_link(release.renamed_to)
        yield Banner("old", context.say("banner.renamed"), text, link, context.say("banner.to_renamed"))
    if release.state == "draft":
        yield Banner("draft", context.say("banner.draft"), context.say("banner.draft_words"))
    elif release.withdrawal:
        latest = dataset.latest
        strong, reason = withdrawn_on(context, release)
        if latest.state == "released" and latest.version != release.version:
            to_newest = context.say("banner.to_newest", version=latest.version)
            yield Banner("withdrawn", strong, reason, context.dataset_link(dataset.name), to_newest)
        else:
            yield Banner("withdrawn", strong, reason)


def withdrawn_on(context: PageContext, release: Release) -> tuple[str, Markup]:
    """The sentence that a release was withdrawn, and the reason; empty where it was not."""
    if (gone := release.withdrawal) is None:
        return "", Markup()
    return context.say("banner.withdrawn", date=context.date(gone.date)), context.rich_inline(gone.reason)


def _place_banners(context: PageContext, dataset: Dataset, release: Release) -> Iterator[Banner]:
    """Which release this is, and whether there is a newer one."""
    latest, link = dataset.latest, context.dataset_link(dataset.name)
    this = context.say("banner.this_release", version=release.version, date=context.release_date(release))
    if release.version < latest.version:
        newer = context.say("banner.newer", version=latest.version, date=context.release_date(latest))
        yield Banner("old", this, newer, link, context.say("banner.to_newest", version=latest.version))
    elif release.state == "released":
        yield Banner("info", this, context.say("banner.is_newest"), link, context.say("banner.to_dataset"))


def _used_banners(context: PageContext, release: Release) -> Iterator[Banner]:
    """A release that this one was made with may have been withdrawn since."""
    for name, version in release.uses:
        used = context.content.publication.release(name, version)
        if used and used.withdrawal:
            strong = context.say("banner.used_withdrawn", title=context.plain(used.title) or name, version=version)
            link = context.to(addresses.release_path(name, version))
            reason = context.rich_inline(used.withdrawal.reason)
            yield Banner("withdrawn", strong, reason, link, context.say("banner.to_used"))


def freshness(release: Release, today: date | None) -> Freshness:
    """Without `today` nothing is overdue: the page says when the next release is due."""
    if release.state != "released" or release.date is None:
        return Freshness("withdrawn" if release.state == "withdrawn" else "draft")
    if release.update_frequency == "never":
        return Freshness("final")
    day = due(release)
    if day is None:
        return Freshness("unknown")
    return Freshness("overdue" if today and today > day else "due", day)


def release_view(
    context: PageContext, dataset: Dataset, release: Release, shown: Release | None = None
) -> dict[str, object]:
    """One line of a list of releases; `shown` is the release that the page is about.

    `kind` is `first`, `correction`, `update` or the state: a patch corrects, by the rule for versions, and so does what
    changes or removes earlier rows; anything else only brings something new.
    """
    result = context.content.result(dataset.name, release.version)
    corrects = result is not None and result.changes is not None and result.changes.corrects
    kind = "correction" if release.version.patch or corrects else "update"
    if release.state != "released":
        kind = release.state
    elif dataset.before(release) is None:
        kind = "first"
    return {
        "title": context.text(release.title) or dataset.name,
        "dataset_link": context.dataset_link(dataset.name),
        "version": str(release.version),
        "date": context.release_date(release),
        "day": release.date.isoformat() if release.date else "",
        "kind": kind,
        "words": context.rich(release.changes),
        "numbers": _numbers(context, release, result),
        "withdrawn": context.rich_inline(release.withdrawal.reason) if release.withdrawal else "",
        "link": context.to(addresses.release_path(dataset.name, release.version)),
        "current": shown is not None and release.version == shown.version,
    }


def _numbers(context: PageContext, release: Release, result: ReleaseResult | None) -> str:
    """`2 rows added, 1 row changed` over all tables, and what became of tables and fields."""
    if result is None or result.changes is None:
        return ""
    before, counts = result.changes.before, _counts(context, result.changes.tables)
    schema = [_sentence(context, release, before, change) for change in result.changes.schema[:_MOST_SENTENCES]]
    return context.say("text.semicolon").join(([counts] if counts else []) + schema) or context.say("changes.no_rows")


def _counts(context: PageContext, tables: Sequence[TableChange]) -> str:
    kinds = ("added", "removed", "changed")
    counts = [(kind, sum(getattr(table, kind) for table in tables)) for kind in kinds]
    return context.say("text.comma").join(context.count(f"rows_{kind}", number) for kind, number in counts if number)


def changes_view(context: PageContext, result: ReleaseResult) -> dict[str, object] | None:
    """What the release changed against the one before it, cell by cell; `schema` are sentences on tables and fields."""
    changes = result.changes
    if changes is None:
        return None
    release, before = result.release, changes.before
    touched = [table for table in changes.tables if table.added or table.removed or table.changed]
    return {
        "before": str(before.version),
        "tables": [_table(context, release, before, change) for change in touched],
        "schema": [_sentence(context, release, before, change) for change in changes.schema],
    }


def _table(context: PageContext, release: Release, before: Release, change: TableChange) -> dict[str, object]:
    """`said`: how many rows came, went and changed; the lists have the first of them."""
    table = release.table(change.resource) or before.table(change.resource)
    old = before.table(change.resource) or table
    arrow = "←" if context.strings.direction == "rtl" else "→"
    added, removed = change.added_rows[:_MOST_ROWS], change.removed_rows[:_MOST_ROWS]
    return {
        "title": (context.text(table.title) if table else "") or change.resource,
        "said": _counts(context, [change]),
        "rekeyed": context.say("text.comma").join(
            f"{was} {arrow} {now}" for was, now in _likely_pairs(context, table, change)
        ),
        "added": _rows(context, (table,), change, added),
        "removed": _rows(context, (old, table), change, removed),
        "changed": [
            {
                "key": _key_text(context, table, change.key, found.key),
                "column": cells.column_title(context, _field(table, found.field)),
                "before": cells.cell(context, _field(old, found.field), found.before, {}),
                "after": cells.cell(context, _field(table, found.field), found.after, {}),
            }
            for found in change.changed_cells[:_MOST_ROWS]
        ],
        "more": max(0, change.added + change.removed - len(added) - len(removed)),
    }


def _key_text(context: PageContext, table: Table | None, names: Sequence[str], key: Row) -> str:
    """The values of a key as people read them: `001 | 2021`."""
    return " | ".join(
        cells.plain_value(context, value, _field(table, name)) for name, value in zip(names, key, strict=True)
    )


def _likely_pairs(context: PageContext, table: Table | None, change: TableChange) -> list[tuple[str, str]]:
    """The first rows that are probably the same under another key, as (key before, key after): of the listed rows that
    went and came, those that alone have the same values in the other columns, two of them or more."""
    if not change.key or len(change.columns) - len(change.key) < _FEWEST_SAME:
        return []
    in_key = [name in change.key for name in change.columns]
    names = [name for name in change.columns if name in change.key]
    found = []
    sides = [_by_rest(rows, in_key) for rows in (change.removed_rows, change.added_rows)]
    for rest, before in sides[0].items():
        after = sides[1].get(rest, [])
        if len(before) == len(after) == 1:
            found.append((_key_text(context, table, names, before[0]), _key_text(context, table, names, after[0])))
    return [(was, now) for was, now in found[:_MOST_PAIRS]]


def _by_rest(rows: Sequence[Row], in_key: Sequence[bool]) -> dict[str, list[Row]]:
    """The keys of rows by their other values, where enough of these are there."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        rest = [value for value, keyed in zip(row, in_key, strict=True) if not keyed]
        if sum(value is not None for value in rest) >= _FEWEST_SAME:
            key = tuple(value for value, keyed in zip(row, in_key, strict=True) if keyed)
            found.setdefault(repr(rest), []).append(key)
    return found


def _rows(
    context: PageContext, tables: Sequence[Table | None], change: TableChange, rows: Sequence[Row]
) -> RowsView | None:
    """The fields are those of the first table that has them: a renamed one goes by its new name."""
    if not rows:
        return None
    known = {field.name: field for table in reversed(tables) if table for field in table.schema.fields}
    fields = [known.get(name) or Field(name) for name in change.columns]
    return cells.rows_view(context, fields, rows, key=change.key)


def _field(table: Table | None, name: str) -> Field:
    return (table.schema.field(name) if table else None) or Field(name)


def _sentence(context: PageContext, release: Release, before: Release, change: SchemaChange) -> str:
    """`Field X was added to table Y.`"""
    table = release.table(change.resource) or before.table(change.resource)
    title = (context.plain(table.title) if table else "") or change.resource
    subject = "field" if change.field else "table"
    earlier = before.table(change.resource) if change.kind in ("removed", "renamed") else table
    column = cells.column_title(context, _field(earlier, change.field)) if change.field else ""
    after = cells.column_title(context, _field(table, change.after)) if change.after else ""
    if after == column:  # both have the same title: their names are what differs
        column, after = change.field, change.after
    detail = context.say("changes.detail", what=change.what) if change.what else ""
    return context.say(f"changes.{subject}_{change.kind}", table=title, field=column, after=after) + detail
