"""How soon `build.py serve` shows a change, in publications of several sizes.

    python benchmarks/serve.py [--datasets 20 200] [--folder DIR]

One line of one ledger is changed, as an editor saves it. Seconds until its dataset's page is new, and until the list of
all changes is; of several changes, one after the other, the median.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urljoin
from urllib.request import urlopen

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from benchmarks.measuring import environment, write_section
from benchmarks.publications import write_publication

PORT = 8765
BUILD = (sys.executable, str(HERE.parent / "build.py"))
CHANGES = 5
# How often a page is asked for, in seconds.
_EVERY = 0.02
_HEAD = ("| datasets | its page (s) | the list of all changes (s) |", "| ---: | ---: | ---: |")
_NEXT = re.compile(r'<a[^>]*rel="next"[^>]*href="([^"]+)"')


@contextmanager
def serving(root: Path, program: Sequence[str] = BUILD, port: int = PORT) -> Iterator[str]:
    """The address of a `serve` of the publication, which ends afterwards."""
    command = [*program, "serve", "--root", str(root), "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment())
    try:
        yield f"http://127.0.0.1:{port}/en/"
    finally:
        process.terminate()
        process.wait()


def page(address: str) -> str:
    """The page, or nothing while there is none."""
    try:
        with urlopen(address, timeout=10) as answer:
            return str(answer.read().decode())
    except (URLError, ConnectionError):
        return ""


def until(holds: Callable[[], bool], most: float = 3600) -> float:
    """Seconds until it holds."""
    started = time.perf_counter()
    while not holds():
        if time.perf_counter() - started > most:
            sys.exit("serve did not show what was waited for")
        time.sleep(_EVERY)
    return time.perf_counter() - started


def change(ledger: Path, number: int) -> str:
    """Another text for a release's changes; returns it."""
    said = f"First release, described again, {number}."
    lines = ledger.read_text("utf-8").splitlines()
    lines = [f"    changes@en: {said}" if line.strip().startswith("changes@en:") else line for line in lines]
    ledger.write_text("\n".join(lines) + "\n", "utf-8")
    return said


def list_with(address: str, name: str) -> str:
    """The address of the page of the list of changes that mentions a dataset."""
    here = f"{address}changes/"
    while name not in (text := page(here)):
        following = _NEXT.search(text)
        if following is None:
            sys.exit(f"no page of changes mentions {name}")
        here = urljoin(here, following[1])
    return here


def measure_size(datasets: int, folder: Path) -> str:
    root = write_publication(folder / f"publication-{datasets}", datasets)
    name = f"d{datasets // 2:05}"
    own, all_of_them = [], []
    with serving(root) as address:
        until(lambda: bool(page(f"{address}changes/")))
        listed = list_with(address, name)
        for number in range(CHANGES):
            time.sleep(2)
            said = change(root / "datasets" / name / "releases.yaml", number)
            own.append(until(lambda said=said: said in page(f"{address}datasets/{name}/")))  # type: ignore[misc]
            all_of_them.append(own[-1] + until(lambda said=said: said in page(listed)))  # type: ignore[misc]
    row = f"| {datasets} | {_median(own):.2f} | {_median(all_of_them):.2f} |"
    print(row, flush=True)
    return row


def _median(found: list[float]) -> float:
    return sorted(found)[len(found) // 2]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--datasets", type=int, nargs="+", default=[20, 200])
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        rows = [measure_size(datasets, Path(folder)) for datasets in options.datasets]
    write_section("serve", "\n".join((*_HEAD, *rows)))


if __name__ == "__main__":
    main()
