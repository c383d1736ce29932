"""What `add` keeps of a Data Package, of CSVW and of CKAN's answers, and that it lists what it does not keep."""

from __future__ import annotations

import gzip
import json
import random
import shutil
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml

from datagazette.intake import ckan, csvw
from datagazette.intake.accounts import How, Left
from datagazette.intake.csvw_types import date_pattern, field_type
from datagazette.intake.drafts import Draft, Sources, plan_dataset
from datagazette.intake.gathering import gather
from datagazette.intake.keeping import kept
from datagazette.intake.older_packages import upgraded
from datagazette.model.errors import DataFaults, UsageError
from tests.conftest import PUBLICATIONS, Run

CSV = "id,name,built\nA1,Old bridge,1901\nA2,New bridge,1999\n"
FIELDS = [{"name": "id", "type": "string", "title": "Number"}, {"name": "name", "type": "string"},
          {"name": "built", "type": "year"}]  # fmt: skip


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(PUBLICATIONS / "small", tmp_path_factory.mktemp("root") / "small"))


def planned(root: Path, *files: Path) -> Draft:
    return plan_dataset(Sources(root, "", files, wide=True))


def package(folder: Path, *resources: dict[str, Any], **keys: Any) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "bridges.csv").write_text(CSV, "utf-8")
    path = folder / "datapackage.json"
    path.write_text(json.dumps({"resources": list(resources) or [table()], **keys}), "utf-8")
    return path


def table(**keys: Any) -> dict[str, Any]:
    return {"name": "bridges", "path": "bridges.csv", "schema": {"fields": FIELDS, "primaryKey": "id"}} | keys


def left(draft: Draft) -> dict[str, str]:
    """The reasons for what is not kept, by what it is."""
    return {part.what: part.reason for account in draft.accounts for part in account.left}


def names(draft: Draft) -> list[str]:
    return [table.name for table in draft.tables]


def test_a_package_of_an_earlier_version_says_the_same_in_the_keys_of_version_2() -> None:
    found, former = upgraded({
        "license": "CC0-1.0", "licenses": [{"id": "odc-by", "url": "https://x.example.org/"}],
        "author": "Ada Byron <ada@example.org> (https://ada.example.org)",
        "maintainers": [{"name": "Bo", "web": "https://bo.example.org"}],
        "contributors": [{"title": "Cy", "role": "editor"}, {"title": "Di", "roles": ["wrangler"]}],
        "sources": [{"name": "Census", "web": "https://c.example.org"}, "https://d.example.org"],
        "title": {"": "Bridges", "es": "Puentes"}, "resources": [],
    })  # fmt: skip
    assert found["licenses"] == [{"name": "CC0-1.0"}, {"name": "odc-by", "path": "https://x.example.org/"}]
    assert found["contributors"] == [
        {"title": "Ada Byron", "email": "ada@example.org", "path": "https://ada.example.org", "roles": ["author"]},
        {"title": "Cy", "roles": ["editor"]}, {"title": "Di", "roles": ["wrangler"]},
        {"title": "Bo", "path": "https://bo.example.org", "roles": ["maintainer"]},
    ]  # fmt: skip
    assert found["sources"] == [{"title": "Census", "path": "https://c.example.org"}, {"path": "https://d.example.org"}]
    assert (found["title"], found["title@es"]) == ("Bridges", "Puentes")
    assert former["contributors"] == ("author", "contributors", "maintainers")


def test_what_the_licence_of_the_only_table_says_holds_for_the_dataset() -> None:
    found, _ = upgraded({"resources": [{"name": "x", "licenses": [{"id": "odc-by"}]}]})
    assert found["licenses"] == [{"name": "odc-by"}]
    assert found["resources"] == [{"name": "x"}]


def test_an_orcid_and_a_ror_are_kept_where_their_check_digits_are_right() -> None:
    named = {"title": "Josiah Carberry", "orcid": "https://orcid.org/0000-0002-1825-0097", "ror": "000000098"}
    assert kept({"contributors": [named]}) == ({"contributors": [named]}, [])


