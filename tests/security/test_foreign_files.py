"""Files that people send unfold to no more than is stated, and are read by a process that may do nothing else.

Limits are tried with files just above lowered ones; the limits themselves are those of `datagazette.model.limits`.
"""

from __future__ import annotations

import os
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from datagazette.commands.authoring import plan, read_bounded
from datagazette.commands.check import CheckOptions, check_targets
from datagazette.intake.drafts import Sources, plan_dataset
from datagazette.intake.encodings import recognise
from datagazette.intake.sheets import Sheet, read_sheets
from datagazette.isolation import Bounds, Worker
from datagazette.model import limits
from datagazette.model.errors import UsageError
from datagazette.model.resource import Dialect, Field, Schema, Table
from datagazette.tables.layout import TableSource, Unreadable, read_layout
from datagazette.validation.run import check_tables
from tests.conftest import Run

GOOD = "place,visits\n001,5\n002,7\n"
ROWS = (("001", "5"), ("002", "7"))
SHEET = "xl/worksheets/sheet1.xml"


def written(path: Path, content: bytes | str) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def workbook(path: Path, cells: dict[tuple[int, int], str | float], sheets: int = 1) -> Path:
    with xlsxwriter.Workbook(path) as book:
        for _ in range(sheets):
            sheet = book.add_worksheet()
            for (row, column), value in cells.items():
                sheet.write(row, column, value)
    return path


def refused(path: Path, *words: str) -> None:
    """The file is, with these words; and the next one is read by the same process."""
    with pytest.raises(UsageError) as caught:
        read_sheets(path)
    for word in (path.name, *words):
        assert word in caught.value.text("en")
    assert caught.value.text("zh") != caught.value.text("en")
    good = written(path.with_name("good.csv"), GOOD)
    assert read_sheets(good)[0].rows == ROWS


# Workbooks


def test_a_good_workbook_keeps_its_rows_whatever_its_sheet_states_of_its_size(tmp_path: Path) -> None:
    """Programs state all rows where an empty row far below has a colour."""
    path = workbook(tmp_path / "a.xlsx", {(2, 1): "place", (2, 2): "visits", (3, 1): "001", (3, 2): 5.0})
    stated = changed_part(path, SHEET, lambda part: part.replace(b'ref="B3:C4"', b'ref="A1:XFD1048576"'))
    assert b"XFD1048576" in zipfile.ZipFile(stated).read(SHEET)
    (sheet,) = read_sheets(stated)
    assert (sheet.labels, sheet.rows) == (("place", "visits"), (("001", "5"),))


def changed_part(path: Path, name: str, change: Callable[[bytes], bytes]) -> Path:
    changed = path.with_name("changed.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.namelist():
            new.writestr(one, change(old.read(one)) if one == name else old.read(one))
    return changed


def stating(path: Path, name: str, size: int) -> Path:
    """The workbook, with another size of a part in the zip's directory. No content is made for it."""
    content = bytearray(path.read_bytes())
    at = content.index(b"PK\x01\x02")
    while content[at + 46 : at + 46 + len(name)] != name.encode():
        at = content.index(b"PK\x01\x02", at + 4)
    struct.pack_into("<I", content, at + 24, size)
    return written(path.with_name("stating.xlsx"), bytes(content))


def test_a_workbook_that_says_that_it_unfolds_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipfile.ZipFile, "testzip", lambda _: pytest.fail("a part was unpacked"))
    path = workbook(tmp_path / "a.xlsx", {(0, 0): "a", (1, 0): 1})
    refused(stating(path, SHEET, limits.WORKBOOK_SMALL + 1), "when it is unpacked", f"{limits.WORKBOOK_SMALL:,}")


def test_a_part_that_unpacks_to_more_than_it_states_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {(0, 0): "a", **{(row, 0): row for row in range(1, 2_000)}})
    refused(stating(path, SHEET, 100), "cannot read", SHEET)


