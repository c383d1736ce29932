"""Pages: the Markdown of each dataset from what is known of it and of what it uses, then HTML from the Markdown."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from datagazette.build.cache import Entry, Recipe
from datagazette.build.fingerprints import code_of, digest, libraries, tree_digest
from datagazette.build.making import Maker, Planned
from datagazette.build.reading import Known
from datagazette.compute.code_names import needed_codes, region_table
from datagazette.describe import addresses, api
from datagazette.describe.feeds import dataset_feed
from datagazette.describe.listing import Listing, listing
from datagazette.describe.values import dump
from datagazette.files import link
from datagazette.model.publication import Dataset
from datagazette.model.results import ReleaseResult
from datagazette.pages import Listed, Page, SiteContent, dataset_card, render_dataset
from datagazette.pages.catalogue import Card
from datagazette.pages.content import Key
from datagazette.pages.context import PageContext
from datagazette.publish import mkdocs_run
from datagazette.publish.mkdocs_run import Frame
from datagazette.search import page as search_page
from datagazette.search.page import SearchedPage

WRITE, RENDER = "pages", "html"
_HTML = "html"
_NOT_FOUND = "404.html"
BESIDE = "site/"
# How many datasets' pages MkDocs renders at once, at most: what it keeps in memory stays the same however many
# there are.
_MOST = 150


@dataclass(frozen=True)
class Written:
    """A staged page that lies in an entry, at `<language>/<path>`."""

    language: str
    path: str
    listed: Listed | None


@dataclass(frozen=True)
class WrittenDataset:
    """What an entry has of a dataset: its staged pages, its card by language, and its part of the lists of all."""

    pages: tuple[Written, ...]
    cards: tuple[tuple[str, Card], ...]
    listing: Listing


@dataclass(frozen=True)
class WriteTask:
    """`content` has nothing but the dataset and those that it uses."""

    content: SiteContent
    dataset: str


@dataclass(frozen=True)
class RenderTask:
    """The staged pages `files` below `folder`, in one language; `beside` are those that they may link to as files."""

    frame: Frame
    folder: Path
    files: tuple[str, ...]
    scratch: Path
    beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class DatasetPages:
    """The pages of each dataset, but for what an earlier build has written. `packages` are the releases' entries."""

    content: SiteContent
    packages: Mapping[Key, Entry]
    known: Known
    maker: Maker

    def entries(self, done: Callable[[], None] = lambda: None) -> dict[str, Entry]:
        """By dataset: the value of each is a `WrittenDataset`; the files below `BESIDE` are published as they are."""
        datasets = self.content.datasets
        return dict(zip((one.name for one in datasets), self._made(datasets, done), strict=True))

    def mended(self, entries: Mapping[str, Entry], names: Iterable[str]) -> None:
        """Writes the pages of `names` again where they are not what they were."""
        damaged = [name for name in names if not entries[name].is_whole()]
        found = [one for one in self.content.datasets if one.name in damaged]
        for planned in self._planned(found):
            self.maker.cache.remove(planned.recipe)
        self._made(found, lambda: None)

    def _made(self, datasets: Sequence[Dataset], done: Callable[[], None]) -> tuple[Entry, ...]:
        return self.maker.entries(_write, self._planned(datasets), done, whole=BESIDE)

    def _planned(self, datasets: Sequence[Dataset]) -> list[Planned]:
        content, keys = self.content, keys_by_dataset(self.content)
        regions = region_table(content.publication)
        shared = {
            "catalog": digest(content.catalog),
            "words": digest([(code, one.values) for code, one in content.strings.items()]),
            "templates": tree_digest(content.templates), "code": code_of(__name__), "libraries": libraries(),
        }  # fmt: skip
        found = []
        for dataset in datasets:
            alone = narrowed(content, dataset, keys, regions)
            parts = self._parts(alone, dataset, keys) | shared
            task = partial(self._task, alone, dataset, keys)
            found.append(Planned(Recipe(WRITE, dataset.name, parts), task))
        return found

    def _parts(self, alone: SiteContent, dataset: Dataset, keys: Mapping[str, list[Key]]) -> dict[str, str]:
        used = [one for one in alone.publication.datasets if one.name != dataset.name]
        return {
            "results": digest([self.packages[key].key for key in keys[dataset.name]]),
            "releases": self.known.both(dataset.releases),
            "used": digest([
                (self.known.both(one.releases), [self.packages[key].key for key in keys.get(one.name, ())])
                for one in used
            ]),
            "names": digest(alone.labels, alone.regions),
        }  # fmt: skip

    def _task(self, alone: SiteContent, dataset: Dataset, keys: Mapping[str, list[Key]]) -> WriteTask:
        own = [self.packages[key].value for key in keys[dataset.name]]
        plots = {key: plot for one in own for key, plot in one.plots.items()}
        images = {page: image for one in own for page, image in one.images.items()}
        return WriteTask(replace(alone, plots=plots, images=images), dataset.name)


