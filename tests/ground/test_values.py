"""Published values are those of the table."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from datagazette.compute.queries import answer, opened
from datagazette.describe.notation import filled_text, number_text
from datagazette.downloads.json import write_json
from datagazette.downloads.parquet import _renamed, _writable, copy_statement
from datagazette.model.publication import Summary
from datagazette.model.resource import Field, Schema, Table
from datagazette.model.results import FieldProfile, SummaryResult, TableResult
from datagazette.model.text import Text, plain
from datagazette.pages.cells import cell
from datagazette.pages.context import PageContext
from datagazette.pages.dictionary import _commonest, _field, _table
from datagazette.tables.engine import Limits, connect
from datagazette.tables.parquet import all_rows, describe_table, tabulate
from tests.conftest import Run
from tests.pages.sample import content

TYPES = {"Site": "string", "Count": "integer", "count": "integer", "COUNT": "string"}
FIELDS = tuple(Field(name, kind) for name, kind in TYPES.items())
NAMES = [field.name for field in FIELDS]
ROWS = [("A", 7, 12, "hi"), ("B", 8, 14, "lo")]


def test_columns_whose_names_differ_in_case_keep_their_own_values(tmp_path: Path) -> None:
    csv, typed, made = tmp_path / "sites.csv", tmp_path / "sites.parquet", tmp_path / "made.parquet"
    csv.write_text("Site,Count,count,COUNT\nA,7,12,hi\nB,8,14,lo\n")
    schema = Schema("sites", "", FIELDS, primary_key=("Site",))
    names = _writable(NAMES, 0)
    with connect() as engine:
        table = tabulate(engine, Table("sites", "sites.csv", "sites.csv", schema), csv, typed)
        assert all_rows(engine, table) == ROWS
        assert [profile.minimum for profile in describe_table(engine, table).profiles[1:3]] == [7, 12]
        write_json(engine, typed, tmp_path / "sites.json", NAMES, [field.type for field in FIELDS])
        engine.run(copy_statement(typed, made, schema, {}, 2048, names))
        assert _renamed(engine, made, {held: name for name, held in names.items() if name != held})
        assert engine.rows(f"FROM read_parquet('{made}')") == ROWS
        assert [row[0] for row in engine.rows(f"SELECT name FROM parquet_schema('{made}')")][1:] == NAMES
    assert json.loads((tmp_path / "sites.json").read_text()) == [dict(zip(NAMES, row, strict=True)) for row in ROWS]


def test_a_query_answers_with_the_names_of_the_fields(tmp_path: Path) -> None:
    csv, typed = tmp_path / "sites.csv", tmp_path / "sites.parquet"
    csv.write_text("Site,Count,count,COUNT\nA,7,12,hi\nB,8,14,lo\n")
    with connect() as engine:
        table = Table("sites", "sites.csv", "sites.csv", Schema("sites", "", FIELDS))
        tabulate(engine, table, csv, typed)
    with opened({("sites",): typed}, Limits(), "question") as box:
        whole, _ = answer(box, "SELECT * FROM sites", "query")
        named, _ = answer(box, 'SELECT sum("Count") AS "Sum", sum(count_1) AS "sum" FROM sites;', "query")
    assert whole
    assert named
    assert ([name for name, _ in whole.columns], list(whole.rows)) == (NAMES, ROWS)
    assert ([name for name, _ in named.columns], named.rows) == (["Sum", "sum"], ((15, 26),))


def test_one_unusual_cell_leaves_a_column_its_type(tmp_path: Path) -> None:
    csv, typed, made = tmp_path / "rates.csv", tmp_path / "rates.parquet", tmp_path / "rates.json"
    csv.write_text("k,rate,n,y\nA,0.25,7,2020\nB,NaN,１５,２０２２\nC,0.75,8,2021\n")
    kinds = {"k": "string", "rate": "number", "n": "integer", "y": "year"}
    schema = Schema("rates", "", tuple(Field(name, kind) for name, kind in kinds.items()))
    with connect() as engine:
        table = tabulate(engine, Table("rates", "rates.csv", "rates.csv", schema), csv, typed)
        write_json(engine, typed, made, list(kinds), list(kinds.values()))
        types = [kind for _, kind in engine.columns(f"FROM {table.relation}")]
        profile = describe_table(engine, table).profiles[1]
    assert types == ["VARCHAR", "DOUBLE", "BIGINT", "INTEGER"]
    assert [(row["rate"], row["n"], row["y"]) for row in json.loads(made.read_text())] == [
        (0.25, 7, 2020), (None, 15, 2022), (0.75, 8, 2021),
    ]  # fmt: skip
    assert (profile.minimum, profile.maximum) == (0.25, 0.75)


def test_a_number_beyond_all_doubles_stays_as_it_was_written(tmp_path: Path) -> None:
    csv, typed = tmp_path / "large.csv", tmp_path / "large.parquet"
    csv.write_text("k,n\nA,7\nB,2e500\n")
    schema = Schema("large", "", (Field("k", "string"), Field("n", "number")))
    with connect() as engine:
        table = tabulate(engine, Table("large", "large.csv", "large.csv", schema), csv, typed)
        assert all_rows(engine, table) == [("A", "7"), ("B", "2e500")]


def test_values_with_another_bound_are_counted_apart(tmp_path: Path) -> None:
    csv, typed = tmp_path / "no2.csv", tmp_path / "no2.parquet"
    csv.write_text("no2,bound\n2,exact\n2,less_than\n")
    schema = Schema("no2", "", (Field("no2", "number", role="value"), Field("bound", "string", role="bound")))
    with connect() as engine:
        table = tabulate(engine, Table("no2", "no2.csv", "no2.csv", schema), csv, typed)
        profile = describe_table(engine, table).profiles[0]
    assert (profile.top, profile.bounds, profile.distinct) == (((2.0, 1), (2.0, 1)), ("", "less_than"), 2)


def test_a_table_shows_its_numbers_with_all_their_digits() -> None:
    context = PageContext(content(), "en", "")
    found = [cell(context, Field("lat", "number"), value, {}).text for value in (53.506476, -2.312904, 53.428114)]
    assert found == ["53.506476", "-2.312904", "53.428114"]
    assert cell(context, Field("share", "number"), 53.506476, {}, computed=True).text == "53.51"


def test_what_is_no_number_is_shown_as_it_is_written() -> None:
    context = PageContext(content(), "en", "")
    found = [cell(context, Field("n", "number"), float(text), {}).text for text in ("nan", "inf", "-inf")]
    assert found == ["NaN", "INF", "-INF"]


def test_missing_cells_are_a_share_of_all_rows() -> None:
    field = Field("note", "string")
    found = [_missing(FieldProfile(field, count, missing, 0)) for count, missing in ((2, 2), (0, 4), (1642, 358))]
    assert found == ["2 (50%)", "4 (100%)", "358 (17.9%)"]


def _missing(profile: FieldProfile) -> object:
    context, table = PageContext(content(), "en", ""), content().datasets[0].latest.tables[0]
    return _field(context, content().datasets[0].latest, table, profile, {})["missing"]


def test_a_table_without_descriptions_has_no_column_for_them() -> None:
    context, release = PageContext(content(), "en", ""), content().datasets[0].latest
    found = []
    for description in (Text(), plain("Where it is.")):
        field = Field("site", "string", description=description)
        table = TableResult(
            Table("t", "t.csv", "t.csv", Schema("t", "", (field,))), 1, (FieldProfile(field, 1, 0, 1),), (), ""
        )
        found.append(_table(context, release, table)["meanings"])
    assert found == [False, True]


def test_the_commonest_numbers_are_shown_where_they_are_common() -> None:
    context, field, top = PageContext(content(), "en", ""), Field("n", "number", role="value"), ((2.0, 2), (3.0, 2))
    bounds = ("", "less_than")
    few, many = (FieldProfile(field, count, 0, 4, 2.0, 9.0, top, bounds) for count in (300, 6))
    assert _commonest(context, few, {}) == []
    assert _commonest(context, many, {}) == [("2", "2"), ("< 3", "2")]


def test_a_draft_whose_fields_differ_in_case_alone_gets_a_warning(small: Path, run: Callable[..., Run]) -> None:
    schema, table = small / "schemas/visits.v1.yaml", small / "datasets/visits/1.0.0/visits.csv"
    field = "  - {name: ID, type: string, title: 另一编号, title@en: Another number}\n"
    schema.write_text(schema.read_text("utf-8").replace("primaryKey", f"{field}primaryKey"), "utf-8")
    first, *rows = table.read_text("utf-8").splitlines()
    table.write_text("".join(f"{line}\n" for line in (f"{first},ID", *(f"{row},x" for row in rows))), "utf-8")
    done = run("check", "--root", small)
    assert done.status == 0, done.said
    assert "The fields “id” and “ID” differ only in capital letters" in done.said


@pytest.mark.parametrize(
    ("title", "filled"),
    [
        ("{share} of spending is at East", "90.21% of spending is at East"),
        ("{share}% of spending", "90.21% of spending"),
        ("{share} per cent of spending", "90.21 per cent of spending"),
        ("东区占百分之{share}", "东区占百分之90.21"),
    ],
)
def test_a_share_in_a_finding_has_one_percent_sign(title: str, filled: str) -> None:
    fields = (Field("share", "number", unit=Text((("en", "%"),))),)
    result = SummaryResult(Summary("east", Text(), "", "", fields), ((90.21,),))
    assert filled_text(title, result, lambda _, value: number_text(float(str(value)), "en")) == filled
