"""A release that was withdrawn says so, and why, on all its pages and on those of the releases that used it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Changed, publish

pytestmark = pytest.mark.slow

REASON = {"zh": "两个地点的代码对调了。", "en": "The codes of two places were swapped."}
# The withdrawn release's own pages, and those of releases that joined it; per language the prefix.
OWN = ("datasets/places/", "datasets/places/1.0.0/", "datasets/places/explore/")
USERS = (
    "datasets/counts/",
    "datasets/counts/1.0.0/",
    "datasets/counts/1.1.0/",
    "datasets/counts/explore/",
    "datasets/counts/history/",
    "datasets/counts/summaries/by-place/",
    "datasets/counts/summaries/by-place/embed/",
)
LANGUAGES = (("zh", ""), ("en", "en/"))


def _withdraw(root: Path) -> None:
    ledger = root / "datasets/places/releases.yaml"
    content = yaml.safe_load(ledger.read_text("utf-8"))
    reason = {"reason": REASON["zh"], "reason@en": REASON["en"]}
    content["releases"][0]["withdrawn"] = {"date": "2027-01-01", **reason}
    ledger.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    publish(root, root.parent / "public")


@pytest.fixture(scope="module")
def site(changed: Changed) -> Path:
    return changed("withdrawn", _withdraw).parent / "public"


def banners(page: Path) -> list[str]:
    found = re.findall(r'<aside class="banner banner--withdrawn".*?</aside>', page.read_text("utf-8"), re.DOTALL)
    return [re.sub(r"<[^>]+>", "", one) for one in found]


@pytest.mark.parametrize(("language", "prefix"), LANGUAGES)
@pytest.mark.parametrize("path", OWN)
def test_its_own_pages_say_when_and_why(site: Path, language: str, prefix: str, path: str) -> None:
    said = banners(site / prefix / path / "index.html")
    assert len(said) == 1
    assert REASON[language] in said[0]
    assert {"zh": "2027年1月1日", "en": "1 January 2027"}[language] in said[0]


@pytest.mark.parametrize(("language", "prefix"), LANGUAGES)
@pytest.mark.parametrize("path", USERS)
def test_pages_of_releases_that_used_it_say_so(site: Path, language: str, prefix: str, path: str) -> None:
    said = banners(site / prefix / path / "index.html")
    assert len(said) == 1
    assert REASON[language] in said[0]
    assert {"zh": "地点", "en": "Places"}[language] in said[0]


def test_other_pages_say_nothing(site: Path) -> None:
    shown = {path.relative_to(site).as_posix() for path in site.rglob("index.html") if banners(path)}
    about = {f"{prefix}{path}index.html" for _, prefix in LANGUAGES for path in (*OWN, *USERS)}
    assert {path for path in shown if path.startswith(("datasets/", "en/datasets/"))} == about
    assert (site / "datasets/index.html").is_file()


@pytest.mark.parametrize(("language", "prefix"), LANGUAGES)
def test_lists_mark_it(site: Path, language: str, prefix: str) -> None:
    for path in ("datasets/", "changes/"):
        text = (site / prefix / path / "index.html").read_text("utf-8")
        assert 'class="badge badge--bad"' in text, path
    assert REASON[language] in (site / prefix / "changes/index.html").read_text("utf-8")


def test_programs_are_informed(site: Path) -> None:
    shown = {one["name"]: one for one in json.loads((site / "status.json").read_text("utf-8"))["datasets"]}
    assert shown["places"]["state"] == "withdrawn"
    assert shown["places"]["releases"][0]["withdrawn"]["reason@en"] == REASON["en"]
    assert shown["counts"]["state"] == "released"


def test_its_files_stay(site: Path) -> None:
    assert (site / "data/places/1.0.0/places.csv").is_file()
    assert (site / "data/places/1.0.0/SHA256SUMS").is_file()


def read(site: Path, path: str) -> Any:
    return json.loads((site / path).read_text("utf-8"))


def test_every_list_of_datasets_that_programs_read_marks_it(site: Path) -> None:
    said = {"date": "2027-01-01", "reason": REASON["zh"], "reason@en": REASON["en"]}
    listed = {one["name"]: one for one in read(site, "catalog.json")["resources"]}
    assert listed["places"]["withdrawn"] == said
    assert "withdrawn" not in listed["counts"]
    api = {one["name"]: one for one in read(site, "api/datasets.json")["datasets"]}
    assert (api["places"]["state"], api["places"]["withdrawn"]) == ("withdrawn", REASON)
    assert (api["counts"]["state"], api["counts"]["withdrawn"]) == ("released", None)
    for folder in ("1.0.0", "latest"):
        assert read(site, f"data/places/{folder}/datapackage.json")["withdrawn"] == said


def test_linked_data_marks_the_dataset_and_each_file(site: Path) -> None:
    linked = {one["dct:identifier"]: one for one in read(site, "catalog.jsonld")["dcat:dataset"]}
    authority = "http://publications.europa.eu/resource/authority"
    assert linked["places"]["adms:status"]["@id"] == f"{authority}/dataset-status/WITHDRAWN"
    files = linked["places"]["dcat:distribution"]
    assert {one["adms:status"]["@id"] for one in files} == {f"{authority}/distribution-status/WITHDRAWN"}
    assert "adms:status" not in linked["counts"]
    turtle = (site / "catalog.ttl").read_text("utf-8")
    assert turtle.count(f"adms:status <{authority}/dataset-status/WITHDRAWN>") == 1
    assert REASON["en"] in turtle
    page = (site / "en/datasets/places/index.html").read_text("utf-8")
    assert '"creativeWorkStatus": "Withdrawn"' in page
    assert read(site, "data/places/1.0.0/croissant.json")["description"].startswith(
        "本版已撤回 (2027-01-01): 两个地点的代码对调了。 "
    )
    assert read(site, "data/places/1.0.0/places.csv-metadata.json")["schema:creativeWorkStatus"] == "Withdrawn"


@pytest.mark.parametrize("file", ["CITATION.cff", "citation.bib", "citation.ris", "citation.json"])
def test_a_citation_says_that_its_release_was_withdrawn(site: Path, file: str) -> None:
    assert "已撤回：2027-01-01，两个地点的代码对调了" in (site / "data/places/1.0.0" / file).read_text("utf-8")
    assert "已撤回" not in (site / "data/counts/1.0.0" / file).read_text("utf-8")


@pytest.mark.parametrize(("language", "prefix"), LANGUAGES)
def test_the_downloads_of_its_page_come_with_the_notice(site: Path, language: str, prefix: str) -> None:
    page = (site / prefix / "datasets/places/index.html").read_text("utf-8")
    assert "button--primary" not in page.split('id="downloads"')[0].split('class="actions"')[1]
    below = page.split('id="downloads"')[1]
    assert REASON[language] in below.split("places-1.0.0.zip")[0]
