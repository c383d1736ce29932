"""Charts: their texts, the numbers at their marks, the steps of their axes, the sizes of their bars."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from lxml.etree import _Element as Element

from tests.ground.shipped.comparing import Comparison
from tests.ground.shipped.figures import Wanted, agree, figures, plain, wanted
from tests.ground.shipped.marks import compare_marks, floors
from tests.ground.shipped.page import Page, done, release_with, said, summary_of, text_of, title_of, want_of
from tests.ground.shipped.selecting import select
from tests.ground.shipped.tables import Release, Row


def charts(page: Page) -> None:
    """Drawings, what they are said to show, and what a script says of each mark."""
    for figure in select(page.main, "figure.chart"):
        name = figure.get("id") or summary_of(page)
        release = release_with(page, name)
        summary, rows = release.summary(name), release.summary_rows(name)
        for title in select(figure, ".chart__title"):
            page.compare(title, title_of(release, summary, page.language), f"title of {name}")
        for drawing in select(figure, "svg"):
            found = drawing_faults(drawing, release, name, page.language)
            page.faults += [f"{page.path.relative_to(page.site)}: {fault}" for fault in found]
            page.compared += len(rows)
            done(drawing)
        for text in select(figure, ".chart__picture > .sr-only"):
            page.compare(text, _alternative(release, summary, rows, page.language), f"text of {name}")
        for script in select(figure, "script.chart__rows"):
            for row, (_, amounts, _) in zip(rows, json.loads(script.text), strict=True):
                want = [
                    row[entry["name"]] for entry in summary["fields"]
                    if entry["type"] in {"integer", "number"} and row[entry["name"]] is not None
                ]  # fmt: skip
                shown = [figure for _, amount in amounts for figure in figures(amount)[:1]]
                if not agree(shown, want):  # type: ignore[arg-type]
                    page.fault(f"figures beside the marks of {name}", amounts, want)
            script.text = None


def _alternative(release: Release, summary: Mapping[str, Any], rows: Sequence[Row], language: str) -> list[Wanted]:
    chart = json.dumps(summary["chart"])
    own = "label@en" if language == "en" else "label"
    fields = [
        entry for entry in summary["fields"]
        if entry.get("role") == own or (f'"{entry["name"]}"' in chart and not entry.get("role", "").startswith("label"))
    ]  # fmt: skip
    found = title_of(release, summary, language)
    fields.sort(key=lambda entry: entry is not next((one for one in fields if one.get("role") == own), None))
    for row in rows[:8]:
        for entry in fields:
            value = want_of(release, {}, entry, row[entry["name"]], language)
            found += [*wanted(said(entry, "title", language)), *value]
    return [*found, *([Decimal(len(rows) - 8)] if len(rows) > 8 else [])]


def drawing_faults(drawing: Element, release: Release, name: str, language: str) -> list[str]:
    """What is wrong in a chart: its texts, the steps of its axis, its marks and what is beside them."""
    summary, rows = release.summary(name), release.summary_rows(name)
    fields = {entry["name"]: entry for entry in summary["fields"]}
    encoding = summary["chart"]["encoding"]
    measure = next((one["field"] for one in encoding.values() if one["type"] == "quantitative"), "")
    others = {plain(str(row[column])) for row in rows for column in fields if column != measure}
    texts = {
        plain(said(fields[one["field"]], part, language)) for one in encoding.values() for part in ("title", "unit")
    }
    title, description = title_of(release, summary, language), wanted(said(summary, "description", language))
    named = [plain(said(source, "title", language)) for source in release.described.get("sources", ())]
    sources = f"Source: {'; '.join(named)} 来源：{'；'.join(named)}"
    ticks: list[tuple[Decimal, Decimal]] = []
    faults = []
    for element in drawing.iter():
        tag = str(element.tag).rpartition("}")[2]
        shown = text_of(element) if tag in {"text", "title", "desc"} else ""
        found = figures(shown)
        if not found:
            continue
        if tag == "title":
            right = agree(found, title)
        elif tag == "desc":
            right = agree(found, description)
        elif "data-row" in element.attrib:
            right = agree(found, [rows[int(element.get("data-row", ""))][measure]])  # type: ignore[list-item]
        elif re.fullmatch(r"[\d,.]+ ?[万亿m]?", shown) and shown not in others and "opacity" in element.attrib:
            place = re.search(r"translate\(([-\d.]+),([-\d.]+)\)", element.get("transform", ""))
            right = place is not None and found[0].value is not None
            if place and found[0].value is not None:
                across = encoding.get("x", {}).get("field") == measure
                ticks.append((Decimal(place[1 if across else 2]), found[0].value))
        else:  # a label of an axis, a legend or a bar
            known = [title, *map(wanted, texts), *([value] for row in rows for value in row.values())]
            right = (
                shown in others or shown in sources or any(agree(found, want) for want in [*known, [release.version]])
            )
        if not right:
            faults.append(f"chart {name}: unexpected {shown!r} in <{tag}>")
    marks = Comparison()
    compare_marks(marks, drawing, release, name, language, f"chart {name}")
    return [*faults, *_axis_faults(ticks, name), *marks.faults, *marks.short_of(floors(release, name))]


def _axis_faults(ticks: Sequence[tuple[Decimal, Decimal]], name: str) -> Iterator[str]:
    """The steps of an axis are at the places of their values."""
    if len(ticks) > 1:
        (place, value), (far, most) = ticks[0], ticks[-1]
        for at, step in ticks:
            meant = value + (most - value) * (at - place) / (far - place)
            if abs(meant - step) > abs(most - value) / 100:
                yield f"chart {name}: {step} on the axis where {meant} is"
