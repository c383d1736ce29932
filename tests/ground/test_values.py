"""Published values are those of the table."""

from __future__ import annotations

import json
from pathlib import Path

from datagazette.compute.queries import answer, opened
from datagazette.downloads.json import write_json
from datagazette.downloads.parquet import _renamed, _writable, copy_statement
from datagazette.model.publication import Field, Schema, Table
from datagazette.tables.engine import Limits, connect
from datagazette.tables.parquet import all_rows, describe_table, tabulate

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
