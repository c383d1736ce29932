"""A page in Markdown: one that the publisher wrote, or a neutral one of this program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class AuthoredPage:
    """A page that a person wrote in Markdown. `path` is relative to the language's folder, e.g. `about.md`.

    `front` is what its front matter says, `body` the text below it.
    """

    language: str
    path: str
    body: str
    front: Mapping[str, Any] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Below the language's root: `about.md` and `about/index.md` are at `about/`."""
        path = self.path.removesuffix(".md")
        return path.removesuffix("index") if path.endswith("index") else f"{path}/"
