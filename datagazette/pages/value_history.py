"""The page of what a dataset's values were: figures, columns and rows that changed, from which release until which."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from datagazette.describe import addresses
from datagazette.model.publication import Dataset, Release
from datagazette.model.resource import Field, Table
from datagazette.model.results import ReleaseResult
from datagazette.model.value_history import Period, RowHistory, TableHistory, ValueHistory
from datagazette.pages import cells
from datagazette.pages.context import Head, Page, PageContext, render
from datagazette.pages.figures import figure_view
from datagazette.pages.history import warning_banners
from datagazette.pages.table_html import CellView

View = dict[str, Any]
_COUNTED = ("changed", "filled", "emptied", "added", "removed", "restored", "recoded")
_WITH_ANOTHER = ("first", "table", "row", "field")


def history_page(context: PageContext, dataset: Dataset, result: ReleaseResult, history: ValueHistory) -> Page:
    """`/datasets/<id>/history/`, from the second release on. `result` is that of the newest."""
    release, title = result.release, context.dataset_title(result.release)
    releases = [found for version in history.versions if (found := dataset.release(version))]
    head = Head(
        kind="history",
        title=context.say("history.title", title=title),
        description=context.say("history.description", title=title),
        breadcrumbs=context.trail(dataset.name, title),
        modified=release.date.isoformat() if release.date else "",
    )
    return render(
        context,
        "history",
        head,
        banners=warning_banners(context, dataset, release),
        dataset_title=context.text(release.title) or dataset.name,
        dataset_link=context.dataset_link(dataset.name),
        releases=[_release(context, each) for each in reversed(releases)],
        file={"link": context.root(history.path), "size": context.size(history.bytes)},
        figures=list(_figures(context, dataset, result, releases)),
        tables=[_table(context, releases, table) for table in history.tables],
        explore=context.to(addresses.explore_path(dataset.name)),
    )


def _release(context: PageContext, release: Release) -> View:
    """A release with its day, and the rows as they were on that day."""
    day = release.date.isoformat() if release.date else ""
    asked = {"release": release.version, "asOf": day}  # several may be of one day
    explore = context.to(addresses.explore_path(release.dataset), query=urlencode(asked))
    return {
        "version": str(release.version),
        "date": context.release_date(release),
        "day": day,
        "link": context.to(addresses.release_path(release.dataset, release.version)),
        "explore": explore,
        "withdrawn": release.state == "withdrawn",
        "words": context.rich_inline(release.changes),
    }


def _figures(
    context: PageContext, dataset: Dataset, newest: ReleaseResult, releases: Sequence[Release]
) -> Iterator[View]:  # fmt: skip
    """Each figure of the newest release with what it was, the newest first; one that is the same in several releases
    once."""
    results = {
        at: result
        for at, release in enumerate(releases)
        if (result := context.content.result(dataset.name, release.version))
    }
    for figure in newest.figures:
        name = figure.figure.name
        found = [
            (at, view["sign"], view["words"], view["exact"])
            for at, result in results.items()
            for each in result.figures
            if each.figure.name == name and (view := figure_view(context, result, each))
        ]
        spans = [list(span) for _, span in groupby(found, key=lambda part: part[1:])]
        lines = []
        for span, following in zip(spans, (*spans[1:], None), strict=True):
            (start, sign, words, exact), stop = span[0], following[0][0] if following else None
            period = Period(name, exact, start, stop, "changed" if start else "first")
            lines.append(_line(context, releases, period, CellView(exact, sign=sign, words=words)))
        yield {"title": context.text(figure.figure.title) or name, "name": name, "lines": lines[::-1]}


def _table(context: PageContext, releases: Sequence[Release], history: TableHistory) -> View:
    """`rows` are those that changed; `more` counts those that are not shown."""
    tables = [found for release in releases if (found := release.table(history.resource))]
    table, title = tables[-1], context.text(tables[-1].title) or history.resource
    counts = [(kind, history.counts.get(kind, 0)) for kind in _COUNTED]
    return {
        "name": history.resource,
        "title": title,
        "said": context.say("text.comma").join(context.count(f"history_{kind}", n) for kind, n in counts if n),
        "fields": [_field_line(context, releases, tables, history, period) for period in _own(history.fields)],
        "rows": [_row(context, releases, table, row) for row in history.rows],
        "more": max(0, history.changed - len(history.rows)),
        "left_out": history.left_out and context.count("history_left_out", history.left_out),
    }


def _own(periods: Sequence[Period]) -> Iterator[tuple[int, str, str, str]]:
    """(number of the release, what happened, name before or of the column, name after) of columns."""
    for period in periods:
        if period.change == "added":
            yield period.start, "added", period.value, ""
        if period.stop is not None and period.ended == "removed":
            yield period.stop, "removed", period.value, ""
        if period.change == "renamed":
            of_column = (other for other in periods if other.field == period.field)
            before = next(other.value for other in of_column if other.stop == period.start)
            yield period.start, "renamed", before, period.value


def _field_line(
    context: PageContext, releases: Sequence[Release], tables: Sequence[Table], history: TableHistory,
    event: tuple[int, str, str, str],
) -> View:  # fmt: skip
    at, kind, name, after = event
    title = context.plain(tables[-1].title) or history.resource
    known = {field.name: cells.column_title(context, field) for table in tables for field in table.schema.fields}
    before, now = known.get(name, name), known.get(after, after)
    if before == now:
        before, now = name, after
    words = context.say(f"changes.field_{kind}", table=title, field=before, after=now)
    return {"words": words, "release": _release(context, releases[at])}


def _row(context: PageContext, releases: Sequence[Release], table: Table, row: RowHistory) -> View:
    """A row that changed: what became of itself and of its cells, each cell's newest value first."""
    fields = {field.name: field for field in table.schema.fields}
    shown = {table.schema.fields[place].name for place in cells.visible(table.schema.fields, context.language)}
    label = next((text for name, text in row.labels.items() if name in shown), "")
    lines = []
    for field, periods in groupby(row.periods, key=lambda period: period.field):
        found = list(periods)
        if not field and len(found) == 1 and not found[0].ended:
            continue  # it came, and nothing else became of it
        described = fields.get(field) or Field(field)
        column = cells.column_title(context, described) if field else context.say("history.row_itself")
        for period in reversed(found):
            cell = _cell(context, described, period.value) if field else CellView(_plain_key(period.value))
            link = _as_of(context, releases, table, row, period)
            lines.append({"column": column, "as_of": link, **_line(context, releases, period, cell)})
    key = _plain_key(row.key)
    return {"key": key, "label": label if label != key else "", "anchor": f"{table.name}-{row.row}", "lines": lines}


