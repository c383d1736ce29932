"""A release's files are the same bytes on another day, in another place and language, without the machine's fonts."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.conftest import PUBLICATIONS, ROOT

HASHES = """
import json, sys
from datetime import date
from pathlib import Path
from publisher.names import parse_version
from publisher.pipeline.releasing import published_hashes
from publisher.text import plain
found = published_hashes(Path(sys.argv[1]), "counts", parse_version("1.1.0"), date(2026, 11, 23), plain("-"))
print(json.dumps({path: hashes[0] for path, hashes in found.published.items()}))
"""


def hashes(root: Path, command: tuple[str, ...] = (), **changed: str) -> dict[str, str]:
    done = subprocess.run(
        [*command, sys.executable, "-c", HASHES, str(root)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, **changed},
        check=True,
    )
    found: dict[str, str] = json.loads(done.stdout)
    return found


def test_clock_place_language_and_fonts_do_not_show(tmp_path: Path) -> None:
    """The clock is moved by `faketime`, which `make programs` installs."""
    root = tmp_path / "small"
    shutil.copytree(PUBLICATIONS / "small", root, ignore=shutil.ignore_patterns("build", ".*"))
    home = tmp_path / "home"
    home.mkdir()
    clock = ("faketime", "2031-05-06 07:08:09")
    elsewhere = hashes(
        root, clock, TZ="Asia/Kathmandu", LC_ALL="C", HOME=str(home), XDG_CACHE_HOME=str(home),
        FONTCONFIG_FILE=os.devnull, PYTHONHASHSEED="7",
    )  # fmt: skip
    here = hashes(root, TZ="UTC", LC_ALL="C.UTF-8", PYTHONHASHSEED="1")
    assert {"counts.csv", "counts.parquet", "counts-1.1.0.zip", "counts-1.1.0.xlsx"} <= set(here)
    assert elsewhere == here
