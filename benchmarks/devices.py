"""What each device earns that exists for speed alone: the program as it is, and a copy without the device, in turn.

    python benchmarks/devices.py [--only NAME ...] [--repeat 11]

Each is taken away by another text in one file; where that text is not found any more, this benchmark ends with an
error. docs/adr/0022 has the figures and what follows from them.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from benchmarks.side_by_side import WORK, Program, compare

PROGRAM = ("build.py", "mkdocs.yml", "datagazette", "site", "requirements.in", "requirements.txt", "package.json",
           "package-lock.json", ".venv", "node_modules")  # fmt: skip


class Device(NamedTuple):
    """A text of a file and the one without the device, and the work that it speeds up: how a row of `side_by_side`
    begins."""

    file: str
    text: str
    without: str
    work: str
    row: str


_SMALL, _LARGE = ("check", "check, a small publication"), ("check", "check, 1,000,000 rows")
_CHANGED, _UNCHANGED = (
    ("growth", "build, one changed"),
    ("growth", "build, nothing changed"),
)
_WHOLE = ("growth", "build everything")
DEVICES = {
    "the worker's process starts first": Device(
        "datagazette/cli/__init__.py", "            start_worker(arguments)\n", "", *_SMALL
    ),
    "the database library without its Python additions": Device(
        "datagazette/tables/engine.py", "import _duckdb as duckdb", "import duckdb", *_SMALL
    ),
    "the database opens beside": Device(
        "datagazette/commands/check.py", "        connect_ahead(limits)\n", "        del connect_ahead\n", *_LARGE
    ),
    "lines that one expression finds fine": Device(
        "datagazette/validation/fast.py",
        "    try:\n        counted = _count_lines(",
        "    return None\n    try:\n        counted = _count_lines(",
        *_LARGE,
    ),
    "no look for garbage while entries are read": Device(
        "datagazette/build/steps.py", "        gc.disable()", "        pass", *_CHANGED
    ),
    "what the last build had": Device(
        "datagazette/build/steps.py", "if not row or not self.memo or not self.cache:", "if True:", *_CHANGED
    ),
    "states of files": Device(
        "datagazette/build/fingerprints.py",
        "    return frozenset(state for",
        "    return frozenset(state for state in () for",
        *_UNCHANGED,
    ),
    "the spare tree": Device(
        "datagazette/build/build.py", 'staged(options.out, root / "build" / "spare")', "staged(options.out)", *_CHANGED
    ),
    "no look for labels to cut where all are short": Device(
        "datagazette/charts/drawing.py", "uncut(spec, look(colours))", "look(colours)", *_WHOLE
    ),
    "charts measured with a font of their own letters": Device(
        "datagazette/charts/drawing.py", " | numbers | font}", " | numbers}", *_WHOLE
    ),
    "laying out beside the search index": Device(
        "datagazette/build/build.py", ", output.complete_but_for(FOLDERS)", "", *_CHANGED
    ),
}


def copied(folder: Path, device: Device | None) -> Path:
    """A copy of the program, without the device if one is given; libraries are linked."""
    for name in PROGRAM:
        source = HERE.parent / name
        if name in (".venv", "node_modules"):
            (folder / name).symlink_to(source.resolve())
        elif source.is_dir():
            shutil.copytree(source, folder / name)
        else:
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, folder / name)
    if device:
        text = (folder / device.file).read_text("utf-8")
        if text.count(device.text) != 1:
            sys.exit(f"{device.file} has {device.text!r} {text.count(device.text)} times, expected once")
        (folder / device.file).write_text(text.replace(device.text, device.without), "utf-8")
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=DEVICES, default=list(DEVICES))
    parser.add_argument("--repeat", type=int, default=11)
    parser.add_argument("--datasets", type=int, nargs="+", default=[100])
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000])
    options = parser.parse_args()
    print("| without | work | with (s) | without (s) | ratio |\n| --- | --- | ---: | ---: | ---: |", flush=True)
    for name in options.only:
        device = DEVICES[name]
        with tempfile.TemporaryDirectory() as folder:
            options.folder = Path(folder)
            programs = [
                Program(copied(options.folder / place / "program", each), options.folder / place)
                for place, each in (("with", None), ("without", device))
            ]
            for title, run, repeat in WORK[device.work](options):
                if title.startswith(device.row):
                    before, after, ratio = compare(*programs, run, min(repeat, options.repeat))
                    print(f"| {name} | {title} | {before:.3f} | {after:.3f} | {ratio:.2f} |", flush=True)
                    break


if __name__ == "__main__":
    main()
