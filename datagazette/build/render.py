"""Render: scripts and styles, and the HTML of all pages from their Markdown."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

from datagazette.build.cache import Entry
from datagazette.build.fingerprints import digest, tree_digest
from datagazette.build.look import bundled_look, frame_look, publish_logos
from datagazette.build.steps import Pending, Step, Task
from datagazette.build.write import Site, write_damaged
from datagazette.files import overlaid
from datagazette.model.text import isolated
from datagazette.pages import Page, SiteContent, linked_pages
from datagazette.pages.explore import explorer_strings
from datagazette.pages.verify import verify_strings
from datagazette.publish import assets, links, mkdocs_run
from datagazette.publish.links import Pointers
from datagazette.publish.mkdocs_run import Frame
from datagazette.search import index as search_index
from datagazette.search.index import SearchedPage

_HTML = "html"
_ASSETS = "assets/site"
_NOT_FOUND = "404.html"
_AUTHORED = "written pages"
# How many datasets' pages MkDocs renders at once, at most: what it keeps in memory stays the same however many
# there are.
_MOST = 150
# The tabs at the top and the pages named in the footer: address below the language's root, name of its text.
_TABS = (
    ("datasets/", "tab_datasets"),
    ("figures/", "tab_figures"),
    ("changes/", "tab_changes"),
    ("about/", "tab_about"),
)
_FOOTER_PAGES = (
    ("cite/", "footer_cite"),
    ("verify/", "footer_verify"),
    ("sources/", "footer_sources"),
    ("contribute/", "footer_contribute"),
    ("about/", "footer_about"),
)
# Pages that only list others would come before the pages that they list.
_SEARCHED_KINDS = ("dataset", "summary", "text", "sources", "figures", "changes")
# The texts that scripts need; all others are in the page already.
_SCRIPT_WORDS = re.compile(r"search|facet_|catalogue_|sort_|cop|scheme_|kind_(?:dataset|row|place)")
# The content security policy of every page: our own host only, and no inline script but one, whose hash goes in.
# Pagefind's index is read by WebAssembly. Style attributes are allowed, inline style sheets are not.
_POLICY = {
    "default-src": "'none'",
    "script-src": "'self' 'wasm-unsafe-eval' 'sha256-{}'",
    "style-src": "'self'",
    "style-src-attr": "'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self' blob:",
    "worker-src": "'self' blob:",
    "manifest-src": "'self'",
    "frame-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
}


@dataclass(frozen=True)
class _PagesToRender:
    """The staged pages `files` below `folder`, in one language; `beside` are those that they may link to as files.

    `dataset` is the one that they are about, if it is one alone.
    """

    frame: Frame
    folder: Path
    files: tuple[str, ...]
    scratch: Path
    beside: tuple[str, ...] = ()
    dataset: str = ""


@dataclass(frozen=True)
class Rendered:
    """What is searched of pages that were rendered, and what they point to."""

    searched: tuple[SearchedPage, ...]
    pointers: tuple[Pointers, ...]


def render(
    site: Site, written: Mapping[str, Entry], overview: Sequence[Page], wanted: Collection[str] | None = None
) -> Rendered:
    """Publishes scripts, styles and the HTML of pages.

    `wanted` are paths of files of the site: only they are rendered, with what is rendered together with them.
    """
    files, sheet = site.files, mkdocs_run.theme_stylesheet()
    publication, languages = site.content.publication, site.content.catalog.languages
    look = bundled_look(publication)
    said = {name: text for language in languages for name, text in _script_words(site.content, language)}
    about = {"files": tree_digest(*files.assets, sheet), "languages": digest(languages), "catalog": digest(look),
             "words": digest(said)}  # fmt: skip
    bundle = Task("site", (files.assets, sheet, files.node_modules, languages, look, said), about)
    (scripts,) = site.run.runner.run(_BUNDLE, [bundle])
    site.output.adopt(scripts.folder, scripts.files, {"site": f"{_ASSETS}/"})
    publish_logos(publication, site.output)
    pointers = [_asset_pointers(scripts, site.content.catalog.base_url)]
    tasks: list[Task | Pending] = []
    prefixes: list[str] = []
    for language in languages:
        prefix = _prefix(site.content, language)
        found = _tasks(site, _frame(site, language, scripts.value), written, overview)
        if wanted is not None:
            made = (task.make() if isinstance(task, Pending) else task for task in found)
            found = [task for task in made if any(prefix + _address(file) in wanted for file in task.payload.files)]
        tasks += found
        prefixes += [prefix] * len(found)

    def prepare(missing: Sequence[Task]) -> None:
        write_damaged(site, written, {task.payload.dataset for task in missing if task.payload.dataset})

    searched = []
    for prefix, entry in zip(prefixes, site.run.runner.run(_RENDER, tasks, prepare), strict=True):
        names = (name for name in entry.names() if not prefix or not name.endswith(_NOT_FOUND))
        site.output.adopt(entry.folder, names, {_HTML: prefix})
        searched += [replace(page, path=f"{prefix}{page.path}") for page in entry.value.searched]
        pointers += entry.value.pointers
    return Rendered(tuple(searched), tuple(pointers))


def _asset_pointers(scripts: Entry, base_url: str) -> Pointers:
    names = (name for name in scripts.files if name.endswith((".css", ".js")))
    texts = ((f"{_ASSETS}/{name.removeprefix('site/')}", scripts.path(name).read_text("utf-8")) for name in names)
    return links.packed(links.pointers_of(path, text, base_url) for path, text in texts)


def _tasks(site: Site, frame: Frame, written: Mapping[str, Entry], overview: Sequence[Page]) -> list[Task | Pending]:
    """Of one language: the pages on all datasets, each by itself; those that a person wrote, together; each dataset's.

    What a person wrote is Markdown, and may link to the files of the others.
    """
    code, root = frame.code, site.run.workspace.root
    finished = replace(frame, is_finished=True)
    shared = {"frame": digest(frame.settings, frame.tabs, tree_digest(*frame.config, *frame.overrides))}
    own = {page.path: page.text for page in overview if page.language == code}
    authored = {page.path for page in site.content.authored_pages if page.language == code}
    alone = [(path, {path: own[path]}, ()) for path in sorted(own.keys() - authored)]
    together = {path: own[path] for path in sorted(own.keys() & authored)}

    def task(subject: str, pages: _PagesToRender, key: str) -> Task:
        return Task(f"{subject} {code}", pages, {"pages": key, **shared}, group=f"{code} {pages.frame is frame}")

    def dataset_task(name: str, entry: Entry) -> Task:
        files = tuple(page.path for page in entry.value.pages if page.language == code)
        return task(name, _PagesToRender(finished, entry.path(code), files, root, dataset=name), entry.key)

    found: list[Task | Pending] = []
    # The written ones first: the others are of one group with the datasets'.
    for subject, texts, beside in ((_AUTHORED, together, tuple(sorted(own))), *alone):
        if texts:
            look = frame if subject == _AUTHORED else finished
            pages = _PagesToRender(look, site.run.workspace.pages / code, tuple(texts), root, beside)
            found.append(task(subject, pages, digest(sorted(texts.items()), beside)))
    for name, entry in written.items():
        basis = site.run.basis(name) and f"{site.run.basis(name)} {shared['frame']}"
        found.append(Pending(f"{name} {code}", basis, partial(dataset_task, name, entry)))
    return found


def _prefix(content: SiteContent, language: str) -> str:
    """The folder of a language below the site's root: "" for the default language, else "en/"."""
    return "" if language == content.catalog.languages[0] else f"{language}/"


