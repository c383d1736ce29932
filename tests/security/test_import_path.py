"""Files of a publication are data, also where they are called like a module or a program: none of them is run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.checkouts import checkout
from tests.conftest import BUILD, PUBLICATIONS, ROOT

pytestmark = pytest.mark.slow

PLACES = "datasets/places/1.0.0/places.csv"
# Looked for by name: by Python as it starts, by Frictionless for its plug-ins, by libraries that can use them.
_LOOKED_FOR = ("sitecustomize", "usercustomize", "frictionless_bait", "numpy", "pandas", "_multiprocessing")
COMMANDS = {
    "check": ("check", "--root", "."),
    "check of a file": ("check", PLACES, "--schema", "schemas/places.v1.yaml"),
    "build": ("build", "--root", ".", "--jobs", "2"),
    "diff": ("diff", "--root", ".", "--base", str(PUBLICATIONS / "small")),
    "query": ("query", "--root", ".", 'SELECT count(*) FROM "places"."places"'),
    "new": ("new", "fresh", PLACES, "--root", "."),
    "revise": ("revise", "places", "--root", "."),
    "release": ("release", "visits", "--root", "."),
}


def module_names() -> set[str]:
    """Every module of the standard library and of what is installed."""
    return {*sys.stdlib_module_names, *packages_distributions(), *_LOOKED_FOR}


def bait(folder: Path, marker: Path, names: set[str]) -> None:
    """Modules that write into `marker` when they are run, beside whatever is in the folder."""
    for name in names:
        if name.isidentifier() and not (folder / f"{name}.py").exists():
            (folder / f"{name}.py").write_text(f"open({str(marker)!r}, 'a').write('{name} ')\n", "utf-8")


def ran(marker: Path) -> str:
    return marker.read_text() if marker.exists() else ""


def call(command: list[str], folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8", **variables}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False,
                          timeout=1_200)  # fmt: skip


def test_the_bait_is_run_where_python_looks_into_the_current_folder(tmp_path: Path) -> None:
    """What all tests below rely on."""
    bait(tmp_path, tmp_path / "marker", {"random"})
    call([sys.executable, "-c", "import random"], tmp_path)
    assert ran(tmp_path / "marker") == "random "


@pytest.mark.sample(1)
@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_runs_a_module_in_the_folder_where_it_is_called(small: Path, tmp_path: Path, command: str) -> None:
    bait(small, tmp_path / "marker", module_names())
    done = call([*BUILD, *COMMANDS[command], "--lang", "en"], small)
    assert ran(tmp_path / "marker") == ""
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.thorough
def test_serve_runs_no_module_in_the_folder_where_it_is_called(small: Path, tmp_path: Path) -> None:
    bait(small, tmp_path / "marker", module_names())
    with subprocess.Popen(
        ["env", "--default-signal=INT", *BUILD, "serve", "--root", ".", "--port", "0", "--lang", "en"],
        cwd=small, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as served:  # fmt: skip
        assert served.stderr
        address = served.stderr.readline().strip()
        with urllib.request.urlopen(f"{address}__serve/events?path=/") as events:
            for line in events:
                if line == b"event: problems\n":
                    raise AssertionError(events.readline().decode())
                if line == b"event: reload\n" and (small / "build/serve/sitemap.xml").exists():
                    break
        served.send_signal(signal.SIGINT)
        served.communicate(timeout=600)
    assert ran(tmp_path / "marker") == ""


@pytest.mark.thorough
def test_no_module_in_the_checkout_itself_is_run(tmp_path: Path) -> None:
    """The folder of the program is that of its own publication, too."""
    folder = checkout(tmp_path / "checkout")
    bait(folder, tmp_path / "marker", module_names())
    done = call([sys.executable, "build.py", "check", "--lang", "en"], folder)
    assert ran(tmp_path / "marker") == ""
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.sample(1)
@pytest.mark.parametrize("entries", ["", ".", "{os.pathsep}/nowhere", "datasets"])
def test_a_search_path_that_names_the_current_folder_leads_to_no_code(
    small: Path, tmp_path: Path, entries: str
) -> None:
    path = entries.replace("{os.pathsep}", os.pathsep)
    for folder in (small, small / "datasets"):
        bait(folder, tmp_path / "marker", {"click", "yaml", "rich", "jinja2", "duckdb", "_duckdb", "frictionless"})
        for program in ("git", "node"):
            (folder / program).write_text(f"#!/bin/sh\necho {program} >> {tmp_path / 'marker'}\n")
            (folder / program).chmod(0o755)
    searched = f"{path}{os.pathsep}{os.environ['PATH']}"
    for command in (("build", "--root", ".", "--jobs", "2"), ("diff", "--root", ".", "--base", "HEAD")):
        done = call([*BUILD, *command, "--lang", "en"], small, PYTHONPATH=path, PATH=searched)
        assert ran(tmp_path / "marker") == ""
        assert "Traceback" not in done.stderr


@pytest.mark.sample(1)
@pytest.mark.parametrize("where", ["the hook", "make"])
def test_the_hook_and_make_obey_no_variable_that_leads_to_code_in_a_publication(
    small: Path, tmp_path: Path, where: str
) -> None:
    """Python runs `sitecustomize` before the program's first line, wherever PYTHONPATH leads to one."""
    folder = small if where == "the hook" else checkout(tmp_path / "checkout")
    bait(folder, tmp_path / "marker", {"sitecustomize", "usercustomize", "json", "click"})
    command = (
        [str(ROOT / ".ci/check-data"), "--lang", "en"] if where == "the hook" else ["make", "-s", "check", "ARGS="]
    )
    done = call(command, folder, PYTHONPATH=os.pathsep)
    assert ran(tmp_path / "marker") == ""
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.thorough
def test_programs_that_a_build_starts_are_not_configured_by_files_in_the_current_folder(
    small: Path, tmp_path: Path
) -> None:
    (small / "pagefind.yml").write_text(f"logfile: {tmp_path / 'marker'}\nverbose: true\n")
    done = call([*BUILD, "build", "--root", ".", "--lang", "en"], small)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "marker").exists()
