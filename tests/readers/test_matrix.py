"""The programs of docs/reference/readers.md that the tests install: what they read is the typed value of each cell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.readers.citing import CITERS
from tests.readers.compare import HARMLESS, changed, changes, said
from tests.readers.matrix import NAMES, PAGE
from tests.readers.programs import NODE, PROGRAMS, READERS, SITE, UNPACKERS, Program
from tests.readers.published import Published

SITES = {"own": "own_site", "small": "small_site", "nasty": "nasty_site"}
# Those of the environments that `make test` has; the advice on some is to take another file.
HERE = [
    program
    for program in PROGRAMS
    if getattr(program.version, "args", ())[:1] in [(SITE,), (READERS,)] and program.is_tried
]
# What is left of the difficult tables, in a program that does not know the schema or has doubles only.
LEFT = {
    "CSV": {"gaps became texts", "numbers changed", "names of columns changed"},
    "CSV, described": {"numbers changed", "names of columns changed"},
    "Parquet": {"numbers changed"},
}


@pytest.fixture(scope="module")
def published() -> dict[str, Published]:
    """Filled by the tests, so that typed values are read once."""
    return {}


@pytest.mark.thorough
@pytest.mark.parametrize("program", HERE, ids=lambda program: f"{program.name}-{program.form}")
@pytest.mark.parametrize("site", SITES)
def test_a_program_reads_each_cell_as_its_typed_value_by_our_advice(
    site: str, program: Program, published: dict[str, Published], request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    each = published.setdefault(site, Published(site, request.getfixturevalue(SITES[site])))
    verdict = program.verdict(each, tmp_path / "scratch", instead=bool(program.instead))
    kinds = {part.partition(" (")[0] for part in verdict.split("; ") if part != "equal"}
    harm = {kind for kind in kinds if not kind.endswith(HARMLESS)}
    assert harm <= (LEFT.get(program.form, set()) if site == "nasty" else set())


CELLS = [
    ("t0101", "n101", "texts became numbers"),
    ("t0101", "t0101", ""),
    ("t2021-05", "d2021-05-01", "texts became days and times"),
    ("tN/A", None, "texts became gaps"),
    ("t", None, "empty texts became gaps"),
    (None, "t", "gaps are empty texts"),
    (None, "t-", "gaps became texts"),
    ("n1.50", "n1.5", ""),
    ("n0.1", "n0.10000000000000001", ""),
    ("n12345678901234567", "n12345678901234568.0", "numbers changed"),
    ("n12345678901234567", "t12345678901234567", "numbers are texts"),
    ("n1", "btrue", "numbers became truth values"),
    ("nNaN", "nnan", ""),
    ("d2021-05-06", "d2021-05-06T00:00:00", ""),
    ("d2021-05-06T07:08:09", "t2021-05-06T07:08:09Z", "days and times are texts"),
    ("d2021-05-06", "n44322", "days and times became numbers"),
    ("btrue", "tTRUE", "truth values are texts"),
    ('o{"a": 1, "b": 2}', 't{"b":2,"a":1}', "lists and objects are texts"),
]


@pytest.mark.parametrize(("typed", "found", "change"), CELLS)
def test_what_has_become_of_a_cell(typed: str | None, found: str | None, change: str) -> None:
    assert changed(typed, found) == change


def test_a_verdict_counts_cells_and_rows_and_names_what_was_not_read() -> None:
    counted = changes([["t01", "n1"], ["t02", None], ["t03", "n3"]], [["n1", "n1"], ["n2"]])
    assert said(counted, [], 0) == "texts became numbers (2); rows are missing (1)"
    assert said({}, ["wide"], 1) == "names of columns changed (1); not read: wide"
    assert said({"numbers are texts": 1_200}, [], 0) == "equal; numbers are texts (1,200)"


def test_the_page_on_readers_has_every_program_and_every_publication() -> None:
    text = PAGE.read_text("utf-8")
    assert all(f"| {program.name} | " in text for program in (*PROGRAMS, *UNPACKERS, *CITERS))
    assert all(f"\n| {name} | " in text for name in NAMES.values())


def test_readers_from_npm_are_locked_with_hashes_and_name_no_place() -> None:
    packages = json.loads((NODE.parent / "package-lock.json").read_text("utf-8"))["packages"]
    assert all(entry["integrity"].startswith("sha512-") for name, entry in packages.items() if name)
    assert not any("resolved" in entry for entry in packages.values())
