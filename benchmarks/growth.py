"""Measures builds of publications of many small datasets against bare MkDocs Material on the same pages.

    python benchmarks/growth.py [--datasets 10 100 1000 10000] [--folder DIR]
    python benchmarks/growth.py --site DIR

For each size: everything made, nothing changed, one dataset changed (the first such build has no tree of an earlier one
to exchange files in), another one changed, and bare MkDocs over the pages that were staged,
once with the site's own settings (pages out of the navigation, no search) and, up to 1,000 datasets, once with those
that MkDocs Material has by itself (all pages in the navigation, its search). Seconds, seconds of processor time of all
processes, and the most memory that they held at one time. The folder should be on a disk that removes folders quickly,
or in memory (/dev/shm): a build removes the old site.
"""

from __future__ import annotations

import argparse
import math
import os
import shlex
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml
from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import TimeoutError as OutOfTime

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from benchmarks.measuring import Measured, measure_tree, write_section
from benchmarks.publications import change_dataset, write_publication
from tests.host import host

LANGUAGES = ("zh", "en")
# With all pages in the navigation MkDocs takes some fifty times as long for ten times the pages.
MOST_WITH_NAVIGATION = 1_000
# What is searched for, by the language's folder, and how many seconds a browser may take for each step of it.
QUERIES = (("", "人口"), ("en/", "residents"))
PATIENCE = 60.0
HEAD = (
    "| datasets | pages | build | seconds | of everything | processor seconds | processor ms a dataset | memory (MB) |",
    "| ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: |",
)


def build(root: Path) -> Measured:
    return whole(sys.executable, str(HERE.parent / "build.py"), "build", "--root", str(root), "--lang", "en")


def whole(*command: str) -> Measured:
    measured = measure_tree(command)
    if measured.status:
        sys.exit(f"{' '.join(command)} ended with status {measured.status}")
    return measured


def staged_pages(root: Path, target: Path) -> int:
    """The Markdown that a build made, a tree a language, from the cache and the workspace; returns how many pages."""
    shutil.rmtree(target, ignore_errors=True)
    trees = [*(root / "build/cache/pages").glob("??/*/files"), root / "build/work/pages"]
    for tree in trees:
        for language in LANGUAGES:
            if (tree / language).is_dir():
                shutil.copytree(tree / language, target / language, dirs_exist_ok=True)
    return sum(1 for _ in target.rglob("*.md"))


def bare(staged: Path, work: Path, *, plain: bool) -> Measured:
    """MkDocs Material alone, once a language at the same time. `plain`: with the settings that it has by itself.

    Each empties its own folder first, so that neither may lie in the other's.
    """
    commands = []
    for language in LANGUAGES:
        settings = {
            "site_name": "bare",
            "docs_dir": str(staged / language),
            "site_dir": str(work / language),
            "theme": {"name": "material", "language": language},
        }
        if not plain:
            settings |= {"plugins": [], "nav": [{"home": "index.md"}], "not_in_nav": "*"}
        file = work / f"{language}.yml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(yaml.safe_dump(settings), "utf-8")
        commands.append(shlex.join([sys.executable, "-m", "mkdocs", "build", "--quiet", "--config-file", str(file)]))
    return whole("sh", "-c", f"{commands[0]} & first=$!; {commands[1]} && wait $first")


@dataclass(frozen=True)
class Hit:
    """What the first result of a search costs: bytes as hosts send them, and seconds from the first key."""

    query: str
    loaded: int
    seconds: float

    def __str__(self) -> str:
        if math.isinf(self.seconds):
            return f"“{self.query}” no result within {PATIENCE:.0f} s"
        return f"“{self.query}” {self.loaded:,} bytes"


def first_hits(public: Path) -> list[Hit]:
    """What a visitor's browser loads from the opening of the search to its first result, in each language."""
    with sync_playwright() as playwright, host(public) as address:
        path = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        found = [_first_hit(browser, f"{address}{edition}", query) for edition, query in QUERIES]
        browser.close()
    return found


def _first_hit(browser: Browser, address: str, query: str) -> Hit:
    loaded: list[int] = []
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(PATIENCE * 1000)
    try:
        page.goto(address, wait_until="networkidle")
        page.on("response", lambda one: loaded.append(int(one.headers.get("content-length", "0"))))
        start = time.monotonic()
        page.keyboard.press("/")
        page.keyboard.type(query)
        page.locator(".search__results [role=option]").first.wait_for()
        return Hit(query, sum(loaded), time.monotonic() - start)
    except OutOfTime:
        return Hit(query, sum(loaded), math.inf)
    finally:
        context.close()


def bytes_of(files: list[Path]) -> int:
    return sum(one.stat().st_size for one in files)


def page_sizes(public: Path) -> str:
    """Mean bytes of a dataset's pages, and those of the longest page of each list, in the default language."""
    lists = {kind: sorted(_pages_of_list(public / kind)) for kind in ("datasets", "figures", "changes", "sources")}
    own = [one for one in (public / "datasets").rglob("index.html") if one not in lists["datasets"]]
    longest = ", ".join(f"{kind} {max(one.stat().st_size for one in pages):,}" for kind, pages in lists.items())
    return f"a page of a dataset {bytes_of(own) // len(own):,}; the longest of each list: {longest}"


def _pages_of_list(folder: Path) -> Iterator[Path]:
    """The first page, the numbered ones, and of the releases the older ones."""
    yield folder / "index.html"
    yield from folder.glob("page/*/index.html")
    yield from folder.glob("[0-9]*-[0-9]*/index.html")


def measure_size(datasets: int, folder: Path) -> None:
    root = write_publication(folder / f"publication-{datasets}", datasets)
    everything = build(root)
    pages = staged_pages(root, folder / "staged")
    nothing = build(root)
    changed = []
    for number in (datasets // 2, datasets // 3):
        change_dataset(root, number)
        changed.append(build(root))
    found = [("everything", everything), ("nothing changed", nothing), ("one dataset changed", changed[0])]
    found.append(("another one changed", changed[1]))
    found.append(("bare MkDocs, pages out of the navigation", bare(folder / "staged", folder / "bare", plain=False)))
    if datasets <= MOST_WITH_NAVIGATION:
        found.append(("bare MkDocs as it comes", bare(folder / "staged", folder / "bare", plain=True)))
    rows = [_row(datasets, pages, what, each, everything) for what, each in found]
    sizes = (
        f"{page_sizes(root / 'public')}; the first hit of a search: {', '.join(map(str, first_hits(root / 'public')))}"
    )
    print(datasets, sizes, flush=True)
    write_section(f"growth-{datasets}", "\n".join((*HEAD, *rows, "", f"Bytes: {sizes}.")))
    shutil.rmtree(root)


def _row(datasets: int, pages: int, what: str, one: Measured, everything: Measured) -> str:
    print(datasets, what, one, flush=True)
    part, each = one.seconds / everything.seconds, 1000 * one.processor / datasets
    return (
        f"| {datasets:,} | {pages:,} | {what} | {one.seconds:.1f} | {part:.1%} | {one.processor:.1f} | {each:,.0f}"
        f" | {one.memory:,.0f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--datasets", type=int, nargs="+", default=[10, 100, 1_000, 10_000])
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--site", type=Path, help="measure only the pages and the search of this built site")
    options = parser.parse_args()
    if options.site:
        print(page_sizes(options.site))
        for hit in first_hits(options.site):
            print(f"{hit}, {hit.seconds:.1f} s")
        return
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        for datasets in options.datasets:
            measure_size(datasets, Path(folder))


if __name__ == "__main__":
    main()
