"""Pages that a person wrote: their Markdown as it stands, with our front matter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import yaml

from publisher.pages.content import HandPage, Page
from publisher.pages.reader import Reader
from publisher.pages.staging import Head, stage

_FRONT_MATTER = re.compile(r"\A---\r?\n(.*?)^---\r?\n", re.DOTALL | re.MULTILINE)
_TITLE = re.compile(r"^# (.+?)\s*(?:\{[^}]*\})?\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Written:
    """A hand-written page taken apart: its own front matter and its body."""

    given: dict[str, Any]
    body: str

    @property
    def title(self) -> str:
        found = _TITLE.search(self.body)
        return str(self.given.get("title") or (found[1] if found else ""))


def read_written(text: str) -> Written:
    """A page whose front matter is no mapping is all body."""
    found = _FRONT_MATTER.match(text)
    given = yaml.safe_load(found[1]) if found else None
    if not found or not isinstance(given, dict):
        return Written({}, text)
    return Written(given, text[found.end() :])


def hand_page(reader: Reader, page: HandPage) -> Page:
    """The page with title, address and languages filled in; what its author set stands."""
    written = read_written(page.text)
    head = Head(
        kind="text",
        title=written.title or reader.path.strip("/"),
        description=str(written.given.get("description", "")),
        extra={key: value for key, value in written.given.items() if key not in {"title", "description"}},
    )
    return stage(reader, head, written.body.lstrip("\n"), page.path)


def hand_path(page: HandPage) -> str:
    """The address of a hand-written page: `about.md` and `about/index.md` are at `about/`."""
    path = page.path.removesuffix(".md")
    return path.removesuffix("index") if path.endswith("index") else f"{path}/"
