"""What `new` makes of tables as people have them: guesses are proposals, totals are seen, messages are right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import yaml

from datagazette.intake.describe import schema_yaml
from tests.conftest import Run
from tests.ground.test_guesses import planned


def test_equal_values_alone_make_no_foreign_key_but_a_proposal(
    small: Path, tmp_path: Path, run: Callable[..., Run]
) -> None:
    source = tmp_path / "sites.csv"
    source.write_text("id,amount\n001,5\n002,7\n")
    done = run("new", "sites", source, "--root", small)
    assert done.status == 0
    assert "for you to confirm: required: amount; foreignKeys: id" in done.out
    assert "→ places/places/code?" in done.out
    schema, descriptor = small / "schemas/sites.v1.yaml", small / "datasets/sites/1.0.0/datapackage.yaml"
    text, about = schema.read_text("utf-8"), descriptor.read_text("utf-8")
    assert "foreignKeys" not in yaml.safe_load(text)
    assert yaml.safe_load(text)["primaryKey"] == ["id"]
    assert "uses" not in yaml.safe_load(about)

    table = small / "datasets/sites/1.0.0/sites.csv"
    table.write_text("id,amount\n001,5\n002,7\n999,1\n")
    assert run("check", "sites", "--root", small).status == 0
    schema.write_text(text.replace("\n# foreignKeys", "\nforeignKeys"), "utf-8")
    descriptor.write_text(about.replace("\n# uses", "\nuses"), "utf-8")
    refused = run("check", "sites", "--root", small)
    assert refused.status == 1
    assert "999" in refused.out
    table.write_text("id,amount\n001,5\n002,7\n")
    assert run("check", "sites", "--root", small).status == 0


def test_a_guess_beside_a_foreign_key_that_holds_is_a_comment_in_the_list(small: Path) -> None:
    draft = planned(small, "region,year,other\n001,2023,002\n002,2023,001\n001,2024,001\n002,2024,001")
    text = schema_yaml("t.v1", draft.tables[0], ["en"])
    assert [key["fields"] for key in yaml.safe_load(text)["foreignKeys"]] == ["region"]
    assert "\n  # - {fields: other, reference: " in text
    confirmed = yaml.safe_load(text.replace("  # - {fields", "  - {fields"))
    assert [key["fields"] for key in confirmed["foreignKeys"]] == ["region", "other"]
