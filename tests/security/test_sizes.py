"""Each list has a limit: one more is refused by one error that says the limit and what was found."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from datagazette.commands.check import CheckOptions, check_targets
from datagazette.load.publication import load_publication
from datagazette.load.yaml_file import parse_yaml
from datagazette.model import limits
from datagazette.model.names import NearMisses
from datagazette.model.problems import Problem, message
from datagazette.model.publication import Note
from datagazette.model.resource import Dialect
from datagazette.tables.descriptors import parse_schema
from datagazette.tables.engine import Limits, connect
from datagazette.tables.layout import Unreadable, read_layout
from datagazette.tables.parquet import check_notes, tabulate
from tests.conftest import ROOT

VERSION = "datasets/visits/1.0.0"
DRAFT = f"{VERSION}/datapackage.yaml"


def errors(problems: tuple[Problem, ...]) -> list[tuple[str, str]]:
    return [(one.code, one.file) for one in problems if one.severity == "error"]


def said(problems: tuple[Problem, ...]) -> tuple[int, int]:
    """What was found, and the limit, as the one error says them in both languages."""
    found = [one for one in problems if one.severity == "error"]
    assert [one.code for one in found] == ["too-many"], found
    values = dict(found[0].values)
    for language in ("zh", "en"):
        assert values["found"] in message(found[0], language)
        assert values["limit"] in message(found[0], language)
    return int(values["found"]), int(values["limit"])


def schema(**described: Any) -> tuple[Problem, ...]:
    return parse_schema({"fields": [{"name": "a"}], **described}, "s", "s.yaml", ("en",))[1]


def field(**described: Any) -> Callable[[int], dict[str, Any]]:
    """A schema of one field, in which lists have a number of items."""

    def made(count: int) -> dict[str, Any]:
        listed = {key: [str(number) for number in range(count)] for key in described}
        kind = described.get("categories") or next(iter(described.values()))
        return {"fields": [{"name": "a", "type": kind, **listed}]}

    return made


SCHEMAS: dict[str, tuple[int, Callable[[int], dict[str, Any]]]] = {
    "fields": (limits.FIELDS, lambda count: {"fields": [{"name": f"f{number}"} for number in range(count)]}),
    "categories": (limits.VALUES, field(categories="string")),
    "missing values of a field": (limits.VALUES, field(missingValues="string")),
    "true values": (limits.VALUES, field(trueValues="boolean")),
    "false values": (limits.VALUES, field(falseValues="boolean")),
    "allowed values": (
        limits.VALUES,
        lambda count: {"fields": [{"name": "a", "type": "string", "constraints": {"enum": ["x"] * count}}]},
    ),
    "missing values": (
        limits.VALUES,
        lambda count: {"fields": [{"name": "a"}], "missingValues": [str(number) for number in range(count)]},
    ),
    "unique keys": (limits.KEYS, lambda count: {"fields": [{"name": "a"}], "uniqueKeys": [["a"]] * count}),
    "foreign keys": (
        limits.KEYS,
        lambda count: {
            "fields": [{"name": "a"}],
            "foreignKeys": [{"fields": "a", "reference": {"resource": "", "fields": "a"}}] * count,
        },
    ),
}


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_lists_of_a_schema_have_limits(name: str) -> None:
    limit, make = SCHEMAS[name]
    assert errors(schema(**make(limit))) == []
    assert said(schema(**make(limit + 1))) == (limit + 1, limit)


@pytest.mark.sample(2)
@pytest.mark.parametrize("key", ["resources", "licenses", "sources", "contributors", "keywords"])
def test_the_lists_of_a_package_from_elsewhere_have_limits(key: str, tmp_path: Path) -> None:
    """Only what is refused is checked here: a thousand tables take a while."""
    (tmp_path / "a.csv").write_text("a\n1\n")
    one = {"name": "a", "path": "a.csv", "schema": {"fields": [{"name": "a"}]}}
    item: Any = {"resources": one, "keywords": "x"}.get(key, {"name": "n", "title": "t"})
    path = tmp_path / "datapackage.json"
    for count in (limits.ITEMS, limits.ITEMS + 1):
        if key == "resources" and count == limits.ITEMS:
            continue
        path.write_text(json.dumps({"name": "p", "resources": [one], key: [item] * count}))
        problems = check_targets(CheckOptions(ROOT, (str(path),))).problems
        if count == limits.ITEMS:
            assert errors(problems) == []
        else:
            assert said(problems) == (count, limits.ITEMS)


def listed(key: str, one: str) -> Callable[[Path, int], None]:
    """Writes a list of the draft's descriptor in place of what is there; each item has a name of its own."""

    def write(root: Path, count: int) -> None:
        path = root / DRAFT
        text = re.sub(rf"^{key}:.*\n(?:[ -].*\n)*", "", path.read_text("utf-8"), flags=re.MULTILINE)
        items = "".join(f"  - {one.replace('NAME', f'n{number}')}\n" for number in range(count))
        path.write_text(f"{text}{key}:\n{items}", "utf-8")

    return write


