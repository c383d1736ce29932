"""Builds the search index with Pagefind over the finished pages, an index a language.

What is searched is marked in the pages (`data-pagefind-body`); the language is that of each page. A visitor loads
only the script, the language's tables and the few parts that hold the words asked for.
"""

from __future__ import annotations

import platform
import re
import subprocess
from pathlib import Path

from publisher.errors import EnvironmentFault

FOLDER = "pagefind"
# Pagefind's own interfaces; the site has its own.
INTERFACES = re.compile(r"pagefind-(?:ui|modular-ui|component-ui|highlight)\b")
# Marks and signs that are no words of the text.
IGNORED = ".headerlink, .mark, .footnotes__back, .sr-only, button"
_MACHINES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}


def index(site: Path, npm: Path, folder: Path) -> int:
    """Writes the index of the pages below `site` into `folder`, which the site has as `pagefind/`.

    `npm` is the folder `node_modules`. Returns the number of indexed pages.
    """
    command = [str(_binary(npm)), "--site", str(site), "--output-path", str(folder), "--exclude-selectors", IGNORED]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).strip()
        raise EnvironmentFault(
            en=f"Pagefind could not index the pages:\n{said}", zh=f"Pagefind 无法为页面建立索引：\n{said}"
        )
    for path in sorted(folder.iterdir()):
        if INTERFACES.match(path.name):
            path.unlink()
    found = re.search(r"Indexed (\d+) pages?", done.stdout)
    return int(found[1]) if found else 0


def _binary(npm: Path) -> Path:
    system = platform.system().lower()
    machine = _MACHINES.get(platform.machine().lower(), platform.machine().lower())
    folder = npm / "@pagefind" / f"{system}-{machine}" / "bin"
    found = sorted(path for path in folder.glob("pagefind_extended*") if path.suffix in ("", ".exe"))
    if not found:
        raise EnvironmentFault(
            en=f"Pagefind for {system} {machine} is not installed; run `make site`, which installs it",
            zh=f"没有安装 {system} {machine} 上的 Pagefind；请运行 `make site`，它会安装所需软件",
        )
    return found[0]
