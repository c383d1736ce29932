"""A publication in which a stranger wrote every text: bait in whatever is not a name, a version, a type or SQL.

What has a form of its own would be refused with anything else in it; tests/hostile/test_refused.py tries that.
"""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path
from typing import Any

import yaml

from tests.hostile import bait

LANGUAGES = ["zh", "en"]
# A field's name may hold anything; this is what stands in the CSV's header, too.
ODD_FIELD = "odd <x-bait>{{7*191}}[a](javascript:canary('field'))"
_LINK = "https://bait.example/\"'><x-bait data-bait>{{7*191}})](javascript:canary('link'))"


def write(root: Path) -> Path:
    """Writes the publication below `root`, and returns `root`."""
    _yaml(root / "datasets/catalog.yaml", _catalog())
    _dataset(root / "datasets/ground", {"1.0.0": (_ground(), _ground_tables())})
    trap = {"1.0.0": (_trap("1.0.0"), _trap_tables(2)), "1.1.0": (_trap("1.1.0"), _trap_tables(3))}
    _dataset(root / "datasets/trap", trap, withdrawn="1.0.0")
    return root


def _texts(place: str, *keys: str, of: Any = bait.lines) -> dict[str, str]:
    """Bait under each key, in both languages."""
    return {
        f"{key}{suffix}": of(f"{place}.{key}{language}")
        for key in keys
        for suffix, language in (("", ""), ("@en", ".en"))
    }


def _catalog() -> dict[str, Any]:
    return {
        "name": "hostile",
        **_texts("catalog", "title", "description", "tagline"),
        "publisher": {**_texts("publisher", "title"), "path": _LINK},
        "contact": {**_texts("contact", "title"), "path": _LINK, "email": "bait@hostile.example.org"},
        "baseUrl": "https://hostile.example.org/data/",
        "languages": LANGUAGES,
        "licenses": [{"name": bait.line("catalog.license"), **_texts("catalog.license", "title"), "path": _LINK}],
        "themes": [{"name": "people", **_texts("theme", "title", "description")}],
        "headlines": [{"dataset": "trap", "figure": "headline"}],
        "featured": {"dataset": "trap", "summary": "sums"},
    }


def _described(place: str) -> dict[str, Any]:
    """What every descriptor here says of itself."""
    return {
        "id": bait.line(f"{place}.id"),
        "homepage": _LINK,
        "image": bait.line(f"{place}.image"),
        "created": bait.line(f"{place}.created"),
        **_texts(place, "title", "description"),
        "languages": LANGUAGES,
        "themes": ["people"],
        "keywords": [bait.lines(f"{place}.keyword")],
        "keywords@en": [bait.lines(f"{place}.keyword.en")],
        "licenses": [{"name": bait.line(f"{place}.license"), **_texts(f"{place}.license", "title"), "path": _LINK}],
        "sources": [
            {**_texts(f"{place}.source", "title"), "path": _LINK, "email": "bait@hostile.example.org",
             "version": bait.line(f"{place}.source.version")},
            {"path": "https://bait.example/?a=)](javascript:canary('source'))"},
        ],
        "contributors": [
            {**_texts(f"{place}.contributor", "title"), "path": "https://bait.example/?b=)](javascript:canary('by'))",
             "roles": [bait.line(f"{place}.role")], "organization": bait.line(f"{place}.organization")}
        ],
        "updateFrequency": "P1Y",
        "temporal": bait.line(f"{place}.temporal"),
        "spatial": [bait.line(f"{place}.spatial"), "64"],
    }  # fmt: skip


def _ground() -> dict[str, Any]:
    return {
        "name": "ground",
        "version": "1.0.0",
        **_described("ground"),
        "resources": [
            {"name": "ground", "path": "ground.csv", **_texts("ground.resource", "title", "description"),
             "schema": "ground.v1"}
        ],
    }  # fmt: skip


def _trap(version: str) -> dict[str, Any]:
    return {
        "name": "trap",
        "version": version,
        **_described("trap"),
        "uses": {"ground": "1.0.0"},
        "resources": [
            {"name": "trap", "path": "trap.csv", **_texts("trap.resource", "title", "description"),
             "schema": "trap.v1", "sources": [{"title": bait.line("trap.resource.source")}],
             "licenses": [{"title": bait.line("trap.resource.license")}], "homepage": "javascript:canary('home')"}
        ],
        "summaries": [_summary("sums", _CHART), _summary("plain", None)],
        "checks": [
            {"name": "found", **_texts("check", "title", "description", "accepted"), "query": "found.sql",
             "severity": "warning"}
        ],
        "figures": [
            {"name": "headline", **_texts("figure", "title", "description"), "resource": "trap", "key": "a",
             "field": "amount"}
        ],
    }  # fmt: skip


_CHART = {"mark": "bar", "encoding": {"y": {"field": "label", "type": "nominal"},
                                      "x": {"field": "amount", "type": "quantitative"},
                                      "color": {"field": "text", "type": "nominal"}}}  # fmt: skip


def _summary(name: str, chart: dict[str, Any] | None) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": name,
        **_texts(f"summary.{name}", "title", "description"),
        "query": "sums.sql",
        "primaryKey": ["label"],
        "fields": [
            _field("label", f"summary.{name}", role="label"),
            _field("label_en", f"summary.{name}", role="label@en"),
            _field("amount", f"summary.{name}", type="integer", **_texts(f"summary.{name}.amount", "unit")),
            _field("text", f"summary.{name}"),
        ],
    }
    return described | ({"chart": chart} if chart else {})


