"""Rows of tables and summaries, and what a table's columns hold."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from lxml.etree import _Element as Element

from tests.ground.shipped.figures import Wanted, agree, figures, plain, wanted
from tests.ground.shipped.page import (
    Page,
    columns_of,
    done,
    names,
    release_with,
    said,
    summary_of,
    text_of,
    title_of,
    want_of,
)
from tests.ground.shipped.selecting import select
from tests.ground.shipped.tables import Row


def data_tables(page: Page) -> None:
    """Rows of tables and of summaries, cell by cell."""
    for table in select(page.main, "table.data-table:not(.data-table--compact), table.explorer-table"):
        summary = next(iter(table.xpath("ancestor::figure[@id]/@id")), "") or summary_of(page)
        section = table.xpath(
            "ancestor::section[@class='rows']/h3/@id | ancestor::div[@class='explorer-static']/@data-table"
        )
        if table.xpath("ancestor::section[@class='accepted']"):
            _accepted(page, table)
        elif section:
            name = section[0].removeprefix("rows-")
            schema = page.release.schema(name)
            _rows(page, table, name, schema, [dict(row) for row in page.release.rows(name)])
        elif summary:
            release = release_with(page, summary)
            described = release.summary(summary)
            schema = {"fields": described["fields"], "primaryKey": described.get("primaryKey", [])}
            other = Page(page.site, page.path, page.language, release, page.main, page.faults)
            _rows(other, table, summary, schema, release.summary_rows(summary))


def _rows(page: Page, table: Element, name: str, schema: Mapping[str, Any], rows: Sequence[Row]) -> None:
    release, language, what = page.release, page.language, f"table {page.release.dataset}/{name}"
    heads = select(table, "thead th")
    titles = []
    for head in heads:
        unit = "".join(map(text_of, select(head, ".unit, .explorer-unit")))
        titles.append(plain(text_of(head).removesuffix(unit)))
        done(head)
    columns = columns_of(schema["fields"], titles, language)
    body = select(table, "tbody tr")
    if len(body) != min(_most(page, table), len(rows)):
        page.fault(f"{what}, rows", len(body), min(_most(page, table), len(rows)))
    for (caption,) in ([one] for one in select(table, "caption")):
        _caption(page, table, caption, len(body), len(rows), name)
    for number, (line, row) in enumerate(zip(body, rows, strict=False), 1):
        for cell, column in zip(select(line, "th, td"), columns, strict=True):
            place = f"{what}, row {number}, {column['name'] if column else 'place'}"
            own = _marks(page, cell, name, schema, row, column, place)
            cell.attrib.pop("data-label", None)
            if column is None:
                _locator(page, cell, schema, row, place)
                continue
            want = want_of(release, schema, column, row[column["name"]], language)
            for part in select(cell, "[title]"):
                page.attribute(part, "title", want, place)
            page.compare(cell, want, place, rounded=bool(own))


def _most(page: Page, table: Element) -> int:
    """How many rows a table shows: in the explorer, beside a chart, on a page of its own, on the page of a dataset."""
    if "explorer-table" in table.get("class", ""):
        return 20
    if table.xpath("ancestor::section[@class='rows']"):
        return 10
    return 1_000 if summary_of(page) else 12


def _caption(page: Page, table: Element, caption: Element, shown: int, rows: int, name: str) -> None:
    release, language = page.release, page.language
    region = table.getparent()
    if any(one["name"] == name for one in release.described.get("summaries", ())):
        want = title_of(release, release.summary(name), language)
    else:
        described = next(one for one in release.described["resources"] if one["name"] == name)
        counts = [Decimal(shown), Decimal(rows)] if shown < rows else [Decimal(rows)]
        if "1" not in text_of(caption) and rows == 1:  # “The only row”
            counts = []
        want = [*wanted(said(described, "title", language)), *counts]
    if "aria-label" in region.attrib:
        page.attribute(
            region,
            "aria-label",
            want if "data-table" in table.get("class", "") else wanted(region.get("aria-label")),
            name,
        )
    page.compare(caption, want, f"caption of {name}")


def _marks(
    page: Page,
    cell: Element,
    name: str,
    schema: Mapping[str, Any],
    row: Row,
    column: Mapping[str, Any] | None,
    place: str,
) -> bool:
    """The numbers of the notes on a cell; says whether the cell is a summary's, which may be rounded."""
    key = "|".join(str(row[part]) for part in schema.get("primaryKey", ()))
    fields = {"", column["name"] if column else ""}
    numbers = [
        number for number, note in enumerate(page.release.notes, 1)
        if note["resource"] == name and note["key"] == key and (column is None or note["field"] in fields)
    ]  # fmt: skip
    for mark in select(cell, "sup.mark a"):
        shown = text_of(mark)
        if shown != "*" and int(shown) not in numbers:
            page.fault(f"{place}, note", shown, numbers)
        page.attribute(mark, "aria-label", [Decimal(shown)] if shown != "*" else wanted(mark.get("aria-label")), place)
        done(mark)
    return any(one["name"] == name for one in page.release.described.get("summaries", ()))


