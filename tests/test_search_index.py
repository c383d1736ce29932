"""The search index depends on the pages alone, and not on the disk on which they lie."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from publisher.errors import EnvironmentFault
from publisher.search_index import index
from tests.conftest import ROOT

NPM = ROOT / "node_modules"
NAMES = [f"{folder}/{number}" for folder in ("b", "a", "ab", "c") for number in (9, 10, 1)]


def page(name: str, mark: str = "data-pagefind-body") -> str:
    return (
        f'<!doctype html><html lang="en"><head><title>{name}</title></head><body><main {mark}>Word</main></body></html>'
    )


def numbered(folder: Path) -> list[str]:
    """The addresses of the pages, in the order in which the index numbers them."""
    (meta,) = folder.glob("pagefind.en_*.pf_meta")
    table = gzip.decompress(meta.read_bytes())
    places = {}
    for path in (folder / "fragment").iterdir():
        content = gzip.decompress(path.read_bytes())
        url = json.loads(content[content.index(b"{") :])["url"]
        places[table.index(path.stem.encode())] = url
    return [places[place] for place in sorted(places)]


def test_pages_are_numbered_by_their_addresses(tmp_path: Path) -> None:
    """Folders list their files in an order of their own, which differs between machines."""
    site = tmp_path / "site"
    for name in NAMES:
        (site / name).mkdir(parents=True)
        (site / name / "index.html").write_text(page(name))
    (site / "404.html").write_text(page("none", ""))
    assert index(site, NPM, tmp_path / "pagefind") == len(NAMES)
    assert numbered(tmp_path / "pagefind") == [f"/{name}/" for name in sorted(NAMES)]


def test_an_index_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    site, folder = tmp_path / "site", tmp_path / "pagefind"
    site.mkdir()
    (site / "index.html").write_text(page("home"))
    folder.write_text("in the way")
    with pytest.raises(EnvironmentFault, match="Pagefind could not index the pages"):
        index(site, NPM, folder)
