"""The lines of code that a page gives to read its tables: each cell is the typed one, and tables join."""

from __future__ import annotations

import html
import json
import re
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

READERS = Path(__file__).resolve().parents[2] / ".venv/readers/bin/python"
SITES = ("own_site", "nasty_site", "small_site")

# Says of each frame of the snippet: its names, and its cells as texts, None for a gap.
_PYTHON = """
import base64, json, sys
code = json.loads(sys.stdin.read())
names = {}
exec(code, names)
def said(value):
    import math
    if value is None or repr(value) in ("<NA>", "NaT", "nan", "None"):
        return None
    if isinstance(value, (bool,)) or type(value).__name__ in ("bool", "bool_"):
        return "true" if value else "false"
    if type(value).__name__ in ("float", "float64"):
        return repr(float(value))
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return str(value)
found = {}
for name, frame in names.items():
    if type(frame).__name__ != "DataFrame":
        continue
    columns = list(frame.columns)
    rows = frame.rows() if hasattr(frame, "rows") else frame.itertuples(index=False, name=None)
    found[name] = [columns, [[said(value) for value in row] for row in rows]]
print(json.dumps(found))
"""

_R = """
said <- function(x) {
  y <- if (is.logical(x)) ifelse(x, "true", "false")
    else if (inherits(x, "POSIXct")) format(x, "%Y-%m-%dT%H:%M:%OS6", tz = "UTC")
    else if (inherits(x, "Date")) format(x, "%Y-%m-%d")
    else if (is.numeric(x)) formatC(x, digits = 17, format = "g", width = 1)
    else as.character(x)
  y[is.na(x)] <- NA
  y
}
coded <- function(x) ifelse(is.na(x), "NA", vapply(x, function(v) paste(charToRaw(enc2utf8(v)), collapse = ""), ""))
for (name in ls()) {
  frame <- get(name)
  if (!is.data.frame(frame)) next
  cat("frame", name, nrow(frame), ncol(frame), "\\n")
  cat(coded(names(frame)), sep = "\\n")
  for (column in frame) cat(coded(said(column)), sep = "\\n")
}
"""
Frames = dict[str, tuple[list[str], list[list[str | None]]]]


def by_python(code: str, folder: Path) -> Frames:
    command, given = [READERS, "-c", _PYTHON], json.dumps(code)
    done = subprocess.run(command, cwd=folder, input=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2_000:]
    return {name: (columns, rows) for name, (columns, rows) in json.loads(done.stdout).items()}


