"""Days, times and months without leading zeros are what they are: in files, ranges and pages."""

from __future__ import annotations

import json
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from datagazette.downloads.json import write_json
from datagazette.model.resource import Field, Schema, Table
from datagazette.tables.cells import value_reader
from datagazette.tables.editions import EDITIONS
from datagazette.tables.engine import connect
from datagazette.tables.parquet import all_rows, describe_table, tabulate
from tests.ground.test_after_an_upgrade import built, digest, released

ALIKE = [
    ("date", "%m/%d/%Y", ["3/25/2021", "12/5/2020", "1/2/2022"]),
    ("date", "%d.%m.%Y", ["5.3.2021", "25.12.2021", "29.2.2020"]),
    ("date", "%Y年%m月%d日", ["2021年3月5日", "2021年12月25日", "2020年2月29日"]),
    ("date", "default", ["2021-3-5", "2021-12-25"]),
    ("date", "%d/%m/%y", ["5/3/21", "25/12/68", "1/1/69"]),
    ("date", "%d %b %Y", ["5 Mar 2021", "25 DEC 2021", "1 may 2020"]),
    ("date", "%A, %d. %B %Y", ["Friday, 5. March 2021"]),
    ("time", "%H:%M", ["9:05", "10:5", "0:00"]),
    ("time", "%I:%M %p", ["9:05 pm", "12:05 AM"]),
    ("datetime", "%d.%m.%Y %H:%M", ["5.3.2021 9:5", "25.12.2021 10:00"]),
    ("datetime", "%m/%d/%Y %I:%M:%S %p", ["3/5/2021 1:02:03 PM"]),
    ("datetime", "any", ["2021-03-05 09:05:00", "2021-3-25 9:05:00"]),
    ("date", "any", ["2021-03-05", "2021-3-25"]),
    ("time", "any", ["9:05:00"]),
]
KINDS = {"date": date, "time": time, "datetime": datetime}


def table(field: Field) -> Table:
    return Table("t", "t.csv", "t.csv", Schema("t", "", (Field("k", "string"), field)))


def typed(
    folder: Path, field: Field, cells: list[str], name: str = "t"
) -> tuple[list[Any], tuple[Any, Any], list[Any]]:
    """The values of a column, its least and greatest, and its values in JSON."""
    (folder / "t.csv").write_text("k,v\n" + "".join(f'{at},"{cell}"\n' for at, cell in enumerate(cells)), "utf-8")
    with connect() as engine:
        found = tabulate(engine, table(field), folder / "t.csv", folder / f"{name}.parquet")
        profile = describe_table(engine, found).profiles[1]
        write_json(engine, found.parquet, folder / "t.json", ["k", "v"], ["string", field.type])
        values = [value for _, value in all_rows(engine, found)]
    written = [row["v"] for row in json.loads((folder / "t.json").read_text("utf-8"))]
    return values, (profile.minimum, profile.maximum), written


@pytest.mark.parametrize(("kind", "form", "cells"), ALIKE)
def test_numbers_of_one_digit_and_names_of_months_are_days_and_times(
    kind: str, form: str, cells: list[str], tmp_path: Path
) -> None:
    field = Field("v", kind, format=form, descriptor={"name": "v", "type": kind, "format": form})
    expected = [value_reader(field)(cell) for cell in cells]
    values, bounds, written = typed(tmp_path, field, cells)
    assert values == expected
    assert {type(value) for value in values} == {KINDS[kind]}
    assert bounds == (min(expected), max(expected))
    assert [text.removesuffix("Z") for text in written] == [value.isoformat() for value in expected]


def test_a_moment_with_its_zone_is_put_into_utc(tmp_path: Path) -> None:
    field = Field("v", "datetime", format="%d.%m.%Y %H:%M %z")
    values, bounds, _ = typed(tmp_path, field, ["5.3.2021 9:05 +0100", "5.3.2021 9:05 -03:30"])
    assert values == [datetime(2021, 3, 5, 8, 5), datetime(2021, 3, 5, 12, 35)]
    assert bounds == tuple(values)


def test_months_of_one_digit_sort_as_months(tmp_path: Path) -> None:
    values, bounds, _ = typed(tmp_path, Field("v", "yearmonth"), ["2021-10", "2021-3"])
    assert (values, bounds) == (["2021-10", "2021-03"], ("2021-03", "2021-10"))


@pytest.mark.parametrize(
    ("kind", "form", "cells"),
    [
        ("date", "%d/%m/%Y", ["5/3/0021", "4/10/2021"]),
        ("date", "%d/%m/%Y", ["5/3/2021", "31/2/2021"]),
        ("date", "%d%m%Y", ["132021", "05032021"]),
        ("time", "%H:%M %p", ["1:05 PM", "9:05 AM"]),
        ("time", "%I:%M", ["12:5", "9:05"]),
        ("date", "any", ["5 March 2021", "2021-03-05"]),
        ("yearmonth", "default", ["+2021-3", "2021-10"]),
        ("number", "default", ["7", "2e500"]),
    ],
)
def test_a_column_that_stays_text_has_no_range(kind: str, form: str, cells: list[str], tmp_path: Path) -> None:
    values, bounds, _ = typed(tmp_path, Field("v", kind, format=form), cells)
    assert (values, bounds) == (cells, (None, None))


def test_an_earlier_program_reads_days_as_texts_again(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("k,v\nA,5.3.2021\n")
    with connect() as engine:
        field = Field("v", "date", format="%d.%m.%Y")
        found = tabulate(engine, table(field), tmp_path / "t.csv", tmp_path / "t.parquet", EDITIONS[1])
        assert all_rows(engine, found) == [("A", "5.3.2021")]


@pytest.mark.thorough
def test_days_that_were_published_as_text_stay_text_in_that_release(tmp_path: Path) -> None:
    cells = {"A": "2021-3-25", "B": "2020-12-5"}
    lines = [json.dumps({"k": key, "v": cell}, sort_keys=True) for key, cell in cells.items()]
    values = digest("k VARCHAR", "v VARCHAR", *(f'"{key}"\t"{cell}"' for key, cell in cells.items()))
    text = "k,v\n" + "".join(f"{key},{cell}\n" for key, cell in cells.items())
    contents = {"t.parquet": values, "t.json": digest(*lines)}
    root = released(tmp_path, text, {"k": "string", "v": "date"}, contents)
    done, rows = built(root)
    assert done.status == 0, done.said
    assert "published-file-differs" not in done.said
    assert [row["v"] for row in rows] == list(cells.values())
    assert not list((root / "public/data/t/1.0.0").glob(".*"))
