"""A changed file with a new column opens the version that it needs, and offers the field."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from datagazette.commands.authoring import Data, open_draft
from tests.conftest import call_build
from tests.ground.drafts import drafted

FIELDS = {"k": "string", "y2022": "integer"}
BEFORE = "k,y2022\nA,1\nB,2\n"
AFTER = "k,y2022,y2023,Remark\nA,1,5,fine\nB,2,6,\n"


def released(root: Path) -> Path:
    drafted(root, BEFORE, BEFORE, FIELDS)
    shutil.rmtree(root / "datasets/t/1.1.0")
    (root.parent / "sent.csv").write_text(AFTER, "utf-8")
    return root


def test_a_column_a_year_is_major_at_once_with_fields_to_add_and_the_long_form(tmp_path: Path) -> None:
    root = released(tmp_path / "root")
    done = call_build("revise", "t", "--data", tmp_path / "sent.csv", "--root", root)
    assert "The draft datasets/t/2.0.0 is ready" in done.out
    assert "rows added 0, changed 0, removed 0" in done.out, "as diff counts, of the columns that both have"
    assert "new columns, which you have to add to the schema: y2023, remark" in done.out
    offered = done.out.partition("of the schema:\n")[2].partition("    a column for each year")[0]
    assert "With a row for each year instead (y2022 and y2023 as values of a column year" in done.out
    schema = root / "schemas/t.v1.yaml"
    described = yaml.safe_load(schema.read_text("utf-8"))
    described["fields"] += yaml.safe_load(offered)
    schema.write_text(yaml.safe_dump(described), "utf-8")
    assert [(field["name"], field["type"]) for field in described["fields"][2:]] == [
        ("y2023", "integer"), ("remark", "string")
    ]  # fmt: skip
    found = call_build("diff", "--root", root)
    assert found.out.startswith("✓ 1 dataset changes: new column y2023 with 2 values, new column remark with 1 value;")
    assert "2.0.0 fits" in found.out


@pytest.mark.thorough
def test_a_draft_that_gets_a_new_column_becomes_major(tmp_path: Path) -> None:
    root = released(tmp_path / "root")
    (tmp_path / "rows.csv").write_text(f"{BEFORE}C,3\n", "utf-8")
    assert str(open_draft(root, "t", data=Data((str(tmp_path / "rows.csv"),))).version) == "1.1.0"
    revised = open_draft(root, "t", data=Data((str(tmp_path / "sent.csv"),)))
    assert (str(revised.was), str(revised.version), revised.part) == ("1.1.0", "2.0.0", "major")
    assert revised.dropped[0][1].yearly == ("y2022", "y2023")
