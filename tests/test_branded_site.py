"""The small publication with a colour, a logo, links in its footer and a counter, as readers and programs get it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from datagazette.charts.brand import palettes
from datagazette.charts.palette import LIGHT
from datagazette.model.look import Brand, accents
from tests.conftest import ROOT, Changed, call_build, once, publish
from tests.host import host

pytestmark = [pytest.mark.slow, pytest.mark.thorough]

PURPLE, YELLOW = "#5b2a86", "#f5c518"
LOOK = f"""
brand: {{colour: "{PURPLE}", logo: site/logo.svg}}
footer:
  - {{title: 隐私声明, title@en: Privacy notice, path: privacy/}}
  - {{title: 源代码, title@en: Source code, path: "https://example.org/code"}}
counter: {{script: assets/count.js, title: Counter}}
"""
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><circle cx="50" cy="50" r="50"/></svg>'
COUNTING = "window.counted = document.currentScript.src;\n"


def brand(root: Path) -> None:
    catalog = root / "datasets/catalog.yaml"
    catalog.write_text(catalog.read_text("utf-8") + LOOK.lstrip(), "utf-8")
    for path, text in {
        "logo.svg": LOGO, "assets/count.js": COUNTING,
        "pages/zh/privacy.md": "# 隐私声明\n\n说明。\n", "pages/en/privacy.md": "# Privacy notice\n\nA notice.\n",
    }.items():  # fmt: skip
        (root / "site" / path).parent.mkdir(parents=True, exist_ok=True)
        (root / "site" / path).write_text(text, "utf-8")


@pytest.fixture(scope="session")
def branded(changed: Changed, shared: Path) -> Path:
    root = changed("branded", brand)
    return once(shared / "site-branded", lambda site: publish(root, site))


@pytest.fixture(scope="session")
def recoloured(branded: Path, shared: Path) -> Path:
    """The branded publication, whose ledgers know its files, with another colour; `said` is what the build said."""

    def make(folder: Path) -> None:
        root = Path(shutil.copytree(shared / "branded/small", folder / "small"))
        shutil.copytree(branded, folder / "site")
        assert call_build("record", "--root", root).status == 0
        catalog = root / "datasets/catalog.yaml"
        catalog.write_text(catalog.read_text("utf-8").replace(PURPLE, YELLOW), "utf-8")
        done = call_build("build", "--root", root, "--out", folder / "site")
        (folder / "said").write_text(f"{done.status}\n{done.said}", "utf-8")

    return once(shared / "recoloured", make)


def page(site: Path, path: str) -> str:
    return (site / path / "index.html").read_text("utf-8")


def test_pages_charts_and_pictures_have_the_colour_and_nothing_of_the_programs(branded: Path) -> None:
    colours = palettes(Brand(PURPLE))
    (sheet,) = (branded / "assets/site").glob("*/site.css")
    assert re.search(f"--accent: ?{PURPLE}", sheet.read_text("utf-8"))
    charts = branded / "data/counts/1.1.0/summaries"
    for name, palette in (("by-place.svg", colours["light"]), ("by-place.dark.svg", colours["dark"])):
        drawing = (charts / name).read_text("utf-8")
        assert palette.accent in drawing
        assert LIGHT.accent not in drawing
    config = json.loads((charts / "by-place.vl.json").read_text("utf-8"))["config"]
    assert tuple(config["range"]["category"]) == colours["light"].series
    assert f"var(--chart-accent,{PURPLE})" in page(branded, "en/datasets/counts")
    icon = (branded / "assets/site/favicon.svg").read_text("utf-8")
    assert f'fill="{PURPLE}"' in icon


def test_the_logo_is_where_readers_feeds_and_search_engines_look(branded: Path) -> None:
    assert (branded / "assets/brand/logo.svg").read_text("utf-8") == LOGO
    home = page(branded, "en")
    assert re.search('<link rel="icon" type="image/svg.xml" href="[./]*/assets/brand/logo.svg">', home)
    (logo,) = re.findall(r'<img class="brand__logo[^>]*>', home)
    assert 'alt="A small publication"' in logo
    assert 'width="100" height="100"' in logo
    assert '<svg class="brand__mark"' not in home
    address = "https://small.example.org/data/assets/brand/logo.svg"
    described = [json.loads(found) for found in re.findall(r'<script type="application/ld\+json">(.*?)</script>', home)]
    assert described[0]["publisher"]["logo"] == {
        "@type": "ImageObject", "url": address, "caption": "A small publication",
    }  # fmt: skip
    feed = (branded / "en/feed.xml").read_text("utf-8")
    assert f"<icon>{address}</icon>" in feed
    assert f"<logo>{address}</logo>" in feed


@pytest.mark.parametrize(
    ("path", "up", "title", "statement"),
    [
        ("", "", "隐私声明", "本站用 Counter 统计访问量"),
        ("en", "", "Privacy notice", "This site counts visits with Counter"),
        ("en/datasets/counts", "../../", "Privacy notice", "This site counts visits with Counter"),
    ],
)
def test_the_footer_has_the_publishers_links_and_says_that_visits_are_counted(
    branded: Path, path: str, up: str, title: str, statement: str
) -> None:
    footer = page(branded, path).partition("<footer")[2]
    links = re.findall(r'<li><a href="([^"]*)"[^>]*>([^<]*)</a>', footer)
    places = [place for place, _ in links]
    assert (f"{up}privacy/", title) in links
    assert places.index(f"{up}cite/") < places.index(f"{up}privacy/") < places.index("https://example.org/code")
    assert re.search(f'{statement}.*<a href="{up}privacy/">{title}</a>', footer)
    assert "does not count visitors" not in footer
    assert "不做访问统计" not in footer


@pytest.fixture
def reader(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 800}, color_scheme=request.param)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("reader", ["light", "dark"], indirect=True)
def test_a_page_counts_within_its_policy_and_a_chart_elsewhere_does_not(branded: Path, reader: Page) -> None:
    said: list[str] = []
    reader.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    with host(branded) as address:
        reader.goto(f"{address}en/datasets/counts/", wait_until="networkidle")
        assert reader.evaluate("window.counted") == f"{address}assets/site/count.js"
        assert reader.locator(".brand__logo").bounding_box()["height"] == 32  # type: ignore[index]
        assert reader.evaluate("document.documentElement.scrollWidth") <= 390
        reader.goto(f"{address}en/datasets/counts/summaries/by-place/embed/", wait_until="networkidle")
        assert reader.evaluate("window.counted") is None
    assert said == []


def test_another_colour_of_released_charts_is_no_error_and_says_what_to_run(recoloured: Path) -> None:
    status, _, said = (recoloured / "said").read_text("utf-8").partition("\n")
    assert status == "0", said
    assert "error" not in said
    assert "python build.py record" in said
    assert accents(YELLOW, "light").accent in said
    chart = (recoloured / "site/data/counts/1.0.0/summaries/by-place.svg").read_text("utf-8")
    assert palettes(Brand(YELLOW))["light"].accent in chart
    root = recoloured / "small"
    assert call_build("record", "--root", root).status == 0
    again = call_build("build", "--root", root, "--out", recoloured / "site")
    assert again.status == 0
    assert "record" not in again.said


@pytest.mark.parametrize("reader", ["light", "dark"], indirect=True)
@pytest.mark.parametrize("path", ["en/", "en/datasets/", "en/datasets/counts/", "en/datasets/counts/explore/"])
def test_text_can_be_read_on_the_pages_of_a_yellow_publisher(recoloured: Path, reader: Page, path: str) -> None:
    with host(recoloured / "site") as address:
        reader.goto(address + path, wait_until="networkidle")
        reader.evaluate((ROOT / "node_modules/axe-core/axe.min.js").read_text("utf-8"))
        found = reader.evaluate("axe.run(document, {runOnly: ['color-contrast']}).then(({violations}) => violations)")
    assert found == []
