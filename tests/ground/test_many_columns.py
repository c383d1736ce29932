"""A table of many columns is compared, released and built like a narrow one, within the memory limit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from datagazette.diff.changes import compare_rows
from datagazette.diff.outcome import TableComparison
from datagazette.diff.rows import plan_rows, read_side
from datagazette.diff.tables import compare_tables
from datagazette.model.resource import Dialect, Field, Schema, Table
from datagazette.tables.engine import Limits, connect
from datagazette.tables.relation import TOGETHER
from tests.conftest import call_build
from tests.ground.drafts import drafted

MEMORY = "200MB"  # of the database; a hundred conditions with a filter each take more
# Columns with their type, and their cells before and after.
CHANGED = {
    "code": ("string", "007 012 031 100", "7 12 31 100"),
    "share": ("number", "0.5 1.5 2.5 4", "0.5 1.5 2.5 40"),
    "count": ("integer", "10 20 30 40", "11 20 30 80"),
    "place": ("string", "north south east west", "north south _ west"),
    "day": ("date", "2021-01-05 2021-01-06 2021-01-07 2021-01-08", "2021-01-05 2021-01-16 2021-01-07 2021-01-08"),
    "length": ("number", "1 2 3 4", "10 20 30 40"),
}  # fmt: skip
FILLERS = ("integer", "string", "number", "boolean")


def write(folder: Path, name: str, columns: dict[str, tuple[str, list[str]]]) -> Table:
    rows = zip(*(cells for _, cells in columns.values()), strict=True)
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("\n".join(map(",".join, [tuple(columns), *rows])) + "\n")
    fields = tuple(Field(column, kind) for column, (kind, _) in columns.items())
    return Table("t", name, name, Schema("t", "", fields, ("k",)), Dialect())


def compared(folder: Path, fillers: int) -> TableComparison:
    """The changed columns, with so many others that did not change before, between and behind them."""
    sides = []
    for side, place in (("old", 1), ("new", 2)):
        columns = {"k": ("string", list("ABCD"))}
        for number, (name, found) in enumerate(CHANGED.items()):
            for at in range(number, fillers, len(CHANGED)):
                columns[f"f{at}"] = (FILLERS[at % 4], ["1", "0", "1", "1"])
            columns[name] = (found[0], [cell.strip("_") for cell in found[place].split(" ")])
        sides.append((write(folder, f"{side}.csv", columns), folder / side))
    with connect(Limits(MEMORY, threads=1)) as engine:
        for _, scratch in sides:
            scratch.mkdir()
        read = [read_side(engine, table, folder / table.file, scratch) for table, scratch in sides]
        return compare_tables(engine, *read)


@pytest.mark.thorough
def test_a_wide_table_is_compared_like_a_narrow_one_and_within_the_memory_limit(tmp_path: Path) -> None:
    narrow, wide = compared(tmp_path / "narrow", 0), compared(tmp_path / "wide", 3 * TOGETHER)
    assert [damage.kind for damage in wide.damages] == ["leading-zeros-lost"]
    assert wide.damages == narrow.damages
    assert wide.fields == narrow.fields
    assert wide.large == narrow.large
    assert wide.shown
    assert narrow.shown
    for of_wide, of_narrow in ((wide.change, narrow.change), (wide.shown, narrow.shown)):
        assert of_wide.changed == of_narrow.changed == 4
        assert of_wide.changed_cells == of_narrow.changed_cells


@pytest.mark.thorough
def test_a_wide_table_is_released_and_its_page_shows_the_first_columns_and_folds_the_fields(tmp_path: Path) -> None:
    width = 2 * TOGETHER + 30
    fields = {"k": "string", **{f"c{number}": FILLERS[number % 4] for number in range(1, width)}}
    before, after = (
        "\n".join(map(",".join, [tuple(fields), *((key, *[cell] * (width - 1)) for key, cell in rows)])) + "\n"
        for rows in ((("A", "1"), ("B", "0")), (("A", "1"), ("B", "1")))
    )
    root = drafted(tmp_path, before, after, fields)
    assert call_build("release", "t", "--root", root).status == 0
    assert call_build("build", "--root", root).status == 0
    page = (root / "public/datasets/t/index.html").read_text("utf-8")
    assert f"Columns shown: 50 of {width}. The files have all of them." in page
    assert page.count('data-label="C') == 2 * 49
    assert f"<summary>Show all {width} fields</summary>" in page
    assert page.count('id="field-t-') == width
    rows = json.loads((root / "public/data/t/1.1.0/t.json").read_text("utf-8"))
    assert [len(row) for row in rows] == [width, width]
    changes = json.loads((root / "public/data/t/1.1.0/changes.json").read_text("utf-8"))
    assert f"c{width - 1}" in json.dumps(changes)


def test_a_table_with_too_many_columns_is_refused_with_the_limit_and_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "wide.csv").write_text(",".join(f"c{number}" for number in range(2_001)) + "\n")
    root = drafted(tmp_path / "publication", "k\nA\n", "k\nA\n", {"k": "string"})
    done = call_build("new", "other", tmp_path / "wide.csv", "--root", root)
    assert done.status == 2
    assert "wide.csv has more than 2,000 columns, which is the limit of a table. Put categories into rows" in done.said


@pytest.mark.thorough
def test_of_a_wide_table_that_changed_everywhere_the_first_rows_are_listed(tmp_path: Path) -> None:
    width, count = 2_000, 300
    header = ",".join(["k", *(f"c{number}" for number in range(1, width))])
    names = [Field(name, "integer") for name in header.split(",")]
    table = Table("t", "t.csv", "t.csv", Schema("t", "t.yaml", tuple(names), primary_key=("k",)))
    with connect() as engine:
        plans = []
        for name, cell in (("old", "1"), ("new", "2")):
            rows = "".join(f"{row},{','.join([cell] * (width - 1))}\n" for row in range(count))
            (tmp_path / f"{name}.csv").write_text(f"{header}\n{rows}", "utf-8")
            (tmp_path / name).mkdir()
            plans.append(read_side(engine, table, tmp_path / f"{name}.csv", tmp_path / name).rows)
        change = compare_rows(engine, "t", plan_rows(*plans, ("k",), ("k",)))
    assert change.changed == count
    listed = {cell.key for cell in change.changed_cells}
    assert listed == {(row,) for row in range(250)}
    assert len(change.changed_cells) == 250 * (width - 1)
