"""What git does to files: marks of a merge, pointers, other line ends, a dataset's folder under another name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from datagazette.files import merge_marks
from tests.conftest import Run, call_build, tree_hashes
from tests.diff.conftest import git
from tests.ground.drafts import drafted

SITES = {"site": "string"}
BEFORE = "site\nElm\nOak\n"
CONFLICT = "site\nElm\n<<<<<<< HEAD\nOak\n=======\nAsh\n>>>>>>> spring\n"
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943\nsize 12345\n"


def run(root: Path, *command: str) -> Run:
    return call_build(*command, "--root", root)


def released(root: Path) -> Path:
    """One release and no draft."""
    drafted(root, BEFORE, BEFORE, SITES)
    shutil.rmtree(root / "datasets/t/1.1.0")
    (root / "schemas/t.v1.yaml").unlink()
    return root


def test_marks_of_a_merge_in_a_table_are_an_error_with_their_lines(tmp_path: Path) -> None:
    root = drafted(tmp_path, BEFORE, CONFLICT, SITES)
    for command in (["check"], ["diff"], ["release", "t"]):
        done = run(root, *command)
        assert done.status == 1
        assert "A merge is not finished" in done.said
        assert "Lines with the marks of an unfinished merge: 3, 5, 7." in done.said
        assert "spreadsheet" not in done.said  # which would take ======= for a formula
    new = call_build("new", "places", root / "datasets/t/1.1.0/t.csv", "--root", root)
    assert (new.status, "3, 5, 7" in new.err) == (2, True), new.said


def test_a_line_that_underlines_or_quotes_is_no_mark_of_a_merge() -> None:
    assert merge_marks(b"Title\n=======\ntext\n") == ()
    assert merge_marks(b">>>>>>> as you wrote\n") == ()
    assert merge_marks(b"a\n  <<<<<<< HEAD\n<<<<<<<<\n") == ()
    assert merge_marks(CONFLICT.replace("\n", "\r\n").encode()) == (3, 5, 7)


@pytest.mark.parametrize("file", ["datasets/t/releases.yaml", "datasets/t/1.1.0/datapackage.yaml", "schemas/t.v1.yaml"])
def test_marks_of_a_merge_in_a_ledger_or_descriptor_are_the_only_error(tmp_path: Path, file: str) -> None:
    root = drafted(tmp_path, BEFORE, BEFORE + "Ash\n", SITES)
    text = (root / file).read_text("utf-8")
    (root / file).write_text(f"<<<<<<< HEAD\n{text}=======\n{text}>>>>>>> spring\n", "utf-8")
    done = run(root, "check")
    assert done.status == 1
    assert f"{file}\n  error merge-unresolved" in done.out
    assert "yaml-syntax" not in done.out
    assert ("Keep the entry that the other branch has released" in done.out) == file.endswith("releases.yaml")
    assert "Only drafts" not in done.out


def test_a_pointer_of_git_lfs_is_reported_as_one_in_drafts_and_releases(tmp_path: Path) -> None:
    root = drafted(tmp_path, BEFORE, POINTER, SITES)
    shutil.copy(root / "datasets/t/1.1.0/t.csv", root / "datasets/t/1.0.0/t.csv")
    for command in (["check"], ["diff"], ["release", "t"]):
        done = run(root, *command)
        assert done.status == 1
        assert "git lfs pull" in done.said
        assert all(text not in done.said for text in ("Rename column", "rows added", "label"))
    said = run(root, "check").out
    assert said.endswith("1 error\n")  # one command fetches them all
    assert 'git lfs pull --include "datasets/**"' in said
    shutil.rmtree(root / "datasets/t/1.1.0")
    assert 'git lfs pull --include "datasets/t/1.0.0/t.csv"' in run(root, "check").out
    new = call_build("new", "places", root / "datasets/t/1.0.0/t.csv", "--root", root)
    assert (new.status, 'git lfs pull --include "t.csv"' in new.err) == (2, True), new.said


@pytest.mark.thorough
def test_other_line_ends_are_one_error_and_record_puts_them_back(tmp_path: Path) -> None:
    root = released(tmp_path / "here")
    (root / ".gitignore").write_text("build/\n")
    git(root, "init", "--quiet", "--initial-branch", "main")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "The publication")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--config", "core.autocrlf=true", str(root), str(clone))
    found = run(clone, "check")
    assert found.status == 1
    assert found.out.endswith("1 error\n")
    assert "Released files of which only the line ends differ from what was released: 3." in found.out
    done = run(clone, "record")
    assert done.status == 0, done.said
    assert "line ends put back in released files: 3" in done.out
    assert "datasets/** -text\nschemas/** -text\n" in (clone / ".gitattributes").read_text()
    assert run(clone, "check").status == 0
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "--message", "Line ends")
    assert tree_hashes(clone / "datasets/t/1.0.0") == tree_hashes(root / "datasets/t/1.0.0")
    again = tmp_path / "again"
    git(tmp_path, "clone", "--quiet", "--config", "core.autocrlf=true", str(clone), str(again))
    assert run(again, "check").status == 0


def test_a_line_end_that_is_missing_at_the_end_is_called_that(tmp_path: Path) -> None:
    root = released(tmp_path)
    table = root / "datasets/t/1.0.0/t.csv"
    table.write_bytes(b"site\nElm\nOak")
    for command in ("check", "diff"):
        assert "Only the line end at the end of the file differs" in run(root, command).out
    assert run(root, "record").status == 0
    assert table.read_text("utf-8") == BEFORE
    table.write_bytes(b"site\nElm\nOaks\n")
    assert "no longer matches its hash" in run(root, "check").out
    run(root, "record")
    assert table.read_bytes() == b"site\nElm\nOaks\n"


def test_the_first_release_asks_git_to_leave_line_ends_alone(tmp_path: Path) -> None:
    root = drafted(tmp_path, BEFORE, BEFORE + "Ash\n", SITES)
    (root / ".gitattributes").write_bytes(b"*.png binary\ndatasets/** -text")
    done = run(root, "release", "t")
    assert done.status == 0, done.said
    assert ".gitattributes was written" in done.out
    said = (root / ".gitattributes").read_text().splitlines()
    assert said[:2] == ["*.png binary", "datasets/** -text"]
    assert said[3:] == ["schemas/** -text"]
    assert not list(root.glob("*.new"))


def test_a_renamed_folder_is_one_error_that_says_how_a_dataset_is_renamed(tmp_path: Path) -> None:
    root = released(tmp_path)
    (root / ".gitignore").write_text("build/\n")
    git(root, "init", "--quiet", "--initial-branch", "main")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "The publication")
    git(root, "mv", "datasets/t", "datasets/stores")
    found = run(root, "check")
    assert (found.status, found.out.count(" error ")) == (1, 1), found.out
    assert "The folder is “stores”, but its releases are those of the dataset “t”." in found.out
    assert "Rename the folder back to “t”." in found.out
    assert "`renamedTo`" in found.out
    assert "removed" not in run(root, "diff", "--base", "HEAD").out


def other_dataset(root: Path) -> Path:
    """A second dataset with a draft only, of which texts are still to be written."""
    draft = root / "datasets/u/1.0.0"
    shutil.copytree(root / "datasets/t/1.1.0", draft)
    descriptor = yaml.safe_load((draft / "datapackage.yaml").read_text("utf-8"))
    descriptor |= {"name": "u", "version": "1.0.0", "title": "TODO"}
    descriptor["resources"][0]["schema"] = "u.v1"
    (draft / "datapackage.yaml").write_text(yaml.safe_dump(descriptor), "utf-8")
    schema = yaml.safe_load((root / "schemas/t.v1.yaml").read_text("utf-8"))
    schema["fields"][0]["title"] = "TODO"
    (root / "schemas/u.v1.yaml").write_text(yaml.safe_dump(schema), "utf-8")
    return draft


def test_what_is_not_written_in_another_dataset_does_not_keep_one_from_being_released(tmp_path: Path) -> None:
    root = drafted(tmp_path, BEFORE, BEFORE + "Ash\n", SITES)
    draft = other_dataset(root)
    (draft / "t.csv").rename(draft / "s.csv")  # an error, too
    assert run(root, "check").status == 1
    done = run(root, "release", "t")
    assert done.status == 0, done.said
    assert run(root, "release", "u").status == 1


@pytest.mark.thorough
def test_a_draft_with_errors_keeps_the_site_back_unless_it_may_be_left_out(tmp_path: Path) -> None:
    root, out = drafted(tmp_path / "here", BEFORE, BEFORE + "Ash,1\n", SITES), tmp_path / "site"
    assert run(root, "check").status == 1
    assert call_build("build", "--root", root, "--out", out).status == 1
    done = call_build("build", "--skip-broken-drafts", "--root", root, "--out", out)
    assert done.status == 0, done.said
    assert "The site was built without the draft 1.1.0, which has errors (1)." in done.err
    assert (out / "data/t/1.0.0/t.csv").is_file()
    assert not (out / "data/t/1.1.0").exists()