def _field(name: str, place: str, **more: Any) -> dict[str, Any]:
    at = f"{place}.field.{'odd' if name == ODD_FIELD else name}"
    described = {"name": name, "type": "string", **_texts(at, "title", "description")}
    return described | {"example": bait.line(f"{at}.example"), "rdfType": "javascript:canary('rdf')"} | more


def _categories(place: str, *values: str) -> list[dict[str, Any]]:
    return [{"value": value, **_texts(f"{place}.{number}", "label")} for number, value in enumerate(values)]


def _schema_ground() -> dict[str, Any]:
    return {
        **_texts("ground.schema", "title", "description"),
        "fields": [
            _field("code", "ground", constraints={"required": True}),
            _field("name", "ground", role="label"),
            _field("name_en", "ground", role="label@en"),
        ],
        "primaryKey": "code",
    }


def _schema_trap() -> dict[str, Any]:
    return {
        **_texts("trap.schema", "title", "description"),
        "sources": [{"title": bait.line("trap.schema.source")}],
        "fields": [
            _field("key", "trap", constraints={"required": True}),
            _field("place", "trap", role="region"),
            _field("amount", "trap", type="integer", role="value", **_texts("trap.amount", "unit")),
            _field("unit", "trap", role="unit", categories=_categories("trap.unit", bait.line("trap.unit.code"), "u")),
            _field("bound", "trap", role="bound", categories=_categories("trap.bound", "exact", "at_least")),
            _field("label", "trap", role="label"),
            _field("label_en", "trap", role="label@en"),
            _field("source", "trap", role="source"),
            _field("article", "trap", role="article"),
            _field("paragraph", "trap", role="paragraph"),
            _field("day", "trap", type="date", role="date"),
            _field("list", "trap", type="list"),
            _field("object", "trap", type="object"),
            _field(ODD_FIELD, "trap"),
        ],
        "primaryKey": "key",
        "foreignKeys": [
            {"fields": "place", "reference": {"package": "ground", "resource": "ground", "fields": "code"}}
        ],
    }


def _ground_tables() -> dict[str, list[list[str]]]:
    code = bait.line("cell.code")
    return {"ground.csv": [["code", "name", "name_en"], [code, bait.cell("cell.ground"), bait.lines("cell.ground.en")]]}


def _trap_tables(rows: int) -> dict[str, list[list[str]]]:
    header = ["key", "place", "amount", "unit", "bound", "label", "label_en", "source", "article", "paragraph", "day",
              "list", "object", ODD_FIELD]  # fmt: skip
    table = [header]
    for number in range(rows):
        key = ("a", bait.line("cell.key"), "-1+1|x")[number].replace("|", "/")
        table.append([
            key, bait.line("cell.code"), str(number + 7), bait.line("trap.unit.code"), "at_least",
            bait.cell(f"cell.label{number}"), bait.line(f"cell.label{number}.en"), _LINK,
            bait.line("cell.article"), bait.cell("cell.paragraph"), "2021-03-04", bait.line("cell.list"),
            '{"bait": "<x-bait>"}', bait.cell(f"cell.odd{number}"),
        ])  # fmt: skip
    notes = [
        ["resource", "key", "field", "kind", "note", "note@en", "source"],
        ["trap", "a", "amount", "discrepancy", bait.lines("note"), bait.lines("note.en"), bait.line("note.source")],
        ["trap", table[2][0], "", "estimate", bait.lines("note.row"), bait.lines("note.row.en"), _LINK],
    ]
    return {"trap.csv": table, "notes.csv": notes}


def _sql(place: str, select: str) -> str:
    comment = " ".join(bait.line(place).replace("*/", "").split())
    return f"-- {comment}\n/* {comment} */\n{select}\n"


_QUERIES = {
    "sums.sql": _sql("sql.sums", "SELECT label, label_en, amount, {odd} AS text FROM trap ORDER BY amount"),
    "found.sql": _sql("sql.found", "SELECT 'trap' AS resource, key, 'amount' AS field, {odd} AS given FROM trap"),
}


def _dataset(folder: Path, versions: dict[str, tuple[dict[str, Any], Any]], withdrawn: str = "") -> None:
    entries = []
    for version, (descriptor, tables) in versions.items():
        place = folder / version
        _yaml(place / "datapackage.yaml", descriptor)
        schema = _schema_trap() if folder.name == "trap" else _schema_ground()
        _yaml(place / f"schemas/{folder.name}.v1.yaml", schema)
        for name, rows in tables.items():
            with (place / name).open("w", encoding="utf-8", newline="") as stream:
                csv.writer(stream, lineterminator="\n").writerows(rows)
        if folder.name == "trap":
            odd = '"' + ODD_FIELD.replace('"', '""') + '"'
            for name, query in _QUERIES.items():
                (place / name).write_text(query.replace("{odd}", odd), "utf-8")
        entries.append({"version": version, "date": "2026-11-23", **_texts(f"ledger.{folder.name}", "changes"),
                        "files": _hashes(place)})  # fmt: skip
        if version == withdrawn:
            entries[-1]["withdrawn"] = {"date": "2026-11-23", **_texts("ledger", "reason")}
    _yaml(folder / "releases.yaml", {"releases": entries})


def _hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _yaml(path: Path, value: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(value, allow_unicode=True, sort_keys=False), "utf-8")
