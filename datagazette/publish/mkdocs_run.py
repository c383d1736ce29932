"""Runs MkDocs over staged pages of one language.

Nothing is handed to MkDocs but files: a tree of Markdown, and a configuration that inherits the publication's
`mkdocs.yml`; whatever else renders such a tree can take its place. The HTML of a page is made from its Markdown and
from the frame that all pages of the language have, and from no other page. So any part of the pages can be rendered
alone, and parts at the same time.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import json
import logging
import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from datagazette.model.directions import isolated
from datagazette.model.errors import EnvironmentFault

# The tabs at the top and the pages named in the footer: address below the language's root, name of its words.
TABS = (
    ("datasets/", "tab_datasets"),
    ("figures/", "tab_figures"),
    ("changes/", "tab_changes"),
    ("about/", "tab_about"),
)
FOOTER_PAGES = (
    ("cite/", "footer_cite"),
    ("sources/", "footer_sources"),
    ("contribute/", "footer_contribute"),
    ("about/", "footer_about"),
)
# Pages that only list others would come before the pages that they list.
SEARCHED_KINDS = ("dataset", "summary", "text", "sources", "figures", "changes")
# The words that scripts need; all others are in the page already.
SCRIPT_WORDS = re.compile(r"search|facet_|catalogue_|sort_|cop|scheme_|kind_(?:dataset|row|place)")


@dataclass(frozen=True)
class Contact:
    """Where errors are reported: an address to write to, or a path or URL (`{page}` becomes the page's)."""

    title: str
    path: str = ""
    email: str = ""


@dataclass(frozen=True)
class Edition:
    """The site in one language, all texts in that language.

    `prefix` is its folder below the site's root ("" for the default language, else "en/"). `pages` are the staged
    files that are not a dataset's. `words` is the section `frame` of its strings. `publisher` and `license` are
    (title, path).
    """

    code: str
    locale: str
    direction: str
    prefix: str
    pages: frozenset[str]
    title: str
    description: str
    words: Mapping[str, str]
    publisher: tuple[str, str]
    license: tuple[str, str] | None = None
    contact: Contact | None = None


@dataclass(frozen=True)
class Look:
    """What all languages share: the root's `mkdocs.yml` and `site/overrides`, and what the bundle is called."""

    config: Path
    overrides: Path
    base_url: str
    assets_version: str
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Frame:
    """All that the pages of a language have in common. `settings` is a configuration without the places of files.

    `tabs` are the staged pages that the navigation names: a part of the pages that lacks one gets a stand-in.
    """

    code: str
    settings: Mapping[str, Any]
    config: Path
    overrides: Path
    tabs: tuple[str, ...]


def frame(edition: Edition, editions: Sequence[Edition], look: Look) -> Frame:
    """The frame of one language's pages."""
    tabs = tuple(f"{path}index.md" for path, _ in TABS if _has(edition.pages, path))
    return Frame(edition.code, _settings(edition, editions, look), look.config, look.overrides, tabs)


def render(shared: Frame, pages: Path, work: Path) -> Path:
    """Renders the tree `pages`, and returns the folder below the empty folder `work` that holds the HTML.

    Any warning of MkDocs ends the build with an EnvironmentFault that holds its words.
    """
    for tab in shared.tabs:
        if not (pages / tab).exists():
            (pages / tab).parent.mkdir(parents=True, exist_ok=True)
            (pages / tab).write_text("---\ntitle: stand-in\n---\n", "utf-8")
    target, config = work / "site", work / "mkdocs.yml"
    config.write_text(configuration(shared, pages, target), "utf-8")
    with _heard() as said, _environment():
        _build(config, said, shared.code)
    _prune(target)
    return target


def theme_stylesheet() -> Path:
    """Material's own style sheet, the name of which holds a hash that changes with its version."""
    found = importlib.util.find_spec("material")
    folder = Path(found.origin).parent / "templates/assets/stylesheets" if found and found.origin else None
    sheets = sorted(folder.glob("main.*.min.css")) if folder else []
    if not sheets:
        raise EnvironmentFault("no-material")
    return sheets[0]


def configuration(shared: Frame, pages: Path, target: Path) -> str:
    """The text of a mkdocs.yml that renders `pages` into `target`."""
    places = {
        "INHERIT": str(shared.config.absolute()),
        "docs_dir": str(pages.absolute()),
        "site_dir": str(target.absolute()),
    }
    theme = {**shared.settings["theme"], "custom_dir": str(shared.overrides.absolute())}
    settings = {**places, **shared.settings, "theme": theme}
    return yaml.safe_dump(settings, allow_unicode=True, sort_keys=False)


def _settings(edition: Edition, editions: Sequence[Edition], look: Look) -> dict[str, Any]:
    words = edition.words
    return {
        "site_name": isolated(edition.title),
        "site_description": isolated(edition.description),
        "site_url": look.base_url + edition.prefix,
        "theme": {"language": edition.code.split("-")[0]},
        "nav": [{words[word]: f"{path}index.md"} for path, word in TABS if _has(edition.pages, path)],
        "markdown_extensions": {"toc": {"permalink_title": words["permalink"]}},
        "extra": _extra(edition, editions, look),
    }


def policy(boot: str) -> str:
    """The content security policy of every page: our own host only, and no inline script but `boot`.

    Pagefind's index is read by WebAssembly. Style attributes are allowed, inline style sheets are not.
    """
    digest = base64.b64encode(hashlib.sha256(boot.encode()).digest()).decode()
    rules = {
        "default-src": "'none'",
        "script-src": f"'self' 'wasm-unsafe-eval' 'sha256-{digest}'",
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
    return "; ".join(f"{name} {sources}" for name, sources in rules.items())


def _extra(edition: Edition, editions: Sequence[Edition], look: Look) -> dict[str, Any]:
    boot = (look.overrides / "partials/boot.html").read_text("utf-8").removesuffix("\n")
    root = "../" * edition.prefix.count("/")
    pages = [(path, word) for path, word in FOOTER_PAGES if _has(edition.pages, path)]
    return {
        **look.extra,
        "policy": policy(boot),
        "assets_version": look.assets_version,
        "searched_kinds": list(SEARCHED_KINDS),
        "words": _isolated(edition.words),
        "script_words": _json_for_html(_script_words(edition, root)),
        "footer_pages": [{"path": path, "title": edition.words[word]} for path, word in pages],
        "site": _site(edition, look.base_url),
        "edition": {
            **_short(edition),
            "locale": edition.locale,
            "root": root,
            "others": [{**_short(one), "words": _isolated(one.words)} for one in editions if one != edition],
        },
    }


def _short(edition: Edition) -> dict[str, str]:
    return {"code": edition.code, "prefix": edition.prefix, "direction": edition.direction}


def _isolated(words: Mapping[str, str]) -> dict[str, str]:
    return {name: isolated(text) for name, text in words.items()}


def _site(edition: Edition, base_url: str) -> dict[str, Any]:
    contact = edition.contact
    return {
        "title": isolated(edition.title),
        "description": isolated(edition.description),
        "base_url": base_url,
        "publisher": {"title": isolated(edition.publisher[0]), "path": edition.publisher[1]},
        "license": {"title": isolated(edition.license[0]), "path": edition.license[1]} if edition.license else None,
        "contact": {"title": isolated(contact.title), "path": contact.path, "email": contact.email}
        if contact
        else None,
    }


def _script_words(edition: Edition, root: str) -> dict[str, str]:
    needed = {name: text for name, text in edition.words.items() if SCRIPT_WORDS.match(name)}
    return {**needed, "prefix": edition.prefix, "root": root, "edition": edition.code}


def _json_for_html(value: Mapping[str, Any]) -> str:
    """JSON that a script element can hold."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _has(pages: frozenset[str], path: str) -> bool:
    return f"{path}index.md" in pages


@contextmanager
def _heard() -> Iterator[list[str]]:
    """What MkDocs warns of meanwhile, line by line."""
    said: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("mkdocs")
    logger.addHandler(handler)
    try:
        yield said
    finally:
        logger.removeHandler(handler)


@contextmanager
def _environment() -> Iterator[None]:
    """No clock in the output, and no advertisement on the terminal."""
    before = dict(os.environ)
    os.environ |= {"SOURCE_DATE_EPOCH": "0", "NO_MKDOCS_2_WARNING": "true"}
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _build(config: Path, said: list[str], language: str) -> None:
    # Imported here: it takes longer than many a build needs.
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    try:
        build(load_config(str(config), strict=True))
    except OSError:  # of the disk, and not of the pages
        raise
    except (Exception, SystemExit) as error:
        raise _fault(language, "\n".join([*said, str(error)])) from error


def _fault(language: str, said: str) -> EnvironmentFault:
    said = "\n".join(line for line in said.splitlines() if line.strip()) or "no message"
    return EnvironmentFault("mkdocs", language=language, reason=said)


def _prune(tree: Path) -> None:
    """Removes what the theme copies into each run: its assets are in our bundle, its map of the site is ours."""
    shutil.rmtree(tree / "assets", ignore_errors=True)
    (tree / "sitemap.xml").unlink(missing_ok=True)
    (tree / "sitemap.xml.gz").unlink(missing_ok=True)
