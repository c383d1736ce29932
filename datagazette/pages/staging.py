"""A page as it is staged: from a template, with front matter, and a body that a Markdown renderer leaves alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from datagazette.describe import addresses
from datagazette.pages import markup
from datagazette.pages.context import Listed, Page, PageContext, words

# libyaml's dumper where it is there: it is many times faster and writes the same.
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
# Characters that a search engine shows whole, or nearly.
_LONGEST_DESCRIPTION = 300


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
    hide: tuple[str, ...] = ("navigation",)
    extra: Mapping[str, Any] = field(default_factory=dict)


def render(context: PageContext, name: str, head: Head, **values: Any) -> Page:
    """The page that the template `name` makes of `values`, its heading as well."""
    head = replace(head, extra={"heading": False, **head.extra})
    return stage(context, head, markup.assemble(filled(context, name, head=head, **values)))


def filled(context: PageContext, name: str, **values: Any) -> str:
    """What the template `name` makes of `values`."""
    view = {"r": context, "say": context.say, "count": context.count, "links": addresses, "seen": []}
    return _environment(context.content.templates).get_template(f"{name}.html").render(**view, **values)


def stage(context: PageContext, head: Head, body: str, path: str = "") -> Page:
    """Front matter and body; `path` is the file where it is not the page's `index.md`."""
    front = _front_matter(context, head)
    content = yaml.dump(front, Dumper=_DUMPER, allow_unicode=True, sort_keys=False, width=10_000)
    places = tuple((str(place["code"]), str(place["path"])) for place in front.get("languages") or ())
    listed = None if front.get("noindex") or not places else Listed(places, str(front.get("modified") or ""))
    return Page(path or addresses.staged(context.path), context.language, f"---\n{content}---\n\n{body}", listed)


def _front_matter(context: PageContext, head: Head) -> dict[str, Any]:
    path, images = context.path, context.content.images
    while path and context.localized(path) not in images:  # else the picture of the page above, or of the home page
        path = addresses.above(path)
    description = markup.one_line(head.description)
    if len(description) > _LONGEST_DESCRIPTION:
        description = description[: _LONGEST_DESCRIPTION - 1].rstrip() + "…"
    described: dict[str, Any] = {
        "title": markup.one_line(head.title),
        "description": markup.one_line(description),
        "kind": head.kind,
        "path": context.address,
        "languages": languages(context),
        "breadcrumbs": [{"title": markup.one_line(title), "path": link} for title, link in head.breadcrumbs],
        "jsonld": head.jsonld,
        "image": images.get(context.localized(path), ""),
        "search": {name: value for name, value in head.search.items() if value},
        "modified": head.modified,
        "noindex": head.noindex,
        "hide": list(head.hide),
    }
    kept = {name: value for name, value in described.items() if value or name in {"path", "title"}}
    return kept | dict(head.extra)


def languages(context: PageContext) -> list[dict[str, str]]:
    """The same page in every language."""
    content = context.content
    return [
        {
            "code": language,
            "name": content.strings[language].name,
            "path": addresses.localized(content.catalog, context.path, language),
        }
        for language in content.catalog.languages
    ]


@cache
def _environment(folder: Path) -> Environment:
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
