"""Elements of a page by the few CSS selectors that tests need, as lxml alone has only XPath."""

from __future__ import annotations

import re
from functools import lru_cache

from lxml.etree import _Element as Element

_PART = re.compile(r"([#.])([\w-]+)|\[([\w-]+)\]|:not\(\.([\w-]+)\)")
_AXES = {">": "/", "+": "/following-sibling::*[1]/self::", "": "//"}


def select(element: Element, selector: str) -> list[Element]:
    """The elements below `element`, in the order of the page."""
    return list(element.xpath(" | ".join(_path(part.strip()) for part in selector.split(","))))


@lru_cache
def _path(selector: str) -> str:
    path, axis = ".", "//"
    for part in selector.split():
        if part in _AXES:
            axis = _AXES[part]
            continue
        tag = re.match(r"\w*", part)
        tests = "".join(map(_test, _PART.finditer(part)))
        path += f"{axis}{tag[0] if tag and tag[0] else '*'}{tests}"
        axis = "//"
    return path


def _test(found: re.Match[str]) -> str:
    kind, name, attribute, without = found.groups()
    if attribute:
        return f"[@{attribute}]"
    if kind == "#":
        return f"[@id='{name}']"
    has = f"contains(concat(' ', normalize-space(@class), ' '), ' {without or name} ')"
    return f"[not({has})]" if without else f"[{has}]"
