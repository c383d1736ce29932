"""What search finds: the texts of pages as Pagefind keeps them, and the rows of tables."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import lxml.html

from tests.ground.shipped.comparing import Comparison
from tests.ground.shipped.figures import figures, plain
from tests.ground.shipped.page import names
from tests.ground.shipped.tables import Release, newest

SIGNS = {"": "", "exact": "", "at_least": "≥", "at_most": "≤", "approximate": "≈"}
LANGUAGES = {"zh": "", "en": "en/"}
_MARK = b"pagefind_dcd"
_BETWEEN = "\u200b"  # which Pagefind writes between Chinese words


def floors() -> Counter[str]:
    """Pages of datasets, with their summaries, in each language; every row of the newest releases."""
    every = list(newest().values())
    pages = sum(1 + len(release.described.get("summaries", ())) for release in every)
    shown = sum(len(release.described["figures"]) for release in every)
    rows = sum(len(release.rows(table)) for release in every for table in release.tables)
    return Counter({"page that search finds": 2 * pages, "figure in the text of a hit": 2 * shown,
                    "row that search finds": 2 * rows, "rows in the index": 2,
                    "bound that search shows": 2 * _bounds(), "datasets about a region": 2 * len(_about()),
                    "rows with a region": 2 * len(_mentions())})  # fmt: skip


def _bounds() -> int:
    """How many rows have a value that is not exact."""
    return sum(
        SIGNS[row["bound"]] != "" for release in newest().values() for table in release.tables
        for row in release.rows(table) if row.get("bound") and row.get("value")
    )  # fmt: skip


def compare_search(found: Comparison, site: Path) -> None:
    for path in sorted((site / "pagefind/fragment").iterdir()):
        _hit(found, site, json.loads(gzip.decompress(path.read_bytes()).removeprefix(_MARK)))
    for language, folder in LANGUAGES.items():
        _rows(found, site, language, folder)


def _hit(found: Comparison, site: Path, hit: dict[str, Any]) -> None:
    """The figures of a hit are those of its page, as often as there at most. Those of pages are compared elsewhere."""
    path = site / hit["url"].strip("/") / "index.html"
    found.same("page that search finds", hit["url"], path.exists(), True)
    root = lxml.html.parse(path).getroot()
    (main,) = root.xpath("//main")
    for part in [*main.iter("script", "style")]:
        part.drop_tree()
    there = Counter(figure.text for figure in figures(" ".join(main.itertext())))
    for name in ("content", "title"):
        text = hit["content"] if name == "content" else hit["meta"].get("title", "")
        shown = Counter(figure.text for figure in figures(text.replace(_BETWEEN, "")))
        found.counts["figure in the text of a hit"] += shown.total()
        if odd := shown - there:
            found.faults.append(f"search, {hit['url']}, {name}: {dict(odd)}, which the page does not have")
    if "image" in hit["meta"]:
        found.same("picture of a hit", hit["url"], (site / hit["meta"]["image"].lstrip("/")).exists(), True)


def _rows(found: Comparison, site: Path, language: str, folder: str) -> None:
    own = site / "search" / language
    summary = json.loads((own / "rows.json").read_text("utf-8"))
    tables = {(release.dataset, table): release for release in newest().values() for table in release.tables}
    every = sum(len(release.rows(table)) for (_, table), release in tables.items())
    found.same("rows in the index", f"search/{language}/rows.json", summary["rows"], every)
    seen: dict[tuple[str, str], list[str]] = {}
    for path in sorted((own / "rows").iterdir(), key=lambda path: int(path.stem)):
        block = json.loads(path.read_text("utf-8"))
        for row in block["rows"]:
            shelf = block["shelves"][str(row[0])]
            dataset = shelf["explore"].removeprefix(folder).split("/")[1]
            seen.setdefault((dataset, shelf["table"]), []).append(row[1])
            for leads in row[5:]:
                _leads(found, row[1], leads, block["shelves"], folder, language, f"search/{language}/{path.name}")
            _row(found, tables[dataset, shelf["table"]], shelf["table"], row, f"search/{language}/rows/{path.name}")
    for (dataset, table), release in tables.items():
        keys = Counter("|".join(row[part] for part in _key(release, table)) for row in release.rows(table))
        found.same("keys in the index", f"{language}, {dataset}/{table}", Counter(seen.get((dataset, table), [])), keys)


def _key(release: Release, table: str) -> list[str]:
    return list(release.schema(table)["primaryKey"])


def _row(found: Comparison, release: Release, table: str, row: list[Any], place: str) -> None:
    """A row's name is a value of it, or of what it refers to; every figure of its name and context is its own."""
    _, key, name, context = row[:4]
    own = _by_key(release, table).get(key)
    if own is None:
        found.faults.append(f"{place}: {release.dataset}/{table} has no row {key!r}")
        return
    found.counts["row that search finds"] += 1
    texts, numbers, sign = own
    for figure in figures(f"{name} · {context}"):
        if figure.value not in numbers and not any(figure.text in text for text in texts):
            found.faults.append(f"{place}, {key}: unexpected {figure.text!r} in {name!r} · {context!r}")
    shown = re.findall("[≥≤≈]", context)
    if shown and shown != [sign]:
        found.faults.append(f"{place}, {key}: {shown} in {context!r}, expected {sign!r}")
    found.counts["bound that search shows"] += len(shown)