def test_nothing_that_the_check_refuses_is_kept_and_each_part_that_is_not_has_a_reason() -> None:
    found, lost = kept({
        "title": " Brid\x07ges ", "version": "2026", "keywords": "a, b;a", "homepage": "javascript:alert(1)",
        "sources": [{"title": "S", "path": "ftp://x"}, {"path": "data/raw.csv"}],
        "contributors": [{"title": "C", "email": "no address", "orcid": "1"}], "updateFrequency": "often",
        "created": "2020-01-01", "id": "doi:1", "collection": "x", "temporal": "2020/2021", "licenses": [],
    })  # fmt: skip
    assert found == {"title": "Bridges", "keywords": ["a", "b"], "sources": [{"title": "S"}],
                     "contributors": [{"title": "C"}], "temporal": "2020/2021"}  # fmt: skip
    assert {part.what: part.reason for part in lost} == {
        "version": "version", "homepage": "link", "sources: path": "link", "contributors: email": "email",
        "contributors: orcid": "form", "updateFrequency": "frequency", "created": "ledger", "id": "other-id",
        "collection": "no-place",
    }  # fmt: skip


@pytest.mark.thorough
@pytest.mark.parametrize("form", ["path", "folder", "zip", "folder in a zip", "yaml"])
def test_a_package_may_be_a_descriptor_a_folder_or_a_zip(form: str, root: Path, tmp_path: Path) -> None:
    path = package(tmp_path / "bridges", title="Bridges", keywords=["roads"])
    if form == "yaml":
        path.with_suffix(".yaml").write_text(yaml.safe_dump(json.loads(path.read_text("utf-8"))), "utf-8")
        path.unlink()
        path = path.with_suffix(".yaml")
    given = path if form in ("path", "yaml") else path.parent
    if "zip" in form:
        base = tmp_path if "folder" in form else path.parent
        given = Path(shutil.make_archive(str(tmp_path / "packed"), "zip", base, "bridges" if "folder" in form else "."))
    draft = planned(root, given)
    assert names(draft) == ["bridges"]
    assert draft.tables[0].key == ("id",)
    assert draft.package["keywords"] == ["roads"]
    assert draft.tables[0].resource["schema"]["fields"][0]["title"] == "Number"
    assert dict(draft.accounts[0].kept)["schema"] == "bridges"


