"""What the publication says that the program ships with: every figure of its source, and its releases."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.promised import missing_files
from tests.test_publication import DATASETS, versions

pytestmark = [pytest.mark.slow, pytest.mark.shipped]

# The ids under which the source's figures were read out: article, then a number.
COUNTS = {"A": 10, "B": 30, "C": 9}
FACTS = {f"{article}{number:02}" for article, count in COUNTS.items() for number in range(1, count + 1)}


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


@pytest.mark.thorough
def test_every_file_that_a_ledger_promised_is_at_its_address(own_site: Path) -> None:
    assert missing_files(ROOT, own_site) == []
