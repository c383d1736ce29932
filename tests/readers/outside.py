"""Reads something of ours with a program that has an environment of its own, `.venv/readers`.

`outside.py TASK` takes its input as JSON from standard input, and writes what the program made of it as JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any


def bibtex(entries: list[str]) -> list[dict[str, Any]]:
    """The type and the fields of each entry, and how pybtex prints it."""
    from pybtex import format_from_string  # type: ignore[import-not-found,unused-ignore]
    from pybtex.database import parse_string  # type: ignore[import-not-found,unused-ignore]

    found = []
    for text in entries:
        (entry,) = parse_string(text, "bibtex").entries.values()
        printed = format_from_string(text, style="plain", output_backend="plaintext")
        found.append({"type": entry.type, "fields": dict(entry.fields), "printed": printed})
    return found


def datacite(records: list[dict[str, Any]]) -> list[list[str]]:
    """What the JSON Schema of DataCite has against each record: the one of 4.5, to which 4.6 adds names."""
    from datacite import schema45  # type: ignore[import-not-found,unused-ignore]

    return [[error.message for error in schema45.validator.iter_errors(record)] for record in records]


def signposting(address: str) -> dict[str, Any]:
    """The links that signposting finds in the head of the page at an address."""
    from signposting.htmllinks import find_signposting_html  # type: ignore[import-not-found,unused-ignore]

    found = find_signposting_html(address)
    return {
        "cite-as": str(found.citeAs.target),
        "author": sorted(str(link.target) for link in found.authors),
        "license": str(found.license.target),
        "item": sorted(str(link.target) for link in found.items),
        "describedby": sorted(str(link.target) for link in found.describedBy),
        "type": sorted(str(link.target) for link in found.types),
    }


def minijinja(given: tuple[dict[str, str], list[tuple[str, dict[str, Any]]]]) -> list[str]:
    """Templates by name, and which of them are rendered with what; `url` stands for the filter of the generator."""
    import minijinja  # type: ignore[import-not-found,unused-ignore]

    templates, asked = given
    environment = minijinja.Environment(templates=templates, auto_escape_callback=lambda name: False)
    environment.add_filter("url", lambda address: address)
    return [environment.render_template(name, **context) for name, context in asked]


TASKS: dict[str, Callable[[Any], object]] = {
    "bibtex": bibtex,
    "datacite": datacite,
    "signposting": signposting,
    "minijinja": minijinja,
}

if __name__ == "__main__":
    json.dump(TASKS[sys.argv[1]](json.load(sys.stdin)), sys.stdout)
