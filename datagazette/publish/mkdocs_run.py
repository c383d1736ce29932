"""Runs MkDocs over staged pages of one language.

MkDocs gets a tree of Markdown, and a configuration that inherits the publication's `mkdocs.yml`; whatever else renders
such a tree can take its place. The HTML of a page is made from its Markdown and
from the frame that all pages of the language have, and from no other page. So any part of the pages can be rendered
alone, and parts at the same time.
"""

from __future__ import annotations

import importlib.util
import logging
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, reduce
from pathlib import Path
from typing import Any

import yaml

from datagazette.files import copy_overlaid
from datagazette.model.errors import EnvironmentFault, raised_in

# The extensions of Markdown that finished pages need.
_OF_HEADINGS = ("attr_list", "toc")


@dataclass(frozen=True)
class Frame:
    """All that the pages of a language have in common. `settings` is a configuration without the places of files.

    `config` are the files `mkdocs.yml` of the publication and of this program, `overrides` their folders of templates;
    a setting or a template is taken from the first that has it. `tabs` are the staged pages that the navigation names:
    a part of the pages that lacks one gets a stand-in. `is_finished`: this program made the pages, and only headings in
    them are Markdown.
    """

    code: str
    settings: Mapping[str, Any]
    config: tuple[Path, ...]
    overrides: tuple[Path, ...]
    tabs: tuple[str, ...]
    is_finished: bool = False


def render(frame: Frame, sources: Mapping[str, Path], work: Path, beside: Collection[str] = ()) -> dict[str, str]:
    """The HTML of pages by their addresses. `sources` are their files by their paths in the tree of all pages, and
    `beside` are paths of others that they may link to.

    All that the configuration names is in the empty folder `work`, and is named from there: Zensical takes no other
    folders. Any warning of MkDocs ends the build with an EnvironmentFault that holds its text. With the home page
    there is the page of a host where nothing is.
    """
    config, overrides = _configured(frame, work), work / "overrides"
    with _warnings() as said, _environment():
        # Imported here: it takes longer than many a build needs.
        from mkdocs.commands.build import build
        from mkdocs.config import load_config

        from datagazette.publish.mkdocs_pages import StagedPages

        try:
            loaded = load_config(str(config), strict=True)
            loaded["theme"].dirs[1:] = _without_files(loaded["theme"].dirs[1:], work / "theme")
            if frame.is_finished:
                loaded["markdown_extensions"] = [
                    name for name in loaded["markdown_extensions"] if name in _OF_HEADINGS
                ]  # fmt: skip
            pages = StagedPages(sources, {*beside, *frame.tabs}, is_finished=frame.is_finished)
            loaded["plugins"]["staged-pages"] = pages
            build(loaded)
        except (Exception, SystemExit) as error:
            if isinstance(error, OSError) and error.errno is not None:  # of the disk, and not of the pages
                raise
            place = raised_in(error, overrides)
            known = f"site/overrides/{place}: {type(error).__name__}: {error}" if place else str(error)
            lines = [line for line in "\n".join([*said, known]).splitlines() if line.strip()]
            raise EnvironmentFault("mkdocs", language=frame.code, reason="\n".join(lines) or "no message") from error
    return pages.made


def _configured(frame: Frame, work: Path) -> Path:
    """Writes what MkDocs reads beside the pages: its configuration, which is returned, and templates."""
    config, overrides, shared = work / "mkdocs.yml", work / "overrides", work / "shared.yml"
    (work / "pages").mkdir()
    copy_overlaid(frame.overrides, overrides)
    shared.write_text(laid_settings(*(path.read_text("utf-8-sig") for path in frame.config if path.is_file())), "utf-8")
    settings = {
        "INHERIT": shared.name,
        "docs_dir": "pages",
        "site_dir": "site",
        **frame.settings,
        "theme": {**frame.settings["theme"], "custom_dir": overrides.name},
    }
    config.write_text(yaml.safe_dump(settings, allow_unicode=True, sort_keys=False), "utf-8")
    return config


def _without_files(folders: Sequence[str], place: Path) -> list[str]:
    """The folders of a theme as such in which its templates are found, and nothing that MkDocs would look through for
    files to copy in each run: there are ten thousand, and what our pages need of them is in our bundle."""
    found = []
    for number, folder in enumerate(folders):
        shown = place / str(number)
        shown.mkdir(parents=True)
        for path in Path(folder).iterdir():
            if path.is_dir() or path.suffix == ".html":
                (shown / path.name).symlink_to(path)
        found.append(str(shown))
    return found


@cache
def laid_settings(*texts: str) -> str:
    """What several `mkdocs.yml` say, laid over one another key by key; the first is on top.

    Tags stay as they were written, for MkDocs to read.
    """
    nodes = [node for text in texts if (node := yaml.compose(text, yaml.SafeLoader)) is not None]
    laid = reduce(lambda above, below: _laid(below, above), nodes)
    return str(yaml.serialize(laid, Dumper=yaml.SafeDumper, allow_unicode=True))


def _laid(below: yaml.Node, above: yaml.Node) -> yaml.Node:
    """A key without a value leaves what is below it. Where one of two is a list of names with options, as MkDocs has
    extensions, it is read as the mapping that it means."""
    if above.tag == "tag:yaml.org,2002:null":
        return below
    above = _as_mapping(above) if isinstance(below, yaml.MappingNode) else above
    if not isinstance(above, yaml.MappingNode) or not isinstance(below, yaml.MappingNode):
        return above
    found = {key.value: (key, value) for key, value in below.value}
    for key, value in above.value:
        found[key.value] = (key, _laid(found[key.value][1], value) if key.value in found else value)
    return yaml.MappingNode(below.tag, list(found.values()))


def _as_mapping(node: yaml.Node) -> yaml.Node:
    if not isinstance(node, yaml.SequenceNode):
        return node
    nothing = yaml.MappingNode("tag:yaml.org,2002:map", [])
    pairs = [item.value if isinstance(item, yaml.MappingNode) else [(item, nothing)] for item in node.value]
    return yaml.MappingNode("tag:yaml.org,2002:map", [pair for entry in pairs for pair in entry])


def theme_stylesheet() -> Path:
    """Material's own style sheet, the name of which holds a hash that changes with its version."""
    found = importlib.util.find_spec("material")
    folder = Path(found.origin).parent / "templates/assets/stylesheets" if found and found.origin else None
    sheets = sorted(folder.glob("main.*.min.css")) if folder else []
    if not sheets:
        raise EnvironmentFault("no-material")
    return sheets[0]


@contextmanager
def _warnings() -> Iterator[list[str]]:
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
