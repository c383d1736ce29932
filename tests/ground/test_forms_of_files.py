"""A changed file in another form than the table: only what really changed shows, and what may be wrong is asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from datagazette.intake.dropping import Dropped, Wanted, drop_in
from datagazette.intake.forms import Stated
from datagazette.intake.notices import lines
from datagazette.intake.sheets import read_sheets
from datagazette.load.publication import load_publication
from datagazette.model.errors import UsageError
from tests.conftest import call_build
from tests.ground.drafts import drafted

TABLE = "k,rate,day,ok\nA,0.5,2021-03-04,true\nB,1234.5,2021-03-14,false\n"
FIELDS = {"k": "string", "rate": "number", "day": "date", "ok": "boolean"}


def dropped(
    folder: Path, after: str, wanted: Wanted | None = None, before: str = TABLE, kinds: dict[str, str] | None = None
) -> Dropped:
    folder.mkdir(exist_ok=True)
    root = drafted(folder / "p", before, before, kinds or FIELDS)
    (folder / "t.csv").write_bytes(after.encode())
    publication = load_publication(root).publication
    assert publication
    (table,) = publication.datasets[0].releases[0].tables
    (sheet,) = read_sheets(folder / "t.csv")
    return drop_in(root / table.file, table, sheet, wanted or Wanted())


@pytest.mark.parametrize(
    "after",
    [
        "k;rate;day;ok\nA;0,5;04.03.2021;WAHR\nB;1.234,5;14.03.2021;FALSCH\n",
        "k;rate;day;ok\nA;0,5;04/03/2021;VRAI\nB;1 234,5;14/03/2021;FAUX\n",
        "k,rate,day,ok\nA,0.50,3/4/2021,TRUE\nB,\"1,234.5\",3/14/2021,FALSE\n",
        "k,rate,day,ok\nA,.5,2021年3月4日,是\nB,1’234.5,2021年3月14日,否\n",
        "k\tok\tday\trate\nB\tno\t14-03-2021\t1234,50\nA\tyes\t04-03-2021\t0,5\n",
    ],
    ids=["German", "French", "American", "Chinese", "other order"],
)  # fmt: skip
def test_the_same_values_in_another_form_change_nothing(after: str, tmp_path: Path) -> None:
    found = dropped(tmp_path, after)
    assert (found.content.decode(), found.changed, found.added) == (TABLE, 0, 0)


@pytest.mark.parametrize(
    ("kind", "value", "sent"),
    [
        ("integer", "1234", "1234.0"),
        ("integer", "1234", "1 234"),
        ("number", "-0.5", "−0,5"),
        ("year", "2021", "2021.0"),
        ("yearmonth", "2021-03", "03/2021"),
        ("yearmonth", "2021-03", "2021-03-01"),
        ("date", "2021-03-04", "2021-03-04 00:00:00"),
        ("datetime", "2021-03-04T10:30:00", "04.03.2021 10:30"),
        ("boolean", "TRUE", "Wahr"),
    ],
)
def test_a_value_in_the_form_of_another_program_is_the_same_value(
    kind: str, value: str, sent: str, tmp_path: Path
) -> None:
    before = f"k;v\nA;{value}\n".replace(";", ",")
    found = dropped(tmp_path, f"k;v\nA;{sent}\n", before=before, kinds={"k": "string", "v": kind})
    assert (found.content.decode(), found.changed) == (before, 0)


def test_changed_and_new_rows_are_written_as_the_table_writes_them(tmp_path: Path) -> None:
    found = dropped(
        tmp_path, "k;rate;day;ok\nA;0,7;04.03.2021;WAHR\nB;1.234,5;14.03.2021;FALSCH\nC;;;\nD;2;1.4.2021;k.A.\n"
    )
    assert found.content.decode() == TABLE.replace("0.5", "0.7") + "C,,,\nD,2,2021-04-01,k.A.\n"
    assert (found.changed, found.added) == (1, 2)
    said = "\n".join(lines(found.notices, "en"))
    assert "column “rate” is in another form than in the table, and was converted: line 2 “0,7” → “0.7”" in said
    assert "line 2 “04.03.2021” → “2021-03-04”" in said
    assert "“ok”" in said
    assert "“k.A.”" not in said


def test_a_table_with_its_own_forms_keeps_them(tmp_path: Path) -> None:
    table = TABLE.replace("1234.5", "1234.50")
    found = dropped(tmp_path, table + "C,1.2345,2021-03-05,true\n")
    assert (found.added, found.changed, lines(found.notices, "en")) == (1, 0, [])
    assert found.content.decode().endswith("C,1.2345,2021-03-05,true\n")


NUMBERS = {"k": "string", "n": "number"}


@pytest.mark.parametrize(
    ("before", "after", "written"),
    [
        ("k,n\nA,1234\nB,5\n", "k,n\nA,1.234\nB,5\nC,6.789\n", "C,6789"),
        ("k,n\nA,1.234\nB,5\n", "k,n\nA,1.234\nB,5\nC,6.789\n", "C,6.789"),
        ("k,n\nA,1.234\nB,5\n", 'k,n\nA,"1,234"\nB,5\nC,"6,789"\n', "C,6.789"),
        ("k,n\nA,51.5\nB,5\n", "k,n\nC,6.789\n", "C,6.789"),
    ],
)
def test_the_values_of_the_version_before_decide_between_thousands_and_decimals(
    before: str, after: str, written: str, tmp_path: Path
) -> None:
    assert written in dropped(tmp_path, after, before=before, kinds=NUMBERS).content.decode().splitlines()


def test_what_nothing_decides_is_a_question_with_the_option_that_decides_it(tmp_path: Path) -> None:
    before = "k,n\nA,5\n"
    with pytest.raises(UsageError, match=r"line 2 “1.234”.*thousands or decimals.*--decimal"):
        dropped(tmp_path / "a", "k,n\nB,1.234\n", before=before, kinds=NUMBERS)
    wanted = Wanted(stated=Stated(decimal=","))
    assert b"B,1234" in dropped(tmp_path / "b", "k,n\nB,1.234\n", wanted, before, NUMBERS).content
    days = "k,rate,day,ok\nC,1,05/04/2022,true\n"
    with pytest.raises(UsageError, match=r"“05/04/2022”.*2022-04-05 / 2022-05-04.*--days %d/%m/%Y") as refused:
        dropped(tmp_path / "c", days)
    assert "--days" in refused.value.text("zh")
    wanted = Wanted(stated=Stated(days="%m/%d/%Y"))
    assert b"C,1,2022-05-04,true" in dropped(tmp_path / "d", days, wanted).content


RENAMED = "k,decision_date\nA,2021-03-05\n"
DECIDED = "k,decided,n\nA,2021-03-04,2\n"
DATES = {"k": "string", "decided": "date", "n": "integer"}


def test_a_column_with_another_heading_or_none_needs_an_option_that_the_message_names(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="add --rename decision_date=decided; if the column is to go, add --remove d"):
        dropped(tmp_path / "a", RENAMED, before=DECIDED, kinds=DATES)
    wanted = Wanted(renamed={"decision_date": "decided"})
    with pytest.raises(UsageError, match="add --rename HEADING=n; if the column is to go, add --remove n"):
        dropped(tmp_path / "b", RENAMED, wanted, DECIDED, DATES)
    found = dropped(tmp_path / "c", RENAMED, replace(wanted, removed=frozenset("n")), DECIDED, DATES)
    assert (found.content, found.changed, found.gone) == (b"k,decided\nA,2021-03-05\n", 1, ("n",))


@pytest.mark.thorough
def test_a_column_that_is_missing_is_refused_with_the_headings_that_may_be_it(tmp_path: Path) -> None:
    kinds = {"town": "string", "v": "integer"}
    with pytest.raises(UsageError, match=r"no column “town”; did you mean “City name”.*--rename 'City name=town'"):
        dropped(tmp_path / "a", "City name,v\nA,1\n", before="town,v\nA,1\n", kinds=kinds)
    with pytest.raises(UsageError, match="that the table does not have: “city”, “n”"):
        dropped(tmp_path / "b", "city,n\nA,1\n", before="town,v\nA,1\n", kinds=kinds)


@pytest.mark.thorough
def test_days_with_two_digits_of_the_year_are_the_days_that_they_were(tmp_path: Path) -> None:
    kinds, before = {"k": "string", "day": "date"}, "k,day\nA,2021-03-04\nB,2021-03-05\n"
    found = dropped(tmp_path / "a", "k,day\nA,04/03/21\nB,05/03/21\nC,25/03/21\n", before=before, kinds=kinds)
    assert (found.content.decode(), found.changed) == (f"{before}C,2021-03-25\n", 0)
    found = dropped(tmp_path / "b", "k;day\nA;4.3.21\nB;6.3.21\n", before=before, kinds=kinds)
    assert (found.content, found.changed) == (b"k,day\nA,2021-03-04\nB,2021-03-06\n", 1)


@pytest.mark.parametrize("space", ["T", " "])
@pytest.mark.thorough
def test_times_without_a_zone_are_in_utc_where_that_gives_the_times_before(space: str, tmp_path: Path) -> None:
    kinds, before = {"k": "string", "t": "datetime"}, "k,t\nA,2021-03-04T10:00:00Z\n"
    after = f"k,t\nA,2021-03-04{space}10:00:00\nB,2021-03-04{space}11:00:00\n"
    found = dropped(tmp_path / "a", after, before=before, kinds=kinds)
    assert (found.content.decode(), found.changed) == (f"{before}B,2021-03-04T11:00:00Z\n", 0)
    found = dropped(tmp_path / "b", after.replace("10:00", "12:00"), before=before, kinds=kinds)
    assert f"A,2021-03-04{space}12:00:00".encode() in found.content
    assert any("those of the table are in UTC: line 2" in line for line in lines(found.notices, "en"))


@pytest.mark.thorough
def test_headings_that_are_alike_keep_their_columns(tmp_path: Path) -> None:
    kinds = {"name": "string", "name_2": "integer"}
    found = dropped(tmp_path / "a", "name,name\nA,1\nB,2\n", before="name,name_2\nA,1\n", kinds=kinds)
    assert found.content == b"name,name_2\nA,1\nB,2\n"
    more = dropped(tmp_path / "b", "k,K\nA,x\n", before="k\nA\n", kinds={"k": "string"})
    assert (more.content, more.columns) == (b"k,k_2\nA,x\n", ("k_2",))


@pytest.mark.thorough
def test_the_options_for_columns_reach_the_draft_and_the_report(tmp_path: Path) -> None:
    root = drafted(tmp_path / "p", DECIDED, DECIDED, DATES)
    file = tmp_path / "t.csv"
    file.write_text(RENAMED, "utf-8")

    def revise(*options: str) -> str:
        return call_build("revise", "t", "--data", file, "--root", root, *options).said

    assert "there is no column m; the columns are: decided, k, n" in revise("--remove", "m")
    said = revise("--rename", "decision_date=decided", "--remove", "n")
    assert "rows added 0, changed 1, removed 0" in said
    assert "columns that were removed, and that you have to remove from the schema: n" in said


@pytest.mark.parametrize("after", ["k,n\nA,1\r\nB,2\n", "k,n\rA,1\rB,2\r", "k,n\r\r\nA,1\r\r\nB,2\r\r\n"])
def test_mixed_line_ends_become_those_of_the_table(after: str, tmp_path: Path) -> None:
    for end in ("\n", "\r\n"):
        before = f"k,n{end}A,1{end}"
        found = dropped(tmp_path / str(len(end)), after, before=before, kinds={"k": "string", "n": "integer"})
        assert found.content.decode() == f"{before}B,2{end}"


@pytest.mark.parametrize("content", [b"k,rate,day,ok\nA,0.5,2021-03-04,tr\0ue\n", b"k\0,rate,day,ok\nA,1,2,3\n"])
def test_a_zero_byte_is_named_with_its_line_and_is_no_sign_of_an_encoding(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    line, cell = (2, 4) if content.startswith(b"k,") else (1, 1)
    with pytest.raises(UsageError, match=f"t.csv:{line}: Cell {cell} contains NUL"):
        read_sheets(path)
