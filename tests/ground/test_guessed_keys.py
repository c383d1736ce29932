"""The key that `new` proposes is the one that a person would choose, or it says what keeps it from being one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ground.test_guesses import planned, said


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("ref,date,amount\n1001,2024-01-01,5\n1002,2024-01-02,6", ("ref",)),
        ("ref,year,pc\n41,2021,5\n42,2022,6", ("ref",)),
        ("date,payee,ref,amount\n2024-04-01,P1,R01,10.5\n2024-04-02,P2,R02,20.25\n2024-04-02,P3,R03,30", ("ref",)),
        ("nummer,year,pc\n41,2021,5\n42,2022,6", ("nummer",)),
        ("when,v\n2021-01-01T00:00:00Z,1\n2021-01-02T12:30:00Z,2", ("when",)),
        ("ward,year,trees\n1,2024,5\n2,2024,6", ("ward", "year")),
        ("ward_code,year,trees\n001,2024,5\n002,2024,6", ("ward_code", "year")),
        ("month,trees\n2024-01,5\n2024-02,6", ("month",)),
        ("2020,2021,id\n1,2,A\n3,4,B", ("id",)),
        pytest.param("2020,2021,plads\n1,2,A\n3,4,B", ("plads",), marks=pytest.mark.thorough),
        pytest.param("2019,2020\n5,6\n8,9", (), marks=pytest.mark.thorough),
        ("name,year,number of firms\nA,2024,5\nB,2024,6", ("name", "year")),
    ],
)
def test_an_identifier_is_the_whole_key_and_a_period_belongs_to_names(
    text: str, key: tuple[str, ...], small: Path
) -> None:
    assert planned(small, text).tables[0].key == key


def test_rows_that_break_the_best_key_are_named(small: Path) -> None:
    draft = planned(small, "ward,year,trees\nN1,2021,5\nN2,2021,6\nN1,2022,7\nN1,2021,8\nN2,2022,9")
    assert draft.tables[0].key == ()
    assert said(draft) == ["ward, year would identify the rows but for 2 that repeat: line 2, line 5"]
    assert said(draft, "zh")


def test_where_most_rows_repeat_no_columns_are_named_as_a_key(small: Path) -> None:
    assert said(planned(small, "ward,kind\nN1,a\nN1,a\nN1,a\nN2,b\nN2,b")) == []


def test_an_identifier_that_some_rows_repeat_is_named_although_more_columns_identify_them(small: Path) -> None:
    draft = planned(small, "id,office,address\na/1,North,Oak St\na/2,South,Elm St\na/2,South,Ash St\na/3,East,Oak St\n")
    assert draft.tables[0].key == ("id", "address")
    assert said(draft) == [
        "“id” does not identify the rows by itself, because 2 rows repeat a value of it: line 3, line 4"
    ]


def test_an_identifier_that_repeats_is_named_although_another_column_is_the_key(small: Path) -> None:
    draft = planned(small, "id,name\nu/1,North\nu/2,South\nu/2,East\nu/3,West\n")
    assert draft.tables[0].key == ("name",)
    assert [line.partition(",")[0] for line in said(draft)] == ["“id” does not identify the rows by itself"]


def test_a_number_whose_name_is_beside_it_is_a_code_and_the_key(small: Path) -> None:
    rows = "Lagos,805,Faro\nLagoa,806,Faro\nLagoa,4201,Azores\n"
    draft = planned(small, f"district_name,district,region_name\n{rows}")
    assert draft.tables[0].key == ("district",)


def test_quarters_beside_a_year_belong_to_the_key(small: Path) -> None:
    draft = planned(small, "year,quarter,trees\n2002,1,94\n2002,2,102\n2003,1,98\n2003,2,99\n")
    assert draft.tables[0].key == ("year", "quarter")
