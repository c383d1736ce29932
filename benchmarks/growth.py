"""Measures builds of publications of many small datasets against bare MkDocs Material on the same pages.

    python benchmarks/growth.py [--datasets 10 100 1000 10000] [--folder DIR]

For each size: everything made, nothing changed, one dataset changed, and bare MkDocs over the pages that were staged,
once with the site's own settings (pages out of the navigation, no search) and, up to 100 datasets, once with those
that MkDocs Material has by itself (all pages in the navigation, its search). Seconds, seconds of processor time of all
processes, and the most memory that they held at one time. The folder should be on a disk that removes folders quickly,
or in memory (/dev/shm): a build removes the old site.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil  # comes with distributed
import yaml
from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from benchmarks.publications import change_dataset, write_publication
from benchmarks.report import write_table
from tests.host import host

LANGUAGES = {"zh": "", "en": "en/"}
# MkDocs with all pages in the navigation takes hours where there are thousands.
MOST_WITH_NAVIGATION = 100


@dataclass(frozen=True)
class Measured:
    """Seconds, processor seconds of all processes, most memory of all at one time in MB."""

    seconds: float
    processor: float
    memory: float


class _Watch(threading.Thread):
    """Looks at a process and its children ten times a second."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._process = psutil.Process(pid)
        self._over = threading.Event()
        self.memory = 0

    def run(self) -> None:
        while not self._over.wait(0.1):
            try:
                family = [self._process, *self._process.children(recursive=True)]
                self.memory = max(self.memory, sum(_own_memory(one) for one in family))
            except psutil.Error:
                continue

    def stop(self) -> None:
        self._over.set()
        self.join()


def _own_memory(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def measure(*commands: list[str]) -> Measured:
    """Runs commands side by side, each to its end."""
    started, before = time.perf_counter(), os.times()
    processes = [subprocess.Popen(one, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for one in commands]
    watches = [_Watch(one.pid) for one in processes]
    for watch in watches:
        watch.start()
    for process in processes:
        _, said = process.communicate()
        if process.returncode:
            raise SystemExit(said.decode())
    seconds, after = time.perf_counter() - started, os.times()
    for watch in watches:
        watch.stop()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return Measured(seconds, spent, sum(one.memory for one in watches) / 1e6)


def build(root: Path) -> Measured:
    return measure([sys.executable, str(HERE.parent / "build.py"), "build", "--root", str(root), "--lang", "en"])


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
    """MkDocs Material alone, once a language at the same time. `plain`: with the settings that it has by itself."""
    commands = []
    for language, prefix in LANGUAGES.items():
        settings = {
            "site_name": "bare",
            "docs_dir": str(staged / language),
            "site_dir": str(work / "site" / prefix),
            "theme": {"name": "material", "language": language},
        }
        if not plain:
            settings |= {"plugins": [], "nav": [{"home": "index.md"}], "not_in_nav": "*"}
        file = work / f"{language}.yml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(yaml.safe_dump(settings), "utf-8")
        commands.append([sys.executable, "-m", "mkdocs", "build", "--quiet", "--config-file", str(file)])
    return measure(*commands)


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


def rows_for(datasets: int, folder: Path) -> list[tuple[str, ...]]:
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
    write_table(
        f"growth-{datasets}",
        ("datasets", "pages", "build", "seconds", "of everything", "processor seconds",
         "processor milliseconds a dataset", "memory (MB)"),
        [*rows, (f"{datasets:,}", f"{pages:,}", sizes, *[""] * 5)],
    )  # fmt: skip
    shutil.rmtree(root)
    return rows


def _row(datasets: int, pages: int, what: str, one: Measured, everything: Measured) -> tuple[str, ...]:
    print(datasets, what, one, flush=True)
    return (
        f"{datasets:,}", f"{pages:,}", what, f"{one.seconds:.1f}", f"{one.seconds / everything.seconds:.1%}",
        f"{one.processor:.1f}", f"{1000 * one.processor / datasets:,.0f}", f"{one.memory:,.0f}",
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--datasets", type=int, nargs="+", default=[10, 100, 1_000, 10_000])
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        for datasets in options.datasets:
            rows_for(datasets, Path(folder))


if __name__ == "__main__":
    main()
