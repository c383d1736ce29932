"""A table beyond a limit is refused where it passes the limit, before its rows are read one by one.

What comes later in these files is a second fault: it is not the one that is named.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from datagazette.intake import extent
from datagazette.intake.packages import package_sheets
from datagazette.intake.sheets import read_sheets
from datagazette.model import limits
from datagazette.model.errors import UsageError
from datagazette.model.resource import Dialect, Field, Schema, Table
from datagazette.tables import long_rows
from datagazette.tables.layout import TableSource, Unreadable, open_text, read_rows
from datagazette.validation.run import check_tables

HOLE = 5_000_000_000  # bytes that take no room on a disk, and are read as NUL


@pytest.fixture
def low(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small tables are looked at too, and limits are low."""
    monkeypatch.setattr(extent, "_SMALL", 0)
    monkeypatch.setattr(limits, "ROW_CHARACTERS", 1_000)
    monkeypatch.setattr(limits, "TABLE_CELLS", 1_000)


def written(path: Path, *parts: str | bytes) -> Path:
    path.write_bytes(b"".join(part if isinstance(part, bytes) else part.encode() for part in parts))
    return path


def refusal(path: Path, encoding: str | None = None) -> str:
    with pytest.raises(UsageError) as caught:
        read_sheets(path, encoding)
    return caught.value.text("en")


def fault(path: Path, encoding: str = "utf-8", dialect: Dialect = Dialect()) -> tuple[object, int | None] | None:
    """What a look at lines and quotes finds: rule and line."""
    try:
        long_rows.refuse_long_rows(path, encoding, dialect)
    except Unreadable as unreadable:
        return unreadable.values["rule"], unreadable.line
    return None


ROWS = "".join(f"r{number},{number}\n" for number in range(400))


@pytest.mark.usefixtures("low")
@pytest.mark.parametrize("quoted", ["", 'r,"1"\n', 'r,"1\n2"\n', 'r,5" pipe\n'])
def test_new_refuses_too_many_cells_before_it_reads_the_rows(quoted: str, tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "a,b\n", quoted, ROWS * 2, "r,1,one more\n")
    assert "more than 1,000 cells" in refusal(path)
    fits = written(tmp_path / "fits.csv", "a,b\n", quoted, ROWS)
    assert len(read_sheets(fits)[0].rows) == 400 + bool(quoted)


@pytest.mark.usefixtures("low")
@pytest.mark.parametrize("quoted", ["", '"r"\n'])
def test_rows_of_a_single_column_have_a_limit_of_their_own(
    quoted: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "TABLE_ROWS", 300)
    path = written(tmp_path / "a.csv", "a\n", quoted, "r\n" * 300, "r,1\n")
    assert "more than 300 rows" in refusal(path)
    monkeypatch.setattr(extent, "_SMALL", 1_000_000)
    assert "more than 300 rows" in refusal(path)


@pytest.mark.usefixtures("low")
def test_the_table_of_a_package_has_the_same_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path / "t.csv", "a,b\n", ROWS * 2)
    resource = {"name": "t", "path": "t.csv", "schema": {"fields": [{"name": "a"}, {"name": "b"}]}}
    package = written(tmp_path / "datapackage.json", json.dumps({"name": "p", "resources": [resource]}))
    with pytest.raises(UsageError) as caught:
        package_sheets(package, None)
    assert "t.csv has more than 1,000 cells" in caught.value.text("en")
    monkeypatch.setattr(limits, "SOURCE_BYTES", 1_000)
    with pytest.raises(UsageError) as caught:
        package_sheets(package, None)
    assert "t.csv has more than 1,000 bytes" in caught.value.text("en")


@pytest.mark.usefixtures("low")
def test_blank_lines_and_lines_within_quotes_are_no_rows_when_cells_are_counted(tmp_path: Path) -> None:
    for name, between in (("blank", "\n , \n\t\n,\n"), ("within", 'r,"' + "x\n" * 300 + '"\n')):
        path = written(tmp_path / f"{name}.csv", "a,b\n", ROWS, *[between] * 20)
        assert len(read_sheets(path)[0].rows) == 400 + (20 if name == "within" else 0)


@pytest.mark.usefixtures("low")
def test_a_row_of_too_many_columns_far_down_is_named_before_any_other_fault(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "a,b\n", 'r,"1"\n', ROWS, "1," * 400 + "1\n", 'r,"x', "\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "COLUMNS", 300)
        assert "more than 300 columns" in refusal(path)


@pytest.mark.usefixtures("low")
def test_a_nul_far_down_is_named_with_its_line_and_cell(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "a,b\n", 'r,"1\n2"\n', ROWS, b"r,x\0y\n", 'r,"x\n')
    assert "a.csv:404: Cell 2 contains NUL" in refusal(path)


@pytest.mark.usefixtures("low")
@pytest.mark.parametrize(
    ("parts", "found"),
    [
        (['r,"', "x,y\n" * 500, '"\n'], ("quote", 402)),
        (['r,"', 'x,""y"",\n', "x,y\n" * 500], ("quote", 402)),
        (['r,"1"\nr,"', "x\r\n" * 500], ("quote", 403)),
        (["r," + "x" * 1_000 + "\n"], ("row", 402)),
        (["r,\xe9" + "x" * 995 + "\n"], None),
        (['r,"', "x" * 2_000, '"\n'], ("row", 402)),
        (['\r\nr,5" pipe\r\n', ROWS], None),
        ([b"\0" * 3_000], ("nul", 402)),
        (['r,"x\n",', '"y\n",' * 300], None),  # a row of many cells is left to the reader
    ],
)
def test_a_row_that_is_too_long_is_found_by_its_lines_and_quotes(
    parts: list[str | bytes], found: tuple[str, int] | None, tmp_path: Path
) -> None:
    path = written(tmp_path / "t.csv", "a,b\n", ROWS, *parts)
    assert fault(path) == found
    if found:
        with open_text(path, "utf-8") as stream, pytest.raises(Unreadable) as read:
            list(read_rows(stream, Dialect()))
        assert (read.value.values["rule"], read.value.line) == found


@pytest.mark.usefixtures("low")
def test_encodings_that_write_line_ends_with_other_bytes_are_left_to_the_reader(tmp_path: Path) -> None:
    text = "a,b\n" + "r,x\n" * 400
    assert fault(written(tmp_path / "t.csv", text.encode("utf-16")), "utf-16") is None
    kanji = "表" * 600  # two bytes each, in ISO 2022 that of a quote among them
    assert fault(written(tmp_path / "j.csv", f"a,{kanji}\n".encode("iso2022_jp")), "iso2022_jp") is None
    assert fault(written(tmp_path / "s.csv", f"a,{kanji}\n".encode("cp932")), "cp932") is None
    assert fault(written(tmp_path / "l.csv", f"a,{kanji * 2}\n".encode("cp932")), "cp932") == ("row", 1)


@pytest.mark.thorough
def test_the_check_reads_a_file_of_gigabytes_up_to_the_row_that_is_too_long(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    with path.open("wb") as file:
        file.write(b"a,b\n" + ROWS.encode() + b'"' + b"x,y\n" * 3_000_000)
        file.truncate(HOLE)
    table = Table("t", "t.csv", "t.csv", Schema("t", "", (Field("a", "string"), Field("b", "string"))))
    (report,) = check_tables([TableSource(table, path)])
    assert [(problem.code, dict(problem.values)["rule"], problem.line) for problem in report.problems] == [
        ("source-error", "quote", 402)
    ]
    assert "more than 200,000,000 bytes" in refusal(path)
