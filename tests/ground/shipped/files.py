"""Figures in files: descriptions in JSON-LD, data and drawings of charts, the API, summaries, lists."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import lxml.etree
import lxml.html

from tests.ground.shipped.charts import drawing_faults
from tests.ground.shipped.comparing import BASE, sha256
from tests.ground.shipped.figures import agree, figures, plain, wanted
from tests.ground.shipped.page import authored, said, title_of
from tests.ground.shipped.tables import Release, Row, Value, newest, releases


def faults_in_files(site: Path, release: Release) -> Iterator[str]:
    folder = site / "data" / release.dataset / release.version
    for summary in release.described.get("summaries", ()):
        name, rows = summary["name"], release.summary_rows(summary["name"])
        with (folder / f"summaries/{name}.csv").open(encoding="utf-8", newline="") as stream:
            yield from _rows(list(csv.DictReader(stream)), rows, f"{name}.csv")
        drawings = sorted(folder.glob(f"summaries/{name}.*svg"))
        specs = sorted(folder.glob(f"summaries/{name}.*vl.json"))
        if (len(drawings), len(specs)) != ((4, 2) if "chart" in summary else (0, 0)):
            yield f"{name}: {len(drawings)} drawings, {len(specs)} descriptions of them"
        for path in drawings:
            language = "en" if ".en." in path.name else "zh"
            yield from drawing_faults(lxml.etree.parse(path).getroot(), release, name, language)
        for path in specs:
            yield from _chart_data(json.loads(path.read_text("utf-8"), parse_float=Decimal), rows, path.name)
    for table in release.tables:
        found = json.loads((folder / f"{table}.json").read_text("utf-8"), parse_float=Decimal)
        own = [{name: value or None for name, value in row.items()} for row in release.rows(table)]
        yield from _rows(found, own, f"{table}.json")


def _rows(found: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Value]], file: str) -> Iterator[str]:
    if len(found) != len(rows):
        yield f"{file}: {len(found)} rows, expected {len(rows)}"
    for number, (shown, row) in enumerate(zip(found, rows, strict=False), 1):
        for name, value in row.items():
            if not _same(shown[name], value):
                yield f"{file}, row {number}, {name}: {shown[name]!r}, expected {value!r}"


def _same(shown: Any, value: Value) -> bool:
    """Whether a value of CSV or JSON is that of the table."""
    if value is None or shown is None:
        return shown in {None, ""} and value in {None, ""}
    if isinstance(value, bool) or isinstance(shown, bool):
        return str(shown).lower() == str(value).lower()
    if isinstance(value, Decimal) or isinstance(shown, int | Decimal):
        return Decimal(str(shown)) == Decimal(value)
    return bool(shown == value)


def _chart_data(spec: Mapping[str, Any], rows: Sequence[Row], file: str) -> Iterator[str]:
    """The data of a chart are the rows of its summary; labels of categories are in the place of codes."""
    for number, (shown, row) in enumerate(zip(spec["data"]["values"], rows, strict=True), 1):
        for name, value in row.items():
            if isinstance(value, Decimal) and not _same(shown[name], value):
                yield f"{file}, row {number}, {name}: {shown[name]!r}, expected {value!r}"
        label = figures(shown.get("__label", ""))
        if label and not any(agree(label, [value]) for value in row.values() if isinstance(value, Decimal)):
            yield f"{file}, row {number}: label {shown['__label']!r}, expected one of {row}"


def faults_in_description(site: Path, root: Any, release: Release, language: str) -> Iterator[str]:
    """The dataset of a page as search engines read it."""
    (found,) = [
        one for one in map(json.loads, root.xpath("//script[@type='application/ld+json']/text()"))
        if one.get("@type") == "Dataset"
    ]  # fmt: skip
    spans, day = _spans(release), release.date.isoformat()
    for variable in found["variableMeasured"]:
        span = tuple(Decimal(str(variable.pop(end))) for end in ("minValue", "maxValue") if end in variable)
        if span != spans.get(variable["propertyID"], ()):
            yield f"JSON-LD, {variable['propertyID']}: minValue and maxValue {span}, expected {spans}"
    if missing := spans.keys() - {variable["propertyID"] for variable in found["variableMeasured"]}:
        yield f"JSON-LD: no variable for {missing}"
    yield from _distributions(site, found["distribution"], release)
    first = next(one for one in releases() if one.dataset == release.dataset)
    dates = {"version": release.version, "dateModified": day, "datePublished": first.date.isoformat(),
             "temporalCoverage": str(release.described["temporal"])}  # fmt: skip
    for name, value in dates.items():
        if found.get(name) not in {value, day if name == "datePublished" else value}:
            yield f"JSON-LD, {name}: {found.get(name)}, expected {value}"
    known = {release.version, day, str(release.date.year), *wanted(str(release.described.get("temporal", "")))}
    texts = authored(release, language)
    for text in _leaves(found):
        shown = figures(text) if text not in texts and not text.startswith("http") else []
        if any(figure.text not in known for figure in shown if "http" not in text or figure.text not in text):
            yield f"JSON-LD: unexpected figure in {text!r}"


def _distributions(site: Path, files: Sequence[dict[str, Any]], release: Release) -> Iterator[str]:
    for file in files:
        path = site / file["contentUrl"].removeprefix(BASE)
        if (file.pop("contentSize"), file.pop("sha256")) != (f"{path.stat().st_size} B", sha256(path)):
            yield f"JSON-LD, size or hash of {file['contentUrl']}: expected {path.stat().st_size}"
    named = {file["name"] for file in files}
    if missing := {f"{table}.{form}" for table in release.tables for form in ("csv", "json", "parquet")} - named:
        yield f"JSON-LD: no distribution for {missing}"


def _spans(release: Release) -> dict[str, tuple[Decimal, ...]]:
    """The least and the greatest number of each column of numbers, by its name, over all tables that have it. Empty
    where they, or their rows, have several units."""
    found: dict[str, list[Decimal]] = {}
    counted: dict[str, set[tuple[str, str]]] = {}
    for table in release.tables:
        fields, rows = release.schema(table)["fields"], release.rows(table)
        beside = next((entry["name"] for entry in fields if entry.get("role") == "unit"), "")
        for entry in fields:
            if entry["type"] in {"integer", "number"}:
                name, of_row = entry["name"], beside if entry.get("role") == "value" else ""
                found.setdefault(name, []).extend(Decimal(row[name]) for row in rows if row[name])
                units = {row[of_row] for row in rows} if of_row else {entry.get("unit", "")}
                counted.setdefault(name, set()).update((entry["type"], unit) for unit in units)
    return {name: (min(values), max(values)) if len(counted[name]) == 1 else () for name, values in found.items()}


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, member in value.items():
            if name not in {"@id", "url", "identifier", "contentUrl", "encodingFormat", "name", "@context"}:
                yield from _leaves(member)
    elif isinstance(value, list):
        for member in value:
            yield from _leaves(member)
    elif value is not None and not isinstance(value, bool):
        yield plain(str(value))


def faults_in_api(site: Path, release: Release) -> Iterator[str]:
    described = json.loads((site / f"api/datasets/{release.dataset}.json").read_text("utf-8"))
    if (described["version"], described["released"]) != (release.version, release.date.isoformat()):
        yield f"API, {release.dataset}: version or date"
    for table in described["tables"]:
        if table["rows"] != len(release.rows(table["name"])):
            yield f"API, {release.dataset}/{table['name']}: {table['rows']} rows"
    for summary in release.described["summaries"]:
        name = summary["name"]
        file = site / f"api/datasets/{release.dataset}/summaries/{name}.json"
        found = json.loads(file.read_text("utf-8"), parse_float=Decimal)
        yield from _rows(found["rows"], release.summary_rows(name), f"API, {name}")
        for language in ("zh", "en"):
            for key in ("title", "description"):
                if not agree(figures(found[key][language]), title_of(release, summary, language, key)):
                    yield f"API, {name}: {found[key][language]!r}, expected {title_of(release, summary, language, key)}"


def faults_in_lists(site: Path) -> Iterator[str]:
    """The state of the publication, its catalogue, and the feeds."""
    status = json.loads((site / "status.json").read_text("utf-8"))
    for entry in status["datasets"]:
        release = newest()[entry["name"]]
        rows, day = sum(len(release.rows(table)) for table in release.tables), release.date.isoformat()
        due = f"{release.date.year + 1}{day[4:]}" if release.described.get("updateFrequency") == "P1Y" else None
        if (entry["version"], entry["released"], entry["due"], entry["rows"]) != (release.version, day, due, rows):
            yield f"status.json, {release.dataset}: {entry}"
        findings = {check["name"]: check["findings"] for check in entry["checks"]}
        if findings != ({"printed-share": 1} if release.dataset == "ningxia-certified-workers" else {}):
            yield f"status.json, {release.dataset}: {findings}"
    for entry in json.loads((site / "catalog.json").read_text("utf-8"))["resources"]:
        release, path = newest()[entry["name"]], site / entry["path"].removeprefix(BASE)
        want = (path.stat().st_size, release.version, release.date.isoformat())
        if (entry["bytes"], entry["version"], entry["created"]) != want:
            yield f"catalog.json, {release.dataset}: expected {want}"
    for feed, language in (("feed.xml", "zh"), ("en/feed.xml", "en")):
        yield from _feed(site / feed, language)


def _feed(path: Path, language: str) -> Iterator[str]:
    atom = "{http://www.w3.org/2005/Atom}"
    for entry in lxml.etree.parse(path).getroot().iter(f"{atom}entry"):
        *_, dataset, version = entry.findtext(f"{atom}id", "").strip("/").split("/")
        release = next(one for one in releases() if (one.dataset, one.version) == (dataset, version))
        if entry.findtext(f"{atom}updated", "")[:10] != release.date.isoformat():
            yield f"{path.name}, {dataset} {version}: {entry.findtext(f'{atom}updated')}"
        title = [*wanted(said(release.described, "title", language)), version]
        text = wanted(said(release.entry, "changes", language))
        if not agree(figures(entry.findtext(f"{atom}title", "")), title):
            yield f"{path.name}, {dataset} {version}: {entry.findtext(f'{atom}title')}"
        if not agree(figures(entry.findtext(f"{atom}summary", "")), text):
            yield f"{path.name}, {dataset} {version}: {entry.findtext(f'{atom}summary')}"
