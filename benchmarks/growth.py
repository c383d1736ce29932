"""Measures builds of publications of many small datasets against bare MkDocs Material on the same pages.

    python benchmarks/growth.py [--datasets 10 100 1000 10000] [--folder DIR]

For each size: everything made, nothing changed, one dataset changed, and bare MkDocs over the pages that were staged,
once with the site's own settings (pages out of the navigation, no search) and, up to 1,000 datasets, once with those
that MkDocs Material has by itself (all pages in the navigation, its search). Seconds, seconds of processor time of all
processes, and the most memory that they held at one time. The folder should be on a disk that removes folders quickly,
or in memory (/dev/shm): a build removes the old site.
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import sys
import tempfile
from pathlib import Path

import yaml
from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from benchmarks.measuring import Measured, measure_tree, write_section
from benchmarks.publications import change_dataset, write_publication
from tests.host import host

LANGUAGES = ("zh", "en")
# With all pages in the navigation MkDocs takes some fifty times as long for ten times the pages.
MOST_WITH_NAVIGATION = 1_000
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


def bytes_to_first_hit(public: Path) -> int:
    """What a visitor's browser loads from the opening of the search to its first result, compressed as hosts do."""
    loaded: list[int] = []
    with sync_playwright() as playwright, host(public) as address:
        path = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(f"{address}en/", wait_until="networkidle")
        page.on("response", lambda one: loaded.append(int(one.headers.get("content-length", "0"))))
        page.keyboard.press("/")
        page.keyboard.type("residents")
        page.locator(".search__results [role=option]").first.wait_for(timeout=120_000)
        browser.close()
    return sum(loaded)


def bytes_of(files: list[Path]) -> int:
    return sum(one.stat().st_size for one in files)


def page_sizes(public: Path) -> tuple[int, int]:
    """Mean bytes of a dataset's pages, and bytes of the catalogue's page, in the default language."""
    pages = [one for one in (public / "datasets").rglob("index.html") if one.parent != public / "datasets"]
    return bytes_of(pages) // len(pages), (public / "datasets/index.html").stat().st_size


def measure_size(datasets: int, folder: Path) -> None:
    root = write_publication(folder / f"publication-{datasets}", datasets)
    everything = build(root)
    pages = staged_pages(root, folder / "staged")
    nothing = build(root)
    change_dataset(root, datasets // 2)
    one = build(root)
    found = [("everything", everything), ("nothing changed", nothing), ("one dataset changed", one)]
    found.append(("bare MkDocs, pages out of the navigation", bare(folder / "staged", folder / "bare", plain=False)))
    if datasets <= MOST_WITH_NAVIGATION:
        found.append(("bare MkDocs as it comes", bare(folder / "staged", folder / "bare", plain=True)))
    mean, catalogue = page_sizes(root / "public")
    rows = [_row(datasets, pages, what, each, everything) for what, each in found]
    hit = bytes_to_first_hit(root / "public")
    sizes = f"a page {mean:,} bytes, the catalogue's {catalogue:,}; first hit of a search {hit:,} bytes"
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
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        for datasets in options.datasets:
            measure_size(datasets, Path(folder))


if __name__ == "__main__":
    main()
