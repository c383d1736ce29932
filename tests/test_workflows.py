"""The workflows: what they may do, that they are pinned, and what a maintainer reads when their commands are run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.checkouts import checkout, git, installed
from tests.conftest import ROOT

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
PULL_REQUEST = ROOT / ".github/workflows/pull-request.yml"
GITLAB = ROOT / ".gitlab-ci.yml"
GITLAB_JOBS: dict[str, Any] = yaml.safe_load(GITLAB.read_text("utf-8"))
ACTION = ROOT / "action/check/action.yml"
STARTED = [ROOT / "datagazette/starter/hosts" / name for name in ("check.yml", "publish.yml")]
STATIONS = "datasets/township-stations"


def read(path: Path) -> dict[str, Any]:
    # YAML 1.1 reads the key `on` as true.
    found: dict[str, Any] = yaml.load(path.read_text("utf-8").replace("\non:", "\n'on':"), Loader=yaml.SafeLoader)
    return found


def steps(path: Path) -> list[dict[str, Any]]:
    return [step for job in read(path)["jobs"].values() for step in job["steps"]]


def commands(path: Path) -> list[str]:
    if path == GITLAB:
        jobs = [job for name, job in read(path).items() if name not in ("workflow", "default", "include")]
        return [line for job in [read(path)["default"], *jobs] for key in ("before_script", "script")
                for line in job.get(key, ())]  # fmt: skip
    return [step["run"] for step in steps(path) if "run" in step]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_and_the_file_is_read_at_a_glance(path: Path) -> None:
    used = [step["uses"] for step in steps(path) if "uses" in step and not step["uses"].startswith("./")]
    assert used
    for one in used:
        assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", one)
    assert len(path.read_text("utf-8").splitlines()) < 70


def test_a_pull_request_needs_no_secret_and_may_only_read() -> None:
    text, workflow = PULL_REQUEST.read_text("utf-8"), read(PULL_REQUEST)
    assert workflow["on"] == "pull_request"
    assert workflow["permissions"] == {"contents": "read"}
    assert all("permissions" not in job for job in workflow["jobs"].values())
    assert "secrets" not in text.replace("no secret", "")
    assert "github.event" not in text, "a title or a branch's name must not reach a shell"
    assert all(step["with"]["persist-credentials"] is False for step in steps(PULL_REQUEST)
               if step.get("uses", "").startswith("actions/checkout"))  # fmt: skip


def test_the_weekly_run_of_newest_packages_may_write_issues_only_where_nothing_of_it_runs() -> None:
    workflow = read(ROOT / ".github/workflows/newest.yml")
    assert workflow["permissions"] == {"contents": "read"}
    assert set(workflow["on"]) == {"schedule", "workflow_dispatch"}
    tests, report = workflow["jobs"]["tests"], workflow["jobs"]["report"]
    assert "permissions" not in tests
    assert (report["permissions"], report["needs"]) == ({"issues": "write"}, "tests")
    (step,) = report["steps"]
    assert "${{" not in step["run"], "what comes from outside reaches a shell as a variable"
    assert "failure()" in report["if"]
    assert any(step.get("run") == "make newest" for step in tests["steps"])
    assert GITLAB_JOBS["newest"]["script"] == ["make -s newest"]
    jobs = {name: job for name, job in GITLAB_JOBS.items() if isinstance(job, dict)}
    publishing = [name for name, job in jobs.items() if "$CI_DEFAULT_BRANCH" in str(job.get("rules"))]
    assert all("$NEWEST == null" in str(GITLAB_JOBS[name]["rules"]) for name in publishing if name != "workflow")


def test_the_newest_packages_are_taken_for_every_list_of_them(tmp_path: Path) -> None:
    recipe = (ROOT / "Makefile").read_text("utf-8").partition("\nnewest:")[2].partition("\n\n")[0]
    lift = next(line for line in recipe.splitlines() if "sed" in line).strip().replace("$$", "$")
    for path in ROOT.glob("requirements*.in"):
        shutil.copy(path, tmp_path)
    subprocess.run(["sh", "-c", lift], cwd=tmp_path, check=True)
    lifted = "".join(path.read_text("utf-8") for path in sorted(tmp_path.iterdir()))
    assert not re.search(r"(?m)^(duckdb|frictionless)==", lifted)
    assert re.search(r"(?m)^duckdb$", lifted)
    assert "make lock ARGS=--upgrade" in recipe.replace("$(MAKE)", "make")


@pytest.mark.parametrize("path", [*WORKFLOWS, GITLAB], ids=lambda path: path.name)
def test_every_target_that_is_made_is_there(path: Path) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for line in commands(path):
        found = re.match(r"make (?:-s )?([a-z./ _-]+)", line)
        for target in found.group(1).split() if found else ():
            assert re.search(rf"^[a-z ]*{re.escape(target)}[a-z ]*:", makefile, re.MULTILINE), target


@pytest.mark.slow
def test_linters_find_no_fault_in_workflows_and_hooks() -> None:
    schema = ["check-jsonschema", "--builtin-schema"]
    gitlab = [GITLAB, ROOT / "action/gitlab/datagazette.yml", ROOT / "datagazette/starter/hosts/gitlab-ci.yml"]
    folders = [ROOT / ".github/workflows", ROOT / "action"]
    for command in (
        [*schema, "vendor.github-workflows", *map(str, [*WORKFLOWS, *STARTED])],
        [*schema, "vendor.github-actions", *map(str, ROOT.glob("action/*/action.yml"))],
        [*schema, "vendor.gitlab-ci", "--data-transform", "gitlab-ci", *map(str, gitlab)],
        ["zizmor", "--offline", "--config", str(ROOT / ".github/zizmor.yml"), *map(str, [*folders, *STARTED])],
        ["pre-commit", "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")],
        ["pre-commit", "validate-config", str(ROOT / ".pre-commit-config.yaml")],
    ):
        program = Path(sys.executable).parent / command[0]
        done = subprocess.run([program, *command[1:]], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def lent(folder: Path, program: Path) -> dict[str, str]:
    """The variable that leads to an installed program, which here is a checkout with what was installed for it."""
    command = folder / "runner/datagazette/bin/datagazette"
    command.parent.mkdir(parents=True)
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I "{program}/build.py" "$@"\n')
    command.chmod(0o755)
    return {"RUNNER_TEMP": str(folder / "runner")}


def pull_request(folder: Path) -> None:
    """A branch with a changed figure and a slip, checked out as merged into main, two commits deep."""
    git(folder, "checkout", "-qb", "change")
    draft = folder / STATIONS / "1.0.1"
    shutil.copytree(folder / STATIONS / "1.0.0", draft, ignore=shutil.ignore_patterns("schemas"))
    for name, before, after in (
        ("datapackage.yaml", "version: 1.0.0", "version: 1.0.1"),
        ("stations.csv", ",30000,", ",30001人,"),
    ):
        text = (draft / name).read_text("utf-8")
        assert before in text
        (draft / name).write_text(text.replace(before, after, 1), "utf-8")
    git(folder, "add", "-A", "datasets")
    git(folder, "commit", "-qm", "Correct a figure")
    git(folder, "checkout", "-q", "main")
    git(folder, "merge", "-q", "--no-ff", "-m", "Merge", "change")


@pytest.mark.thorough
@pytest.mark.slow
@pytest.mark.shipped
def test_the_commands_of_a_pull_request_say_what_is_wrong_and_what_changes(tmp_path: Path) -> None:
    folder = checkout(tmp_path / "full")
    pull_request(folder)
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "-q", "--depth", "2", folder.as_uri(), str(shallow))
    installed(shallow)
    summary = tmp_path / "summary.md"
    # A fork's run has nothing but this: no token, no home with credentials.
    environment = {"PATH": os.environ["PATH"], "GITHUB_STEP_SUMMARY": str(summary), "HOME": str(tmp_path),
                   "BASE": "HEAD^1", **lent(tmp_path, shallow)}  # fmt: skip
    said = {}
    for step in yaml.safe_load(ACTION.read_text("utf-8"))["runs"]["steps"]:
        if "--format" in step.get("run", ""):
            done = subprocess.run(["bash", "-e", "-c", step["run"]], cwd=shallow, env=environment,
                                  capture_output=True, text=True, check=False)  # fmt: skip
            said[step["name"]] = (done.returncode, done.stdout)
    status, shown = said["Check the data"]
    assert status == 1, "the check is red"
    assert re.search(rf"::error file={STATIONS}/1.0.1/stations.csv,line=\d+,endLine=\d+,col=\d+,", shown)
    assert "“30001人”不是数字" in shown
    text = summary.read_text("utf-8")
    assert "## 数据检查" in text
    compared = text.split("## 数据检查")[1].partition("\n## ")[2]
    assert "`township-stations` 1.0.1" in compared
    assert "B13" in compared


@pytest.mark.slow
def test_the_hook_checks_the_repository_that_it_runs_in(small: Path) -> None:
    hook = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))[0]
    script = ROOT / hook["entry"]
    assert os.access(script, os.X_OK)
    fine = subprocess.run([script, "--lang", "en"], cwd=small, capture_output=True, text=True, check=False)
    assert fine.returncode == 0, fine.stdout + fine.stderr
    assert "1 warning" in fine.stdout
    visits = small / "datasets/visits/1.0.0/visits.csv"
    visits.write_text(visits.read_text("utf-8").replace(",002,", ",2,"), "utf-8")
    broken = subprocess.run([script, "--lang", "zh"], cwd=small, capture_output=True, text=True, check=False)
    assert broken.returncode == 1
    assert "开头的零丢失了" in broken.stdout