def by_r(code: str, folder: Path) -> Frames:
    script = folder / "read.R"
    script.write_text(f"options(warn = 2)\n{code}\n{_R}", "utf-8")
    done = subprocess.run(["Rscript", "--vanilla", script], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{code}\n{done.stderr[-2_000:]}"
    lines, found = iter(done.stdout.splitlines()), {}
    for line in lines:
        if not line.startswith("frame "):
            continue
        _, name, rows, width = line.split()
        columns = [bytes.fromhex(next(lines)).decode() for _ in range(int(width))]
        cells = [[_text(next(lines)) for _ in range(int(rows))] for _ in columns]
        found[name] = columns, [list(row) for row in zip(*cells, strict=True)]
    return found


def _text(coded: str) -> str | None:
    return None if coded == "NA" else bytes.fromhex(coded).decode()


def by_duckdb(code: str, _: Path) -> Frames:
    with duckdb.connect() as engine:
        engine.execute(code)
        return {name: _typed(engine, f'"{name}"') for (name,) in engine.execute("SHOW TABLES").fetchall()}


RUN: dict[str, Callable[[str, Path], Frames]] = {
    "R": by_r, "pandas": by_python, "Polars": by_python, "DuckDB": by_duckdb, "pandas (CSV)": by_python,
}  # fmt: skip


def _typed(engine: duckdb.DuckDBPyConnection, relation: str) -> tuple[list[str], list[list[str | None]]]:
    found = engine.execute(f"FROM {relation}")
    columns = [name for name, *_ in found.description or ()]
    return columns, [[_said(value) for value in row] for row in found.fetchall()]


def _said(value: object) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    return None if value is None else str(value)


def is_same(found: str | None, typed: str | None) -> bool:
    """A number, a moment and a truth value may be written in another way, a text never; a gap is a gap."""
    if found == typed:
        return True
    if found is None or typed is None:
        return False
    try:
        # A double in more digits than it needs is the same double.
        return float(found) == float(typed) if repr(float(typed)) == typed else Decimal(found) == Decimal(typed)
    except (ValueError, ArithmeticError):
        pass
    try:
        return datetime.fromisoformat(found) == datetime.fromisoformat(typed)
    except ValueError:
        pass
    return found.casefold() == typed.casefold() and typed in ("true", "false")


def in_order(rows: list[list[str | None]], key: list[int]) -> list[list[str | None]]:
    return sorted(rows, key=lambda row: [str(row[place]) for place in key]) if key else rows


def name_of(table: str, code: str) -> str:
    """What a table is called in a snippet."""
    found = re.search(rf"^(?:CREATE TABLE )?(\w+) .*[\"/]{re.escape(table)}\.(?:csv|parquet)", code, re.MULTILINE)
    assert found, (table, code)
    return found[1]


def releases(site: Path) -> Iterator[tuple[dict[str, Any], Path]]:
    """What the API says of each dataset, with the folder of its newest release."""
    for path in sorted(site.glob("api/datasets/*.json")):
        about = json.loads(path.read_text("utf-8"))
        yield about, site / "data" / about["name"] / about["version"]


@pytest.mark.thorough
@pytest.mark.parametrize("program", RUN)
@pytest.mark.parametrize("site", SITES)
def test_every_cell_is_the_typed_one_and_tables_join(
    site: str, program: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    joined = compared = cells = 0
    for about, folder in releases(request.getfixturevalue(site)):
        if program not in about["read"]:
            assert program in ("R", "pandas (CSV)")  # a dialect of its own is left to Parquet
            continue
        code = about["read"][program]
        base = about["tables"][0]["data"].rpartition("/")[0] + "/"
        assert base in code
        frames = RUN[program](code.replace(base, f"{folder}/"), tmp_path)
        tables = {name_of(each["name"], code): each for each in about["tables"]}
        with duckdb.connect() as engine:
            for name, (columns, rows) in frames.items():
                if name not in tables:
                    joined += 1
                    child = next(frames[own] for own in frames if name.startswith(f"{own}_with_"))
                    assert len(rows) == len(child[1]), name
                    assert len(columns) > len(child[0])
                    # Something of the other table is in each row that refers to it.
                    assert any(value is not None for row in rows for value in row[len(child[0]) :]), name
                    continue
                table = tables[name]["name"]
                wanted, typed = _typed(engine, f"read_parquet('{folder}/{table}.parquet')")
                assert columns == wanted, (name, program)
                # Parquet is in the order of the key.
                key = [columns.index(field) for field in tables[name]["primaryKey"]]
                for row, right in zip(in_order(rows, key), in_order(typed, key), strict=True):
                    for column, cell, value in zip(columns, row, right, strict=True):
                        assert is_same(cell, value), (about["name"], table, column, cell, value)
                        compared += 1
        cells += sum(each["rows"] * len(each["fields"]) for each in about["tables"])
    assert compared == cells > 0
    if site == "own_site" and program != "pandas (CSV)":
        assert joined


def test_the_page_gives_the_lines_of_the_api(small_site: Path) -> None:
    for about, _ in releases(small_site):
        page = html.unescape((small_site / "en/datasets" / about["name"] / "index.html").read_text("utf-8"))
        assert set(about["read"]) == set(RUN)
        assert all(code in page for code in about["read"].values())
        assert f"/{about['version']}/" in about["read"]["R"]


@pytest.mark.thorough
def test_the_lines_in_a_package_read_what_is_in_it(small_site: Path, tmp_path: Path) -> None:
    for about, folder in releases(small_site):
        own = tmp_path / about["name"]
        with zipfile.ZipFile(next(folder.glob("*.zip"))) as packed:
            packed.extractall(own)
        readme = (own / "README.md").read_text("utf-8")
        for language, run in (("r", by_r), ("python", by_python)):
            (code, *_) = re.findall(rf"\n```{language}\n(.*?)\n```\n", readme, re.DOTALL)
            frames = run(code, own)
            assert {name_of(each["name"], code) for each in about["tables"]} <= frames.keys()
            assert {len(rows) for _, rows in frames.values()} >= {each["rows"] for each in about["tables"]}
