"""`revise`, `diff` and `release` count the version in the same way, and a file that changes nothing makes no draft."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from datagazette.commands.authoring import Data, open_draft
from datagazette.commands.ledger_text import with_entry
from tests.conftest import call_build, tree_hashes
from tests.ground.drafts import drafted

FIELDS = {"k": "string", "v": "integer"}
FOUR = "k,v\nA,1\nB,2\nC,3\nD,4\n"


def released(root: Path, table: str = FOUR) -> Path:
    """The root, with 1.0.0 alone."""
    drafted(root, table, table, FIELDS)
    shutil.rmtree(root / "datasets/t/1.1.0")
    return root


def sent(root: Path, table: str) -> Path:
    file = root.parent / "sent.csv"
    file.write_text(table, "utf-8")
    return file


def revise(root: Path, table: str, *options: str, language: str = "en") -> str:
    return call_build("revise", "t", "--data", sent(root, table), *options, "--root", root, language=language).said


def opened(root: Path, table: str, bump: str | None = None) -> str:
    """The version of the draft."""
    return str(open_draft(root, "t", bump, Data((str(sent(root, table)),))).version)


def versions(root: Path) -> list[str]:
    return sorted(path.name for path in (root / "datasets/t").iterdir() if path.is_dir())


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("table", "version"),
    [("k,v\nA,1\nB,2\n", "1.0.1"), (FOUR.replace("4", "5"), "1.0.1"), (f"{FOUR}E,5\n", "1.1.0"),
     ("k,v\nS1,1\nS2,2\nS3,3\nS4,4\n", "1.1.0"), ("k,v,w\nA,1,5\nB,2,5\nC,3,5\nD,4,5\n", "2.0.0")],
)  # fmt: skip
def test_revise_opens_the_version_that_diff_requires(tmp_path: Path, table: str, version: str) -> None:
    root = released(tmp_path / "root")
    assert opened(root, table) == version
    (found,) = json.loads(call_build("diff", "--format", "json", "--root", root).out)["releases"]
    assert found["verdict"] is None or found["verdict"]["required"] == found["verdict"]["given"]


@pytest.mark.thorough
def test_rows_that_go_are_major_only_where_others_refer_to_the_table(small: Path, tmp_path: Path) -> None:
    table = (small / "datasets/places/1.0.0/places.csv").read_text("utf-8").splitlines(keepends=True)
    (tmp_path / "places.csv").write_text("".join(table[:-1]), "utf-8")
    said = call_build("revise", "places", "--data", tmp_path / "places.csv", "--root", small).out
    assert "datasets/places/2.0.0 is ready" in said
    assert "This requires a MAJOR version" in call_build("diff", "places", "--root", small).out


def test_a_file_that_changes_nothing_makes_no_draft(tmp_path: Path) -> None:
    root = released(tmp_path / "root")
    before = tree_hashes(root)
    rewritten = "v;k\r\n" + "".join(f"{number};{key}\r\n" for number, key in enumerate("ABCD", 1))
    said = revise(root, rewritten)
    assert said == "The data is the same as in t 1.0.0: there is nothing to do, and no draft was opened\n"
    assert revise(root, FOUR, language="zh") == "数据与 t 1.0.0 完全相同，无须处理，也没有建立草稿\n"
    assert tree_hashes(root) == before


def test_a_draft_is_counted_again_when_other_data_is_put_into_it(tmp_path: Path) -> None:
    root = released(tmp_path / "root")
    assert opened(root, f"{FOUR}E,5\n") == "1.1.0"
    said = revise(root, FOUR.replace("4", "5"))
    assert said.startswith("The draft 1.1.0 is datasets/t/1.0.1 now, since its changes require a PATCH version\n")
    assert versions(root) == ["1.0.0", "1.0.1"]
    assert "version: 1.0.1" in (root / "datasets/t/1.0.1/datapackage.yaml").read_text("utf-8")
    assert opened(root, f"{FOUR}E,5\n") == "1.1.0"


@pytest.mark.thorough
def test_a_version_that_a_person_has_chosen_stays_unless_it_is_too_low(tmp_path: Path) -> None:
    root = released(tmp_path / "root")
    assert opened(root, FOUR.replace("4", "5"), "major") == "2.0.0"
    assert opened(root, FOUR.replace("4", "6")) == "2.0.0"
    assert opened(root, FOUR.replace("4", "6"), "patch") == "1.0.1"
    said = call_build("revise", "t", "--bump", "minor", "--root", root, language="zh").out
    assert said == "草稿 1.0.1 现在是 datasets/t/1.1.0\n"
    assert versions(root) == ["1.0.0", "1.1.0"]


@pytest.mark.parametrize(
    ("ledger", "written"),
    [
        ("releases:\n- version: 1.0.0\n", "releases:\n- version: 1.0.0\n- version: 1.1.0\n  date: x\n"),
        ("releases:\n    - {version: 1.0.0}",
         "releases:\n    - {version: 1.0.0}\n    - version: 1.1.0\n      date: x\n"),
        ("releases:\n- version: 1.0.0\n\n# new name\nrenamedTo: b\n",
         "releases:\n- version: 1.0.0\n- version: 1.1.0\n  date: x\n\n# new name\nrenamedTo: b\n"),
        ("releases: []\n", "releases:\n  - version: 1.1.0\n    date: x\n"),
        ("", "releases:\n  - version: 1.1.0\n    date: x\n"),
    ],
)  # fmt: skip
def test_an_entry_of_the_ledger_is_as_far_in_as_those_before_it(ledger: str, written: str) -> None:
    assert with_entry(ledger, "- version: 1.1.0\n  date: x\n") == written


@pytest.mark.thorough
def test_a_draft_forgets_the_columns_of_a_wrong_file_once_the_right_one_comes(tmp_path: Path) -> None:
    root = drafted(tmp_path / "root", "k,v\nA,1\nB,2\n", "k,v\nA,1\nB,2\n", {"k": "string", "v": "integer"})
    shutil.rmtree(root / "datasets/t/1.1.0")
    sent = tmp_path / "sent.csv"
    sent.write_text("k,v,y2023\nA,1,5\nB,2,6\n", "utf-8")
    assert call_build("revise", "t", "--data", sent, "--root", root).status == 1
    assert (root / "datasets/t/2.0.0").is_dir()
    sent.write_text("k,v\nA,1\nB,5\n", "utf-8")
    done = call_build("revise", "t", "--data", sent, "--root", root)
    assert done.status == 0, done.said
    assert "The draft 2.0.0 is datasets/t/1.0.1 now" in done.out
    assert "columns that neither the schema nor this file has, and that were removed: y2023" in done.out
    assert (root / "datasets/t/1.0.1/t.csv").read_text("utf-8") == "k,v\nA,1\nB,5\n"
