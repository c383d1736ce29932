"""Cells are redacted: the release is published again without them, and no hash is left by which they could be found."""

from __future__ import annotations

import csv
import hashlib
import shutil
from pathlib import Path

import pytest
import yaml

from tests.conftest import call_build, once, publish
from tests.removal.publication import NAME, NAME_ZH, NUMBER, people, read, write
from tests.removal.traces import traces

pytestmark = [pytest.mark.slow, pytest.mark.thorough]

SECRETS = (NAME, NAME_ZH, NUMBER, NAME.split()[0])
REASON = {"zh": "含有个人信息。", "en": "Personal data."}
WHY = ("--reason", REASON["zh"], "--reason-en", REASON["en"])
LANGUAGES = (("zh", ""), ("en", "en/"))


def _cells(folder: Path) -> None:
    """The secret is in one row of 1.0.0 and 1.1.0; 1.2.0 has another row; `visits` was made with 1.0.0."""
    root = folder / "lists"
    write(root, {"1.0.0": people(secret=True), "1.1.0": people(secret=True, count=9), "1.2.0": people(secret=False)})
    publish(root, root / "public")
    shutil.copytree(root / "public", folder / "before")
    shutil.copytree(root / "datasets", folder / "datasets")
    shutil.copytree(root / "build", folder / "built")
    cells = ("--cell", "people", "S01", "phone", "--cell", "people", "S01", "name")
    first = call_build("remove", "people", "1.0.0", *cells, *WHY, "--root", root)
    assert first.status == 0, first.said
    (folder / "said").write_text(first.out, "utf-8")
    listed = folder / "cells.csv"
    listed.write_text("resource,key,field,mask\npeople,S01,phone,000****\npeople,S01,name,(removed)\n", "utf-8")
    second = call_build("remove", "people", "1.1.0", "--redact", listed, *WHY, "--root", root)
    assert second.status == 0, second.said
    (folder / "said2").write_text(second.out, "utf-8")
    shutil.rmtree(root / "build", ignore_errors=True)
    shutil.copytree(folder / "built", root / "build")  # as on another machine, which has not heard of it
    publish(root, root / "public")


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return once(shared / "removed-cells", _cells)


def test_the_values_were_in_every_form_before(folder: Path) -> None:
    kinds = {Path(place.partition(":")[0]).suffix for place in traces(folder / "before", SECRETS)}
    assert {".html", ".csv", ".json", ".parquet", ".xlsx", ".zip", ".gz", ".ndjson", ".svg"} <= kinds
    assert traces(folder / "built", SECRETS)


def test_no_value_is_left(root: Path) -> None:
    assert traces(root, SECRETS) == []
    publish(root, root / "public", "--force")
    assert traces(root, SECRETS) == []


def test_no_hash_is_left_by_which_a_value_could_be_found(folder: Path, root: Path) -> None:
    """Of every file that had a value, or has the hash of such a file in it."""
    before, after = folder / "before/data", root / "public/data"
    changed = [
        path for path in sorted(before.rglob("*")) if path.is_file()
        and (after / path.relative_to(before)).read_bytes() != path.read_bytes()
    ]  # fmt: skip
    assert {"people.csv", "people.parquet", "SHA256SUMS", "changes.json", "people-1.0.0.zip"} <= {
        p.name for p in changed
    }
    old = {hashlib.sha256(path.read_bytes()).hexdigest() for path in changed}
    for place in (root / "datasets", root / "public"):
        assert traces(place, old) == []


def test_other_cells_are_as_they_were(folder: Path, root: Path) -> None:
    for version, expected in (("1.0.0", ["", ""]), ("1.1.0", ["(removed)", "000****"])):
        files = (folder / "datasets/people", root / "public/data/people")
        texts = [(place / version / "people.csv").read_text("utf-8") for place in files]
        before, now = (list(csv.reader(text.splitlines())) for text in texts)
        assert now[:-1] == before[:-1]
        assert now[-1] == ["S01", *expected, "999"]


@pytest.mark.parametrize(("language", "prefix"), LANGUAGES)
def test_pages_mark_the_release(site: Path, language: str, prefix: str) -> None:
    for path in ("datasets/people/1.0.0/", "datasets/people/1.1.0/"):
        page = (site / prefix / path / "index.html").read_text("utf-8")
        assert REASON[language] in page
        assert {"zh": "此版本中的部分数值已于", "en": "Values were removed from this release on"}[language] in page
        assert "people: S01, phone" in page
    made = (site / prefix / "datasets/visits/1.0.0/index.html").read_text("utf-8")
    assert {"zh": "重新生成", "en": "They were written again on"}[language] in made


def test_programs_read_which_cells_were_removed(site: Path) -> None:
    (said,) = read(site, "data/people/1.0.0/datapackage.json")["redacted"]
    assert (said["reason"], said["reason@en"]) == (REASON["zh"], REASON["en"])
    assert {(cell["resource"], cell["key"], cell["field"]) for cell in said["cells"]} == {
        ("people", "S01", "phone"), ("people", "S01", "name"),
    }  # fmt: skip
    status = {one["name"]: one for one in read(site, "status.json")["datasets"]}
    assert [len(one.get("redacted", ())) for one in status["people"]["releases"]] == [1, 2, 1]


def test_the_command_finds_the_value_in_other_places_and_never_prints_it(folder: Path) -> None:
    said = (folder / "said").read_text("utf-8")
    assert "datasets/people/1.1.0/people.csv:11" in said
    assert "Made from it, and published again: visits 1.0.0" in said
    for text in (said, (folder / "said2").read_text("utf-8")):
        assert not any(secret in text for secret in SECRETS)
    assert "datasets/" not in (folder / "said2").read_text("utf-8").partition("still in these files")[2]


def test_a_copy_of_before_is_pointed_out(folder: Path, root: Path) -> None:
    for language, said in (("en", "Values were removed from 1.0.0 on"), ("zh", "1.0.0 中的部分数值已于")):
        done = call_build("verify", folder / "before/data/people/1.0.0/people.csv", "--root", root, language=language)
        assert (done.status, said in done.out) == (1, True), done.said
    now = call_build("verify", root / "public/data/people/1.0.0/people.csv", "--root", root)
    assert now.status == 0
    assert "Values were removed from 1.0.0 on" in now.out


def test_a_redaction_stays(root: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(root, tmp_path / "lists"))
    path = copy / "datasets/people/releases.yaml"
    content = yaml.safe_load(path.read_text("utf-8"))
    del content["releases"][0]["redacted"]
    path.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    built = call_build("build", "--root", copy, "--out", copy / "public")
    assert (built.status, "can be added to and translated" in built.err) == (1, True)


def test_what_is_not_there_is_said(folder: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(folder / "lists", tmp_path / "lists", ignore=shutil.ignore_patterns("build", "public")))
    for cell, said in (
        (("persons", "S01", "phone"), "there is no table persons; the tables are: people"),
        (("people", "S01", "tel"), "table people has no field tel"),
        (("people", "S09", "phone"), "no row of table people has this key: S09"),
    ):
        done = call_build("remove", "people", "1.2.0", "--cell", *cell, *WHY, "--root", root)
        assert (done.status, said in done.err) == (2, True), done.said
    done = call_build("remove", "people", "1.2.0", "--root", root)
    assert (done.status, "say why people 1.2.0 is removed" in done.err) == (2, True)
