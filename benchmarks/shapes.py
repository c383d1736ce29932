"""Measures what tables of odd shapes cost: very wide, very long, and files that are hardly tables.

    python benchmarks/shapes.py [--only NAME ...] [--folder DIR] [--dry]

Each is checked, taken in with `new`, released in a publication of its own, compared with a release before in which the
first cell of its second column was another one (`diff`, and the next `release`), and built. Seconds, processor seconds
of all processes, and the most memory that they held at one time. A file that no table may be is refused by `check` and
`new`; there is nothing to release then. `new` also refuses tables of more cells than it holds in memory. Ten million
rows take more than an hour: they are measured only where `--only` names them. With `--only` the rows of other shapes
stay as they were.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from benchmarks import publications
from benchmarks.measuring import README, Measured, measure_tree, write_section

KINDS = ("integer", "number", "string", "date", "boolean")
HEAD = (
    "| shape | command | seconds | processor seconds | of it a cell (µs) | memory (MB) | ended |",
    "| --- | --- | ---: | ---: | ---: | ---: | --- |",
)
_DESCRIPTOR = """\
name: shape
version: {version}
title: 一张表
title@en: A table
description: 为测量而生成的表，其中的数字没有含义。
description@en: A table made up to be measured; its figures mean nothing.
languages: [zh, en]
themes: [land]
licenses: [{{name: CC0-1.0, path: "https://creativecommons.org/publicdomain/zero/1.0/"}}]
sources: [{{title: 随机数, title@en: Random numbers}}]
updateFrequency: never
temporal: 2000/2024
resources:
  - {{name: rows, path: rows.csv, title: 各行, title@en: Rows, schema: shape.v1}}
