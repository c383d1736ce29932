"""A copy of the site: it opens, searches and explores without the network, and its releases are whole."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, Frame, Page, expect

from datagazette.publish.output import MARKER
from tests.conftest import once, tree_hashes
from tests.host import host

READERS = Path(__file__).resolve().parents[2] / ".venv/readers/bin"
LONG = 60_000  # milliseconds


def addresses_in(site: Path, base: str = "") -> list[str]:
    """The lines of the list, with `base` in the place of the site's own address."""
    lines = (site / "files.txt").read_text("utf-8").splitlines()
    own = lines[0]
    return [line.replace(own, base, 1) if base else line for line in lines]


def files_below(folder: Path) -> set[str]:
    """All files but those that begin with a dot, which hosts keep to themselves."""
    return {name for name in tree_hashes(folder) if not name.startswith(".")}


def wget(folder: Path, *arguments: str) -> None:
    command = ["wget", "--no-verbose", "--no-config", "-nH", "-P", str(folder), *arguments]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2_000:]


def check_sums(folder: Path) -> int:
    """Checks each release below the folder as its readers are asked to; how many there are."""
    found = sorted(folder.rglob("SHA256SUMS"))
    for sums in found:
        command = ["sha256sum", "--check", "--strict", "--quiet", sums.name]
        done = subprocess.run(command, check=False, cwd=sums.parent, capture_output=True, text=True)
        assert done.returncode == 0, f"{sums}: {done.stdout}{done.stderr}"
    return len(found)


