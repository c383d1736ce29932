"""The index over the pages of a language: groups of neighbouring pages, each indexed by itself, and their union.

A change of a page costs its group, and joining what is kept of all (`merging.py`).
"""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from datagazette.model.errors import EnvironmentFault
from datagazette.search import merging
from datagazette.search.index import ENTRY, FRAGMENTS, SearchedPage

# How many pages a group has at least, but for the last; and one of how many pages a further one may begin with.
_LEAST, _ONE_OF = 24, 8
_KEPT = "group"


def grouped(pages: Sequence[SearchedPage]) -> list[tuple[SearchedPage, ...]]:
    """Pages in groups of neighbours, by address. Which page may begin one depends on its address alone, so that one
    page more or less changes few groups."""
    groups: list[list[SearchedPage]] = [[]]
    for page in sorted(pages, key=lambda page: page.path):
        if len(groups[-1]) >= _LEAST and hashlib.sha256(page.path.encode()).digest()[0] % _ONE_OF == 0:
            groups.append([])
        groups[-1].append(page)
    return [tuple(each) for each in groups]


def keep(folder: Path, *, with_scripts: bool) -> None:
    """Keeps of the index of a group, which is in `folder`, what the union needs: its pages' texts, and its words.

    Pagefind's scripts are the same in each group, and stay only where that is asked. Raises EnvironmentFault where the
    index has another form than the one that is known.
    """
    (meta,) = folder.glob("*.pf_meta")
    words, filters = folder / "index", folder / "filter"
    try:
        read = merging.group(_content(meta), map(_content, sorted(words.iterdir())), _contents(filters))
    except (ValueError, LookupError) as error:
        raise EnvironmentFault("pagefind", reason=f"its index is not the one that is known ({error})") from error
    (folder / _KEPT).write_bytes(merging.packed(read))
    meta.unlink()
    for below in (words, filters):
        shutil.rmtree(below, ignore_errors=True)
    for path in folder.iterdir():
        if not with_scripts and path.is_file() and path.name != _KEPT:
            path.unlink()


def join(groups: Sequence[Path], language: str, folder: Path) -> tuple[tuple[int, str], ...]:
    """Writes into `folder` the index over all pages of a language, without what is kept in the folders of its groups.

    `groups` are those folders, in order. Returns the files in them that do not go into the site, by number of their
    group: a text of a page may be called as another one in another group, and is then in `folder` by another name.
    """
    read = [merging.unpacked((group / _KEPT).read_bytes()) for group in groups]
    left_out = [(number, _KEPT) for number in range(len(groups))]
    seen: set[str] = set()
    for number, group in enumerate(read):
        names = [str(name) for name, *_ in group.pages]
        for name in seen.intersection(names):
            left_out.append((number, f"{FRAGMENTS}/{name}.pf_fragment"))
            content = (groups[number] / left_out[-1][1]).read_bytes()
            names = [_named(language, content, 16) if each == name else each for each in names]
            _write(folder / FRAGMENTS / f"{_named(language, content, 16)}.pf_fragment", content)
        seen.update(names)
        read[number] = replace(group, pages=[[name, *page[1:]] for name, page in zip(names, group.pages, strict=True)])
    whole = merging.merged(read)
    words = [(first, last, _file(folder, language, "index", content)) for first, last, content in whole.words]
    filters = [(name, _file(folder, language, "filter", content)) for name, content in whole.filters]
    meta = merging.meta(read, words, filters)
    name = _named(language, meta)
    _write(folder / f"pagefind.{name}.pf_meta", merging.pack(meta))
    entry = json.loads((groups[0] / ENTRY).read_text("utf-8"))
    entry["languages"][language] |= {"hash": name, "page_count": sum(len(group.pages) for group in read)}
    _write(folder / ENTRY, json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode())
    return (*left_out, (0, ENTRY))


def _file(folder: Path, language: str, kind: str, content: bytes) -> str:
    """Writes a file of the index, and returns its name without its ending."""
    name = _named(language, content)
    _write(folder / kind / f"{name}.pf_{kind}", merging.pack(content))
    return name


def _named(language: str, content: bytes, letters: int = 10) -> str:
    return f"{language}_{hashlib.sha256(content).hexdigest()[:letters]}"


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _contents(folder: Path) -> list[bytes]:
    return [_content(path) for path in sorted(folder.iterdir())] if folder.is_dir() else []


def _content(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()).removeprefix(merging.MARK)