@pytest.mark.thorough
def test_each_kind_of_resource_is_read_or_listed_with_the_reason(root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "p"
    path = package(
        folder, table(), {"name": "packed", "path": "packed.csv.gz"}, {"name": "zipped", "path": "zipped.csv.zip"},
        {"name": "within", "data": [{"a": 1, "b": None}, {"a": 2, "b": "x"}]},
        {"name": "listed", "data": [["a", "b"], [1, True], [2, False]]},
        {"name": "Saved Beside", "path": "https://x.example.org/d/saved%20beside.csv?v=1"},
        {"name": "far", "path": "https://x.example.org/far.csv"}, {"name": "gone", "path": "gone.csv"},
        {"name": "split", "path": ["bridges.csv", "bridges.csv"]}, {"name": "map", "path": "map.geojson"},
        table(name="elsewhere", schema="https://x.example.org/schema.json"),
    )  # fmt: skip
    (folder / "packed.csv.gz").write_bytes(gzip.compress(CSV.encode()))
    with zipfile.ZipFile(folder / "zipped.csv.zip", "w") as archive:
        archive.writestr("zipped.csv", CSV)
    (folder / "saved beside.csv").write_text(CSV, "utf-8")
    (folder / "map.geojson").write_text("{}", "utf-8")
    draft = planned(root, path)
    assert names(draft) == ["bridges", "packed", "zipped", "within", "listed", "saved-beside", "elsewhere"]
    assert left(draft) == {"far": "remote", "gone": "missing", "split": "parts", "map": "no-table",
                           "elsewhere: schema": "remote-part"}  # fmt: skip
    assert [column.type for column in draft.tables[4].columns] == ["integer", "boolean"]
    assert draft.contents[3] == b"a,b\n1,\n2,x\n"


@pytest.mark.thorough
def test_a_foreign_key_follows_its_table_to_its_new_name_and_is_listed_where_that_is_not_here(
    root: Path, tmp_path: Path
) -> None:
    towns = {"name": "The Towns", "path": "towns.csv", "schema": {"fields": [{"name": "id"}], "primaryKey": "id"}}
    keys = [{"fields": "id", "reference": {"resource": "The Towns", "fields": "id"}},
            {"fields": "name", "reference": {"resource": "people", "fields": "id"}}]  # fmt: skip
    path = package(tmp_path / "p", table(schema={"fields": FIELDS, "foreignKeys": keys}), towns)
    (path.parent / "towns.csv").write_text("id\nA1\nA2\n", "utf-8")
    draft = planned(root, path)
    (key,) = draft.tables[0].resource["schema"]["foreignKeys"]
    assert key["reference"]["resource"] == "the-towns"
    assert left(draft) == {"bridges: foreignKeys": "foreign-key"}


@pytest.mark.thorough
def test_rows_that_are_comments_by_the_dialect_are_left_out_and_named(root: Path, tmp_path: Path) -> None:
    path = package(tmp_path / "p", table(dialect={"commentChar": "#"}))
    (path.parent / "bridges.csv").write_text(CSV.replace("A2", "# checked, twice\nA2"), "utf-8")
    draft = planned(root, path)
    assert draft.contents[0].decode() == CSV
    (found,) = [found for found in draft.sheets[0].notices if found.code == "comment-rows" and found.count]
    assert "line 3 “# checked |  twice”" in found.text("en")


@pytest.mark.thorough
def test_a_package_with_nothing_to_read_says_where_its_tables_are(root: Path, tmp_path: Path) -> None:
    path = package(tmp_path / "p", {"name": "far", "path": "https://x.example.org/far.csv"})
    with pytest.raises(UsageError) as error:
        planned(root, path)
    assert "far: it is at https://x.example.org/far.csv, and nothing is fetched" in error.value.text("en")
    assert "程序不下载" in error.value.text("zh")


@pytest.mark.thorough
@pytest.mark.parametrize("path", ["../secret.csv", "/etc/passwd", "link.csv"])
def test_a_path_that_leads_out_of_the_folder_is_refused(path: str, root: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text(CSV, "utf-8")
    descriptor = package(tmp_path / "p", table(path=path))
    (descriptor.parent / "link.csv").symlink_to(tmp_path / "secret.csv")
    with pytest.raises(DataFaults):
        planned(root, descriptor)


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["../out.csv", "/tmp/out.csv", "a\\..\\out.csv", "c:/out.csv"])
def test_a_name_that_leads_out_of_an_archive_is_refused(name: str, root: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), CSV)
    with pytest.raises(UsageError) as error:
        planned(root, tmp_path / "bad.zip")
    assert "leads out of the archive" in error.value.text("en")


@pytest.mark.thorough
@pytest.mark.parametrize("ending", ["zip", "csv.gz"])
def test_what_unfolds_to_more_than_a_workbook_may_is_refused(ending: str, root: Path, tmp_path: Path) -> None:
    path = tmp_path / f"bomb.{ending}"
    zeros = b"0" * 60_000_000
    if ending == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("bomb.csv", zeros)
    else:
        path.write_bytes(gzip.compress(zeros))
    with pytest.raises(UsageError) as error:
        planned(root, path)
    assert "when it is unpacked" in error.value.text("en")


