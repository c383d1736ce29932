"""Measures the build of a publication with one large table, and writes the table into README.md.

    python benchmarks/large.py [--rows 1000000 10000000] [--dry]

The publication is made up: the rows of `tables`, with a summary that has a chart, a key figure and a note. It is
checked, profiled, summarised, and written in every form; memory is that of all processes of the build together.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from benchmarks import publications, tables
from benchmarks.measuring import Measured, measure_tree, write_section

FOLDER = HERE.parent / "build/benchmarks"
_DESCRIPTOR = """\
name: large
version: 1.0.0
title: 大表
title@en: A large table
description: 为测量而生成的大表，其中的数字没有含义。
description@en: A large table made up to be measured; its figures mean nothing.
languages: [zh, en]
themes: [land]
keywords: [大]
keywords@en: [large]
licenses: [{name: CC0-1.0, path: "https://creativecommons.org/publicdomain/zero/1.0/"}]
sources: [{title: 随机数, title@en: Random numbers}]
updateFrequency: never
temporal: 2000/2024
resources:
  - {name: rows, path: rows.csv, title: 各行, title@en: Rows, schema: large.v1}
figures:
  - {name: first, title: 第一行的数, title@en: The first row's count, resource: rows, key: "1", field: count}
summaries:
  - name: by-kind
    title: 各类行数
    title@en: Rows of each kind
    query: by-kind.sql
    primaryKey: [kind]
    fields:
      - {name: kind, type: string, title: 类别, title@en: Kind}
      - {name: rows, type: integer, title: 行数, title@en: Rows, unit: 行, unit@en: rows, role: value}
    chart: {mark: bar, encoding: {x: {field: kind, type: nominal}, y: {field: rows, type: quantitative}}}
"""
_QUERY = "SELECT kind, count(*) AS rows FROM rows GROUP BY kind ORDER BY kind\n"
_NOTES = "resource,key,field,kind,note,note@en,source\nrows,5,count,estimate,估计。,An estimate.,\n"


def write_publication(root: Path, rows: int) -> Path:
    """The publication with a table of so many rows, in the folder `root`, which is emptied before."""
    publications.write_publication(root, 2)
    folder = root / "datasets/large/1.0.0"
    csv, _ = tables.write(FOLDER, rows, 0.0)
    (folder / "schemas").mkdir(parents=True)
    shutil.copyfile(csv, folder / "rows.csv")
    for name, text in (("datapackage.yaml", _DESCRIPTOR), ("by-kind.sql", _QUERY), ("notes.csv", _NOTES),
                       ("schemas/large.v1.yaml", _schema())):  # fmt: skip
        (folder / name).write_text(text, "utf-8")
    publications.write_ledger(folder)
    return root


def _schema() -> str:
    """The schema of the made-up rows, with titles for people."""
    fields = [
        {**field, "title": f"第 {number} 列", "title@en": f"Column {field['name']}"}
        for number, field in enumerate(tables.SCHEMA["fields"], 1)
    ]
    return json.dumps({**tables.SCHEMA, "fields": fields}, ensure_ascii=False, indent=1)


def measured(sizes: list[int]) -> Iterator[tuple[int, int, Measured, Path]]:
    """(rows, bytes of the CSV, the build, the published folder) of each size."""
    for rows in sizes:
        root = write_publication(FOLDER / f"large-{rows}", rows)
        size = (root / "datasets/large/1.0.0/rows.csv").stat().st_size
        command = [
            sys.executable,
            str(HERE.parent / "build.py"),
            "build",
            "--root",
            str(root),
            "--out",
            str(root / "public"),
        ]
        print(f"{rows:,} rows:", end=" ", flush=True)
        one = measure_tree(command)
        print(f"{one.seconds:.0f} s, {one.memory:.0f} MB, status {one.status}", flush=True)
        yield rows, size, one, root / "public"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--dry", action="store_true", help="print the table instead of writing it into README.md")
    parser.add_argument("--keep", action="store_true", help="keep the publication and its site")
    options = parser.parse_args()
    lines = [
        "| rows | CSV (MB) | seconds | memory of all processes (MB) | published (MB) |",
        "| ---: | ---: | ---: | ---: | ---: |",
    ]
    for rows, size, one, public in measured(options.rows):
        if one.status:
            sys.exit(f"the build of {rows:,} rows ended with status {one.status}")
        out = int(
            subprocess.run(["du", "-sm", str(public)], capture_output=True, text=True, check=True).stdout.split()[0]
        )
        lines.append(f"| {rows:,} | {size / 1e6:.0f} | {one.seconds:.0f} | {one.memory:.0f} | {out:,} |")
        if not options.keep:
            shutil.rmtree(public.parent)
    if options.dry:
        print("\n".join(lines))
    else:
        write_section("large", "\n".join(lines))


if __name__ == "__main__":
    main()
