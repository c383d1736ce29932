"""Two versions of this program on the same work, in turn, so that a busy machine slows both.

    git worktree add ../before COMMIT && (cd ../before && make site)
    python benchmarks/side_by_side.py ../before . [--work check growth pull_request serve] [--repeat 5]

Each version runs with the Python beside it (.venv/bin/python), on a publication of its own. A row has the median of
each version in seconds, and the median of the ratios of neighbouring runs, second to first.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import count
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from benchmarks import pull_request, serve, tables
from benchmarks.measuring import environment
from benchmarks.publications import change_dataset, write_publication

SMALL = HERE.parent / "tests/publications/small"


class Program(NamedTuple):
    """A checkout of the program, and a folder for its publications."""

    checkout: Path
    folder: Path

    @property
    def command(self) -> list[str]:
        return [str(self.checkout / ".venv/bin/python"), str(self.checkout / "build.py")]

    def seconds(self, arguments: Sequence[str | Path]) -> float:
        started = time.perf_counter()
        done = subprocess.run(
            [*self.command, *map(str, arguments)], cwd=self.checkout, env=environment(), capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        if done.returncode:
            sys.exit(f"{self.checkout}: {arguments} ended with status {done.returncode}\n{done.stdout}{done.stderr}")
        return time.perf_counter() - started


# A run of one program, after whatever has to be prepared for it; it returns seconds.
Run = Callable[[Program], float]
Row = tuple[str, Run, int]


def check(options: argparse.Namespace) -> Iterator[Row]:
    small = Path(tempfile.mkdtemp(dir=options.folder)) / "small"
    shutil.copytree(SMALL, small)
    yield (
        "check, a small publication",
        partial(Program.seconds, arguments=("check", "--root", small)),
        4 * options.repeat,
    )
    for rows in options.rows:
        file, schema = tables.write(options.folder / "tables", rows, 0.0)
        arguments = ("check", file, "--schema", schema)
        yield f"check, {rows:,} rows", partial(Program.seconds, arguments=arguments), options.repeat
    many = write_publication(options.folder / "many", max(options.datasets))
    yield (
        f"check, {max(options.datasets)} datasets",
        partial(Program.seconds, arguments=("check", "--root", many)),
        options.repeat,
    )


def growth(options: argparse.Namespace) -> Iterator[Row]:
    numbers = count(1)
    for datasets in options.datasets:

        def root(program: Program, size: int = datasets) -> Path:
            folder = program.folder / f"growth-{size}"
            return folder if folder.exists() else write_publication(folder, size)

        def everything(program: Program) -> float:
            return program.seconds(("build", "--force", "--root", root(program)))

        def unchanged(program: Program) -> float:
            return program.seconds(("build", "--root", root(program)))

        def changed(program: Program, size: int = datasets) -> float:
            change_dataset(root(program), next(numbers) % size)
            return program.seconds(("build", "--root", root(program)))

        few = 1 if datasets >= 1_000 else max(1, options.repeat // 2)
        yield f"build everything, {datasets} datasets", everything, few
        yield f"build, nothing changed, {datasets} datasets", unchanged, options.repeat
        yield f"build, one changed, {datasets} datasets", changed, options.repeat


def pull(options: argparse.Namespace) -> Iterator[Row]:
    def root(program: Program) -> Path:
        folder = program.folder / "pull"
        if not folder.exists():
            pull_request.prepare(folder, 200)
        return folder

    for title, arguments in pull_request.COMMANDS.items():
        yield (
            f"{title}, 200 datasets",
            lambda program, given=arguments: program.seconds((*given, "--root", root(program))),
            options.repeat,
        )


def serving(options: argparse.Namespace) -> Iterator[Row]:
    with ExitStack() as stack:
        addresses: dict[Path, tuple[str, Path]] = {}
        numbers = count()

        def change(program: Program) -> float:
            if program.checkout not in addresses:
                root = write_publication(program.folder / "serve", 200)
                port = serve.PORT + len(addresses)
                address = stack.enter_context(serve.serving(root, program.command, port))
                serve.until(lambda: bool(serve.page(f"{address}datasets/d00100/")))
                addresses[program.checkout] = address, root
            address, root = addresses[program.checkout]
            time.sleep(2)
            text = serve.change(root / "datasets/d00100/releases.yaml", next(numbers))
            return serve.until(lambda: text in serve.page(f"{address}datasets/d00100/"))

        yield "serve, a change until its page shows it, 200 datasets", change, options.repeat


WORK: dict[str, Callable[[argparse.Namespace], Iterator[Row]]] = {
    "check": check, "growth": growth, "pull_request": pull, "serve": serving,
}  # fmt: skip


def compare(first: Program, second: Program, run: Run, repeat: int) -> tuple[float, float, float]:
    """The medians of both, and of the ratios. Where there are several runs, a first one of each is not counted."""
    found = []
    for number in range(repeat + (repeat > 1)):
        pair = (first, second) if number % 2 else (second, first)
        seconds = {program: run(program) for program in pair}
        found.append((seconds[first], seconds[second]))
    counted = found[-repeat:]
    return (
        statistics.median(before for before, _ in counted),
        statistics.median(after for _, after in counted),
        statistics.median(after / before for before, after in counted),
    )


def rows(first: Path, second: Path, options: argparse.Namespace, names: Sequence[str]) -> Iterator[str]:
    programs = [
        Program(each.resolve(), options.folder / place) for place, each in (("first", first), ("second", second))
    ]
    for name in names:
        for title, run, repeat in WORK[name](options):
            before, after, ratio = compare(programs[0], programs[1], run, repeat)
            yield f"| {title} | {before:.3f} | {after:.3f} | {ratio:.2f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("first", type=Path)
    parser.add_argument("second", type=Path)
    parser.add_argument("--work", nargs="+", choices=WORK, default=list(WORK))
    parser.add_argument("--datasets", type=int, nargs="+", default=[100, 1_000])
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000])
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    print("| work | first (s) | second (s) | ratio |\n| --- | ---: | ---: | ---: |", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        options.folder = Path(folder)
        for line in rows(options.first, options.second, options, options.work):
            print(line, flush=True)


if __name__ == "__main__":
    main()
