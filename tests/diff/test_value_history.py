"""The history file holds every release: its tables can be built from it again, and what is followed is followed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest

from datagazette.diff import value_history
from datagazette.diff.recodings import Recoding, moves
from datagazette.diff.value_history import Followed, write_history
from datagazette.model.names import Version
from datagazette.model.publication import Release
from datagazette.model.resource import Field, Schema, Table
from datagazette.model.text import Text
from datagazette.model.value_history import TableHistory, ValueHistory
from datagazette.tables.engine import connect
from tests.diff.rebuilding import Line, in_order, lines_of, rebuilt

# Each table of a release: its key, its columns with their types, and its rows.
Described = tuple[tuple[str, ...], Mapping[str, str], Sequence[Sequence[str]]]
_STOCK = {"code": "string", "day": "date", "name": "string", "amount": "number"}
_LATER = {"code": "string", "day": "date", "name": "string", "quantity": "number", "shelf": "string"}
_CODES = {"old": "string", "new": "string", "kind": "string", "date": "date"}
_LOG = {"what": "string", "times": "integer"}
_FIRST = [
    ["A", "2026-01-01", "Apples", "1.50"],
    ["B", "2026-01-01", "Pears, ripe", "20"],
    ["C|c", "2026-01-01", "Plums", ""],
    ["D", "2026-01-01", 'He said "no"', "3"],
    ["E", "2026-01-01", "two\nlines", "NA"],
]
STORY: dict[str, dict[str, Described]] = {
    "1.0.0": {
        "stock": (("code",), _STOCK, _FIRST),
        "log": ((), _LOG, [["seen", "1"], ["seen", "1"], ["counted", "2"]]),
    },
    "1.1.0": {  # a value changed, one emptied, one filled, a row went, one came
        "stock": (("code",), _STOCK, [
            ["A", "2026-01-01", "Apples", "1.50"],
            ["B", "2026-01-01", "Pears, ripe", "21"],
            ["D", "2026-01-01", 'He said "no"', ""],
            ["E", "2026-01-01", "two\nlines", "7"],
            ["F", "2026-02-01", "Figs", "0"],
        ]),
        "log": ((), _LOG, [["seen", "1"], ["counted", "2"], ["counted", "3"]]),
    },
    "1.2.0": {  # the row is back, values are written otherwise, there is a new column; a table is away
        "stock": (("code",), {**_STOCK, "shelf": "string"}, [
            ["F", "2026-02-01", "Figs", "0", "上"],
            ["A", "2026-01-01", "Apples", "1.5", "1"],
            ["B", "2026-01-01", "Pears, ripe", "21", ""],
            ["C|c", "2026-01-01", "Plums", "4", "2"],
            ["D", "2026-01-01", 'He said "no"', "", ""],
            ["E", "2026-01-01", "two\nlines", "7", ""],
        ]),
    },
    "1.3.0": {  # a column has another name
        "stock": (("code",), _LATER, [
            ["F", "2026-02-01", "Figs", "0", "上"],
            ["A", "2026-01-01", "Apples", "1.5", "1"],
            ["B", "2026-01-01", "Pears, ripe", "21", ""],
            ["C|c", "2026-01-01", "Plums", "4", "2"],
            ["D", "2026-01-01", 'He said "no"', "", ""],
            ["E", "2026-01-01", "two\nlines", "7", ""],
        ]),
    },
    "2.0.0": {  # codes: one is new, two are exchanged, one was merged
        "stock": (("code",), _LATER, [
            ["A2", "2026-01-01", "Apples", "1.5", "1"],
            ["D", "2026-01-01", "Pears, ripe", "21", ""],
            ["B", "2026-01-01", 'He said "no"', "", ""],
            ["C|c", "2026-01-01", "Plums", "4", "2"],
            ["F", "2026-02-01", "Figs", "9", "上"],
        ]),
        "log": ((), _LOG, [["seen", "1"]]),
        "codes": ((), _CODES, [
            ["A", "A2", "recoded", "2026-03-01"],
            ["B", "D", "renamed", "2026-03-02"],
            ["D", "B", "renamed", "2026-03-02"],
            ["E", "F", "merged", "2026-03-02"],
        ]),
    },
    "2.1.0": {  # the code goes on, and another thing has the one before it
        "stock": (("code",), {"code": "string", "day": "date", "name": "string", "quantity": "number"}, [
            ["A", "2026-04-01", "Almonds", "100", ],
            ["A3", "2026-01-01", "Apples", "1.6"],
            ["D", "2026-01-01", "Pears, ripe", "21"],
            ["B", "2026-01-01", 'He said "no"', "2"],
            ["C|c", "2026-01-01", "Plums", "4"],
            ["F", "2026-02-01", "Figs", "9"],
        ]),
        "log": ((), _LOG, [["seen", "1"]]),
        "codes": ((), _CODES, [
            ["A", "A2", "recoded", "2026-03-01"],
            ["B", "D", "renamed", "2026-03-02"],
            ["D", "B", "renamed", "2026-03-02"],
            ["E", "F", "merged", "2026-03-02"],
            ["A2", "A3", "recoded", "2026-04-01"],
        ]),
    },
}  # fmt: skip
_REASON = {"1.1.0": "Counted again.\nThe plums went bad.", "2.0.0": "New codes."}
Made = tuple[list[dict[str, str]], ValueHistory]


def _written(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'


def _release(root: Path, version: str, number: int, tables: Mapping[str, Described]) -> Release:
    made = []
    for name, (key, columns, rows) in tables.items():
        file = f"{version}/{name}.csv"
        (root / version).mkdir(parents=True, exist_ok=True)
        lines = [",".join(map(_written, row)) for row in ([*columns], *rows)]
        (root / file).write_text("\n".join(lines) + "\n", "utf-8")
        fields = tuple(Field(name, kind) for name, kind in columns.items())
        described = {"fields": [*columns.items()], "primaryKey": key}
        schema = Schema(name, "", fields, key, missing_values=("", "NA"), descriptor=described)
        made.append(Table(name, f"{name}.csv", file, schema))
    found = tuple(map(int, version.split(".")))
    changes = Text((("en", _REASON.get(version, f"Release {version}.")), ("zh", f"版本 {version}。")))
    return Release(
        "shop", Version(*found), version, "released", Text((("en", "Shop"),)), Text(), ("en", "zh"),
        date(2026, number + 1, 1), changes, tables=tuple(made),
    )  # fmt: skip


def _history(root: Path, story: Mapping[str, Mapping[str, Described]]) -> Made:
    releases = tuple(_release(root, version, number, tables) for number, (version, tables) in enumerate(story.items()))
    scratch = root / "scratch"
    scratch.mkdir()
    with connect() as engine:
        found = write_history(engine, Followed(releases, root, ("en", "zh"), scratch), root / "history.csv")
    return lines_of(root / "history.csv"), found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return _history(tmp_path_factory.mktemp("history"), STORY)


def _cells(lines: Sequence[Line], key: str, field: str) -> list[tuple[str, ...]]:
    """What a cell was: value, from, to, how it began, why."""
    columns = ("value", "from", "to", "change", "from_reason")
    return [
        tuple(line[name] for name in columns)
        for line in lines
        if line["part"] == "cell" and (line["table"], line["key"], line["field"]) == ("stock", key, field)
    ]


def _rows(lines: Sequence[Line], name: str) -> list[tuple[str, ...]]:
    columns = ("key", "value", "from", "to", "change", "ended")
    return [tuple(line[column] for column in columns) for line in lines
            if line["part"] == "row" and line["table"] == "stock" and name in (line["key"], line["value"])]  # fmt: skip


@pytest.mark.parametrize("version", STORY)
def test_every_release_can_be_built_from_the_file(made: Made, version: str) -> None:
    tables = rebuilt(made[0], list(STORY), version)
    assert tables.keys() == STORY[version].keys()
    for name, (_, columns, rows) in STORY[version].items():
        expected = [dict(zip(columns, row, strict=True)) for row in rows]
        assert in_order(tables[name]) == in_order(expected), name


def test_a_value_has_its_periods_with_the_reasons(made: Made) -> None:
    assert _cells(made[0], "D", "quantity") == [
        ("20", "1.0.0", "1.1.0", "row", ""),
        ("21", "1.1.0", "", "changed", "Counted again. The plums went bad."),
    ]
    (changed,) = [line for line in made[0] if line["value"] == "21" and line["part"] == "cell"]
    assert (changed["before"], changed["from_date"], changed["to_date"]) == ("20", "2026-02-01", "")
    assert changed["from_reason@zh"] == "版本 1.1.0。"


def test_what_is_written_otherwise_is_no_change_of_the_value(made: Made) -> None:
    assert [line[:4] for line in _cells(made[0], "A3", "quantity")] == [
        ("1.50", "1.0.0", "1.2.0", "row"), ("1.5", "1.2.0", "2.1.0", "rewritten"), ("1.6", "2.1.0", "", "changed"),
    ]  # fmt: skip
    assert _table(made).counts["rewritten"] == 1


def test_a_row_is_followed_under_its_new_code_and_is_not_taken_for_another(made: Made) -> None:
    lines = made[0]
    assert _rows(lines, "A3") == [
        ("A3", "A", "1.0.0", "2.0.0", "table", "recoded"),
        ("A3", "A2", "2.0.0", "2.1.0", "recoded", "recoded"),
        ("A3", "A3", "2.1.0", "", "recoded", ""),
    ]
    (almonds,) = [line for line in lines if line["part"] == "row" and line["key"] == "A"]
    assert (almonds["from"], almonds["change"]) == ("2.1.0", "added")
    assert [line[0] for line in _cells(lines, "B", "name")] == ['He said "no"']
    assert [line[0] for line in _cells(lines, "D", "name")] == ["Pears, ripe"]


def test_a_row_that_went_and_came_back_has_two_periods_and_what_was_merged_has_ended(made: Made) -> None:
    assert [line[2:] for line in _rows(made[0], "C\\|c")] == [
        ("1.0.0", "1.1.0", "table", "removed"), ("1.2.0", "", "restored", ""),
    ]  # fmt: skip
    assert _rows(made[0], "E") == [("E", "E", "1.0.0", "2.0.0", "table", "removed")]


def _table(made: Made, name: str = "stock") -> TableHistory:
    return next(table for table in made[1].tables if table.resource == name)


def test_the_page_gets_the_rows_that_changed_last_before_others(made: Made) -> None:
    table = _table(made)
    assert [row.key for row in table.rows] == ["A3", "B", "D", "E", "F", "C\\|c"]
    assert (table.changed, table.left_out) == (6, 0)
    kinds = {kind: count for kind, count in table.counts.items() if kind in ("changed", "restored", "recoded")}
    assert kinds == {"changed": 4, "restored": 1, "recoded": 4}
    assert [(period.field, period.value, period.change) for period in table.fields if period.change == "renamed"] == [
        ("quantity", "quantity", "renamed")
    ]


def test_of_a_large_table_only_what_changed_is_in_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(value_history, "HISTORY_CELLS", 3)
    lines, found = _history(tmp_path, {version: STORY[version] for version in ("1.0.0", "1.1.0")})
    assert _table(([], found)).left_out == 9
    changed = {line["key"] for line in lines if line["part"] == "row" and line["table"] == "stock"}
    assert changed == {"B", "C\\|c", "D", "E", "F"}
    assert [line[0] for line in _cells(lines, "B", "amount")] == ["20", "21"]


def test_a_file_grows_with_what_changes(tmp_path: Path) -> None:
    same = {f"1.{number}.0": STORY["1.0.0"] for number in range(6)}
    key, columns, _ = STORY["1.0.0"]["stock"]
    changed = {**STORY["1.0.0"], "stock": (key, columns, [*_FIRST[:4], ["E", "2026-01-01", "two\nlines", "8"]])}
    sizes = []
    for name, story in (("once", {"1.0.0": STORY["1.0.0"]}), ("often", {**same, "1.6.0": changed})):
        (tmp_path / name).mkdir()
        sizes.append(len(_history(tmp_path / name, story)[0]))
    assert sizes[1] == sizes[0] + 1


def _line(old: str, new: str, day: str = "2026-01-01") -> Recoding:
    return Recoding(old, new, day)


@pytest.mark.parametrize(
    ("lines", "before", "after", "expected"),
    [
        ([_line("a", "b")], "a", "b", {"a": "b"}),
        ([_line("a", "b"), _line("b", "c", "2026-02-01")], "a", "c", {"a": "c"}),
        ([_line("a", "b"), _line("b", "a")], "ab", "ab", {"a": "b", "b": "a"}),
        ([_line("a", "c"), _line("b", "c")], "ab", "c", {}),  # merged, whatever it is called
        ([_line("a", "b"), _line("a", "c")], "a", "bc", {}),  # split
        ([_line("a", "b")], "ab", "b", {}),  # the other one was there already
        ([_line("a", "b")], "a", "a", {}),
    ],
)
def test_codes_go_on_as_one_code_and_one_only(
    lines: list[Recoding], before: str, after: str, expected: dict[str, str]
) -> None:  # fmt: skip
    assert moves(lines, (), set(before), set(after)) == expected


def test_codes_that_were_known_before_say_nothing_of_codes_in_use() -> None:
    lines = [_line("a", "b")]
    assert moves(lines, lines, {"a", "b"}, {"a", "b"}) == {}
    assert moves(lines, lines, {"a"}, {"b"}) == {"a": "b"}


def test_codes_of_one_field_of_a_key(tmp_path: Path) -> None:
    columns = {"region": "string", "year": "integer", "people": "integer"}
    codes = {**_CODES, "resource": "string", "field": "string"}
    story: dict[str, dict[str, Described]] = {
        "1.0.0": {
            "people": (("region", "year"), columns, [["x", "2020", "1"], ["x", "2021", "2"], ["y", "2021", "3"]])
        },
        "1.1.0": {
            "people": (("region", "year"), columns, [["z", "2020", "1"], ["z", "2021", "4"], ["y", "2021", "3"]]),
            "codes": ((), codes, [["x", "z", "recoded", "2026-01-01", "people", "region"]]),
        },
    }
    lines, found = _history(tmp_path, story)
    assert _table(([], found), "people").counts == {"recoded": 2, "changed": 1}
    assert [line["value"] for line in lines if line["key"] == "z|2021" and line["part"] == "cell"] == ["2", "4"]
    for version, tables in story.items():
        rows = [dict(zip(columns, row, strict=True)) for row in tables["people"][2]]
        assert in_order(rebuilt(lines, list(story), version)["people"]) == in_order(rows)
