"""What a site brings for its hosts, and real web servers with it: those that `make programs` installs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from playwright.sync_api import Browser

from datagazette.publish.hosts import OTHER_TYPES, TEXT_TYPES, host_files
from tests.hosts.matrix import PAGE, sites
from tests.hosts.questions import QUESTIONS, Site, asked
from tests.hosts.servers import BY_NAME, CONFIGURATIONS, NODE, SERVERS

# What a host cannot do, whatever the site brings.
LACKING = {"Apache": set(), "python -m http.server": {"texts", "404 page", "ranges", "compressed"}}
# The limits of Cloudflare Pages.
MOST_RULES, LONGEST_LINE = 100, 2_000


@pytest.mark.parametrize(
    ("address", "page"),
    [("https://data.example.org/", "/404.html"), ("https://example.org/open-data/", "/open-data/404.html")],
)
def test_apache_is_shown_the_page_for_missing_addresses_at_the_path_of_the_site(address: str, page: str) -> None:
    assert f"ErrorDocument 404 {page}\n" in dict(host_files(address))[".htaccess"]


def test_the_headers_keep_the_limits_of_cloudflare_pages() -> None:
    lines = dict(host_files("https://data.example.org/"))["_headers"].splitlines()
    assert len([line for line in lines if line.startswith("/")]) <= MOST_RULES
    assert max(map(len, lines)) <= LONGEST_LINE
    assert all(line.count("*") == 1 for line in lines if line.startswith("/"))


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile", "lighttpd.conf"])
def test_a_ready_configuration_names_every_type_that_the_site_names_itself(name: str) -> None:
    text = (CONFIGURATIONS / name).read_text("utf-8")
    known = {"txt", "csv", "xlsx"}  # by hosts themselves
    for ending, kind in (TEXT_TYPES | OTHER_TYPES).items():
        assert ending in known or re.search(
            rf"{re.escape(kind)}.*\b{ending}\b|\b{ending}\b.*{re.escape(kind)}", text
        ), ending


def test_the_page_on_hosts_has_every_host_and_every_question() -> None:
    text = PAGE.read_text("utf-8")
    assert all(f"| {server.name} |" in text for server in SERVERS)
    assert all(f"- **{name}**: " in text for name in QUESTIONS)


def test_hosts_from_npm_are_locked_with_hashes() -> None:
    packages = json.loads((NODE.parent / "package-lock.json").read_text("utf-8"))["packages"]
    assert all(entry["integrity"].startswith("sha512-") for name, entry in packages.items() if name)


@pytest.fixture(scope="module")
def places() -> Iterator[list[tuple[Path, str]]]:
    """Where every account may read it: a host leaves the rights of root."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield list(sites(folder))


@pytest.mark.browser
@pytest.mark.thorough
@pytest.mark.parametrize("place", [0, 1], ids=["root", "path"])
@pytest.mark.parametrize("name", LACKING)
def test_a_host_shows_the_whole_site(name: str, place: int, places: list[tuple[Path, str]], browser: Browser) -> None:
    server, (root, path) = BY_NAME[name], places[place]
    with server.serving(root, root.parent / f"scratch-{place}", configured=True) as address:
        answers = asked(Site(address + path, root / path, browser))
    assert {question for question, answer in answers.items() if answer is not True} == LACKING[name]
