"""Measures the check of packages of small and of wide tables, and what each kind of fault costs.

    python benchmarks/packages.py [--beside CHECKOUT ...] [--repeat 3] [--dry]

Whole processes with their workers, in turn: ours, those of other checkouts, and `frictionless validate`. All tables are
made up, the same bytes each time.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from benchmarks.measuring import measure_tree, write_section

FOLDER = HERE.parent / "build/benchmarks"
KINDS = ("integer", "string", "number", "date", "boolean")
ROWS = 1_000_000
# Packages: how many tables, and the rows and columns of each.
PACKAGES: dict[str, tuple[int, Callable[[int], tuple[int, int]]]] = {
    "300 tables, 20 rows x 10": (300, lambda _: (20, 10)),
    "608 tables, 50 to 4,000 rows x 6 to 20": (
        608,
        lambda number: ((50, 200, 1000, 4000)[number % 4], (6, 8, 12, 20)[number // 4 % 4]),
    ),
    "1 table, 300 rows x 56": (1, lambda _: (300, 56)),
    "1 table, 20 rows x 200": (1, lambda _: (20, 200)),
    "1 table, 100 rows x 1,000": (1, lambda _: (100, 1000)),
}
FIELDS = (
    {"name": "id", "type": "integer", "constraints": {"required": True, "minimum": 1}},
    {"name": "code", "type": "string", "constraints": {"required": True, "pattern": "[0-9]{12}"}},
    {"name": "name", "type": "string", "constraints": {"required": True, "minLength": 2, "maxLength": 4}},
    {"name": "day", "type": "date", "constraints": {"required": True}},
    {"name": "share", "type": "number", "constraints": {"minimum": 0, "maximum": 1}},
    {"name": "count", "type": "integer", "constraints": {"minimum": 10}},
    {"name": "flag", "type": "boolean"},
    {"name": "kind", "type": "string", "constraints": {"enum": ["north", "south", "east", "west"]}},
    {"name": "mail", "type": "string", "format": "email"},
    {"name": "value", "type": "number"},
)
# Faults: the column, and the cell as it is written.
FAULTS = {
    "bad integer": (5, "12x"), "pattern": (1, "12345"), "length": (2, "x"), "impossible date": (3, "2023-02-30"),
    "maximum": (4, "1.5"), "minimum": (5, "3"), "boolean": (6, "maybe"), "enum": (7, "nort"),
    "e-mail format": (8, "not an address"), "decimal comma": (9, '"1,5"'), "repeated key": (0, "7"),
}  # fmt: skip


def cell(chance: random.Random, kind: str) -> str:
    if kind == "integer":
        return str(chance.randrange(10_000))
    if kind == "string":
        return chance.choice(("red", "green", "blue and more"))
    if kind == "number":
        return f"{chance.randrange(10**6) / 100:.2f}"
    if kind == "date":
        return str(date(2000, 1, 1) + timedelta(days=chance.randrange(9000)))
    return chance.choice(("true", "false"))


def package(folder: Path, tables: int, shape: Callable[[int], tuple[int, int]]) -> Path:
    """Writes a Data Package of valid tables; returns its descriptor."""
    folder.mkdir(parents=True, exist_ok=True)
    chance, resources = random.Random(7), []
    for number in range(tables):
        rows, width = shape(number)
        kinds = ["string", *(KINDS[at % len(KINDS)] for at in range(1, width))]
        fields = [{"name": f"c{at}", "type": kind, "constraints": {"required": True}} for at, kind in enumerate(kinds)]
        with (folder / f"t{number}.csv").open("w", encoding="utf-8") as file:
            file.write(",".join(str(field["name"]) for field in fields) + "\n")
            for row in range(rows):
                file.write(",".join([f"r{row}", *(cell(chance, kind) for kind in kinds[1:])]) + "\n")
        schema = {"fields": fields, "primaryKey": ["c0"]}
        resources.append({"name": f"t{number}", "path": f"t{number}.csv", "schema": schema})
    (folder / "datapackage.json").write_text(json.dumps({"name": "many", "resources": resources}), "utf-8")
    return folder / "datapackage.json"


def faulty(path: Path, kinds: Sequence[str]) -> Path:
    """A table in which a row in a hundred has one of these faults."""
    chance, fault = random.Random(1), random.Random(2)
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join(str(field["name"]) for field in FIELDS) + "\n")
        for number in range(1, ROWS + 1):
            cells = [
                str(number), f"{chance.randrange(10**12):012}", chance.choice(("abc", "ab", "王伟", "abcd")),
                cell(chance, "date"), f"{chance.random():.4f}", str(chance.randrange(10, 100_000)),
                cell(chance, "boolean"), chance.choice(("north", "south", "east", "west")),
                f"u{chance.randrange(10**6)}@example.org", f"{chance.randrange(10**8) / 100:.2f}",
            ]  # fmt: skip
            if kinds and fault.random() < 0.01:
                at, text = FAULTS[fault.choice(kinds)]
                cells[at] = text
            file.write(",".join(cells) + "\n")
    return path


def programs(beside: Sequence[Path], *arguments: str) -> dict[str, list[str]]:
    """The command of each checkout."""
    found = {"ours": HERE.parent, **{checkout.name: checkout for checkout in beside}}
    return {name: [sys.executable, str(root / "build.py"), "check", *arguments] for name, root in found.items()}


def of_packages(beside: Sequence[Path], repeat: int) -> Iterator[str]:
    yield "| package | check | seconds | processor seconds | memory (MB) | of Frictionless's processor time |"
    yield "| --- | --- | ---: | ---: | ---: | ---: |"
    for title, (tables, shape) in PACKAGES.items():
        descriptor = str(package(FOLDER / f"package-{tables}-{shape(0)[1]}", tables, shape))
        rivals = {"frictionless validate": [sys.executable, "-m", "frictionless", "validate", descriptor, "--trusted"]}
        found = {}
        for name, command in {**rivals, **programs(beside, descriptor)}.items():
            runs = [measure_tree(command, 0.01) for _ in range(1 if name in rivals else repeat)]
            found[name] = best = min(runs, key=lambda run: run.processor)
            share = best.processor / found["frictionless validate"].processor
            yield f"| {title} | {name} | {best.seconds:.2f} | {best.processor:.2f} | {best.memory:.0f} | {share:.2f} |"


def of_faults(beside: Sequence[Path], repeat: int) -> Iterator[str]:
    names = list(programs(beside))
    yield f"| one row in a hundred has | {' | '.join(f'{name} (processor s) | of the good table' for name in names)} |"
    yield f"| --- |{' ---: | ---: |' * len(names)}"
    schema = FOLDER / "faults.json"
    schema.write_text(json.dumps({"fields": FIELDS, "primaryKey": ["id"]}), "utf-8")
    good: dict[str, float] = {}
    for title, kinds in {"no fault": [], **{kind: [kind] for kind in FAULTS}, "one of them all": [*FAULTS]}.items():
        path = faulty(FOLDER / "faults.csv", kinds)
        cells = []
        for name, command in programs(beside, str(path), "--schema", str(schema), "--format", "json").items():
            spent = min(measure_tree(command, 0.01).processor for _ in range(repeat))
            cells.append(f"{spent:.2f} | {spent / good.setdefault(name, spent):.2f}")
        yield f"| {title} | {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--beside", type=Path, nargs="*", default=[], help="checkouts of other versions")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--dry", action="store_true", help="print the tables instead of writing them into README.md")
    options = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for section, rows in (("packages", of_packages), ("faults", of_faults)):
        lines = []
        for line in rows(options.beside, options.repeat):
            print(line, flush=True)
            lines.append(line)
        if not options.dry:
            write_section(section, "\n".join(lines))


if __name__ == "__main__":
    main()
