"""A publisher's own colour, logo, links and counter, as catalog.yaml has them: what is read, and what readers get."""

from __future__ import annotations

import re
import struct
import zlib
from pathlib import Path
from xml.etree import ElementTree

import pytest

from datagazette.build.look import bundled_look, contrast_remarks, frame_look, look_problems
from datagazette.charts.brand import palettes
from datagazette.charts.cards import CardLook, LinkCard, compose
from datagazette.load.brand import own_path
from datagazette.load.catalog import read_catalog
from datagazette.load.yaml_file import parse_yaml
from datagazette.messages import texts
from datagazette.model.look import Brand, accents
from datagazette.model.pages import AuthoredPage
from datagazette.model.problems import Problem, fix, message
from datagazette.model.publication import Catalog, Publication
from datagazette.pages import SiteContent
from datagazette.publish.assets import Look
from tests.conftest import PUBLICATIONS, ROOT

PURPLE = "#5b2a86"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}">{}</svg>'
LOGO = SVG.format(200, 80, '<rect width="200" height="80" fill="#5b2a86"/>')
BASE = (PUBLICATIONS / "small/datasets/catalog.yaml").read_text("utf-8")


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    lines = zlib.compress(b"".join(b"\0" + b"\x80" * width for _ in range(height)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with pictures, scripts and styles, and no data."""
    (tmp_path / "site/assets").mkdir(parents=True)
    (tmp_path / "site/logo.svg").write_text(LOGO, "utf-8")
    (tmp_path / "site/assets/count.js").write_text("// counts\n", "utf-8")
    return tmp_path


def read(root: Path, added: str) -> tuple[Catalog, tuple[Problem, ...]]:
    """The small publication's catalogue with more lines at its end, and what is wrong with these."""
    document, faults = parse_yaml(f"{BASE}{added}\n", "datasets/catalog.yaml")
    assert document, faults
    catalog, problems = read_catalog(document, root)
    assert catalog
    return catalog, problems


FIRST = BASE.count("\n") + 1
FAULTS = {
    "a colour that is a word": ("brand: {colour: purple}", "brand-colour", "purple"),
    "a colour without quotes, which YAML takes for a comment": ("brand:\n  colour: #5b2a86", "brand-colour", "comment"),
    "a key in American spelling": ('brand: {color: "#5b2a86"}', "unknown-key", "colour"),
    "a dark colour alone": ('brand: {colourDark: "#5b2a86"}', "missing-key", "colour"),
    "a logo that is not there": ("brand: {logo: site/lgo.svg}", "file-missing", "site/logo.svg"),
    "a logo outside of the publication": ("brand: {logo: ../logo.svg}", "path-unsafe", "../logo.svg"),
    "a logo outside of the folder site": ("brand: {logo: logo.svg}", "logo-format", "the folder site"),
    "a logo that is a photograph": ("brand: {logo: site/logo.jpg}", "logo-format", ".png"),
    "a PNG in name only": ("brand: {logo: site/wrong.png}", "logo-format", "not a whole PNG"),
    "a PNG that ends early": ("brand: {logo: site/cut.png}", "logo-format", "not a whole PNG"),
    "a PNG of a poster's size": ("brand: {logo: site/large.png}", "logo-size", "4001"),
    "a logo as long as a line": ("brand: {logo: site/long.svg}", "logo-size", "12"),
    "a logo without a size": ("brand: {logo: site/bare.svg}", "logo-size", "viewBox"),
    "a logo of a megabyte": ("brand: {logo: site/heavy.svg}", "logo-size", "300000"),
    "an SVG that ends early": ("brand: {logo: site/cut.svg}", "logo-format", "not a whole SVG"),
    "a link to a host without encryption": (
        'footer: [{title: 甲, title@en: A, path: "http://example.org/"}]', "footer-link", "http://example.org/",
    ),
    "a counter on another host": ("counter: {script: https://example.org/count.js}", "counter-script", "another host"),
    "a counter that is not there": ("counter: {script: assets/cont.js}", "file-missing", "site/assets/cont.js"),
    "a counter that is no script": ("counter: {script: pages/count.js}", "counter-script", "pages/count.js"),
}  # fmt: skip


@pytest.mark.parametrize("case", FAULTS)
def test_what_cannot_be_used_is_named_with_its_place_and_its_remedy(root: Path, case: str) -> None:
    added, code, shown = FAULTS[case]
    for name, content in {
        "logo.svg": LOGO.encode(), "site/logo.jpg": b"\xff\xd8", "site/wrong.png": b"GIF89a", "site/cut.svg": b"<svg",
        "site/large.png": png(4001, 20), "site/cut.png": png(40, 20)[:-12],
        "site/long.svg": SVG.format(500, 10, "").encode(),
        "site/bare.svg": b'<svg xmlns="http://www.w3.org/2000/svg"/>', "site/heavy.svg": b" " * 1_000_000,
    }.items():  # fmt: skip
        (root / name).write_bytes(content)
    _, problems = read(root, added)
    assert [found.code for found in problems] == [code]
    (found,) = problems
    assert found.file == "datasets/catalog.yaml"
    assert found.line == FIRST + added.count("\n")
    assert shown in message(found, "en") + fix(found, "en")
    assert message(found, "zh") != message(found, "en")


HARMFUL = {
    "a script": "<script>1</script>",
    "a script of XHTML": '<script xmlns="http://www.w3.org/1999/xhtml">1</script>',
    "a handler": '<g onclick="1"/>',
    "a page in it": "<foreignObject/>",
    "a link": '<a href="https://example.org/"><path d="M0 0"/></a>',
    "an animation that sets a link": '<set attributeName="href" to="javascript:1"/>',
    "a picture of another host": '<image href="https://example.org/x.png"/>',
    "a drawing in a picture, which may hold all of this": '<image href="data:image/svg+xml;base64,AAAA"/>',
    "a shape of another host": '<use href="https://example.org/x.svg#a"/>',
    "a paint of another host": '<rect fill="url(https://example.org/x.svg#a)"/>',
    "a style sheet of another host": "<style>@import 'https://example.org/x.css'</style>",
    "a style sheet that spells it with an escape": r"<style>@\69mport 'https://example.org/x.css'</style>",
    "shapes of shapes": "<use href='#a'/>" * 21,
}


@pytest.mark.parametrize("case", HARMFUL)
def test_a_logo_that_can_do_more_than_be_looked_at_is_refused(root: Path, case: str) -> None:
    (root / "site/logo.svg").write_text(SVG.format(10, 10, HARMFUL[case]), "utf-8")
    catalog, problems = read(root, "brand: {logo: site/logo.svg}")
    assert catalog.brand.logo is None
    assert {found.code for found in problems} <= {"logo-unsafe", "logo-size"}
    assert len(problems) == 1


def test_a_logo_with_an_entity_is_refused(root: Path) -> None:
    (root / "site/logo.svg").write_text(f'<!DOCTYPE svg [<!ENTITY a "b">]>{LOGO}', "utf-8")
    assert [found.code for found in read(root, "brand: {logo: site/logo.svg}")[1]] == ["logo-unsafe"]


def test_a_logo_as_editors_save_it_is_taken(root: Path) -> None:
    """With a public doctype, metadata in namespaces of their own, a style sheet, gradients and a path of Windows."""
    (root / "site/logo.svg").write_text(
        '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n'
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="40mm" height="20mm"'
        ' xmlns:i="http://www.inkscape.org/namespaces/inkscape" i:export-filename="C:\\logo.png">'
        "<metadata><i:grid/></metadata><defs><style>.a{fill:url(#g)}</style><linearGradient id='g'/>"
        "<path id='p' d='M0 0'/></defs><use xlink:href='#p'/></svg>",
        "utf-8",
    )
    catalog, problems = read(root, "brand: {logo: site/logo.svg}")
    assert not problems
    assert catalog.brand.logo
    assert (catalog.brand.logo.width, catalog.brand.logo.height) == (40, 20)
    assert not catalog.brand.logo.is_square


@pytest.mark.parametrize(("width", "height", "is_square"), [(64, 64, True), (72, 64, True), (200, 64, False)])
def test_a_png_is_an_icon_where_it_is_about_square(root: Path, width: int, height: int, is_square: bool) -> None:
    (root / "site/logo.png").write_bytes(png(width, height))
    logo = read(root, "brand: {logo: site/logo.png}")[0].brand.logo
    assert logo
    assert logo.is_square == is_square
    assert logo.media_type == "image/png"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("privacy/", "privacy/"), ("privacy", "privacy/"), ("/privacy/", "privacy/"), ("privacy.md", "privacy/"),
        ("legal/privacy/index.md", "legal/privacy/"), ("about/#errors", "about/#errors"), ("../x/", ""),
        ("ftp://x/", ""), ("mailto:a@b.example", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_page_in_the_footer_may_be_named_by_its_address_or_its_file(written: str, meant: str) -> None:
    assert own_path(written) == meant


def pages(*places: tuple[str, str]) -> tuple[AuthoredPage, ...]:
    return tuple(AuthoredPage(language, path, "") for language, path in places)


def content(root: Path, catalog: Catalog, written: tuple[AuthoredPage, ...]) -> SiteContent:
    return SiteContent(Publication(root, catalog, ()), {}, {}, Path(), written)


FOOTER = """
footer:
  - {title: 隐私, title@en: Privacy, path: privacy/}
  - {title: 源码, title@en: Source, path: "https://example.org/code"}
  - {title: 关于我们, title@en: About us, path: about/}
"""
KNOWN = [{"path": "cite/", "title": "Cite", "language": ""}, {"path": "about/", "title": "About", "language": ""}]


def test_links_in_the_footer_follow_the_known_ones_in_their_order(root: Path) -> None:
    catalog, problems = read(root, FOOTER)
    written = pages(("zh", "privacy/index.md"), ("en", "privacy.md"), ("zh", "about.md"), ("en", "about.md"))
    shown = frame_look(content(root, catalog, written), "en", KNOWN)["footer_pages"]
    assert not problems
    assert [link["title"] for link in shown] == ["Cite", "Privacy", "Source", "About us"]
    assert {link["language"] for link in shown} == {""}


def test_a_page_that_is_not_translated_is_linked_in_the_language_that_it_has(root: Path) -> None:
    catalog, _ = read(root, FOOTER)
    written = pages(("en", "privacy/index.md"), ("zh", "about.md"), ("en", "about.md"))
    shown = {link["title"]: link for link in frame_look(content(root, catalog, written), "zh", [])["footer_pages"]}
    assert shown["隐私"] == {"title": "隐私", "path": "en/privacy/", "language": "en"}
    there = {"en/privacy/", "about/", "en/about/"}
    (found,) = look_problems(
        Publication(root, catalog, ()), written, lambda address: "there" if address in there else "missing"
    )
    assert (found.severity, found.line) == ("warning", FIRST + 2)
    assert "site/pages/zh/privacy/index.md" in fix(found, "en")


def test_a_page_in_the_footer_that_is_nowhere_is_an_error_that_names_the_nearest(root: Path) -> None:
    catalog, _ = read(root, "footer: [{title: 隐私, title@en: Privacy, path: privcy/}]")
    written = pages(("zh", "privacy.md"), ("en", "privacy.md"))
    (found,) = look_problems(Publication(root, catalog, ()), written, lambda _: "missing")
    assert (found.code, found.severity, found.line) == ("footer-page-missing", "error", FIRST)
    assert "privacy/" in message(found, "en")


def test_a_colour_in_the_style_sheet_alone_is_said_to_be_that_of_pages_alone(root: Path) -> None:
    own, plain = root / "site/assets/tokens.css", (ROOT / "site/assets/tokens.css").read_text("utf-8")
    own.write_text(plain, "utf-8")
    publication = Publication(root, read(root, "")[0], ())
    assert not list(look_problems(publication, (), lambda _: "there"))
    own.write_text(plain.replace("--accent: #0b6e75", "--accent: #5b2a86"), "utf-8")
    (found,) = look_problems(publication, (), lambda _: "there")
    assert (found.code, found.file, found.severity) == ("brand-in-styles", "site/assets/tokens.css", "warning")
    assert "charts" in message(found, "en")
    branded = Publication(root, read(root, 'brand: {colour: "#5b2a86"}')[0], ())
    for accent in (PURPLE, "#0b6e75"):
        own.write_text(plain.replace("--accent: #0b6e75", f"--accent: {accent}"), "utf-8")
        (found,) = look_problems(branded, (), lambda _: "there")
        assert "brand.colour" in message(found, "en")


@pytest.mark.parametrize(
    ("brand", "said"),
    [
        (Brand(PURPLE), []),
        (Brand(PURPLE, "#ffcc00"), []),
        (Brand("#e8590c"), [("3.30", "#bc4607", "charts, buttons and other surfaces have your colour")]),
        (Brand("#f5c518"), [("1.50", "#856906", "charts in #ad8a0d")]),
        (Brand(PURPLE, "#222244"), [("1.00", "#8d90be", "brand.colourDark #222244")]),
        (Brand(colour_dark="#222244"), []),
    ],
)
def test_a_colour_that_text_cannot_have_is_named_with_its_contrast_and_the_shade_that_is_used(
    brand: Brand, said: list[tuple[str, str, str]]
) -> None:
    texts_of = texts("cli", "en")["remarks"]
    shown = [texts_of[remark.key].format_map(dict(remark.values)) for remark in contrast_remarks(brand)]
    assert len(shown) == len(said)
    for line, parts in zip(shown, said, strict=True):
        assert all(part in line for part in parts), line


def test_the_icon_has_the_colour_unless_the_publisher_has_one_of_its_own(root: Path) -> None:
    (root / "site/logo.svg").write_text(SVG.format(10, 10, ""), "utf-8")
    catalog, _ = read(root, f'brand: {{colour: "{PURPLE}", logo: site/logo.svg}}')
    publication = Publication(root, catalog, ())
    assert f'fill="{PURPLE}"' in bundled_look(publication).icon
    assert f"--accent: {PURPLE};" in bundled_look(publication).tokens
    assert frame_look(content(root, catalog, ()), "en", [])["icon"]["path"] == "assets/brand/logo.svg"
    (root / "site/assets/favicon.svg").write_text("<svg/>", "utf-8")
    assert bundled_look(publication).icon == ""
    assert frame_look(content(root, catalog, ()), "en", [])["icon"]["path"] == "assets/site/favicon.svg"


def test_without_a_look_nothing_is_added(root: Path) -> None:
    catalog, problems = read(root, "")
    assert not problems
    assert bundled_look(Publication(root, catalog, ())) == Look()
    shown = frame_look(content(root, catalog, ()), "en", KNOWN)
    assert shown["footer_pages"] == KNOWN
    assert (shown["logo"], shown["counter"], shown["around"]["light"]) == (None, None, "#ffffff")


def test_the_counter_is_named_with_the_page_about_it(root: Path) -> None:
    catalog, problems = read(root, "counter: {script: site/assets/count.js}")
    assert not problems
    written = pages(("zh", "privacy.md"), ("en", "privacy.md"))
    counter = frame_look(content(root, catalog, written), "en", [])["counter"]
    assert counter == {
        "script": "count.js", "title": "count.js", "page": {"path": "privacy/", "title": "", "language": ""},
    }  # fmt: skip
    assert frame_look(content(root, catalog, ()), "en", [])["counter"]["page"] is None


def test_a_picture_of_a_link_has_the_colour_and_the_logo() -> None:
    colours = palettes(Brand(PURPLE))["light"]
    look = CardLook(colours, accents(PURPLE, "light").accent_fill, LOGO.encode(), "image/svg+xml", 2.5)
    drawn = ElementTree.tostring(compose(LinkCard("Title", "Publisher", "120"), look), encoding="unicode")
    assert drawn.count(PURPLE) == 2  # the stripe, and the figure
    assert "#0b6e75" not in drawn
    (picture,) = re.findall(r"<image [^>]*>", drawn)
    assert 'width="180.00"' in picture
    assert 'height="72.00"' in picture
