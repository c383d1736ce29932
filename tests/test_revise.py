"""`revise` takes a changed file in so that only what really changed shows."""

from __future__ import annotations

import csv
import difflib
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from datagazette.cli import main
from datagazette.commands.check import CheckOptions, check_targets
from tests.conftest import ROOT, tree_hashes


def revised(root: Path, *arguments: str | Path) -> int:
    return main(["revise", "counts", *map(str, arguments), "--root", str(root), "--lang", "en"])


def rows(root: Path, version: str = "1.1.0") -> list[list[str]]:
    with (root / f"datasets/counts/{version}/counts.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def sent(path: Path, table: list[list[str]], encoding: str = "utf-8-sig", **dialect: str) -> Path:
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream, **{"lineterminator": "\r\n", **dialect}).writerows(table)  # type: ignore[arg-type]
    return path


def changed_lines(before: Path, after: Path) -> list[str]:
    """The lines that a diff shows, with their sign."""
    texts = [path.read_bytes().decode("utf-8").splitlines(keepends=True) for path in (before, after)]
    return [line for line in difflib.unified_diff(*texts, n=0) if line[:3] not in ("---", "+++") and line[0] in "+-"]


def saved_by_a_spreadsheet(table: list[list[str]]) -> list[list[str]]:
    """Columns and rows in another order, decimals written anew, an empty column and empty rows."""
    head, *body = table
    order = list(range(len(head)))[::-1]
    mixed = [head, *sorted(body, key=lambda row: row[2])]
    return [[*(row[at] for at in order), ""] for row in mixed] + [[""] * (len(head) + 1)] * 50


