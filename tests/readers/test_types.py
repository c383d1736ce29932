"""The types that CSV on the Web and Croissant name: those of the cells, as their readers know them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from csvw.metadata import CSVW

from datagazette.describe.json_ld import croissant, csvw
from datagazette.describe.notation import dump
from datagazette.describe.xml_schema import held_types
from datagazette.model.publication import Dataset, Publication
from datagazette.model.resource import Field, Schema, Table
from datagazette.model.results import PublishedFile, ReleaseResult
from tests.formats.sample import CATALOG, people


def held(kind: str, *cells: str, missing: tuple[str, ...] = ("",), **asked: Any) -> str:
    """The type that a column of these cells is said to have."""
    field = Field("cell", kind, asked.get("format", "default"), descriptor=asked)
    return held_types(Schema("s", "s.yaml", (field,), missing_values=missing), [[cell] for cell in cells]).get(
        "cell", ""
    )


@pytest.mark.parametrize(
    ("kind", "cells", "expected"),
    [
        ("boolean", ("true", "false", "true"), "boolean"),
        ("boolean", ("1", "0"), "boolean"),
        ("boolean", ("true", "True"), ""),
        ("boolean", ("true", "", "NA"), "boolean"),
        ("boolean", ("", "NA"), ""),
        ("datetime", ("2021-05-06T07:08:09", "2021-05-06T07:08:09Z"), "dateTime"),
        ("datetime", ("2021-05-06T07:08:09", "2021-05-06 07:08:09"), ""),
        ("time", ("07:08:09", "23:59:59.5"), "time"),
        ("time", ("7:08:09",), ""),
        ("string", ("true", "false"), ""),
        ("duration", ("P1Y",), ""),
    ],
)
def test_a_column_has_the_type_whose_spelling_every_cell_has(kind: str, cells: tuple[str, ...], expected: str) -> None:
    assert held(kind, *cells, missing=("", "NA")) == expected


@pytest.mark.parametrize(("form", "expected"), [("any", "date"), ("%Y-%d-%m", "")])
def test_a_day_whose_format_puts_the_month_elsewhere_is_no_date_of_xml_schema(form: str, expected: str) -> None:
    assert held("date", "2021-05-06", format=form) == expected


def test_a_boolean_that_turns_the_words_round_is_text() -> None:
    turned = {"trueValues": ["0", "false"], "falseValues": ["1", "true"]}
    assert held("boolean", "0", "1", **turned) == ""
    assert held("boolean", "ja", "nein", trueValues=["ja"], falseValues=["nein"]) == ""
    assert held("boolean", "true", "false", trueValues=["ja", "true"], falseValues=["false"]) == "boolean"


@pytest.mark.parametrize(
    ("cell", "asked", "expected"),
    [
        ("1234.5", {"groupChar": ","}, "number"),
        ("1,234.5", {"groupChar": ","}, ""),
        ("1.234", {"groupChar": ".", "decimalChar": ","}, ""),
        ("95%", {"bareNumber": False}, ""),
        ("95", {"bareNumber": False}, "number"),
    ],
)
def test_numbers_are_numbers_of_xml_schema_only_as_they_are_written(cell: str, asked: Any, expected: str) -> None:
    assert held("number", cell, **asked) == expected


def test_a_reader_of_csv_on_the_web_gets_truths_moments_and_times(tmp_path: Path) -> None:
    fields = (Field("open", "boolean"), Field("at", "datetime"), Field("hour", "time"), Field("note"))
    rows = [["true", "2021-05-06T07:08:09", "07:08:09", "x"], ["false", "", "23:00:00", ""]]
    table = Table("t", "t.csv", "t.csv", Schema("t", "t.yaml", fields))
    publication = Publication(Path("/nowhere"), CATALOG, (Dataset("people", (people(),)),))
    described = csvw(publication, people(), table, held_types(table.schema, rows))
    (tmp_path / "t.csv-metadata.json").write_text(dump(described), "utf-8")
    with (tmp_path / "t.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([[field.name for field in fields], *rows])
    read = list(CSVW(str(tmp_path / "t.csv-metadata.json"), validate=True).tables[0])
    assert [row["open"] for row in read] == [True, False]
    assert (read[0]["at"].hour, read[0]["hour"].minute, read[1]["at"]) == (7, 8, None)


TYPES = {"people": {"code": "VARCHAR", "day": "DATE", "people": "BIGINT", "share": "DOUBLE", "open": "BOOLEAN"}}


def described() -> dict[str, Any]:
    files = (
        PublishedFile("people.csv", "csv", 12, "ab" * 32, "text/csv", "people"),
        PublishedFile("people.json", "json", 14, "ef" * 32, "application/json", "people"),
        PublishedFile("people.parquet", "parquet", 13, "cd" * 32, "application/vnd.apache.parquet", "people"),
    )
    release = people()
    publication = Publication(Path("/nowhere"), CATALOG, (Dataset("people", (release,)),))
    found: dict[str, Any] = json.loads(
        dump(croissant(publication, ReleaseResult(release, (), (), (), (), None, files), TYPES))
    )
    return found


def test_croissant_names_each_file_by_the_media_type_that_its_reader_knows() -> None:
    found = {each["@id"]: (each["encodingFormat"], each.get("sha256")) for each in described()["distribution"]}
    assert found["people.csv"] == ("text/csv", "ab" * 32)
    assert found["people.parquet"] == ("application/x-parquet", "cd" * 32)
    assert found["people.json"] == ("application/json", "ef" * 32)


def test_croissant_reads_records_from_json_whose_codes_keep_their_zeros() -> None:
    fields = {each["name"]: each for each in described()["recordSet"][0]["field"]}
    assert {field["source"]["fileObject"]["@id"] for field in fields.values()} == {"people.json"}
    assert fields["code"]["source"]["extract"] == {"jsonPath": "$[*].'code'"}
    assert {name: field["dataType"] for name, field in fields.items()} == {
        "code": "sc:Text", "day": "sc:Date", "people": "sc:Integer", "share": "sc:Float", "open": "sc:Boolean",
        "year": "sc:Text", "kind": "sc:Text", "remark": "sc:Text",
    }  # fmt: skip


def test_croissant_reads_a_field_that_no_path_can_name_from_parquet() -> None:
    (table, *others) = people().tables
    schema = replace(table.schema, fields=(Field("it's"), *table.schema.fields))
    release = people(tables=(replace(table, schema=schema), *others))
    files = (PublishedFile("people.json", "json", 14, "ef" * 32, "application/json", "people"),)
    publication = Publication(Path("/nowhere"), CATALOG, (Dataset("people", (release,)),))
    found = croissant(publication, ReleaseResult(release, (), (), (), (), None, files), TYPES)
    sources = [field["source"] for field in found["recordSet"][0]["field"]]
    assert {source["fileObject"]["@id"] for source in sources} == {"people.parquet"}


@pytest.mark.parametrize(("held_type", "expected"), [("DECIMAL(38,0)", "sc:Integer"), ("DECIMAL(18,2)", "sc:Float")])
def test_a_decimal_without_places_is_a_whole_number(
    held_type: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TYPES["people"], "share", held_type)
    assert described()["recordSet"][0]["field"][3]["dataType"] == expected


def test_croissant_says_its_version_in_the_one_form_that_its_reader_takes_for_it() -> None:
    """Any other, also with https or a slash at the end, is read as version 0.8."""
    assert described()["conformsTo"] == "http://mlcommons.org/croissant/1.1"


@pytest.mark.parametrize("kind", ["integer", "number", "date", "year", "yearmonth", "string"])
def test_rows_are_not_read_where_the_schema_decides(kind: str) -> None:
    def rows() -> Iterator[list[str]]:
        raise AssertionError("a row was read")
        yield []

    assert held_types(Schema("s", "s.yaml", (Field("cell", kind),)), rows()) == {}
