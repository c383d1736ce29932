"""What a reader or a program asks of a host, one question each; an answer is True, False, or what was seen instead."""

from __future__ import annotations

import csv
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

from playwright.sync_api import Browser, Page
from playwright.sync_api import Error as BrowserError

from datagazette.publish.hosts import TEXT_TYPES

DATASET = "datasets/counts"
DATA = "data/counts/1.1.0"
# What is compressed where a host compresses texts: a page, a style sheet, a script, two files of data.
TEXTS = ("index.html", "assets/site/*/site.css", "assets/site/*/site.js", "catalog.jsonld", "api/openapi.json")
PATIENCE = 15_000  # milliseconds for what should be there at once

Answer = bool | str


@dataclass(frozen=True)
class Site:
    """The small publication's site in `folder`, at `address` on a host, with a slash at its end."""

    address: str
    folder: Path
    browser: Browser

    def get(self, path: str, **headers: str) -> tuple[int, Message, bytes]:
        """Status, headers and bytes as they are sent; redirects are followed."""
        request = urllib.request.Request(self.address + path, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    def file(self, path: str) -> bytes:
        return (self.folder / path).read_bytes()

    def visit(self, path: str, look: Callable[[Page], Answer]) -> Answer:
        """What a reader sees at an address; False where it does not come."""
        context = self.browser.new_context(accept_downloads=True)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        try:
            page.goto(self.address + path)
            return look(page)
        except BrowserError:
            return False
        finally:
            context.close()


def pages(site: Site) -> Answer:
    """Every page at its address."""
    found = [path.relative_to(site.folder).as_posix().removesuffix("index.html") for path in
             sorted(site.folder.rglob("index.html"))]  # fmt: skip
    other = [path for path in found if site.get(path)[::2] != (200, site.file(f"{path}index.html"))]
    return True if not other else False if other == found else f"{len(other)} of {len(found)} not"


def has_style(page: Page) -> bool:
    return bool(page.evaluate("getComputedStyle(document.querySelector('.site-header')).borderBottomStyle === 'solid'"))


def without_slash(site: Site) -> Answer:
    """The page of an address without its last slash, with its style and scripts, at the address with the slash."""

    def look(page: Page) -> Answer:
        page.locator(".tool--search").wait_for()  # a script shows it
        return has_style(page) and page.url == f"{site.address}{DATASET}/"

    return site.visit(DATASET, look)


def explorer(site: Site, path: str = f"{DATASET}/explore/") -> Answer:
    """The rows that the address asks for."""
    rows = list(csv.DictReader(site.file(f"{DATA}/counts.csv").decode().splitlines()))
    year = rows[0]["year"]
    wanted = sum(row["year"] == year for row in rows)

    def look(page: Page) -> Answer:
        page.locator(".explorer.is-ready").wait_for()
        return page.locator(".explorer-table tbody tr").count() == wanted < len(rows)

    return site.visit(f"{path}?w=year.is.{year}", look)


def query_without_slash(site: Site) -> Answer:
    """The same rows at an address without its slash: a redirect may drop the query."""
    return explorer(site, f"{DATASET}/explore")


def search(site: Site) -> Answer:
    """A hit for a word."""

    def look(page: Page) -> Answer:
        page.locator(".tool--search").click()
        page.locator("dialog[open] [role=combobox]").fill("人口")
        page.locator("#search-results [role=option]").first.wait_for()
        return True

    return site.visit("", look)


def download(site: Site) -> Answer:
    """A click on a download, and the bytes of every kind of file."""

    def look(page: Page) -> Answer:
        page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
        with page.expect_download() as coming:
            page.locator('a[href$="/counts.csv"]:visible').first.click()
        return Path(coming.value.path()).read_bytes() == site.file(f"{DATA}/counts.csv")

    files = [path for path in sorted((site.folder / DATA).rglob("*")) if path.is_file()]
    names = [path.relative_to(site.folder).as_posix() for path in files]
    return site.visit(f"{DATASET}/", look) and all(site.get(name)[::2] == (200, site.file(name)) for name in names)


def texts(site: Site) -> Answer:
    """Texts with their media type, as UTF-8."""
    unlike = []
    for ending, kind in TEXT_TYPES.items():
        name = next(path.relative_to(site.folder).as_posix() for path in sorted(site.folder.rglob(f"*.{ending}")))
        said = site.get(name)[1]
        is_utf8 = (said.get_content_charset() or "") == "utf-8"
        unlike += [] if is_utf8 and said.get_content_type() == kind else [f".{ending}"]
    return True if not unlike else False if len(unlike) == len(TEXT_TYPES) else f"not {' '.join(unlike)}"


def missing_page(site: Site) -> Answer:
    """Our page, with status 404, at an address that is not there."""
    status, _, body = site.get("datasets/nothing/")
    if status == 404:
        return body == site.file("404.html")
    return f"status {status}"


def ranges(site: Site) -> Answer:
    """Parts of Parquet, CSV and JSON, each with its first and its last byte."""
    for name in (f"{DATA}/counts.parquet", f"{DATA}/counts.csv", f"{DATA}/counts.json"):
        status, headers, body = site.get(name, Range="bytes=5-24")
        whole = site.file(name)
        if status == 200 and body == whole:
            return False
        if (status, headers["Content-Range"], body) != (206, f"bytes 5-24/{len(whole)}", whole[5:25]):
            return f"wrong, status {status}"
    return True


def compressed(site: Site) -> Answer:
    """Texts are compressed where a reader takes that."""
    found = [next(site.folder.glob(pattern)) for pattern in TEXTS]
    names = [path.relative_to(site.folder).as_posix() for path in found]
    takes = {"Accept-Encoding": "gzip"}
    plain = [Path(name).suffix for name in names if not site.get(name, **takes)[1]["Content-Encoding"]]
    return True if not plain else False if len(plain) == len(TEXTS) else f"not {' '.join(plain)}"


# The heading of each question, and how it is asked.
QUESTIONS: Mapping[str, Callable[[Site], Answer]] = {
    "pages": pages,
    "no slash": without_slash,
    "no slash, query": query_without_slash,
    "explorer": explorer,
    "search": search,
    "downloads": download,
    "texts": texts,
    "404 page": missing_page,
    "ranges": ranges,
    "compressed": compressed,
}


def asked(site: Site) -> dict[str, Answer]:
    return {name: ask(site) for name, ask in QUESTIONS.items()}
