"""What is around a removal: releases that use it, hashes that give a value away, stores, kept descriptors, reports."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml

from datagazette.files import sha256
from datagazette.model.content import stored_path
from tests.conftest import call_build, publish
from tests.ground.drafts import drafted
from tests.removal.publication import NAME, NUMBER, people, write
from tests.removal.traces import traces
from tests.store.publications import OLD, moved, with_store

WHY = ("--reason", "名单。", "--reason-en", "A list.")


def entry_of(root: Path, name: str, position: int = 0) -> dict[str, object]:
    content = yaml.safe_load((root / "datasets" / name / "releases.yaml").read_text("utf-8"))
    found: dict[str, object] = content["releases"][position]
    return found


@pytest.mark.thorough
def test_releases_that_use_a_removed_one_are_named_with_what_to_do(small: Path) -> None:
    done = call_build("remove", "places", "1.0.0", *WHY, "--root", small)
    assert done.status == 0, done.said
    for version in ("1.0.0", "1.1.0"):
        assert f"python build.py remove counts {version}" in done.out
    checked = call_build("check", "--root", small)
    assert checked.status == 1
    assert "places 1.0.0 was removed on" in checked.out
    assert "A draft can use another version" in checked.out
    again = call_build("remove", "places", "1.0.0", *WHY, "--root", small)
    assert (again.status, "nothing was changed" in again.out) == (0, True)


@pytest.mark.thorough
def test_no_hash_is_kept_by_which_the_rest_of_a_table_could_be_found(tmp_path: Path) -> None:
    fields = {"k": "string", "v": "string"}
    root = drafted(tmp_path, "k,v\nA,000-0000-1234\nB,2\n", "k,v\nA,\nB,2\n", fields)
    digest = sha256(root / "datasets/t/1.0.0/t.csv")
    kept = tmp_path / "kept.csv"
    shutil.copyfile(root / "datasets/t/1.0.0/t.csv", kept)
    signed = root / "datasets/t/signatures/1.0.0/0123456789ab"
    signed.mkdir(parents=True)
    (signed / "SHA256SUMS").write_text(f"{digest}  t.csv\n", "utf-8")
    done = call_build("remove", "t", "1.0.0", "--reason", "Gone.", "--root", root)
    assert "No hash was kept" in done.out
    assert not (root / "datasets/t/signatures/1.0.0").exists()
    assert digest not in (root / "datasets/t/releases.yaml").read_text("utf-8")
    assert not (root / "datasets/t/1.0.0").exists()
    assert call_build("verify", kept, "--root", root).status == 1


@pytest.mark.thorough
def test_a_draft_and_a_version_that_is_not_there_are_refused(tmp_path: Path) -> None:
    root = drafted(tmp_path, "k,v\nA,1\n", "k,v\nA,2\n", {"k": "string", "v": "integer"})
    for arguments, said in (
        (("1.1.0", *WHY), "is a draft and was never published"),
        (("3.0.0", *WHY), "there is no release 3.0.0"),
        (("1.0.0", *WHY, "--instead", "1.1.0"), "there is no release 1.1.0 to use instead"),
    ):
        done = call_build("remove", "t", *arguments, "--root", root)
        assert (done.status, said in done.err) == (2, True), done.said
    assert (root / "datasets/t/1.0.0/t.csv").is_file()


@pytest.mark.thorough
@pytest.mark.slow
def test_a_descriptor_is_kept_where_that_is_asked_for_and_pages_may_link_to_what_is_gone(tmp_path: Path) -> None:
    """Nothing but the notice is left in this publication."""
    root = write(tmp_path / "lists", {"1.0.0": people(secret=True)}, with_users=False)
    page = root / "site/pages/en/press.md"
    page.parent.mkdir(parents=True)
    page.write_text("# Press\n\n[The table](/data/data/people/1.0.0/people.csv)\n", "utf-8")
    publish(root, root / "public")
    done = call_build("remove", "people", "1.0.0", "--keep-metadata", *WHY, "--root", root)
    assert done.status == 0, done.said
    folder = root / "datasets/people/1.0.0"
    assert sorted(path.name for path in folder.rglob("*") if path.is_file()) == ["datapackage.yaml", "people.v1.yaml"]
    built = call_build("build", "--root", root, "--out", root / "public")
    assert built.status == 0, built.said
    assert "page-link-removed" in built.err
    assert traces(root, (NAME, NUMBER)) == []
    described = json.loads((root / "public/data/people/1.0.0/datapackage.json").read_text("utf-8"))
    assert described["removed"]["reason@en"] == "A list."
    assert [field["name"] for field in described["resources"][0]["schema"]["fields"]] == [
        "id",
        "name",
        "phone",
        "amount",
    ]
    assert "figures" not in described
    files = [path.name for path in (root / "public/data/people/1.0.0").rglob("*")]
    assert files == ["datapackage.json"]
    shown = (root / "public/en/datasets/people/1.0.0/index.html").read_text("utf-8")
    assert "A made-up list." in shown
    assert "Telephone" in shown
    (listed,) = json.loads((root / "public/catalog.json").read_text("utf-8"))["resources"]
    assert listed["path"].endswith("data/people/1.0.0/datapackage.json")
    again = call_build("build", "--root", root, "--out", root / "public")
    assert again.status == 0, again.said


@pytest.mark.thorough
def test_a_report_on_a_change_repeats_no_removed_value(tmp_path: Path) -> None:
    root = write(tmp_path / "lists", {"1.0.0": people(secret=True)}, with_users=False)
    base = Path(shutil.copytree(root, tmp_path / "base"))
    cell = ("--cell", "people", "S01", "phone", "--cell", "people", "S01", "name")
    assert call_build("remove", "people", "1.0.0", *cell, *WHY, "--root", root).status == 0
    for form in ("text", "markdown", "json", "html"):
        done = call_build("diff", "--base", base, "--format", form, "--root", root, "--lang", "en")
        assert done.status == 0, done.said
        assert NUMBER not in done.said
        assert NAME not in done.said
    assert "values removed by this, which are not shown" in call_build("diff", "--base", base, "--root", root).out


@pytest.mark.thorough
def test_tables_in_a_store_are_named_and_come_back_without_the_value(tmp_path: Path) -> None:
    root = with_store(tmp_path)
    digest = sha256(root / OLD)
    moved(root, OLD)
    first = (tmp_path / "tables" / stored_path(digest)).read_text("utf-8").splitlines()[1].split(",")
    done = call_build("remove", "t", "1.0.0", "--cell", "t", first[0], "count", "--reason", "Gone.", "--root", root)
    assert done.status == 0, done.said
    assert f"Delete there, with older versions of the object: {digest}" in done.out
    assert (root / OLD).read_text("utf-8").splitlines()[1].split(",")[:2] == [first[0], ""]
    assert digest not in (root / "datasets/t/releases.yaml").read_text("utf-8")
    assert not list((root / "build").rglob(digest))
    assert call_build("check", "--root", root).status == 0