def _locator(page: Page, cell: Element, schema: Mapping[str, Any], row: Row, place: str) -> None:
    roles = {entry["role"]: entry for entry in schema["fields"] if "role" in entry}
    paragraph = str(row[roles["paragraph"]["name"]])
    whole = [
        want for role in ("source", "article", "paragraph") if role in roles
        for want in want_of(page.release, {}, roles[role], row[roles[role]["name"]], page.language)
    ]  # fmt: skip
    source = names("sources", "sources", page.language).get(str(row[roles["source"]["name"]]), "")
    for part in select(cell, "[title]"):
        page.attribute(part, "title", [*wanted(source), *whole], place)
    page.compare(cell, [Decimal(paragraph)] if paragraph != "0" else [], place)


def _accepted(page: Page, table: Element) -> None:
    """The one finding that is accepted: the printed share and the computed one."""
    row = page.release.summary_rows("certified-share")[0]
    done(select(table, "thead")[0])
    (line,) = select(table, "tbody tr")
    page.compare(line, ["C03", row["printed"], row["computed"]], "accepted finding")  # type: ignore[list-item]


def field_tables(page: Page) -> None:
    """What the columns of a table hold: how many are missing, least and greatest, the commonest, the distinct ones."""
    for line in select(page.main, "section.fields tbody tr"):
        table, column = re.fullmatch(r"fields-(.*)", line.xpath("ancestor::section/h3/@id")[0])[1], ""  # type: ignore[index]
        column = line.get("id").removeprefix(f"field-{table}-")
        schema = page.release.schema(table)
        entry = next(one for one in schema["fields"] if one["name"] == column)
        values = [row[column] for row in page.release.rows(table)]
        what = f"field {page.release.dataset}/{table}/{column}"
        head, *cells = select(line, "th, td")
        page.compare(head, wanted(f"{said(entry, 'title', page.language)} {column}"), what)
        *meaning, kind, rules, missing, held = cells
        for cell in meaning:
            for refers in select(cell, ".muted"):
                done(refers) if not figures(text_of(refers)) else None
            page.compare(cell, wanted(said(entry, "description", page.language)), f"{what}, meaning")
        page.compare(kind, wanted(said(entry, "unit", page.language)), f"{what}, type")
        _rules(page, rules, entry, what)
        empty = values.count("")
        share = [Decimal(100 * empty) / len(values)] if empty else []
        shown = figures(text_of(missing))
        close = Decimal("0.1") if "<" in text_of(missing) else Decimal("0.05")
        near = len(shown) == 2 and shown[1].value is not None and empty and abs(shown[1].value - share[0]) <= close
        if not (near and shown[0].value == empty) and (shown or empty):
            page.fault(f"{what}, missing", text_of(missing), [empty, *share])
        done(missing)
        _held(page, held, schema, entry, [value for value in values if value], what)


def _rules(page: Page, cell: Element, entry: Mapping[str, Any], what: str) -> None:
    constraints = entry.get("constraints", {})
    pattern = str(constraints.get("pattern", ""))
    text = text_of(cell)
    if pattern:
        if pattern not in text:
            page.fault(f"{what}, pattern", text, pattern)
        text = text.replace(pattern, "")
    want = {
        Decimal(str(constraints[name]))
        for name in ("minimum", "maximum", "minLength", "maxLength")
        if name in constraints
    }
    if {figure.value for figure in figures(text)} != want:
        page.fault(f"{what}, rules", text, want)
    done(cell)


def _held(
    page: Page, cell: Element, schema: Mapping[str, Any], entry: Mapping[str, Any], values: list[str], what: str
) -> None:
    """Either the span, or the commonest values with their counts, or both, or how many are distinct."""
    counted = Counter(values)
    own, pairs = [part for part in cell if part.tag == "span" and not part.attrib], [["", ""]]
    first = own[0] if own else cell  # only wide tables have an element in their cells
    for part in first.iter():
        if part.tag == "br":
            pairs.append(["", ""])
        if part is not first and text_of(part).startswith("×"):
            pairs[-1][1] = text_of(part)
        else:
            pairs[-1][0] += f" {part.text or ''}"
        pairs[-1][0] += f" {part.tail or ''}" if part is not first else ""
    is_number = entry["type"] in {"integer", "number", "year"}
    ordered = sorted(values, key=Decimal if is_number else str)

    def form(value: str) -> list[Wanted]:
        return want_of(page.release, schema, entry, value, page.language)

    spans = ([[*form(ordered[0]), *form(ordered[-1])]] if ordered else []) + [[Decimal(len(counted))]]
    _span_and_commonest(page, pairs, spans, counted, form, what)
    done(cell)


def _span_and_commonest(
    page: Page,
    pairs: list[list[str]],
    spans: list[list[Wanted]],
    counted: Counter[str],
    form: Callable[[str], list[Wanted]],
    what: str,
) -> None:
    text = " ".join(" ".join(pair) for pair in pairs)
    breaks = [pair for pair in pairs if not pair[1]]
    listed = [pair for pair in pairs if pair[1]]
    for shown, _ in breaks:
        if not any(agree(figures(shown), span) for span in spans):
            page.fault(f"{what}, values", shown, spans)
    counts = [int(count[1:].replace(",", "")) for _, count in listed]
    if counts != [count for _, count in counted.most_common(len(counts))]:
        page.fault(f"{what}, counts", text, counted.most_common(len(counts)))
    for (shown, _), count in zip(listed, counts, strict=True):
        if not any(number == count and agree(figures(shown), form(value)) for value, number in counted.items()):
            page.fault(f"{what}, commonest", shown, counted.most_common(5))