def _frame(site: Site, language: str, scripts: assets.Bundle) -> Frame:
    """What all pages of a language share: navigation, header, footer, and what scripts need."""
    content, catalog = site.content, site.content.catalog
    frame_words = content.strings[language].section("frame")
    prefix, pages = _prefix(content, language), linked_pages(content, language)
    tabs = {f"{path}index.md": frame_words[word] for path, word in _TABS if path in pages}
    boot = overlaid(site.files.overrides)["partials/boot.html"].read_text("utf-8").removesuffix("\n")
    boot_hash = base64.b64encode(hashlib.sha256(boot.encode()).digest()).decode()
    root = "../" * prefix.count("/")
    editions = {each: _edition(content, each) for each in catalog.languages}
    own = {name: value for name, value in editions[language].items() if name != "words"}
    settings = {
        "site_name": isolated(catalog.title.get(language)),
        "site_description": isolated(catalog.description.get(language)),
        "site_url": catalog.base_url + prefix,
        "theme": {"language": language.split("-", maxsplit=1)[0]},
        "nav": [{text: path} for path, text in tabs.items()],
        "markdown_extensions": {"toc": {"permalink_title": frame_words["permalink"]}},
        "extra": {
            "policy": "; ".join(f"{name} {allowed}" for name, allowed in _POLICY.items()).format(boot_hash),
            "assets_version": scripts.version,
            "imports": scripts.imports,
            "searched_kinds": list(_SEARCHED_KINDS),
            "words": editions[language]["words"],
            # For frames of publications that have the texts of scripts in each page, as ours once did.
            "script_words": json.dumps(_page_words(content, language), ensure_ascii=False).replace("<", "\\u003c"),
            "look": frame_look(content, language, _footer_pages(frame_words, pages)),
            "site": _publisher(content, language),
            "edition": {
                **own,
                "locale": content.strings[language].territorial,
                "root": root,
                "others": [edition for each, edition in editions.items() if each != language],
            },
        },
    }
    return Frame(language, settings, site.files.config, site.files.overrides, tuple(tabs))


