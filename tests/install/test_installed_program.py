"""The installed program builds the same site as a checkout, and names itself as people call it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from datagazette import messages
from datagazette.cli.start import COMMANDS
from datagazette.model import problems
from tests.conftest import PUBLICATIONS, ROOT, Run, publish
from tests.install.program import environment, run_installed
from tests.security.test_import_path import bait, module_names, ran

pytestmark = [pytest.mark.slow, pytest.mark.thorough]


@pytest.fixture(scope="session")
def built(installed: Path, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Run]:
    """The small publication, built by the installed program in its own folder, with what the build said."""
    root = Path(shutil.copytree(PUBLICATIONS / "small", tmp_path_factory.mktemp("installed") / "small"))
    return root, run_installed(installed, "build", cwd=root)


def test_it_builds_a_site_without_node_without_a_network_and_without_a_checkout(built: tuple[Path, Run]) -> None:
    root, said = built
    assert said.status == 0, said.said
    assert (root / "public/index.html").is_file()
    assert list((root / "public/pagefind").glob("*.pf_meta"))
    assert list((root / "public/assets/site").glob("*/explore.js"))


def test_the_site_is_that_of_a_checkout_byte_for_byte(
    built: tuple[Path, Run], small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But for the name of the program, which the page of problems says as it is called."""
    root, _ = built
    monkeypatch.setattr(messages, "COMMAND", "datagazette")
    for cached in (messages.texts, problems._registry):
        cached.cache_clear()
    publish(small, tmp_path / "site")
    for cached in (messages.texts, problems._registry):
        cached.cache_clear()
    names = {path.relative_to(tmp_path / "site") for path in (tmp_path / "site").rglob("*") if path.is_file()}
    assert names == {path.relative_to(root / "public") for path in (root / "public").rglob("*") if path.is_file()}
    different = []
    for name in sorted(names):
        ours, theirs = (tmp_path / "site" / name).read_bytes(), (root / "public" / name).read_bytes()
        if ours != theirs:
            different.append(name)
    assert different == []


def test_a_publication_replaces_one_style_sheet_and_one_script_without_node(
    built: tuple[Path, Run], installed: Path, tmp_path: Path
) -> None:
    root = Path(shutil.copytree(built[0], tmp_path / "small"))
    own = root / "site/assets"
    own.mkdir(parents=True)
    (own / "tokens.css").write_text((ROOT / "site/assets/tokens.css").read_text("utf-8") + "body{--ours:1px}", "utf-8")
    (own / "catalogue.js").write_text('import { make } from "./lib/dom.js";\nmake("ours");\n', "utf-8")
    done = run_installed(installed, "build", cwd=root)
    assert done.status == 0, done.said
    (sheet,) = (root / "public/assets/site").glob("*/site.css")
    (script,) = (root / "public/assets/site").glob("*/catalogue.js")
    assert "--ours:1px" in sheet.read_text("utf-8")
    assert '"ours"' in script.read_text("utf-8")
    assert list((root / "public/assets/site").glob("*/explore.js")), "the other scripts are the program's"


def test_nobody_else_speaks_on_the_terminal(built: tuple[Path, Run]) -> None:
    """The theme has a notice about its own end, and about the next version of MkDocs."""
    said = built[1].said
    assert "mkdocs" not in said.lower()
    assert "material" not in said.lower()
    assert "Published: " in said


def test_it_works_on_the_publication_of_the_current_folder_or_of_one_above_it(
    built: tuple[Path, Run], installed: Path
) -> None:
    root, _ = built
    for folder in (root, root / "datasets/places/1.0.0"):
        done = run_installed(installed, "check", "places", cwd=folder)
        assert (done.status, done.out) == (0, "No problem was found\n"), done.said


def test_where_there_is_no_publication_it_says_what_it_looked_for_and_how_to_begin_one(
    installed: Path, tmp_path: Path
) -> None:
    for command in ("build", "check", "diff", "serve", "record", "new a b.csv", "revise a", "query x", "verify a.csv"):
        done = run_installed(installed, *command.split(), cwd=tmp_path)
        assert done.status == 2
        assert done.err.strip() == (
            f"there is no publication in {tmp_path}: datasets/catalog.yaml was looked for there and, without --root, "
            "in the folders above it. Change to the folder of a publication, name it with --root, or begin one: "
            "datagazette init FOLDER"
        )
        assert list(tmp_path.iterdir()) == [], "nothing is left behind"


