"""`withdraw` asks for the reason, marks a release in the ledger and records what is new because of that."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.conftest import call_build, tree_hashes
from tests.ground.drafts import drafted

BEFORE, AFTER = "k,v\nA,1\n", "k,v\nA,2\n"
FIELDS = {"k": "string", "v": "integer"}


def test_a_withdrawal_needs_a_release_and_a_reason(tmp_path: Path) -> None:
    root = drafted(tmp_path, BEFORE, AFTER, FIELDS)
    before = tree_hashes(root)
    for arguments, said in (
        (("t", "1.0.0"), "say why t 1.0.0 is withdrawn"),
        (("t", "1.1.0", "--reason", "Wrong."), "is a draft and was never published"),
        (("t", "9.0.0", "--reason", "Wrong."), "there is no release 9.0.0; the versions are: 1.0.0, 1.1.0"),
        (("u", "1.0.0", "--reason", "Wrong."), "there is no dataset u"),
    ):
        done = call_build("withdraw", *arguments, "--root", root)
        assert done.status == 2
        assert said in done.err
    assert tree_hashes(root) == before


@pytest.mark.thorough
def test_a_withdrawal_is_written_with_its_reason_and_the_new_hashes(tmp_path: Path) -> None:
    root = drafted(tmp_path, BEFORE, AFTER, FIELDS)
    assert call_build("record", "--root", root).status == 0
    done = call_build("withdraw", "t", "1.0.0", "--reason", "A: 1 was a misprint.", "--root", root)
    assert done.status == 0, done.said
    assert "t 1.0.0 is withdrawn" in done.out
    assert "their hashes were recorded, and the data in them are the same" in done.out
    assert "No other release can be used now." in done.out
    (entry,) = yaml.safe_load((root / "datasets/t/releases.yaml").read_text("utf-8"))["releases"]
    assert entry["withdrawn"]["reason"] == "A: 1 was a misprint."
    assert isinstance(entry["published"]["t.csv"], str)
    assert len(entry["published"]["datapackage.json"]) == 2
    checked = call_build("check", "--root", root)
    assert "published-bytes-new" not in checked.out
    again = call_build("withdraw", "t", "1.0.0", "--reason", "Another.", "--root", root)
    assert (again.status, "nothing was changed" in again.out) == (0, True)


@pytest.mark.thorough
def test_errors_elsewhere_do_not_keep_a_withdrawal_back(tmp_path: Path) -> None:
    root = drafted(tmp_path, BEFORE, AFTER, FIELDS)
    descriptor = root / "datasets/t/1.1.0/datapackage.yaml"
    descriptor.write_text(descriptor.read_text("utf-8").replace("themes:", "theme:"), "utf-8")
    done = call_build("withdraw", "t", "1.0.0", "--reason", "Wrong.", "--root", root)
    assert done.status == 0, done.said
    assert "when they are corrected, run python build.py record t" in done.out
    assert "reason: Wrong." in (root / "datasets/t/releases.yaml").read_text("utf-8")


@pytest.mark.thorough
def test_a_withdrawal_written_by_hand_is_named_as_what_is_new_in_the_files(tmp_path: Path) -> None:
    root = drafted(tmp_path, BEFORE, AFTER, FIELDS)
    assert call_build("record", "--root", root).status == 0
    ledger = root / "datasets/t/releases.yaml"
    content = yaml.safe_load(ledger.read_text("utf-8"))
    content["releases"][0]["withdrawn"] = {"date": "2026-02-01", "reason": "Wrong."}
    ledger.write_text(yaml.safe_dump(content, sort_keys=False), "utf-8")
    built = call_build("build", "--root", root, "--out", root / "public")
    assert built.status == 0, built.said
    assert "1.0.0 was withdrawn, and" in built.err
    assert "build.py record t" in built.err
    assert call_build("record", "t", "--root", root).status == 0
    assert "was withdrawn, and" not in call_build("build", "--root", root, "--out", root / "public").err
