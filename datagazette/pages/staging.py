"""A page as it is staged: from a template, with front matter, and a body that a Markdown renderer leaves alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from datagazette.describe import addresses
from datagazette.pages import markup
from datagazette.pages.content import Listed, Page, SiteContent
from datagazette.pages.context import PageContext, words

# libyaml's dumper where it is there: it is many times faster and writes the same.
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


@dataclass(frozen=True)
class Head:
    """What the theme and search engines need to know of a page; `extra` goes into the front matter as it is."""

    kind: str
    title: str
    description: str
    breadcrumbs: tuple[tuple[str, str], ...] = ()
    search: Mapping[str, object] = field(default_factory=dict)
    jsonld: str = ""
    noindex: bool = False
    modified: str = ""
    head_title: str = ""
    hide: tuple[str, ...] = ("navigation",)
    extra: Mapping[str, Any] = field(default_factory=dict)


def render(context: PageContext, templates: Environment, name: str, head: Head, **values: Any) -> Page:
    """The page that the template `name` makes of `values`."""
    view = {"r": context, "say": context.say, "count": context.count, "links": addresses, "head": head, "seen": []}
    body = markup.assemble(templates.get_template(f"{name}.html").render(**view, **values))
    return stage(context, head, body)


def stage(context: PageContext, head: Head, body: str, path: str = "") -> Page:
    """Front matter and body; `path` is the file where it is not the page's `index.md`."""
    front = front_matter(context, head)
    content = yaml.dump(front, Dumper=_DUMPER, allow_unicode=True, sort_keys=False, width=10_000)
    places = tuple((str(one["code"]), str(one["path"])) for one in front.get("languages") or ())
    listed = None if front.get("noindex") or not places else Listed(places, str(front.get("modified") or ""))
    return Page(path or addresses.staged(context.path), context.language, f"---\n{content}---\n\n{body}", listed)


def front_matter(context: PageContext, head: Head) -> dict[str, Any]:
    described: dict[str, Any] = {
        "title": markup.one_line(head.title),
        "head_title": markup.one_line(head.head_title),
        "description": markup.one_line(shortened(markup.one_line(head.description))),
        "kind": head.kind,
        "path": context.address,
        "languages": languages(context.content, context.path),
        "breadcrumbs": [{"title": markup.one_line(title), "path": path} for title, path in head.breadcrumbs],
        "jsonld": head.jsonld,
        "image": _picture(context),
        "search": {name: value for name, value in head.search.items() if value},
        "modified": head.modified,
        "noindex": head.noindex,
        "hide": list(head.hide),
    }
    kept = {name: value for name, value in described.items() if value or name in {"path", "title"}}
    return kept | dict(head.extra)


def _picture(context: PageContext) -> str:
    """The page's own picture for links, else that of the page above it, at last that of the home page."""
    path, images = context.path, context.content.images
    while path and context.localized(path) not in images:
        path = addresses.above(path)
    return images.get(context.localized(path), "")


def languages(content: SiteContent, path: str) -> list[dict[str, str]]:
    """The same page in every language."""
    return [
        {
            "code": language,
            "name": content.strings[language].name,
            "path": addresses.localized(content.catalog, path, language),
        }
        for language in content.catalog.languages
    ]


def shortened(text: str, most: int = 300) -> str:
    """A description that a search engine shows whole, or nearly."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


@cache
def environment(folder: Path) -> Environment:
    """The templates of `folder`, as strict as Jinja can be; compiled once, and again where a file changed."""
    found = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=markup.finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=True,
    )
    found.filters["pre"] = markup.preformatted
    found.filters["code"] = markup.code
    found.filters["words"] = words
    found.globals["heading"] = markup.heading
    return found
