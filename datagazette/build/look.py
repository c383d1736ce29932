"""What `catalog.yaml` says of the look of the site, as pages have it: logo, icon, links in the footer, the counter."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from datagazette.charts.brand import palettes
from datagazette.describe import addresses
from datagazette.files import sha256
from datagazette.home import HOME
from datagazette.load.files import CATALOG
from datagazette.model.colours import LINE_CONTRAST, TEXT_CONTRAST, contrast
from datagazette.model.look import SURFACES, Brand, FooterLink, Logo, Scheme, accents
from datagazette.model.names import nearest
from datagazette.model.pages import AuthoredPage
from datagazette.model.problems import Problem, Remark, problem, warning
from datagazette.model.publication import Catalog, Publication
from datagazette.model.text import isolated
from datagazette.pages import SiteContent
from datagazette.pages.render import OVERVIEW
from datagazette.publish import look
from datagazette.publish.assets import Look
from datagazette.publish.output import Output

_STYLES, _ICON = "site/assets/tokens.css", "site/assets/favicon.svg"
_ACCENT = re.compile(r"^\s*--accent\s*:\s*([^;}]+)", re.MULTILINE)
_PRIVACY = "privacy/"  # where a page about the counter is looked for


def bundled_look(publication: Publication) -> Look:
    """What is bundled with the program's styles and scripts."""
    catalog = publication.catalog
    plain = "" if _has_own_icon(publication.root) else (HOME / _ICON).read_text("utf-8")
    return Look(
        tokens=look.style_sheet(catalog.brand),
        icon=look.icon(plain, catalog.brand) if plain and catalog.brand.colour else "",
        counter=catalog.counter.script if catalog.counter else "",
    )


def publish_logos(publication: Publication, output: Output) -> None:
    """Puts the logos where pages, feeds and search engines look for them."""
    brand = publication.catalog.brand
    for logo, is_dark in ((brand.logo, False), (brand.logo_dark, True)):
        if logo:
            output.write(addresses.logo_path(logo, is_dark=is_dark), (publication.root / logo.path).read_bytes())


def frame_look(content: SiteContent, language: str, footer: list[dict[str, Any]]) -> dict[str, Any]:
    """For the templates of pages in one language; `footer` are the links that the program knows."""
    catalog, brand, pages = content.catalog, content.catalog.brand, content.authored_pages
    has_own_icon = _has_own_icon(content.publication.root)
    # What a phone shows around a page: without a brand, --paper.
    around = {scheme: accents(brand.colour, scheme, brand.colour_dark).around if brand.colour else surfaces[0]
              for scheme, surfaces in SURFACES.items()}  # fmt: skip
    icon = brand.logo if brand.logo and brand.logo.is_square and not has_own_icon else None
    own = [{**_place(catalog, link.path, language, pages), "title": isolated(link.title.get(language))}
           for link in catalog.footer]  # fmt: skip
    named = {link["path"] for link in own}
    return {
        "around": around,
        "icon": {"path": addresses.logo_path(icon) if icon else addresses.ICON,
                 "type": icon.media_type if icon else "image/svg+xml"},
        "logo": _logos(brand) if brand.logo else None,
        "footer_pages": [link for link in footer if link["path"] not in named] + own,
        "counter": _counter(catalog, language, pages),
    }  # fmt: skip


def _logos(brand: Brand) -> dict[str, Any]:
    """The logo of the light scheme, and that of the dark one, which may be the same on a plate."""
    logo, dark = brand.logo, brand.logo_dark
    return {
        "light": _picture(logo, is_dark=False) if logo else None,
        "dark": _picture(dark, is_dark=True) if dark else None,
    }


def _picture(logo: Logo, *, is_dark: bool) -> dict[str, Any]:
    return {"path": addresses.logo_path(logo, is_dark=is_dark), "width": round(100 * logo.width / logo.height)}


def _counter(catalog: Catalog, language: str, pages: Sequence[AuthoredPage]) -> dict[str, Any] | None:
    counter = catalog.counter
    if counter is None:
        return None
    path = counter.path or (_PRIVACY if _PRIVACY in (page.address for page in pages) else "")
    title = next((link.title.get(language) for link in catalog.footer if link.path == path), "")
    return {
        "script": counter.script,
        "title": isolated(counter.title.get(language) or counter.script),
        "page": {**_place(catalog, path, language, pages), "title": isolated(title)} if path else None,
    }


