"""Tables that a store has: they are named by their SHA-256, and fetched where they are needed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from datagazette.commands.descriptor_text import with_resource
from datagazette.files import sha256
from datagazette.model.content import stored_path
from tests.conftest import tree_hashes
from tests.diff.conftest import git
from tests.store.publications import AFTER, BEFORE, DRAFT, OLD, moved, run, set_store, with_store


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return with_store(tmp_path)


def fetched(root: Path) -> list[str]:
    return sorted(path.name for path in (root / "build/store").rglob("*") if path.is_file() and path.name[0] != ".")


def test_push_puts_a_draft_into_the_store_and_says_in_its_descriptor_which_content_is_meant(root: Path) -> None:
    done = run(root, "push", "t")
    digest = sha256(root / DRAFT)
    assert done.status == 0, done.said
    assert (root.parent / "tables" / stored_path(digest)).read_text() == AFTER
    resource = yaml.safe_load((root / "datasets/t/1.1.0/datapackage.yaml").read_text())["resources"][0]
    assert (resource["hash"], resource["bytes"]) == (f"sha256:{digest}", len(AFTER))
    assert (root / DRAFT).read_text() == AFTER  # what is pushed stays as it is
    again = run(root, "push", "t")
    assert "the store has it already" in again.out
    assert run(root, "push").out.count("the store has it already") == 1  # its descriptor has a SHA-256


def test_a_draft_in_the_store_is_checked_only_where_its_data_is_asked_for(root: Path) -> None:
    moved(root, DRAFT)
    done = run(root, "check")
    assert done.status == 1
    assert "error draft-not-fetched" in done.out
    assert "--fetch-drafts" in done.out
    assert fetched(root) == []
    asked = run(root, "check", "--fetch-drafts")
    assert asked.status == 0, asked.said
    assert "Fetching datasets/t/1.1.0/t.csv from the store" in asked.err


@pytest.mark.thorough
def test_faults_in_a_table_of_the_store_are_found_at_its_own_name(root: Path) -> None:
    (root / DRAFT).write_text(BEFORE + "Ash,three\n")
    moved(root, DRAFT)
    done = run(root, "check", "--fetch-drafts")
    assert done.status == 1
    assert DRAFT in done.out
    assert "three" in done.out


@pytest.mark.thorough
def test_a_release_in_the_store_is_not_fetched_to_check_it_but_to_compare_a_draft_with_it(root: Path) -> None:
    moved(root, OLD)
    shutil.move(root / "datasets/t/1.1.0", root.parent / "draft")
    alone = run(root, "check")
    assert alone.status == 0, alone.said
    assert "t-1.0.0" in alone.out
    assert fetched(root) == []
    shutil.move(root.parent / "draft", root / "datasets/t/1.1.0")
    assert run(root, "check").status == 0
    assert len(fetched(root)) == 1
    assert "t.csv: 1 row added" in run(root, "diff").out


@pytest.mark.thorough
def test_a_release_freezes_the_hash_of_what_the_store_has(root: Path) -> None:
    found = moved(root, DRAFT)
    done = run(root, "release", "t")
    assert done.status == 0, done.said
    entry = yaml.safe_load((root / "datasets/t/releases.yaml").read_text())["releases"][-1]
    assert entry["files"]["t.csv"] == found[DRAFT].name
    assert run(root, "check").status == 0


@pytest.mark.thorough
def test_a_release_is_refused_where_neither_git_nor_the_store_would_keep_a_table(root: Path) -> None:
    ledger = (root / "datasets/t/releases.yaml").read_bytes()
    moved(root)
    (root.parent / "tables" / stored_path(sha256(root / DRAFT))).unlink()
    git(root, "init", "--quiet")
    (root / ".gitignore").write_text(f"/build/\n/{DRAFT}\n")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "The publication")
    done = run(root, "release", "t")
    assert done.status == 1
    assert "error release-not-stored" in done.said
    (root / DRAFT).write_text(AFTER + "Yew,4\n")
    assert "error hash-count" in run(root, "release", "t").said  # it is not what the descriptor says
    assert (root / "datasets/t/releases.yaml").read_bytes() == ledger


@pytest.mark.thorough
def test_a_publication_that_git_ignores_as_a_whole_is_released(root: Path) -> None:
    git(root.parent, "init", "--quiet")
    (root.parent / ".gitignore").write_text(f"/{root.name}/\n")
    done = run(root, "release", "t")
    assert done.status == 0, done.said


@pytest.mark.thorough
def test_a_site_is_the_same_wherever_its_tables_are(root: Path) -> None:
    shutil.rmtree(root / "datasets/t/1.1.0")
    (root / "schemas/t.v1.yaml").unlink()
    assert run(root, "build").status == 0
    before = tree_hashes(root / "public")
    assert run(root, "push", "t", "1.0.0").status == 0
    (root / OLD).unlink()
    # What an earlier build has made needs no data, and what the site has is not fetched.
    assert run(root, "build").status == 0
    assert fetched(root) == []
    assert run(root, "build", "--force").status == 0
    assert tree_hashes(root / "public") == before
    shutil.rmtree(root / "build")
    shutil.rmtree(root / "public")
    done = run(root, "build")
    assert done.status == 0, done.said
    assert "Fetching datasets/t/1.0.0/t.csv" in done.err
    assert tree_hashes(root / "public") == before


@pytest.mark.thorough
def test_a_build_without_its_store_ends_with_one_message_and_leaves_the_site(root: Path) -> None:
    shutil.rmtree(root / "datasets/t/1.1.0")
    (root / "schemas/t.v1.yaml").unlink()
    assert run(root, "build").status == 0
    assert run(root, "push", "t", "1.0.0").status == 0
    (root / OLD).unlink()
    shutil.rmtree(root / "build")
    (root / "public/data/t/1.0.0/t.csv").unlink()  # or it would be taken from there
    before = tree_hashes(root / "public")
    (root.parent / "tables").rename(root.parent / "away")
    done = run(root, "build")
    assert done.status == 2
    assert "the store ../tables cannot be reached for datasets/t/1.0.0/t.csv" in done.err
    assert tree_hashes(root / "public") == before


@pytest.mark.thorough
def test_wrong_bytes_in_the_store_are_reported_with_both_hashes_and_not_used(root: Path) -> None:
    found = moved(root, DRAFT)
    found[DRAFT].write_text(BEFORE + "Ash,4\n")  # as long as what is wanted
    done = run(root, "check", "--fetch-drafts")
    assert done.status == 2
    assert found[DRAFT].name in done.err
    assert sha256(found[DRAFT]) in done.err
    assert fetched(root) == []
    found[DRAFT].write_text(AFTER + "Yew,5\n")
    assert f"than the {len(AFTER)} bytes" in run(root, "check", "--fetch-drafts").err
    assert "is another content or a part" in pushed_over(root)


def pushed_over(root: Path) -> str:
    """What push says where the store has something else at the place of a content."""
    (root / DRAFT).write_text(AFTER)
    done = run(root, "push", "t")
    assert done.status == 2
    return done.err


@pytest.mark.thorough
def test_what_was_fetched_and_changed_since_is_fetched_again(root: Path) -> None:
    moved(root, DRAFT)
    assert run(root, "check", "--fetch-drafts").status == 0
    (cached,) = (root / "build/store" / name for name in [stored_path(fetched(root)[0])])
    cached.write_text("site,count\nElm,x\n")
    assert run(root, "check", "--fetch-drafts").status == 0
    assert cached.read_text() == AFTER


@pytest.mark.thorough
def test_query_and_revise_fetch_what_they_read(root: Path) -> None:
    moved(root, OLD)
    shutil.rmtree(root / "datasets/t/1.1.0")
    done = run(root, "query", 'SELECT sum("count") AS n FROM "t"."t"', "--format", "csv")
    assert done.out == "n\n3\n", done.said
    assert run(root, "revise", "t").status == 0
    assert (root / DRAFT).read_text() == BEFORE


@pytest.mark.thorough
def test_a_change_cannot_move_the_store(root: Path) -> None:
    moved(root, DRAFT)
    git(root, "init", "--quiet", "--initial-branch", "main")
    (root / ".gitignore").write_text("/build/\n")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "The publication")
    (root.parent / "tables").rename(root.parent / "elsewhere")
    set_store(root, "../elsewhere")
    descriptor = root / "datasets/t/1.1.0/datapackage.yaml"
    descriptor.write_text(descriptor.read_text().replace("A table.", "A table of trees."))
    done = run(root, "check", "--changed-since", "main", "--fetch-drafts")
    assert done.status == 2
    assert "the store ../tables cannot be reached" in done.err
    built = run(root, "build", "--fetch-drafts", "--store-of", "main")
    assert (built.status, "the store ../tables cannot be reached" in built.err) == (2, True), built.said
    (root.parent / "elsewhere").rename(root.parent / "tables")
    done = run(root, "check", "--changed-since", "main", "--fetch-drafts")
    assert done.status == 0, done.said
    assert "warning store-changed" in done.out


@pytest.mark.thorough
def test_a_table_that_is_missing_without_a_store_is_missing(root: Path) -> None:
    moved(root, OLD, DRAFT)
    catalog = root / "datasets/catalog.yaml"
    catalog.write_text("".join(line for line in catalog.read_text().splitlines(True) if "store" not in line))
    done = run(root, "check")
    assert done.status == 1
    assert "error release-file-missing" in done.out
    assert "this publication has no store" in done.out


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("ftp://example.org/", "begins with something that no store has"),
        ("http://example.org/", "is not encrypted"),
        ("https://user:secret@example.org/", "which everyone could read here"),
        ("s3://Bucket", "is not the address of a bucket"),
    ],
)
def test_an_address_that_is_none_is_refused_without_its_password(root: Path, address: str, said: str) -> None:
    set_store(root, address)
    done = run(root, "check")
    assert done.status == 1
    assert said in done.out
    assert "secret" not in done.said


def test_keys_are_added_to_a_resource_in_either_style_and_nothing_else_changes() -> None:
    added = {"bytes": "5", "hash": "sha256:ab"}
    block = "# A comment\nname: t\nresources:\n  - name: t\n    path: t.csv  # the table\n    title: T\n"
    assert with_resource(block, "t", added) == block.replace(
        "path: t.csv", "path: t.csv\n    bytes: 5\n    hash: sha256:ab"
    )
    flow = "resources: [{name: t, path: t.csv}]\n"
    assert with_resource(flow, "t", added) == "resources: [{name: t, path: t.csv, bytes: 5, hash: sha256:ab}]\n"
    there = f"{block}    hash: sha256:cd\n"
    renewed = there.replace("path: t.csv", "path: t.csv\n    bytes: 5").replace("sha256:cd", "sha256:ab")
    assert with_resource(there, "t", added) == renewed
    assert with_resource(block, "other", added) is None


@pytest.mark.thorough
def test_a_change_cannot_bring_the_content_of_a_store(root: Path) -> None:
    found = moved(root, OLD)
    fake = root / "build/store" / stored_path(found[OLD].name)
    fake.parent.mkdir(parents=True)
    fake.write_text(AFTER)  # as if the draft changed nothing
    assert "1 row added" in run(root, "diff").out
    git(root, "init", "--quiet", "--initial-branch", "main")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "The publication")
    for command in (["check"], ["diff"], ["build"]):
        done = run(root, *command)
        assert (done.status, "build/store" in done.err) == (2, True), done.said


@pytest.mark.thorough
def test_a_withdrawal_does_not_wait_for_the_store(root: Path) -> None:
    moved(root, OLD)
    (root.parent / "tables").rename(root.parent / "away")
    done = run(root, "withdraw", "t", "1.0.0", "--reason", "It was counted twice.")
    assert done.status == 2
    assert "withdrawn" in (root / "datasets/t/releases.yaml").read_text()
    assert "run python build.py record t" in done.out
    (root.parent / "away").rename(root.parent / "tables")
    assert run(root, "record", "t").status == 0


@pytest.mark.thorough
def test_a_link_of_a_figure_is_verified_with_the_data_of_the_store(root: Path) -> None:
    moved(root, OLD)
    shutil.rmtree(root / "datasets/t/1.1.0")
    link = "https://tables.example.org/datasets/t/explore/?key=Elm&field=count&release=1.0.0"
    done = run(root, "verify", link)
    assert done.status == 0, done.said
    assert "1" in done.out


@pytest.mark.thorough
def test_data_that_is_dropped_into_a_draft_of_the_store_changes_what_its_descriptor_names(
    root: Path, tmp_path: Path
) -> None:
    moved(root, DRAFT)
    (tmp_path / "t.csv").write_text(AFTER + "Yew,4\n")
    done = run(root, "revise", "t", "--data", str(tmp_path / "t.csv"))
    assert done.status == 0, done.said
    resource = yaml.safe_load((root / "datasets/t/1.1.0/datapackage.yaml").read_text())["resources"][0]
    assert resource["hash"] == f"sha256:{sha256(root / DRAFT)}"
    assert run(root, "check").status == 0


@pytest.mark.thorough
def test_a_release_that_moves_into_the_store_is_no_change(root: Path) -> None:
    git(root, "init", "--quiet", "--initial-branch", "main")
    (root / ".gitignore").write_text("/build/\n")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "The publication")
    moved(root, OLD, DRAFT)
    said = run(root, "diff", "--base", "main", "--fetch-drafts").out
    assert "t 1.0.0" not in said
    assert "t 1.1.0" in said
    assert run(root, "check", "--changed-since", "main", "--fetch-drafts").status == 0


@pytest.mark.thorough
def test_push_asks_git_to_leave_the_table_out_and_says_how_it_forgets_it(root: Path) -> None:
    git(root, "init", "--quiet")  # without a commit
    git(root, "add", "--all")
    done = run(root, "push", "t")
    assert (root / ".gitignore").read_text().splitlines()[-1] == f"/{DRAFT}"
    assert f"git rm --cached {DRAFT}" in done.out
    git(root, "rm", "--quiet", "--cached", DRAFT)
    assert "git rm" not in run(root, "push", "t").out
    assert (root / ".gitignore").read_text().count(DRAFT) == 1