@pytest.mark.thorough
def test_a_folder_without_a_descriptor_is_its_tables_and_the_rest_is_listed(root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "roads"
    folder.mkdir()
    for name in ("bridges.csv", "tunnels.csv"):
        (folder / name).write_text(CSV, "utf-8")
    (folder / "readme.txt").write_text("x", "utf-8")
    draft = planned(root, folder)
    assert names(draft) == ["bridges", "tunnels"]
    assert left(draft) == {"readme.txt": "no-table"}
    assert draft.origin == "roads"


@pytest.mark.thorough
def test_a_table_in_a_folder_that_its_package_does_not_name_is_listed(root: Path, tmp_path: Path) -> None:
    path = package(tmp_path / "p")
    (path.parent / "raw.csv").write_text(CSV, "utf-8")
    draft = planned(root, path.parent)
    assert names(draft) == ["bridges"]
    assert left(draft) == {"raw.csv": "undescribed"}
    assert names(planned(root, path, path.parent / "raw.csv")) == ["bridges", "raw"]


@pytest.mark.thorough
def test_a_folder_of_csvs_each_with_metadata_of_its_own_keeps_all_of_them(root: Path, tmp_path: Path) -> None:
    for name in ("bridges", "tunnels"):
        (tmp_path / f"{name}.csv").write_text(HEADED, "utf-8")
        about = metadata(url=f"{name}.csv", dialect={"delimiter": ";"})
        (tmp_path / f"{name}.csv-metadata.json").write_text(json.dumps(about), "utf-8")
    (tmp_path / "plain.csv").write_text(CSV, "utf-8")
    draft = planned(root, tmp_path)
    assert names(draft) == ["bridges", "tunnels", "plain"]
    assert [bool(table.resource) for table in draft.tables] == [True, True, False]
    assert draft.tables[1].resource["title"] == "Bridges", "what the second metadata say"
    (second,) = [account for account in draft.accounts if account.file == "tunnels.csv-metadata.json"]
    assert {part.what for part in second.left if part.reason == "second"} == {
        "keywords", "licenses", "contributors", "sources",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("datatype", "separator", "expected", "lost"),
    [
        ("integer", None, {"type": "integer"}, []),
        ("positiveInteger", None, {"type": "integer", "constraints": {"minimum": 1}}, []),
        ({"base": "decimal", "minimum": 0, "maxExclusive": 9},
         None, {"type": "number", "constraints": {"minimum": 0, "exclusiveMaximum": 9}}, []),
        ({"base": "number", "format": {"decimalChar": ",", "groupChar": "."}},
         None, {"type": "number", "decimalChar": ",", "groupChar": "."}, []),
        ({"base": "number", "format": "#,##0.##"}, None, {"type": "number", "groupChar": ","}, []),
        ({"base": "boolean", "format": "YES|NO"},
         None, {"type": "boolean", "trueValues": ["YES"], "falseValues": ["NO"]}, []),
        ({"base": "date", "format": "M/d/yyyy"}, None, {"type": "date", "format": "%m/%d/%Y"}, []),
        ({"base": "date", "format": "yyyy-MM-dd"}, None, {"type": "date"}, []),
        ({"base": "date", "format": "d MMM yyyy"}, None, {"type": "string"}, ["format d MMM yyyy"]),
        ({"base": "string", "format": "[A-Z]+", "length": 3},
         None, {"type": "string", "constraints": {"pattern": "[A-Z]+", "minLength": 3, "maxLength": 3}}, []),
        ("gYear", None, {"type": "year"}, []),
        ("integer", ";", {"type": "list", "delimiter": ";", "itemType": "integer"}, []),
        ("string", "|", {"type": "list", "delimiter": "|"}, []),
        ("geometry", None, {"type": "string"}, ["geometry"]),
        (None, None, {"type": "string"}, []),
    ],
)  # fmt: skip
def test_a_datatype_of_csvw_is_a_type_with_its_format_and_constraints(
    datatype: Any, separator: str | None, expected: dict[str, Any], lost: list[str]
) -> None:
    assert field_type(datatype, separator) == (expected, lost)


def test_dates_of_csvw_are_written_as_strptime_has_them() -> None:
    assert date_pattern("dd.MM.yyyy HH:mm:ss") == "%d.%m.%Y %H:%M:%S"
    assert date_pattern("yyyyMMdd'T'HHmm") == "%Y%m%dT%H%M"
    assert date_pattern("EEE dd") == ""


def metadata(**keys: Any) -> dict[str, Any]:
    columns = [
        {"name": "id", "titles": ["Number", "No."], "required": True},
        {"name": "name", "titles": {"en": "Name", "fr": "Nom"}, "dc:description": "As people call it."},
        {"name": "built", "titles": "Year", "datatype": "gYear", "null": ["", "?"], "propertyUrl": "x:built"},
        {"name": "state", "titles": "State", "default": "open"},
        {"name": "computed", "virtual": True},
    ]
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}], "url": "bridges.csv",
        "dc:title": {"@value": "Bridges", "@language": "en"}, "dcat:keyword": ["roads", "rivers"],
        "dc:license": {"@id": "https://creativecommons.org/publicdomain/zero/1.0/"},
        "dc:publisher": {"schema:name": "Road office", "schema:url": {"@id": "https://roads.example.org"}},
        "dc:source": "https://roads.example.org/register", "dc:modified": "2024-01-01",
        "tableSchema": {"columns": columns, "primaryKey": "id", "aboutUrl": "#{id}"}, **keys,
    }  # fmt: skip


