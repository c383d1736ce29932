"""What `new` takes numbers, codes and dates for: never for what they are not, and never without a word of why."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from datagazette.intake.columns import Column
from datagazette.intake.drafts import Draft, Sources, plan_dataset
from datagazette.intake.unread import unread
from datagazette.messages import LANGUAGES
from datagazette.model.errors import UsageError
from tests.conftest import Run


def planned(root: Path, table: str, **options: Any) -> Draft:
    """What `new` finds in a CSV of this text."""
    path = root.parent / "table.csv"
    path.write_text(table + "\n", "utf-8")
    return plan_dataset(Sources(root, "guessed", (path,), **options))


def columns(draft: Draft) -> dict[str, Column]:
    return {column.name: column for column in draft.tables[0].columns}


def said(draft: Draft, language: str = "en") -> list[str]:
    """The notes on a table, as the command prints them."""
    return [found.text(language) for found in draft.tables[0].all_notices if found.count]


THOUSANDS = {"decimalChar": ",", "groupChar": "."}


@pytest.mark.parametrize(
    ("text", "extras"),
    [
        ("sted;cykler;pris\nA;38.411;1,5\nB;7.120;2,25\nC;955;3,5", THOUSANDS),
        ("sted;cykler\nA;38.411\nB;7.120\nC;955", THOUSANDS),
        ("sted;cykler\nA;1.234,50\nB;955,00", THOUSANDS),
        ("sted;cykler\nA;1.234.567\nB;1.200", THOUSANDS),
        ("sted;cykler\nA;1 234,5\nB;955", {"decimalChar": ",", "groupChar": " "}),
        ("sted;cykler\nA;1\u202f234\nB;955", {"groupChar": "\u202f"}),
        ("sted;cykler\nA;1'234.50\nB;955", {"groupChar": "'"}),
        ("sted;cykler\nA;38,5 %\nB;7,25 %", {"decimalChar": ",", "bareNumber": False}),
        ('sted,cykler\nA,"1,234"\nB,7', {"groupChar": ","}),
        ("sted,cykler,andel\nA,38.411,0.5\nB,7.123,0.25", {}),
        ("sted,cykler\nA,38.411\nB,0.123", {}),
        ("sted,cykler\nA,38.411\nB,7.1", {}),
        ("sted,cykler\nA,1238.411\nB,7.123", {}),
    ],
)
def test_a_file_writes_its_numbers_in_one_way(text: str, extras: dict[str, Any], small: Path) -> None:
    column = columns(planned(small, text))["cykler"]
    assert (column.type, column.extras) == ("number", extras)


@pytest.mark.parametrize(
    "text",
    ["sted;cykler\nA;38.411\nB;7.123\nC;955", "sted,lon\nA,38.411\nB,7.123", "sted;cykler\nA;38,411\nB;7,123",
     "sted;a;b;cykler\nA;1.5;1,5;38.411\nB;2.25;2,25;7.123"],
)  # fmt: skip
def test_thousands_that_may_be_decimals_are_a_question(text: str, small: Path) -> None:
    with pytest.raises(UsageError) as refused:
        planned(small, text)
    assert "line 2 “38" in refused.value.text("en")
    assert "--decimal" in refused.value.text("zh")
    name = columns(planned(small, text, decimal="."))
    assert list(name.values())[-1].type == "number"


def test_the_answer_decides_what_the_number_is(small: Path) -> None:
    text = "sted;cykler\nA;38.411\nB;7.123"
    assert columns(planned(small, text, decimal=","))["cykler"].extras == THOUSANDS
    assert columns(planned(small, text, decimal="."))["cykler"].extras == {}
    assert columns(planned(small, text, text=frozenset(["cykler"])))["cykler"].type == "string"


def test_a_column_that_is_kept_as_text_decides_nothing(small: Path) -> None:
    table = "del;sted;cykler;pris\n1.1;A;38.411;1,5\n2.3;B;7.123;2,25"
    with pytest.raises(UsageError):
        planned(small, table)
    assert columns(planned(small, table, text=frozenset(["del"])))["cykler"].extras == THOUSANDS


def test_numbers_that_are_taken_for_thousands_are_named(small: Path) -> None:
    draft = planned(small, "sted;cykler\nA;38.411\nB;7.120\nC;955")
    assert said(draft) == ["“cykler”: “.” before three digits separates thousands"]


@pytest.mark.parametrize(
    ("text", "name", "type_", "key"),
    [
        ("lot,grams,site\n31415926,1.7,a\n271828E5,2.6,b", "lot", "string", ("lot",)),
        ("code,label,firms\n02.30,Logs,12\n20.50,Fish,7\n45.01,Cars,44", "code", "string", ("code",)),
        ("group,firms\n02.30,12\n20.50,7\n45.01,44", "group", "string", ("group",)),
        ("firm,name,v\n910200345,a,1\n910200345,b,2\n310077862,c,3", "firm", "string", ("name",)),
        ("Activity code,firms\n1.10,12\n2.35,7", "activity_code", "string", ("activity_code",)),
        ("version,n\n1.10,1\n1.9,2", "version", "string", ("version",)),
        ("town,population\nA,910200345\nB,310077862", "population", "integer", ("town",)),
        ("town,People (persons)\nA,91020\nB,31007", "people", "integer", ("town",)),
        ("site,amount\nA,1.5e3\nB,2E4", "amount", "number", ("site",)),
        ("site,account balance\nA,10.25\nB,7", "account_balance", "number", ("site",)),
    ],
)
def test_the_shape_of_all_cells_says_whether_they_are_codes(
    text: str, name: str, type_: str, key: tuple[str, ...], small: Path
) -> None:
    draft = planned(small, text)
    assert columns(draft)[name].type == type_
    assert draft.tables[0].key == key


@pytest.mark.thorough
def test_numbers_below_years_are_what_was_measured_in_them(small: Path) -> None:
    draft = planned(small, "area,2020,2021\nN,12345,23456\nS,34567,45678")
    assert [column.type for column in columns(draft).values()] == ["string", "integer", "integer"]


@pytest.mark.thorough
def test_a_first_column_whose_texts_differ_although_their_values_do_not_holds_codes(small: Path) -> None:
    draft = planned(small, "chapter,n\n1.1,4\n1.2,5\n1.10,6")
    assert (columns(draft)["chapter"].type, draft.tables[0].key) == ("string", ("chapter",))
    assert said(draft)[0].startswith("“chapter” is text, since its values look like codes")
    same = planned(small, "site,rate\nA,2.5\nB,2.50")
    assert columns(same)["rate"].type == "number"


def test_a_code_that_nothing_but_its_shape_shows_is_named(small: Path) -> None:
    (line,) = said(planned(small, "lot,grams\n31415926,1.7\n271828E5,2.6"))
    assert line.startswith("“lot” is text, since its values look like codes")


@pytest.mark.parametrize(
    ("text", "name", "rest"),
    [
        ("cost;n\n2,5;1\n−4,5;2", "cost", ("1 of 2 cells; the others are of the type number: line 3 “−4,5” (U+2212, "
         "minus sign)")),
        ("site,no2\nA,12\nB,<2 ppm\nC,7", "no2", ("1 of 3 cells; the others are of the type integer: line 3 “<2 ppm”. "
         "If it is a limit, write the number alone, and at_most or at_least in a column with role: bound")),
        ("ref,amount\nR1,12.5\nR2,(200.00)", "amount", ("1 of 2 cells; the others are of the type number: line 3 "
         "“(200.00)”. If brackets mean a negative number, write -200.00")),
        ("day,v\n2021-02-30,1\n2021-01-01,2", "day", ("1 of 2 cells; the others are of the type date: line 2 "
         "“2021-02-30”; when it is corrected, write type: date in the schema")),
    ],
)  # fmt: skip
def test_a_column_that_is_text_because_of_a_few_cells_says_which(text: str, name: str, rest: str, small: Path) -> None:
    draft = planned(small, text)
    assert said(draft) == [f"“{name}” is text because of {rest}"]
    assert said(draft, "zh")


def test_the_line_is_that_of_the_file_whatever_is_above_and_between(small: Path) -> None:
    table = 'Air,,\n,,\nsite,note,no2\nA,"one\ntwo",12\n,,\nB,x,<2 ppm\nC,y,7'
    (line,) = said(planned(small, table))
    assert "line 7 “<2 ppm”" in line
    (line,) = said(planned(small, 'k,note,day\nA,"one\ntwo",2021-01-01\nB,x,2021-02-30'))
    assert "line 4 “2021-02-30”" in line


def test_names_and_headed_codes_need_no_word_of_why_they_are_text(small: Path) -> None:
    assert said(planned(small, "name,code,remark\nAnn,12,\nBob,1x,see 4\nCid,13,")) == []


@pytest.mark.parametrize(("heading", "key"), [("Voucher no", ("voucher_no",)), ("Bilagsnr", ("bilagsnr",)),
                                              ("Remark", ("payment_date",))])  # fmt: skip
def test_a_number_of_a_voucher_is_the_key_and_not_a_day_that_no_other_row_has_yet(
    heading: str, key: tuple[str, ...], small: Path
) -> None:
    draft = planned(small, f"Payment date,Paid,{heading}\n2024-01-01,5,A007\n2024-01-08,7,A008\n2024-01-15,5,A009")
    assert draft.tables[0].key == key


def test_a_column_of_amounts_with_their_currency_says_why_it_is_text(small: Path) -> None:
    (line,) = said(planned(small, 'ref,price\nR1,£12.50\nR2,"£1,300"'))
    assert line.startswith("“price” is text because its cells hold a currency: line 2 “£12.50”")
    assert line.endswith('in place of type: string: type: number, groupChar: ",", bareNumber: false, unit: GBP')
    (line,) = said(planned(small, "ref;price\nR1;12,50 €\nR2;3,00 €"))
    assert "“12,50 €”" in line
    (line,) = said(planned(small, "ref;price\nR1;€ 1.250\nR2;€ 2.500"))
    assert line.endswith("“€ 1.250”; write the numbers alone, and unit: EUR in the schema"), "thousands, or not?"


@pytest.mark.parametrize(
    ("cells", "also", "values"),
    [
        (("May 5, 2021", "June 6, 2021"), "unread-format", {"type": "date", "format": "%B %d, %Y"}),
        (("05-May-21", "06-Jun-21"), "unread-format", {"type": "date", "format": "%d-%b-%y"}),
        (("2021-125", "2021-126"), "unread-format", {"type": "date", "format": "%Y-%j"}),
        (("03/02/21", "25/12/21"), "unread-format", {"type": "date", "format": "%d/%m/%y"}),
        (("03/02/21", "05/12/21"), "unread-format", {"type": "date", "format": '%d/%m/%y" / "%m/%d/%y'}),
        (("12:30", "9:15"), "unread-format", {"type": "time", "format": "%H:%M"}),
        (("Jan 2021", "Feb 2021"), "unread-month", {"text": "Feb 2021", "month": "2021-02"}),
        (("5. Mai 2021", "6. Juni 2021"), "unread-words", {}),
        (("12 kg", "15 kg"), "unread-amount", {"lines": "type: integer, bareNumber: false, unit: kg"}),
        (("1.250 kg", "1.125 kg"), "unread-unit", {"unit": "kg"}),
        (
            ("kr 59.103,70", "kr 12,50"),
            "unread-amount",
            {"lines": 'type: number, decimalChar: ",", groupChar: ".", bareNumber: false, unit: kr'},
        ),
        (
            ("12,50 kr.", "-3,00 kr."),
            "unread-amount",
            {"lines": 'type: number, decimalChar: ",", bareNumber: false, unit: kr.'},
        ),
        (
            ("DKK 1 250.50", "DKK 7.00"),
            "unread-amount",
            {"lines": 'type: number, groupChar: " ", bareNumber: false, unit: DKK'},
        ),
        (("12,34,567", "1,23,456"), "unread-groups", {}),
    ],
)
def test_texts_that_look_like_days_times_or_amounts_have_a_way_out(
    cells: tuple[str, ...], also: str, values: dict[str, str]
) -> None:
    assert unread(cells) == (also, values)


@pytest.mark.parametrize("cells", ["12a|12b", "A-1|A-2", "3rd|4th", "2021-Q1|2021-Q2", "Elm 1|Elm 2", "5 km|3 kg"])
def test_texts_that_only_hold_digits_are_what_they_are(cells: str) -> None:
    assert unread(cells.split("|")) is None


@pytest.mark.thorough
def test_a_column_of_texts_that_look_like_days_says_how_they_are_declared(small: Path) -> None:
    draft = planned(small, 'site,when,mass,code\nN,"May 5, 2021",12 kg,A1\nS,"June 6, 2021",7 kg,A2')
    when, mass = said(draft)
    assert when.startswith("“when” is text, and its cells look like more: line 2 “May 5, 2021”; if they are")
    assert when.endswith('write type: date and format: "%B %d, %Y" in the schema')
    assert mass.endswith("line 2 “12 kg”; for numbers, write these lines in the schema in place of type: string: "
                         "type: integer, bareNumber: false, unit: kg")  # fmt: skip
    assert said(draft, "zh")[1].endswith("代替 type: string：type: integer, bareNumber: false, unit: kg")


def test_a_line_that_repeats_the_header_is_left_out_and_named(small: Path) -> None:
    draft = planned(small, "d,v\n2021-01-01,1\nd,v\n2021-01-02,2\n2021-01-03,x")
    assert draft.contents == (b"d,v\n2021-01-01,1\n2021-01-02,2\n2021-01-03,x\n",)
    assert {name: column.type for name, column in columns(draft).items()} == {"d": "date", "v": "string"}
    first, second = said(draft)
    assert "line 5 “x”" in first
    assert second == "left out, since it repeats the header: line 3"


@pytest.mark.parametrize(
    ("values", "type_", "form"),
    [
        (("03/02/2021", "25/12/2021"), "date", "%d/%m/%Y"),
        (("3/2/2021", "12/25/2021"), "date", "%m/%d/%Y"),
        (("03-02-2021", "25-12-2021"), "date", "%d-%m-%Y"),
        (("25/12/2021", "12/25/2021"), "string", None),
        (("01/02/2024", "03/04/2024"), "string", None),
        (("2021-01-01T00:00:00Z", "2021-01-02T12:30:00Z"), "datetime", None),
        (("2021-01-01 00:00:00", "2021-01-02 12:30:00"), "datetime", "%Y-%m-%d %H:%M:%S"),
        (("25/12/2021 00:00", "01/02/2021 12:30"), "datetime", "%d/%m/%Y %H:%M"),
    ],
)
def test_a_day_above_twelve_says_which_part_is_the_day(
    values: tuple[str, ...], type_: str, form: str | None, small: Path
) -> None:
    column = columns(planned(small, "when,v\n" + "".join(f"{value},1\n" for value in values)))["when"]
    assert (column.type, column.extras.get("format")) == (type_, form)


def test_dates_that_may_be_read_two_ways_are_text_and_both_readings_are_named(small: Path) -> None:
    (line,) = said(planned(small, "day,v\n01/02/2024,1\n03/04/2024,2"))
    assert "type: date" in line
    assert '"%d/%m/%Y" or "%m/%d/%Y"' in line


def test_another_column_of_dates_decides_for_the_file(small: Path) -> None:
    found = columns(planned(small, "sent,paid\n01/02/2024,25/02/2024\n03/04/2024,13/04/2024"))
    assert found["sent"].extras == {"format": "%d/%m/%Y"}


def test_the_command_prints_each_note_in_the_language_of_the_reader(
    small: Path, tmp_path: Path, run: Callable[..., Run]
) -> None:
    (tmp_path / "no2.csv").write_text("site,no2\nA,12\nB,<2 ppm\nC,7\n")
    done = run("new", "air", tmp_path / "no2.csv", "--root", small, language="zh")
    assert "注意：“no2”按文本处理：3 格中有 1 格不是 integer 类型，其余都是，见第 3 行“<2 ppm”" in done.out
    assert set(LANGUAGES) == {"en", "zh"}


@pytest.mark.parametrize("decimal", ["", ","])
def test_whole_numbers_and_years_stay_so_in_a_file_with_decimal_commas(decimal: str, small: Path) -> None:
    found = columns(planned(small, "ano;trimestre;pib\n2002;1;94\n2002;2;102,2\n2003;1;98,75", decimal=decimal))
    assert {name: column.type for name, column in found.items()} == {
        "ano": "year",
        "trimestre": "integer",
        "pib": "number",
    }