MOST_MENTIONS = 5


def _leads(
    found: Comparison, code: str, leads: list[Any], shelves: dict[str, Any], folder: str, language: str, place: str
) -> None:
    """What search says of a region: how many datasets are about it, how many rows of which tables hold its code, and
    the nearest region around it that a dataset is about."""
    about, mentions, within = leads
    found.same("datasets about a region", f"{place}, {code}", about, _about()[code])
    want = _mentions().get(code, {})
    found.same("tables with a region", f"{place}, {code}", len(mentions), min(MOST_MENTIONS, len(want)))
    for shelf, field, rows in mentions:
        dataset = shelves[str(shelf)]["explore"].removeprefix(folder).split("/")[1]
        table = shelves[str(shelf)]["table"]
        found.same("rows with a region", f"{place}, {code}, {table}", rows, want.get((dataset, table, field)))
    if within:
        around, name, datasets = within
        shown = (around in _around(code), name, datasets)
        own = (True, names("administrative-divisions", "regions", language)[around], _about()[around])
        found.same("region around a region", f"{place}, {code}", shown, own)


@lru_cache
def _about() -> Counter[str]:
    return Counter(code for release in newest().values() for code in release.described.get("spatial", ()))


@lru_cache
def _mentions() -> dict[str, dict[tuple[str, str, str], int]]:
    """By the code of a region the rows that hold it, by dataset, table and field; the list of regions where nothing
    else lies in a region."""
    found: dict[str, dict[tuple[str, str, str], int]] = {}
    listed: dict[str, dict[tuple[str, str, str], int]] = {}
    for release in newest().values():
        for table in release.tables:
            for key in release.schema(table).get("foreignKeys", ()):
                if key["reference"].get("package", release.dataset) != "administrative-divisions":
                    continue
                (field,) = [key["fields"]] if isinstance(key["fields"], str) else key["fields"]
                into = listed if (release.dataset, table) == ("administrative-divisions", "regions") else found
                for code, rows in Counter(row[field] for row in release.rows(table) if row[field]).items():
                    into.setdefault(code, {})[release.dataset, table, field] = rows
    lying = {code for code, places in found.items() if any(field != "region" for _, _, field in places)}
    for code in listed.keys() - lying:
        found[code] = {**found.get(code, {}), **listed[code]}
    return found


@lru_cache
def _above() -> dict[str, str]:
    return {row["code"]: row["parent"] for row in newest()["administrative-divisions"].rows("regions")}


def _around(code: str) -> set[str]:
    found: set[str] = set()
    while code := _above().get(code, ""):
        found.add(code)
    return found


Said = tuple[set[str], set[Decimal], str]


@lru_cache
def _by_key(release: Release, table: str) -> dict[str, Said]:
    """What may be said of a row, by its key: its values and the figures in them, its numbers, its bound."""
    key, fields = _key(release, table), release.schema(table)["fields"]
    numeric = [entry["name"] for entry in fields if entry["type"] in {"integer", "number"}]
    bound = next((entry["name"] for entry in fields if entry.get("role") == "bound"), "")
    return {
        "|".join(row[part] for part in key): (
            {text for value in row.values() for text in (value, *(figure.text for figure in figures(plain(value))))},
            {Decimal(row[name]) for name in numeric if row[name]},
            SIGNS[row[bound]] if bound else "",
        )
        for row in release.rows(table)
    }
