"""What publications cost: seconds, memory, bytes and files, by several versions of this program in turn.

    git worktree add ../today 0e5ee97 && (cd ../today && make site)
    python benchmarks/costs.py ../today . [--only shipped again rows many] [--rows 1000000] [--datasets 1000]

Each version runs with the Python beside it (.venv/bin/python), on publications of its own below build/benchmarks/:

- `shipped`: the publication that the checkout ships with, every file that its ledgers promise kept;
- `again`: the same without promises, as if all of it were released with the formats that are chosen by default;
- `rows`: one table of ten mixed columns;
- `many`: small datasets in two languages: everything, nothing changed, one changed, another one changed, and bare
  MkDocs Material on the pages of the last version, with the pages out of the navigation.

A file counts as often as it has a name, as hosts are sent it. Everything is written into README.md.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import yaml

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from benchmarks import large
from benchmarks.growth import bare, staged_pages
from benchmarks.measuring import Measured, measure_tree, write_section
from benchmarks.publications import change_dataset, write_publication

FOLDER = HERE.parent / "build/benchmarks"
HEAD = """\
| publication | program | seconds | of the first | processor seconds | memory (MB) | bytes a byte of CSV \
| of it `latest/` | files |
| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"""


class Site(NamedTuple):
    """Bytes by part of a site, how many files it has, and the bytes of the CSVs that it is made from."""

    parts: Counter[str]
    files: int
    data: int

    @property
    def times(self) -> float:
        return self.parts.total() / self.data

    @property
    def times_latest(self) -> float:
        """Of these the second copies in `latest/`."""
        return self.parts["latest"] / self.data

    def __str__(self) -> str:
        return ", ".join(f"{part} {number / self.data:.2f}" for part, number in self.parts.most_common())


def measured_site(root: Path) -> Site:
    """The site of a publication, in `public/` of its folder."""
    public, parts, files = root / "public", Counter[str](), 0
    for path in filter(Path.is_file, public.rglob("*")):
        parts[_part(path.relative_to(public).parts)] += path.stat().st_size
        files += 1
    tables = (path for path in root.glob("datasets/*/*/*.csv") if path.name != "notes.csv")
    return Site(parts, files, sum(path.stat().st_size for path in tables))


def _part(names: Sequence[str]) -> str:
    if names[0] == "data":
        return "latest" if names[2] == "latest" else "releases"
    if names[-1].endswith(".html"):
        return "pages"
    return "rows searched" if names[0] == "search" else "rest"


def build(checkout: Path, root: Path) -> Measured:
    """Measures a build of the whole publication by this version of the program."""
    command = [checkout / ".venv/bin/python", checkout / "build.py", "build", "--root", root, "--out", root / "public"]
    measured = measure_tree([*map(str, command), "--lang", "en"])
    if measured.status:
        sys.exit(f"{' '.join(map(str, command))} ended with status {measured.status}")
    return measured


def shipped(checkout: Path, root: Path) -> Path:
    """The publication that the checkout ships with."""
    for name in ("datasets", "schemas", "site"):
        shutil.copytree(checkout / name, root / name)
    return root


def again(checkout: Path, root: Path) -> Path:
    """The same, with ledgers that promise no files."""
    for ledger in shipped(checkout, root).glob("datasets/*/releases.yaml"):
        known = yaml.safe_load(ledger.read_text("utf-8"))
        for release in known["releases"]:
            release.pop("published", None)
            release.pop("contents", None)
        ledger.write_text(yaml.safe_dump(known, allow_unicode=True, sort_keys=False), "utf-8")
    return root


class Row(NamedTuple):
    """A build by one version of the program, and the site afterwards."""

    publication: str
    checkout: Path
    build: Measured
    site: Site


def rows_of(
    name: str, checkouts: Sequence[Path], made: Callable[[Path, Path], Path], changes: Sequence[int] = ()
) -> Iterator[Row]:
    """Each version builds a publication of its own; then, one by one, what is changed in it, if anything."""
    roots = {}
    for number, checkout in enumerate(checkouts):
        root = FOLDER / f"costs-{number}"
        shutil.rmtree(root, ignore_errors=True)
        roots[checkout] = made(checkout, root)
        measured = build(checkout, root)
        yield Row(name, checkout, measured, measured_site(root))
    if changes:
        for checkout, root in roots.items():
            yield Row("nothing changed", checkout, build(checkout, root), measured_site(root))
    for dataset, what in zip(changes, ("one dataset changed", "another one changed"), strict=False):
        for checkout, root in roots.items():
            change_dataset(root, dataset)
            yield Row(what, checkout, build(checkout, root), measured_site(root))
    if changes:
        staged_pages(root, FOLDER / "staged")
        alone = bare(FOLDER / "staged", FOLDER / "bare", plain=False)
        yield Row("bare MkDocs on the same pages", Path(), alone, Site(Counter(), 0, 1))


def printed(rows: Iterator[Row], name: str) -> str:
    """The rows as a table; each is compared with the first of all, as the targets are."""
    lines, first = [HEAD], None
    for row in rows:
        first = first or row.build
        program = row.checkout.resolve().name if row.site.files else "MkDocs"
        size = f"{row.site.times:.1f} | {row.site.times_latest:.1f} | {row.site.files:,}" if row.site.files else "| |"
        lines.append(
            f"| {row.publication} | {program} | {row.build.seconds:.1f} | {row.build.seconds / first.seconds:.3f}"
            f" | {row.build.processor:.1f} | {row.build.memory:,.0f} | {size} |"
        )
        print(name, lines[-1], row.site if row.site.files else "", flush=True)
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkouts", type=Path, nargs="+")
    parser.add_argument("--only", nargs="+", default=["shipped", "again", "rows", "many"])
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000])
    parser.add_argument("--datasets", type=int, nargs="+", default=[1_000])
    parser.add_argument("--dry", action="store_true", help="print the tables instead of writing them into README.md")
    options = parser.parse_args()
    checkouts = [checkout.absolute() for checkout in options.checkouts]
    works: dict[str, Iterator[Row]] = {}
    if "shipped" in options.only:
        works["costs-shipped"] = rows_of("as it is shipped", checkouts, shipped)
    if "again" in options.only:
        works["costs-again"] = rows_of("released again", checkouts, again)
    for rows in options.rows if "rows" in options.only else ():
        works[f"costs-rows-{rows}"] = rows_of(
            f"a table of {rows:,} rows", checkouts, lambda _, root, rows=rows: large.write_publication(root, rows)
        )
    for number in options.datasets if "many" in options.only else ():
        works[f"costs-many-{number}"] = rows_of(
            f"{number:,} datasets", checkouts,
            lambda _, root, number=number: write_publication(root, number), (number // 2, number // 3),
        )  # fmt: skip
    for name, rows in works.items():
        table = printed(rows, name)
        if not options.dry:
            write_section(name, table)


if __name__ == "__main__":
    main()
