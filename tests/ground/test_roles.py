"""A region or a label is in words: codes and repeated values get no such role."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from datagazette.intake.describe import About, descriptor, schema
from tests.ground.test_guesses import planned

NAMES = ("North", "South", "West")


def described(root: Path, table: str) -> tuple[dict[str, str], Any]:
    """(role by field, `spatial`)"""
    draft = planned(root, table)
    (found,) = draft.tables
    fields = schema("table", found, ("en",))["fields"]
    package = descriptor(About("guessed", ("en",)), draft.tables, {found.name: "table.v1"})
    return {field["name"]: field["role"] for field in fields if "role" in field}, package.get("spatial")


def test_where_codes_have_their_names_beside_them_the_names_are_the_regions_and_label_nothing(small: Path) -> None:
    rows = "".join(f"{301 + n % 3},{NAMES[n % 3]},{2000 + n},{n * 7}\n" for n in range(30))
    roles, spatial = described(small, f"Region Code,Region Name,Year,Trees\n{rows}")
    assert roles == {"region_name": "region", "year": "date", "trees": "value"}
    assert spatial == ["North", "South", "West"]


def test_region_codes_without_names_are_no_region(small: Path) -> None:
    rows = "".join(f"{301 + n % 3},{2000 + n},{n * 7}\n" for n in range(30))
    roles, spatial = described(small, f"Region Code,Year,Trees\n{rows}")
    assert "region_code" not in roles
    assert spatial is None


def test_region_codes_that_refer_to_a_table_of_names_are_the_region(small: Path) -> None:
    roles, spatial = described(small, "地区,年份,人数\n001,2023,12\n002,2023,8\n001,2024,14\n002,2024,7")
    assert roles["region"] == "region"
    assert spatial == ["001", "002"]


@pytest.mark.parametrize(
    ("names", "role"),
    [
        (("Hill", "Lake", "Moor", "Dale"), "label"),
        (("Hill", "Hill", "Lake", "Lake"), None),
        (("12", "13", "14", "15"), None),
    ],
)
def test_a_label_names_rows(names: tuple[str, ...], role: str | None, small: Path) -> None:
    rows = "".join(f"{number:03},{name},{number}\n" for number, name in enumerate(names))
    roles, _ = described(small, f"code,name,trees\n{rows}")
    assert roles.get("name") == role
