"""What `mkdocs.yml` says of Markdown: the extensions that pages are written for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from datagazette.load.files import fault
from datagazette.load.reader import TYPE_NAMES
from datagazette.load.yaml_file import COMPUTED, read_yaml
from datagazette.model.problems import Problem, problem

FILE = "mkdocs.yml"
_KEY = "markdown_extensions"
# What MkDocs adds itself.
_ALWAYS = ("toc", "tables", "fenced_code")


@dataclass(frozen=True)
class MarkdownSettings:
    """Extensions of Python-Markdown with their options, and the line of each in `mkdocs.yml`.

    An option that is computed, by a tag of Python's, is left out.
    """

    options: Mapping[str, Mapping[str, Any]]
    lines: Mapping[str, int] = field(default_factory=dict)


def read_markdown_settings(path: Path, root: Path) -> tuple[MarkdownSettings | None, tuple[Problem, ...]]:
    """The settings in the file `path` of the publication or program at `root`, or why there are none."""
    code = fault(path, root)
    if code:
        return None, (problem(code, FILE, path=FILE),)
    document, problems = read_yaml(path, FILE, tagged=True)
    if document is None:
        return None, problems
    value = document.value.get(_KEY) or {}
    items = value if isinstance(value, list) else [value]
    found: dict[str, Mapping[str, Any]] = {name: {} for name in _ALWAYS}
    lines: dict[str, int] = {}
    for number, one in enumerate(items):
        place = (_KEY, number) if isinstance(value, list) else (_KEY,)
        item = {one: None} if isinstance(one, str) else one
        if not isinstance(item, dict) or any(not isinstance(said or {}, dict) for said in item.values()):
            return None, (problem("wrong-type", FILE, document.line(place), key=_KEY, expected=TYPE_NAMES[list],
                                  found=str(item)[:60]),)  # fmt: skip
        for name, options in item.items():
            found[name] = {key: said for key, said in (options or {}).items() if not _is_computed(said)}
            lines[name] = document.line((*place, name)) or 1
    return MarkdownSettings(found, lines), ()


def _is_computed(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_is_computed, value.values()))
    return value is COMPUTED or (isinstance(value, list) and any(map(_is_computed, value)))
