"""`release`: checked, compared, refused where the version is too low; whole or not at all, and safe to repeat."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT, Run, call_build, tree_hashes
from tests.diff.conftest import Repository

pytestmark = pytest.mark.slow

# Runs the program, and kills it at its nth step in the data: a file opened to be written, a rename, a new folder.
KILLED = """
import os, signal, sys
at, folder, arguments = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
steps = 0

def watch(event, found):
    global steps
    writes = event == "open" and isinstance(found[1], str) and set(found[1]) & set("wax+")
    if (writes or event in ("os.rename", "os.mkdir")) and folder in str(found[0]):
        steps += 1
        if steps == at:
            os.kill(os.getpid(), signal.SIGKILL)

sys.path.insert(0, os.getcwd())
from datagazette.cli import main
sys.addaudithook(watch)
sys.exit(main(arguments))
"""


def release(repository: Repository, *arguments: str, language: str = "en") -> Run:
    return call_build("release", "counts", *arguments, "--root", repository.root, language=language)


def corrected(repository: Repository) -> None:
    repository.revise("counts", "patch")
    repository.replace("counts/1.1.1/counts.csv", "001,2020,101", "001,2020,110")


def entry(repository: Repository) -> dict[str, object]:
    ledger = yaml.safe_load(repository.path("counts/releases.yaml").read_text("utf-8"))
    return dict(ledger["releases"][-1])


def test_a_release_drafts_its_words_and_can_be_repeated(repository: Repository) -> None:
    corrected(repository)
    done = release(repository)
    assert done.status == 0, done.said
    assert done.out.splitlines()[0] == "counts 1.1.1 was written to datasets/counts/releases.yaml"
    found = entry(repository)
    assert (found["version"], found["changes"]) == ("1.1.1", "人数：修改 1 个单元格。")
    assert found["changes@en"] == "Counts: 1 cell changed."
    assert call_build("check", "--root", repository.root).status == 0
    after = tree_hashes(repository.root / "datasets")
    again = {language: release(repository, language=language) for language in ("en", "zh")}
    assert [one.status for one in again.values()] == [0, 0]
    assert "there is no draft; open the next version with revise counts" in again["en"].out
    assert "没有草稿；新的版本用 revise counts 建立" in again["zh"].out
    assert tree_hashes(repository.root / "datasets") == after


def test_words_that_a_person_gives_are_kept(repository: Repository) -> None:
    corrected(repository)
    done = release(repository, "--changes", "更正北镇。", "--changes-en", "Corrects North.")
    assert done.out == "counts 1.1.1 was written to datasets/counts/releases.yaml\n"
    assert (entry(repository)["changes"], entry(repository)["changes@en"]) == ("更正北镇。", "Corrects North.")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "The changes since 1.1.0 require a MINOR version, 1.2.0 or higher; this is 1.1.1."),
        ("zh", "1.1.0 之后的改动需要 MINOR 级的新版本，至少是 1.2.0，而这里是 1.1.1。"),
    ],
)
def test_too_small_a_bump_is_refused(repository: Repository, language: str, words: str) -> None:
    corrected(repository)
    repository.replace("counts/1.1.1/counts.csv", "010,2021,9,exact\n", "010,2021,9,exact\n001,2022,130,exact\n")
    before = tree_hashes(repository.root / "datasets")
    done = release(repository, language=language)
    assert done.status == 1
    assert words in done.err
    assert tree_hashes(repository.root / "datasets") == before


def test_what_a_spreadsheet_broke_is_refused(repository: Repository) -> None:
    repository.revise("places", "patch")
    repository.replace("places/1.0.1/places.csv", "001,", "1,")
    repository.replace("places/1.0.1/places.csv", "002,", "2,")
    repository.replace("places/1.0.1/places.csv", "010,", "10,")
    done = call_build("release", "places", "--root", repository.root)
    assert done.status == 1
    assert "Leading zeros lost" in done.err


def killed(repository: Repository, step: int) -> bool:
    """Whether the release was killed at this step; False where it had ended before."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(step), str(repository.root / "datasets"), "release", "counts", "--root",
         str(repository.root), "--lang", "en"],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=1_200, env=dict(os.environ),
    )  # fmt: skip
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode != 0


def visible(folder: Path) -> dict[str, str]:
    return {name: digest for name, digest in tree_hashes(folder).items() if "/." not in name}


@pytest.mark.thorough
def test_a_kill_leaves_nothing_half_written(repository: Repository) -> None:
    """At every step that writes: afterwards the draft is a draft still, passes, and is released the next time."""
    corrected(repository)
    before = visible(repository.root / "datasets")
    schema = (repository.root / "schemas/counts.v1.yaml").read_bytes()
    step = 1
    while killed(repository, step):
        now = visible(repository.root / "datasets")
        more = {name: now[name] for name in now.keys() - before.keys()}
        assert now | before == now | more, f"a file changed at step {step}"
        for name in more:
            assert name == "counts/1.1.1/schemas/counts.v1.yaml"
            assert (repository.root / "datasets" / name).read_bytes() == schema
        step += 1
    assert step > 4, "the kills must fall between the first write and the last"
    assert entry(repository)["version"] == "1.1.1"
    assert not list(repository.path("counts").rglob(".*"))
    assert call_build("check", "--root", repository.root).status == 0
