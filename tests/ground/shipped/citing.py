"""What a page says beside its text: what buttons copy and scripts read, and what is around it; and its citations."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from lxml.etree import _Element as Element

from tests.ground.shipped.comparing import sha256
from tests.ground.shipped.figures import figures, plain, wanted
from tests.ground.shipped.page import CATALOG, Page, done, strings, text_of, title_of
from tests.ground.shipped.selecting import select
from tests.ground.shipped.tables import Release, Row, newest, read_yaml, releases

# Attributes that people or programs read figures from.
READ = ("title", "aria-label", "datetime", "content", "alt", "data-due", "data-overdue", "data-row")
# Parts of a page whose figures are not of the tables, and why.
FURNITURE = {
    ".cite, .cite-menu": "citations, compared by `_citation`",
    "#made-shell, #made-python": "commands to recompute a summary, compared by `recipes`",
    "#embed-code": "the height of a frame in pixels",
    ".catalogue__labels": "what readers can narrow the catalogue by, compared by `attributes`",
    "noscript": "the same texts again for browsers without scripts",
    ".pagination": "numbers of pages",
    ".cite__text": "a citation",
}
_AMOUNT = re.compile(r"-?\d+(?:\.\d+)?")


def figure_of(dataset: str, name: str, release: Release) -> tuple[dict[str, Any], Row, dict[str, Any], dict[str, Any]]:
    """The figure's description, its row, the description of its field and its schema."""
    figure = next(one for one in release.described["figures"] if one["name"] == name)
    if "summary" in figure:
        summary = release.summary(figure["summary"])
        rows = release.summary_rows(figure["summary"])
        keys = summary.get("primaryKey", [])
        row = next(
            row for row in rows if not figure.get("key") or "|".join(str(row[key]) for key in keys) == figure["key"]
        )
        schema: dict[str, Any] = {"fields": summary["fields"]}
    else:
        schema = release.schema(figure["resource"])
        found = (
            row
            for row in release.rows(figure["resource"])
            if "|".join(row[key] for key in schema["primaryKey"]) == figure["key"]
        )
        row = dict(next(found))
    entry = next(entry for entry in schema["fields"] if entry["name"] == figure["field"])
    return figure, row, entry, schema


def attributes(page: Page) -> None:
    """What buttons copy and scripts read: citations, days and years to narrow by, numbers of items, links to cells."""
    for button in select(page.main, "[data-copy-text]"):
        _citation(page, button, button.attrib.pop("data-copy-text"))
    for item in select(page.main, "li[value]"):
        _numbered(page, item)
    for card in select(page.main, "li[data-date]"):
        release = newest()[select(card, ".card__title a")[0].get("href").strip("./").split("/")[-1]]
        page.attribute(card, "data-date", [release.date.isoformat()], "day of a card")
        years = _years(str(release.described["temporal"]))
        if card.get("data-year", "").split("|") != years:
            page.fault("years of a card", card.get("data-year"), years)
        regions = sorted(release.described.get("spatial", []))
        if sorted(filter(None, card.get("data-region", "").split("|"))) != regions:
            page.fault("regions of a card", card.get("data-region"), regions)
        page.compared += 2
    for labels in select(page.main, ".catalogue__labels"):
        _facets(page, json.loads(labels.text or ""))
    for section in select(page.main, "section[data-version]"):
        page.attribute(section, "data-version", [page.release.version], "version of the explorer")
    for link in select(page.main, "a[href]"):
        _cell(page, link.get("href", ""))


def _facets(page: Page, labels: dict[str, Any]) -> None:
    """How many datasets each value of a filter of the catalogue has."""
    every = [release.described for release in newest().values()]
    years = (_years(str(described["temporal"])) for described in every)
    want = {
        "theme": Counter(theme for described in every for theme in described["themes"]),
        "region": Counter(region for described in every for region in described.get("spatial", ())),
        "year": Counter(year for found in years for year in found),
    }
    for facet in labels["facets"]:
        counts = want.get(facet["name"], dict.fromkeys(facet["order"], len(every)))
        page.compared += len(counts)
        if (facet["counts"], sorted(facet["order"])) != (counts, sorted(counts)):
            page.fault(f"filter by {facet['name']}", facet["counts"], counts)
    if missing := want.keys() - {facet["name"] for facet in labels["facets"]}:
        page.fault("filters", labels, missing)


def _years(temporal: str) -> list[str]:
    first, _, last = temporal.partition("/")
    return [str(year) for year in range(int(first[:4]), int((last or first)[:4]) + 1)]


def _numbered(page: Page, item: Element) -> None:
    """A note has the number of its line among the notes of the release."""
    number = (item.get("id") or "").removeprefix("note-")
    if number.isdecimal():
        page.attribute(item, "value", wanted(number), "number of a note")