HEADED = "No.;Name;Year;State\nA1;Old bridge;1901;\nA2;New bridge;?;closed\n"


def test_csvw_metadata_are_said_in_the_keys_of_a_package_and_the_rest_is_listed() -> None:
    found = csvw.described(metadata(dialect={"delimiter": ";", "skipRows": 2}), {})
    assert found.package["title"] == found.package["title@en"] == "Bridges"
    assert found.package["keywords"] == ["roads", "rivers"]
    assert found.package["licenses"] == [{"path": "https://creativecommons.org/publicdomain/zero/1.0/"}]
    assert found.package["contributors"] == [
        {"path": "https://roads.example.org", "title": "Road office", "roles": ["publisher"]}
    ]
    assert found.package["sources"] == [{"path": "https://roads.example.org/register"}]
    (resource,) = found.package["resources"]
    assert resource["dialect"] == {"delimiter": ";", "headerRows": [3]}
    assert resource["schema"]["primaryKey"] == ["id"]
    fields = {field["name"]: field for field in resource["schema"]["fields"]}
    assert fields["id"]["constraints"] == {"required": True}
    assert (fields["name"]["title"], fields["name"]["title@fr"]) == ("Name", "Nom")
    assert fields["name"]["description"] == "As people call it."
    assert fields["built"]["missingValues"] == ["", "?"]
    assert {part.what: part.reason for part in found.left} == {
        "bridges: aboutUrl": "linked-data", "bridges: built: propertyUrl": "linked-data",
        "bridges: computed": "virtual",
    }  # fmt: skip


@pytest.mark.thorough
@pytest.mark.parametrize(
    "name", ["bridges.csv-metadata.json", "bridges-metadata.json", "csv-metadata.json", "any.json"]
)
def test_csvw_metadata_are_found_beside_the_file_or_given(name: str, root: Path, tmp_path: Path) -> None:
    (tmp_path / "bridges.csv").write_text(HEADED, "utf-8")
    (tmp_path / name).write_text(json.dumps(metadata(dialect={"delimiter": ";"})), "utf-8")
    draft = planned(root, tmp_path / (name if name == "any.json" else "bridges.csv"))
    assert draft.contents[0].decode() == "id,name,built,state\nA1,Old bridge,1901,open\nA2,New bridge,?,closed\n"
    assert draft.tables[0].types == {"id": "string", "name": "string", "built": "year", "state": "string"}
    assert left(draft)["modified"] == "ledger"


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEADED.replace("No.;Name", "Name;No."), "column 1 is “Name” in the file, and No., Number, id in the metadata"),
        (HEADED.replace("State", "State;Extra").replace("\nA", "\nx;A"), "the file has 5 columns and the metadata 4"),
    ],
)
def test_a_header_that_is_not_that_of_the_metadata_stops(text: str, message: str, root: Path, tmp_path: Path) -> None:
    (tmp_path / "bridges.csv").write_text(text, "utf-8")
    (tmp_path / "csv-metadata.json").write_text(json.dumps(metadata(dialect={"delimiter": ";"})), "utf-8")
    with pytest.raises(UsageError) as error:
        planned(root, tmp_path / "bridges.csv")
    assert message in error.value.text("en")


