"""The wheel and the source distribution: what is in them, what they require, and that they come out the same."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from datagazette.native import ESBUILD, PAGEFIND, PLATFORM
from tests.checkouts import checkout
from tests.conftest import ROOT, once
from tests.install.program import UV, environment, few_programs
from tests.test_dependencies import pinned

pytestmark = [pytest.mark.slow, pytest.mark.thorough]

PROGRAM = "datagazette/program"


def members(wheel: Path) -> dict[str, zipfile.ZipInfo]:
    with zipfile.ZipFile(wheel) as archive:
        return {member.filename: member for member in archive.infolist()}


@pytest.fixture(scope="session")
def sdist(shared: Path) -> Path:
    """The source distribution of this checkout."""

    def build(folder: Path) -> None:
        subprocess.run([UV, "build", "--quiet", "--sdist", "--out-dir", folder, ROOT], check=True)

    (built,) = once(shared / "sdist", build).glob("*.tar.gz")
    return built


def built_again(source: Path, folder: Path, **variables: str) -> Path:
    command = [UV, "build", "--quiet", "--wheel", "--out-dir", folder, source]
    subprocess.run(command, check=True, env={**os.environ, **variables})
    (wheel,) = folder.glob("*.whl")
    return wheel


def test_it_has_the_program_with_all_that_a_site_is_built_with(wheel: Path) -> None:
    names = members(wheel).keys()
    files = subprocess.run(
        ["git", "ls-files", "datagazette", "action", "site/assets", "site/overrides", "site/strings", "site/templates"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split("\n")  # fmt: skip
    expected = {
        re.sub("^(site|action)/", rf"{PROGRAM}/\1/", file) for file in files if file and (ROOT / file).is_file()
    }
    assert expected <= names
    own = {"mkdocs.yml", "package-lock.json", "requirements.txt"}
    assert {f"{PROGRAM}/{name}" for name in own} <= names


def test_it_has_no_publication_no_tests_and_nothing_of_npm_that_needs_node(wheel: Path) -> None:
    names = members(wheel).keys()
    for folder in ("datasets/", "schemas/", "tests/", "docs/", "examples/", f"{PROGRAM}/site/pages/"):
        assert not [name for name in names if name.startswith(folder)]
    npm = f"{PROGRAM}/node_modules/"
    brought = {name.removeprefix(npm) for name in names if name.startswith(npm)}
    assert {PAGEFIND, ESBUILD} <= brought
    assert not [name for name in brought if re.match(r"(esbuild|pagefind)/(bin|lib|install)|axe-core|\.bin", name)]
    assert {name.partition("/")[0] for name in brought} == {
        "@esbuild", "@noble", "@pagefind", "esbuild", "fflate", "fzstd", "hucre", "hyparquet", "pagefind",
    }  # fmt: skip
    for package in ("@noble/hashes", "esbuild", "fflate", "fzstd", "hucre", "hyparquet", "pagefind"):
        assert [name for name in brought if name.startswith(f"{package}/LICENSE")], "its licence comes along"


def test_its_native_programs_may_be_run_and_nothing_else_of_npm(wheel: Path) -> None:
    runnable = {name for name, member in members(wheel).items() if member.external_attr >> 16 & 0o111}
    npm = f"{PROGRAM}/node_modules/"
    assert {name for name in runnable if name.startswith(npm)} == {f"{npm}{PAGEFIND}", f"{npm}{ESBUILD}"}


def test_it_says_for_which_systems_it_is(wheel: Path) -> None:
    """Pip installs it nowhere else. On Linux DuckDB decides where that is, since the programs themselves are static."""
    tags = wheel.name.removesuffix(".whl").split("-")[2:]
    assert tags[:2] == ["py3", "none"]
    assert tags[2] != "any"
    if sys.platform == "linux":
        assert tags[2].startswith("manylinux_2_28_")
        for program in (ESBUILD, PAGEFIND):
            assert b"/lib/ld-" not in (ROOT / "node_modules" / program).read_bytes()[:4096], "no loader is asked for"
            assert b"/lib64/ld-" not in (ROOT / "node_modules" / program).read_bytes()[:4096]


def test_it_requires_exactly_what_the_lock_file_names(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = Parser().parsestr(archive.read(name).decode())
    assert (metadata["Name"], metadata["Requires-Python"]) == ("datagazette", ">=3.11")
    required = [Requirement(text) for text in metadata.get_all("Requires-Dist")]
    ours = {(each.name, str(each.specifier)) for each in required if "extra" not in str(each.marker)}
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    locked = [Requirement(line.rstrip("\\ ")) for line in lines if re.match(r"[\w.-]+==", line)]
    assert len(locked) > 40
    assert ours == {(each.name, str(each.specifier)) for each in locked}
    markers = {(each.name, str(each.specifier)): str(each.marker or "") for each in locked}
    assert {(each.name, str(each.specifier)): str(each.marker or "") for each in required
            if "extra" not in str(each.marker)} == markers  # fmt: skip
    for extra in ("cluster", "store"):
        asked = {each.name for each in required if f'extra == "{extra}"' in str(each.marker)}
        assert asked == set(pinned(ROOT / f"requirements-{extra}.txt"))


def test_it_comes_out_the_same_elsewhere_at_another_time_and_with_other_permissions(
    wheel: Path, tmp_path: Path
) -> None:
    copy = checkout(tmp_path / "elsewhere")
    for path in copy.rglob("*"):
        if path.is_file() and not path.is_symlink() and ".git" not in path.parts and "node_modules" not in path.parts:
            os.utime(path, (1_600_000_000, 1_600_000_000))
            path.chmod(path.stat().st_mode & 0o700)
    again = built_again(copy, tmp_path / "again")
    assert again.name == wheel.name
    assert again.read_bytes() == wheel.read_bytes()


def test_a_wheel_for_another_system_is_made_here(wheel: Path, tmp_path: Path) -> None:
    """It differs in the two native programs alone: a publisher at a Mac and a workflow on Linux need one each."""
    other = built_again(ROOT, tmp_path, DATAGAZETTE_WHEEL_FOR="darwin-arm64")
    assert other.name.endswith("-py3-none-macosx_12_0_arm64.whl")
    native = re.compile(r"@(?:esbuild|pagefind)/|\.dist-info/(?:WHEEL|RECORD)")
    with zipfile.ZipFile(wheel) as ours, zipfile.ZipFile(other) as theirs:
        shared = {name for name in ours.namelist() if not native.search(name)}
        assert shared == {name for name in theirs.namelist() if not native.search(name)}
        assert [name for name in shared if ours.read(name) != theirs.read(name)] == []
        for program in (ESBUILD, PAGEFIND):
            name = f"{PROGRAM}/node_modules/{program.replace(PLATFORM, 'darwin-arm64')}"
            assert theirs.read(name).startswith(b"\xcf\xfa\xed\xfe"), "a program for macOS (Mach-O, 64 bits)"
            assert theirs.getinfo(name).external_attr >> 16 & 0o111


def test_the_source_distribution_is_small_and_makes_the_same_wheel(sdist: Path, wheel: Path, tmp_path: Path) -> None:
    """It brings nothing that npm installed, so that npm installs for it."""
    assert sdist.stat().st_size < 2_000_000
    with tarfile.open(sdist) as archive:
        names = archive.getnames()
        archive.extractall(tmp_path, filter="data")
    tops = {name.split("/")[1] for name in names if "/" in name}
    assert tops.isdisjoint({"datasets", "schemas", "tests", "node_modules", "docs", "examples", "build.py"})
    assert not [name for name in names if "/site/pages/" in name]
    (source,) = (path for path in tmp_path.iterdir() if path.is_dir())
    assert built_again(source, tmp_path / "again").read_bytes() == wheel.read_bytes()


def test_the_source_distribution_comes_out_the_same_twice(sdist: Path, tmp_path: Path) -> None:
    copy = checkout(tmp_path / "elsewhere")
    subprocess.run([UV, "build", "--quiet", "--sdist", "--out-dir", tmp_path / "again", copy], check=True)
    (again,) = (tmp_path / "again").glob("*.tar.gz")
    assert again.read_bytes() == sdist.read_bytes()


def test_pip_makes_the_same_wheel_in_a_clean_clone_without_node(wheel: Path, tmp_path: Path) -> None:
    """Where the machine has no Node.js, one from the package index is there for the time of the build."""
    clone = checkout(tmp_path / "clone")
    (clone / "node_modules").unlink()
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    variables = {**os.environ, **environment(tmp_path)}
    assert shutil.which("node", path=str(few_programs(tmp_path))) is None
    done = subprocess.run(
        [tmp_path / "venv/bin/pip", "wheel", "--no-deps", "--wheel-dir", tmp_path / "made", clone],
        env=variables, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = (tmp_path / "made").glob("*.whl")
    assert made.read_bytes() == wheel.read_bytes()
    assert not (clone / "node_modules").exists()


@pytest.mark.parametrize("starter", [["uvx"], ["uvx", "pipx==1.18.4", "run"]], ids=["uvx", "pipx"])
def test_it_runs_without_being_installed_first(wheel: Path, tmp_path: Path, starter: list[str]) -> None:
    source = "--spec" if "run" in starter else "--from"
    program = [UV.with_name("uvx"), *starter[1:], source, wheel, "datagazette", "--help"]
    variables = {**os.environ, "PIPX_HOME": str(tmp_path / "pipx"), "NO_COLOR": "1"}
    done = subprocess.run(program, env=variables, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("Usage: datagazette "), done.stderr
