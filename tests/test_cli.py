"""The command line: what it prints, in which language, and its exit status."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
import yaml

from datagazette.cli.group import cli
from datagazette.cli.start import COMMANDS
from datagazette.isolation.limits import within
from datagazette.tables.engine import Limits, connect
from tests.conftest import Run, run_build, tree_hashes

pytestmark = pytest.mark.slow

Runner = Callable[..., Run]


def test_a_fine_publication_passes_in_both_languages(small: Path) -> None:
    english, chinese = (run_build("check", "--root", small, language=one) for one in ("en", "zh"))
    assert (english.status, chinese.status) == (0, 0)
    assert "1 warning" in english.out
    assert "只有草稿" in chinese.out


def test_a_misspelt_command_is_named_with_the_one_that_was_meant(small: Path, run: Runner) -> None:
    done = run("serv", "--root", small)
    assert done.status == 2
    assert "No such command 'serv'. Did you mean 'serve'?" in done.said


def test_the_json_report_is_frictionless_own(small: Path, run: Runner) -> None:
    visits = small / "datasets/visits/1.0.0/visits.csv"
    visits.write_text(visits.read_text("utf-8").replace("2021-05-02,7", "2021-05-02,seven"), "utf-8")
    done = run("check", "visits", "--root", small, "--format", "json")
    report = json.loads(done.out)
    assert done.status == 1
    assert not report["valid"]
    assert report["stats"]["errors"] == 1
    (task,) = report["tasks"]
    (error,) = task["errors"]
    assert (task["name"], task["valid"], task["stats"]["rows"]) == ("visits", False, 3)
    found = {key: error[key] for key in ("type", "rowNumber", "lineNumber", "fieldName", "fieldNumber", "cell")}
    assert found == {
        "type": "type-error",
        "rowNumber": 3,
        "lineNumber": 3,
        "fieldName": "visits",
        "fieldNumber": 4,
        "cell": "seven",
    }


def test_a_package_from_elsewhere_is_checked(tmp_path: Path, run: Runner) -> None:
    (tmp_path / "t.csv").write_text("id,name\n1,a\nx,b\n", "utf-8")
    schema = {"fields": [{"name": "id", "type": "integer"}, {"name": "name", "type": "string"}]}
    package = {"name": "p", "resources": [{"name": "t", "path": "t.csv", "schema": schema}]}
    (tmp_path / "datapackage.json").write_text(json.dumps(package), "utf-8")
    (tmp_path / "schema.yaml").write_text(yaml.safe_dump(schema), "utf-8")
    for arguments in (("datapackage.json",), ("t.csv", "--schema", "schema.yaml")):
        done = run("check", *(str(tmp_path / one) if "." in one else one for one in arguments))
        assert done.status == 1
        assert "type-error" in done.out
        assert "line 3, field id" in done.out


@pytest.mark.parametrize("name", ["../outside.csv", "/etc/passwd", "missing.csv"])
def test_a_package_cannot_name_files_elsewhere(tmp_path: Path, run: Runner, name: str) -> None:
    package = {"name": "p", "resources": [{"name": "t", "path": name, "schema": {"fields": [{"name": "a"}]}}]}
    (tmp_path / "datapackage.json").write_text(json.dumps(package), "utf-8")
    done = run("check", tmp_path / "datapackage.json")
    assert done.status == 1
    assert name in done.out


def test_nothing_is_said_but_what_is_meant_for_a_maintainer(tmp_path: Path, run: Runner) -> None:
    """Python itself warns of this pattern, on each run."""
    (tmp_path / "t.csv").write_text("a\n:]\n", "utf-8")
    schema = {"fields": [{"name": "a", "type": "string", "constraints": {"pattern": "[[:alpha:]]"}}]}
    (tmp_path / "t.json").write_text(json.dumps(schema), "utf-8")
    done = run("check", tmp_path / "t.csv", "--schema", tmp_path / "t.json", "--lang", "en")
    assert (done.status, done.said.strip()) == (0, "No problem was found")


def test_github_annotations_and_gitlab_quality(small: Path, run: Runner) -> None:
    visits = small / "datasets/visits/1.0.0/visits.csv"
    visits.write_text(visits.read_text("utf-8").replace("2,002", "1,002"), "utf-8")
    done = run("check", "--root", small, "--format", "github")
    assert "::error file=datasets/visits/1.0.0/visits.csv,line=3,endLine=3,col=1,endColumn=2,title=" in done.out
    report = json.loads(run("check", "--root", small, "--format", "gitlab").out)
    assert {one["check_name"] for one in report} == {"primary-key", "dataset-draft-only"}


def test_a_query_answers_in_three_forms(small: Path, run: Runner) -> None:
    sql = 'SELECT name, area FROM "places"."places" ORDER BY code'
    assert json.loads(run("query", sql, "--root", small, "--format", "json").out)[1] == {"name": "南乡", "area": 7.0}
    assert run("query", sql, "--root", small, "--format", "csv").out.splitlines()[0] == "name,area"
    assert "北镇" in run("query", sql, "--root", small).out
    refused = run("query", "SELECT * FROM read_csv('/etc/passwd')", "--root", small)
    assert refused.status == 1
    assert "read_csv" in refused.err


def test_a_release_is_frozen_and_then_guarded(small: Path, run: Runner) -> None:
    before = tree_hashes(small / "datasets/visits/1.0.0")
    done = run("release", "visits", "--root", small, "--changes", "首次发布。", "--changes-en", "First release.")
    assert done.status == 0, done.said
    (entry,) = yaml.safe_load((small / "datasets/visits/releases.yaml").read_text("utf-8"))["releases"]
    assert before.items() <= entry["files"].items()
    assert "schemas/visits.v1.yaml" in entry["files"]
    assert run("check", "--root", small).status == 0
    (small / "schemas/visits.v1.yaml").write_text("fields: []\n")
    assert run("check", "--root", small).status == 0, "a release keeps its own copy of the schema"
    (small / "datasets/visits/1.0.0/total.sql").write_text("SELECT 1 AS visits\n")
    changed = run("check", "--root", small)
    assert changed.status == 1
    assert "release-file-changed" in changed.out


def test_the_next_version_is_a_copy_that_passes(small: Path, run: Runner) -> None:
    done = run("revise", "counts", "--root", small, "--bump", "patch")
    assert done.status == 0, done.said
    draft = small / "datasets/counts/1.1.1"
    assert "version: 1.1.1\n" in (draft / "datapackage.yaml").read_text("utf-8")
    assert (draft / "counts.csv").read_bytes() == (small / "datasets/counts/1.1.0/counts.csv").read_bytes()
    assert not (draft / "schemas").exists()
    before = tree_hashes(small / "datasets")
    again = run("revise", "counts", "--root", small, language="zh")
    assert "已经存在" in again.out
    assert tree_hashes(small / "datasets") == before
    assert run("check", "--root", small).status == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "nothing"),
        ("build", "--only", "nothing"),
        ("nonsense",),
        ("check", "--format", "odd"),
        ("release", "nothing"),
    ],
)
def test_wrong_usage_is_status_2_without_a_traceback(small: Path, run: Runner, arguments: tuple[str, ...]) -> None:
    done = run(*arguments, "--root", small)
    assert done.status == 2
    assert "Traceback" not in done.said
    assert done.err.strip()


def test_a_build_refuses_to_write_over_its_sources(small: Path, run: Runner) -> None:
    for out in (small, small / "datasets", small / "site" / "x"):
        done = run("build", "--root", small, "--out", out)
        assert done.status == 2
    assert (small / "datasets/catalog.yaml").is_file()


def test_every_command_is_found_in_its_module() -> None:
    for name, command in COMMANDS.items():
        import_module(f"datagazette.cli.{command.module}")
        assert name in cli.commands
        assert not command.work or import_module(command.work)
    assert set(cli.commands) == set(COMMANDS)


def test_a_size_that_is_none(small: Path, run: Runner) -> None:
    found = run("check", "--root", small, "--memory-limit", "lots")
    assert found.status == 2
    assert "512MB" in found.err


@pytest.mark.parametrize(
    ("memory", "database"),
    [("512MB", 382_000_000), ("2 GB", 1_870_000_000), ("1GiB", 2**30 - 13 * 10**7), ("100MB", 5 * 10**7)],
)
def test_what_a_database_may_use(memory: str, database: int) -> None:
    assert within(memory) == f"{database}B"
    with connect(Limits(memory=within(memory))) as engine:
        assert engine.row("SELECT 1") == (1,)
