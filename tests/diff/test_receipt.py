"""The receipt: every address that a build publishes, known without building; and what a change does to it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from datagazette.build.site_check import site_files
from datagazette.build.site_pages import site_pages
from datagazette.build.site_plan import Snapshot, plan
from datagazette.load.publication import load_publication
from tests.conftest import PUBLICATIONS, ROOT, call_build
from tests.diff.conftest import Repository

pytestmark = pytest.mark.slow

# What pages are shown and searched with, and is no page, download or catalogue.
_MACHINERY = ("assets/", "search/", "pagefind/", ".", "404.html", "CNAME", "robots.txt", "_headers")


def planned(root: Path) -> dict[str, str]:
    """Kind by address, entries of feeds left out."""
    publication = load_publication(root).publication
    assert publication is not None
    files, _ = site_pages(publication, site_files(root).authored_pages)
    pages = tuple(one.page for one in files)
    return {
        one.entry.address: one.entry.kind for one in plan(Snapshot(publication, {}, pages)) if one.entry.kind != "feed"
    }


def published(site: Path) -> set[str]:
    found = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    kept = {name for name in found if not name.startswith(_MACHINERY) and name.rpartition("/")[2] != "404.html"}
    return {name.removesuffix("index.html") for name in kept}


def test_every_address_of_the_small_site(small_site: Path) -> None:
    assert set(planned(PUBLICATIONS / "small")) == published(small_site)


def test_every_address_of_our_own_site(own_site: Path) -> None:
    assert set(planned(ROOT)) == published(own_site)


def receipt(repository: Repository, *arguments: str) -> dict[str, dict[str, object]]:
    found = json.loads(repository.diff(*arguments, "--format", "json").out)
    return {name: found[name] for name in ("receipt", "promise")}


def addresses(found: object) -> set[str]:
    assert isinstance(found, list)
    return {one["address"] for one in found}


@pytest.mark.thorough
def test_a_draft_publishes_nothing_until_it_is_released(repository: Repository) -> None:
    repository.revise("counts", "patch")
    repository.replace("counts/1.1.1/counts.csv", "001,2020,101", "001,2020,110")
    repository.commit("Correct North in 2020")
    found = receipt(repository, "--base", "main")
    assert (found["receipt"]["appears"], found["receipt"]["changes"], found["receipt"]["goes"]) == ([], [], [])
    promise = found["promise"]
    assert promise["drafts"] == ["counts 1.1.1"]
    assert {"datasets/counts/1.1.1/", "en/datasets/counts/1.1.1/", "data/counts/1.1.1/counts-1.1.1.xlsx"} <= addresses(
        promise["appears"]
    )
    assert {"", "datasets/counts/", "feed.xml", "data/counts/latest/counts.csv"} <= addresses(promise["changes"])
    assert not {one for one in addresses(promise["changes"]) if "places" in one or one.startswith("data/counts/1.1.0/")}
    assert promise["goes"] == []
    said = repository.said("--base", "main")
    assert "Merging does not publish anything yet; still drafts: counts 1.1.1" in said["en"].out
    assert "  After the release (build.py release counts)" in said["en"].out
    assert "  - Appears: 2 pages, 16 downloads, 1 feed entry" in said["en"].out
    assert "合并不会发布任何内容；还是草稿的有：counts 1.1.1" in said["zh"].out
    assert "  - 新出现：2 个页面，16 个下载文件，1 条订阅消息" in said["zh"].out


@pytest.mark.thorough
def test_a_release_is_on_the_receipt_as_it_will_be_built(
    repository: Repository, small_site: Path, tmp_path: Path
) -> None:
    shutil.copytree(small_site.parent / "small/build", repository.root / "build")  # what has not changed is not made
    repository.revise("counts", "patch")
    repository.replace("counts/1.1.1/counts.csv", "001,2020,101", "001,2020,110")
    promise = receipt(repository, "--base", "main")["promise"]
    done = call_build("release", "counts", "--root", repository.root)
    assert done.status == 0, done.said
    repository.commit("Release 1.1.1")
    found = receipt(repository, "--base", "main")
    assert found["promise"] is None
    assert {key: found["receipt"][key] for key in ("appears", "changes", "goes", "stays")} == {
        key: promise[key] for key in ("appears", "changes", "goes", "stays")
    }
    site = tmp_path / "site"
    assert call_build("build", "--root", repository.root, "--out", site).status == 0
    before = set(planned(PUBLICATIONS / "small"))
    listed = {one["address"] for one in found["receipt"]["appears"] if one["kind"] != "feed"}
    assert published(site) - before == listed
    assert "When this is merged" in repository.diff("--base", "main").out
    assert "\n合并之后\n" in repository.diff("--base", "main", language="zh").out


def test_a_withdrawal_changes_pages_and_keeps_files(repository: Repository) -> None:
    ledger = repository.path("counts/releases.yaml")
    words = "    withdrawn: {date: '2026-11-24', reason: 数错了。, reason@en: Miscounted.}\n"
    ledger.write_text(ledger.read_text("utf-8").rstrip("\n") + "\n" + words, "utf-8")
    repository.commit("Withdraw 1.1.0")
    found = receipt(repository, "--base", "main")["receipt"]
    assert addresses(found["appears"]) == {"datasets/counts/1.1.0/#withdrawal"}
    assert {"datasets/counts/1.1.0/", "datasets/counts/", "changes/"} <= addresses(found["changes"])
    assert "counts 1.1.0 (withdrawn by this)" in repository.diff("--base", "main").out
    assert "counts 1.1.0（本次撤回）" in repository.diff("--base", "main", language="zh").out


def test_words_of_the_catalogue_and_hand_written_pages(repository: Repository) -> None:
    repository.replace("catalog.yaml", "title@en: A small publication", "title@en: A tiny publication")
    page = repository.root / "site/pages/en/method.md"
    page.parent.mkdir(parents=True)
    page.write_text("# Method\n")
    repository.commit("A new title and a page")
    done = repository.diff("--base", "main")
    assert done.out.startswith("✓ The data does not change; the site does.")
    assert "- title@en A small publication → A tiny publication" in done.out
    found = receipt(repository, "--base", "main")["receipt"]
    assert "en/method/" in addresses(found["appears"])
    assert "datasets/places/" in addresses(found["changes"]), "every page has the publication's title"
