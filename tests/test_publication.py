"""What this repository publishes: every figure of the source, every promised address, files that hold up."""

from __future__ import annotations

import csv
import json
import re
import subprocess
from pathlib import Path

import pytest
from frictionless import validate

from tests.conftest import ROOT

pytestmark = pytest.mark.slow

# The ids under which the source's figures were read out: article, then a number.
COUNTS = {"A": 10, "B": 30, "C": 9}
FACTS = {f"{article}{number:02}" for article, count in COUNTS.items() for number in range(1, count + 1)}
DATASETS = sorted(path.name for path in (ROOT / "datasets").iterdir() if path.is_dir())


def versions(site: Path, dataset: str) -> list[str]:
    return sorted(path.name for path in (site / "data" / dataset).iterdir() if path.name != "latest")


def latest_rows(site: Path) -> list[tuple[str, dict[str, str]]]:
    """(dataset, row) of every table in every newest release."""
    found = []
    for dataset in DATASETS:
        for path in sorted((site / "data" / dataset / "latest").glob("*.csv")):
            if not path.name.endswith(".excel.csv"):
                with path.open(encoding="utf-8", newline="") as stream:
                    found += [(dataset, row) for row in csv.DictReader(stream)]
    return found


def test_every_fact_is_published_once_with_its_locator(own_site: Path) -> None:
    rows = [row for _, row in latest_rows(own_site) if row.get("fact")]
    assert sorted(row["fact"] for row in rows) == sorted(FACTS)
    for row in rows:
        assert row["fact"][0] == row["article"]
        assert re.fullmatch(r"\d+", row["paragraph"])
        assert row["source"] == f"article-{row['article'].lower()}"
        assert row["region"] == "CN" or row["region"].isdigit()


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_promised_address_is_there(own_site: Path, dataset: str) -> None:
    for prefix in ("", "en/"):
        for page in ("", "explore/", *(f"{version}/" for version in versions(own_site, dataset))):
            assert (own_site / prefix / "datasets" / dataset / page / "index.html").is_file()
        assert (own_site / prefix / "datasets" / dataset / "feed.xml").is_file()
    for version in versions(own_site, dataset):
        folder = own_site / "data" / dataset / version
        descriptor = json.loads((folder / "datapackage.json").read_text("utf-8"))
        for name in ("SHA256SUMS", "croissant.json", f"{dataset}-{version}.zip", f"{dataset}-{version}.xlsx"):
            assert (folder / name).is_file(), name
        source = ROOT / "datasets" / dataset / version
        for resource in descriptor["resources"]:
            if "/" in resource["path"]:
                assert (folder / resource["path"]).is_file()
                continue
            assert (folder / resource["path"]).read_bytes() == (source / resource["path"]).read_bytes()
            for ending in ("parquet", "json", "csv-metadata.json"):
                stem = f"{resource['name']}.csv-metadata.json" if "meta" in ending else f"{resource['name']}.{ending}"
                assert (folder / stem).is_file()


def test_addresses_of_the_whole_publication(own_site: Path) -> None:
    for name in ("catalog.json", "catalog.jsonld", "status.json", "feed.xml", "en/feed.xml", "sitemap.xml", "404.html"):
        assert (own_site / name).is_file(), name
    for prefix in ("", "en/"):
        for page in ("", "datasets/", "figures/", "changes/", "about/", "cite/", "contribute/", "sources/"):
            assert (own_site / prefix / page / "index.html").is_file(), prefix + page


@pytest.mark.sample(3)
@pytest.mark.parametrize("dataset", DATASETS)
def test_every_package_is_valid(own_site: Path, dataset: str) -> None:
    for version in versions(own_site, dataset):
        report = validate(str(own_site / "data" / dataset / version / f"{dataset}-{version}.zip"))
        assert report.valid, report.flatten(["type", "message"])
        assert report.tasks


def test_every_sum_holds(own_site: Path) -> None:
    sums = sorted(own_site.glob("data/*/*/SHA256SUMS"))
    assert len(sums) >= 2 * len(DATASETS)
    for path in sums:
        subprocess.run(["sha256sum", "--check", "--strict", "--quiet", path.name], cwd=path.parent, check=True)


def test_the_printed_share_is_an_accepted_finding(own_site: Path) -> None:
    page = (own_site / "en/datasets/ningxia-certified-workers/index.html").read_text("utf-8")
    section = page[page.index('id="findings"') :]
    assert "38.8" in section
    assert "38.6" in section


def test_versions_and_their_changes_are_real(own_site: Path) -> None:
    assert versions(own_site, "ningxia-certified-workers") == ["1.0.0", "1.1.0"]
    old = (own_site / "en/datasets/ningxia-certified-workers/1.0.0/index.html").read_text("utf-8")
    assert 'href="../"' in old
    assert "banner" in old
    latest = own_site / "data/ningxia-certified-workers/latest/computed.csv"
    assert latest.read_bytes() == (own_site / "data/ningxia-certified-workers/1.1.0/computed.csv").read_bytes()
    assert not (own_site / "data/ningxia-certified-workers/1.0.0/computed.csv").exists()


def test_no_page_names_a_script_or_picture_of_another_host(own_site: Path) -> None:
    loading = r"""<(?:script|img|iframe|link rel="(?:stylesheet|preload|icon)")"""
    foreign = re.compile(loading + r"""[^>]*(?:src|href)="(?:https?:)?//""")
    pages = sorted(own_site.rglob("*.html"))
    assert len(pages) > 100
    for page in pages:
        assert not foreign.search(page.read_text("utf-8")), page


def test_no_label_of_a_chart_is_cut_off(own_site: Path) -> None:
    """On a phone neither: a label that ends in dots looks like another."""
    pages = [
        *own_site.glob("datasets/*/summaries/*/index.html"),
        *own_site.glob("en/datasets/*/summaries/*/index.html"),
    ]
    charts = [path for path in pages if "<svg" in path.read_text("utf-8")]
    assert charts
    drawn = [*charts, *own_site.glob("data/*/latest/summaries/*.svg")]
    cut = [path for path in drawn if re.search(r"<(?:text|tspan)\b[^>]*>[^<]*…", path.read_text("utf-8"))]
    assert not cut
