"""The parts of a page: key figures, facts, notes, sources, releases, citations, and what may be left over."""

from __future__ import annotations

import hashlib
import re
from decimal import Decimal
from pathlib import Path

from lxml.etree import _Element as Element

from tests.ground.shipped.charts import charts
from tests.ground.shipped.citing import READ, attributes, figure_of, frame, furniture, recipes
from tests.ground.shipped.figures import Wanted, agree, figures, plain, wanted
from tests.ground.shipped.head import head
from tests.ground.shipped.packages import is_code_of
from tests.ground.shipped.page import (
    CATALOG,
    Page,
    authored,
    done,
    featured,
    names,
    said,
    summary_of,
    text_of,
    title_of,
    want_of,
)
from tests.ground.shipped.rows import data_tables, field_tables
from tests.ground.shipped.selecting import select
from tests.ground.shipped.tables import Release, newest, read_yaml, releases


def downloads(page: Page) -> None:
    """A size beside a link is that of the file."""
    for link in select(page.main, "a[download]"):
        beside = link.getnext()
        sizes = select(link, ".nowrap, .download__size, .muted")
        holder = sizes[0] if sizes else beside
        target = (page.path.parent / link.get("href")).resolve()
        if holder is None:
            continue
        found = re.search(r"([\d.,]+) (B|kB|MB|GB)$", text_of(holder))
        if found:
            unit = Decimal({"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9}[found[2]])
            number = Decimal(found[1].replace(",", ""))
            step = unit.scaleb(int(number.as_tuple().exponent))
            if abs(number * unit - target.stat().st_size) > step / 2:
                page.fault(f"size of {target.name}", found[0], target.stat().st_size)
            done(holder)
        for name in select(link, ".download__name"):
            if target.as_posix().endswith(f"/{text_of(name)}"):
                done(name)


def codes(page: Page) -> None:
    """Lines of code that read a release."""
    for code in select(page.main, "#downloads > p > code"):
        release = page.release
        address = f"/data/{release.dataset}/{release.version}/{release.tables[0]}.parquet"
        if text_of(code).startswith("load_dataset(") and address in text_of(code):
            done(code)
    for code in select(page.main, "#read pre code"):
        if is_code_of(text_of(code), page.release):
            done(code)


def facts(page: Page) -> None:
    """The line under a title, also of a card: version, date, how many tables and rows, which time, when due."""
    for line in select(page.main, ".page-head .facts, .page-head h1 .muted"):
        _facts(page, line, page.release)
    for card in select(page.main, "li.card"):
        release = newest()[select(card, ".card__title a")[0].get("href").strip("./").split("/")[-1]]
        (line,) = select(card, "ul.facts")
        _facts(page, line, release)


def _facts(page: Page, line: Element, release: Release) -> None:
    described, day = release.described, release.date.isoformat()
    rows = sum(len(release.rows(table)) for table in release.tables)
    due = f"{release.date.year + 1}{day[4:]}" if described.get("updateFrequency") == "P1Y" else ""
    licences = [
        wanted(text)
        for licence in described["licenses"]
        for text in (licence["name"], said(licence, "title", page.language))
    ]
    allowed: list[list[Wanted]] = [
        [release.version], [day], [Decimal(len(release.tables))], [Decimal(rows)],
        list(wanted(str(described.get("temporal", "")))), [due], *map(list, licences),
    ]  # fmt: skip
    for part in select(line, "li") or [line]:
        for element in part.iter():
            for name in ("data-due", "data-overdue"):
                if name in element.attrib:
                    page.attribute(element, name, [due], "next update")
        shown = figures(text_of(part))
        if shown and not any(want and agree(shown, want) for want in allowed):
            page.fault("facts", text_of(part), allowed)
        done(part)


def key_figures(page: Page) -> None:
    """Each figure that a page shows first: amount, exact amount, unit, sign, date, region and notes."""
    for item in select(page.main, "li.figure, .card__figure"):
        link = next((link.get("href") for link in select(item, ".figure__what a")), "")
        place = re.search(r"(?:datasets/|^(?:\.\./)*)([a-z-]+)/#figure-([\w-]+)$", link)
        name = (item.get("id") or "").removeprefix("figure-")
        release = page.release
        if item.get("class") == "card__figure":
            (card,) = item.xpath("ancestor::li")
            dataset = select(card, ".card__title a")[0].get("href").strip("./").split("/")[-1]
            release = newest()[dataset]
            name = release.described["figures"][0]["name"]
        elif place and not name:
            release, name = newest()[place[1]], place[2]
        _key_figure(page, item, release, name)


def _key_figure(page: Page, item: Element, release: Release, name: str) -> None:
    language, what = page.language, f"figure {release.dataset}/{name}"
    figure, row, entry, schema = figure_of(release.dataset, name, release)
    want = want_of(release, schema, entry, row[entry["name"]], language)
    (value,) = select(item, ".figure__value")
    roles = {one["role"]: one["name"] for one in schema["fields"] if "role" in one}
    own = {role: str(row[name]) for role, name in roles.items() if row[name] is not None}
    bound = entry.get("bound") or own.get("bound", "exact")
    sign = "".join(text_of(one) for one in select(item, "[aria-hidden]") if "figure__bound" in one.get("class", ""))
    if sign != {"exact": "", "at_least": "≥", "at_most": "≤", "approximate": "≈"}[bound]:
        page.fault(f"{what}, bound", sign, bound)
    page.attribute(value, "title", want, what)
    page.compare(value, want, what)
    for part in select(item, ".figure__when"):
        region = names("administrative-divisions", "regions", language).get(own.get("region", ""), "")
        page.compare(part, [*wanted(region), *wanted(own.get("date", ""))], f"{what}, when")
    for part in select(item, ".figure__note"):
        page.compare(part, wanted(said(figure, "description", language)), f"{what}, note")
    for part in select(item, ".figure__what"):
        page.compare(part, wanted(said(figure, "title", language)), f"{what}, title")
    numbers = [
        number for number, note in enumerate(release.notes, 1)
        if (note["resource"], note["key"]) == (figure.get("resource"), figure.get("key"))
        and note["field"] in {"", entry["name"]}
    ]  # fmt: skip
    marked = select(item, "sup.mark a")
    shown = [int(text_of(mark)) for mark in marked if text_of(mark) != "*"]
    if shown != numbers and (shown or bool(marked) != bool(numbers)):
        page.fault(f"{what}, notes", shown, numbers)
    for number, mark in zip(numbers, marked, strict=False):
        page.attribute(mark, "aria-label", [Decimal(number)], f"{what}, note")
        texts = [said(note, "note", language) for note in release.notes]
        page.attribute(
            mark, "title", wanted(" ".join(texts[one - 1] for one in numbers)), f"{what}, note"
        ) if "title" in mark.attrib else None
        done(mark)


def notes_and_sources(page: Page) -> None:
    """Footnotes, places in sources, versions of what is used, checks."""
    release, language = page.release, page.language
    for item in select(page.main, ".footnotes li"):
        note = release.notes[int(item.get("id").removeprefix("note-")) - 1]
        for back in select(item, ".footnotes__back"):
            page.attribute(back, "aria-label", [Decimal(item.get("id").removeprefix("note-"))], "note")
        page.compare(item, [*wanted(said(note, "note", language)), *wanted(note["key"].replace("|", " "))], "note")
    for item in select(page.main, ".sources li"):
        for code in select(item, "code"):
            link = select(item, "a")[0]
            sha256 = hashlib.sha256((page.path.parent / link.get("href")).resolve().read_bytes()).hexdigest()
            if sha256 not in text_of(code):
                page.fault("hash", text_of(code), sha256)
            done(code)
        for muted in select(item, ".muted"):
            _input(page, item, muted)
    for term, place in zip(*(select(page.main, f"#locators + dl {tag}") for tag in ("dt", "dd")), strict=True):
        _place(page, term, place)


def _input(page: Page, item: Element, muted: Element) -> None:
    """A table that a summary was made from: its release and how many rows it has."""
    found = re.match(r"([a-z-]+) (\d+\.\d+\.\d+) ·", text_of(muted))
    if found:
        release, path = Release(found[1], found[2]), select(item, "a")[0].get("href")
        rows = release.rows(Path(path).stem)
        page.compare(muted, [*wanted(found[1]), found[2], Decimal(len(rows))], "input of a summary")


def _place(page: Page, term: Element, place: Element) -> None:
    release, title = page.release, text_of(term)
    figure = next(one for one in release.described["figures"] if plain(said(one, "title", page.language)) == title)
    _, row, _, schema = figure_of(release.dataset, figure["name"], release)
    roles = {entry["role"]: entry["name"] for entry in schema["fields"] if "role" in entry}
    paragraph = str(row[roles["paragraph"]]) if "paragraph" in roles else ""
    source = names("sources", "sources", page.language).get(str(row[roles["source"]]), "")
    page.compare(
        place, [*wanted(source), *([Decimal(paragraph)] if paragraph not in {"", "0"} else [])], f"place of {title}"
    )
    page.compare(term, wanted(said(figure, "title", page.language)), "place")


def timeline(page: Page) -> None:
    """Releases: date, version and what the publisher says of them."""
    for item in select(page.main, ".timeline > li"):
        link = next(
            (link.get("href") for link in select(item, "a") if re.search(r"\d+\.\d+\.\d+/$|^\./$", link.get("href"))),
            "",
        )
        version = text_of(select(item, "strong")[0])
        found = re.search(r"([a-z-]+)/\d+\.\d+\.\d+/$", link)
        dataset = found[1] if found and found[1] in newest() else page.release.dataset
        release = Release(dataset, version)
        day = release.date.isoformat()
        for time in select(item, "time"):
            page.attribute(time, "datetime", [day], "release")
        want = [
            day,
            *wanted(said(release.described, "title", page.language) if len(select(item, "a")) > 1 else ""),
            version,
        ]
        page.compare(
            item, [*want, *wanted(said(release.entry, "changes", page.language))], f"release {dataset} {version}"
        )


def banners(page: Page) -> None:
    """Which release a page is of, which one followed, and the sources of a chart."""
    known = {text for release in (page.release, newest()[page.release.dataset]) for text in _of_release(release)}
    for banner in select(page.main, "aside.banner"):
        odd = [figure.text for figure in figures(text_of(banner)) if figure.text not in known]
        if odd:
            page.fault("banner", text_of(banner), known)
        done(banner)
    for line in select(page.main, ".chart__source"):
        release = page.release if page.release.described["summaries"] and "datasets" in page.path.parts else featured()
        sources = [
            want
            for source in release.described.get("sources", ())
            for want in wanted(said(source, "title", page.language))
        ]
        if select(line, "a") and "embed" in page.path.parts:
            page.compare(line, _of_release(release), "release of a chart")
        elif agree(figures(text_of(line)), sources):
            done(line)


def _of_release(release: Release) -> list[str]:
    return [release.version, release.date.isoformat()]


def lists(page: Page) -> None:
    """How many datasets there are, in all and of each theme; the findings of every dataset; titles of the page."""
    every = newest().values()
    for lead in select(page.main, ".page-head > p.lead"):
        page.compare(lead, [Decimal(len(newest()))], "datasets") if page.path.parent.name == "datasets" else None
    for count in select(page.main, ".tile__count"):
        title = text_of(select(count.getparent(), "strong")[0])
        theme = next(one["name"] for one in read_yaml(CATALOG)["themes"] if said(one, "title", page.language) == title)
        page.compare(count, [Decimal(sum(theme in release.described["themes"] for release in every))], f"theme {theme}")
    for link in select(page.main, ".findings li a"):
        *_, dataset, _, name, _ = link.get("href").split("/")
        release = newest()[dataset]
        page.compare(link, title_of(release, release.summary(name), page.language), f"finding {dataset}/{name}")


def sources(page: Page) -> None:
    """The list of all sources: each that a dataset names, with the datasets that it is used by."""
    if page.path.parent.name != "sources" or "datasets" in page.path.parts:
        return
    used: dict[str, set[str]] = {}
    for dataset, release in newest().items():
        for source in release.described.get("sources", ()):
            used.setdefault(plain(said(source, "title", page.language)), set()).add(dataset)
    shown = {}
    for item in select(page.main, "ul.sources > li"):
        title = text_of(select(item, "p")[0])
        shown[title] = {link.get("href").strip("/").rpartition("/")[2] for link in select(item, ".muted a")}
    page.compared += len(used)
    if shown != used:
        page.fault("sources", shown, used)


def left_over(page: Page) -> None:
    """Any figure that is left must be in a text that the publisher wrote."""
    known = authored(page.release, page.language)
    for element in page.main.iter():
        for text in (element.text, element.tail):
            shown = plain(text or "")
            if figures(shown) and not any(
                shown == one or (len(shown) > 8 and shown.rstrip("…") in one) for one in known
            ):
                page.fault(
                    f"unexpected figure in <{element.tag} class={element.get('class')}>",
                    shown,
                    "a figure with a known meaning",
                )
        for name in READ:
            value = plain(element.get(name, ""))
            if figures(value) and name != "data-row" and not any(value == one for one in known):
                page.fault(f"unexpected figure in {name} of <{element.tag}>", value, "a figure with a known meaning")


def counts(page: Page) -> None:
    """Sentences that count rows: links to the explorer, what is not listed."""
    for section in select(page.main, "section.rows"):
        name = select(section, "h3")[0].get("id").removeprefix("rows-")
        for link in select(section, "p > a"):
            if "explore/?table=" in link.get("href"):
                page.compare(link, [Decimal(len(page.release.rows(name)))], f"rows of {name}")
    for figure in select(page.main, "figure.chart[id]"):
        name = figure.get("id")
        for more in figure.xpath("./p[@class='muted']"):
            page.compare(
                more, [Decimal(len(page.release.summary_rows(name)) - 12)], f"rows of {name} that are left out"
            )


def changes(page: Page) -> None:
    """The heading of what changed names the release before."""
    for heading in select(page.main, "#changes"):
        earlier = [
            release.version
            for release in releases()
            if release.dataset == page.release.dataset and release.version < page.release.version
        ]
        page.compare(heading, [earlier[-1]], "changes since")


def headings(page: Page) -> None:
    name = summary_of(page)
    for title in select(page.main, ".page-head h1") if name else ():
        page.compare(title, title_of(page.release, page.release.summary(name), page.language), "title")
    for lead in select(page.main, "#made-query"):
        if plain(text_of(lead)) != plain(
            (page.release.folder / page.release.summary(name)["query"]).read_text("utf-8")
        ):
            page.fault("query", text_of(lead), "the query of the release")
        done(lead)
    for used in select(page.main, "#uses + ul li"):
        package = next(
            (one for one in page.release.described["uses"] if f"/{one}/" in select(used, "a")[0].get("href")), ""
        )
        page.compare(used, [page.release.described["uses"][package]], f"uses {package}")


PARTS = (
    attributes, frame, recipes, furniture, banners, sources, lists, head, downloads, codes, facts, key_figures, charts,
    headings, counts, changes, data_tables, field_tables, notes_and_sources, timeline, left_over,
)  # fmt: skip


def faults_of(page: Page) -> list[str]:
    for part in PARTS:
        part(page)
    return page.faults
