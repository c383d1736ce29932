"""Measures the check against others, as whole processes in one run, and writes the tables into README.md.

    python benchmarks/check.py [--rows 100000 1000000 10000000] [--repeat 3] [--quick]

Frictionless runs once, which takes it several minutes at ten million rows; `--quick` leaves it out there. pandera and
dataframely run on polars in an environment of their own, and the villages come through npm; the first run fetches them
into `build/benchmarks`. A rival that ends with an error has a dash, and what was measured is written after each table.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from benchmarks import tables
from benchmarks.measuring import Measured, measure, write_section

FOLDER = HERE.parent / "build/benchmarks"
SLOWEST_ROWS = 1_000_000
HEAD = (
    "| table | check | seconds | processor seconds | memory (MB) | times as fast as Frictionless "
    "| of pandera's time | times the floor |"
)
FLOOR, OURS, PANDERA, THEIRS = "floor: rows counted", "ours", "pandera on polars", "frictionless validate"
DATAFRAMELY = "dataframely on polars"


@dataclass(frozen=True)
class Table:
    """A table to be measured: how it is called, how many rows it has, and what writes it."""

    title: str
    rows: int
    write: Callable[[float], tuple[Path, Path]]


def polars_python() -> str:
    """The Python of the environment that has pandera, dataframely and polars."""
    python = FOLDER / "venv/bin/python"
    if not python.exists():
        venv.create(FOLDER / "venv", with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "pandera[polars]", "dataframely==3.1.2"], check=True)
    return str(python)


def commands(file: Path, schema: Path, *, slow: bool) -> dict[str, list[str]]:
    python, program = sys.executable, str(HERE.parent / "build.py")
    ours = [python, program, "check", str(file), "--schema", str(schema), "--format", "json"]
    found = {
        FLOOR: [python, str(HERE / "floor.py"), str(file)],
        OURS: ours,
        f"{OURS}, --memory-limit 512MB": [*ours, "--memory-limit", "512MB"],
        PANDERA: [polars_python(), str(HERE / "on_polars.py"), str(file), str(schema)],
        DATAFRAMELY: [polars_python(), str(HERE / "on_dataframely.py"), str(file), str(schema)],
    }
    if slow:
        found[THEIRS] = [python, "-m", "frictionless", "validate", str(file), "--schema", str(schema), "--trusted"]
    return found


def lines(table: Table, bad: float, repeat: int, *, quick: bool) -> Iterator[str]:
    file, schema = table.write(bad)
    slow = not quick or table.rows <= SLOWEST_ROWS
    found: dict[str, Measured] = {}
    for check, command in commands(file, schema, slow=slow).items():
        print(time.strftime("%H:%M:%S"), table.title, f"{bad:.0%} bad,", check, end=": ", flush=True)
        one = measure(command, 1 if check == THEIRS else repeat)
        print(f"{one.seconds:.2f} s, {one.memory:.0f} MB" + ("" if one.status in (0, 1) else " FAILED"), flush=True)
        if one.status in (0, 1):
            found[check] = one
    yield from (_line(table.title, check, one, found) for check, one in found.items())


def _line(title: str, check: str, one: Measured, found: dict[str, Measured]) -> str:
    faster = f"{found[THEIRS].seconds / one.seconds:.0f}" if THEIRS in found else "—"
    pandera = f"{one.seconds / found[PANDERA].seconds:.2f}" if PANDERA in found else "—"
    floor = f"{one.seconds / found[FLOOR].seconds:.1f}" if FLOOR in found else "—"
    spent = f"{one.seconds:.2f} | {one.processor:.2f} | {one.memory:.0f}"
    return f"| {title} | {check} | {spent} | {faster} | {pandera} | {floor} |"


def measured(sizes: list[Table], repeat: int, *, quick: bool) -> Iterator[str]:
    """The section's text so far, after each table."""
    written = ""
    for name, bad in tables.FAULTS.items():
        written += f"\n### {name}\n\n{HEAD}\n| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n"
        for table in sizes:
            written += "".join(f"{line}\n" for line in lines(table, bad, repeat, quick=quick))
            yield written.strip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000, 10_000_000])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="without Frictionless on ten million rows")
    parser.add_argument("--dry", action="store_true", help="print the tables instead of writing them into README.md")
    options = parser.parse_args()
    sizes = [Table(f"{rows:,} rows", rows, _writer(rows)) for rows in options.rows]
    sizes.append(Table("620,573 villages", 620_573, lambda bad: tables.villages(FOLDER, bad)))
    for text in measured(sizes, options.repeat, quick=options.quick):
        if not options.dry:
            write_section("check", text)
    if options.dry:
        print(text)


def _writer(rows: int) -> Callable[[float], tuple[Path, Path]]:
    return lambda bad: tables.write(FOLDER, rows, bad)


if __name__ == "__main__":
    main()
