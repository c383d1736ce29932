"""The staged pages: what they say, that nothing breaks out of them, and that they are complete."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from functools import cache
from html.parser import HTMLParser
from urllib.parse import unquote, urljoin

import markdown
import pytest
import yaml

from datagazette.describe import listing
from datagazette.model.publication import Note, Source
from datagazette.model.results import FieldProfile, ReleaseResult
from datagazette.model.text import Text
from datagazette.pages import Page, comparable_keys, render_dataset, render_pages
from datagazette.pages.context import Head, PageContext, stage
from tests.pages import golden
from tests.pages.sample import COUNTS, NOTES, ROWS, content, places, release_110, result_110

# The extensions that MkDocs Material sites commonly use, and those that read the most into plain text.
EXTENSIONS = [
    "abbr",
    "attr_list",
    "md_in_html",
    "toc",
    "pymdownx.details",
    "tables",
    "admonition",
    "footnotes",
    "def_list",
    "pymdownx.superfences",
    "pymdownx.tasklist",
    "pymdownx.tilde",
    "pymdownx.caret",
    "pymdownx.mark",
    "pymdownx.magiclink",
    "pymdownx.snippets",
]

HOSTILE = [
    "<script>alert(1)</script>",
    "</pre></code></td></table><img src=x onerror=alert(1)>",
    "**bold** _it_ `code` ~~del~~ ==mark==",
    "[a](javascript:alert(1)) ![b](http://evil.example/x.png)",
    "<javascript:alert(1)> http://evil.example/auto",
    "{: onclick=alert(1) #stolen .class } {#stolen onclick=alert(1)}",
    "\n\n# stolen heading {#stolen}\n\n    indented\n",
    '\n\n--8<-- "/etc/passwd"\n\n',
    "{{ config }} {% raw %} {# comment #}",
    "\x02wzxhzdk:0\x03 \x00 & &amp; &lt;b&gt;",
    '" onmouseover="alert(1)" x="',
    "' onmouseover='alert(1)' x='",
    "<!-- --> ]]> <![CDATA[ <?php ?>",
    "[link]: http://evil.example 'x'\n[^1]: note",
    "---\ntitle: stolen\n---",
]


class Elements(HTMLParser):
    """Every element with its attributes, and whether all are closed in order."""

    VOID = frozenset({"img", "br", "input", "meta", "link", "hr"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attributes)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def body_of(page: Page) -> str:
    return page.text.split("\n---\n", 1)[1]


def head_of(page: Page) -> dict[str, object]:
    head = yaml.safe_load(page.text.split("\n---\n", 1)[0])
    assert isinstance(head, dict)
    return head


def rendered(page: Page) -> Elements:
    html = markdown.markdown(body_of(page), extensions=EXTENSIONS)
    parsed = Elements()
    parsed.feed(html)
    parsed.close()
    assert parsed.open == [], page.path
    return parsed


@cache
def _calm_ids() -> set[str | None]:
    calm = [rendered(page) for page in render_pages(content(places(), result_110()))]
    return {attributes["id"] for page in calm for _, attributes in page.found if "id" in attributes}


def hostile_result(evil: str) -> ReleaseResult:
    """The sample with `evil` wherever data may bring text."""
    text = Text((("zh", evil), ("en", evil)))
    fields = tuple(replace(one, title=text, description=text, unit=text) for one in COUNTS.schema.fields)
    table = replace(COUNTS, title=text, description=text, schema=replace(COUNTS.schema, fields=fields))
    release = release_110()
    summary = replace(
        release.summaries[0],
        title=text,
        description=text,
        query=evil,
        fields=tuple(replace(one, title=text, unit=text) for one in release.summaries[0].fields),
    )
    figures = tuple(replace(one, title=text, description=text) for one in release.figures)
    release = replace(
        release,
        title=text,
        description=text,
        changes=text,
        tables=(table,),
        summaries=(summary,),
        figures=figures,
        notes=(Note("counts", "L1", "value", evil, text), *NOTES[1:]),
        sources=(Source(text, evil), Source(text, "javascript:alert(1)")),
        checks=tuple(replace(one, title=text, description=text, accepted=text) for one in release.checks),
        licenses=(replace(release.licenses[0], name=evil, path="javascript:alert(1)"),),
        spatial=(evil,),
        temporal=evil,
    )
    result = result_110()
    rows = tuple((*row[:1], evil, row[2], evil, evil) for row in ROWS)
    profiles = tuple(FieldProfile(one, 3, 0, 1, evil, evil + "z", ((evil, 3),)) for one in fields)
    found = replace(result.tables[0], table=table, preview=rows, profiles=profiles)
    return replace(
        result,
        release=release,
        tables=(found,),
        summaries=(replace(result.summaries[0], summary=summary, rows=((evil, 1.0),)),),
        findings=tuple(
            replace(one, check=release.checks[0], columns=(evil, "b"), rows=((evil, evil),)) for one in result.findings
        ),
        figures=tuple(
            replace(one, figure=figure, unit=text, value=evil, date=evil, region=evil, notes=release.notes[:1])
            for one, figure in zip(result.figures, figures, strict=True)
        ),
    )


@pytest.mark.parametrize("name", golden.KINDS.values())
def test_pages_are_as_they_were(name: str) -> None:
    assert golden.pages()[name].text == (golden.FOLDER / name).read_text("utf-8")


@pytest.mark.sample(4)
@pytest.mark.parametrize("evil", HOSTILE)
def test_nothing_in_the_data_breaks_out(evil: str) -> None:
    known_ids = _calm_ids()
    for page in render_pages(content(places(), hostile_result(evil))):
        if page.language != "zh":
            continue
        found = rendered(page)
        ids = {attributes["id"] for _, attributes in found.found if "id" in attributes}
        rows = {one for one in ids if re.fullmatch(r"row-[A-Za-z0-9_.-]*", str(one))}
        assert ids - rows <= known_ids | {None}, page.path
        for tag, attributes in found.found:
            assert not [name for name in attributes if name.startswith("on")], (page.path, tag, attributes)
            link = str(attributes.get("href", ""))
            assert not re.match(r"\s*javascript", link, re.IGNORECASE), page.path
            assert tag not in {"script", "iframe", "style", "object"} or "type" in attributes, page.path
        images = [attributes for tag, attributes in found.found if tag == "img"]
        assert all("evil" not in str(one["src"]) for one in images)
        assert "stolen" not in str(head_of(page).get("title")) or "stolen" in evil


@pytest.mark.parametrize("evil", HOSTILE)
def test_a_cell_reads_as_it_was_written(evil: str) -> None:
    page = next(iter(render_dataset(content(hostile_result(evil)), content(hostile_result(evil)).datasets[0])))
    shown = " ".join(rendered(page).text.split())
    written = re.sub(r"[\x00-\x08\x0e-\x1f]", "", evil)
    assert " ".join(written.split()) in shown


def test_every_block_is_free_of_empty_lines() -> None:
    """So that a CommonMark renderer, too, hands on each block of HTML as it is."""
    for page in render_pages(content()):
        if head_of(page)["kind"] == "text":
            continue
        for block in body_of(page).strip().split("\n\n"):
            lines = block.split("\n")
            assert all(line.startswith("<") for line in lines) or (block.startswith("## ") and len(lines) == 1)


def test_each_page_has_one_first_heading_and_unique_ids() -> None:
    for page in render_pages(content()):
        found = rendered(page).found
        assert [tag for tag, _ in found].count("h1") == 1, page.path
        ids = [attributes["id"] for _, attributes in found if "id" in attributes]
        assert len(ids) == len(set(ids)), page.path


@pytest.mark.parametrize("tagline", [Text(), Text((("zh", "一句话。"), ("en", "One sentence.")))])
def test_the_home_page_begins_with_what_the_site_is_also_where_there_are_no_figures(tagline: Text) -> None:
    """A heading, a description and the search are before all else; one sentence is enough before the search."""
    site = content(places())
    lists = replace(site.publication.catalog, headlines=(), featured=None, tagline=tagline)
    home = next(render_pages(replace(site, publication=replace(site.publication, catalog=lists))))
    hero, _, rest = body_of(home).partition("</section>")
    heading, search, lead = (hero.index(part) for part in ("<h1>", 'class="search-box"', 'class="lead"'))
    assert heading < search
    assert heading < lead
    assert (search < lead) == bool(tagline)
    assert "说明。" not in rest


def test_links_within_the_site_lead_to_pages_and_files() -> None:
    site = content()
    pages = list(render_pages(site))
    known = {str(head_of(page)["path"]) for page in pages} | {"about/", "en/about/", "cite/", "en/cite/"}
    files = {
        f"data/{dataset}/{version}/{one.path}"
        for (dataset, version), result in site.results.items()
        for one in result.files
    }
    files |= {
        f"data/{dataset.name}/latest/{one.path.replace(dataset.latest.id, dataset.name)}"
        for dataset in site.datasets
        for one in site.results[dataset.name, dataset.latest.version].files
    }
    newest = [(dataset, one) for dataset in site.datasets if (one := site.newest(dataset.name))]
    files |= {path for each in newest for path, _ in listing.api_documents(site.catalog, *each)} | {
        listing.API_LIST,
        listing.OPENAPI,
    }
    others = {
        "contribute/",
        "en/contribute/",
        "catalog.json",
        "catalog.jsonld",
        "catalog.ttl",
        "feed.xml",
        "en/feed.xml",
    }
    others |= {"status.json", "files.txt"}
    for page in pages:
        base = "/" + str(head_of(page)["path"])
        for link in _links(page):
            target = _resolved(base, link)
            assert target in known | files | others or target.startswith("data/places/"), (page.path, link)


def _links(page: Page) -> list[str]:
    found = [attributes.get("href") or attributes.get("src") for _, attributes in rendered(page).found]
    return [one for one in found if one and not re.match(r"[a-z]+:|#", one)]


def _resolved(base: str, link: str) -> str:
    return unquote(urljoin(base, link).split("#")[0].split("?")[0]).lstrip("/")


def test_languages_have_the_same_strings() -> None:
    strings = content().strings
    assert comparable_keys(strings["zh"]) == comparable_keys(strings["en"])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_placeholders_agree_between_languages(language: str) -> None:
    strings = content().strings
    for key, value in strings["en"].values.items():
        if key in strings["zh"] and not key.startswith("count."):
            assert set(re.findall(r"(?a)\$\w+", value)) == set(re.findall(r"(?a)\$\w+", strings["zh"][key])), key


def test_the_explorer_knows_its_tables() -> None:
    page = next(one for one in render_pages(content()) if one.path == "datasets/libraries/explore/index.md")
    shell = next(attributes for _, attributes in rendered(page).found if attributes.get("id") == "explorer")
    config = json.loads(str(shell["data-config"]))
    table = config["tables"][0]
    assert (table["parquet"], table["rows"], table["primaryKey"]) == (
        "../../../data/libraries/1.1.0/counts.parquet",
        3,
        ["id"],
    )
    assert [one["field"] for one in table["notes"]] == ["value", ""]


def test_a_page_says_which_release_it_is() -> None:
    pages = {one.path: one for one in render_pages(content()) if one.language == "en"}
    old = pages["datasets/libraries/1.0.0/index.md"]
    assert "banner--withdrawn" in old.text
    assert "Release 1.1.0 followed" in old.text
    assert head_of(old)["noindex"] is True
    assert "noindex" not in head_of(pages["datasets/libraries/index.md"])


def test_what_is_overdue_shows_only_where_the_day_is_given() -> None:
    late = replace(content(), today=date(2030, 1, 1))
    assert "Overdue" in _catalogue(late)
    assert "badge--warn" not in _catalogue(content())


def _catalogue(site: object) -> str:
    return next(one.text for one in render_pages(site) if (one.language, one.path) == ("en", "datasets/index.md"))  # type: ignore[arg-type]


def test_a_missing_translation_is_marked_with_its_language() -> None:
    only_zh = Text((("zh", "只有中文"),))
    result = result_110()
    page = next(
        one
        for one in render_pages(content(replace(result, release=replace(result.release, title=only_zh))))
        if (one.language, one.path) == ("en", "datasets/libraries/index.md")
    )
    assert "<h1><span lang='zh'>只有中文</span></h1>" in page.text


def test_pages_do_not_depend_on_other_datasets() -> None:
    alone = {one.path: one.text for one in render_dataset(content(places()), content(places()).datasets[0])}
    among = {one.path: one.text for one in render_dataset(content(), content().datasets[0])}
    assert alone == among


def test_front_matter_holds_each_character_as_it_is() -> None:
    text = "".join(map(chr, range(0x300))) + "\u2028\u2029\ufeff\ufffe\uffff😀"
    page = stage(PageContext(content(), "en", "x/"), Head("text", "x", "", jsonld=text), "")
    assert head_of(page)["jsonld"] == text
