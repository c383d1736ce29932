"""What MkDocs reads and makes, through its own interface for plugins, without a tree of files before it and after it.

It sees the pages where they are, and hands over their HTML as text. Files beside the templates are not copied.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from types import CodeType
from typing import Any

from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from markdown import Markdown
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from datagazette.publish.finished_html import FinishedBlocks, FinishedPage

NOT_FOUND = "404.html"  # the page of a host where nothing is
_STAND_IN = "---\ntitle: stand-in\n---\n"


class _Compiled(BytecodeCache):
    """Templates as they were compiled, by the places of their files, for all runs of this process."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, compiled = self._found.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = compiled

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._found[bucket.key] = (bucket.checksum, bucket.code)


_COMPILED = _Compiled()


class StagedPages(BasePlugin):  # type: ignore[type-arg,no-untyped-call]
    """Has the pages `sources` rendered, files by their paths in the tree of pages, and keeps them in `made` by their
    addresses. `beside` are paths that they may link to, and `is_finished` says that this program made them."""

    def __init__(self, sources: Mapping[str, Path], beside: Collection[str], *, is_finished: bool) -> None:
        super().__init__()
        self._sources, self._is_finished = sources, is_finished
        self._beside = sorted({*beside} - {*sources})
        self.made: dict[str, str] = {}

    def on_files(self, _files: Files, *, config: MkDocsConfig) -> Files:
        config.theme.static_templates &= {NOT_FOUND} if "index.md" in self._sources else set()
        own = [File.generated(config, name, abs_src_path=str(path)) for name, path in sorted(self._sources.items())]
        if self._is_finished:
            markdown = Markdown(extensions=config.markdown_extensions, extension_configs=config.mdx_configs or {})
            blocks, titles = FinishedBlocks(markdown), _titles(config)
            for file in own:
                FinishedPage(titles.get(file.src_uri), file, config, blocks)  # which `file` has from now on
        return Files([*own, *(File.generated(config, name, content=_STAND_IN) for name in self._beside)])

    def on_page_content(self, html: str, *, page: Page, **_rest: Any) -> str:
        if page.file.src_uri not in self._sources:
            page.present_anchor_ids = None  # nobody knows
        return html

    def on_env(self, env: Environment, **_rest: Any) -> Environment:
        env.bytecode_cache = _COMPILED
        return env

    def on_post_page(self, output: str, *, page: Page, **_rest: Any) -> str:
        self.made[page.file.dest_uri] = output
        return ""

    def on_post_template(self, output_content: str, *, template_name: str, **_rest: Any) -> str:
        self.made[template_name] = output_content
        return ""


def _titles(config: MkDocsConfig) -> dict[str, str]:
    """What the navigation calls the pages that it names."""
    return {path: title for entry in config.nav or () for title, path in entry.items()}