def _cell(page: Page, link: str) -> None:
    """A link to a cell in the explorer names a table, a row and a field that exist, and a release of the dataset."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
    if "/explore/" not in f"/{urlsplit(link).path}" or not {"table", "key"} <= asked.keys():
        return
    found = re.search(r"([a-z-]+)/explore/", urlsplit(link).path)
    release = newest()[found[1]] if found else page.release
    version = asked.get("release", release.version)
    cited = next((one for one in releases() if (one.dataset, one.version) == (release.dataset, version)), None)
    keys, fields = _keys(cited, asked["table"]) if cited else (frozenset(), frozenset())
    page.compared += 1
    if asked["key"] not in keys or asked.get("field", "") not in fields:
        page.fault("link to a cell", link, "a row, a field and a release that exist")


@lru_cache
def _keys(release: Release, table: str) -> tuple[frozenset[str], frozenset[str]]:
    """The keys of a table's rows, and the names of its fields."""
    schema = release.schema(table)
    keys = frozenset("|".join(row[part] for part in schema["primaryKey"]) for row in release.rows(table))
    return keys, frozenset(["", *(entry["name"] for entry in schema["fields"])])


def frame(page: Page) -> None:
    """Around what a page says there is no figure but those of the publication, and of headings in the contents."""
    texts = [*strings(read_yaml(CATALOG)), *map(text_of, select(page.main, "h2, h3"))]
    known = {text for one in texts for text in wanted(one)}
    for element in page.main.getroottree().xpath("//body//*[not(ancestor-or-self::main) and not(self::script)]"):
        for text in (element.text, *(part.tail for part in element)):
            if odd := [figure.text for figure in figures(text or "") if figure.text not in known]:
                page.fault(f"around the page, <{element.tag}>", odd, known)


def recipes(page: Page) -> None:
    """Commands that compute a summary again: versions and hashes of the releases that it is made from."""
    release = page.release
    used = [release, *(Release(name, str(version)) for name, version in release.described.get("uses", {}).items())]
    for recipe in select(page.main, "#made-shell, #made-python"):
        text = text_of(recipe)
        versions = re.findall(r"([a-z]+(?:-[a-z]+)*)[-/](\d+\.\d+\.\d+)", text)
        page.compared += len(versions)
        known = {(one.dataset, one.version) for one in used}
        hashes = {found for one in used for found in _hashes(page.site, one)}
        odd = [*(set(versions) - known), *(set(re.findall(r"\b[0-9a-f]{64}\b", text)) - hashes)]
        if odd or not versions:
            page.fault("commands that compute a summary", odd, known)


def furniture(page: Page) -> None:
    for element in select(page.main, ", ".join(FURNITURE)):
        for text in [element] if "cite__text" in element.get("class", "") else select(element, ".cite__text, pre"):
            _citation(page, text, text_of(text))
        done(element)
        for part in element.iter():
            for name in READ:
                part.attrib.pop(name, None)


def _citation(page: Page, element: Element, text: str) -> None:
    """A citation has the version and the year of what it cites, that of a figure its key and its value, and no other
    figure but those of its title."""
    if not text:  # compared as a part of what is around it
        return
    release, day = page.release, page.release.date
    needed = {release.version, str(day.year)}
    allowed = {
        *needed, day.isoformat(), *day.isoformat().split("-"), str(day.day), str(day.month), f"{day:%Y/%m/%d}",
        "7714", "T2", "N1", "1.2.0",
    }  # fmt: skip
    allowed |= _titles(release, page.language)
    for name in element.xpath("ancestor::li/@id"):
        figure, row, entry, _ = figure_of(release.dataset, name.removeprefix("figure-"), release)
        value = str(row[entry["name"]])
        allowed |= {value, *(text for one in row.values() if isinstance(one, str) for text in wanted(one))}
        needed |= {value} | ({figure["key"]} if "key" in figure else set())
    text = re.sub(r"https?://[^\s，；、｝}\"]+|SHA-256", "", plain(text))
    text = text.replace(f"{release.dataset}-{release.version}", release.version)
    text = re.sub(r"\b[0-9a-f]{64}\b", lambda found: "" if found[0] in _hashes(page.site, release) else found[0], text)
    shown = figures(text)
    page.compared += len(shown)
    numbers = {Decimal(one) for one in allowed if _AMOUNT.fullmatch(one)}
    odd = [figure.text for figure in shown if figure.text not in allowed and figure.value not in numbers]
    said_there = {figure.text for figure in shown} | set(re.findall(r"[\w.-]+", text))
    said_there |= {str(day.year)} if day.isoformat() in said_there else set()  # the standard of China has the whole day
    amounts = {figure.value for figure in shown}
    missing = {one for one in needed - said_there if not (_AMOUNT.fullmatch(one) and Decimal(one) in amounts)}
    if odd or missing:
        page.fault("citation", odd or text[:200], f"version, date and key; without {missing or 'more'}")


@lru_cache
def _titles(release: Release, language: str) -> frozenset[str]:
    """The figures of what a release, its figures, summaries and notes are called and said to be."""
    described = {key: value for key, value in release.described.items() if key not in {"uses", "resources", "version"}}
    texts = [*strings([described, release.notes]), *strings(read_yaml(CATALOG))]
    found = {str(one) for text in texts for one in wanted(text)}
    for summary in release.described.get("summaries", ()):
        found |= {str(value) for value in title_of(release, summary, language)}
    return frozenset(found)


@lru_cache
def _hashes(site: Path, release: Release) -> set[str]:
    return set(_sums(site / "data" / release.dataset / release.version))


def _sums(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield sha256(path)
