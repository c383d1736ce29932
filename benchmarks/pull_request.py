"""A pull request against a publication of many datasets that changes one: how soon it is checked and compared.

    python benchmarks/pull_request.py --datasets 200

The aim is under five seconds for both commands together, set-up apart, whatever the number of datasets is.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from publications import write_publication

BUILD = [sys.executable, str(HERE.parent / "build.py")]
NAME = "d00007"


def prepare(root: Path, datasets: int) -> None:
    """The publication on `main`, and on the branch `change` a corrected figure in a new version."""
    write_publication(root, datasets)
    (root / ".gitattributes").write_text("datasets/** -text\nschemas/** -text\n")
    (root / ".gitignore").write_text("build/\npublic/\n")
    _git(root, "init", "--quiet", "--initial-branch", "main")
    _commit(root)
    _git(root, "switch", "--quiet", "--create", "change")
    _run(root, "revise", NAME, "--bump", "patch")
    table = next((root / "datasets" / NAME).glob("*.1/*.csv"))
    header, first, *rest = table.read_text("utf-8").splitlines(keepends=True)
    cells = first.rstrip("\n").split(",")
    table.write_text("".join((header, ",".join((*cells[:-1], str(int(cells[-1]) + 1))) + "\n", *rest)), "utf-8")
    _commit(root)


def _git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True)


def _commit(root: Path) -> None:
    _git(root, "add", "--all")
    identity = ("-c", "user.name=bench", "-c", "user.email=bench@example.org")
    _git(root, *identity, "commit", "--quiet", "--message", "data")


def _run(root: Path, *arguments: str) -> float:
    """Seconds that a command took."""
    start = time.perf_counter()
    subprocess.run([*BUILD, *arguments, "--root", str(root)], check=True, capture_output=True)
    return time.perf_counter() - start


COMMANDS = {
    "check --changed-since main": ("check", "--format", "github", "--changed-since", "main"),
    "diff --base main": ("diff", "--base", "main", "--format", "markdown"),
    "check (all of it)": ("check", "--format", "github"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--datasets", type=int, nargs="+", default=[200])
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    print("| datasets | command | least (s) | median (s) |\n| ---: | --- | ---: | ---: |")
    for datasets in options.datasets:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / "publication"
            prepare(root, datasets)
            for title, arguments in COMMANDS.items():
                times = sorted(_run(root, *arguments) for _ in range(options.repeats))
                print(f"| {datasets} | {title} | {times[0]:.2f} | {times[len(times) // 2]:.2f} |", flush=True)


if __name__ == "__main__":
    main()
