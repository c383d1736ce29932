"""The Jinja environment of the page templates: everything escaped, nothing undefined."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from datagazette.pages import markup
from datagazette.pages.reader import words


@cache
def environment(folder: Path) -> Environment:
    """The templates of `folder`, as strict as Jinja can be; compiled once, and anew where a file changed."""
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
