"""How soon `build.py serve` shows a change, in publications of several sizes, and its first page.

    python benchmarks/serve.py [--datasets 20 200] [--folder DIR]
    python benchmarks/serve.py --rows 115000 [--before CHECKOUT] [--folder DIR]

One line of one ledger is changed, as an editor saves it. Seconds until its dataset's page is new, and until the list of
all changes is; of several changes, one after the other, the median.

With `--rows`, of eight datasets that were built before, one of them a draft with so many rows: seconds until the home
page is there, and until it has another word of `catalog.yaml` and the draft's page another cell. With `--before`, the
same of another checkout of the program, and the ratios.
"""

from __future__ import annotations

import argparse
import re
import shutil
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

from benchmarks import large
from benchmarks.measuring import environment, write_section
from benchmarks.publications import write_dataset, write_publication

PORT = 8765
BUILD = (sys.executable, str(HERE.parent / "build.py"))
CHANGES, DATASETS = 5, 8
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


def write_large(root: Path, rows: int) -> Path:
    """The publication with a large draft; its other datasets are released."""
    large.write_publication(root, rows)
    for number in range(1, DATASETS - 2):
        write_dataset(root, number)
    (root / "datasets/large/releases.yaml").unlink()
    return root


def replace_once(path: Path, pattern: str, new: str) -> None:
    text, count = re.subn(pattern, new, path.read_text("utf-8"), count=1, flags=re.MULTILINE)
    if not count:
        sys.exit(f"{path} has no {pattern}")
    path.write_text(text, "utf-8")


def measure_start(root: Path, program: Sequence[str]) -> dict[str, float]:
    """Seconds by what was waited for."""
    shutil.rmtree(root / "build", ignore_errors=True)
    shutil.rmtree(root / "public", ignore_errors=True)
    subprocess.run([*program, "build", "--drafts", "--root", str(root)], check=True, capture_output=True)
    catalog, table = root / "datasets/catalog.yaml", root / "datasets/large/1.0.0/rows.csv"
    found = {}
    started = time.perf_counter()
    with serving(root, program) as address:

        def waited(what: str, path: str, word: str) -> None:
            until(lambda: word in page(f"{address}{path}"))
            found[what] = time.perf_counter() - started
            page(f"{address}../data/large/latest/SHA256SUMS")  # the end of all work
            time.sleep(3)

        waited("the first page", "", "<h1")
        for what, key in (("another word in the tagline", "tagline@en"), ("another word in the title", "title@en")):
            word = f"Word{time.time_ns()}"
            started = time.perf_counter()
            replace_once(catalog, rf"^{key}: .*$", f"{key}: {word}")
            waited(what, "", word)
        word = f"N{time.time_ns() % 100_000_000}"
        started = time.perf_counter()
        replace_once(table, r"^(1,[0-9]*),[^,]*", rf"\1,{word}")
        waited("another cell of the draft", "datasets/large/", word)
    return found


def compare_starts(folder: Path, rows: int, before: Path | None) -> None:
    root = write_large(folder / "large", rows)
    now = measure_start(root, BUILD)
    if before is None:
        print("\n".join(f"{what}: {seconds:.1f} s" for what, seconds in now.items()))
        return
    then = measure_start(root, (sys.executable, str(before / "build.py")))
    lines = [f"| {what} | {then[what]:.1f} | {now[what]:.1f} | {now[what] / then[what]:.2f} |" for what in now]
    text = "\n".join(("| until it is shown | before (s) | now (s) | ratio |", "| --- | ---: | ---: | ---: |", *lines))
    print(text)
    write_section("serve-start", text)


def _median(found: list[float]) -> float:
    return sorted(found)[len(found) // 2]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--datasets", type=int, nargs="+", default=[20, 200])
    parser.add_argument("--rows", type=int, help="measure the first page instead, with a table of so many rows")
    parser.add_argument("--before", type=Path, help="another checkout of the program")
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        if options.rows:
            compare_starts(Path(folder), options.rows, options.before)
            return
        rows = [measure_size(datasets, Path(folder)) for datasets in options.datasets]
    write_section("serve", "\n".join((*_HEAD, *rows)))


if __name__ == "__main__":
    main()
