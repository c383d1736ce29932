"""Publications of many small datasets, the same bytes each time: what growth is measured on.

    python benchmarks/publications.py FOLDER --datasets 1000

Each dataset has a table of places and years in two languages, a schema of its own kind, a source and a ledger. Every
second one has a foreign key to the shared dataset `places`, every third a summary, every sixth a summary with a chart.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

PLACES = 30
YEARS = range(2019, 2025)
THEMES = ("people", "land", "money", "health")
_SYLLABLES = (
    "安白北昌春丹东丰甘高光海汉和河湖华惠吉江金开兰乐梁林龙绿梅明南宁平清泉仁瑞山上顺松泰天通万文武西新阳永玉云泽镇中"
)
_SUBJECTS = (
    ("人口", "Residents", "persons", "人"),
    ("就诊", "Doctor's visits", "visits", "次"),
    ("支出", "Spending", "yuan", "元"),
    ("林地", "Woodland", "hectares", "公顷"),
    ("借书", "Books lent", "books", "册"),
    ("用水", "Water used", "cubic metres", "立方米"),
)

_CATALOG = """\
name: many
title: 许多数据集
title@en: Many datasets
description: 为测量而生成的出版物，其中的数字没有含义。
description@en: A publication made up to be measured; its figures mean nothing.
tagline: 许多小数据集。
tagline@en: Many small datasets.
publisher: {title: 测量者, title@en: The measurers}
contact: {title: 联系我们, title@en: Contact, email: data@example.org}
baseUrl: https://many.example.org/
formats: [default]
languages: [zh, en]
licenses: [{name: CC-BY-4.0, title: 署名 4.0, title@en: Attribution 4.0, path: "https://creativecommons.org/licenses/by/4.0/"}]
themes:
  - {name: people, title: 人口, title@en: People}
  - {name: land, title: 土地, title@en: Land}
  - {name: money, title: 财政, title@en: Money}
  - {name: health, title: 健康, title@en: Health}
headlines: [{dataset: d00000, figure: first}]
"""
_SCHEMA = """\
fields:
  - {name: place, type: string, title: 地点, title@en: Place, role: region, constraints: {required: true}}
  - {name: year, type: year, title: 年份, title@en: Year, role: date, constraints: {required: true, minimum: 1900}}
  - {name: value, type: integer, title: 数值, title@en: Value, role: value, constraints: {minimum: 0}}
primaryKey: [place, year]
"""
_KEY = """\
foreignKeys:
  - fields: place
    reference: {package: places, resource: places, fields: code}
"""
_PLACES_SCHEMA = """\
fields:
  - {name: code, type: string, title: 代码, title@en: Code, constraints: {required: true, pattern: "[0-9]{3}"}}
  - {name: name, type: string, title: 名称, title@en: Name, role: label, constraints: {required: true}}
  - {name: name_en, type: string, title: 英文名, title@en: English name, role: label@en}
