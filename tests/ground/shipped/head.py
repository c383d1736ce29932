"""The head of a page: its title and description, its picture, what catalogues and programs are led to."""

from __future__ import annotations

import json
import re
from decimal import Decimal

from tests.ground.shipped.comparing import BASE, leaves
from tests.ground.shipped.figures import agree, figures, plain, wanted
from tests.ground.shipped.page import Page, authored, said, summary_of, title_of
from tests.ground.shipped.tables import Release, newest


def head(page: Page) -> None:
    """What search engines and links elsewhere show of the page, and where they lead."""
    _texts(page)
    _picture(page)
    _links(page)
    _catalogue(page)


def _texts(page: Page) -> None:
    known, name = authored(page.release, page.language), summary_of(page)
    own = "//head/title | //meta[@name='description' or starts-with(@property, 'og:')]"
    for meta in page.main.getroottree().xpath(own):
        if meta.get("property") in {"og:image:width", "og:image:height"}:  # compared with the picture
            continue
        shown = plain(meta.get("content", "") or meta.text or "").rstrip("…")
        page.compared += len(figures(shown))
        if figures(shown) and "://" not in shown:
            summary = page.release.summary(name) if name else {}
            titles = [title_of(page.release, summary, page.language, key) for key in ("title", "description") if name]
            titles += [[*wanted(said(page.release.described, "title", page.language)), page.release.version]]
            titles += [[Decimal(len(newest()))]] if page.path.parent.name == "datasets" else []
            if not any(shown in text for text in known) and not any(agree(figures(shown), want) for want in titles):
                page.fault("description in the head", shown, "a text of the publisher")


def _picture(page: Page) -> None:
    """The size of the picture that a link to the page is shown with."""
    said_of = {
        meta.get("property"): meta.get("content")
        for meta in page.main.getroottree().xpath("//meta[starts-with(@property, 'og:image')]")
    }
    if "og:image" in said_of:
        content = (page.site / said_of["og:image"].removeprefix(BASE)).read_bytes()[16:24]
        sides = [str(int.from_bytes(content[start : start + 4])) for start in (0, 4)]
        shown = [said_of.get(f"og:image:{side}") for side in ("width", "height")]
        page.compared += 2
        if shown != sides:
            page.fault("size of the picture", shown, sides)


def _links(page: Page) -> None:
    """Links for programs lead to the files of the release that the page is of, and to its lasting address."""
    for link in page.main.getroottree().xpath("//link[@rel='cite-as' or @rel='item' or @rel='describedby']"):
        address = link.get("href", "")
        found = re.fullmatch(rf"{re.escape(BASE)}(data|datasets)/([a-z-]+)/([^/]+)/(.*)", address)
        page.compared += 1
        want = (page.release.dataset, page.release.version)
        if not found or (found[2], found[3]) != want or not (page.site / address.removeprefix(BASE)).exists():
            page.fault(f"link to {link.get('rel')}", address, want)


def _catalogue(page: Page) -> None:
    """The catalogue as search engines read it: every dataset, and no figure but the publisher's."""
    for script in page.main.getroottree().xpath("//script[@type='application/ld+json']/text()"):
        described = json.loads(script)
        if described.get("@type") != "DataCatalog":
            continue
        shown = [one["@id"].removeprefix(BASE).split("/")[1] for one in described["dataset"]]
        page.compared += len(shown)
        if shown != [*newest()]:
            page.fault("datasets in JSON-LD", shown, [*newest()])
        texts = {text for release in newest().values() for text in _authored(release)}
        for text in map(plain, map(str, leaves(described))):
            if figures(text) and text not in texts and not text.startswith("http"):
                page.fault("JSON-LD of the catalogue", text, "a text of the publisher")


def _authored(release: Release) -> set[str]:
    return {*authored(release, "zh"), *authored(release, "en")}