"""


@dataclass(frozen=True)
class Shape:
    """`write` writes the file. `types` are those of its columns, and `rows` how many it has; empty and 0 where the file
    is no table. `asked`: measured only where it is named."""

    name: str
    write: Callable[[Path], None]
    types: tuple[str, ...] = ()
    rows: int = 0
    asked: bool = False

    @property
    def cells(self) -> int:
        return len(self.types) * self.rows


def mixed(columns: int) -> tuple[str, ...]:
    """A key and columns of all types."""
    return ("string", *(KINDS[number % len(KINDS)] for number in range(1, columns)))


def _rows(types: tuple[str, ...], rows: int) -> Callable[[Path], None]:
    """A table of these types, the same bytes each time."""

    def write(path: Path) -> None:
        chance = random.Random(rows)
        with path.open("w", encoding="utf-8") as file:
            file.write(",".join(f"c{number}" for number in range(len(types))) + "\n")
            for row in range(rows):
                file.write(",".join([f"r{row}", *(_cell(chance, kind) for kind in types[1:])]) + "\n")

    return write


def _cell(chance: random.Random, kind: str) -> str:
    if kind == "integer":
        return str(chance.randrange(10_000))
    if kind == "number":
        return f"{chance.randrange(1_000_000) / 100:.2f}"
    if kind == "date":
        return f"20{chance.randrange(10, 25)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
    return chance.choice(("red", "green", "blue") if kind == "string" else ("true", "false"))


def _long_cell(path: Path) -> None:
    path.write_text("c0,c1\nr0," + "x" * 3_000_000 + "\nr1,y\n", "utf-8")


def _long_line(path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write("c0,c1\n")
        file.writelines("x" * 1_000_000 for _ in range(300))


def _nul(path: Path) -> None:
    path.write_bytes(b"\0" * 20_000_000)


def _open_quote(path: Path) -> None:
    path.write_text('c0,c1\nr0,"' + "x,y\n" * 5_000_000, "utf-8")


def _table(name: str, types: tuple[str, ...], rows: int, *, asked: bool = False) -> Shape:
    return Shape(name, _rows(types, rows), types, rows, asked)


def shapes() -> tuple[Shape, ...]:
    return (
        _table("1,000 columns, 100 rows", mixed(1_000), 100),
        _table("1,000 columns, 1,000 rows", mixed(1_000), 1_000),
        _table("2,000 columns, 100 rows", mixed(2_000), 100),
        _table("2,000 columns, 500 rows", mixed(2_000), 500),
        _table("1 column, 1,000,000 rows", mixed(1), 1_000_000),
        _table("5 columns, 1,000,000 rows", mixed(5), 1_000_000),
        _table("5 columns, 10,000,000 rows", mixed(5), 10_000_000, asked=True),
        _table("1,030 columns of text, 9 rows", ("string",) * 1_030, 9),
        Shape("one cell of 3 MB", _long_cell, ("string", "string")),
        Shape("2,001 columns", _rows(mixed(2_001), 1)),
        Shape("one line of 300 MB", _long_line),
        Shape("20 MB of NUL", _nul),
        Shape("a quote that is open for 20 MB", _open_quote),
    )


def measured(shape: Shape, folder: Path) -> Iterator[tuple[str, Measured]]:
    """What each command costs, by its name."""
    root = publications.write_publication(folder / "publication", 2)
    source, schema = folder / "shape.csv", folder / "schema.json"
    shape.write(source)
    fields = [{"name": f"c{number}", "type": kind, "title": f"列 {number}", "title@en": f"Column {number}"}
              for number, kind in enumerate(shape.types or ("string", "string"))]  # fmt: skip
    schema.write_text(json.dumps({"fields": fields, "primaryKey": "c0"}, ensure_ascii=False), "utf-8")
    yield "check", _run("check", str(source), "--schema", str(schema))
    yield "new", _run("new", "taken-in", str(source), "--root", str(root))
    if not shape.types:
        return
    shutil.rmtree(root / "datasets/taken-in", ignore_errors=True)
    for taken in (root / "schemas").glob("taken-in*"):
        taken.unlink()
    shutil.copyfile(schema, root / "schemas/shape.v1.yaml")  # JSON is YAML
    _draft(root, source, "1.0.0")
    yield "release", _release(root)
    changed = folder / "changed.csv"
    with source.open(encoding="utf-8") as before, changed.open("w", encoding="utf-8") as after:
        after.write(next(before))
        cell = "7" if "number" in shape.types[1:2] or "integer" in shape.types[1:2] else "other"
        after.write(re.sub(r"^([^,]*),[^,\n]*", rf"\1,{cell}", next(before)))
        shutil.copyfileobj(before, after)
    if len(shape.types) > 1:
        _draft(root, changed, "1.0.1")
        yield "diff", _run("diff", "shape", "--root", str(root))
        yield "release, compared with the one before", _release(root)
    yield "build", _run("build", "--root", str(root), "--out", str(root / "public"))


def _draft(root: Path, source: Path, version: str) -> None:
    draft = root / "datasets/shape" / version
    draft.mkdir(parents=True)
    shutil.copyfile(source, draft / "rows.csv")
    (draft / "datapackage.yaml").write_text(_DESCRIPTOR.format(version=version), "utf-8")


def _release(root: Path) -> Measured:
    return _run("release", "shape", "--root", str(root), "--changes", "测量", "--changes", "en=To be measured")


def _run(*arguments: str) -> Measured:
    return measure_tree([sys.executable, str(HERE.parent / "build.py"), *arguments, "--lang", "en"])


def _kept(names: list[str]) -> dict[str, list[str]]:
    """The rows of README.md by their shape, without those of `names`."""
    _, _, rest = README.read_text("utf-8").partition("<!-- shapes: begin -->")
    found: dict[str, list[str]] = {}
    for line in rest.partition("<!-- shapes: end -->")[0].splitlines():
        name = line.strip("| ").partition(" |")[0]
        if line.startswith("| ") and line not in HEAD and name not in names:
            found.setdefault(name, []).append(line)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    known = [shape.name for shape in shapes()]
    usual = [shape.name for shape in shapes() if not shape.asked]
    parser.add_argument("--only", nargs="+", choices=known, default=usual, metavar="NAME", help="; ".join(known))
    parser.add_argument(
        "--folder", type=Path, help="where the files are made; the system's temporary folder by default"
    )
    parser.add_argument("--dry", action="store_true", help="print the rows instead of writing them into README.md")
    options = parser.parse_args()
    lines = {} if options.dry else _kept(options.only)
    for shape in (shape for shape in shapes() if shape.name in options.only):
        with tempfile.TemporaryDirectory(dir=options.folder) as folder:
            for command, one in measured(shape, Path(folder)):
                if one.status and shape.types and command != "new":  # which takes in less than a table may have
                    sys.exit(f"{shape.name}: {command} ended with status {one.status}")
                each = f"{one.processor / shape.cells * 1e6:,.1f}" if shape.cells and not one.status else ""
                lines.setdefault(shape.name, []).append(
                    f"| {shape.name} | {command} | {one.seconds:.1f} | {one.processor:.1f} | {each} "
                    f"| {one.memory:,.0f} | {'refused' if one.status else 'well'} |"
                )
                print(lines[shape.name][-1], flush=True)
    if not options.dry:
        write_section("shapes", "\n".join([*HEAD, *(line for name in known for line in lines.get(name, ()))]))


if __name__ == "__main__":
    main()
