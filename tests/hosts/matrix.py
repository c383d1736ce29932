"""Writes docs/reference/hosts.md: what each web server makes of a site, from a run of all of them (`make hosts`)."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, sync_playwright

from tests.conftest import CHROMIUM_ARGUMENTS, ROOT, publish
from tests.hosts.questions import QUESTIONS, Answer, Site, asked
from tests.hosts.servers import SERVERS, Server

PAGE = ROOT / "docs/reference/hosts.md"
SMALL = ROOT / "tests/publications/small"
PROJECT = "open-data/"
# The site's address decides where its page for missing addresses is; the name of the host does not matter.
ORIGIN = "https://data.example.org/"

Verdicts = Mapping[str, str]


def sites(folder: Path) -> Iterator[tuple[Path, str]]:
    """The small publication built twice: (root of a host, path of the site below it)."""
    small = shutil.copytree(SMALL, folder / "small")
    for path in ("", PROJECT):
        root = folder / ("below" if path else "root")
        root.mkdir()
        publish(small, root / (path or "site"), "--base-url", ORIGIN + path)
        yield (root, path) if path else (root / "site", path)


def verdicts(
    server: Server, places: list[tuple[Path, str]], browser: Browser, folder: Path, *, configured: bool
) -> Verdicts:
    """An answer to each question; two where it is another below a path."""
    found: list[dict[str, Answer]] = []
    for number, (root, path) in enumerate(places):
        with server.serving(root, folder / f"{server.name}-{configured}-{number}", configured=configured) as address:
            found.append(asked(Site(address + path, root / path, browser)))
    texts = {name: [_text(answers[name]) for answers in found] for name in QUESTIONS}
    return {name: " / ".join(dict.fromkeys(each)) for name, each in texts.items()}


def _text(answer: Answer) -> str:
    return answer if isinstance(answer, str) else "yes" if answer else "no"


def _table(rows: list[tuple[Server, Verdicts]]) -> str:
    head = ["host", *QUESTIONS]
    lines = [head, ["---"] * len(head), *([server.name, *said.values()] for server, said in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def page(plain: list[tuple[Server, Verdicts]], ours: list[tuple[Server, Verdicts]]) -> str:
    versions = "".join(f"| {server.name} | {server.version_found()} |\n" for server, _ in plain)
    meanings = "".join(f"- **{name}**: {_meaning(ask.__doc__ or '')}\n" for name, ask in QUESTIONS.items())
    return f"""\
# Hosts

What web servers make of a site, asked of each with a browser and by its bytes, at the root of a host and below a path
(`/{PROJECT}`). Where two answers are given, the second is for the path. `make hosts` writes this page from a run.
[Hosting](../start/hosting.md) says what to configure.

## As they are installed

{_table(plain)}
## With our configuration

Of docs/start/hosting; hosts that have nothing to configure are left out.

{_table(ours)}
## What was asked

{meanings}
## Versions

| host | version |
| --- | --- |
{versions}"""


def _meaning(text: str) -> str:
    return " ".join(text.split())


def main() -> int:
    lacking = [server for server in SERVERS if not server.is_installed()]
    if lacking:
        packages = " ".join(server.package for server in lacking if server.package)
        sys.stderr.write(f"Not installed: {', '.join(server.name for server in lacking)}.\n")
        sys.stderr.write(f"apt-get install {packages}\n" if packages else "npm ci in tests/hosts/node\n")
        return 2
    os.environ.setdefault("LC_ALL", "C.UTF-8")
    with TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        folder.chmod(0o755)  # some hosts leave the rights of root
        browser = playwright.chromium.launch(executable_path=os.environ["CHROMIUM"], args=CHROMIUM_ARGUMENTS)
        places, plain, ours = list(sites(folder)), [], []
        for server in SERVERS:
            sys.stderr.write(f"{server.name}\n")
            plain.append((server, verdicts(server, places, browser, folder, configured=False)))
            if server.has_ours:
                ours.append((server, verdicts(server, places, browser, folder, configured=True)))
        browser.close()
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(page(plain, ours), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