def keys_by_dataset(content: SiteContent) -> dict[str, list[Key]]:
    """The results of each dataset."""
    keys: dict[str, list[Key]] = {}
    for key in content.results:
        keys.setdefault(key[0], []).append(key)
    return keys


def narrowed(
    content: SiteContent, dataset: Dataset, keys: Mapping[str, list[Key]], regions: tuple[str, str] | None
) -> SiteContent:
    """What a dataset's pages are made from: so they cost the same, however many datasets there are."""
    names = {dataset.name, dataset.latest.renamed_to, *(name for one in dataset.releases for name, _ in one.uses)}
    found = [one for name in sorted(names) if (one := content.publication.dataset(name))]
    results = {key: content.results[key] for name in sorted(names) for key in keys.get(name, ())}
    codes = needed_codes(regions, [content.results[key] for key in keys[dataset.name]])
    labels = {
        place: {code: known[code] for code in sorted(wanted) if code in known}
        for place, wanted in sorted(codes.items())
        if (known := content.labels.get(place)) is not None
    }
    return replace(
        content,
        publication=replace(content.publication, datasets=tuple(found)),
        results=results,
        hand_pages=(),
        labels=labels,
        regions=labels.get(regions, {}) if regions else {},
        plots={},
        images={},
    )


def _write(task: WriteTask, folder: Path) -> WrittenDataset:
    content = task.content
    dataset, result = content.publication.dataset(task.dataset), content.newest(task.dataset)
    assert dataset is not None
    assert result is not None
    for path, text in _beside(content, dataset, result):
        target = folder / BESIDE / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8", newline="")
    cards = tuple(
        (language, dataset_card(PageContext(content, language, addresses.CATALOGUE), dataset, result))
        for language in content.catalog.languages
    )
    return WrittenDataset(stage(render_dataset(content, dataset), folder), cards, listing(content.publication, result))


def _beside(content: SiteContent, dataset: Dataset, result: ReleaseResult) -> Iterator[tuple[str, str]]:
    """(path, text) of a dataset's feeds and JSON documents, which lie beside its pages."""
    publication, catalog = content.publication, content.catalog
    changes = {(name, str(version)): one.changes for (name, version), one in content.results.items() if one.changes}
    for language in catalog.languages:
        prefix = "" if language == catalog.languages[0] else f"{language}/"
        yield f"{prefix}datasets/{dataset.name}/feed.xml", dataset_feed(publication, dataset, language, changes)
    for path, document in api.dataset_documents(catalog, dataset, result):
        yield path, dump(document)


def stage(pages: Iterable[Page], folder: Path) -> tuple[Written, ...]:
    """Writes pages below `folder`, a tree a language."""
    written = []
    for page in pages:
        path = folder / page.language / page.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page.text, "utf-8", newline="\n")
        written.append(Written(page.language, page.path, page.listed))
    return tuple(written)


