"""Figures in the files of a release that describe its tables: Data Package, Croissant, CSVW, citations, changes."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import yaml

from tests.ground.shipped.comparing import BASE, Comparison, at, sha256
from tests.ground.shipped.figures import agree, figures
from tests.ground.shipped.page import authored, title_of
from tests.ground.shipped.tables import Release, read_csv, releases


def header(release: Release, table: str) -> list[str]:
    return next(csv.reader(io.StringIO(path_of(release, table).read_text("utf-8"))))


def path_of(release: Release, table: str) -> Path:
    return release.folder / next(one["path"] for one in release.described["resources"] if one["name"] == table)


def texts_of(release: Release) -> set[str]:
    return {*authored(release, "zh"), *authored(release, "en")}


def known_of(release: Release) -> set[str]:
    """What may be said of a release anywhere: its version, its day and its year."""
    return {release.version, release.date.isoformat(), str(release.date.year)}


def is_code_of(code: str, release: Release) -> bool:
    """Whether lines that read a release name nothing but its folder, its files, its columns, gaps and types."""
    base = f"/data/{release.dataset}/{release.version}/"
    names = {column for table in release.tables for column in header(release, table)}
    words = {"", "string", "Int64", "Float64", "boolean", "numpy_nullable", "left", "round_trip"}
    files = {f"{table}.{ending}" for table in release.tables for ending in ("csv", "parquet")}
    suffixes = {f"_{table.replace('-', '_')}" for table in release.tables}
    for double, single in re.findall(r'"([^"]*)"|\'([^\']*)\'', code):
        _, own, file = (double or single).partition(base)
        allowed = {"", *files} if own else names | words | files | suffixes
        if (file if own else double or single) not in allowed:
            return False
    bare = re.sub(r'"[^"]*"|\'[^\']*\'', "", code)
    return base in code and {figure.text for figure in figures(bare)} <= {"paste0"}


def compare_package(found: Comparison, release: Release, folder: Path) -> None:
    """`folder` is that of the release below /data, or the one of the newest release."""
    for part in (_datapackage, _croissant, _csvw, _citations, _changes, _tables, _parquet, _sums, _zip):
        part(found, release, folder)


def compare_latest(found: Comparison, release: Release, data: Path) -> None:
    """What is below `latest/` is what the version has, with all that its descriptor names, and sums of its own."""
    version, latest = data / release.version, data / "latest"
    for own in sorted(path for path in latest.rglob("*") if path.is_file() and path.name != "SHA256SUMS"):
        name = own.relative_to(latest).as_posix()
        same = version / name.replace(f"{release.dataset}.", f"{release.dataset}-{release.version}.", 1)
        other = same if same.exists() else version / name
        found.same("copy in latest/", f"latest/{name}", sha256(own), sha256(other))
    described = _json(latest / "datapackage.json")
    parts = [resource["path"] for resource in described["resources"]]
    parts += [part["query"] for part in (*described["resources"], *described.get("checks", ())) if "query" in part]
    for path in parts:
        found.same("part of the package", f"latest/{path}", (latest / path).is_file(), True)
    for line in (latest / "SHA256SUMS").read_text("utf-8").splitlines():
        digest, _, name = line.partition("  ")
        found.same("sum in latest/", f"latest/{name}", sha256(latest / name), digest)


def floors_of_latest(release: Release) -> Counter[str]:
    """How much of this there is: two files of each table, workbook, package and descriptor, and what it names."""
    tables, summaries = len(release.tables), len(release.described.get("summaries", ()))
    files = 2 * tables + 2 * summaries + 3
    return Counter({"copy in latest/": files, "sum in latest/": files, "part of the package": tables + 2 * summaries})


def floors(release: Release) -> Counter[str]:
    """How much there is to compare in one folder, from the tables alone."""
    tables, summaries = len(release.tables), len(release.described.get("summaries", ()))
    columns = sum(len(header(release, table)) for table in release.tables)
    return Counter({
        "size in datapackage.json": tables + summaries, "hash in datapackage.json": tables + summaries,
        "column in datapackage.json": columns, "size in croissant.json": tables, "hash in croissant.json": tables,
        "field in croissant.json": columns, "title of a summary": 4 * summaries, "column in CSVW": columns,
        "version": 6, "date": 7, "bytes of a table": tables, "sum": 4 * tables + summaries, "file in the zip": tables,
        "rows in Parquet": tables, "row in Parquet": sum(len(release.rows(table)) for table in release.tables),
    })  # fmt: skip


def _json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def _datapackage(found: Comparison, release: Release, folder: Path) -> None:
    described, place = _json(folder / "datapackage.json"), f"{folder.name}/datapackage.json"
    found.same("version", place, described["version"], release.version)
    found.same("date", place, described.pop("created")[:10], release.date.isoformat())
    found.same(
        "number of resources", place, len(described["resources"]), len(release.tables) + len(_summaries(release))
    )
    for resource in described["resources"]:
        name = resource["name"]
        own, what = folder / resource.pop("path"), f"{place}, {name}"
        source = path_of(release, name) if name in release.tables else own
        found.same("size in datapackage.json", what, resource.pop("bytes"), source.stat().st_size)
        found.same("hash in datapackage.json", what, resource.pop("hash"), f"sha256:{sha256(source)}")
        found.same("encoding", what, resource.pop("encoding"), "utf-8")
        for key in resource["schema"].get("externalForeignKeys", ()):
            found.same("release that a key refers to", what, *_referred(release, key["reference"].pop("package")))
        if name in release.tables:
            _fields(found, release, name, resource["schema"]["fields"], what)
        else:
            _summary(found, release, name, resource, what)
    found.same("uses", place, described.pop("uses", {}), release.described.get("uses", {}))
    found.explained(place, described, texts_of(release), {*known_of(release), "2.0"})


def _referred(release: Release, address: str) -> tuple[str, str]:
    """The version in the address of a package, and the one that the release uses."""
    dataset, version = address.removeprefix(f"{BASE}data/").split("/")[:2]
    return version, str(release.described["uses"][dataset])


def _fields(found: Comparison, release: Release, table: str, fields: list[dict[str, Any]], place: str) -> None:
    want = release.schema(table)["fields"]
    for column, entry, own in zip(header(release, table), fields, want, strict=True):
        found.same("column in datapackage.json", place, entry["name"], column)
        for rule, value in entry.pop("constraints", {}).items():
            found.same("rule in datapackage.json", f"{place}.{column}", value, own["constraints"][rule])


def _summary(found: Comparison, release: Release, name: str, resource: dict[str, Any], place: str) -> None:
    own = release.summary(name)
    resource.pop("query")
    found.same("chart in datapackage.json", place, resource.pop("chart", None), own.get("chart"))
    for language, end in (("zh", ""), ("en", "@en")):
        for key in ("title", "description"):
            shown = resource.pop(f"{key}{end}", "")
            right = agree(figures(shown), title_of(release, own, language, key))
            found.same("title of a summary", f"{place}, {shown!r}", right, True)


def _summaries(release: Release) -> list[dict[str, Any]]:
    return list(release.described.get("summaries", ()))


def _croissant(found: Comparison, release: Release, folder: Path) -> None:
    described, place = _json(folder / "croissant.json"), f"{folder.name}/croissant.json"
    described.pop("@context")
    site = folder.parents[2]
    found.same("version", place, described["version"], release.version)
    found.same("date", place, described["datePublished"], release.date.isoformat())
    for file in described["distribution"]:
        own = at(site, file["contentUrl"])
        found.same("size in croissant.json", file["name"], file.pop("contentSize"), f"{own.stat().st_size} B")
        found.same("hash in croissant.json", file["name"], file.pop("sha256"), sha256(own))
    for records in described["recordSet"]:
        columns = header(release, records["name"])
        found.same("number of fields", records["name"], len(records["field"]), len(columns))
        for column, field in zip(columns, records["field"], strict=False):
            shown = (field["name"], field["source"]["extract"]["jsonPath"])
            found.same("field in croissant.json", records["name"], shown, (column, f"$[*].'{column}'"))
    found.explained(place, described, texts_of(release), {*known_of(release), "1.1"})


def _csvw(found: Comparison, release: Release, folder: Path) -> None:
    for table in release.tables:
        described, place = _json(folder / f"{table}.csv-metadata.json"), f"{folder.name}/{table}.csv-metadata.json"
        columns, schema = described["tableSchema"]["columns"], release.schema(table)
        found.same("number of columns", place, len(columns), len(header(release, table)))
        for column, name in zip(columns, header(release, table), strict=False):
            found.same("column in CSVW", place, (column["name"], column["titles"]), (name, name))
        found.same("key", place, described["tableSchema"]["primaryKey"], schema["primaryKey"])
        found.explained(place, described, texts_of(release), known_of(release))


def _citations(found: Comparison, release: Release, folder: Path) -> None:
    day, what = release.date, folder.name
    key = f"{release.dataset}-{release.version}"
    (csl,) = _json(folder / "citation.json")
    found.same("version", f"{what}/citation.json", (csl["version"], csl["id"]), (release.version, key))
    found.same("date", f"{what}/citation.json", csl["issued"].pop("date-parts"), [[day.year, day.month, day.day]])
    cff = yaml.safe_load((folder / "CITATION.cff").read_text("utf-8"))
    found.same("version", f"{what}/CITATION.cff", str(cff["version"]), release.version)
    found.same("date", f"{what}/CITATION.cff", str(cff["date-released"]), day.isoformat())
    bib = (folder / "citation.bib").read_text("utf-8")
    entry = dict(line.strip().rstrip(",").split(" = ", 1) for line in bib.splitlines() if " = " in line)
    found.same("version", f"{what}/citation.bib", (entry["version"], bib.split("{")[1].split(",")[0]),
               (f"{{{release.version}}}", key))  # fmt: skip
    found.same("date", f"{what}/citation.bib", entry["date"], f"{{{day.isoformat()}}}")
    found.same("date", f"{what}/citation.bib", [int(entry[part].strip("{}")) for part in ("year", "month")],
               [day.year, day.month])  # fmt: skip
    ris = [
        line.split("  - ", 1) for line in (folder / "citation.ris").read_text("utf-8").splitlines() if "  - " in line
    ]
    tags = dict(ris)
    found.same("version", f"{what}/citation.ris", (tags["ET"], tags["ID"]), (release.version, key))
    found.same("date", f"{what}/citation.ris", (tags["DA"], tags["PY"]), (f"{day:%Y/%m/%d}/", f"{day:%Y}"))
    own = {key, f"{key},", "1.2.0", f"{day:%Y/%m/%d}/", "T2", *key.split("-"), *f"{day:%Y %m %d}".split()}
    own |= {str(day.month), str(day.day)}
    for file, lines in (("citation.json", csl), ("CITATION.cff", cff), ("citation.bib", entry), ("citation.ris", tags)):
        found.explained(f"{what}/{file}", lines, texts_of(release), {*known_of(release), *own})


def _changes(found: Comparison, release: Release, folder: Path) -> None:
    described, place = _json(folder / "changes.json"), f"{folder.name}/changes.json"
    found.same("version", place, described["version"], release.version)
    found.same("date", place, described["released"], release.date.isoformat())
    earlier = [one for one in releases() if one.dataset == release.dataset and one.version < release.version]
    before = earlier[-1] if earlier else None
    previous = described.pop("previous")
    shown = previous and (previous["version"], previous["released"])
    found.same("release before", place, shown, before and (before.version, before.date.isoformat()))
    for table in described["tables"]:
        assert before is not None
        was, now = (_by_key(one, table["resource"]) for one in (before, release))
        want = {
            "added": len(now.keys() - was.keys()),
            "removed": len(was.keys() - now.keys()),
            "changed": sum(was[key] != now[key] for key in was.keys() & now.keys()),
        }
        found.same("rows that changed", f"{place}, {table['resource']}", table.pop("rows"), want)
        for kind in ("added", "removed"):
            found.same("rows that changed", f"{place}, {table['resource']}", len(table[kind]), want[kind])
    found.explained(place, described, texts_of(release), known_of(release))


def _by_key(release: Release, table: str) -> dict[tuple[str, ...], Mapping[str, str]]:
    key = release.schema(table)["primaryKey"]
    return {tuple(row[part] for part in key): row for row in release.rows(table)}


def _tables(found: Comparison, release: Release, folder: Path) -> None:
    """What is published as CSV is what was submitted, also where Excel is to read it."""
    for table in release.tables:
        own = folder / f"{table}.csv"
        found.same("bytes of a table", f"{folder.name}/{table}.csv", sha256(own), sha256(path_of(release, table)))
        excel = folder / f"{table}.excel.csv"
        if excel.exists():
            with excel.open(encoding="utf-8-sig", newline="") as stream:
                rows = sum(1 for _ in csv.reader(stream)) - 1
            found.same(
                "rows for Excel", f"{folder.name}/{table}.excel.csv", rows, len(read_csv(path_of(release, table)))
            )


def _parquet(found: Comparison, release: Release, folder: Path) -> None:
    """Every cell of the typed table that the explorer reads; empty cells have no value."""
    with duckdb.connect() as engine:
        for table in release.tables:
            shown = engine.read_parquet(str(folder / f"{table}.parquet"))
            types = {entry["name"]: entry["type"] for entry in release.schema(table)["fields"]}
            found.same("columns in Parquet", f"{folder.name}/{table}.parquet", shown.columns, header(release, table))
            if shown.columns != header(release, table):
                continue
            key = release.schema(table)["primaryKey"]
            rows = [_plain(dict(zip(shown.columns, row, strict=True))) for row in shown.fetchall()]
            own = [{name: _typed(value, types[name]) for name, value in row.items()} for row in release.rows(table)]
            found.same("rows in Parquet", f"{folder.name}/{table}.parquet", len(rows), len(own))
            by_key = {tuple(row[name] for name in key): row for row in rows}
            for row in own:  # Parquet has them in the order of their keys
                place = tuple(row[name] for name in key)
                found.same("row in Parquet", f"{folder.name}/{table}.parquet, {place}", by_key.get(place), row)


def _typed(text: str, kind: str) -> object:
    if not text:
        return None
    return Decimal(text) if kind in {"integer", "number", "year"} else text


def _plain(row: Mapping[str, Any]) -> dict[str, object]:
    """As the CSV has it: truth values in words, days as ISO 8601, numbers as decimals."""
    return {
        name: str(value).lower() if isinstance(value, bool)
        else Decimal(str(value)) if isinstance(value, int | float | Decimal)
        else None if value is None else str(value)
        for name, value in row.items()
    }  # fmt: skip


def _sums(found: Comparison, release: Release, folder: Path) -> None:
    listed = dict(line.split("  ")[::-1] for line in (folder / "SHA256SUMS").read_text("utf-8").splitlines())
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {"SHA256SUMS"}
    found.same("number of sums", f"{folder.name}/SHA256SUMS", sorted(listed), sorted(files))
    for name in sorted(files & listed.keys()):
        found.same("sum", f"{folder.name}/{name}", listed[name], sha256(folder / name))


def _zip(found: Comparison, release: Release, folder: Path) -> None:
    (path,) = folder.glob("*.zip")
    with zipfile.ZipFile(path) as packed:
        files = {name.rpartition("/")[2]: packed.read(name) for name in packed.namelist()}
        for table in release.tables:
            found.same("file in the zip", path.name, files[f"{table}.csv"], path_of(release, table).read_bytes())
        inside, outside = json.loads(files["datapackage.json"]), _json(folder / "datapackage.json")
        found.same("description in the zip", path.name, inside["resources"], outside["resources"])
