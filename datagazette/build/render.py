"""Render: scripts and styles, and the HTML of all pages from their Markdown."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from datagazette.build.cache import Entry
from datagazette.build.fingerprints import digest, tree_digest
from datagazette.build.site import Site
from datagazette.build.steps import Step, Task
from datagazette.build.write import write_damaged
from datagazette.files import link
from datagazette.pages import Page, SiteContent, Strings, overview_files
from datagazette.publish import assets, mkdocs_run
from datagazette.publish.mkdocs_run import Frame
from datagazette.search import index as search_index
from datagazette.search.index import SearchedPage

_HTML = "html"
_ASSETS = "assets/site"
_NOT_FOUND = "404.html"
# How many datasets' pages MkDocs renders at once, at most: what it keeps in memory stays the same however many
# there are.
_MOST = 150


@dataclass(frozen=True)
class _Pages:
    """The staged pages `files` below `folder`, in one language; `beside` are those that they may link to as files.

    `dataset` is the one that they are about, if it is one alone.
    """

    frame: Frame
    folder: Path
    files: tuple[str, ...]
    scratch: Path
    beside: tuple[str, ...] = ()
    dataset: str = ""


def render(site: Site, written: Mapping[str, Entry], overview: Sequence[Page] = ()) -> list[SearchedPage]:
    """Publishes scripts, styles and the HTML of pages; returns those that are searched.

    `overview` may be empty where only the datasets' pages are wanted.
    """
    content = site.content
    look = mkdocs_run.Look(site.sources.config, site.sources.overrides, content.catalog.base_url, _publish_assets(site))
    editions = [_edition(content, language) for language in content.catalog.languages]
    tasks: list[Task] = []
    places: list[str] = []
    for edition in editions:
        frame = mkdocs_run.frame(edition, editions, look)
        found = [*_overview_tasks(site, frame, overview), *_dataset_tasks(site, frame, written)]
        tasks += found
        places += [edition.prefix] * len(found)

    def prepare(missing: Sequence[Task]) -> None:
        write_damaged(site, written, {task.payload.dataset for task in missing if task.payload.dataset})

    searched = []
    for entry, prefix in zip(site.run.runner.run(_RENDER, tasks, prepare), places, strict=True):
        files = [name for name in entry.files if not prefix or not name.endswith(_NOT_FOUND)]
        site.output.adopt(entry.folder, files, {_HTML: prefix})
        searched += [replace(page, path=f"{prefix}{page.path}") for page in entry.value]
    return searched


def _overview_tasks(site: Site, frame: Frame, overview: Sequence[Page]) -> list[Task]:
    """The pages on all datasets, each by itself, and those that a person wrote together.

    The latter are Markdown, and may link to the files of the others.
    """
    own = {page.path: page.text for page in overview if page.language == frame.code}
    authored = {page.path for page in site.content.authored_pages if page.language == frame.code}
    alone = [(path, {path: own[path]}, ()) for path in sorted(own.keys() - authored)]
    together = {path: own[path] for path in sorted(own.keys() & authored)}
    staged, shared = site.run.workspace.pages, _frame_parts(frame)
    return [
        Task(
            f"{subject} {frame.code}",
            _Pages(frame, staged / frame.code, tuple(texts), staged.parent, beside),
            {"pages": digest(sorted(texts.items()), beside), **shared},
            group=frame.code,
        )
        for subject, texts, beside in (*alone, ("written pages", together, tuple(sorted(own))))
        if texts
    ]


def _dataset_tasks(site: Site, frame: Frame, written: Mapping[str, Entry]) -> list[Task]:
    shared = _frame_parts(frame)
    found = []
    for name, entry in written.items():
        files = tuple(page.path for page in entry.value.pages if page.language == frame.code)
        pages = _Pages(frame, entry.path(frame.code), files, site.run.workspace.root, dataset=name)
        found.append(Task(f"{name} {frame.code}", pages, {"pages": entry.key, **shared}, group=frame.code))
    return found


def _frame_parts(frame: Frame) -> dict[str, str]:
    return {"frame": digest(frame.settings, frame.tabs, tree_digest(frame.config, frame.overrides))}


def _publish_assets(site: Site) -> str:
    """Scripts and styles; returns their version."""
    sources, sheet = site.sources, mkdocs_run.theme_stylesheet()
    payload = (sources.assets, sheet, sources.node_modules)
    (entry,) = site.run.runner.run(_BUNDLE, [Task("site", payload, {"files": tree_digest(sources.assets, sheet)})])
    site.output.adopt(entry.folder, entry.files, {"site": f"{_ASSETS}/"})
    return str(entry.value)


def _rendered(tasks: Sequence[_Pages], folders: Sequence[Path]) -> list[tuple[SearchedPage, ...]]:
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
                _move(site, folder / _HTML, _address(file))
            if (site / _NOT_FOUND).exists() and "index.md" in task.files:
                _move(site, folder / _HTML, _NOT_FOUND)
        return [
            tuple(_searched(folder / _HTML, map(_address, task.files)))
            for task, folder in zip(tasks, folders, strict=True)
        ]


def _searched(folder: Path, names: Iterable[str]) -> Iterator[SearchedPage]:
    for name in names:
        page = search_index.searched(name, (folder / name).read_text("utf-8"))
        if page:
            yield page


def _move(site: Path, folder: Path, name: str) -> None:
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    (site / name).rename(target)


def _address(file: str) -> str:
    """`about/index.md` and `about.md` are both at `about/`."""
    path = file.removesuffix(".md")
    return f"{path}.html" if path == "index" or path.endswith("/index") else f"{path}/index.html"


def _bundled(task: tuple[Path, Path, Path], folder: Path) -> str:
    return assets.bundle(*task, folder / "site")


def _edition(content: SiteContent, language: str) -> mkdocs_run.Edition:
    catalog = content.publication.catalog
    strings: Strings = content.strings[language]
    license_ = catalog.licenses[0] if catalog.licenses else None
    contact = catalog.contact
    return mkdocs_run.Edition(
        code=language,
        locale=str(strings.locale),
        direction=strings.direction,
        prefix="" if language == catalog.languages[0] else f"{language}/",
        pages=overview_files(content, language),
        title=catalog.title.get(language),
        description=catalog.description.get(language),
        words=strings.section("frame"),
        publisher=(catalog.publisher.title.get(language), catalog.publisher.path),
        license=(license_.title.get(language) or license_.name, license_.path) if license_ else None,
        contact=mkdocs_run.Contact(contact.title.get(language), contact.path, contact.email) if contact else None,
    )


_RENDER = Step("html", _rendered, ("datagazette.publish.mkdocs_run", "datagazette.search.index"), joint=_MOST)
_BUNDLE = Step("assets", _bundled, ("datagazette.publish.assets",), where="thread")
