"""Runs MkDocs over the staged pages, once a language and all languages at the same time.

Nothing is handed to MkDocs but files: a tree of Markdown a language, and a configuration that inherits the
publication's `mkdocs.yml`. MkDocs runs as a program of its own, so that its settings, its threads of logging and
its faults stay apart; whatever else renders such a tree can take its place.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from publisher.errors import EnvironmentFault

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
# Pages that only list others would stand before the pages that they list.
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

    `prefix` is its folder below the site's root ("" for the default language, else "en/"). `pages` is the staged
    tree. `words` is the section `frame` of its strings. `publisher` and `license` are (title, path).
    """

    code: str
    locale: str
    direction: str
    prefix: str
    pages: Path
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


def render(editions: Sequence[Edition], look: Look, work: Path, target: Path) -> None:
    """Renders every edition into `target`, the default language at its root.

    `work` is a scratch folder for configurations and half-made trees. Any warning of MkDocs ends the build with
    an EnvironmentFault that holds its words.
    """
    trees = {one.code: work / "rendered" / one.code for one in editions}
    runs = []
    for edition in editions:
        config = work / f"{edition.code}.yml"
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text(configuration(edition, editions, look, trees[edition.code]), "utf-8")
        runs.append((edition, _start(config)))
    ended = [(edition, run.communicate()[0], run.returncode) for edition, run in runs]
    for edition, said, status in ended:
        if status:
            raise _fault(edition.code, said)
    for edition in sorted(editions, key=lambda one: len(one.prefix)):
        _prune(trees[edition.code], is_default=not edition.prefix)
        shutil.copytree(trees[edition.code], target / edition.prefix, dirs_exist_ok=True, copy_function=_move)
    shutil.rmtree(work / "rendered")


def theme_stylesheet() -> Path:
    """Material's own style sheet, the name of which holds a hash that changes with its version."""
    found = importlib.util.find_spec("material")
    folder = Path(found.origin).parent / "templates/assets/stylesheets" if found and found.origin else None
    sheets = sorted(folder.glob("main.*.min.css")) if folder else []
    if not sheets:
        raise EnvironmentFault(
            en="the theme mkdocs-material is not installed; run `make site`, which installs it",
            zh="没有安装主题 mkdocs-material；请运行 `make site`，它会安装所需软件",
        )
    return sheets[0]


def configuration(edition: Edition, editions: Sequence[Edition], look: Look, site_dir: Path) -> str:
    """The text of one language's mkdocs.yml."""
    words = edition.words
    settings = {
        "INHERIT": str(look.config.absolute()),
        "site_name": edition.title,
        "site_description": edition.description,
        "site_url": look.base_url + edition.prefix,
        "docs_dir": str(edition.pages.absolute()),
        "site_dir": str(site_dir.absolute()),
        "theme": {"custom_dir": str(look.overrides.absolute()), "language": edition.code.split("-")[0]},
        "nav": [{words[word]: f"{path}index.md"} for path, word in TABS if _has(edition.pages, path)],
        "markdown_extensions": {"toc": {"permalink_title": words["permalink"]}},
        "extra": _extra(edition, editions, look),
    }
    return yaml.safe_dump(settings, allow_unicode=True, sort_keys=False)


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
        "words": dict(edition.words),
        "script_words": _json_for_html(_script_words(edition, root)),
        "footer_pages": [{"path": path, "title": edition.words[word]} for path, word in pages],
        "site": _site(edition, look.base_url),
        "edition": {
            **_short(edition),
            "locale": edition.locale,
            "root": root,
            "others": [{**_short(one), "words": dict(one.words)} for one in editions if one != edition],
        },
    }


def _short(edition: Edition) -> dict[str, str]:
    return {"code": edition.code, "prefix": edition.prefix, "direction": edition.direction}


def _site(edition: Edition, base_url: str) -> dict[str, Any]:
    contact = edition.contact
    return {
        "title": edition.title,
        "description": edition.description,
        "base_url": base_url,
        "publisher": dict(zip(("title", "path"), edition.publisher, strict=True)),
        "license": dict(zip(("title", "path"), edition.license, strict=True)) if edition.license else None,
        "contact": {"title": contact.title, "path": contact.path, "email": contact.email} if contact else None,
    }


def _script_words(edition: Edition, root: str) -> dict[str, str]:
    needed = {name: text for name, text in edition.words.items() if SCRIPT_WORDS.match(name)}
    return {**needed, "prefix": edition.prefix, "root": root, "edition": edition.code}


def _json_for_html(value: Mapping[str, Any]) -> str:
    """JSON that may stand in a script element."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _has(pages: Path, path: str) -> bool:
    return (pages / path / "index.md").is_file()


def _start(config: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", str(config)]
    environment = {
        **os.environ,
        "SOURCE_DATE_EPOCH": "0",  # no clock in the output
        "NO_MKDOCS_2_WARNING": "true",
        "PYTHONUTF8": "1",
    }
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        env=environment,
    )


def _fault(language: str, said: str) -> EnvironmentFault:
    told = [line for line in said.splitlines() if line.strip() and not line.startswith(("INFO", "DEBUG"))]
    said = "\n".join(told) or "no message"
    return EnvironmentFault(
        en=f"MkDocs refused the pages in language {language}; correct what it names:\n{said}",
        zh=f"MkDocs 未能生成语言 {language} 的页面；请按它的提示修正：\n{said}",
    )


def _prune(tree: Path, *, is_default: bool) -> None:
    """Removes what the theme copies into each run: its assets are in our bundle, the rest is the root's."""
    shutil.rmtree(tree / "assets", ignore_errors=True)
    (tree / "sitemap.xml.gz").unlink(missing_ok=True)  # its header holds a time; servers compress by themselves
    if not is_default:
        (tree / "404.html").unlink(missing_ok=True)
        (tree / "sitemap.xml").unlink(missing_ok=True)


def _move(source: str, target: str) -> str:
    return str(Path(source).replace(target))
