"""Which row of a file is the header, and that no row above it or below it is lost without a line that says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from datagazette.intake.notices import lines
from datagazette.intake.sheets import Sheet, read_sheets
from datagazette.model.errors import UsageError

CODES = "code,town\n" + "".join(f"T{number},Town\n" for number in range(30))


def read(folder: Path, text: str, header: int = 0) -> Sheet:
    path = folder / "t.csv"
    path.write_text(text, "utf-8", newline="")
    (sheet,) = read_sheets(path, header=header)
    return sheet


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('ward,trees,note\nN1,2,oak\nN2,4,elm\nN3,5,"ash",old\nN4,6,fir\n', ("3 cells", "line 4 (4 cells)")),
        ("ward,trees\nN1,2,estimate\nN2,4,\nN3,5,final\n", ("column 3 has values but no name", "line 2 “estimate”")),
        ("a,b,c\n1,2\n3,4\n5,6,7\n8,9,1,2\n", ("line 5 (4 cells)", "line 2 (2 cells), line 3 (2 cells)")),
        (CODES + "T30,Weir, upper\n", ("the header has 2 cells", "line 32 (3 cells)", "quotes")),
        ("2021-01,215.71\n2021-02,217.45\n2021-03,218.02\n", ("looks like data", "--header 1")),
        ("ward,trees\nN1,ash,estimate\nN2,elm,old\nN3,oak,final\n", ("--header 1 or --header 2",)),
        ("true,2021-01-01T00:00:00Z\nfalse,2021-01-02T00:00:00Z\n", ("looks like data", "--header 1")),
        ("12:30,A\n13:30,B\n", ("looks like data",)),
        ("1 234,5;Köln\n2 345,6;Bonn\n", ("looks like data",)),
        ("Trees by ward, 2023\n\nward,trees\nN1,3\nN2,4\n", ("line 3 “ward | trees”", "--header 3", "--header 1")),
        ("ward;trees\nN1;3\nN2;4\n\nschool;pupils\nS1;30\n", ("line 5 “school | pupils”", "a file or a sheet")),
        ("区,树\n甲,3\n\n学校,学生\n一小,30\n", ("line 4 “学校 | 学生”",)),
        ("ward,2020,2021\nN1,3,4\n\nschool,2020,2021\nS1,30,40\n", ("line 4 “school | 2020 | 2021”",)),
        ("ward,trees\nN1,3\nN2,4\n\nschool,pupils,staff\nS1,30,3\nS2,40,4\n", ("--header 1 or --header 5",)),
        ("a;b\nx,1\ny,2\nz,3\n", ("column 2 has values but no name",)),
        ("version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 12\n", ("git lfs pull",)),
    ],
)
def test_a_file_whose_header_is_in_doubt_is_refused_with_its_lines(
    text: str, said: tuple[str, ...], tmp_path: Path
) -> None:
    with pytest.raises(UsageError) as refused:
        read(tmp_path, text)
    for part in said:
        assert part in str(refused.value)
    assert refused.value.text("zh") != str(refused.value)


@pytest.mark.parametrize(
    ("text", "label", "count"),
    [
        ("id0\naa\nb;c\n", "id0", 2),
        ("material\noak; steel\niron; glass\nstone\n", "material", 3),
        ("material\noak, steel\niron, glass\nstone\n", "material", 3),
        ("v\n1,5\n2,5\n", "v", 2),
    ],
)
def test_a_delimiter_that_the_header_does_not_have_splits_nothing(
    text: str, label: str, count: int, tmp_path: Path
) -> None:
    sheet = read(tmp_path, text)
    assert (sheet.labels, len(sheet.rows)) == ((label,), count)
    assert [row[0] for row in sheet.rows] == text.splitlines()[1:]


@pytest.mark.parametrize(
    ("text", "labels", "said"),
    [
        (
            "Trees by ward, 2023\n\nward,trees,note\nN1,3,a\nN2,5,b\n",
            ("ward", "trees", "note"),
            "line 1 “Trees by ward",
        ),
        ("Pupils,,Staff,\nSchool,Age,Full,Part\nS1,6,2,3\n", ("School", "Age", "Full", "Part"), "“Pupils |  | Staff”"),
        ("site,mass,length\n,kg,m\nA,1,2\nB,3,4\n", ("site", "mass", "length"), "part of the header; if it is"),
        ("区,数,面\n（名）,人,亩\n甲,1,2\n乙,3,4\n", ("区", "数", "面"), "line 2 “（名） | 人 | 亩”"),
        ("ward,trees\nstring,integer\nN1,3\nN2,5\n", ("ward", "trees"), "types of the columns: line 2"),
        ("ward,trees,benches\nN1,3,1\nN2,5,2\nNote: counted in May\n", ("ward", "trees", "benches"), "line 4 “Note:"),
        (
            "ward,trees\nN1,3\nN2,5\nNote: in May,\n",
            ("ward", "trees"),
            "may be notes; they are kept: line 4 “Note: in May”",
        ),
        ("k,v\nA ,1\nB,2\n", ("k", "v"), "spaces at the ends of cells were removed: line 2 “A ”"),
        ("k,v\nA,1\nB\u00a0,2\n", ("k", "v"), "removed: line 3 “B\u00a0”"),
        ("a,b,c\n1,2,x\n3,4\n", ("a", "b", "c"), "line 3 (2 cells)"),
    ],
)
def test_what_is_above_the_header_or_unlike_the_rows_is_reported(
    text: str, labels: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    sheet = read(tmp_path, text)
    assert sheet.labels == labels
    assert said in "\n".join(lines(sheet.notices, "en"))


@pytest.mark.parametrize("text", ["area,2011,2012,2013\nN,5,6,7\n", "ward\nN1\nN2\n", "site;n\nA;1,5\nB;2\n"])
def test_an_ordinary_table_is_read_without_a_line(text: str, tmp_path: Path) -> None:
    sheet = read(tmp_path, text)
    assert len(sheet.rows) == text.count("\n") - 1
    assert lines(sheet.notices, "en") == []


@pytest.mark.parametrize(
    "text",
    [
        "ward,trees\nN1,3\n\nN2,closed\n",
        "ward,trees\nN1,3\n\nN2,n/a\nN3,4\n",
        "ward,no2\nN1,3\n\nN2,<2\nN3,4\n",
        "area,trees\n\nNorth,\nN1,3\n\nSouth,\nS1,4\n",
        'ward,note\nN1,"a\n\nb"\nN2,x\nN3,5\n',
    ],
)
def test_empty_lines_within_a_table_are_no_end_of_it(text: str, tmp_path: Path) -> None:
    assert "header" not in "".join(lines(read(tmp_path, text).notices, "en"))


def test_rows_below_an_empty_line_are_of_one_table_where_a_person_says_so(tmp_path: Path) -> None:
    sheet = read(tmp_path, "ward,trees\nN1,3\n\nschool,pupils\nS1,30\n", header=1)
    assert sheet.rows == (("N1", "3"), ("school", "pupils"), ("S1", "30"))


def test_a_column_without_a_name_and_values_is_left_out_and_named(tmp_path: Path) -> None:
    sheet = read(tmp_path, "ward,trees,,school\nN1,3,,S1\nN2,4,,S2\n")
    assert (sheet.labels, sheet.rows) == (("ward", "trees", "school"), (("N1", "3", "S1"), ("N2", "4", "S2")))
    (said,) = lines(sheet.notices, "en")
    assert "left out: “3”; if they are between two tables" in said


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("symbol\n,\n;\n", [",", ";"]),
        ("oak,; \nelm,x\n", ["elm"]),
        ("Trees; wards\nward,trees\nN1,3\nN2,4\n", ["N1", "N2"]),
    ],
)
def test_a_mark_that_names_fewer_columns_is_not_the_delimiter(text: str, rows: list[str], tmp_path: Path) -> None:
    assert [row[0] for row in read(tmp_path, text).rows] == rows


def test_a_person_can_name_the_line_of_the_header(tmp_path: Path) -> None:
    assert read(tmp_path, "a,1\nb,2\n", header=1).labels == ("a", "1")


def test_mixed_line_ends_and_very_long_cells_are_read(tmp_path: Path) -> None:
    assert read(tmp_path, "k,v\n1,2\r\n3,4\n").rows == (("1", "2"), ("3", "4"))
    assert len(read(tmp_path, f"k,v\n1,{'x' * 3_000_000}\n").rows[0][1]) == 3_000_000


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_breaks_at_the_end_of_a_cell_are_no_empty_line_above_a_second_table(end: str, tmp_path: Path) -> None:
    text = 'id,name,address\na1,Alpha,"Street 1\n\n"\na2,name,Street 2\na3,Gamma,Street 3\n'
    assert [row[0] for row in read(tmp_path, text.replace("\n", end)).rows] == ["a1", "a2", "a3"]
