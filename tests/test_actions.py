"""The Actions and GitLab's templates of a publication: their commands are run as a runner does, in a clone."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.checkouts import git
from tests.conftest import ROOT, call_build

INSTALL = ROOT / "action/install.sh"
MONTHS = "datasets/months/1.0.0/months.csv"


def install(publication: Path, target: Path, *checkout: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs install.sh in a publication, without an index, so that nothing can come from elsewhere."""
    return subprocess.run(
        ["bash", str(INSTALL), str(target), *checkout], cwd=publication, capture_output=True, text=True, check=False,
        env={"PATH": os.environ["PATH"], "HOME": str(target.parent), "PIP_NO_INDEX": "1", **environment},
    )  # fmt: skip


def wheel(folder: Path) -> Path:
    """A wheel with a command and a list of requirements, as the program's own is laid out."""
    path = folder / "datagazette-9.9-py3-none-any.whl"
    files = {
        "datagazette/__init__.py": 'def run():\n    print("datagazette 9.9")\n',
        "datagazette/program/requirements.txt": "# nothing more\n",
        "datagazette-9.9.dist-info/METADATA": "Metadata-Version: 2.1\nName: datagazette\nVersion: 9.9\n",
        "datagazette-9.9.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "datagazette-9.9.dist-info/entry_points.txt": "[console_scripts]\ndatagazette = datagazette:run\n",
    }
    record = "datagazette-9.9.dist-info/RECORD"
    files[record] = "".join(f"{name},,\n" for name in [*files, record])
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def pinned(path: Path, digest: str = "") -> str:
    return f"# a comment\n{path.as_uri()}#sha256={digest or hashlib.sha256(path.read_bytes()).hexdigest()}\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# only what explains it\n\n", "no version of the program is set"),
        ("datagazette\n", "is not one address with a hash"),
        ("datagazette==1.0\n", "is not one address with a hash"),
        ("https://example.org/datagazette-1.0-py3-none-any.whl\n", "is not one address with a hash"),
        ("http://example.org/a.whl#sha256=" + "0" * 64 + "\n", "is not one address with a hash"),
        ("git+https://example.org/program@main\n", "is not one address with a hash"),
        ("git+https://example.org/program@" + "0" * 40 + "\nrequests\n", "is not one address with a hash"),
    ],
)
def test_a_version_without_a_hash_stops_the_workflow_and_says_where_to_set_it(
    text: str, said: str, tmp_path: Path
) -> None:
    (tmp_path / "program.txt").write_text(text)
    done = install(tmp_path, tmp_path / "installed", GITHUB_ACTIONS="true")
    assert done.returncode == 2
    assert "::error file=program.txt,line=1::" in done.stdout
    assert said in done.stdout
    assert "program.txt：" in done.stderr, "in Chinese, too"
    assert not (tmp_path / "installed").exists(), "nothing was fetched"


def test_a_publication_without_the_file_is_asked_to_write_it(tmp_path: Path) -> None:
    assert "Write its address and hash into program.txt" in install(tmp_path, tmp_path / "installed").stderr


@pytest.mark.thorough
def test_a_wheel_is_installed_when_its_bytes_have_the_hash_and_else_refused(tmp_path: Path) -> None:
    (tmp_path / "program.txt").write_text(pinned(wheel(tmp_path), "0" * 64))
    refused = install(tmp_path, tmp_path / "refused")
    assert refused.returncode != 0
    assert "HASH" in refused.stderr.upper()
    assert not (tmp_path / "refused/bin/datagazette").exists()
    (tmp_path / "program.txt").write_text(pinned(wheel(tmp_path)))
    done = install(tmp_path, tmp_path / "installed")
    assert done.returncode == 0, done.stderr
    printed = subprocess.run([tmp_path / "installed/bin/datagazette"], capture_output=True, text=True, check=True)
    assert printed.stdout == "datagazette 9.9\n"


@pytest.mark.thorough
def test_exactly_the_commit_that_is_named_is_installed(tmp_path: Path) -> None:
    program = tmp_path / "program"
    (program / "node_modules").mkdir(parents=True)
    (program / "node_modules/kept").touch()  # so that npm has nothing to do
    (program / "requirements.txt").touch()
    (program / "build.py").write_text('import sys\nprint("first", *sys.argv[1:])\n')
    git(program, "init", "-q", "-b", "main")
    git(program, "config", "uploadpack.allowReachableSHA1InWant", "true")
    git(program, "add", "-A")
    git(program, "commit", "-qm", "First")
    commit = git(program, "rev-parse", "HEAD")
    (program / "build.py").write_text('print("second")\n')
    git(program, "commit", "-qam", "Second")
    (tmp_path / "program.txt").write_text(f"git+{program.as_uri()}@{commit}\n")
    done = install(tmp_path, tmp_path / "installed")
    assert done.returncode == 0, done.stderr
    command = [tmp_path / "installed/bin/datagazette", "check", "--root", "."]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "first check --root .\n"


