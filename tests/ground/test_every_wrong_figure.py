"""A wrong figure of each kind, put into a copy of the shipped site, is found by what compares its figures."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import lxml.etree
import pytest

from tests.conftest import once
from tests.ground.shipped import cards, catalogues, explorer, packages, prose, search
from tests.ground.shipped.charts import drawing_faults
from tests.ground.shipped.comparing import Comparison, sha256
from tests.ground.shipped.files import faults_in_files, faults_in_lists
from tests.ground.shipped.page import featured
from tests.ground.shipped.tables import Release, newest
from tests.ground.test_every_figure import faults

pytestmark = [pytest.mark.slow, pytest.mark.thorough, pytest.mark.shipped]

CERTIFIED, STATIONS, DIVISIONS, ALLOWANCES, FIELDS = (
    "ningxia-certified-workers", "township-stations", "administrative-divisions", "ningxia-allowances",
    "fields-of-practice",
)  # fmt: skip
RELEASE = Release(CERTIFIED, "1.1.0")
FOLDER = f"data/{CERTIFIED}/1.1.0"
DRAWING = f"data/{CERTIFIED}/1.1.0/summaries/certified-split.en.svg"


@pytest.fixture(scope="session")
def copied(own_site: Path, shared: Path) -> Path:
    """A second name for every file of the site: a file that is changed is written anew, so the site stays as it is."""
    return once(shared / "site-with-wrong-figures", lambda to: shutil.copytree(own_site, to, copy_function=os.link))


@pytest.fixture
def edited(copied: Path) -> Iterator[Callable[[str, Callable[[bytes], bytes]], Path]]:
    """Changes the bytes of a file of the copy, until the end of the test."""
    kept: list[tuple[Path, bytes]] = []

    def edit(name: str, change: Callable[[bytes], bytes]) -> Path:
        (path,) = copied.glob(name)
        before = path.read_bytes()
        kept.append((path, before))
        after = change(before)
        assert after != before
        _replace(path, after)
        return copied

    yield edit
    for path, before in reversed(kept):
        _replace(path, before)


def _replace(path: Path, content: bytes) -> None:
    path.unlink()
    path.write_bytes(content)
    sha256.cache_clear()


@dataclass(frozen=True)
class Wrong:
    """In `file` the first text that matches `right` becomes `wrong`; a file of the index of rows is compressed."""

    file: str
    right: str
    wrong: str

    def __str__(self) -> str:
        return f"{self.file.rpartition('/')[2]}: {self.wrong[:40]}"

    def put(self, content: bytes) -> bytes:
        is_packed = self.file.endswith(".bin")
        before = (zlib.decompress(content) if is_packed else content).decode("utf-8")
        after, number = re.subn(self.right, self.wrong, before, count=1)
        assert number == 1, (self.file, self.right)
        return zlib.compress(after.encode("utf-8")) if is_packed else after.encode("utf-8")


def compared(site: Path, file: str) -> Comparison:
    """What is responsible for a file, asked about the whole of its kind."""
    found, part = Comparison(), file.partition("/")[0]
    if file.startswith(FOLDER):
        packages.compare_package(found, RELEASE, site / FOLDER)
        found.faults += found.short_of(packages.floors(RELEASE)) + list(faults_in_files(site, RELEASE))
    elif "/explore/" in file:
        dataset = file.split("/")[-3]
        explorer.compare_explorer(found, site, site / file, newest()[dataset], "en")
        found.faults += found.short_of(explorer.floors(newest()[dataset]))
    elif part in {"search", "pagefind"}:
        search.compare_search(found, site)
        found.faults += found.short_of(search.floors())
    elif file.rpartition("/")[0] in {"en/about", "en/cite", f"en/datasets/{DIVISIONS}"}:
        prose.compare_prose(found, site)
        found.faults += found.short_of(prose.floors())
    else:
        catalogues.compare_catalogues(found, site)
        found.faults += found.short_of(catalogues.floors()) + list(faults_in_lists(site))
    return found


PLANTED = [
    # The description of a release
    Wrong(f"{FOLDER}/datapackage.json", r'"bytes": 487', '"bytes": 478'),
    Wrong(f"{FOLDER}/datapackage.json", r'"hash": "sha256:2b', '"hash": "sha256:2c'),
    Wrong(f"{FOLDER}/datapackage.json", r'"version": "1.1.0"', '"version": "1.0.0"'),
    Wrong(f"{FOLDER}/datapackage.json", r'"created": "2026-11-23', '"created": "2026-11-22'),
    Wrong(f"{FOLDER}/datapackage.json", r'"minimum": 0', '"minimum": 1'),
    Wrong(f"{FOLDER}/datapackage.json", r'"name": "region"', '"name": "place"'),
    Wrong(f"{FOLDER}/datapackage.json", r"1,063 of Ningxia", "1,064 of Ningxia"),
    Wrong(f"{FOLDER}/datapackage.json", r'"key": "C02"', '"key": "C04"'),
    Wrong(f"{FOLDER}/datapackage.json", r'"temporal": "2021-11"', '"temporal": "2021-12"'),
    Wrong(f"{FOLDER}/croissant.json", r'"contentSize": "487 B"', '"contentSize": "488 B"'),
    Wrong(f"{FOLDER}/croissant.json", r'"sha256": "2b', '"sha256": "2c'),
    Wrong(f"{FOLDER}/croissant.json", r'"datePublished": "2026-11-23"', '"datePublished": "2026-12-23"'),
    Wrong(f"{FOLDER}/croissant.json", r"'as_of'", "'unit'"),
    Wrong(f"{FOLDER}/croissant.json", r'(?s)(?<="citeAs": ")([^"]*)（2026-11-23）', r"\1（2026-11-24）"),
    Wrong(f"{FOLDER}/certified.csv-metadata.json", r'"titles": "value"', '"titles": "values"'),
    Wrong(f"{FOLDER}/certified.csv-metadata.json", r"two, four or six digits", "2, 4 or 8 digits"),
    Wrong(f"{FOLDER}/CITATION.cff", "version: 1.1.0", "version: 1.0.1"),
    Wrong(f"{FOLDER}/CITATION.cff", "date-released: 2026-11-23", "date-released: 2025-11-23"),
    Wrong(f"{FOLDER}/citation.bib", r"month = \{11\}", "month = {10}"),
    Wrong(f"{FOLDER}/citation.bib", r"version = \{1.1.0\}", "version = {1.0.0}"),
    Wrong(f"{FOLDER}/citation.ris", "PY  - 2026", "PY  - 2021"),
    Wrong(f"{FOLDER}/citation.json", r"2026,\s+11,\s+23", "2026, 11, 22"),
    Wrong(f"{FOLDER}/changes.json", r'"added": 0', '"added": 1'),
    Wrong(f"{FOLDER}/changes.json", r'("previous": \{\s+"version": )"1.0.0"', r'\1"0.9.0"'),
    Wrong(f"{FOLDER}/SHA256SUMS", r"(?m)^.{63}(.  certified.csv)$", "0" * 63 + r"\1"),
    Wrong(f"{FOLDER}/SHA256SUMS", r"(?m)^.*  certified.parquet\n", ""),
    Wrong(f"{FOLDER}/certified.csv", "1063", "1036"),
    Wrong(f"{FOLDER}/certified.json", "1063", "1036"),
    Wrong(f"{FOLDER}/summaries/certified-split.csv", "1063", "1036"),
    Wrong(f"{FOLDER}/summaries/certified-split.en.vl.json", "1,?063", "1036"),
    # Catalogues
    Wrong("catalog.ttl", r'dcat:byteSize "522"', 'dcat:byteSize "523"'),
    Wrong("catalog.ttl", r'checksumValue "[0-9a-f]', 'checksumValue "x'),
    Wrong("catalog.ttl", r'dct:issued "2026-11-23"', 'dct:issued "2026-11-24"'),
    Wrong("catalog.ttl", r'dcat:endDate "2025"', 'dcat:endDate "2024"'),
    Wrong("catalog.ttl", "这里把 2021 年 11 月", "这里把 2021 年 12 月"),
    Wrong("catalog.jsonld", r'("dcat:byteSize": \{\s+"@value": )"522"', r'\1"523"'),
    Wrong("catalog.jsonld", r'("dcat:version": )"1.1.0"', r'\1"1.0.0"'),
    Wrong("catalog.json", r'"bytes": \d', '"bytes": 9999'),
    Wrong("catalog.json", r'"version": "1.1.0"', '"version": "1.0.0"'),
    Wrong("status.json", r'"rows": 48055', '"rows": 48056'),
    Wrong("api/datasets.json", r'"released": "2026-11-23"', '"released": "2026-11-24"'),
    Wrong(f"api/datasets/{CERTIFIED}.json", r'"rows": 3', '"rows": 4'),
    Wrong(f"api/datasets/{CERTIFIED}.json", r'"certified.csv": "2b', '"certified.csv": "2c'),
    Wrong(f"api/datasets/{CERTIFIED}.json", r'"name": "as_of"', '"name": "as_at"'),
    Wrong("api/openapi.json", r'"version": "1.0.0"', '"version": "1.0.0", "example": 12'),
    Wrong("feed.xml", "<updated>2026-11-23", "<updated>2026-11-24"),
    Wrong(f"en/datasets/{CERTIFIED}/feed.xml", "<published>2026-11-23", "<published>2026-11-22"),
    Wrong("sitemap.xml", "<lastmod>2026-11-23", "<lastmod>2026-10-23"),
    # The explorer
    Wrong(f"en/datasets/{CERTIFIED}/explore/index.html", r'rows":3', 'rows":4'),
    Wrong(f"en/datasets/{CERTIFIED}/explore/index.html", r'bytes":\d', 'bytes":9'),
    Wrong(f"en/datasets/{CERTIFIED}/explore/index.html", r'("sha256":")2b', r"\g<1>2c"),
    Wrong(f"en/datasets/{CERTIFIED}/explore/index.html", r'(value":")64"', r'\g<1>63"'),
    Wrong(f"en/datasets/{CERTIFIED}/explore/index.html", r'(value":")at_least"', r'\1at_most"'),
    Wrong(f"en/datasets/{CERTIFIED}/explore/index.html", r'(date":")2026-11-23', r"\g<1>2026-11-24"),
    Wrong(f"en/datasets/{CERTIFIED}/explore/index.html", r'(key":")C03', r"\1C02"),
    Wrong(f"en/datasets/{CERTIFIED}/explore/index.html", r"Version 1.1.0\) \[Data", "Version 1.0.0) [Data"),
    Wrong(f"en/datasets/{CERTIFIED}/explore/index.html", r'(decimals":)1', r"\g<1>2"),
    Wrong(f"en/datasets/{CERTIFIED}/explore/index.html", r'(Key":\[")fact', r"\1place"),
    # Search
    Wrong("search/rows.json", r'"rows":\d', '"rows":9'),
    Wrong("search/shared/rows/0.bin", r'"keys":\["0\d{6}"', '"keys":["0999999"'),
    Wrong("search/zh/rows/0.bin", "829,000 人", "892,000 人"),
    Wrong("search/zh/rows/0.bin", "≥ 660,000 人", "660,000 人"),
    Wrong("search/shared/rows/0.bin", r'"county_code",7\]', '"county_code",8]'),
    Wrong("search/shared/rows/0.bin", r'"Guangdong"\],1\]', '"Guangdong"],2]'),
    # Sentences
    Wrong("en/about/index.html", "82.9 of them becomes 829,000", "82.9 of them becomes 892,000"),
    Wrong("en/about/index.html", "page to three articles", "page to four articles"),
    Wrong("en/about/index.html", "give 38.6", "give 38.7"),
    Wrong("en/cite/index.html", "By 5 November 2021", "By 6 November 2021"),
    Wrong("en/cite/index.html", "at least 660,000", "at least 670,000"),
    Wrong(f"en/datasets/{DIVISIONS}/index.html", r"(?s)(<main.*?)the 31 prov", r"\1the 34 prov"),
]  # fmt: skip


@pytest.mark.parametrize("wrong", PLANTED, ids=str)
def test_a_wrong_figure_of_each_kind_is_found(
    edited: Callable[[str, Callable[[bytes], bytes]], Path], wrong: Wrong
) -> None:
    site = edited(wrong.file, wrong.put)
    assert compared(site, wrong.file).faults


def test_a_wrong_figure_in_the_text_of_a_hit_is_found(
    edited: Callable[[str, Callable[[bytes], bytes]], Path], copied: Path
) -> None:
    marked = next(
        path for path in sorted((copied / "pagefind/fragment").iterdir())
        if b"2,752" in gzip.decompress(path.read_bytes())
    )  # fmt: skip
    site = edited(
        marked.relative_to(copied).as_posix(),
        lambda content: gzip.compress(gzip.decompress(content).replace(b"2,752", b"2,725")),
    )
    assert compared(site, "pagefind/").faults


@pytest.mark.parametrize(
    ("name", "other"),
    [
        (f"en/{CERTIFIED}.png", f"en/{STATIONS}.png"),
        ("en.png", "zh.png"),
        (f"zh/{CERTIFIED}/certified-share.png", f"zh/{CERTIFIED}/share-of-country.png"),
    ],
)
def test_the_picture_of_another_page_is_found(
    edited: Callable[[str, Callable[[bytes], bytes]], Path], copied: Path, name: str, other: str
) -> None:
    site = edited(f"assets/og/{name}", lambda _: (copied / "assets/og" / other).read_bytes())
    found = Comparison()
    cards.compare_cards(found, site)
    assert len(found.faults) == 1


def test_what_is_not_there_is_missed(copied: Path) -> None:
    """With nothing compared, no floor is reached."""
    every = [
        packages.floors(RELEASE), catalogues.floors(), search.floors(), cards.floors(), prose.floors(),
        *(explorer.floors(release) for release in newest().values()),
    ]  # fmt: skip
    for floors in every:
        needed = Counter({kind: floor for kind, floor in floors.items() if floor})
        assert needed
        assert len(Comparison().short_of(needed)) == len(needed)
    assert copied.is_dir()


CHARTS = [
    # A share of a pie, its colours, its numbers
    (CERTIFIED, "certified-split", "M68.81,79.311A", "M78.81,69.311A"),
    (CERTIFIED, "certified-split", 'L0,0Z" fill="#0b6e75"', 'L0,0Z" fill="#c9730a"'),
    (CERTIFIED, "certified-split", ">1,689</text>", ">1,698</text>"),
    (CERTIFIED, "certified-split", ">Other certificate holders</text>", ">Full-time urban community workers</text>"),
    # A bar's length, its beginning, its name, the number beside it, the sign of its bound, the steps of the axis
    (ALLOWANCES, "allowance-by-grade", "h273.59999999999997v", "h283.6v"),
    (ALLOWANCES, "allowance-by-grade", "M0,48.12h", "M4,48.12h"),
    (ALLOWANCES, "allowance-by-grade", ">Senior social worker</text>", ">Assistant social worker</text>"),
    (ALLOWANCES, "allowance-by-grade", ">300</text>", ">301</text>"),
    (STATIONS, "station-coverage", ">≥ 31</text>", ">≤ 31</text>"),
    (STATIONS, "station-coverage", ">≥ 31</text>", ">31</text>"),
    (STATIONS, "station-coverage", ">40</text>", ">45</text>"),
    (STATIONS, "station-coverage", "2021; National", "2022; National"),
    # A part of a bar that others are stacked on
    (DIVISIONS, "townships-by-province", "M69.63685714285714,", "M79.63685714285714,"),
    # A point at another name
    (FIELDS, "field-lists", "translate(323.25,272)", "translate(107.75,272)"),
    # Marks that are left out
    (ALLOWANCES, "allowance-by-grade", 'h-273.59999999999997Z" fill="#0b6e75"', 'h-273.59999999999997Z"'),
]  # fmt: skip


@pytest.mark.parametrize(("dataset", "name", "right", "wrong"), CHARTS)
def test_a_wrong_mark_of_a_chart_is_found(own_site: Path, dataset: str, name: str, right: str, wrong: str) -> None:
    release = newest()[dataset]
    text = (own_site / "data" / dataset / release.version / f"summaries/{name}.en.svg").read_text("utf-8")
    assert right in text
    assert not drawing_faults(lxml.etree.fromstring(text), release, name, "en")
    assert drawing_faults(lxml.etree.fromstring(text.replace(right, wrong, 1)), release, name, "en")


OF_CERTIFIED = "https://social-work.example.org/en/datasets/ningxia-certified-workers/"
PAGES = [
    (CERTIFIED, "", '2,752 persons">2,752', '2,752 persons">2,753'),
    (CERTIFIED, "", 'number">38.6', 'number">38.7'),
    (CERTIFIED, "", "3 distinct values", "4 distinct values"),
    (CERTIFIED, "", "38.8 to 2,752", "36.8 to 2,752"),
    (CERTIFIED, "", "×2", "×3"),
    (CERTIFIED, "", "23 November 2026", "24 November 2026"),
    (CERTIFIED, "", "All 3 rows", "All 4 rows"),
    (FIELDS, "", '"maxValue": 8.0', '"maxValue": 9.0'),
    (CERTIFIED, "", '"contentSize": "487 B", "sha256": "2b', '"contentSize": "487 B", "sha256": "2c'),
    (CERTIFIED, "", '"dateModified": "2026-11-23"', '"dateModified": "2026-11-24"'),
    (
        CERTIFIED,
        "",
        f"(Version 1.1.0) [Data set]. Retrieved [date accessed], from {OF_CERTIFIED}</p>",
        f"(Version 1.1.1) [Data set]. Retrieved [date accessed], from {OF_CERTIFIED}</p>",
    ),
    (CERTIFIED, "", '">The editors of Social Work in China, in Figures. (2026)',
     '">The editors of Social Work in China, in Figures. (2025)'),
    (CERTIFIED, "", "value: 2752 persons", "value: 2725 persons"),
    (CERTIFIED, "", "key=C01&amp;field=value", "key=C09&amp;field=value"),
    (CERTIFIED, "", "487\u00a0B", "478\u00a0B"),
    (CERTIFIED, "", "around November 2021", "around November 2012"),
    (CERTIFIED, "", "What we checked", "Seen by 1,024 people"),
    (CERTIFIED, "summaries/certified-share/", "workers-1.1.0-certified.parquet", "workers-1.0.0-certified.parquet"),
    (CERTIFIED, "", 'href="#changes">', 'href="#changes">1,024 '),
    (CERTIFIED, "summaries/certified-split/", 'og:image:alt" content="1,063', 'og:image:alt" content="1,036'),
    (CERTIFIED, "", 'og:image:width" content="1200"', 'og:image:width" content="1000"'),
    (CERTIFIED, "", 'rel="cite-as" href="https://social-work', 'rel="item" href="https://social-labour'),
    (CERTIFIED, "1.0.0/", "(release 1.0.0) ·", "(release 1.0.1) ·"),
    (STATIONS, "", "≥", "≤"),
    (STATIONS, "summaries/station-coverage/", "h148.8", "h158.8"),
    (STATIONS, "summaries/station-coverage/", ">20</text>", ">25</text>"),
    (STATIONS, "summaries/station-coverage/embed/", "h148.8", "h158.8"),
    (CERTIFIED, "summaries/certified-split/", "A105,105,0,0,0,0,-105", "A105,105,0,0,0,10,-104.5"),
    (STATIONS, "explore/", "5 November 2021", "6 November 2021"),
    (STATIONS, "explore/", '<tr>\n<th scope="row">Social workers', '</tbody><tfoot><tr>\n<th scope="row">Social'),
    (DIVISIONS, "", "the 31 province-level", "the 34 province-level"),
    (DIVISIONS, "summaries/townships-by-kind/", "41,352", "41,353"),
]  # fmt: skip


LISTED = [
    ("datasets", '"CN": 7', '"CN": 8'),
    ("datasets", '"2021": 10', '"2021": 11'),
    ("datasets", '"CSV": 11', '"CSV": 12'),
    ("datasets", 'data-year="2023"', 'data-year="2024"'),
    ("datasets", 'data-date="2026-11-23"', 'data-date="2026-11-24"'),
    ("datasets", "48,055", "48,505"),
    ("", "5 datasets", "6 datasets"),
    ("", '"660,000 persons">660,000', '"660,000 persons">606,000'),
    ("figures", "at most 0.42%", "at most 0.24%"),
    ("changes", '<time datetime="2026-11-23">', '<time datetime="2026-11-22">'),
    ("sources", "5 November 2021", "5 November 2022"),
    ("sources", '<li><p><strong>Article A', '</ul><ul><li><p><strong>Article A'),
]  # fmt: skip


@pytest.mark.parametrize(("name", "right", "wrong"), LISTED)
def test_one_wrong_figure_in_a_list_of_the_publication_is_found(
    own_site: Path, name: str, right: str, wrong: str
) -> None:
    assert faults(own_site, own_site / "en" / name / "index.html", "en", featured(), right, wrong)


@pytest.mark.parametrize("table", ["certified", "computed"])
def test_another_table_in_the_place_of_one_is_found(
    edited: Callable[[str, Callable[[bytes], bytes]], Path], copied: Path, table: str
) -> None:
    other = copied / f"data/{ALLOWANCES}/1.0.0/allowances.parquet"
    site = edited(f"{FOLDER}/{table}.parquet", lambda _: other.read_bytes())
    assert any("Parquet" in fault for fault in compared(site, f"{FOLDER}/{table}.parquet").faults)


def test_the_picture_of_another_chart_is_found(
    edited: Callable[[str, Callable[[bytes], bytes]], Path], copied: Path
) -> None:
    pictures = copied / FOLDER / "summaries"
    site = edited(
        f"{FOLDER}/summaries/certified-split.png", lambda _: (pictures / "certified-split.en.png").read_bytes()
    )
    found = Comparison()
    cards.compare_pictures(found, site / FOLDER, RELEASE)
    assert len(found.faults) == 1


@pytest.mark.parametrize(("dataset", "page", "right", "wrong"), PAGES)
def test_one_wrong_figure_on_a_page_is_found(own_site: Path, dataset: str, page: str, right: str, wrong: str) -> None:
    path = own_site / "en/datasets" / dataset / page / "index.html"
    release = Release(dataset, page.strip("/")) if re.match(r"\d", page) else newest()[dataset]
    assert not faults(own_site, path, "en", release)
    assert faults(own_site, path, "en", release, right, wrong)
