"""The finished site is checked as a whole, before it takes the place of the old one.

Each link, anchor, style sheet, script, picture and whole address must lead to something that is there. What a file
points to is found when it is made, and kept with it (`publish/links.py`): here sets are compared, and no page is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from datagazette.model.names import NearMisses
from datagazette.model.problems import Problem, problem, summarised
from datagazette.model.publication import Publication
from datagazette.publish.links import INDEX, Pointers, pointers_of, unpacked
from datagazette.publish.output import Output

# Where a publication has texts that become parts of pages.
_SOURCES = ("site/overrides", "site/templates", "site/strings", "site/assets", "datasets/catalog.yaml")
_TEXTS = (".html", ".md", ".yaml", ".css", ".js")
# What a link is between: quotes, brackets, what a template puts before it.
_BEFORE, _AFTER = r"""["'(<=}/]""", r"""["')>\s]"""
# Of so many broken links it is looked up which file they come from, and what they are near to.
_EXPLAINED = 20
_NEAR = 0.8
_SHORT = 3  # a link of so few characters is in too many lines


@dataclass(frozen=True)
class _Site:
    """What there is: `there` are the addresses of all files and pages, `anchors` those of pages, packed."""

    there: Collection[str]
    anchors: Mapping[str, bytes]

    def has(self, target: str) -> bool:
        address, _, anchor = target.partition("#")
        if address.startswith("/"):  # beside the site: wrong only where the path of the site was forgotten
            return address.strip("/") == "" or not self.has(address[1:])
        page = address if address in self.there else f"{address}/"
        if page not in self.there:
            return False
        return not anchor or page not in self.anchors or anchor in unpacked(self.anchors[page])


def finished_faults(
    found: Iterable[Pointers], output: Output, publication: Publication, is_excused: Callable[[str], bool]
) -> tuple[Problem, ...]:
    """What the files of a site point to and is not there; `output` has all of them but `files.txt`.

    `is_excused` says of an address that it leads to what is known and not shown: drafts, and in a site of some
    datasets the others.
    """
    pointers, paths = tuple(found), output.paths()
    there = {*paths, *(path.removesuffix(INDEX) for path in paths if path.rpartition("/")[2] == INDEX)}
    folders = {path[: at + 1] for path in paths for at, letter in enumerate(path) if letter == "/"}
    site = _Site(there, {page: packed for each in pointers for page, packed in each.anchors.items()})
    known, broken = set(there), dict[str, Pointers]()
    for each in pointers:
        for target in unpacked(each.targets) - known:
            if site.has(target) or is_excused(target.partition("#")[0]):
                known.add(target)
            else:
                broken.setdefault(target, each)
        for folder in unpacked(each.folders) - known - folders:
            if not is_excused(folder):
                broken.setdefault(folder, each)
    near, faults, named = NearMisses(), list[Problem](), set[str]()
    for target in sorted(broken):
        if any(f"/{target}".endswith(link) for link in named):
            continue  # the same relative link, in a page of another folder
        is_explained = len(faults) < _EXPLAINED
        faults.append(_fault(target, broken[target].files, site, output, publication, near if is_explained else None))
        if is_explained and (bare := dict(faults[-1].values)["link"].lstrip("./")):
            named.add(f"/{bare}")
    return summarised((*faults, *_one_sided(pointers)))


def _fault(
    target: str, files: Sequence[str], site: _Site, output: Output, publication: Publication, near: NearMisses | None
) -> Problem:
    """Without `near` it is not looked up where a link comes from, and what it may mean."""
    address, _, anchor = target.partition("#")
    file, link = (_place(target, files, output, publication.catalog.base_url) if near else None) or (files[0], target)
    rule, meant = "", ""
    if address.startswith("/"):
        rule = "path"
    elif anchor and site.has(address):
        rule = "anchor"
    elif near:
        meant = near.nearest(address, site.there, _NEAR)
    page = f"/{file.removesuffix(INDEX)}"
    written = link.removeprefix(publication.catalog.base_url)
    source, line = next(_sources(publication.root, written, file), (page, None)) if near else (page, None)
    values = {"page": page, "link": link, "address": f"/{target.lstrip('/')}", "anchor": anchor}
    return problem("site-link-broken", source, line, rule=rule, near=f"/{meant}" if meant else "", **values)


def _place(target: str, files: Sequence[str], output: Output, base_url: str) -> tuple[str, str] | None:
    """The first of the files that points to a target, and how; only now, where one is missing, files are read."""
    for file in files:
        written = pointers_of(file, output.read(file), base_url).written
        if target in written:
            return file, written[target]
    return None  # as in a package


def _sources(root: Path, link: str, page: str) -> Iterator[tuple[str, int]]:
    """The publication's own files, and lines of them, that have a link of the file `page` of the site: as it is,
    without the steps up, its end, or its anchor."""
    name = page.removesuffix(INDEX).rstrip("/")
    own = [path for end in (".md", "/index.md") for path in root.glob(f"site/pages/*/{name}{end}".replace("//", "/"))]
    files = [
        path
        for place in _SOURCES
        for path in ((root / place).rglob("*") if (root / place).is_dir() else [root / place])
    ]
    texts = [
        (path.relative_to(root).as_posix(), path.read_text("utf-8", errors="replace").split("\n"))
        for path in (*own, *sorted(files)) if path.is_file() and path.suffix in _TEXTS
    ]  # fmt: skip
    bare, anchor = link.lstrip("./"), link.partition("#")[2]
    end = bare.strip("/")
    wanted = [rf"{_BEFORE}{re.escape(link)}{_AFTER}", rf"{_BEFORE}{re.escape(bare)}", rf"{_BEFORE}{re.escape(end)}"]
    # A mere word of a sentence is no link.
    wanted += [rf"(?<![\w-]){re.escape(end)}(?![\w-])"] if re.search("[./#]", end) else []
    wanted += [rf"#{re.escape(anchor)}(?![\w-])"] if anchor else []
    for pattern in map(re.compile, wanted):
        for file, lines in texts if len(bare) > _SHORT else ():
            yield from ((file, number) for number, text in enumerate(lines, 1) if pattern.search(text))


def _one_sided(found: Iterable[Pointers]) -> Iterator[Problem]:
    """Pages that name one as theirs in another language, which does not name them: search engines ignore that."""
    editions = {page: others for pointers in found for page, others in pointers.editions.items()}
    for page, others in sorted(editions.items()):
        for other in others:
            if other in editions and page not in editions[other]:
                yield problem("site-link-broken", f"/{page}", rule="edition", page=f"/{page}", link=f"/{other}")
