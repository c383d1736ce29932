"""Writes docs/reference/readers.md: what programs make of our files, from a run of all of them (`make readers`)."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.conftest import PUBLICATIONS, ROOT, publish
from tests.readers.citing import CITERS
from tests.readers.programs import PROGRAMS, UNPACKERS, Program
from tests.readers.published import Published

PAGE = ROOT / "docs/reference/readers.md"
NAMES = {"own": "our publication", "small": "small tables", "nasty": "difficult tables"}


def sites(folder: Path) -> list[Published]:
    """This repository's publication and two of the tests', built."""
    publish(ROOT, folder / "own")
    for name in ("small", "nasty"):
        publish(Path(shutil.copytree(PUBLICATIONS / name, folder / f"{name}-sources")), folder / name)
    return [Published(name, folder / name) for name in NAMES]


def table(head: list[str], rows: list[list[str]]) -> str:
    return "".join(f"| {' | '.join(line)} |\n" for line in (head, ["---"] * len(head), *rows))


def verdicts(program: Program, published: list[Published], folder: Path, *, instead: bool) -> list[str]:
    return [program.verdict(each, folder, instead=instead) for each in published]


def tables_of(form: str, published: list[Published], folder: Path) -> str:
    """What each program reads by default, and by our advice."""
    plain, advised = [], []
    for program in (program for program in PROGRAMS if program.form == form):
        sys.stderr.write(f"{form}: {program.name}\n")
        found = verdicts(program, published, folder, instead=False)
        plain.append([program.name, program.version(), *found])
        if program.instead and any(not verdict.startswith("equal") for verdict in found):
            tried = verdicts(program, published, folder, instead=True) if program.is_tried else [""] * len(published)
            advised.append([program.name, program.instead, *tried])
    text = table(["program", "version", *NAMES.values()], plain)
    if not advised:
        return text
    head = ["program", "instead", *NAMES.values()]
    return f"{text}\nWhat to write instead, and what it gives:\n\n{table(head, advised)}"


def page(published: list[Published], folder: Path) -> str:
    sizes = [
        [NAMES[each.name], str(len(each.tables)),
         f"{sum(len(one['rows']) * len(one['columns']) for one in each.typed):,}"]
        for each in published
    ]  # fmt: skip
    forms = {form: tables_of(form, published, folder) for form in dict.fromkeys(one.form for one in PROGRAMS)}
    unpacked = [
        [each.name, each.version(), *(each.verdict(one, folder / "unpacked") for one in published)]
        for each in UNPACKERS
    ]  # fmt: skip
    cited = [
        [each.name, each.version(), *(each.verdict(one, folder / "cited") for one in published)] for each in CITERS
    ]
    return f"""\
# Readers

What programs make of our files when a person opens them with the defaults: every cell of the newest release of each
dataset is compared with its typed value, which is what Frictionless reads by `datapackage.json`. `make readers` writes
this page from a run. In brackets is the number of cells. The page of each dataset has lines of code that name its own
columns.

{table(["publication", "tables", "cells"], sizes)}
*Our publication* is the one of this repository. *Difficult tables* has what programs misread
(`tests/publications/nasty`).

- **equal**: each cell is the typed value. What follows, if anything, has another kind but no other value.
- **texts became numbers**: codes such as `0101` have lost their zeros, or join no other column of texts.
- **texts became gaps**: a program takes `N/A` or `NA` for “no value”. **gaps became texts**: a missing value of the
  schema, such as `NULL`, is a text to a program that does not know the schema.
- **numbers changed**: a number has more digits than the program keeps, or marks that it reads otherwise.
- **not read**: the program refuses the named tables.

## CSV

Codes are texts in the schema; a CSV cannot say so. `code` is any column of texts.

{forms["CSV"]}
LibreOffice reads the file as UTF-8 and, as Gnumeric, is asked to save it as a workbook.

## CSV with a description

By the descriptions beside the files: `.csv-metadata.json` (CSV on the Web) and `croissant.json`.

{forms["CSV, described"]}
{forms["Croissant"]}
## Workbook

{forms["workbook"]}
## JSON

{forms["JSON"]}
## Parquet

{forms["Parquet"]}
## Package

The zip, unpacked where a program knows no language (`LC_ALL=C`): each file, to the byte.

{table(["program", "version", *NAMES.values()], unpacked)}
## Citations

Title, author, publisher, version, year and address of each release, looked for in what a person gets from
`citation.bib`, `citation.json` (CSL), `citation.ris` and `CITATION.cff`; in brackets, of how many releases.

{table(["program", "version", *NAMES.values()], cited)}
"""


def lacking() -> str:
    """What is to be installed, as a command; empty when all is there."""
    missing = [each for each in (*PROGRAMS, *UNPACKERS, *CITERS) if not each.is_installed]
    packages = sorted({each.package for each in missing if each.package})
    others = sorted({each.name for each in missing if not each.package})
    install = f"apt-get install {' '.join(packages)}\n" if packages else ""
    return install + (f"Not installed: {', '.join(others)}. make readers installs them.\n" if others else "")


def main() -> int:
    if missing := lacking():
        sys.stderr.write(missing)
        return 2
    with TemporaryDirectory() as name:
        folder = Path(name)
        PAGE.write_text(page(sites(folder), folder / "scratch"), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
