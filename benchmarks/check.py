"""Measures the check against others, as whole processes in one run, and writes the table into README.md.

    python benchmarks/check.py [--rows 100000 1000000] [--repeat 3] [--slow]

Seconds of the quickest run and of its processor time; `against frictionless` is how many times as fast,
`against the floor` how many times as slow. `--slow` lets Frictionless run on ten million rows
too, which takes it several minutes. pandera on polars runs in an environment of its own, which the first run
makes (`benchmarks/.venv`).
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import venv
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from benchmarks import tables

README = HERE / "README.md"
BEGIN, END = "<!-- check: begin -->", "<!-- check: end -->"
VENV = HERE / ".venv"
SLOWEST_ROWS = 1_000_000


@dataclass(frozen=True)
class Measured:
    """Seconds of the quickest run, its seconds of processor time, and the most memory that a run took, in MB.

    Processor time tells more than time where other programs run beside.
    """

    seconds: float
    processor: float
    memory: float


def measure(command: list[str], repeat: int) -> Measured:
    """Runs a process `repeat` times. Its own exit status says whether data were valid, so it is not looked at."""
    seconds, processor, memory = [], [], []
    for _ in range(repeat):
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, _, usage = os.wait4(process.pid, 0)
        seconds.append(time.perf_counter() - started)
        processor.append(usage.ru_utime + usage.ru_stime)
        memory.append(usage.ru_maxrss / 1024)
    return Measured(min(seconds), min(processor), max(memory))


def polars_python() -> str:
    """The Python of the environment that has pandera and polars."""
    python = VENV / "bin/python"
    if not python.exists():
        venv.create(VENV, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "pandera[polars]"], check=True)
    return str(python)


def commands(file: Path, schema: Path, rows: int, *, slow: bool) -> dict[str, list[str]]:
    python = sys.executable
    found = {
        "floor": [python, str(HERE / "floor.py"), str(file)],
        "ours": [python, str(HERE / "ours.py"), str(file), str(schema)],
        "ours, 512 MB": [python, str(HERE / "ours.py"), str(file), str(schema), "512MB"],
        "pandera on polars": [polars_python(), str(HERE / "on_polars.py"), str(file)],
    }
    if rows <= SLOWEST_ROWS or slow:
        found["frictionless"] = [
            python,
            "-m",
            "frictionless",
            "validate",
            str(file),
            "--schema",
            str(schema),
            "--trusted",
        ]
    return found


def table(sizes: list[int], repeat: int, *, slow: bool, folder: Path) -> str:
    lines = [
        (
            "| rows | table | check | seconds | processor seconds | memory (MB) "
            "| times as fast as frictionless | times the floor |"
        ),
        "| ---: | --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for rows in sizes:
        for name, bad in tables.FAULTS.items():
            file, schema = tables.write(folder, rows, bad)
            found = {
                check: measure(command, 1 if check == "frictionless" else repeat)
                for check, command in commands(file, schema, rows, slow=slow).items()
            }
            for check, one in found.items():
                print(rows, name, check, one, flush=True)
                lines.append(_line(rows, name, check, one, found))
    return "\n".join(lines)


def _line(rows: int, name: str, check: str, one: Measured, found: dict[str, Measured]) -> str:
    theirs = found.get("frictionless")
    faster = f"{theirs.seconds / one.seconds:.0f}" if theirs else "—"
    floor = f"{one.seconds / found['floor'].seconds:.1f}"
    spent = f"{one.seconds:.2f} | {one.processor:.2f} | {one.memory:.0f}"
    return f"| {rows:,} | {name} | {check} | {spent} | {faster} | {floor} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000, 10_000_000])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--slow", action="store_true")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "benchmark-tables")
    options = parser.parse_args()
    written = table(options.rows, options.repeat, slow=options.slow, folder=options.folder)
    text = (
        README.read_text("utf-8") if README.exists() else f"# Benchmarks\n\n## The check of tables\n\n{BEGIN}\n{END}\n"
    )
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    README.write_text(f"{before}{BEGIN}\n\n{written}\n\n{END}{after}", "utf-8")


if __name__ == "__main__":
    main()