@pytest.fixture
def proposed(tmp_path: Path) -> Path:
    """A clone, two commits deep, of a publication that `init` began, with a change that has a slip, as merged."""
    town = tmp_path / "town"
    assert call_build("init", town, "--lang", "en").status == 0
    git(town, "init", "-q", "-b", "main")
    git(town, "add", "-A")
    git(town, "commit", "-qm", "Begin")
    git(town, "checkout", "-qb", "change")
    table = town / MONTHS
    table.write_text(table.read_text("utf-8").replace("4,April,30", "4,April,30 days"), "utf-8")
    git(town, "commit", "-qam", "Change a figure")
    git(town, "checkout", "-q", "main")
    git(town, "merge", "-q", "--no-ff", "-m", "Merge", "change")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth", "2", town.as_uri(), str(clone))
    return clone


def program(folder: Path) -> Path:
    """The folder `bin` of an installed program, which here is this checkout."""
    command = folder / "runner/datagazette/bin/datagazette"
    command.parent.mkdir(parents=True)
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I "{ROOT}/build.py" "$@"\n')
    command.chmod(0o755)
    return command.parent


def action(clone: Path, name: str) -> list[dict[str, Any]]:
    """The steps of an Action, but for those that install."""
    read = yaml.safe_load((clone / f".github/actions/{name}/action.yml").read_text("utf-8"))
    return [step for step in read["runs"]["steps"] if "run" in step and "install.sh" not in step["run"]]


def shell(lines: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """As a runner runs it: bash that stops at the first fault, no token, no home with anything in it."""
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", lines], cwd=folder, capture_output=True, text=True,
        env={"PATH": os.environ["PATH"], "HOME": str(folder.parent), **environment}, check=False,
    )  # fmt: skip


@pytest.mark.thorough
@pytest.mark.slow
def test_the_steps_of_the_actions_check_a_change_say_it_and_build_the_site(proposed: Path, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    given = {"RUNNER_TEMP": str(program(tmp_path).parents[1]), "GITHUB_STEP_SUMMARY": str(summary), "BASE": "HEAD^1"}
    check, say, build = action(proposed, "check")
    done = shell(check["run"], proposed, **given)
    assert done.returncode == 1
    assert f"::error file={MONTHS},line=5," in done.stdout
    assert shell(say["run"], proposed, **given).returncode == 1
    assert "30 days" in summary.read_text("utf-8")
    assert shell(build["run"], proposed, **given).returncode == 1
    assert not (proposed / "public").exists(), "what has errors is not published"
    table = proposed / MONTHS
    table.write_text(table.read_text("utf-8").replace("30 days", "30"), "utf-8")
    assert shell(build["run"], proposed, **given).returncode == 0
    assert (proposed / "public/datasets/months/index.html").is_file()
    _, publish = action(proposed, "publish")  # the first one signs, where there is a key
    drafts = shell(publish["run"], proposed, BASE_URL="https://town.example.org/data", **given)
    assert drafts.returncode == 2
    assert "every version is a draft" in drafts.stderr
    assert call_build("release", "months", "--root", proposed).status == 0
    published = shell(publish["run"], proposed, BASE_URL="https://elsewhere.example.net/data", **given)
    assert published.returncode == 0, published.stderr
    assert "https://elsewhere.example.net/data/" in (proposed / "public/sitemap.xml").read_text("utf-8")


@pytest.mark.thorough
@pytest.mark.slow
def test_the_lines_of_gitlabs_jobs_do_the_same(proposed: Path, tmp_path: Path) -> None:
    jobs = yaml.safe_load((proposed / ".gitlab/datagazette.yml").read_text("utf-8"))
    path = f"{program(tmp_path)}:{os.environ['PATH']}"
    base = {"CI_MERGE_REQUEST_DIFF_BASE_SHA": "HEAD^1", "CI_PAGES_URL": "https://town.example.org", "PATH": path}
    done = shell("\n".join(jobs[".datagazette-check"]["script"]), proposed, **base)
    assert done.returncode == 1
    assert "30 days" in done.stdout, "the comparison is shown in the log, too"
    assert MONTHS in (proposed / "code-quality.json").read_text("utf-8")
    (line,) = [line for line in jobs[".datagazette"]["before_script"] if "install.sh" in line]
    (proposed / "program.txt").write_text("")
    unset = shell(line.replace("/opt/datagazette", str(tmp_path / "none")), proposed, DATAGAZETTE=".gitlab", PROGRAM="")
    assert unset.returncode == 2
    assert "no version of the program is set" in unset.stderr
    shutil.rmtree(tmp_path / "runner")


def test_a_publication_has_the_actions_as_they_are_here(tmp_path: Path) -> None:
    """Each host's folder has all that it needs, and the workflows lead to files that are there."""
    call_build("init", tmp_path / "town")
    for path in (".github/actions/install.sh", ".gitlab/install.sh"):
        assert (tmp_path / "town" / path).read_bytes() == INSTALL.read_bytes()
    for name in ("check", "publish"):
        workflow = (tmp_path / f"town/.github/workflows/{name}.yml").read_text("utf-8")
        assert f"uses: ./.github/actions/{name}\n" in workflow
        assert (tmp_path / f"town/.github/actions/{name}/action.yml").is_file()
        assert len(workflow.splitlines()) <= 32
    included = yaml.safe_load((tmp_path / "town/.gitlab-ci.yml").read_text("utf-8"))
    assert (tmp_path / "town" / included["include"][0]["local"]).is_file()
