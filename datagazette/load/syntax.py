"""What breaks a JSON or YAML file, in words for people: the parsers' own are those of people who write parsers.

Each of these has a text of its own in the messages, as a rule of `json-syntax` or `yaml-syntax`. What none of them is
keeps the parser's words.
"""

from __future__ import annotations

import json

import yaml

# How a parser's message begins, and our rule.
_JSON = {
    "Expecting property name": "name", "Illegal trailing comma": "name", "Expecting value": "value",
    "Expecting ',' delimiter": "comma", "Expecting ':' delimiter": "colon", "Extra data": "more",
    "Invalid control character": "control", "Unterminated string": "quote", "Invalid \\": "escape",
}  # fmt: skip
_YAML = {
    "mapping values are not allowed": "colon", "could not find expected ':'": "no-colon",
    "found unexpected end of stream": "quote", "did not find expected ',' or": "bracket",
    "found character that cannot start any token": "character", "did not find expected key": "place",
    "did not find expected '-' indicator": "place", "did not find expected node content": "value",
    "found unknown escape character": "escape",
}  # fmt: skip
_WHERE_IT_BEGINS = ("quote", "no-colon")  # a parser notices these further below


def json_rule(error: json.JSONDecodeError) -> str:
    return _rule(error.msg, _JSON)


def yaml_fault(error: yaml.YAMLError, text: str) -> tuple[int | None, dict[str, object]]:
    """The line, and the values of a `yaml-syntax`."""
    mark, context = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    reason = getattr(error, "problem", None) or str(error).splitlines()[0]
    rule = _rule(reason, _YAML)
    line = mark.line + 1 if mark else None
    opened = context.line + 1 if context else line
    found = text.split("\n")[mark.line][mark.column : mark.column + 1] if mark and rule == "character" else ""
    if found == "\t":
        rule = "tab"
    return opened if rule in _WHERE_IT_BEGINS else line, {
        "rule": rule, "reason": reason, "opened": opened, "found": found
    }  # fmt: skip


def _rule(said: str, known: dict[str, str]) -> str:
    return next((rule for beginning, rule in known.items() if said.startswith(beginning)), "")