@pytest.mark.thorough
def test_names_that_differ_in_capitals_only_are_refused(root: Path, tmp_path: Path) -> None:
    fields = [{"name": "dateTime"}, {"name": "datetime"}]
    path = package(tmp_path / "p", table(schema={"fields": fields}))
    (path.parent / "bridges.csv").write_text("dateTime,datetime\n1,2\n", "utf-8")
    with pytest.raises(UsageError) as error:
        planned(root, path)
    assert "“dateTime”, “datetime”" in error.value.text("en")


@pytest.mark.thorough
def test_a_group_of_tables_has_its_foreign_keys_and_a_table_that_was_not_asked_for_is_listed(
    root: Path, tmp_path: Path
) -> None:
    towns = {"url": "towns.csv", "dc:title": "Towns",
             "tableSchema": {"columns": [{"name": "town"}], "primaryKey": "town"}}  # fmt: skip
    key = {"columnReference": "town", "reference": {"resource": "towns.csv", "columnReference": "town"}}
    roads = {"url": "roads.csv", "tableSchema": {"columns": [{"name": "road"}, {"name": "town"}], "foreignKeys": [key]}}
    path = tmp_path / "csv-metadata.json"
    path.write_text(json.dumps({"@context": csvw.CONTEXT, "tables": [towns, roads]}), "utf-8")
    (tmp_path / "towns.csv").write_text("town\nA\nB\n", "utf-8")
    (tmp_path / "roads.csv").write_text("road,town\n1,A\n2,B\n", "utf-8")
    both = planned(root, path)
    assert names(both) == ["towns", "roads"]
    assert both.tables[1].resource["schema"]["foreignKeys"][0]["reference"] == {"resource": "towns", "fields": ["town"]}
    assert both.tables[0].resource["title"] == "Towns"
    alone = planned(root, tmp_path / "roads.csv")
    assert names(alone) == ["roads"]
    assert left(alone) == {"towns": "not-asked", "roads: foreignKeys": "foreign-key"}


@pytest.mark.thorough
@pytest.mark.parametrize(
    "broken",
    [{"tableSchema": {"columns": ["id"]}}, {"tableSchema": {"columns": 5}}, {"dialect": {"skipRows": "two"}},
     {"url": 5}, {"tables": []}, {"tables": ["x"]}, {"tableSchema": {"columns": [], "foreignKeys": [1]}}],
)  # fmt: skip
def test_metadata_of_a_wrong_shape_end_in_a_message(broken: dict[str, Any], root: Path, tmp_path: Path) -> None:
    (tmp_path / "bridges.csv").write_text(CSV, "utf-8")
    path = tmp_path / "any.json"
    path.write_text(json.dumps(metadata(**broken)), "utf-8")
    with suppress(UsageError, DataFaults):
        planned(root, path)


ANSWER = {
    "id": "a1", "name": "bridges", "title": "Bridges", "notes": "All bridges.", "license_id": "cc-by",
    "license_title": "Attribution", "license_url": "https://x.example.org/by", "tags": [{"display_name": "Roads"}],
    "organization": {"title": "Road office"}, "author": "A team", "author_email": "team@example.org",
    "url": "https://roads.example.org", "metadata_created": "2020", "groups": [{"title": "Transport"}],
    "extras": [{"key": "temporal_start", "value": "2023-01-01T00:00:00"},
               {"key": "temporal_end", "value": "2024-12-31"},
               {"key": "frequency", "value": "annual"}, {"key": "spatial", "value": "{}"},
               {"key": "spatial_text", "value": "Ravnsborg"}, {"key": "hours", "value": "9"}],
    "resources": [
        {"id": "r1", "name": "Bridges", "description": "One a row.", "format": "CSV",
         "url": "https://x.example.org/download/The%20bridges.csv"},
        {"id": "r2", "name": "Tunnels", "format": ".csv", "url": "https://x.example.org/datastore/dump/r2"},
        {"id": "r3", "name": "Ferries", "format": "CSV", "url": "https://x.example.org/ferries"},
        {"id": "r4", "name": "Roads", "format": "csv", "url": "https://x.example.org/roads-file.csv"},
        {"id": "r5", "name": "Map", "format": "GeoJSON", "url": "https://x.example.org/map.geojson"},
    ],
}  # fmt: skip


