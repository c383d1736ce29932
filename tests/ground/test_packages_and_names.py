"""What `new` makes of a Data Package and of the name of a file, and what it proposes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from datagazette.intake.describe import schema_yaml
from datagazette.intake.drafts import Draft, Sources, plan_dataset
from datagazette.intake.notices import lines
from datagazette.intake.packages import package_sheets
from datagazette.model.errors import UsageError
from tests.conftest import PUBLICATIONS, call_build

CELLS = "id,n,Start Date\nA1,5,2021-01-02\nA2,x,2021-01-03\n"
FIELDS = [{"name": "id", "type": "integer"}, {"name": "n", "type": "integer"}, {"name": "Start Date", "type": "date"}]


def package(folder: Path, table: dict[str, Any] | None = None, **keys: Any) -> Path:
    (folder / "t.csv").write_text(CELLS, "utf-8")
    resource = {"name": "t", "path": "t.csv", **(table or {})}
    path = folder / "datapackage.json"
    path.write_text(json.dumps({"name": "p", "resources": [resource], **keys}), "utf-8")
    return path


def planned(folder: Path, *files: Path, key: tuple[str, ...] = ()) -> Draft:
    root = folder / "root"
    if not root.exists():
        shutil.copytree(PUBLICATIONS / "small", root)
    return plan_dataset(Sources(root, "x", files, key=key))


def said(draft: Draft) -> str:
    found = (notice for table, sheet in zip(draft.tables, draft.sheets, strict=True)
             for notice in (*sheet.notices, *table.all_notices))  # fmt: skip
    return "\n".join(lines(tuple(found), "en"))


def written(folder: Path, *names: str, text: str = "stop,road\nS1,High\nS2,Low\n") -> list[Path]:
    for name in names:
        (folder / name).write_text(text, "utf-8")
    return [folder / name for name in names]


@pytest.mark.thorough
def test_the_schema_of_a_package_is_printed_as_it_is_written_and_cells_that_do_not_fit_are_errors(
    small: Path, tmp_path: Path
) -> None:
    source = package(tmp_path, {"schema": {"fields": FIELDS, "primaryKey": "n"}})
    done = call_build("new", "x", source, "--root", small)
    assert "  id          integer\n  n           integer\n  Start Date  date\n  primary key: n\n" in done.out
    assert "“A1” in column “id” is not a whole number" in done.out
    schema = yaml.safe_load((small / "schemas/t.v1.yaml").read_text("utf-8"))
    assert [field["type"] for field in schema["fields"]] == ["integer", "integer", "date"]
    assert [field["title@en"] for field in schema["fields"]] == ["ID", "N", "Start Date"]


def test_a_package_keeps_its_schema_and_the_titles_of_its_headings(tmp_path: Path) -> None:
    draft = planned(tmp_path, package(tmp_path, {"schema": {"fields": FIELDS}}))
    (table,) = draft.tables
    assert table.types == {"id": "integer", "n": "integer", "Start Date": "date"}
    assert table.key == ()
    assert "has no primaryKey; this would identify the rows: “id”" in said(draft)


@pytest.mark.thorough
def test_a_key_that_a_person_states_is_that_of_a_package(tmp_path: Path) -> None:
    source = package(tmp_path, {"schema": {"fields": FIELDS, "primaryKey": "n"}})
    draft = planned(tmp_path, source, key=("id",))
    assert draft.tables[0].key == ("id",)
    assert yaml.safe_load(schema_yaml("t.v1", draft.tables[0], ["en"]))["primaryKey"] == ["id"]
    with pytest.raises(UsageError, match="there is no column idd; did you mean id"):
        planned(tmp_path, source, key=("idd",))


@pytest.mark.thorough
def test_a_unit_in_a_heading_of_a_package_stays_in_its_title(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("Mass (kg),Area (ha)\n1,2\n")
    fields = [{"name": "Mass (kg)", "type": "number"}, {"name": "Area (ha)", "type": "number", "unit": "ha"}]
    path = tmp_path / "datapackage.json"
    path.write_text(
        json.dumps({"name": "p", "resources": [{"name": "t", "path": "t.csv", "schema": {"fields": fields}}]})
    )
    found = yaml.safe_load(schema_yaml("t.v1", planned(tmp_path, path).tables[0], ["en"]))
    assert [field["title"] for field in found["fields"]] == ["Mass (kg)", "Area"]


@pytest.mark.thorough
def test_a_key_that_is_twice_in_a_descriptor_is_named(tmp_path: Path) -> None:
    path = package(tmp_path)
    path.write_text(path.read_text().replace('"path":', '"path": "u.csv",\n"path":'))
    assert "written twice, and the last one counts: line 2 “path”" in said(planned(tmp_path, path))
    done = call_build("check", path)
    assert "warning yaml-duplicate-key" in done.out
    assert "line 2: The key “path” is written twice here" in done.out


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.csv", b"PK\x03\x04rest", "no CSV, but a file of the kind zip"),
        ("t.txt", b"%PDF-1.7", "no CSV, but a file of the kind PDF"),
        ("t.json", b'[{"a": 1}]', "no descriptor of a Data Package"),
    ],
)
def test_a_file_of_another_kind_is_called_what_it_is(name: str, content: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError, match=message):
        planned(tmp_path, tmp_path / name)


@pytest.mark.thorough
def test_rows_above_the_header_of_a_package_are_named(tmp_path: Path) -> None:
    source = package(tmp_path)
    (tmp_path / "t.csv").write_text("Trees by ward\n2023\nward,trees,note,by\nN1,3,a,x\nN2,4,b,y\n", "utf-8")
    draft = planned(tmp_path, source)
    assert draft.sheets[0].labels == ("ward", "trees", "note", "by")
    assert "left out above the header: line 1 “Trees by ward”, line 2 “2023”" in said(draft)


def test_a_package_without_a_schema_is_described_as_a_file_is(tmp_path: Path) -> None:
    draft = planned(tmp_path, package(tmp_path))
    assert draft.tables[0].types == {"id": "string", "n": "string", "start_date": "date"}
    assert draft.tables[0].key == ("id",)


def test_what_of_a_package_is_left_out_is_named(tmp_path: Path) -> None:
    source = package(tmp_path, {"licence": "x", "description": "All."}, id="doi:10.1", title="T")
    document = json.loads(source.read_text("utf-8"))
    document["resources"].append({"name": "more", "data": [{"a": 1}], "schema": {"fields": [{"name": "a"}]}})
    source.write_text(json.dumps({**document, "title@zh": "表"}), "utf-8")
    draft = planned(tmp_path, source)
    assert "no single CSV are left out: “more”" in said(draft)
    assert "not taken over: “id”, “t: licence”" in said(draft)
    assert draft.package == {"title": "T", "title@zh": "表"}


def test_a_csv_in_another_encoding_than_its_package_says_is_refused_until_it_is_named(tmp_path: Path) -> None:
    source = package(tmp_path)
    (tmp_path / "t.csv").write_bytes("id,town\n1,Málaga\n".encode("cp1252"))
    with pytest.raises(UsageError, match=r"not in the encoding utf-8, .*--encoding. line 2 “1,M\\xe1laga”"):
        package_sheets(source)
    (sheet,), _ = package_sheets(source, "cp1252")
    assert sheet.rows == (("1", "Málaga"),)


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("files", "names"),
    [
        (["Bus stops 2024.csv"], ["bus-stops"]),
        (["2024-05 stops.csv"], ["stops"]),
        (["stops 2011-2023.csv"], ["stops"]),
        (["stops 2023.csv", "stops 2024.csv"], ["stops-2023", "stops-2024"]),
        (["2024.csv"], ["2024"]),
        (["route-66.csv"], ["route-66"]),
        (["公交站2024.csv"], ["x"]),
    ],
    ids=lambda value: value[0],
)
def test_a_date_in_the_name_of_a_file_is_no_part_of_the_name_of_its_table(
    files: list[str], names: list[str], tmp_path: Path
) -> None:
    draft = planned(tmp_path, *written(tmp_path, *files))
    assert [table.name for table in draft.tables] == names
    assert ("without the date" in said(draft)) == (names[0] in ("bus-stops", "stops"))


def test_coordinates_and_columns_of_years_are_hints(tmp_path: Path) -> None:
    text = "stop,Latitude,lon,2011,2012,2013\nS1,51.5,-0.1,1,2,3\nS2,51.6,-170.25,2,3,5\n"
    draft = planned(tmp_path, *written(tmp_path, "stops.csv", text=text))
    assert draft.tables[0].proposals["minimum, maximum"] == ("latitude", "lon")
    assert "columns are years: “2011 … 2013”" in said(draft)
    metres = written(tmp_path, "metres.csv", text="stop,lat,2011,2012\nS1,532000.5,1,2\nS2,532001.5,2,3\n")
    draft = planned(tmp_path, *metres)
    assert "minimum, maximum" not in draft.tables[0].proposals
    assert said(draft) == ""
