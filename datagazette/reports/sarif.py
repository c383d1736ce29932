"""SARIF 2.1.0, which editors and code scanning read: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from datagazette.model.problems import Problem, general_fix, kind
from datagazette.reports.gitlab import fingerprints
from datagazette.reports.text import words
from datagazette.reports.wording import sentence

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_RESULTS = 25_000  # of a run that GitHub's code scanning takes

Hidden = Mapping[tuple[str, str], int]


def sarif(problems: Sequence[Problem], language: str, hidden: Hidden | None = None) -> str:
    """One run, with a rule for each code that was found; errors come first where there are too many to list."""
    ordered = sorted(problems, key=lambda one: one.severity != "error")[:_RESULTS]
    rules = sorted({one.code for one in ordered})
    beyond = len(problems) - len(ordered) + sum((hidden or {}).values())
    prints = fingerprints(ordered)
    run: dict[str, Any] = {
        "tool": {"driver": {"name": "open-data-site", "rules": [_rule(code, language) for code in rules]}},
        "language": language,
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(beyond, language)],
        "results": [_result(one, rules.index(one.code), found, language)
                    for one, found in zip(ordered, prints, strict=True)],
    }  # fmt: skip
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2)


def _rule(code: str, language: str) -> dict[str, Any]:
    told = kind(code, language)
    return {
        "id": code,
        "shortDescription": {"text": told.title},
        "fullDescription": {"text": told.meaning},
        "help": {"text": general_fix(code, language)},
    }


def _result(one: Problem, rule: int, fingerprint: str, language: str) -> dict[str, Any]:
    return {
        "ruleId": one.code,
        "ruleIndex": rule,
        "level": "error" if one.severity == "error" else "warning",
        "message": {"text": sentence(one, language)},
        "locations": [{"physicalLocation": _location(one)}],
        "partialFingerprints": {"problem/v1": fingerprint},
    }


def _location(one: Problem) -> dict[str, Any]:
    region = {"startLine": one.line, "startColumn": one.column, "endColumn": one.end_column}
    found = {name: value for name, value in region.items() if value}
    location: dict[str, Any] = {"artifactLocation": {"uri": quote(one.file)}}
    return location | ({"region": found} if found else {})


def _invocation(beyond: int, language: str) -> dict[str, Any]:
    invocation: dict[str, Any] = {"executionSuccessful": True}
    if beyond:
        text = words(language)["more"].format(count=f"{beyond:,}")
        invocation["toolExecutionNotifications"] = [{"level": "note", "message": {"text": text}}]
    return invocation
