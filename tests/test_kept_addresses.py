"""What has an address keeps it: withdrawn releases, renamed datasets, and what feeds tell of them."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
import yaml

from datagazette.build.checked import load
from datagazette.commands.verdicts import described
from datagazette.commands.verify import verify
from tests.conftest import Changed, publish

pytestmark = pytest.mark.slow
ATOM = "{http://www.w3.org/2005/Atom}"


def _rename(root: Path) -> None:
    path = root / "datasets/counts/releases.yaml"
    ledger = yaml.safe_load(path.read_text("utf-8"))
    ledger["releases"][0]["withdrawn"] = {"date": "2027-01-01", "reason": "重复计算", "reason@en": "Counted twice"}
    path.write_text(yaml.safe_dump({"renamedTo": "places", **ledger}, allow_unicode=True), "utf-8")
    publish(root, root.parent / "public")


@pytest.fixture(scope="module")
def renamed(changed: Changed) -> Path:
    """The small publication, `counts` renamed to `visits`, its first release withdrawn."""
    return changed("renamed", _rename)


@pytest.fixture
def public(renamed: Path) -> Path:
    return renamed.parent / "public"


@pytest.mark.thorough
def test_a_renamed_dataset_leaves_its_pages_with_the_way_to_the_new_one(public: Path) -> None:
    for page in ("en/datasets/counts/", "en/datasets/counts/1.1.0/"):
        html = (public / page / "index.html").read_text("utf-8")
        assert "This dataset has a new name." in html
        assert "Go to its new page" in html
        assert 'href="../places/"' in html or 'href="../../places/"' in html
    assert "这个数据集已经改名" in (public / "datasets/counts/index.html").read_text("utf-8")
    catalogue = (public / "en/datasets/index.html").read_text("utf-8")
    assert "Head counts" not in catalogue.split("<main", 1)[1].split("</main>", 1)[0]
    assert (public / "data/counts/1.1.0/counts-1.1.0.zip").is_file()
    assert (public / "data/counts/latest/counts.csv").is_file()


def test_machines_are_informed_of_the_new_name(renamed: Path, public: Path) -> None:
    status = json.loads((public / "status.json").read_text("utf-8"))
    assert {one["name"]: one.get("renamedTo") for one in status["datasets"]} == {"counts": "places", "places": None}
    linked = json.dumps(json.loads((public / "catalog.jsonld").read_text("utf-8")))
    assert '"dct:isReplacedBy": {"@id": "https://small.example.org/data/datasets/places/#dataset"}' in linked
    shown = described(verify(renamed, "https://example.org/datasets/counts/"), "en")
    assert "The dataset is now called places." in shown


@pytest.mark.parametrize("name", ["nowhere", "counts"])
def test_a_new_name_has_to_be_another_dataset(small: Path, name: str) -> None:
    ledger = small / "datasets/counts/releases.yaml"
    ledger.write_text(f"renamedTo: {name}\n{ledger.read_text('utf-8')}", "utf-8")
    assert "renamed-unknown" in {one.code for one in load(small).problems}


def test_a_withdrawn_release_keeps_its_page_and_files_under_its_banner(public: Path, renamed: Path) -> None:
    html = (public / "en/datasets/counts/1.0.0/index.html").read_text("utf-8")
    assert "banner--withdrawn" in html
    assert "Counted twice" in html
    submitted = renamed / "datasets/counts/1.0.0/counts.csv"
    assert (public / "data/counts/1.0.0/counts.csv").read_bytes() == submitted.read_bytes()
    for name in ("counts-1.0.0.zip", "counts-1.0.0.xlsx", "counts.parquet", "SHA256SUMS", "datapackage.json"):
        assert (public / "data/counts/1.0.0" / name).is_file()


def test_feeds_mark_corrections_and_withdrawals_and_tell_what_changed(public: Path) -> None:
    for path in ("en/feed.xml", "en/datasets/counts/feed.xml"):
        feed = ElementTree.fromstring((public / path).read_text("utf-8"))
        entries = {entry.findtext(f"{ATOM}id"): entry for entry in feed.iter(f"{ATOM}entry")}
        (gone,) = [one for name, one in entries.items() if str(name).endswith("counts/1.0.0/#withdrawal")]
        assert gone.findtext(f"{ATOM}summary") == "Counted twice"
        (newest,) = [one for name, one in entries.items() if str(name).endswith("counts/1.1.0/")]
        assert {one.get("term") for one in newest.iter(f"{ATOM}category")} >= {"release", "correction"}
        assert "counts: 1 rows added, 0 removed, 1 changed." in str(newest.findtext(f"{ATOM}summary"))
