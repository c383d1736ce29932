"""Three releases of made-up towns: a figure is corrected, a town goes, another one gets a new code by `codes.csv`."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import Browser, expect

from tests.conftest import call_build, once, publish
from tests.diff.rebuilding import in_order, lines_of, rebuilt
from tests.host import host

pytestmark = [pytest.mark.slow, pytest.mark.thorough]
_TITLES = {
    "code": ("代码", "Code"), "name": ("名称", "Name"), "people": ("人口", "People"), "old": ("原代码", "Old code"),
    "new": ("新代码", "New code"), "kind": ("类别", "Kind"), "date": ("日期", "Day"),
}  # fmt: skip
_STORY = {
    "1.0.0": ("X1,甲镇,100\nX2,乙镇,200\nX3,丙镇,300\nX4,丁镇,\n", "", "首次发布。", "First release.", "2025-01-15"),
    "1.1.0": ("X1,甲镇,100\nX2,乙镇,210\nX4,丁镇,400\nX5,戊镇,50\n", "", "更正乙镇；丙镇已撤销。",
              "Corrects X2; X3 was abolished.", "2025-07-01"),
    "2.0.0": ("Y1,甲镇,100\nX2,乙镇,210\nX4,丁镇,400\nX5,戊镇,55\n", "X1,Y1,recoded,2026-01-01\n", "甲镇启用新代码。",
              "X1 has the new code Y1.", "2026-03-01"),
}  # fmt: skip


def _field(name: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, "title": _TITLES[name][0], "title@en": _TITLES[name][1], **more}


def _dump(path: Path, described: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(described, allow_unicode=True, sort_keys=False), "utf-8")


def _catalog() -> dict[str, Any]:
    return {
        "name": "towns", "title": "虚构城镇", "title@en": "Invented towns", "description": "测试。",
        "description@en": "A test.", "publisher": {"title": "测试局", "title@en": "The test office"},
        "baseUrl": "https://towns.example.org/", "languages": ["zh", "en"],
        "contact": {"title": "联系", "title@en": "Contact", "email": "data@example.org"},
        "licenses": [{"name": "CC0-1.0", "path": "https://creativecommons.org/publicdomain/zero/1.0/"}],
    }  # fmt: skip


def _version(folder: Path, rows: str, codes: str) -> dict[str, str]:
    """Writes a version; the hashes of its files."""
    towns = [_field("code", "string", constraints={"required": True}), _field("name", "string", role="label"),
             _field("people", "integer")]  # fmt: skip
    tables = {"towns": ("城镇", "Towns", rows, {"primaryKey": ["code"], "fields": towns})}
    if codes:
        fields = [*(_field(name, "string") for name in ("old", "new", "kind")), _field("date", "date")]
        tables["codes"] = ("代码变更", "Codes that changed", codes, {"fields": fields})
    resources = []
    for name, (title, english, lines, schema) in tables.items():
        _dump(folder / f"schemas/{name}.v1.yaml", schema)
        header = ",".join(field["name"] for field in schema["fields"])
        (folder / f"{name}.csv").write_text(f"{header}\n{lines}", "utf-8")
        described = {"name": name, "path": f"{name}.csv", "title": title, "title@en": english, "schema": f"{name}.v1"}
        resources.append(described)
    figure = {"name": "second", "title": "乙镇人口", "title@en": "People of X2", "resource": "towns", "key": "X2",
              "field": "people"}  # fmt: skip
    about = {
        "title": "虚构的城镇",
        "title@en": "Towns",
        "description": "编造的数据。",
        "description@en": "Made-up data.",
    }
    named = {"name": "towns", "version": folder.name, **about, "languages": ["zh", "en"]}
    _dump(folder / "datapackage.yaml", {**named, "figures": [figure], "resources": resources})
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*")) if path.is_file()}  # fmt: skip


def _write(root: Path) -> None:
    _dump(root / "datasets/catalog.yaml", _catalog())
    releases = []
    for version, (rows, codes, words, english, day) in _STORY.items():
        files = _version(root / f"datasets/towns/{version}", rows, codes)
        entry = {"version": version, "date": day, "changes": words, "changes@en": english, "files": files}
        releases.append(entry)
    _dump(root / "datasets/towns/releases.yaml", {"releases": releases})
    done = call_build("record", "--root", root)
    assert done.status == 0, done.said
    publish(root, root / "public")


@pytest.fixture(scope="module")
def site(shared: Path) -> Path:
    return once(shared / "towns", _write) / "public"


def _lines(site: Path, page: str) -> list[str]:
    """The rows of the tables of a page, as texts."""
    html = (site / page).read_text("utf-8")
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", html, re.DOTALL)
    return [" ".join(re.sub("<[^>]*>", " ", row).split()) for row in rows]


def test_each_release_can_be_built_from_the_published_file(site: Path) -> None:
    lines = lines_of(site / "data/towns/history.csv")
    for version, (rows, _, *_more) in _STORY.items():
        expected = [dict(zip(("code", "name", "people"), row.split(","), strict=True)) for row in rows.splitlines()]
        assert in_order(rebuilt(lines, list(_STORY), version)["towns"]) == in_order(expected)


def test_the_page_follows_figures_rows_and_codes(site: Path) -> None:
    english = _lines(site, "en/datasets/towns/history/index.html")
    assert "People of X2 210 1.1.0 1 July 2025 still the same Corrects X2; X3 was abolished." in english
    assert any(line.startswith("甲镇") and "The row itself X1 1.0.0" in line for line in english)
    assert any("The row itself X3" in line and "Row removed 1.1.0" in line for line in english)
    chinese = _lines(site, "datasets/towns/history/index.html")
    assert any("该行已删去 1.1.0" in line and "更正乙镇；丙镇已撤销。" in line for line in chinese)


@pytest.mark.browser
@pytest.mark.parametrize(("prefix", "words"), [("", "版本 1.0.0"), ("en/", "As of 15 January 2025: version 1.0.0")])
def test_a_row_that_went_is_shown_as_of_its_day_on_a_phone(
    site: Path, browser: Browser, prefix: str, words: str
) -> None:
    with host(site) as address:
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.goto(f"{address}{prefix}datasets/towns/history/")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.locator("#towns-3 time a").first.click()
        expect(page.get_by_role("note")).to_contain_text(words)
        expect(page.locator("tr[aria-current=true]")).to_contain_text("300")
        page.close()
