"""Before a site is published, all that its files point to is compared with what it has."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urljoin

import pytest

from datagazette.build.finished import finished_faults
from datagazette.model.problems import message
from datagazette.model.publication import Catalog, Publication, Publisher
from datagazette.model.text import Text
from datagazette.publish.links import address_of, asset_pointers, packed, page_pointers, pointers_of, text_pointers
from datagazette.publish.output import Staged
from tests.conftest import ROOT, Run

BASE = "https://x.example/town/data/"
PAGE = "datasets/stops/index.html"


def targets(html: str, path: str = PAGE) -> set[str]:
    return {target for target in page_pointers(path, html, BASE).targets if target}


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("../../about/", "about/"),
        ("../../about/#mistakes", "about/#mistakes"),
        ("stops.csv?x=1", "datasets/stops/stops.csv"),
        ("#rows", "datasets/stops/#rows"),
        ("?table=stops", "datasets/stops/"),
        ("#top", "datasets/stops/"),
        ("/town/data/datasets/index.html", "datasets/"),
        ("https://x.example/town/data", ""),
        ("https://x.example/town/data/feed.xml", "feed.xml"),
        ("a%20b/", "datasets/stops/a b/"),
        ("/datasets/", "/datasets/"),
        ("../../../other/", "/town/other/"),
        ("https://x.example/town/", None),
        ("https://elsewhere.example/", None),
        ("//elsewhere.example/x", None),
        ("mailto:data@x.example", None),
        ("data:image/svg+xml;base64,AA", None),
        ("https://[", None),
    ],
)
def test_a_link_leads_where_a_browser_goes_below_the_path_of_the_site(link: str, target: str | None) -> None:
    assert address_of(link, PAGE, BASE) == target


def test_links_of_every_kind_are_found() -> None:
    assert targets('<img src="a.png" srcset="b.png 1x, c.png 2x"><video poster=d.png></video>') == {
        f"datasets/stops/{letter}.png" for letter in "abcd"
    }
    assert targets("<form action='../'><link rel=stylesheet href=../../s.css></form>") == {"datasets/", "s.css"}


def test_what_only_looks_like_a_link_is_none() -> None:
    assert not targets('<p>Write &lt;a href="x"&gt; for a link.</p><b>id="a" href="b"</b>')
    assert not targets('<td title="&lt;img src=x onerror=alert(1)&gt;">cell</td>')
    assert not targets('<!-- <a href="x"> --><script>const a = \'<a href="x">\'</script><style>b{}</style>')


def test_whole_addresses_are_found_in_text_and_in_data() -> None:
    html = f'<script type="application/ld+json">{{"url":"{BASE}data/x.csv"}}</script><p>See {BASE}files.txt.</p>'
    assert targets(html) == {"data/x.csv", "files.txt"}
    other = "https://x.example/town/data-of-others/x.csv https://x.example/town/databank"
    assert not text_pointers("catalog.json", other, BASE).written
    assert set(text_pointers("catalog.json", f'"{BASE}data/stops/"', BASE).folders) == {"data/stops/"}


def test_style_sheets_and_scripts_name_others() -> None:
    sheet = asset_pointers("assets/site/s.css", 'a{background:url("p.svg")}@import "t.css";b{c:url(data:x)}', BASE)
    script = asset_pointers("assets/site/s.js", 'import{a}from"./a.js";import("../b.js");import x from "npm"', BASE)
    assert set(sheet.targets) == {"assets/site/p.svg", "assets/site/t.css"}
    assert set(script.targets) == {"assets/site/a.js", "assets/b.js"}


CATALOG = Catalog("x", Text(), Text(), Text(), Publisher(Text()), ("en",), BASE)


def faults(pages: dict[str, str], *others: str, excused: str = "") -> list[str]:
    output = Staged(Path("target"), Path("tree"))
    for path in (*pages, *others):
        output.write(path, pages.get(path, ""))
    found = packed(pointers_of(path, html, BASE) for path, html in pages.items())
    publication = Publication(Path("/nowhere"), CATALOG, ())
    problems = finished_faults([found], output, publication, lambda address: address == excused)
    return [message(problem, "en") for problem in problems]


def test_a_missing_page_file_or_anchor_is_named_with_the_page_that_has_the_link() -> None:
    about = {"about/index.html": '<h2 id="mistakes">'}
    link = '<a href="../../{}">'.format
    assert not faults({PAGE: link("about/#mistakes") + link("about") + link("feed.xml"), **about}, "feed.xml")
    assert faults({PAGE: link("abuot/"), **about}) == [
        "The page /datasets/stops/ links to “../../abuot/”, but nothing is at /abuot/: is /about/ meant?"
    ]
    assert faults({PAGE: link("about/#mistake"), **about}) == [
        "The page /datasets/stops/ links to “../../about/#mistake”, but the page there has no “mistake”."
    ]
    assert faults({PAGE: link("data/")}, "data/x.csv"), "a folder without a page is nothing to open"


def test_a_draft_may_be_linked_to() -> None:
    assert not faults({PAGE: '<a href="2.0.0/">'}, excused="datasets/stops/2.0.0/")


def test_a_link_to_the_root_of_the_host_is_wrong_where_the_path_of_the_site_was_forgotten() -> None:
    assert "at the root of the host" in faults({PAGE: '<a href="/datasets/stops/">'})[0]
    assert not faults({PAGE: '<a href="/">Town</a><a href="/parks/">Parks</a>'})


def test_pages_in_two_languages_name_each_other() -> None:
    link = f'<link rel="alternate" hreflang="{{}}" href="{BASE}{{}}">'.format
    both = link("zh", "a/") + link("en", "en/a/")
    assert not faults({"a/index.html": both, "en/a/index.html": both})
    assert "another language" in faults({"a/index.html": both, "en/a/index.html": link("en", "en/a/")})[0]


@pytest.mark.thorough
def test_a_site_with_a_broken_link_is_not_published(warmed: Path, run: Callable[..., Run]) -> None:
    footer = warmed / "site/overrides/partials/footer.html"
    footer.parent.mkdir(parents=True)
    own = (ROOT / "site/overrides/partials/footer.html").read_text("utf-8")
    footer.write_text(own.replace("'changes/'", "'changez/'"), "utf-8")
    done = run("build", "--root", warmed, "--base-url", BASE)
    assert done.status == 1
    assert not (warmed / "public").exists()
    said = " ".join(done.said.split())
    assert re.search(r"site/overrides/partials/footer\.html error site-link-broken: .* line \d+:", said)
    assert "nothing is at /changez/: is /changes/ meant?" in said


def test_links_are_found_however_the_tag_is_written() -> None:
    assert targets('<A HREF="a/">A</A><a\n href = "b/">b</a><object data="c.svg"></object>') == {
        f"datasets/stops/{name}" for name in ("a/", "b/", "c.svg")
    }
    assert targets("<svg><use xlink:href='d.svg'/></svg><p style=\"background: url(e.png)\">") == {
        "datasets/stops/d.svg",
        "datasets/stops/e.png",
    }
    assert targets('<meta http-equiv="refresh" content="0; url=../f/">') == {"datasets/f/"}
    assert not targets('<meta name="description" content="10; 20 of a url"><p style="color: red">')


@pytest.mark.parametrize("path", ["index.html", "about/index.html", "en/datasets/stops/index.html"])
def test_a_link_leads_where_it_leads_in_a_browser(path: str) -> None:
    near = ("./", "../", "../../", "../../../", "a", "a/", "../a/b/#c-1", "../a/index.html", "a/./b", "a=b/")
    for link in (*near, "../a.b/c.csv#top", "../.hidden", "../a%20b"):
        there = urljoin(f"/town/data/{path}", link)
        assert address_of(link, path, BASE) == address_of(there, "", BASE), link


def test_an_address_of_the_site_is_one_with_any_scheme() -> None:
    for link in ("http://x.example/town/data/a/", "//x.example/town/data/a/", "HTTPS://X.example/town/data/a/?b=1"):
        assert address_of(link, PAGE, BASE) == "a/"
    assert address_of("ftp://x.example/town/data/a/", PAGE, BASE) is None


def test_a_link_that_all_pages_have_is_named_once() -> None:
    pages = {f"{name}/index.html": '<img src="mark.png"><a href="#rows">' for name in ("a", "b", "c/d", "e")}
    assert faults(pages) == [
        "The page /a/ links to “#rows”, but the page there has no “rows”.",
        "The page /a/ links to “mark.png”, but nothing is at /a/mark.png.",
    ]


def test_a_broken_link_of_a_written_page_is_placed_in_its_file(tmp_path: Path) -> None:
    page = tmp_path / "site/pages/en/more/index.md"
    page.parent.mkdir(parents=True)
    page.write_text("# More\n\n[a](../about/index.md#nowhere)\n\n[b](/about/)\n", "utf-8")
    (tmp_path / "datasets").mkdir()
    (tmp_path / "datasets/catalog.yaml").write_text("description: What this is about.\n", "utf-8")
    output = Staged(Path("target"), Path("tree"))
    html = '<a href="../about/#nowhere"><a href="/about/">'
    for path, text in (("more/index.html", html), ("about/index.html", "")):
        output.write(path, text)
    found = packed([page_pointers("more/index.html", html, BASE), page_pointers("about/index.html", "", BASE)])
    problems = finished_faults([found], output, Publication(tmp_path, CATALOG, ()), lambda _: False)
    assert [problem.place for problem in problems] == [f"site/pages/en/more/index.md:{line}" for line in (5, 3)]