def _cell(context: PageContext, field: Field, text: str) -> CellView:
    """What was written in a cell as the page's language writes it; as it was written where it is no plain number."""
    if field.type in {"integer", "number"}:
        try:
            value = Decimal(text)
        except InvalidOperation:
            return CellView(cells.cut(text, cells.MAX_TEXT))
        decimals = len(text.partition(".")[2]) if "e" not in text.lower() else 0
        return cells.cell(context, replace(field, decimals=decimals), value, {})
    return cells.cell(context, field, text, {})


def _line(context: PageContext, releases: Sequence[Release], period: Period, cell: CellView) -> View:
    """From when until when something held, and why. `ended` says what became of a row, empty while it is there."""
    own = period.change not in _WITH_ANOTHER
    went = period.stop is not None and period.ended in ("removed", "emptied")
    reasons = [releases[at].changes for at, is_said in ((period.start, own), (period.stop or 0, went)) if is_said]
    return {
        "cell": cell,
        "start": _release(context, releases[period.start]),
        "stop": None if period.stop is None else _release(context, releases[period.stop]),
        "ended": context.say(f"history.{period.ended}") if went else "",
        "reasons": [context.rich_inline(reason) for reason in dict.fromkeys(reasons) if reason],
    }


def _as_of(
    context: PageContext, releases: Sequence[Release], table: Table, row: RowHistory, period: Period
) -> str:  # fmt: skip
    """The explorer at the row as it was when the period began."""
    release = releases[period.start]
    held = [each for each in row.periods if not each.field and each.start <= period.start]
    if not held or not held[-1].value or release.date is None:
        return ""
    query = {
        "table": table.name, "key": _plain_key(held[-1].value), "release": release.version, "asOf": release.date,
    }  # fmt: skip
    return context.to(addresses.explore_path(release.dataset), query=urlencode(query))


def _plain_key(key: str) -> str:
    """A key as notes write it, without the marks that keep a bar in a value apart from one between two."""
    return key.replace("\\|", "|").replace("\\\\", "\\")