def planned_overview(frame: Frame, folder: Path, pages: Sequence[Page], written: frozenset[str]) -> list[Planned]:
    """The HTML of the pages that speak of all datasets, each by itself, and of those in `written` together.

    All are staged in `folder`. Those that people wrote in Markdown may link to the files of the others.
    """
    own = {page.path: page.text for page in pages if page.language == frame.code}
    by_hand = tuple(sorted(path for path in own if path in written))
    found = [_planned_pages(frame, folder, path, {path: own[path]}, ()) for path in sorted(own.keys() - written)]
    if by_hand:
        texts = {path: own[path] for path in by_hand}
        found.append(_planned_pages(frame, folder, "written pages", texts, tuple(sorted(own))))
    return found


def _planned_pages(
    frame: Frame, folder: Path, subject: str, texts: Mapping[str, str], beside: tuple[str, ...]
) -> Planned:
    parts = {"pages": digest(sorted(texts.items()), beside), **_frame_parts(frame)}
    task = RenderTask(frame, folder / frame.code, tuple(texts), folder.parent, beside)
    return Planned(Recipe(RENDER, f"{subject} {frame.code}", parts), partial(_itself, task), group=frame.code)


def planned_html(frame: Frame, entries: Mapping[str, Entry], scratch: Path) -> list[Planned]:
    """The HTML of each dataset's pages in the frame's language."""
    shared = _frame_parts(frame)
    found = []
    for name, entry in entries.items():
        files = tuple(one.path for one in entry.value.pages if one.language == frame.code)
        task = RenderTask(frame, entry.path(frame.code), files, scratch)
        recipe = Recipe(RENDER, f"{name} {frame.code}", {"pages": entry.key, **shared})
        found.append(Planned(recipe, partial(_itself, task), group=frame.code))
    return found


def html_entries(
    maker: Maker, planned: Sequence[Planned], prepare: Callable[[Sequence[int]], None], done: Callable[[], None]
) -> tuple[Entry, ...]:
    """The entries; the files of each lie in its folder `html`, as below the language's root.

    The value of each are those of its pages that are searched.
    """
    return maker.together(_render, planned, _MOST, done, prepare=prepare)


def html_place(prefix: str) -> dict[str, str]:
    """Where the files of such an entry are published, for `Output.adopt`."""
    return {_HTML: prefix}


def _frame_parts(frame: Frame) -> dict[str, str]:
    return {
        "frame": digest(frame.settings, frame.tabs, tree_digest(frame.config, frame.overrides)),
        "code": code_of("datagazette.publish.mkdocs_run", "datagazette.search.page"), "libraries": libraries(),
    }  # fmt: skip


def _itself(task: RenderTask) -> RenderTask:
    return task


def searched_pages(entry: Entry, prefix: str) -> Iterator[SearchedPage]:
    """The searched pages of such an entry by their addresses in the site."""
    for page in entry.value:
        yield replace(page, path=f"{prefix}{page.path}")


def _render(tasks: Sequence[RenderTask], folders: Sequence[Path]) -> list[tuple[SearchedPage, ...]]:
    """One run of MkDocs for pages of many datasets, taken apart again."""
    with tempfile.TemporaryDirectory(dir=tasks[0].scratch, prefix="mkdocs-") as name:
        work = Path(name)
        pages = work / "pages"
        for task in tasks:
            for file in {*task.files, *task.beside}:
                link(task.folder / file, pages / file)
        site = mkdocs_run.render(tasks[0].frame, pages, work)
        for task, folder in zip(tasks, folders, strict=True):
            for file in task.files:
                _move(site, folder / _HTML, _published(file))
            if (site / _NOT_FOUND).exists() and "index.md" in task.files:
                _move(site, folder / _HTML, _NOT_FOUND)
        return [
            tuple(_searched(folder / _HTML, map(_published, task.files)))
            for task, folder in zip(tasks, folders, strict=True)
        ]


def _searched(folder: Path, names: Iterable[str]) -> Iterator[SearchedPage]:
    for name in names:
        page = search_page.searched(name, (folder / name).read_text("utf-8"))
        if page:
            yield page


def _move(site: Path, folder: Path, name: str) -> None:
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    (site / name).rename(target)


def _published(file: str) -> str:
    """`about/index.md` and `about.md` are both at `about/`."""
    path = file.removesuffix(".md")
    return f"{path}.html" if path == "index" or path.endswith("/index") else f"{path}/index.html"
