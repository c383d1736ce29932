"""What search finds: the texts of pages as Pagefind keeps them, and the rows of tables."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections import Counter
from collections.abc import Iterator
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
LANGUAGES = ("zh", "en")
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
    for language in LANGUAGES:
        _rows(found, site, language)


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


def _rows(found: Comparison, site: Path, language: str) -> None:
    """The rows whose name is the same in every language, and those of the language."""
    summary = json.loads((site / "search/rows.json").read_text("utf-8"))
    parts = {name: part for name, part in summary["parts"].items() if name in {"shared", language}}
    tables = {(release.dataset, table): release for release in newest().values() for table in release.tables}
    every = sum(len(release.rows(table)) for (_, table), release in tables.items())
    counted = sum(part["rows"] for part in parts.values())
    found.same("rows in the index", f"search/rows.json, {language}", counted, every)
    seen: dict[tuple[str, str], list[str]] = {}
    for name, part in parts.items():
        often = packed(site / f"search/{name}/often.bin") if part["often"] else []
        place = summary["languages"].index(language)
        for path in sorted((site / "search" / name / "rows").iterdir(), key=lambda path: int(path.stem)):
            block = packed(path)
            for table in block["tables"]:
                shelf = block["shelves"][str(table["shelf"])]
                dataset = shelf["explore"].split("/")[1]
                for row in _rows_of(table, often, place):
                    key, *_, leads = row
                    seen.setdefault((dataset, shelf["table"]), []).append(key)
                    where = f"{path.relative_to(site)}, {language}"
                    if leads:
                        _leads(found, key, leads, block["shelves"], language, where)
                    _row(found, tables[dataset, shelf["table"]], shelf["table"], row[:3], where)
    for (dataset, table), release in tables.items():
        keys = Counter("|".join(row[part] for part in _key(release, table)) for row in release.rows(table))
        found.same("keys in the index", f"{language}, {dataset}/{table}", Counter(seen.get((dataset, table), [])), keys)


def packed(path: Path) -> Any:
    """What a file of the index says."""
    return json.loads(zlib.decompress(path.read_bytes()))


def _rows_of(table: dict[str, Any], often: list[Any], place: int) -> Iterator[tuple[str, str, str, list[Any] | None]]:
    """Key, name, context and leads of the rows of a table in a block, in the language of this place."""
    key = ""
    columns = [list(_texts(column, often, place)) for column in table["around"]]
    for number, (rest, title) in enumerate(zip(table["keys"], table["titles"], strict=True)):
        key = key[: ord(rest[0]) - ord("0")] + rest[1:]
        leads = table["leads"][number] if "leads" in table else None
        if leads and leads[2]:
            around, name, datasets = leads[2]
            leads = [*leads[:2], [around, _said(name, place), datasets]]
        beside = dict.fromkeys(column[number] for column in columns)
        yield key, title, " · ".join(text for text in beside if text and text != title), leads


def _texts(column: list[Any], often: list[Any], place: int) -> Iterator[str]:
    number = 0
    for value in column:
        if isinstance(value, int):
            number += value
        yield _said(often[number] if isinstance(value, int) else value, place)


def _said(text: Any, place: int) -> str:
    return str(text[place] if isinstance(text, list) else text)


def _key(release: Release, table: str) -> list[str]:
    return list(release.schema(table)["primaryKey"])


def _row(found: Comparison, release: Release, table: str, row: tuple[str, ...], place: str) -> None:
    """A row's name is a value of it, or of what it refers to; every figure of its name and context is its own."""
    key, name, context = row
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


def _leads(found: Comparison, code: str, leads: list[Any], shelves: dict[str, Any], language: str, place: str) -> None:
    """What search says of a region: how many datasets are about it, how many rows of which tables hold its code, and
    the nearest region around it that a dataset is about."""
    about, mentions, within = leads
    found.same("datasets about a region", f"{place}, {code}", about, _about()[code])
    want = _mentions().get(code, {})
    found.same("tables with a region", f"{place}, {code}", len(mentions), min(MOST_MENTIONS, len(want)))
    for shelf, field, rows in mentions:
        dataset = shelves[str(shelf)]["explore"].split("/")[1]
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
