"""What a release promised holds after an upgrade: its values stay, or the change is reported."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from datagazette.load.yaml_file import parse_yaml
from tests.conftest import Run, call_build
from tests.ground.drafts import drafted

# Of tables that an earlier program published: the lines that its `contents` are the hash of.
LEDGER = "datasets/t/releases.yaml"


def digest(*lines: str) -> str:
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


def released(root: Path, table: str, fields: Mapping[str, str], contents: Mapping[str, str]) -> Path:
    """One release, recorded by a program that had these `contents`."""
    drafted(root, table, table, fields)
    shutil.rmtree(root / "datasets/t/1.1.0")
    (root / "schemas/t.v1.yaml").unlink()
    assert call_build("record", "--root", root).status == 0
    ledger = yaml.safe_load((root / LEDGER).read_text("utf-8"))
    (entry,) = ledger["releases"]
    entry["contents"] |= contents
    entry["published"] |= dict.fromkeys(contents, "0" * 64)
    (root / LEDGER).write_text(yaml.safe_dump(ledger, sort_keys=False, allow_unicode=True), "utf-8")
    return root


def built(root: Path) -> tuple[Run, list[dict[str, Any]]]:
    done = call_build("build", "--root", root, "--out", root / "public")
    return done, json.loads((root / "public/data/t/1.0.0/t.json").read_text("utf-8"))


@pytest.mark.thorough
@pytest.mark.parametrize(("plain", "unusual"), [("1.5", "NaN"), ("12", "１２"), ("1", "INF")])
def test_a_column_that_was_published_as_text_stays_text_in_that_release(
    tmp_path: Path, plain: str, unusual: str
) -> None:
    lines = [json.dumps({"k": key, "v": cell}, ensure_ascii=False, sort_keys=True)
             for key, cell in (("A", plain), ("B", unusual))]  # fmt: skip
    values = digest("k VARCHAR", "v VARCHAR", *(f'"{key}"\t"{cell}"' for key, cell in (("A", plain), ("B", unusual))))
    fields = {"k": "string", "v": "number"}
    root = released(tmp_path, f"k,v\nA,{plain}\nB,{unusual}\n", fields, {"t.parquet": values, "t.json": digest(*lines)})
    done, rows = built(root)
    assert done.status == 0, done.said
    assert "published-file-differs" not in done.said
    assert [row["v"] for row in rows] == [plain, unusual]
    assert not list((root / "public/data/t/1.0.0").glob(".*"))


@pytest.mark.thorough
def test_wrong_values_under_names_that_differ_in_case_are_corrected_and_reported(tmp_path: Path) -> None:
    fields = {"k": "string", "Count": "integer", "count": "integer"}
    contents = {"t.parquet": digest("of an earlier program"), "t.json": digest('{"Count": 1, "count": 1, "k": "A"}')}
    root = released(tmp_path, "k,Count,count\nA,1,5\n", fields, contents)
    done, rows = built(root)
    assert done.status == 0, done.said
    assert rows == [{"k": "A", "Count": 1, "count": 5}]
    assert "published-values-corrected" in done.err
    assert "Until now it had those of one column under several names, Count, count." in done.err
    assert call_build("record", "--root", root).status == 0
    again = call_build("build", "--root", root, "--out", root / "public")
    assert (again.status, "published-values-corrected" in again.err) == (0, False)


@pytest.mark.thorough
def test_other_values_of_a_release_still_stop_the_build(tmp_path: Path) -> None:
    fields = {"k": "string", "v": "number"}
    root = released(tmp_path, "k,v\nA,1\nB,NaN\n", fields, {"t.parquet": digest("k VARCHAR", "v VARCHAR", "A\t2")})
    done = call_build("build", "--root", root, "--out", root / "public")
    assert (done.status, "published-file-differs" in done.err) == (1, True)


def test_brackets_that_are_nested_too_deep_are_called_that() -> None:
    for depth in (60, 2_000):
        document, (fault,) = parse_yaml(f"a: {'[' * depth}1{']' * depth}\n", "datapackage.yaml")
        assert (document, fault.code) == (None, "yaml-too-deep")