@pytest.mark.parametrize(
    ("limit", "most", "words"),
    [
        ("WORKBOOK_BYTES", 1_000, "bytes"),
        ("WORKBOOK_PARTS", 5, "parts"),
        ("SHEET_AREA", 19, "20 cells between the first and the last one of sheet Sheet1"),
        ("TABLE_CELLS", 10, "more than 10 cells"),
        ("TABLE_CHARACTERS", 30, "more than 30 characters"),
    ],
)
def test_a_workbook_above_a_limit_is_refused_with_the_limit(
    limit: str, most: int, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One long text, which the file holds once, counts in each cell; so does the space between cells far apart."""
    cells = {(row, column): "text" if row else f"c{column}" for row in range(10) for column in range(2)}
    path = workbook(tmp_path / "a.xlsx", cells)
    assert read_sheets(path)[0].labels == ("c0", "c1")
    monkeypatch.setattr(limits, limit, most)
    refused(path, words, f"{most:,}")


def test_a_workbook_of_many_sheets_is_refused_by_its_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WORKBOOK_PARTS", 40)
    refused(workbook(tmp_path / "a.xlsx", {(0, 0): "a", (1, 0): 1}, sheets=40), "parts", "40")


@pytest.mark.parametrize("suffix", [".xlsx", ".xlsm", ".xlsb", ".ods", ".xls"])
@pytest.mark.parametrize("content", [b"", b"PK", b"not a workbook", b"PK\x05\x06" + b"\0" * 18, b"\0" * 10_000])
def test_what_is_no_workbook_is_refused(suffix: str, content: bytes, tmp_path: Path) -> None:
    refused(written(tmp_path / f"a{suffix}", content), "cannot read")


def test_an_open_document_is_bounded_by_its_zip_too(tmp_path: Path) -> None:
    path = tmp_path / "a.ods"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("content.xml", "w") as part:
        for _ in range(limits.WORKBOOK_SMALL // 1_000_000 + 1):
            part.write(b" " * 1_000_000)
    refused(path, "when it is unpacked")


# The process that reads


def hungry(path: Path) -> int:
    """Takes a gigabyte, as a reader does that unfolds a file."""
    return len(bytearray(1_000_000_000)) + path.stat().st_size


def test_the_process_that_reads_is_ended_and_the_next_file_is_read(small: Path, tmp_path: Path) -> None:
    path = written(tmp_path / "hours.csv", GOOD)
    with pytest.raises(UsageError) as caught:
        read_bounded(hungry, path, root=small, files=(path,), memory=300_000_000)
    assert "hours.csv takes more than 0.3 GB of memory" in caught.value.text("en")
    draft = plan(Sources(small, "hours", (path,)))
    assert draft.contents == (GOOD.encode(),)


def opened(path: Path) -> bytes:
    return path.read_bytes()


def test_the_process_that_reads_sees_the_sources_and_the_publication_alone(small: Path, tmp_path: Path) -> None:
    """Where the kernel has no list of files, the other bounds hold."""
    path, other = written(tmp_path / "hours.csv", GOOD), written(tmp_path / "other.csv", "marker")
    assert read_bounded(opened, path, root=small, files=(path,)) == GOOD.encode()
    assert read_bounded(opened, small / "datasets/visits/1.0.0/visits.csv", root=small, files=(path,))
    with Worker(Bounds(limits.SOURCE_MEMORY, (path,))) as worker:
        try:
            worker.call(opened, other)
        except OSError:
            with pytest.raises(OSError, match="ermission"):
                read_bounded(opened, other, root=small, files=(path,))


def test_what_is_planned_elsewhere_is_what_is_planned_here(small: Path, tmp_path: Path) -> None:
    paths = (written(tmp_path / "hours.csv", GOOD), workbook(tmp_path / "b.xlsx", {(0, 0): "x", (1, 0): 'a;"b'}))
    here, elsewhere = plan_dataset(Sources(small, "hours", paths)), plan(Sources(small, "hours", paths))
    assert elsewhere.tables == here.tables
    assert elsewhere.contents == here.contents
    assert here.contents == (GOOD.encode(), b'x\n"a;""b"\n')
    assert not any(one.rows for one in elsewhere.sheets)


@pytest.mark.parametrize("command", [("new", "hours"), ("revise", "counts", "--data")])
def test_commands_refuse_with_the_name_of_the_file_and_change_nothing(
    command: tuple[str, ...], small: Path, tmp_path: Path, run: Callable[..., Run]
) -> None:
    before = sorted(small.rglob("*"))
    for name, content in (("nul.csv", b"a,b\n1,x\0y\n"), ("open.csv", b'a,b\n1,"x\n')):
        done = run(*command, written(tmp_path / name, content), "--root", small, "--lang", "en")
        assert done.status == 2
        assert f"{name}:2" in done.said
        assert "Traceback" not in done.said
    assert sorted(small.rglob("*")) == before


# CSVs that `new` and `revise` read


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_nul_in_a_cell_is_reported_with_its_line_and_makes_no_other_encoding(place: int, tmp_path: Path) -> None:
    cells = ["1", "x", "2021-05-01"]
    cells[place] = "\0" + cells[place]
    content = "\n".join(["id,place,day", "1,y,2021-05-01", ",".join(cells), "2,z,2021-05-02"])
    path = written(tmp_path / "a.csv", content)
    assert recognise(path, None).encoding == "utf-8"
    refused(path, "a.csv:3", f"Cell {place + 1} contains NUL")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "table",
    [
        "a,b\n1,2\n",
        "地区,年份\n上海,2023\n北京,2024\n",
        "地点,说明\n上海,上上下下\n一丁,七万丈三上下不与\n",
        "é,ü\nà,ç\n",
    ],
)
def test_utf_16_without_its_mark_is_known_by_zero_bytes_in_every_second_place(
    encoding: str, table: str, tmp_path: Path
) -> None:
    path = written(tmp_path / "a.csv", table.encode(encoding))
    assert recognise(path, None).encoding == encoding
    lines = table.splitlines()
    assert read_sheets(path)[0].labels == tuple(lines[0].split(","))
    assert read_sheets(path)[0].rows == tuple(tuple(line.split(",")) for line in lines[1:])


@pytest.mark.parametrize("content", [b"\0" * 5_000, b"a,b\n" + b"\0" * 5_000, "号码,\0\n".encode("gb18030") * 3])
def test_bytes_of_zero_are_refused_as_no_text(content: bytes, tmp_path: Path) -> None:
    refused(written(tmp_path / "a.csv", content), "NUL")


@pytest.mark.parametrize("ending", ["", "\n", "\r\n", "\n\n"])
def test_a_quote_that_is_never_closed_is_reported_where_its_row_begins(ending: str, tmp_path: Path) -> None:
    content = 'a,b\n1,"x\ny"\n2,"' + "x,y\n" * 1_000 + ending
    refused(written(tmp_path / "a.csv", content), "a.csv:4", "never closed")


@pytest.mark.parametrize("ending", ["", "\n", "\r\n", "\n\n"])
def test_a_quote_that_is_closed_at_the_very_end_is_read(ending: str, tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", 'a,b\n1,"x\ny"' + ending)
    assert read_sheets(path)[0].rows == (("1", "x\ny"),)


def test_a_row_is_read_up_to_the_limit_and_no_further(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ROW_CHARACTERS", 1_000)
    fits = written(tmp_path / "fits.csv", "a,b\n1," + "x" * 997 + "\n")
    assert read_sheets(fits)[0].rows == (("1", "x" * 997),)
    refused(written(tmp_path / "a.csv", "a,b\n1," + "x" * 998 + "\n"), "a.csv:2", "1000 characters")
    refused(written(tmp_path / "b.csv", 'a,b\n1,"' + "x\n" * 1_000 + '"\n'), "b.csv:2", "1000 characters")


@pytest.mark.thorough
def test_a_row_of_several_megabytes_is_taken_in_and_checked(
    small: Path, tmp_path: Path, run: Callable[..., Run]
) -> None:
    """DuckDB takes no line of more than two million bytes unless it is asked to."""
    path = written(tmp_path / "a.csv", "name,shape\nx," + "y" * 3_000_000 + "\n")
    assert run("new", "shapes", path, "--root", small).status == 0
    assert check_targets(CheckOptions(small, ("shapes",), jobs=1)).valid


def test_a_table_has_at_most_as_many_columns_as_the_check_takes(tmp_path: Path) -> None:
    def table(columns: int) -> str:
        return "\n".join([",".join(f"c{one}" for one in range(columns)), ",".join("1" * columns)])

    assert len(read_sheets(written(tmp_path / "fits.csv", table(limits.COLUMNS)))[0].labels) == limits.COLUMNS
    refused(written(tmp_path / "a.csv", table(limits.COLUMNS + 1)), "more than 2,000 columns")


def test_columns_are_described_by_few_queries(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A query for each column takes minutes for a table at the limit."""
    from datagazette.tables.engine import Engine

    asked: list[str] = []
    rows = Engine.rows
    monkeypatch.setattr(Engine, "rows", lambda *given: asked.append(given[1]) or rows(*given))
    content = "\n".join([",".join(f"c{one}" for one in range(300)), ",".join("5" * 300), ",".join("6" * 300)])
    draft = plan_dataset(Sources(small, "wide", (written(tmp_path / "a.csv", content),)))
    assert {one.type for one in draft.tables[0].columns} == {"integer"}
    assert {one.values for one in draft.tables[0].columns} == {("5", "6")}
    assert len(asked) < 30


def test_a_file_above_the_limit_of_bytes_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SOURCE_BYTES", 20)
    path = written(tmp_path / "a.csv", GOOD)
    with pytest.raises(UsageError) as caught:
        read_sheets(path)
    assert "more than 20 bytes" in caught.value.text("en")


@pytest.mark.parametrize("encoding", ["zlib", "hex", "rot13", "undefined", "no such thing", "idna", "utf-7", "ascii"])
def test_an_encoding_that_is_none_of_text_or_of_another_text_is_refused(encoding: str, tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "号,b\n1,2\n".encode("gb18030"))
    with pytest.raises(UsageError) as caught:
        read_sheets(path, encoding)
    assert encoding in caught.value.text("en")
    with pytest.raises(Unreadable) as unreadable:
        read_layout(path, Dialect(encoding=encoding))
    assert unreadable.value.code in ("encoding-error", "source-error")


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    for name in ("pipe.csv", ".", "none.csv"):
        with pytest.raises(UsageError):
            read_sheets(tmp_path / name)


# CSVs that `check` reads

TABLE = Table("t", "t.csv", "t.csv", Schema("t", "", (Field("a", "string"), Field("b", "string"))))


def problem_of(path: Path) -> tuple[str, str | None, int | None]:
    (report,) = check_tables([TableSource(TABLE, path)])
    (found,) = report.problems
    return found.code, dict(found.values).get("rule"), found.line


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    ("content", "rule", "line"),
    [
        (b"\0", "nul", 1),
        (b"a,b\n1,2\n" + b"\0", "nul", 3),
        (b"x", "row", 1),
        (b'a,b\n"1', "row", 2),
        (b'a,b\n1,"', "quote", 2),
        (b'a,b\n1,2\n\n1,"', "quote", 4),
    ],
)
@pytest.mark.thorough
def test_the_check_reads_no_more_of_a_row_than_a_row_may_have(
    content: bytes, rule: str, line: int, tmp_path: Path
) -> None:
    filling = b"x,y\n" if rule == "quote" else content[-1:]
    path = tmp_path / "t.csv"
    with path.open("wb") as file:
        file.write(content)
        for _ in range(30):
            file.write(filling * (1_000_000 // len(filling)))
    tracemalloc.start()
    try:
        with pytest.raises(Unreadable):
            read_layout(path, Dialect())
        assert tracemalloc.get_traced_memory()[1] < 100_000_000
    finally:
        tracemalloc.stop()
    assert problem_of(path) == ("source-error", rule, line)


@pytest.mark.parametrize(("filling", "rule"), [("\0", "nul"), ("x", "label")])
def test_labels_have_a_length(filling: str, rule: str, tmp_path: Path) -> None:
    assert problem_of(written(tmp_path / "t.csv", f"a,{filling * 10_001}\n1,2\n")) == ("source-error", rule, 1)


def test_a_long_row_far_down_ends_the_reading_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ROW_CHARACTERS", 5_000)
    path = written(tmp_path / "t.csv", "a,b\n" + "1,2\n" * 500 + '3,"' + "x,y\n" * 5_000 + '",\n')
    assert problem_of(path) == ("source-error", "quote", 502)


def test_quotes_that_the_sniffer_would_look_at_again_and_again_are_passed_over(tmp_path: Path) -> None:
    """The standard library looks at all that follows each quote: here it would take hours."""
    path = written(tmp_path / "t.csv", "a,b\n" + ',"x' * 300_000 + "\n")
    with pytest.raises(Unreadable, match="columns"):
        read_layout(path, Dialect())


def test_what_spreadsheets_would_change_is_found_in_a_table_of_many_columns(tmp_path: Path) -> None:
    """DuckDB takes no sum of more than a thousand terms, and long to plan a query that counts in every column."""
    fields = tuple(Field(f"c{one}", "string") for one in range(1_200))
    table = Table("t", "t.csv", "t.csv", Schema("t", "", fields))
    text = "\n".join([",".join(one.name for one in fields), ",".join("x" * 1_200), ",".join("x" * 1_199) + ",01"])
    (report,) = check_tables([TableSource(table, written(tmp_path / "t.csv", text), opened=True)])
    (found,) = report.problems
    assert (found.code, found.line, found.cell and found.cell.field) == ("spreadsheet-damage", 3, "c1199")


def test_good_files_are_read_as_before(tmp_path: Path) -> None:
    """Titles above, empty rows and columns, and cells with line breaks."""
    path = written(tmp_path / "a.csv", 'Title,,,\n,,,\na,b,,\n1,"x\ny",,\n,,,\n2,z,,\n')
    assert read_sheets(path) == (Sheet("a", ("a", "b"), (("1", "x\ny"), ("2", "z")), "utf-8, “,”", delimiter=","),)
    assert read_sheets(path)[0].lines == (4, 7)
