"""The index over rows: what is the same in every language is kept once, and what a script reads is what was said."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from datagazette.search.row_entries import PlaceNames, TableRows
from datagazette.search.row_files import PartOfIndex, Whole, about_index
from datagazette.search.row_texts import BLOCK, SHARED, Entry, RowTexts, by_part

LANGUAGES = ("zh", "en")
SHELF = {"explore": "datasets/x/explore/", "table": "places", "said": [{"title": "地区"}, {"title": "Places"}]}
TABLE = TableRows(("x", "places"), 0, SHELF, PlaceNames((), {}))


def entry(key: str, *titles: str, around: Sequence[Any] = (), words: Sequence[str] = ()) -> Entry:
    return Entry(key, titles, tuple(around), tuple(words))


def files(texts: RowTexts, part: str = SHARED, tables: int = 1) -> tuple[dict[str, Any], dict[str, Any]]:
    """The files of a part of the index, read, and what is said of it. Each table has the same rows."""
    index = PartOfIndex(Whole(LANGUAGES, [TABLE] * tables, None, {}, {}), part)
    for number in range(tables):
        index.add(number, texts)
    read = {path: json.loads(zlib.decompress(content)) for path, content in index.files()}
    about = json.loads(about_index(LANGUAGES, {part: index.about}))
    return read, about["parts"].get(part, {})


def rows_of(found: dict[str, Any], gram: str) -> list[int]:
    """The rows that a gram leads to, of the one file of grams."""
    postings = found[f"{SHARED}/grams/0.bin"]
    place = sorted(whole(postings["grams"])).index(gram)
    return [row for lists in ("first", "other") for row in accumulate(postings[lists][place])]


def whole(texts: Sequence[str]) -> list[str]:
    return list(accumulate(texts, lambda before, text: before[: ord(text[0]) - 48] + text[1:], initial=""))[1:]


def test_a_row_is_kept_once_where_its_name_is_the_same_in_every_language() -> None:
    rows = [
        entry("1", "银川市", "银川市", around=[("市", "city")]),
        entry("2", "宁夏", "Ningxia", around=[("省", "province")]),
    ]
    parts = by_part(rows, LANGUAGES)
    assert {part: texts.keys for part, texts in parts.items()} == {SHARED: ("1",), "zh": ("2",), "en": ("2",)}
    assert parts[SHARED].around == ((("市", "city"),),)
    assert parts["en"].around == (("province",),)
    assert by_part([entry("1", "a")], ["en"]).keys() == {SHARED}, "of one language all is the same"


def test_a_language_part_says_a_table_in_its_language_alone() -> None:
    texts = by_part([entry("2", "宁夏", "Ningxia", words=["宁夏"])], LANGUAGES)["en"]
    found, _ = files(texts, "en")
    block = found["en/rows/0.bin"]
    assert block["shelves"]["0"]["said"] == [{"title": "Places"}]
    assert block["tables"] == [{"shelf": 0, "keys": ["02"], "titles": ["Ningxia"], "words": ["宁夏"], "around": []}]


def test_names_that_begin_alike_are_in_one_block_in_order_of_their_keys() -> None:
    count = 3 * BLOCK
    rows = [entry(f"{number:05}", f"{'cab'[number % 3]}{number}") for number in range(count)]
    texts = by_part([row._replace(titles=row.titles * 2) for row in rows], LANGUAGES)[SHARED]
    found, about = files(texts)
    blocks = [found[f"{SHARED}/rows/{place}.bin"]["tables"][0] for place in range(3)]
    assert [{title[0] for title in block["titles"]} for block in blocks] == [{"a"}, {"b"}, {"c"}]
    assert all(whole(block["keys"]) == sorted(whole(block["keys"])) for block in blocks)
    assert about["rows"] == count
    (place,) = rows_of(found, "00007")
    assert blocks[place // BLOCK]["titles"][place % BLOCK] == "a7"


def test_a_text_of_many_rows_is_kept_once_and_a_row_has_its_number() -> None:
    provinces = [("甲省", "Jia"), ("乙省", "Yi")]
    rows = [
        entry(f"{number:05}", *[f"n{number}"] * 2, around=[provinces[number % 2], f"only {number}"])
        for number in range(BLOCK + 1)
    ]
    found, about = files(by_part(rows, LANGUAGES)[SHARED])
    often = found[f"{SHARED}/often.bin"]
    assert sorted(often) == [list(name) for name in sorted(provinces)]
    assert about["often"] == 2
    column, other = found[f"{SHARED}/rows/1.bin"]["tables"][0]["around"]
    assert [often[number] for number in accumulate(column)] in ([["甲省", "Jia"]], [["乙省", "Yi"]])
    assert other[0].startswith("only ")


def test_rows_of_a_table_are_found_behind_those_of_the_tables_before_it() -> None:
    rows = [entry(f"{number:03}", *[f"name {number}"] * 2) for number in range(300)]
    found, about = files(by_part(rows, LANGUAGES)[SHARED], tables=3)
    assert rows_of(found, "007") == [7, BLOCK + 7, 2 * BLOCK + 7], "a table that fits in a block is in one"
    assert about["rows"] == 900


def test_what_a_key_shares_with_the_one_before_is_left_out() -> None:
    rows = [entry(key, key, key) for key in ("11", "1101", "1102", "乙", "乙2", "x" * 80, "x" * 81)]
    texts = by_part(sorted(rows, key=lambda row: row.key), LANGUAGES)[SHARED]
    found, _ = files(texts)
    keys = found[f"{SHARED}/rows/0.bin"]["tables"][0]["keys"]
    assert whole(keys) == list(texts.keys)
    assert keys[:3] == ["011", "201", "32"]