def test_ckan_says_the_same_in_the_keys_of_a_package_and_the_rest_is_listed() -> None:
    lost: list[Left] = []
    found, former = ckan.described(ANSWER, lost)
    assert found == {
        "name": "bridges", "title": "Bridges", "description": "All bridges.", "keywords": ["Roads"],
        "licenses": [{"name": "cc-by", "title": "Attribution", "path": "https://x.example.org/by"}],
        "contributors": [{"title": "Road office", "roles": ["publisher"]},
                         {"title": "A team", "email": "team@example.org", "roles": ["author"]}],
        "sources": [{"title": "Bridges", "path": "https://roads.example.org"}],
        "temporal": "2023-01-01/2024-12-31", "spatial": ["Ravnsborg"], "updateFrequency": "P1Y",
    }  # fmt: skip
    assert former["temporal"] == ("temporal_start", "temporal_end")
    assert {part.what: part.reason for part in lost} == {
        "extras: spatial": "no-place", "extras: hours": "no-place", "groups": "groups",
        "id, metadata_created": "bookkeeping",
    }  # fmt: skip


def test_texts_of_ckan_in_several_languages_are_translations() -> None:
    answer = {"name": "b", "title": {"fr": "Ponts", "de": "Brücken", "en": ""}, "notes_translated": {"en": "All."},
              "keywords": {"de": ["strassen"], "fr": ["routes"]}, "resources": [], "license_id": "notspecified",
              "organization": {"title": {"fr": "Office"}}}  # fmt: skip
    lost: list[Left] = []
    found, _ = ckan.described(answer, lost)
    assert found == {
        "name": "b", "title": "Ponts", "title@fr": "Ponts", "title@de": "Brücken", "description": "All.",
        "description@en": "All.", "keywords": ["strassen"], "keywords@de": ["strassen"], "keywords@fr": ["routes"],
        "contributors": [{"title": "Office", "roles": ["publisher"]}],
    }  # fmt: skip
    assert [part.reason for part in lost] == ["license-unstated"]
    about = ckan.about_resource({"name": {"fr": "Ponts", "de": "Brücken"}, "rights": "free", "cache_url": "x"}, lost)
    assert about == {"title": "Ponts", "title@fr": "Ponts", "title@de": "Brücken"}
    assert lost[-1] == Left("Ponts: rights", "no-place")


@pytest.mark.thorough
def test_a_text_in_a_language_that_the_publication_does_not_have_is_listed(root: Path, tmp_path: Path) -> None:
    fields = [{"name": "id", "title": "Number", "title@da": "Nummer", "title@zh": "编号"}]
    words = {"keywords": ["roads"], "keywords@zh": ["道路"], "keywords@da": ["veje"]}
    titles = {"title": "Bridges", "title@en": "Bridges", "title@zh": "桥", "title@da": "Broer"}
    path = package(tmp_path / "p", table(schema={"fields": fields, "fieldsMatch": "subset"}), **titles, **words)
    (path.parent / "bridges.csv").write_text("id\nA1\n", "utf-8")
    draft = planned(root, path)
    assert left(draft) == {"title@da": "language", "keywords@da": "language", "bridges: id: title@da": "language"}
    assert draft.package["keywords@zh"] == ["道路"]