def test_only_the_rows_that_changed_show(small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = rows(small)
    table[2][2] = "999"
    file = sent(tmp_path / "counts.csv", saved_by_a_spreadsheet(table), delimiter=";")
    assert revised(small, "--data", file) == 0
    said = capsys.readouterr().out
    assert "datasets/counts/1.1.1 is ready" in said
    assert "counts.csv: rows added 0, changed 1, removed 0" in said
    folder = small / "datasets/counts"
    lines = changed_lines(folder / "1.1.0/counts.csv", folder / "1.1.1/counts.csv")
    assert len(lines) == 2
    assert "999" in lines[1]
    assert check_targets(CheckOptions(small, ("counts",), jobs=1)).valid


def test_new_rows_come_where_they_stand_and_the_version_follows(small: Path, tmp_path: Path) -> None:
    table = rows(small)
    new = ["010", "2030", "5", "exact"]
    assert revised(small, "--data", sent(tmp_path / "a.csv", [table[0], table[1], new, *table[2:]])) == 0
    assert rows(small, "1.2.0") == [table[0], table[1], new, *table[2:]]


def test_a_file_of_new_rows_alone_is_added(small: Path, tmp_path: Path) -> None:
    table = rows(small)
    changed = [*table[1][:2], "4321", table[1][3]]
    new = ["010", "2030", "5", "exact"]
    assert revised(small, "--data", sent(tmp_path / "a.csv", [table[0], new, changed]), "--add") == 0
    assert rows(small, "1.2.0") == [table[0], changed, *table[2:], new]


def test_rows_that_are_gone_are_counted_and_are_a_correction_where_nothing_refers_to_them(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = rows(small)
    assert revised(small, "--data", sent(tmp_path / "a.csv", table[:2])) == 1, "a note speaks of a row that is gone"
    assert f"rows added 0, changed 0, removed {len(table) - 2}" in capsys.readouterr().out
    assert rows(small, "1.1.1") == table[:2]


def test_headings_in_words_and_a_workbook(small: Path, tmp_path: Path) -> None:
    path = tmp_path / "某年.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for column, label in enumerate(("地点", "年份", "人数", "界限")):
            sheet.write(0, column, label)
        for number, row in enumerate(rows(small)[1:], 1):
            sheet.write_string(number, 0, row[0])
            sheet.write_number(number, 1, int(row[1]))
            sheet.write_number(number, 2, float(row[2]) + (number == 1))
            sheet.write_string(number, 3, row[3])
    assert revised(small, "--data", path) == 0
    before, after = (small / f"datasets/counts/{one}/counts.csv" for one in ("1.1.0", "1.1.1"))
    assert len(changed_lines(before, after)) == 2


def test_the_dialect_of_the_table_stays(small: Path, tmp_path: Path) -> None:
    old = small / "datasets/counts/1.1.0/counts.csv"
    content = "\ufeff" + old.read_text("utf-8").replace("\n", "\r\n").replace(",", ";").removesuffix("\r\n")
    (small / "datasets/counts/releases.yaml").unlink()
    old.write_bytes(content.encode())
    table = [line.split(";") for line in content.removeprefix("\ufeff").split("\r\n")]
    table[1][2] = "77"
    assert revised(small, "--data", sent(tmp_path / "a.csv", table, "gb18030", lineterminator="\n")) == 0
    kept = content.split("\r\n")
    kept[1] = ";".join(table[1])
    assert old.read_bytes().decode() == "\r\n".join(kept)


def test_a_table_without_a_key_is_a_bag_of_rows(small: Path, tmp_path: Path) -> None:
    schema = small / "schemas/counts.v1.yaml"
    schema.write_text(schema.read_text("utf-8").replace("primaryKey: [place, year]\n", ""), "utf-8")
    shutil.rmtree(small / "datasets/counts/1.1.0/schemas")
    (small / "datasets/counts/releases.yaml").unlink()
    table = rows(small)
    twice = [*table, table[1]]
    assert revised(small, "--data", sent(tmp_path / "a.csv", [twice[0], *twice[:0:-1]])) == 1, "notes need a key"
    assert rows(small) == [*table, table[1]]


@pytest.mark.parametrize(
    ("label", "english", "chinese"),
    [
        ("poeple", "did you mean “poeple”", "“poeple”是否就是它"),
        ("x", "no column “people”", "没有“people”这一列"),
    ],
)
def test_a_column_that_is_not_there(
    label: str, english: str, chinese: str, small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = rows(small)
    table[0][2] = label
    file = sent(tmp_path / "a.csv", table)
    before = tree_hashes(small)
    for language, words in (("en", english), ("zh", chinese)):
        assert main(["revise", "counts", "--data", str(file), "--root", str(small), "--lang", language]) == 2
        assert words in capsys.readouterr().err
    assert tree_hashes(small) == before


def test_the_same_file_twice_changes_nothing(small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = rows(small)
    table[1][2] = "77"
    file = sent(tmp_path / "a.csv", table)
    assert revised(small, "--data", file) == 0
    before = tree_hashes(small)
    capsys.readouterr()
    assert revised(small, "--data", file) == 0
    assert "rows added 0, changed 0, removed 0" in capsys.readouterr().out
    assert tree_hashes(small) == before


@pytest.mark.thorough
@pytest.mark.slow
def test_killed_at_any_step_the_draft_is_whole_or_not_there(small: Path, tmp_path: Path) -> None:
    table = rows(small)
    table[1][2] = "77"
    file = sent(tmp_path / "a.csv", table)
    arguments = ["revise", "counts", "--data", str(file), "--root", str(small)]
    before = tree_hashes(small)
    assert main(arguments) == 0
    after = tree_hashes(small)
    states = []
    for place in range(1, 100):
        shutil.rmtree(small / "datasets/counts/1.1.1")
        command = [sys.executable, "-m", "tests.killing", str(place), str(small / "datasets"), *arguments]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL, done.stderr.decode()
        seen = {name: content for name, content in tree_hashes(small).items() if "/." not in name}
        assert seen in (before, after)
        states.append(seen)
        assert main(arguments) == 0
        assert tree_hashes(small) == after
    assert before in states


def test_a_schema_that_only_the_release_has_comes_along(small: Path, run: Callable[..., object]) -> None:
    (small / "schemas/counts.v1.yaml").unlink()
    assert revised(small) == 0
    assert (small / "datasets/counts/1.2.0/schemas/counts.v1.yaml").is_file()
    assert check_targets(CheckOptions(small, ("counts",), jobs=1)).valid
