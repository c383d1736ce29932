"""A made-up list of people with a dataset that uses it, released; nobody in it exists, and no number is one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from tests.conftest import call_build, tree_hashes

# What is removed: a name and a number in the one row, in no other place.
NAME, NUMBER = "Zyxoqwk Vexample", "000-5550-417329"
NAME_ZH = "测甲试乙丙"
_LICENSES = [{"name": "CC0-1.0", "path": "https://creativecommons.org/publicdomain/zero/1.0/"}]
_FIELDS = [
    {"name": "id", "type": "string", "title": "编号", "title@en": "Number", "constraints": {"required": True}},
    {"name": "name", "type": "string", "title": "姓名", "title@en": "Name", "role": "label"},
    {"name": "phone", "type": "string", "title": "电话", "title@en": "Telephone"},
    {"name": "amount", "type": "integer", "title": "金额", "title@en": "Amount", "unit": "元", "unit@en": "yuan"},
]
_LARGEST = "SELECT name, phone, amount FROM people ORDER BY amount DESC LIMIT 3\n"
_JOINED = (
    "SELECT visits.id AS id, p.name AS name, p.phone AS phone, visits.count AS count "
    "FROM visits JOIN people.people AS p USING (id) ORDER BY id\n"
)


def people(*, secret: bool, count: int = 8, other: str = "") -> str:
    """The table, with the secret row, or with another name and number in its place."""
    rows = ["id,name,phone,amount"]
    rows += [f"P{number:02},Person {number},000-0000-00{number:02},{100 - number}" for number in range(count)]
    name, phone = (f"{NAME} {NAME_ZH}", NUMBER) if secret else (f"Person S{other}", f"000-0000-9999{other}")
    return "\n".join([*rows, f"S01,{name},{phone},999", ""])


def write(root: Path, versions: dict[str, str], *, with_users: bool = True) -> Path:
    """The publication with these versions of `people`, all released and recorded."""
    _dump(root / "datasets/catalog.yaml", _catalog(with_users=with_users))
    for version, table in versions.items():
        _version(root, "people", version, table, _FIELDS, _summary("largest", "最多", "The largest", "name"), _LARGEST)
    _ledger(root, "people", tuple(versions))
    if with_users:
        fields = [_FIELDS[0], {"name": "count", "type": "integer", "title": "次数", "title@en": "Count"}]
        uses = {"people": next(iter(versions))}
        summary = _summary("joined", "到访", "Visits", "id")
        _version(root, "visits", "1.0.0", "id,count\nP01,3\nS01,7\n", fields, summary, _JOINED, uses)
        _ledger(root, "visits", ("1.0.0",))
    done = call_build("record", "--root", root)
    assert done.status == 0, done.said
    return root


def _catalog(*, with_users: bool) -> dict[str, Any]:
    featured = {"featured": {"dataset": "visits", "summary": "joined"}} if with_users else {}
    return {
        "name": "lists", "title": "名单", "title@en": "Lists", "description": "测试。", "description@en": "A test.",
        "publisher": {"title": "测试局", "title@en": "The test office"}, "baseUrl": "https://lists.example.org/data/",
        "contact": {"title": "联系", "title@en": "Contact", "email": "data@example.org"}, "languages": ["zh", "en"],
        "licenses": _LICENSES, "themes": [{"name": "all", "title": "全部", "title@en": "All"}],
        "formats": ["default", "gzip", "ndjson", "csv-excel", "csvw", "chart-dark", "chart-spec", "citation-bibtex"],
        **featured,
    }  # fmt: skip


def _summary(name: str, title: str, title_en: str, key: str) -> dict[str, Any]:
    texts = {"name": ("姓名", "Name"), "phone": ("电话", "Telephone"), "id": ("编号", "Number")}
    fields = [
        {"name": column, "type": "string", "title": said[0], "title@en": said[1]} for column, said in texts.items()
    ]
    number = "amount" if name == "largest" else "count"
    shown = [field for field in fields if field["name"] != "id" or name == "joined"]
    shown = sorted(shown, key=lambda field: ("id", "name", "phone").index(str(field["name"])))
    shown.append({"name": number, "type": "integer", "title": "数", "title@en": "Number"})
    chart = {"mark": "bar", "encoding": {"y": {"field": "name", "type": "nominal"},
                                         "x": {"field": number, "type": "quantitative"}}}  # fmt: skip
    return {
        "name": name, "title": title, "title@en": title_en, "query": f"{name}.sql", "primaryKey": key, "fields": shown,
        "chart": chart,
    }  # fmt: skip


def _version(
    root: Path, name: str, version: str, table: str, fields: list[dict[str, Any]], summary: dict[str, Any], query: str,
    uses: dict[str, str] | None = None,
) -> None:  # fmt: skip
    folder = root / "datasets" / name / version
    _dump(folder / "datapackage.yaml", {
        "name": name, "version": version, "title": f"表 {name}", "title@en": f"List of {name}",
        "description": "虚构的名单。", "description@en": "A made-up list.", "themes": ["all"],
        "languages": ["zh", "en"], "licenses": _LICENSES, "sources": [{"title": "登记", "title@en": "Records"}],
        "updateFrequency": "never", "temporal": "2020", **({"uses": uses} if uses else {}),
        "resources": [
            {"name": name, "path": f"{name}.csv", "title": "表", "title@en": "Table", "schema": f"{name}.v1"},
        ],
        "summaries": [summary],
        **({"figures": [{"name": "top", "title": "最多", "title@en": "Most", "resource": "people", "key": "S01",
                         "field": "amount"}]} if name == "people" else {}),
    })  # fmt: skip
    (folder / f"{name}.csv").write_text(table, "utf-8", newline="")
    (folder / str(summary["query"])).write_text(query, "utf-8")
    _dump(folder / f"schemas/{name}.v1.yaml", {"fields": fields, "primaryKey": "id"})


def _ledger(root: Path, name: str, versions: tuple[str, ...]) -> None:
    entries = [
        {"version": version, "date": "2026-01-05", "changes": "发布。", "changes@en": "Released.",
         "files": tree_hashes(root / "datasets" / name / version)}
        for version in versions
    ]  # fmt: skip
    _dump(root / "datasets" / name / "releases.yaml", {"releases": entries})


def _dump(path: Path, content: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = {key: value for key, value in content.items() if value is not None}
    path.write_text(yaml.safe_dump(kept, sort_keys=False, allow_unicode=True), "utf-8")


def read(site: Path, path: str) -> Any:
    """A published JSON document."""
    return json.loads((site / path).read_text("utf-8"))