@contextmanager
def opened(browser: Browser) -> Iterator[Page]:
    """A page in a browser that has kept nothing of an earlier one."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(LONG)
    yield page
    context.close()


def is_styled(page: Page | Frame) -> bool:
    return "system-ui" in page.evaluate("getComputedStyle(document.body).fontFamily")


def look(page: Page | Frame, word: str) -> None:
    """Searches for a word by the button in the header."""
    page.locator("button.tool--search, a.tool--search").first.click()
    page.locator("dialog[open] [role=combobox]").fill(word)
    expect(page.locator("dialog[open] [role=option]").first).to_be_visible(timeout=LONG)


def explore(page: Page | Frame) -> None:
    """Sorts the rows, which are read anew for it."""
    expect(page.locator(".explorer.is-live")).to_be_visible(timeout=LONG)
    page.locator(".explorer.is-live thead th button").first.click()
    expect(page.locator(".explorer.is-live thead th[aria-sort=ascending]")).to_be_visible(timeout=LONG)


def test_the_list_has_the_address_of_every_file(small_site: Path) -> None:
    base, *_ = addresses = addresses_in(small_site)
    paths = [unquote(urlsplit(address.removeprefix(base)).path) for address in addresses]
    listed = {f"{path}index.html" if not path or path.endswith("/") else path for path in paths}
    assert listed == files_below(small_site)
    assert addresses == sorted(set(addresses))
    assert f"{base}files.txt" in (small_site / "robots.txt").read_text("utf-8")
    assert 'files.txt"' in (small_site / "index.html").read_text("utf-8")


def test_pages_link_to_every_file_of_a_release_and_to_the_newest(small_site: Path) -> None:
    pages = "".join(path.read_text("utf-8") for path in small_site.glob("datasets/*/**/index.html"))
    linked = {unquote(link) for link in re.findall(r'href="(?:\.\./)+(data/[^"]+)"', pages)}
    releases = {
        path.relative_to(small_site).as_posix() for path in small_site.glob("data/*/[0-9]*/**/*") if path.is_file()
    }
    assert releases
    assert releases <= linked
    newest = {path.parent.as_posix() for path in map(Path, linked) if "/latest/" in path.as_posix()}
    assert newest >= {f"data/{path.name}/latest" for path in small_site.glob("data/*")}


def test_the_names_of_scripts_and_styles_have_no_query(small_site: Path) -> None:
    """A copy has files, and a file no query."""
    for path in small_site.rglob("*.html"):
        assets = re.findall(r'(?:href|src)="([^"]*assets/site/[^"]*)"', path.read_text("utf-8"))
        assert assets
        for asset in assets:
            assert "?" not in asset
            assert (small_site / "assets/site" / asset.partition("assets/site/")[2]).is_file(), asset


def test_scripts_and_styles_still_answer_where_they_were_before(small_site: Path) -> None:
    """Pages that are older than a version in the path ask there."""
    for name in ("site.css", "site.js", "catalogue.js", "explore.js", "explore.css", "explore-worker.js"):
        text = (small_site / "assets/site" / name).read_text("utf-8")
        (target,) = re.findall(r'^(?:@import|import) "\./([^"]+)";\n$', text)
        assert (small_site / "assets/site" / target).is_file()
        assert target.endswith(f"/{name}")


@pytest.mark.thorough
def test_a_page_of_another_version_finds_style_and_scripts(small_site: Path, browser: Browser, tmp_path: Path) -> None:
    """A page that a browser kept from before the last build names a version that is gone."""
    copy = tmp_path / "site"
    shutil.copytree(small_site, copy)
    index = copy / "index.html"
    text = index.read_text("utf-8")
    older = re.sub(r"(assets/site/)[0-9a-f]{10}/", r"\g<1>0123456789/", text)
    assert older != text
    index.write_text(older, "utf-8")
    with host(copy) as address, opened(browser) as page:
        page.goto(address)
        page.wait_for_function("getComputedStyle(document.body).fontFamily.includes('system-ui')")
        page.locator("button.tool--search").first.click()
        expect(page.locator("dialog[open] [role=combobox]")).to_be_visible()


@pytest.mark.thorough
def test_a_clone_that_changes_line_ends_keeps_the_sums(small_site: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    shutil.copytree(small_site, site)
    own = ["-c", "user.name=Publisher", "-c", "user.email=publisher@example.org", "-c", "init.defaultBranch=main"]
    for command in (["init", "-q"], ["add", "--all"], ["commit", "-qm", "The site"]):
        subprocess.run(["git", *own, *command], cwd=site, check=True)
    for setting in ("true", "input", "false"):
        clone = tmp_path / setting
        subprocess.run(["git", "-c", f"core.autocrlf={setting}", "clone", "-q", str(site), str(clone)], check=True)
        assert check_sums(clone)


@pytest.fixture(scope="module")
def copied(own_site: Path, shared: Path) -> Path:
    """What `wget` makes of the shipped site by the list: a copy in `site`, and an archive of it, `site.warc.gz`."""

    def make(folder: Path) -> None:
        folder.mkdir()
        with host(own_site) as address:
            (folder / "list.txt").write_text("\n".join(addresses_in(own_site, address)) + "\n", "utf-8")
            wget(folder / "site", "-x", f"--warc-file={folder}/site", "-i", f"{folder}/list.txt")

    return once(shared / "copied", make)


@pytest.mark.thorough
@pytest.mark.shipped
def test_a_copy_by_the_list_is_the_site(copied: Path, own_site: Path, browser: Browser) -> None:
    copy = copied / "site"
    own = {name: digest for name, digest in tree_hashes(own_site).items() if not name.startswith(".")}
    assert MARKER not in own
    assert tree_hashes(copy) == own
    assert check_sums(copy) >= len(list(own_site.glob("data/*/*/SHA256SUMS")))
    with host(copy) as address, opened(browser) as page:
        faults: list[str] = []
        page.on("response", lambda answer: faults.append(answer.url) if answer.status >= 400 else None)
        page.on(
            "request",
            lambda asked: faults.append(asked.url) if not asked.url.startswith((address, "blob:", "data:")) else None,
        )
        page.goto(f"{address}en/datasets/township-stations/", wait_until="networkidle")
        assert is_styled(page)
        look(page, "Ningxia")
        page.goto(f"{address}en/datasets/township-stations/explore/")
        explore(page)
        assert faults == []


@pytest.mark.thorough
@pytest.mark.shipped
def test_a_mirror_that_follows_links_has_style_and_whole_releases(
    own_site: Path, browser: Browser, tmp_path: Path
) -> None:
    """`wget -m -k -p`, as people copy a site."""
    with host(own_site) as address:
        wget(tmp_path, "-m", "-k", "-p", address)
    releases = {path.relative_to(own_site) for path in own_site.glob("data/*/[0-9]*/SHA256SUMS")}
    assert {path.relative_to(tmp_path) for path in tmp_path.glob("data/*/[0-9]*/SHA256SUMS")} == releases
    assert check_sums(tmp_path) >= len(releases)
    assert (tmp_path / "catalog.ttl").is_file()
    assert list(tmp_path.glob("data/*/latest/*.csv"))
    with host(tmp_path) as address, opened(browser) as page:
        page.goto(f"{address}datasets/township-stations/", wait_until="networkidle")
        assert is_styled(page)
        page.locator("button.tool--scheme").first.click()
        expect(page.locator("html[data-scheme]")).to_have_count(1)


@pytest.fixture(scope="module")
def replayed(copied: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The archive of the shipped site as pywb replays it: where it shows the site."""
    folder = tmp_path_factory.mktemp("replayed")
    address = (copied / "list.txt").read_text("utf-8").splitlines()[0]
    (folder / "config.yaml").write_text("client_side_replay: true\n", "utf-8")
    for command in (["init", "site"], ["add", "site", f"{copied}/site.warc.gz"]):
        subprocess.run([f"{READERS}/wb-manager", *command], cwd=folder, check=True, capture_output=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen(
        [f"{READERS}/wayback", "-b", "127.0.0.1", "-p", str(port)], cwd=folder,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as running:  # fmt: skip
        try:
            while running.poll() is None:
                with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                    break
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}/site/2026/{address}"
        finally:
            running.terminate()


def replayed_page(page: Page, address: str) -> Frame:
    """pywb shows a page within one of its own."""
    page.goto(address, wait_until="networkidle")
    element = page.locator("iframe").first.element_handle()
    frame = element.content_frame() if element else None
    assert frame
    frame.wait_for_selector("main", timeout=LONG)
    return frame


@pytest.mark.thorough
@pytest.mark.shipped
def test_a_web_archive_opens_searches_and_explores(replayed: str, browser: Browser) -> None:
    with opened(browser) as page:
        frame = replayed_page(page, f"{replayed}en/datasets/township-stations/")
        assert is_styled(frame)
        look(frame, "Ningxia")
        explore(replayed_page(page, f"{replayed}en/datasets/township-stations/explore/"))
