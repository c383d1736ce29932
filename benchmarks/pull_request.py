"""A pull request against a publication of many datasets that changes one: how soon it is checked and compared.

    python benchmarks/pull_request.py --datasets 200

The aim is under five seconds for both commands together, set-up apart, whatever the number of datasets is.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from measuring import measure, write_section
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
    revise = ("revise", NAME, "--bump", "patch", "--root", str(root))
    subprocess.run([*BUILD, *revise], check=True, capture_output=True)
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


COMMANDS = {
    "check --changed-since main": ("check", "--format", "github", "--changed-since", "main"),
    "diff --base main": ("diff", "--base", "main", "--format", "markdown"),
    "check": ("check", "--format", "github"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--datasets", type=int, nargs="+", default=[20, 200])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    options = parser.parse_args()
    lines = ["| datasets | command | seconds | processor seconds |", "| ---: | --- | ---: | ---: |"]
    for datasets in options.datasets:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / "publication"
            prepare(root, datasets)
            for title, arguments in COMMANDS.items():
                found = measure([*BUILD, *arguments, "--root", str(root)], options.repeat)
                assert found.status == 0, title
                lines.append(f"| {datasets} | `{title}` | {found.seconds:.2f} | {found.processor:.2f} |")
                print(lines[-1], flush=True)
    if options.write:
        write_section("pull_request", "\n".join(lines))


if __name__ == "__main__":
    main()
