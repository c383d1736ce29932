"""The theme's style sheet without what our pages have no use for: about half of it.

Pages are made by templates of our own, which take Material's typography (`.md-typeset` and what Markdown makes:
admonitions, code, footnotes) and none of its components. A selector that asks for the class of a component, or for an
attribute by which Material switches its colours, can match nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import tinycss2

_KEPT = "md-typeset"
_NESTED = frozenset({"media", "supports", "layer", "container"})


def trimmed(sheet: str) -> str:
    """The style sheet `sheet` with the rules alone that can match."""
    rules = tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True)
    return "".join(_written(rules))


def _written(rules: list[Any]) -> Iterator[str]:
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = [one for one in _selectors(rule.prelude) if _can_match(one)]
            if selectors:
                yield f"{','.join(map(tinycss2.serialize, selectors))}{{{tinycss2.serialize(rule.content)}}}"
        elif rule.type == "at-rule" and rule.content is not None and rule.lower_at_keyword in _NESTED:
            inner = "".join(_written(tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)))
            if inner:
                yield f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inner}}}"
        else:
            yield tinycss2.serialize([rule])


def _selectors(prelude: list[Any]) -> Iterator[list[Any]]:
    """The selectors of a rule, which commas part."""
    current: list[Any] = []
    for part in prelude:
        if part == ",":
            yield current
            current = []
        else:
            current.append(part)
    yield current


def _can_match(selector: list[Any]) -> bool:
    """What stands in `:not(...)` and its like is not looked at."""
    for before, token in zip([None, *selector], selector, strict=False):
        if before == "." and token.type == "ident" and token.value.startswith("md-") and token.value != _KEPT:
            return False
        if token.type == "[] block" and tinycss2.serialize(token.content).startswith("data-md-"):
            return False
    return True
