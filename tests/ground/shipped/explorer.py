"""What the explorer of rows is given: how many rows, which columns, keys, categories, notes, sizes and hashes."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import lxml.html

from tests.ground.shipped.comparing import Comparison, sha256
from tests.ground.shipped.figures import figures, plain
from tests.ground.shipped.packages import header, known_of, path_of, texts_of
from tests.ground.shipped.page import names, said
from tests.ground.shipped.tables import Release, releases

# What the explorer's own texts may name, and why: none is a figure of the tables.
NAMED = {"8": "UTF-8", "256": "SHA-256", "7714": "a standard", "T2": "a tag of RIS", "Y2": "too", "N1": "too"}


def floors(release: Release) -> Counter[str]:
    """Of one page; categories are those of the schemas, which are always offered."""
    columns = [entry for table in release.tables for entry in release.schema(table)["fields"]]
    notes = sum(note["resource"] in release.tables for note in release.notes)
    return Counter({
        "rows of the explorer": len(release.tables), "size for the explorer": len(release.tables),
        "hash for the explorer": len(release.tables), "column of the explorer": len(columns),
        "values offered": sum(len(entry.get("categories", ())) for entry in columns),
        "note of the explorer": notes, "version": 1, "date": 1,
    })  # fmt: skip


def compare_explorer(found: Comparison, site: Path, page: Path, release: Release, language: str) -> None:
    (section,) = lxml.html.parse(page).getroot().xpath("//*[@id='explorer']")
    config, place = json.loads(section.get("data-config")), str(page.relative_to(site))
    found.same("version", place, (config["version"], section.get("data-version")), (release.version, release.version))
    found.same("date", place, config["date"], release.date.isoformat())
    found.same("tables of the explorer", place, [table["name"] for table in config["tables"]], release.tables)
    for table in config["tables"]:
        _table(found, page, table, release, language)
    every = [(one["version"], one["date"], Path(one["config"]).name) for one in config.pop("releases", ())]
    own = sorted((one for one in releases() if one.dataset == release.dataset), key=lambda one: one.version)
    wanted = [(one.version, one.date.isoformat(), f"{one.version}.json") for one in own] if len(own) > 1 else []
    found.same("releases of the explorer", place, sorted(every), wanted)
    day = release.date
    dates = {f"{day:%Y/%m/%d}/", f"{day.day}", f"{day.month}", f"{day:%m}", f"{day:%d}"}
    texts = texts_of(release)
    for template in config.pop("citations"):
        text = plain(template["text"].replace('\\"', '"'))  # as CSL is JSON
        text = text.replace(f"{release.dataset}-{release.version}", "")
        for known in sorted((text for text in texts if len(text) > 8), key=len, reverse=True):
            text = text.replace(known, "")
        found.explained(f"{place}, {template['name']}", [text], texts, {*known_of(release), *dates, *NAMED})
    licences = {figure.text for one in release.described["licenses"] for figure in figures(one["name"])}
    found.explained(place, config, texts, {*known_of(release), *NAMED, *(text.lstrip("-") for text in licences)})


def _table(found: Comparison, page: Path, table: dict[str, Any], release: Release, language: str) -> None:
    name = table["name"]
    place, schema = f"explorer of {release.dataset}, {name}", release.schema(table["name"])
    rows = release.rows(name)
    parquet, csv = ((page.parent / table[form]).resolve() for form in ("parquet", "csv"))
    found.same("rows of the explorer", place, table.pop("rows"), len(rows))
    found.same("size for the explorer", place, table.pop("bytes"), parquet.stat().st_size)
    found.same("hash for the explorer", place, table.pop("sha256"), sha256(path_of(release, name)))
    found.same("table behind the explorer", place, sha256(csv), sha256(path_of(release, name)))
    found.same("key of the explorer", place, table["primaryKey"], schema["primaryKey"])
    for column, entry, field in zip(header(release, name), schema["fields"], table["fields"], strict=True):
        found.same("column of the explorer", place, (field["name"], field["type"]), (column, entry["type"]))
        found.same("decimals", f"{place}.{column}", field.pop("decimals", 0), _decimals(entry, rows))
        offered = [(one["value"], one["label"]) for one in field.pop("categories", ())]
        _offered(found, release, name, entry, offered, f"{place}.{column}", language)
    notes = [note for note in release.notes if note["resource"] == name]
    for note, own in zip(table.pop("notes"), notes, strict=True):
        shown = (note["key"], note["field"], note["text"])
        found.same("note of the explorer", place, shown, (own["key"], own["field"], said(own, "note", language)))


def _decimals(entry: dict[str, Any], rows: list[dict[str, str]]) -> int:
    """How many decimals all numbers of a column are written with; 0 if they differ."""
    if entry["type"] != "number":
        return 0
    found = {len(row[entry["name"]].partition(".")[2]) for row in rows if row[entry["name"]]}
    return found.pop() if len(found) == 1 else 0


def _offered(
    found: Comparison, release: Release, table: str, entry: dict[str, Any], offered: list[tuple[str, str]], place: str,
    language: str,
) -> None:  # fmt: skip
    """The values that a filter offers: all categories, or every code that the column has, or none."""
    own = [(one["value"], said(one, "label", language) or one["value"]) for one in entry.get("categories", ())]
    if own or not offered:
        for number, want in enumerate(own):
            found.same("values offered", place, offered[number] if number < len(offered) else None, want)
        found.same("number of values offered", place, len(offered), len(own))
        return
    codes = sorted({row[entry["name"]] for row in release.rows(table)} - {""})
    found.same("number of values offered", place, [value for value, _ in offered], codes)
    called = _called(release, table, entry["name"], language)
    for value, label in offered:
        found.same("values offered", place, label, called.get(value))


def _called(release: Release, table: str, column: str, language: str) -> dict[str, str]:
    for key in release.schema(table).get("foreignKeys", ()):
        if key["fields"] in (column, [column]):
            to = key["reference"]
            return names(to.get("package", release.dataset), to["resource"], language)
    return {}