def test_a_file_is_checked_where_there_is_no_publication(
    built: tuple[Path, Run], installed: Path, tmp_path: Path
) -> None:
    root, _ = built
    shutil.copy(root / "datasets/places/1.0.0/places.csv", tmp_path)
    schema = root / "schemas/places.v1.yaml"
    done = run_installed(installed, "check", "places.csv", "--schema", schema, cwd=tmp_path)
    assert done.status == 0, done.said


@pytest.mark.parametrize("language", ["en", "zh"])
def test_help_names_the_program_as_people_call_it(installed: Path, tmp_path: Path, language: str) -> None:
    pages = [run_installed(installed, "--help", cwd=tmp_path, language=language)]
    pages += [run_installed(installed, name, "--help", cwd=tmp_path, language=language) for name in sorted(COMMANDS)]
    assert all(page.out.startswith("Usage: datagazette ") for page in pages)
    assert not any("build.py" in page.said for page in pages)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_messages_name_commands_as_people_call_them(
    installed: Path, small: Path, tmp_path: Path, language: str
) -> None:
    """A draft that is ready, a released dataset that is asked for again, and the receipt of a release."""
    checked = run_installed(installed, "check", "--lang", language, cwd=small)
    assert "datagazette release visits" in checked.out
    compared = run_installed(installed, "diff", "visits", "--lang", language, cwd=small)
    assert "datagazette release visits" in compared.out
    source = small / "datasets/places/1.0.0/places.csv"
    again = run_installed(installed, "new", "places", source, "--lang", language, cwd=small)
    assert "datagazette revise places" in again.said
    assert "build.py" not in checked.said + compared.said + again.said


def test_it_says_which_version_it_is(installed: Path, wheel: Path, tmp_path: Path) -> None:
    """The version in the name of the wheel."""
    done = run_installed(installed, "--version", cwd=tmp_path)
    assert done.out == f"datagazette {wheel.name.split('-')[1]}\n"


def test_python_can_be_asked_for_the_module_as_well(built: tuple[Path, Run], installed: Path) -> None:
    done = run_installed(installed, "check", "places", cwd=built[0], module=True)
    assert (done.status, done.out) == (0, "No problem was found\n"), done.said


def test_no_module_in_the_publication_is_run(installed: Path, small: Path, tmp_path: Path) -> None:
    """A file is data, also where it is called like a module: no process of the program imports it."""
    bait(small, tmp_path / "marker", module_names() | {"datagazette"})
    done = run_installed(installed, "build", "--jobs", "2", cwd=small)
    assert ran(tmp_path / "marker") == ""
    assert done.status == 0, done.said


def test_a_search_path_that_names_the_publication_leads_to_no_code(
    installed: Path, small: Path, tmp_path: Path
) -> None:
    bait(small, tmp_path / "marker", {"click", "yaml", "rich", "jinja2", "duckdb", "_duckdb", "frictionless"})
    (small / "git").write_text(f"#!/bin/sh\necho git >> {tmp_path / 'marker'}\n")
    (small / "git").chmod(0o755)
    variables = environment(installed.parent.parent)
    variables |= {"PYTHONPATH": ".", "PATH": f".:{variables['PATH']}"}
    for command in (["check"], ["diff", "--base", "HEAD"]):
        subprocess.run(
            [installed / "datagazette", *command], cwd=small, env=variables, capture_output=True, check=False
        )
    assert ran(tmp_path / "marker") == ""


def test_a_worker_reads_the_program_and_nothing_else_of_the_disk(installed: Path, tmp_path: Path) -> None:
    """The walls around untrusted files are those of a checkout."""
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "given.txt").write_text("given")
    code = f"""
from pathlib import Path
import datagazette.__main__
from datagazette.home import HOME, IS_CHECKOUT
from datagazette.isolation import Bounds, Worker
assert not IS_CHECKOUT
with Worker(Bounds(2_000_000_000, reads=(Path({str(tmp_path / "given.txt")!r}),))) as worker:
    print(worker.call(Path.read_text, Path({str(tmp_path / "given.txt")!r})))
    print(len(worker.call(Path.read_text, HOME / "mkdocs.yml")) > 100)
    try:
        print(worker.call(Path.read_text, Path({str(tmp_path / "secret.txt")!r})))
    except OSError as error:
        print(type(error).__name__)
"""
    variables = environment(installed.parent.parent)
    done = subprocess.run([installed / "python", "-P", "-c", code], cwd=tmp_path, env=variables, capture_output=True,
                          text=True, check=False)  # fmt: skip
    assert done.stdout.split() == ["given", "True", "PermissionError"], done.stderr
