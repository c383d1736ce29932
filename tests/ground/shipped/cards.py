"""Pictures: those that links are shown with, and those of charts. Each is what its page or its drawing says.

A picture has no text to read, so it is drawn once more from what the page or the drawing says, and must come out the
same to the byte; what it is drawn from is compared with the tables as texts and marks.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import lxml.etree
import lxml.html
from lxml.etree import _Element as Element

from datagazette.charts.cards import LinkCard, compose, render_card
from datagazette.charts.drawing import Chart
from tests.ground.shipped.citing import figure_of
from tests.ground.shipped.comparing import Comparison
from tests.ground.shipped.figures import agree, figures, plain, wanted
from tests.ground.shipped.marks import compare_marks
from tests.ground.shipped.page import CATALOG, said, title_of, want_of
from tests.ground.shipped.search import SIGNS
from tests.ground.shipped.selecting import select
from tests.ground.shipped.tables import Release, newest, read_yaml

FOLDERS = {"zh": "", "en": "en/"}
_NARROW = re.compile(r'<div class="chart__narrow">(<svg.*?</svg>)', re.DOTALL)


def floors() -> Counter[str]:
    every = list(newest().values())
    summaries = [summary for release in every for summary in release.described.get("summaries", ())]
    own = 1 + sum("figures" in release.described for release in every)
    charts = sum("chart" in summary for summary in summaries)
    return Counter({
        "picture": 2 * (1 + len(every) + len(summaries)), "amount on a picture": 2 * own,
        "title on a picture": 2 * len(summaries), "marks of a chart": charts,
    })  # fmt: skip


def compare_pictures(found: Comparison, folder: Path, release: Release) -> None:
    """The pictures of charts: each is its drawing."""
    for summary in release.described.get("summaries", ()):
        for end in ("", ".en") if "chart" in summary else ():
            drawing = (folder / f"summaries/{summary['name']}{end}.svg").read_text("utf-8")
            name = f"{summary['name']}{end}.png"
            picture = Chart(drawing, {}, "", 0, 0).png
            found.same("picture of a chart", name, (folder / "summaries" / name).read_bytes() == picture, True)


def compare_cards(found: Comparison, site: Path) -> None:
    left = set((site / "assets/og").rglob("*.png"))
    for language in FOLDERS:
        for path, page, card in _cards(found, site, language):
            left.discard(path)
            head = lxml.html.parse(page).getroot().xpath("//meta[@property='og:image']/@content")
            found.same("address of a picture", str(page), [one.partition("/assets/")[2] for one in head],
                       [path.relative_to(site / "assets").as_posix()])  # fmt: skip
            found.same("picture", path.relative_to(site).as_posix(), path.read_bytes() == render_card(card), True)
    found.same("pictures that no page has", "assets/og", sorted(left), [])


def _cards(found: Comparison, site: Path, language: str) -> Iterator[tuple[Path, Path, LinkCard]]:
    """The file, the page that it is for, and the picture as it should be."""
    catalog, own = read_yaml(CATALOG), site / FOLDERS[language]
    credit = said(catalog, "title", language)
    first = catalog["headlines"][0]
    home = LinkCard(said(catalog, "tagline", language), credit)
    page = own / "index.html"
    card = _with_figure(found, home, _root(page), newest()[first["dataset"]], first["figure"], language)
    yield site / f"assets/og/{language}.png", page, card
    for dataset, release in newest().items():
        page, folder = own / "datasets" / dataset / "index.html", site / "assets/og" / language
        title, summaries = said(release.described, "title", language), release.described.get("summaries", ())
        charts = {one["name"]: _chart(own, release, one["name"]) if "chart" in one else "" for one in summaries}
        card = LinkCard(title, credit, chart=next(filter(None, charts.values()), ""))
        if names := [one["name"] for one in release.described.get("figures", ())]:
            card = _with_figure(found, card, _root(page), release, names[0], language)
        shown = next((name for name, chart in charts.items() if chart), "")
        _marks(found, card, release, shown, language)
        yield folder / f"{dataset}.png", page, card
        for name, chart in charts.items():
            page = own / "datasets" / dataset / "summaries" / name / "index.html"
            (heading,) = select(_root(page), "h1")
            text = plain(heading.text_content().rstrip("#"))
            right = agree(figures(text), title_of(release, release.summary(name), language))
            found.same("title on a picture", f"{dataset}/{name}, {text!r}", right, True)
            card = LinkCard(text, f"{credit} · {title}", chart=chart)
            _marks(found, card, release, name, language)
            yield folder / dataset / f"{name}.png", page, card


def _root(page: Path) -> Element:
    return lxml.html.parse(page).getroot()


def _chart(own: Path, release: Release, name: str) -> str:
    """The drawing for phones, as the page of the summary has it."""
    html = (own / "datasets" / release.dataset / "summaries" / name / "index.html").read_text("utf-8")
    found = _NARROW.search(html)
    return found[1] if found else ""


def _with_figure(
    found: Comparison, card: LinkCard, root: Element, release: Release, name: str, language: str
) -> LinkCard:
    """The first figure of a page, whose amount, sign and day are those of the tables."""
    figure, row, entry, schema = figure_of(release.dataset, name, release)
    item = next(iter(select(root, "li.figure")))
    sign, value, unit, when, what = (
        plain(" ".join(" ".join(part.itertext()) for part in select(item, selector)[:1]))
        for selector in (".figure__bound", ".figure__value", ".figure__unit", ".figure__when", ".figure__what")
    )
    roles = {one["role"]: one["name"] for one in schema["fields"] if "role" in one}
    bound = entry.get("bound") or (str(row[roles["bound"]]) if "bound" in roles else "exact")
    day = str(row[roles["date"]]) if "date" in roles else ""
    about = " · ".join([what, *([when.rpartition(" · ")[2]] if day else [])])
    place = f"picture of {release.dataset}, {value!r}"
    right = agree(figures(value), want_of(release, schema, entry, row[entry["name"]], language))
    found.same("amount on a picture", place, right, True)
    found.same("sign on a picture", place, sign, SIGNS[bound])
    want = [*wanted(said(figure, "title", language)), *wanted(day)]
    found.same("day on a picture", f"{place}, {about!r}", agree(figures(about), want), True)
    return replace(card, amount=f"{sign} {value}".strip(), unit=unit, about=about)


def _marks(found: Comparison, card: LinkCard, release: Release, name: str, language: str) -> None:
    """The chart on a picture, if it has room for one."""
    root = lxml.etree.fromstring(ElementTree.tostring(compose(card), encoding="unicode"))
    if name and root.findall(".//{*}g[@transform]"):
        compare_marks(found, root, release, name, language, f"picture of {release.dataset}/{name}, {language}")
