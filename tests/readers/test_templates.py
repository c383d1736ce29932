"""The frame of pages, as a generator of the next generation renders it: Zensical reads `mkdocs.yml` and has MiniJinja,
which knows no methods of Python."""

from __future__ import annotations

import html
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from jinja2 import Environment, FileSystemLoader

from datagazette.publish.mkdocs_run import Frame, render
from tests.conftest import ROOT
from tests.readers.conftest import outside

OVERRIDES = ROOT / "site/overrides"
WORDS = {
    "html_lang": "en",
    "footer_license": "Under $license, by hand.",
    "footer_counted": "Counted with $counter.",
    "kind_dataset": "Dataset",
    "contents": "On it",
}
EXTRA: dict[str, Any] = {
    "policy": "default-src 'none'", "assets_version": "0f", "searched_kinds": ["dataset", "changes"], "words": WORDS,
    "imports": {"site.js": ["a.js"]},
    "look": {
        "around": {"light": "#ffffff", "dark": "#14191d"}, "icon": {"path": "i.svg", "type": "image/svg+xml"},
        "logo": {"light": {"path": "l.svg", "width": 250}, "dark": {"path": "d.svg", "width": 250}},
        "footer_pages": [
            {"path": "cite/", "title": "Cite", "language": ""},
            {"path": "zh/privacy/", "title": "Privacy", "language": "zh"},
        ],
        "counter": {"script": "count.js", "title": "A <b>",
                    "page": {"path": "privacy/", "title": "Privacy", "language": ""}},
    },
    "site": {
        "title": "Sample", "description": "Figures", "base_url": "https://x.example/",
        "publisher": {"title": "P & Co", "path": ""}, "license": {"title": "CC <BY>", "path": "https://l.example/"},
        "contact": {"title": "Write", "path": "", "email": "a@x.example"},
    },
    "edition": {"code": "en", "prefix": "", "direction": "ltr", "locale": "en_GB", "root": "", "others": [
        {"code": "zh", "prefix": "zh/", "direction": "ltr", "words": {"html_lang": "zh"}},
    ]},
}  # fmt: skip
PLACES = [{"code": "en", "name": "English", "path": "datasets/x/"}, {"code": "zh", "name": "中文", "path": "zh/x/"}]
DATASET = {
    "kind": "dataset", "title": "A & B", "path": "datasets/x/", "languages": PLACES,
    "search": {"theme": ["People", "<Old>"], "weight": 2}, "jsonld": '{"a": "</script>"}',
    "signposts": [
        {"rel": "item", "href": "https://x.example/data/x.csv", "type": "text/csv"},
        {"rel": "type", "href": "t"},
    ],
    "breadcrumbs": [{"title": "All", "path": "datasets/"}], "feeds": [{"title": "X", "path": "x/feed.xml"}],
}  # fmt: skip
HEADINGS = [{"level": 1, "title": "T", "url": "#t", "children": [
    {"level": 2, "title": f"Part {number}", "url": f"#p{number}", "children": []} for number in (1, 2)
]}]  # fmt: skip
PAGES: dict[str, tuple[str, dict[str, Any] | None, str]] = {
    "home": ("main.html", {"kind": "home", "title": "Sample", "path": ""}, "."),
    "dataset": ("main.html", DATASET, "../.."),
    "list of changes": ("main.html", {"kind": "changes", "title": "Changes", "path": "changes/"}, ".."),
    "text": ("main.html", {"title": "About", "path": "about/"}, "../"),
    "embedded chart": ("main.html", {"kind": "summary", "embed": True, "noindex": True, "path": "e/"}, ".."),
    "no page": ("404.html", None, "/"),
}


def context(meta: dict[str, Any] | None, base_url: str) -> dict[str, Any]:
    page = None
    if meta is not None:
        url = meta["path"]
        page = {"meta": meta, "title": meta.get("title"), "url": url, "content": "<p>Body</p>", "toc": HEADINGS}
    nav = {"items": [{"title": "Data", "url": "datasets/"}, {"title": "Changes", "url": "changes/"}]}
    return {"page": page, "base_url": base_url, "nav": nav, "config": {"extra": EXTRA}}