def test_only_an_answer_of_ckan_is_taken_for_one() -> None:
    assert ckan.answer_of({"success": True, "result": ANSWER}) is ANSWER
    assert ckan.answer_of({"result": [ANSWER]}) is ANSWER
    assert ckan.answer_of(ANSWER) is ANSWER
    assert ckan.answer_of({"resources": [{"name": "t", "path": "t.csv"}], "notes": "x"}) is None
    assert ckan.answer_of({"resources": [{"url": "t.csv"}]}) is None, "a Data Package before version 1"
    assert ckan.answer_of({"result": {"records": []}}) is None


@pytest.mark.thorough
def test_each_file_of_ckan_is_found_by_its_address_name_or_id_and_what_is_not_there_is_listed(
    root: Path, tmp_path: Path
) -> None:
    path = tmp_path / "package_show.json"
    path.write_text(json.dumps({"success": True, "result": ANSWER}), "utf-8")
    for name in ("The bridges.csv", "r2.csv", "roads.csv", "map.geojson"):
        (tmp_path / name).write_text(CSV, "utf-8")
    draft = planned(root, path, tmp_path / "roads.csv")
    assert names(draft) == ["bridges", "tunnels", "roads"]
    assert left(draft) | {"id, metadata_created": ""} == {
        "Ferries": "not-there", "Map": "no-table", "extras: spatial": "no-place", "extras: hours": "no-place",
        "groups": "groups", "id, metadata_created": "",
    }  # fmt: skip
    assert draft.tables[0].resource == {"title": "Bridges", "description": "One a row."}


@pytest.mark.thorough
def test_the_command_prints_what_is_kept_and_what_is_not_and_the_check_finds_no_error(
    small: Path, tmp_path: Path, run: Callable[..., Run]
) -> None:
    catalog = small / "datasets/catalog.yaml"
    catalog.write_text(catalog.read_text("utf-8").replace("languages: [zh, en]", "languages: [en]"), "utf-8")
    path = tmp_path / "package_show.json"
    path.write_text(json.dumps({"success": True, "result": ANSWER}), "utf-8")
    (tmp_path / "r2.csv").write_text(CSV, "utf-8")
    done = run("add", path, "--root", small, "--yes")
    assert done.status == 0, done.said
    for part in ("package_show.json (CKAN)", "notes → description", "✓ no error", "Ferries",
                 "groups: themes are those of this publication: Transport"):  # fmt: skip
        assert part in done.out
    (written,) = (small / "datasets/bridges").glob("*/datapackage.yaml")
    descriptor = yaml.safe_load(written.read_text("utf-8"))
    assert descriptor["temporal"] == "2023-01-01/2024-12-31"
    assert descriptor["updateFrequency"] == "P1Y"
    assert descriptor["keywords"] == ["Roads"]


ODD = (None, 5, -1, "x", "", [], {}, [1], ["x"], {"a": 1}, True, [[]], {"x": {"y": []}}, 1e300, "\x00", "https://x")


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of each part of a description, but of the whole."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path for key, part in parts for path in [(*at, key), *places(part, (*at, key))]]


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(4))
def test_a_description_with_values_of_any_shape_ends_in_tables_or_in_a_message(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    keys = [{"fields": "id", "reference": {"resource": "bridges", "fields": "id"}}]
    within = {"name": "within", "data": [{"id": "A1"}], "schema": {"fields": [{"name": "id"}], "foreignKeys": keys}}
    bundle = {"title": "T", "licenses": [{"name": "CC0-1.0"}], "author": "A <a@example.org>",
              "sources": [{"title": "s"}], "resources": [table(), within]}  # fmt: skip
    group = {"@context": csvw.CONTEXT, "tables": [metadata(), metadata(url="r2.csv")]}
    for name in ("bridges.csv", "r2.csv"):
        (tmp_path / name).write_text(CSV, "utf-8")
    for _ in range(100):
        description = json.loads(json.dumps(chance.choice([bundle, metadata(), group, {"result": ANSWER}])))
        *above, last = chance.choice(places(description))
        holder = description
        for key in above:
            holder = holder[key]
        holder[last] = chance.choice(ODD)
        (tmp_path / "any.json").write_text(json.dumps(description), "utf-8")
        with suppress(UsageError, DataFaults):
            gather([tmp_path / "any.json"], How())
