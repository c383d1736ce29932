"""A message names the cause, once, and what helps."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from datagazette.load.publication import load_publication
from datagazette.load.standalone import read_package
from datagazette.messages import LANGUAGES
from datagazette.model.errors import UsageError
from datagazette.model.problems import Problem, fix, message
from tests.conftest import Run, call_build

DESCRIPTOR = "datasets/visits/1.0.0/datapackage.yaml"


def test_a_folder_without_datasets_is_no_publication(run: Callable[..., Run], tmp_path: Path) -> None:
    done = run("check", "--root", tmp_path)
    assert done.status == 2
    assert "there is no publication in" in done.said
    assert "datasets/catalog.yaml was looked for there" in done.said
    assert "name it with --root, or begin one: python build.py init FOLDER" in done.said


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_submodule_that_was_not_fetched_is_named_with_its_command(language: str, tmp_path: Path) -> None:
    (tmp_path / "datasets").mkdir()
    (tmp_path / ".gitmodules").write_text('[submodule "datasets"]\n')
    with pytest.raises(UsageError) as refused:
        load_publication(tmp_path)
    assert "git submodule update --init" in refused.value.text(language)
    assert str(tmp_path) in refused.value.text(language)


def test_a_comma_that_ends_a_value_in_braces_is_named(small: Path) -> None:
    path = small / DESCRIPTOR
    sources = "sources: [{title: City Council, parks team}]"
    path.write_text(
        "\n".join(sources if line.startswith("sources:") else line for line in path.read_text().split("\n"))
    )
    (found,) = [problem for problem in load_publication(small).problems if problem.code == "extra-key"]
    assert (found.file, found.line) == (DESCRIPTOR, 10)
    assert message(found, "en") == "“parks team” is not a known key, and it has no value."
    assert "in { } a comma ends a value" in fix(found, "en")


def test_a_schema_that_many_tables_of_a_publication_lack_is_reported_once(small: Path) -> None:
    path = small / DESCRIPTOR
    table = "  - {{name: {}, path: visits.csv, title: T, title@en: T, schema: nothing.v1}}\n"
    more = "".join(table.format(f"v{number}") for number in range(11))
    path.write_text(path.read_text().replace("summaries:\n", f"{more}summaries:\n"))
    (found,) = [problem for problem in load_publication(small).problems if problem.code == "schema-missing"]
    assert message(found, "en") == "There is no schema “nothing.v1”; tables that name it are 11."


def package(folder: Path, *schemas: Any) -> tuple[Problem, ...]:
    resources = [{"name": f"t{at}", "path": "t.csv", "schema": schema} for at, schema in enumerate(schemas)]
    (folder / "t.csv").write_text("a\n1\n")
    (folder / "datapackage.json").write_text(json.dumps({"name": "p", "resources": resources}, indent=1))
    return read_package(folder / "datapackage.json").problems


def test_a_schema_file_that_many_resources_lack_is_reported_once(tmp_path: Path) -> None:
    (found,) = package(tmp_path, *["nothing.json"] * 11)
    assert message(found, "en") == "There is no readable schema at “nothing.json”; resources that name it are 11"
    (found,) = package(tmp_path, "nothing.json")
    assert message(found, "en") == "There is no readable schema at “nothing.json”"


def test_two_schemas_with_the_same_fault_are_two_problems(tmp_path: Path) -> None:
    assert len(package(tmp_path, {"fields": []}, {"fields": []})) == 2


def test_a_schema_file_that_cannot_be_read_is_reported_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text('{"fields": [{"name": "a"},\n]}')
    (found,) = package(tmp_path, "bad.json", "bad.json")
    assert message(found, "en").startswith(
        "The schema at “bad.json” cannot be read. Line 2: The JSON cannot be read at"
    )
    assert message(found, "zh").startswith("无法读取表结构文件“bad.json”。第 2 行：")


@pytest.mark.thorough
def test_a_comma_that_ends_a_value_is_named_in_a_package_in_yaml_too(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("n\n1\n", "utf-8")
    (tmp_path / "datapackage.yaml").write_text(
        "name: p\nsources: [{title: City Council, parks team}]\nresources:\n"
        "- {name: t, path: t.csv, schema: {fields: [{name: n, type: integer, description: Trees, all}]}}\n",
        "utf-8",
    )
    done = call_build("check", tmp_path / "datapackage.yaml")
    assert done.status == 0
    for line, key in ((2, "parks team"), (4, "all")):
        assert f"line {line}: “{key}” is not" in done.out
    assert "in { } a comma ends a value" in done.out
