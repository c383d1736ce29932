"""Hooks of `make docs`: what links from docs/ to other parts of the repository become in the site of the documents."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

_CODE = re.compile(r"(```.*?```|`[^`\n]*`)", re.DOTALL)
_LINK = re.compile(r"\[([^\]]+)\]\((\.\./[^)\s]+|[\w./-]+/)\)")
_TWIN = re.compile(r"^\[(?:中文|English)\]\([\w.-]+\)\n\n", re.MULTILINE)  # the site has a switch of its own


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001 - as MkDocs calls it
    """Links that leave docs/ lead into the repository where its address is known, and are plain text otherwise."""
    folder = posixpath.dirname(f"docs/{page.file.src_uri}")

    def replaced(link: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(folder, link[2]))
        if path.startswith("docs/") and not link[2].endswith("/"):
            return link[0]
        return f"[{link[1]}]({config.repo_url.rstrip('/')}/blob/HEAD/{path})" if config.repo_url else link[1]

    parts = _CODE.split(_TWIN.sub("", markdown))
    return "".join(part if part.startswith("`") else _LINK.sub(replaced, part) for part in parts)