FIGURE = "{name: NAME, title: 甲, title@en: A, resource: visits, key: '1', field: visits}"
LISTS: dict[str, tuple[int, Callable[[Path, int], None]]] = {
    "figures": (limits.ITEMS, listed("figures", FIGURE)),
    "licenses": (limits.ITEMS, listed("licenses", "{name: NAME}")),
    "sources": (limits.ITEMS, listed("sources", "{title: 甲, title@en: A}")),
    "contributors": (limits.ITEMS, listed("contributors", "{title: 甲, title@en: A}")),
    "keywords": (limits.ITEMS, listed("keywords", "NAME")),
    "spatial": (limits.ITEMS, listed("spatial", "NAME")),
}  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
def test_the_lists_of_a_descriptor_have_limits(name: str, small: Path) -> None:
    limit, write = LISTS[name]
    write(small, limit)
    assert errors(load_publication(small).problems) == []
    write(small, limit + 1)
    assert said(load_publication(small).problems) == (limit + 1, limit)


@pytest.mark.parametrize("key", ["resources", "summaries", "checks"])
def test_what_is_made_of_each_item_of_a_descriptor_is_not_begun_beyond_the_limit(key: str, small: Path) -> None:
    listed(key, "{name: NAME}")(small, limits.ITEMS + 1)
    found = [one for one in load_publication(small).problems if one.code == "too-many"]
    assert [dict(one.values) for one in found] == [
        {"key": key, "found": str(limits.ITEMS + 1), "limit": str(limits.ITEMS)}
    ]


def test_the_languages_have_a_limit(small: Path) -> None:
    codes = [f"{first}{second}" for first in "abcdefgh" for second in "abcdefghij"]
    path = small / DRAFT
    text = re.sub("languages: .*\n", "", path.read_text("utf-8"))
    path.write_text(f"{text}languages: [{', '.join(['zh', 'en', *codes][: limits.LANGUAGES + 1])}]\n", "utf-8")
    assert said(load_publication(small).problems) == (limits.LANGUAGES + 1, limits.LANGUAGES)


def test_a_ledger_has_a_limit(small: Path) -> None:
    path = small / "datasets/visits/releases.yaml"

    def codes(count: int) -> list[str]:
        path.write_text(
            "releases:\n" + "".join(f"- {{version: 2.0.{one}, date: 2026-01-01}}\n" for one in range(count))
        )
        return [one.code for one in load_publication(small).problems if one.severity == "error"]

    assert set(codes(limits.RELEASES)) == {"release-missing", "more-problems"}
    assert codes(limits.RELEASES + 1) == ["too-many"]


@pytest.mark.thorough
def test_a_yaml_file_has_a_limit_of_values() -> None:
    half = limits.DESCRIPTOR_VALUES // 2
    text = "a:\n" + "".join(f"- {{k: {number}}}\n" for number in range(half))
    document, problems = parse_yaml(text, "x.yaml")
    assert document is None
    assert said(problems) == (half * 2 + 1, limits.DESCRIPTOR_VALUES)
    assert parse_yaml(text.removesuffix(f"- {{k: {half - 1}}}\n"), "x.yaml")[1] == ()


def notes(root: Path, count: int, resource: str = "visits") -> None:
    written = io.StringIO()
    write = csv.writer(written, lineterminator="\n")
    write.writerow(["resource", "key", "field", "kind", "note", "note@en"])
    write.writerows([resource, number, "visits", "estimate", "甲", "A"] for number in range(count))
    (root / VERSION / "notes.csv").write_text(written.getvalue(), "utf-8")


