"""What the check does not say: about tables that were not asked for, and about names that are nobody's slip."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from datagazette.model.names import slip
from tests.conftest import call_build

KEYS = ("name", "title", "description", "constraints", "rdfType", "role", "unit", "sources", "primaryKey")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("titel", "title"), ("constraint", "constraints"), ("primary_key", "primaryKey"), ("Titles", "title"),
        ("unti", "unit"), ("descripton", "description"), ("title-pt", ""), ("titlePt", ""), ("title_en", ""),
        ("rdfType-note", ""), ("nature", ""), ("uri", ""), ("example", ""),
    ],
)  # fmt: skip
def test_only_a_name_that_is_one_or_two_letters_off_is_a_slip(written: str, meant: str) -> None:
    assert slip(written, KEYS) == meant


def test_properties_that_others_add_and_words_of_the_standard_are_no_slips(tmp_path: Path) -> None:
    field = {"name": "a", "title-pt": "b", "rdfType-note": "x", "titel": "y"}
    (tmp_path / "s.json").write_text(json.dumps({"resources": [], "title-pt": "x", "fields": [field]}), "utf-8")
    (tmp_path / "t.csv").write_text("a\nx\n", "utf-8")
    done = call_build("check", "--schema", tmp_path / "s.json", tmp_path / "t.csv")
    assert done.said.count("is not in the standard") == 1
    assert "“titel” is not in the standard: did you mean “title”?" in done.said


def test_the_check_of_a_dataset_is_silent_about_the_texts_that_other_schemas_lack(small: Path) -> None:
    """Also of a dataset that it uses: its maintainer cannot do anything about them."""
    (small / "datasets/places/releases.yaml").unlink()  # a draft takes its schema from the folder of all
    for path in (small / "schemas").glob("*.yaml"):
        path.write_text(path.read_text("utf-8") + "description: TODO write it\n", "utf-8")
    done = call_build("check", "visits", "--root", small)
    assert "schemas/visits.v1.yaml" in done.said
    assert "schemas/places.v1.yaml" not in done.said
    assert "schemas/counts.v1.yaml" not in done.said