def of_jinja(name: str, given: dict[str, Any]) -> str:
    environment = Environment(loader=FileSystemLoader(OVERRIDES), autoescape=False)
    environment.filters["url"] = lambda address: address
    return environment.get_template(name).render(**{**given, "nav": SimpleNamespace(**given["nav"])})


def words_of(rendered: str) -> list[str]:
    """Without what both escape in their own ways, and blank lines."""
    return html.unescape(rendered).split()


@pytest.mark.thorough
def test_every_kind_of_page_is_the_same_in_jinja_and_in_minijinja() -> None:
    templates = {path.relative_to(OVERRIDES).as_posix(): path.read_text("utf-8") for path in OVERRIDES.rglob("*.html")}
    asked = [(name, context(meta, base_url)) for name, meta, base_url in PAGES.values()]
    for kind, (name, given), found in zip(PAGES, asked, outside("minijinja", (templates, asked)), strict=True):
        assert words_of(found) == words_of(of_jinja(name, given)), kind


def test_the_frame_says_licence_way_up_and_what_a_page_is_searched_by() -> None:
    name, meta, base_url = PAGES["dataset"]
    found = of_jinja(name, context(meta, base_url))
    assert '<p>Under <a rel="license" href="https://l.example/">CC &lt;BY&gt;</a>, by hand.</p>' in found
    assert '<a class="brand" href="../../">' in found
    assert '<a href="datasets/" aria-current="true">Data</a>' in found
    assert '<meta name="search-theme" content="&lt;Old&gt;"' in found
    assert 'data-words="People &lt;Old&gt; "' in found
    assert 'data-pagefind-weight="2"' in found
    assert '<link rel="item" href="https://x.example/data/x.csv" type="text/csv">' in found
    assert '<link rel="type" href="t">' in found
    about = of_jinja("main.html", context(*PAGES["list of changes"][1:]))
    assert 'data-pagefind-weight="0.3"' in about
    assert '<a class="brand" href="../">' in of_jinja("main.html", context(*PAGES["text"][1:]))


def test_the_texts_of_scripts_come_in_a_file_before_the_scripts_and_are_in_no_page() -> None:
    name, meta, base_url = PAGES["dataset"]
    given = context({**(meta or {}), "scripts": ["explore"]}, base_url)
    found = of_jinja(name, given)
    order = [found.index(f"/{script}") for script in ("words.en.js", "explore-words.en.js", "site.js", "explore.js")]
    assert order == sorted(order)
    assert 'id="words"' not in found
    assert "explore-words" not in of_jinja(name, context(meta, base_url))
    assert "words.en.js" not in of_jinja("main.html", context(*PAGES["embedded chart"][1:]))


@pytest.mark.thorough
def test_the_configuration_names_folders_beside_it_and_always_its_extensions(tmp_path: Path) -> None:
    page, work = tmp_path / "home.md", tmp_path / "work"
    page.write_text("---\ntitle: Home\nkind: home\npath: ''\n---\n\n# Home\n", "utf-8")
    work.mkdir()
    settings = {
        "site_name": "Sample", "theme": {"language": "en"}, "nav": [{"Home": "index.md"}], "extra": EXTRA,
        "markdown_extensions": {"toc": {"permalink_title": "Link"}},
    }  # fmt: skip
    made = render(Frame("en", settings, (ROOT / "mkdocs.yml",), (OVERRIDES,), ()), {"index.md": page}, work)
    written = yaml.safe_load((work / "mkdocs.yml").read_text("utf-8"))
    assert not Path(written["site_dir"]).is_absolute()
    for folder in (written["docs_dir"], written["theme"]["custom_dir"]):
        assert not Path(folder).is_absolute()
        assert (work / folder).is_dir()
    assert written["markdown_extensions"]
    assert "<h1" in made["index.html"]
    assert "404.html" in made