@pytest.mark.thorough
def test_notes_have_a_limit(small: Path) -> None:
    notes(small, limits.NOTES)
    assert errors(load_publication(small).problems) == []
    notes(small, limits.NOTES + 1)
    assert said(load_publication(small).problems) == (limits.NOTES + 1, limits.NOTES)


def test_many_notes_on_nothing_are_counted(small: Path) -> None:
    notes(small, limits.LISTED + 7, "nothing")
    found = [one for one in load_publication(small).problems if one.file.endswith("notes.csv")]
    assert [one.code for one in found] == [*["notes-resource"] * limits.LISTED, "more-problems"]
    assert dict(found[-1].values) == {"kind": "notes-resource", "count": "7"}


def test_all_notes_of_a_table_are_looked_for_at_once(small: Path, tmp_path: Path) -> None:
    """A query for each note took longer than a minute for a hundred thousand."""
    publication = load_publication(small).publication
    assert publication is not None
    release = next(one for one in publication.datasets if one.name == "visits").releases[0]
    table = release.tables[0]
    many = [
        Note(table.name, str(number), "visits", "estimate", release.title, "", number + 2) for number in range(3_000)
    ]
    with connect(Limits()) as engine:
        typed = {table.name: tabulate(engine, table, small / table.file, tmp_path / "t.parquet")}
        asked: list[str] = []
        rows = engine.rows
        engine.rows = lambda query, parameters=(): asked.append(query) or rows(query, parameters)  # type: ignore[method-assign, func-returns-value]
        found = check_notes(engine, replace(release, notes=tuple(many)), typed)
        there = {str(row[0]) for row in rows(f"SELECT id FROM {typed[table.name].relation}")}
    assert len(asked) == 2  # the keys that no row has, and the key of the first row, which the message names
    assert "more-problems" in {one.code for one in found}
    assert there
    assert there.isdisjoint(dict(one.values).get("key") for one in found)


def test_thousands_of_missing_files_beside_thousands_of_others_are_compared_a_few_times(small: Path) -> None:
    for number in range(3_000):
        (small / VERSION / f"there{number}.csv").write_text("a\n")
    one = "{name: NAME, title: 甲, title@en: A, path: missing-NAME.csv, schema: visits.v1}"
    listed("resources", one)(small, limits.ITEMS)
    problems = load_publication(small).problems
    counts = {code: sum(each.code == code for each in problems) for code in ("file-missing", "file-unused")}
    assert counts == {"file-missing": limits.LISTED, "file-unused": limits.LISTED}


def test_near_misses_are_looked_for_until_enough_names_have_been_compared() -> None:
    near = NearMisses(most=10)
    known = ("title", "description", "keywords", "licenses")
    assert [near.nearest("titel", known) for _ in range(4)] == ["title", "title", "", ""]


def test_slips_are_found_in_a_descriptor_of_many_unknown_keys(small: Path) -> None:
    path = small / DRAFT
    keys = "".join(f"x-{number}: 1\n" for number in range(5_000))
    path.write_text(f"titel: x\n{path.read_text('utf-8')}{keys}", "utf-8")
    problems = load_publication(small).problems
    assert [one.code for one in problems if one.severity == "error"] == ["unknown-key"]
    assert sum(one.code == "extra-key" for one in problems) == limits.LISTED


def test_a_long_circle_of_uses_is_found_without_following_each_way(small: Path) -> None:
    """Each release of the circle had been followed around it: the work grew with the cube of their number."""
    count = 150
    text = (small / DRAFT).read_text("utf-8")
    for number in range(count):
        folder = small / f"datasets/c{number}/1.0.0"
        folder.mkdir(parents=True)
        for path in (small / VERSION).iterdir():
            (folder / path.name).write_bytes(path.read_bytes())
        named = text.replace("name: visits\nversion", f"name: c{number}\nversion")
        used = f"uses: {{places: 1.0.0, c{(number + 1) % count}: 1.0.0}}"
        (folder / "datapackage.yaml").write_text(named.replace("uses: {places: 1.0.0}", used), "utf-8")
    found = [one for one in load_publication(small).problems if one.code == "uses-circle"]
    assert 0 < len(found) <= 100
    ways = [dict(one.values)["circle"].split(" → ") for one in found]
    assert {len(way) for way in ways} == {count + 1}
    assert all(way[0] == way[-1] for way in ways)


