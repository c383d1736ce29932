"""Pages that a person wrote: their Markdown as it stands, with our front matter."""

from __future__ import annotations

import re
from typing import Any

from datagazette.model.publication import AuthoredPage
from datagazette.pages.content import Page
from datagazette.pages.context import PageContext
from datagazette.pages.staging import Head, languages, stage

_TITLE = re.compile(r"^# (.+?)\s*(?:\{[^}]*\})?\s*$", re.MULTILINE)


def authored_page(context: PageContext, page: AuthoredPage) -> Page:
    """The page with title, address and languages filled in; what its author set stands."""
    heading = _TITLE.search(page.body)
    title = str(page.front.get("title") or (heading[1] if heading else context.path.strip("/")))
    own = {key: value for key, value in page.front.items() if key not in {"title", "description"}}
    head = Head(
        kind="text",
        title=title,
        description=str(page.front.get("description", "")),
        extra={"languages": _translations(context, page), **own},
    )
    return stage(context, head, page.body.lstrip("\n"), page.path)


def _translations(context: PageContext, page: AuthoredPage) -> list[dict[str, Any]]:
    """The page in each language in which somebody has written it."""
    written = {one.language for one in context.content.authored_pages if authored_path(one) == authored_path(page)}
    return [one for one in languages(context.content, context.path) if one["code"] in written]


def authored_path(page: AuthoredPage) -> str:
    """The address of a authored page: `about.md` and `about/index.md` are at `about/`."""
    path = page.path.removesuffix(".md")
    return path.removesuffix("index") if path.endswith("index") else f"{path}/"
