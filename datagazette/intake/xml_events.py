"""The elements of an XML file in their order, without a tree of them, which may be large."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from xml.parsers import expat

Attributes = Mapping[str, str]


def read_xml(
    content: bytes,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Calls `start` with the local name and the attributes of each element, `end` with its local name, and `text` with
    what is between them. Raises ValueError for what is no XML; empty content has no element."""
    if not content:
        return
    handlers: dict[str, Any] = {
        "buffer_text": True,
        "StartElementHandler": lambda name, attributes: start(name.rpartition(":")[2], attributes),
        "EndElementHandler": end and (lambda name: end(name.rpartition(":")[2])),
        "CharacterDataHandler": text,
    }
    parser = expat.ParserCreate()
    for name, handler in handlers.items():
        setattr(parser, name, handler)
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, KeyError) as error:  # or an attribute is missing
        raise ValueError(str(error)) from error