def _script_words(content: SiteContent, language: str) -> Iterator[tuple[str, str]]:
    """The texts of a language that scripts have, those of every page and those of single ones, as scripts by name."""
    words = _page_words(content, language)
    explorer = explorer_strings(content.strings[language])
    verify = verify_strings(content.strings[language])
    scripts = {"words": ("siteWords", words), "explore-words": ("exploreWords", explorer),
               "verify-words": ("verifyWords", verify)}  # fmt: skip
    for name, (variable, texts) in scripts.items():
        written = json.dumps(texts, ensure_ascii=False, separators=(",", ":"))
        yield f"{name}.{language}.js", f"globalThis.{variable}={written};\n"


def _page_words(content: SiteContent, language: str) -> dict[str, str]:
    prefix, frame_words = _prefix(content, language), content.strings[language].section("frame")
    words = {name: text for name, text in frame_words.items() if _SCRIPT_WORDS.match(name)}
    return words | {"prefix": prefix, "root": "../" * prefix.count("/"), "edition": language}


def _footer_pages(words: Mapping[str, str], pages: Collection[str]) -> list[dict[str, Any]]:
    return [{"path": path, "title": words[word], "language": ""} for path, word in _FOOTER_PAGES if path in pages]


def _edition(content: SiteContent, language: str) -> dict[str, Any]:
    """What the switch of languages says of one."""
    strings = content.strings[language]
    words = {name: isolated(text) for name, text in strings.section("frame").items()}
    prefix = _prefix(content, language)
    return {"code": language, "prefix": prefix, "direction": strings.direction, "words": words}


def _publisher(content: SiteContent, language: str) -> dict[str, Any]:
    """Who publishes the site, under which license, and where errors are reported: an address to write to, or a path or
    URL (`{page}` becomes the page's)."""
    catalog, contact = content.catalog, content.catalog.contact
    license_ = catalog.licenses[0] if catalog.licenses else None
    return {
        "title": isolated(catalog.title.get(language)),
        "description": isolated(catalog.description.get(language)),
        "base_url": catalog.base_url,
        "publisher": {"title": isolated(catalog.publisher.title.get(language)), "path": catalog.publisher.path},
        "license": {"title": isolated(license_.title.get(language) or license_.name), "path": license_.path}
        if license_
        else None,
        "contact": {"title": isolated(contact.title.get(language)), "path": contact.path, "email": contact.email}
        if contact
        else None,
    }


def _rendered(tasks: Sequence[_PagesToRender], folders: Sequence[Path]) -> list[Rendered]:
    """One run of MkDocs for pages of many datasets, taken apart again."""
    found = []
    sources = {file: task.folder / file for task in tasks for file in task.files}
    work = _work(tasks[0].scratch, os.getpid())
    work.mkdir(parents=True)
    try:
        made = mkdocs_run.render(tasks[0].frame, sources, work, {file for task in tasks for file in task.beside})
    finally:
        shutil.rmtree(work)
    for task, folder in zip(tasks, folders, strict=True):
        addresses = [_address(file) for file in task.files]
        is_home = _NOT_FOUND in made and "index.md" in task.files
        texts = {address: made[address] for address in (*addresses, *([_NOT_FOUND] if is_home else []))}
        for address, text in texts.items():
            target = folder / _HTML / address
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text.encode("utf-8", "xmlcharrefreplace"))
        searched = (search_index.searched(address, texts[address]) for address in addresses)
        found.append(Rendered(tuple(page for page in searched if page), (_pointers(task.frame, texts),)))
    return found


@cache
def _work(scratch: Path, process: int) -> Path:
    """Where a process has what MkDocs reads: in each run the same place, by which compiled templates are known."""
    return scratch / f"mkdocs-{process}-{secrets.token_hex(4)}"


def _pointers(frame: Frame, texts: Mapping[str, str]) -> Pointers:
    """Of pages, by their addresses below the root of their language."""
    base_url, prefix = frame.settings["extra"]["site"]["base_url"], frame.settings["extra"]["edition"]["prefix"]
    # The page of a language that is shown where nothing is lies at the root, and only that of the first.
    shown = {path: text for path, text in texts.items() if not prefix or path != _NOT_FOUND}
    return links.packed(links.pointers_of(f"{prefix}{path}", text, base_url) for path, text in shown.items())


def _address(file: str) -> str:
    """`about/index.md` and `about.md` are both at `about/`."""
    path = file.removesuffix(".md")
    return f"{path}.html" if path == "index" or path.endswith("/index") else f"{path}/index.html"


def _bundled(
    task: tuple[tuple[Path, ...], Path, Path, tuple[str, ...], assets.Look, Mapping[str, str]], folder: Path
) -> assets.Bundle:
    sources, sheet, npm, languages, look, words = task
    return assets.bundle(sources, sheet, npm, folder / "site", languages, look, words)


_RENDER = Step("html", _rendered, joint=_MOST)
_BUNDLE = Step("assets", _bundled, where="thread")
