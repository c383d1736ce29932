"""What this repository publishes, whatever it is: every promised address is there, and files hold up."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from frictionless import validate

from tests.conftest import ROOT, read_catalog

pytestmark = pytest.mark.slow

# The folder of each language below the site.
PREFIXES = ("", *(f"{language}/" for language in read_catalog(ROOT)["languages"][1:]))
DATASETS = sorted(path.name for path in (ROOT / "datasets").iterdir() if path.is_dir())


def versions(site: Path, dataset: str) -> list[str]:
    return sorted(path.name for path in (site / "data" / dataset).iterdir() if path.is_dir() and path.name != "latest")


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_promised_address_is_there(own_site: Path, dataset: str) -> None:
    for prefix in PREFIXES:
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
    feeds = (f"{prefix}feed.xml" for prefix in PREFIXES)
    for name in ("catalog.json", "catalog.jsonld", "status.json", "sitemap.xml", "404.html", *feeds):
        assert (own_site / name).is_file(), name
    for prefix in PREFIXES:
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


def test_no_page_names_a_script_or_picture_of_another_host(own_site: Path) -> None:
    loading = r"""<(?:script|img|iframe|link rel="(?:stylesheet|preload|icon)")"""
    foreign = re.compile(loading + r"""[^>]*(?:src|href)="(?:https?:)?//""")
    pages = sorted(own_site.rglob("*.html"))
    assert len(pages) > len(DATASETS) * len(PREFIXES)
    for page in pages:
        assert not foreign.search(page.read_text("utf-8")), page


def test_no_label_of_a_chart_is_cut_off(own_site: Path) -> None:
    """On a phone neither: a label that ends in dots looks like another."""
    pages = [page for prefix in PREFIXES for page in (own_site / prefix).glob("datasets/*/summaries/*/index.html")]
    charts = [path for path in pages if "<svg" in path.read_text("utf-8")]
    assert charts
    drawn = [*charts, *own_site.glob("data/*/*/summaries/*.svg")]
    cut = [path for path in drawn if re.search(r"<(?:text|tspan)\b[^>]*>[^<]*…", path.read_text("utf-8"))]
    assert not cut