primaryKey: code
"""
_QUERY = "SELECT year, sum(value)::BIGINT AS value FROM {table} GROUP BY year ORDER BY year\n"


def write_publication(root: Path, datasets: int) -> Path:
    """Writes the publication into the folder `root`, which is emptied before; returns it."""
    shutil.rmtree(root, ignore_errors=True)
    _write(root / "datasets/catalog.yaml", _CATALOG)
    for name, text in _schemas():
        _write(root / f"schemas/{name}.v1.yaml", text)
    _write_places(root)
    for number in range(datasets - 1):
        write_dataset(root, number)
    return root


def write_dataset(root: Path, number: int) -> None:
    """The dataset with this number, as its first release."""
    name, chance = f"d{number:05}", random.Random(number)
    folder = root / "datasets" / name / "1.0.0"
    refers, summarised, charted = number % 2 == 0, number % 3 == 0, number % 6 == 0
    _write(
        folder / "datapackage.yaml", _descriptor(name, number, refers=refers, summarised=summarised, charted=charted)
    )
    rows = (f"{place:03},{year},{chance.randrange(100, 1_000_000)}" for place in _chosen(chance) for year in YEARS)
    _write(folder / "values.csv", "place,year,value\n" + "\n".join(rows) + "\n")
    if summarised:
        _write(folder / "by-year.sql", _QUERY.format(table='"values"'))
    schema = _schema_name(refers=refers)
    shutil.copytree(root / "schemas", folder / "schemas", ignore=lambda _, names: set(names) - {f"{schema}.yaml"})
    write_ledger(folder)


def change_dataset(root: Path, number: int) -> None:
    """Releases a row more of the dataset: the next build has one dataset to do again."""
    dataset = root / f"datasets/d{number:05}"
    minor = len(list(dataset.glob("1.*"))) - 1
    folder = shutil.copytree(dataset / f"1.{minor}.0", dataset / f"1.{minor + 1}.0")
    descriptor, values = folder / "datapackage.yaml", folder / "values.csv"
    text = descriptor.read_text("utf-8")
    _write(descriptor, text.replace(f"version: 1.{minor}.0", f"version: 1.{minor + 1}.0", 1))
    _write(values, values.read_text("utf-8") + f"001,{1999 - minor},{number}\n")
    write_ledger(folder)


def _schema_name(*, refers: bool) -> str:
    return "referring.v1" if refers else "values.v1"


def _schemas() -> Iterator[tuple[str, str]]:
    yield "values", _SCHEMA
    yield "referring", _SCHEMA + _KEY
    yield "places", _PLACES_SCHEMA


def _chosen(chance: random.Random) -> list[int]:
    """Ten places, without the first: a row that `change_dataset` adds is new."""
    return sorted(chance.sample(range(2, PLACES + 1), 10))


def _descriptor(name: str, number: int, *, refers: bool, summarised: bool, charted: bool) -> str:
    subject, english, unit, unit_zh = _SUBJECTS[number % len(_SUBJECTS)]
    chance = random.Random(f"title {number}")
    town = "".join(chance.choice(_SYLLABLES) for _ in range(3))
    lines = [
        f"name: {name}",
        "version: 1.0.0",
        f"title: {town}{subject}统计 {number}",
        f"title@en: {english} of district {number}",
        f"description: {town}各地点历年{subject}，按年份和地点列出。第 {number} 号。",
        f"description@en: {english} of district {number} by place and year. Made up to be measured.",
        "languages: [zh, en]",
        f"themes: [{THEMES[number % len(THEMES)]}]",
        f"keywords: [{subject}]",
        f"keywords@en: [{english.lower()}]",
        "licenses: [{name: CC-BY-4.0, path: 'https://creativecommons.org/licenses/by/4.0/'}]",
        f"sources: [{{title: {town}年鉴, title@en: Yearbook {number % 50}}}]",
        "updateFrequency: P1Y",
        "temporal: 2019/2024",
        *(["uses: {places: 1.0.0}"] if refers else []),
        "resources:",
        f"  - {{name: values, path: values.csv, title: 数值, title@en: Values, schema: {_schema_name(refers=refers)}}}",
        *(_summary(unit, unit_zh, charted=charted) if summarised else []),
        *(_figure(number) if number == 0 else []),
    ]
    return "\n".join(lines) + "\n"


def _summary(unit: str, unit_zh: str, *, charted: bool) -> Iterator[str]:
    yield "summaries:"
    yield "  - name: by-year"
    yield "    title: 各年合计"
    yield "    title@en: Sum by year"
    yield "    query: by-year.sql"
    yield "    primaryKey: [year]"
    yield "    fields:"
    yield "      - {name: year, type: year, title: 年份, title@en: Year}"
    units = f"unit: {unit_zh}, unit@en: {unit}"
    yield f"      - {{name: value, type: integer, title: 合计, title@en: Sum, {units}, role: value}}"
    if charted:
        axes = "x: {field: year, type: ordinal}, y: {field: value, type: quantitative}"
        yield f"    chart: {{mark: bar, encoding: {{{axes}}}}}"


def _figure(number: int) -> Iterator[str]:
    place = _chosen(random.Random(number))[0]
    yield "figures:"
    cell = f"resource: values, key: '{place:03}|2024', field: value"
    yield f"  - {{name: first, title: 第一个数, title@en: The first, {cell}}}"


def _write_places(root: Path) -> None:
    folder = root / "datasets/places/1.0.0"
    _write(folder / "datapackage.yaml", "\n".join((
        "name: places", "version: 1.0.0", "title: 地点", "title@en: Places",
        "description: 其他数据集所引用的地点。", "description@en: The places that other datasets refer to.",
        "languages: [zh, en]", "themes: [land]",
        "licenses: [{name: CC0-1.0, path: 'https://creativecommons.org/publicdomain/zero/1.0/'}]",
        "sources: [{title: 地名录, title@en: Gazetteer}]", "updateFrequency: never", "temporal: '2020'",
        "resources:", "  - {name: places, path: places.csv, title: 地点, title@en: Places, schema: places.v1}", "",
    )))  # fmt: skip
    names = (f"{number:03},{_SYLLABLES[number]}镇,Place {number}" for number in range(1, PLACES + 1))
    _write(folder / "places.csv", "code,name,name_en\n" + "\n".join(names) + "\n")
    _write(folder / "schemas/places.v1.yaml", _PLACES_SCHEMA)
    write_ledger(folder)


def write_ledger(folder: Path) -> None:
    """Adds the version in `folder` to its dataset's ledger, which is made for the first one."""
    ledger = folder.parent / "releases.yaml"
    before = ledger.read_text("utf-8") if ledger.exists() else "releases:\n"
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    hashes = (f"      {path.relative_to(folder).as_posix()}: {_sha256(path)}" for path in files)
    head = (f"  - version: {folder.name}", "    date: '2026-01-01'", "    changes: 数据发布。")
    _write(ledger, before + "\n".join((*head, "    changes@en: Figures.", "    files:", *hashes)) + "\n")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8", newline="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--datasets", type=int, default=100)
    options = parser.parse_args()
    write_publication(options.folder, options.datasets)


if __name__ == "__main__":
    main()
