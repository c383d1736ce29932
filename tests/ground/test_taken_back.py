"""A version that says again what an earlier one had corrected is reported, until its ledger says that this is right."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from tests.conftest import call_build, tree_hashes
from tests.ground.drafts import drafted

FIELDS = {"k": "string", "v": "integer", "w": "number"}
FIRST = "k,v,w\nA01,5,1\nA02,7,1\nA03,9,1\n"
CORRECTED = FIRST.replace("A03,9", "A03,10")
PARALLEL = FIRST + "A04,3,1\n"


def released(root: Path, tables: dict[str, str], drafts: Sequence[str] = (), key: str | None = None) -> Path:
    """A dataset with these versions of its table, all released but the `drafts`."""
    drafted(root, FIRST, FIRST, FIELDS, key=key)
    shutil.rmtree(root / "datasets/t/1.1.0")
    first = root / "datasets/t/1.0.0"
    entries = []
    for version, table in tables.items():
        folder = root / "datasets/t" / version
        if folder != first:
            shutil.copytree(first, folder)
            text = (first / "datapackage.yaml").read_text("utf-8")
            (folder / "datapackage.yaml").write_text(text.replace("version: 1.0.0", f"version: {version}"), "utf-8")
        (folder / "t.csv").write_text(table, "utf-8")
        if version not in drafts:
            entries.append({"version": version, "date": "2026-01-05", "changes": "…", "files": tree_hashes(folder)})
    (root / "datasets/t/releases.yaml").write_text(yaml.safe_dump({"releases": entries}, sort_keys=False), "utf-8")
    return root


def test_a_parallel_release_that_takes_a_correction_back_is_reported_until_it_is_accepted(tmp_path: Path) -> None:
    root = released(tmp_path, {"1.0.0": FIRST, "1.0.1": CORRECTED, "1.1.0": PARALLEL})
    done = call_build("check", "--root", root)
    assert done.status == 0
    assert "correction-taken-back" in done.out
    assert "1.1.0 takes back changes that 1.0.1 made, 1 of 1." in done.out
    assert "v of A03 is “9” again, as in 1.0.0, and no longer “10”." in done.out
    shown = call_build("diff", "--root", root)
    assert shown.out.startswith("= Nothing differs from the latest releases.")
    assert "v of A03 is “9” again, as in 1.0.0, and no longer “10”." in shown.out
    ledger = root / "datasets/t/releases.yaml"
    content = yaml.safe_load(ledger.read_text("utf-8"))
    content["releases"][-1]["accepted"] = "The source says 9."
    ledger.write_text(yaml.safe_dump(content), "utf-8")
    assert call_build("check", "--root", root).out.endswith("No problem was found\n")


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("tables", "drafts", "said"),
    [
        # The correction is there; what a later release says otherwise is its own.
        ({"1.0.0": FIRST, "1.0.1": CORRECTED, "1.1.0": CORRECTED.replace("A01,5", "A01,6")}, (), ""),
        # One of ten corrected cells is changed back: a correction of its own.
        (
            {
                "1.0.0": "k,v,w\n" + "".join(f"B{number},1,1\n" for number in range(10)),
                "1.0.1": "k,v,w\n" + "".join(f"B{number},2,1\n" for number in range(10)),
                "1.1.0": "k,v,w\nB0,1,1\n" + "".join(f"B{number},2,1\n" for number in range(1, 10)),
            },
            (),
            "",
        ),
        # What was taken back is corrected again.
        ({"1.0.0": FIRST, "1.0.1": CORRECTED, "1.1.0": PARALLEL, "1.1.1": CORRECTED + "A04,3,1\n"}, (), ""),
        # It is still taken back two releases later, and in a draft.
        ({"1.0.0": FIRST, "1.0.1": CORRECTED, "1.1.0": PARALLEL, "1.1.1": PARALLEL + "A05,1,1\n"}, (), "1.1.1 takes"),
        ({"1.0.0": FIRST, "1.0.1": CORRECTED, "1.1.0": PARALLEL}, ("1.1.0",), "1.1.0 takes back"),
        # A row that was removed is there again.
        (
            {"1.0.0": FIRST, "1.0.1": FIRST.replace("A02,7,1\n", ""), "1.1.0": PARALLEL},
            (),
            "changes that 1.0.1 made to the rows of 1.0.0, 1 of 1. The first row is A02.",
        ),
    ],
)
def test_only_what_is_back_as_it_was_counts(
    tmp_path: Path, tables: dict[str, str], drafts: tuple[str, ...], said: str
) -> None:
    done = call_build("check", "--root", released(tmp_path, tables, drafts))
    assert done.status == 0
    assert ("correction-taken-back" in done.out) == bool(said), done.out
    assert said in done.out


def test_a_release_that_is_withdrawn_is_no_correction(tmp_path: Path) -> None:
    root = released(tmp_path, {"1.0.0": FIRST, "1.0.1": CORRECTED, "1.1.0": PARALLEL})
    ledger = root / "datasets/t/releases.yaml"
    content = yaml.safe_load(ledger.read_text("utf-8"))
    content["releases"][1]["withdrawn"] = {"date": "2026-02-01", "reason": "10 was wrong."}
    ledger.write_text(yaml.safe_dump(content), "utf-8")
    assert "correction-taken-back" not in call_build("check", "--root", root).out


WEEKS = {
    version: "k,v,w\n" + "".join(f"2026-01-{day:02d},{day * day},1\n" for day in range(first, first + 7))
    for version, first in (("1.0.0", 1), ("1.1.0", 8), ("1.2.0", 15))
}


@pytest.mark.thorough
@pytest.mark.parametrize("key", ["k", ""], ids=["key", "no key"])
@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({"1.0.0": FIRST, "1.0.1": CORRECTED, "1.1.0": PARALLEL}, "1.1.0 takes back changes that 1.0.1 made"),
        ({"1.0.0": FIRST, "1.0.1": CORRECTED, "1.1.0": CORRECTED + "A04,3,1\n"}, ""),
        ({"1.0.0": FIRST, "1.0.1": CORRECTED, "1.1.0": PARALLEL, "1.1.1": CORRECTED + "A04,3,1\n"}, ""),
        (WEEKS, ""),
    ],
    ids=["taken back", "kept", "corrected again", "each week has its own table"],
)
def test_rows_with_and_without_a_key_are_looked_at_for_corrections_that_are_taken_back(
    tmp_path: Path, tables: dict[str, str], said: str, key: str
) -> None:
    done = call_build("check", "--root", released(tmp_path, tables, key=key))
    assert ("correction-taken-back" in done.out) == bool(said), done.out
    assert said in done.out
