"""The finished site is checked as a whole, before it takes the place of the old one.

Each link, anchor, style sheet, script, picture and whole address must lead to something that is there. What a file
points to is found when it is made, and kept with it (`publish/links.py`): here sets are compared, and no page is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path

from datagazette.model.names import nearest
from datagazette.model.problems import Problem, problem, summarised
from datagazette.publish.links import INDEX, Pointers

# Where a publication has texts that become parts of pages.
_SOURCES = ("site/overrides", "site/templates", "site/strings", "site/assets", "datasets/catalog.yaml")
_TEXTS = (".html", ".yaml", ".css", ".js")
# Of so many broken links it is looked up which file they come from, and what they are near to.
_EXPLAINED = 20
_NEAR = 0.8


def finished_faults(
    found: Iterable[Pointers], paths: Collection[str], root: Path, is_excused: Callable[[str], bool]
) -> tuple[Problem, ...]:
    """What the files of a site point to and is not there. `paths` are those of all its files, relative to its root.

    `is_excused` says of an address that it leads to what is known and not shown: drafts, and in a site of some
    datasets the others. `root` is the publication's folder.
    """
    all_pointers = tuple(found)
    there = {*paths, *(path.removesuffix(INDEX) for path in paths if path.rpartition("/")[2] == INDEX)}
    anchors = {page: text for pointers in all_pointers for page, text in pointers.anchors.items()}
    folders = {path[: at + 1] for path in paths for at, letter in enumerate(path) if letter == "/"}
    known, broken = set(there), dict[str, tuple[str, str]]()
    for pointers in all_pointers:
        for folder in pointers.folders.keys() - known - folders:
            if not is_excused(folder):
                broken.setdefault(folder, pointers.folders[folder])
        for target in pointers.targets.keys() - known:
            if _is_there(target, there, anchors) or is_excused(target.partition("#")[0]):
                known.add(target)
            else:
                broken.setdefault(target, pointers.targets[target])
    faults = [
        _fault(root, target, *broken[target], there if number < _EXPLAINED else ())
        for number, target in enumerate(sorted(broken))
    ]
    return summarised((*faults, *_one_sided(all_pointers)))


def _is_there(target: str, there: Collection[str], anchors: dict[str, str]) -> bool:
    address, _, anchor = target.partition("#")
    if address.startswith("/"):  # beside the site: wrong only where the path of the site was forgotten
        return address.strip("/") == "" or not _is_there(address[1:], there, anchors)
    page = address if address in there else f"{address}/"
    if page not in there:
        return False
    return not anchor or page not in anchors or anchor in anchors[page].split("\n")


def _fault(root: Path, target: str, file: str, link: str, there: Collection[str]) -> Problem:
    address, _, anchor = target.partition("#")
    page = f"/{file.removesuffix(INDEX)}"
    if address.startswith("/"):
        rule, near = "path", ""
    elif anchor and (address in there or f"{address}/" in there):
        rule, near = "anchor", ""
    else:
        rule, near = "", nearest(address, sorted(there), _NEAR) or ""
    source, line = next(_sources(root, link), (page, None)) if there else (page, None)
    values = {"page": page, "link": link, "address": f"/{target.lstrip('/')}", "anchor": anchor}
    return problem("site-link-broken", source, line, rule=rule, near=f"/{near}" if near else "", **values)


def _sources(root: Path, link: str) -> Iterator[tuple[str, int]]:
    """The publication's own files, and lines of them, that have a link: as it is, without the steps up, or its end."""
    files = [
        path
        for place in _SOURCES
        for path in ((root / place).rglob("*") if (root / place).is_dir() else [root / place])
    ]
    texts = [
        (path.relative_to(root).as_posix(), path.read_text("utf-8", errors="replace").split("\n"))
        for path in sorted(files) if path.is_file() and path.suffix in _TEXTS
    ]  # fmt: skip
    bare = link.lstrip("./")
    for wanted in (rf"""["']{re.escape(link)}["']""", rf"""["']{re.escape(bare)}""", re.escape(bare.strip("/"))):
        pattern = re.compile(wanted)
        for file, lines in texts if bare else ():
            yield from ((file, number) for number, text in enumerate(lines, 1) if pattern.search(text))


def _one_sided(found: Iterable[Pointers]) -> Iterator[Problem]:
    """Pages that name one as theirs in another language, which does not name them: search engines ignore that."""
    editions = {page: others for pointers in found for page, others in pointers.editions.items()}
    for page, others in sorted(editions.items()):
        for other in others:
            if other in editions and page not in editions[other]:
                yield problem("site-link-broken", f"/{page}", rule="edition", page=f"/{page}", link=f"/{other}")
