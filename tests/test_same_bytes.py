"""A release's files are the same bytes on another day, in another place and language, without the machine's fonts."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from datagazette.publish.assets import bundle
from tests.conftest import BUILD, PUBLICATIONS, ROOT, tree_hashes

# Another day, place and language, and no fonts.
CLOCK = ("faketime", "2031-05-06 07:08:09")
ELSEWHERE = {"TZ": "Asia/Kathmandu", "LC_ALL": "C", "FONTCONFIG_FILE": os.devnull, "PYTHONHASHSEED": "7"}

HASHES = """
import json, sys
from pathlib import Path
from datagazette.build.checked import load
from datagazette.commands.release import kept_of
root = Path(sys.argv[1])
publication = load(root).publication
releases = [one for dataset in publication.datasets for one in dataset.releases]
found = kept_of(root, publication, releases)
print(json.dumps({f"{name}/{path}": hashes for name, kept in found.items() for path, hashes in kept.published.items()}))
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


@pytest.mark.thorough
@pytest.mark.parametrize("publication", ["small", "nasty"])
def test_clock_place_language_and_fonts_do_not_show(tmp_path: Path, publication: str) -> None:
    """The clock is moved by `faketime`, which `make programs` installs."""
    root = tmp_path / publication
    shutil.copytree(PUBLICATIONS / publication, root, ignore=shutil.ignore_patterns("build", ".*"))
    home = tmp_path / "home"
    home.mkdir()
    elsewhere = hashes(root, CLOCK, **ELSEWHERE, HOME=str(home), XDG_CACHE_HOME=str(home))
    here = hashes(root, TZ="UTC", LC_ALL="C.UTF-8", PYTHONHASHSEED="1")
    endings = {name.rpartition(".")[2] for name in here}
    assert {"csv", "parquet", "zip", "xlsx", "json", "png", "svg", "bib"} <= endings
    assert elsewhere == here


@pytest.mark.thorough
@pytest.mark.slow
def test_a_whole_site_is_the_same_on_another_day(tmp_path: Path, small_site: Path) -> None:
    """Every file under `/data/`, `latest` too, and all pages."""
    root, site = tmp_path / "small", tmp_path / "public"
    shutil.copytree(PUBLICATIONS / "small", root, ignore=shutil.ignore_patterns("build", ".*"))
    command = [*CLOCK, *BUILD, "build", "--root", str(root), "--out", str(site), "--force"]
    subprocess.run(command, env={**os.environ, **ELSEWHERE}, cwd=tmp_path, capture_output=True, check=True)
    assert tree_hashes(site) == tree_hashes(small_site)


def test_scripts_have_the_same_names_wherever_they_are_and_whatever_the_current_folder_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theme = tmp_path / "theme.css"
    theme.write_text(".md-typeset{color:red}")
    shutil.copytree(ROOT / "site/assets", tmp_path / "a/b/assets")
    here = bundle((ROOT / "site/assets",), theme, ROOT / "node_modules", tmp_path / "here")
    monkeypatch.chdir(tmp_path / "a")
    there = bundle((tmp_path / "a/b/assets",), theme, ROOT / "node_modules", tmp_path / "there")
    assert there == here
    assert tree_hashes(tmp_path / "there") == tree_hashes(tmp_path / "here")
    assert any("-" in path.stem for path in (tmp_path / "here").glob("*.js")), "there are chunks"
