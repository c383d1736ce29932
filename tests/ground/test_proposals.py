"""What holds for the rows of today is proposed, and becomes a rule only where the maintainer says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import yaml

from tests.conftest import Run
from tests.ground.test_guesses import columns, planned

STREETS = ("High Street", "Mill Lane", "Station Road")
STOPS = "stop,street,boardings\n" + "".join(f"S{number},{STREETS[number % 3]},{number}\n" for number in range(40))
PROPOSED = "    # categories: [High Street, Mill Lane, Station Road]\n    # constraints: {required: true}\n"


def test_the_next_new_street_and_the_next_gap_are_no_errors_unless_the_maintainer_confirmed_the_rule(
    small: Path, tmp_path: Path, run: Callable[..., Run]
) -> None:
    source = tmp_path / "stops.csv"
    source.write_text(STOPS)
    done = run("new", "stops", source, "--root", small)
    assert done.status == 0
    assert "for you to confirm: required: street, boardings; categories: street" in done.out
    schema = small / "schemas/stops.v1.yaml"
    text = schema.read_text("utf-8")
    assert text.startswith("# 以“#”开头的行")
    assert PROPOSED in text
    assert not any({"constraints", "categories"} & field.keys() for field in yaml.safe_load(text)["fields"])

    table = small / "datasets/stops/1.0.0/stops.csv"
    table.write_text(STOPS + "S40,New Street,\n")
    assert run("check", "stops", "--root", small).status == 0

    schema.write_text(text.replace(PROPOSED, PROPOSED.replace("# ", "")), "utf-8")
    refused = run("check", "stops", "--root", small)
    assert refused.status == 1
    assert "“New Street” in column “street” is not one of the column's categories" in refused.out
    table.write_text(STOPS)
    assert run("check", "stops", "--root", small).status == 0


def test_dates_are_never_categories(small: Path) -> None:
    rows = "".join(f"S{number},{number % 4 + 1:02}-01-2024,{number}\n" for number in range(40))
    draft = planned(small, f"stop,day,n\n{rows}")
    assert columns(draft)["day"].distinct == 4
    assert "categories" not in draft.tables[0].proposals


def test_a_gap_in_the_key_is_an_error_anyway_so_that_nothing_is_proposed_for_it(small: Path) -> None:
    draft = planned(small, "ward,year,trees\nN1,2021,5\nN1,2022,\nN2,2021,7")
    assert draft.tables[0].key == ("ward", "year")
    assert draft.tables[0].proposals == {}