def test_a_release_that_only_leads_to_a_circle_is_not_in_one(small: Path) -> None:
    path = small / DRAFT
    text = path.read_text("utf-8")
    for name, used in (("a", "b"), ("b", "a")):
        folder = small / f"datasets/{name}/1.0.0"
        folder.mkdir(parents=True)
        for file in (small / VERSION).iterdir():
            (folder / file.name).write_bytes(file.read_bytes())
        named = text.replace("name: visits\nversion", f"name: {name}\nversion")
        (folder / "datapackage.yaml").write_text(
            named.replace("uses: {places: 1.0.0}", f"uses: {{places: 1.0.0, {used}: 1.0.0}}"), "utf-8"
        )
    path.write_text(text.replace("uses: {places: 1.0.0}", "uses: {places: 1.0.0, a: 1.0.0}"), "utf-8")
    found = {
        one.file: dict(one.values)["circle"] for one in load_publication(small).problems if one.code == "uses-circle"
    }
    assert found == {
        "datasets/a/1.0.0/datapackage.yaml": "a-1.0.0 → b-1.0.0 → a-1.0.0",
        "datasets/b/1.0.0/datapackage.yaml": "b-1.0.0 → a-1.0.0 → b-1.0.0",
    }


def write_bytes(path: Path, size: int) -> None:
    """A comment that fills a file up to a size."""
    text = path.read_text("utf-8").rstrip("\n") + "\n"
    path.write_text(text + "#" * (size - len(text.encode()) - 1) + "\n", "utf-8")


def test_a_descriptor_has_a_limit_of_bytes(small: Path) -> None:
    write_bytes(small / DRAFT, limits.DESCRIPTOR_BYTES)
    assert errors(load_publication(small).problems) == []
    with (small / DRAFT).open("a") as stream:
        stream.write("\n")
    assert errors(load_publication(small).problems) == [("file-too-large", DRAFT)]


def test_a_query_has_a_limit_of_bytes(small: Path) -> None:
    path = small / VERSION / "total.sql"
    path.write_text(path.read_text("utf-8").ljust(limits.QUERY_BYTES), "utf-8")
    assert errors(load_publication(small).problems) == []
    path.write_text(path.read_text("utf-8") + " ", "utf-8")
    assert errors(load_publication(small).problems) == [("file-too-large", f"{VERSION}/total.sql")]


def test_a_mapping_has_a_limit_of_keys() -> None:
    keys = "".join(f"k{number}: 1\n" for number in range(limits.DESCRIPTOR_KEYS))
    assert parse_yaml(keys, "x.yaml")[1] == ()
    assert errors(parse_yaml(f"{keys}one: 1\n", "x.yaml")[1]) == [("yaml-too-many-keys", "x.yaml")]


def test_nesting_has_a_limit() -> None:
    levels = limits.DESCRIPTOR_LEVELS - 1  # below the mapping itself
    assert parse_yaml("a: " + "[" * levels + "]" * levels, "x.yaml")[1] == ()
    assert errors(parse_yaml("a: [" + "[" * levels + "]" * levels + "]", "x.yaml")[1]) == [("yaml-too-deep", "x.yaml")]


def test_a_note_has_a_limit_of_characters(small: Path) -> None:
    path = small / VERSION / "notes.csv"
    for count, expected in ((limits.NOTE_CHARACTERS, []), (limits.NOTE_CHARACTERS + 1, ["notes-empty"])):
        path.write_text(f"resource,key,field,kind,note,note@en\nvisits,1,visits,estimate,{'a' * count},b\n", "utf-8")
        assert [one.code for one in load_publication(small).problems if one.file.endswith("notes.csv")] == expected


def test_a_file_of_notes_has_a_limit_of_bytes(small: Path) -> None:
    path = small / VERSION / "notes.csv"
    with path.open("wb") as stream:
        stream.truncate(limits.NOTES_BYTES + 1)
    assert errors(load_publication(small).problems) == [("file-too-large", f"{VERSION}/notes.csv")]


def test_a_table_has_a_limit_of_columns(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(",".join(f"c{number}" for number in range(limits.COLUMNS)) + "\n")
    assert len(read_layout(path, Dialect()).labels) == limits.COLUMNS
    path.write_text(",".join(f"c{number}" for number in range(limits.COLUMNS + 1)) + "\n")
    with pytest.raises(Unreadable, match=f"{limits.COLUMNS + 1} columns > {limits.COLUMNS}"):
        read_layout(path, Dialect())