def _place(catalog: Catalog, path: str, language: str, pages: Sequence[AuthoredPage]) -> dict[str, str]:
    """The address of a link: relative to the folder of the language or, where a page has not been translated, in
    another `language`, relative to the site."""
    written = _languages(path, pages)
    if not written or language in written or path.startswith("https:"):
        return {"path": path, "language": ""}
    other = next(code for code in catalog.languages if code in written)
    return {"path": addresses.localized(catalog, path, other), "language": other}


def _languages(path: str, pages: Sequence[AuthoredPage]) -> frozenset[str]:
    """Those in which an authored page at `path` is written."""
    place = path.partition("#")[0]
    return frozenset(page.language for page in pages if page.address == place)


def contrast_remarks(brand: Brand) -> Iterator[Remark]:
    """A colour that text cannot have, with where it is used and where a shade of it. One for dark pages that comes from
    the other is always a shade that text can have."""
    given: tuple[tuple[str, Scheme], ...] = ((brand.colour, "light"), (brand.colour and brand.colour_dark, "dark"))
    for colour, scheme in given:
        ratio = min(contrast(colour, surface) for surface in SURFACES[scheme]) if colour else TEXT_CONTRAST
        if ratio < TEXT_CONTRAST:
            found = accents(brand.colour, scheme, brand.colour_dark)
            key = "brand-dark" if scheme == "dark" else "brand-lines" if ratio < LINE_CONTRAST else "brand-text"
            shades = {"used": found.accent, "lines": palettes(brand)[scheme].accent, "on": found.on_accent}
            # Rounded down: 4.496 is less than 4.5.
            yield Remark(key, (("colour", colour), ("ratio", f"{int(ratio * 100) / 100:.2f}"), *shades.items()))


def look_problems(
    publication: Publication, pages: Sequence[AuthoredPage], standing: Callable[[str], str]
) -> Iterator[Problem]:
    """What is wrong with the links of the footer, and a colour that pages alone would have.

    `standing` finds what is at an address, as `site_check` does.
    """
    catalog, counter = publication.catalog, publication.catalog.counter
    about = (FooterLink(counter.title, counter.path, counter.line),) if counter and counter.path else ()
    for link in (*catalog.footer, *about):
        if link.is_own:
            yield from _missing(link, catalog, pages, standing)
    yield from _colour_of_pages(publication.root, catalog.brand)


def _missing(
    link: FooterLink, catalog: Catalog, pages: Sequence[AuthoredPage], standing: Callable[[str], str]
) -> Iterator[Problem]:
    path = link.path.partition("#")[0]
    there = [code for code in catalog.languages if standing(addresses.localized(catalog, path, code)) != "missing"]
    missing = [code for code in catalog.languages if code not in there]
    for language in missing if there else missing[:1]:
        values = {"path": path, "language": language, "file": addresses.staged(path)}
        if there:
            about = {"found": there[0], "rule": "translation"}
            yield warning("footer-page-missing", CATALOG, link.line, **values, **about)
        else:
            near = nearest(path, {*(page.address for page in pages), *OVERVIEW} - {""})
            yield problem("footer-page-missing", CATALOG, link.line, **values, near=near)


def _colour_of_pages(root: Path, brand: Brand) -> Iterator[Problem]:
    """Charts have no style sheet, so that `--accent` in the publication's own tokens.css is the colour of pages alone.
    It is not read for them: CSS can compute a colour in ways that only a browser knows. A copy of the program's file
    changes nothing, but where there is a brand, whose colour it hides."""
    own, plain = (_accents(place / _STYLES) for place in (root, HOME))
    for found, line in own.items() if root != HOME else ():
        if brand.colour or found not in plain:
            yield warning("brand-in-styles", _STYLES, line, found=found, rule="both" if brand.colour else "")
            return


def _accents(path: Path) -> Mapping[str, int]:
    """Each value of `--accent` in a style sheet, with its line."""
    if not path.is_file():
        return {}
    text = path.read_text("utf-8", errors="replace")
    return {match[1].strip().lower(): text.count("\n", 0, match.end()) + 1 for match in _ACCENT.finditer(text)}


def _has_own_icon(root: Path) -> bool:
    own = root / _ICON
    return own.is_file() and sha256(own) != sha256(HOME / _ICON)
