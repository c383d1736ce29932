"""Problems as code hosts show them: GitHub's workflow commands and job summary, GitLab's Code Quality report."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence

from publisher.problems import Problem, kind, mend, message
from publisher.reports import text_report, totals, words

# GitHub shows ten errors and ten warnings of a step, and drops the rest without a word.
_SHOWN = 10
# A job summary may hold 1 MiB; what is beyond it makes GitHub drop all of it.
_SUMMARY_BYTES = 1_000_000

Hidden = Mapping[tuple[str, str], int]


def github(problems: Sequence[Problem], hidden: Hidden, language: str) -> Iterator[str]:
    """Workflow commands: the first of each kind in each file first, so that ten of them tell the most."""
    for severity in ("error", "warning"):
        found = _spread([one for one in problems if one.severity == severity])
        beyond = sum(hidden.values()) if severity == "error" else 0
        room = _SHOWN if len(found) + beyond <= _SHOWN else _SHOWN - 1
        for one in found[:room]:
            yield _command(severity, one, language)
        rest = len(found) + beyond - len(found[:room])
        if rest:
            more = words(language)["more"].format(count=f"{rest:,}")
            yield f"::{severity}::{_escaped(f'{more}: {totals(problems, sum(hidden.values()), language)}')}"


def github_summary(problems: Sequence[Problem], hidden: Hidden, language: str) -> str:
    """The whole report as Markdown, cut before GitHub would drop it."""
    text = "```text\n"
    for line in text_report(problems, language, hidden):
        safe = line.text.replace("```", "'''")
        if len((text + safe).encode()) > _SUMMARY_BYTES:
            text += "…\n"
            break
        text += safe + "\n"
    return text + "```\n"


def gitlab(problems: Sequence[Problem], language: str) -> str:
    """A Code Quality report: https://docs.gitlab.com/ci/testing/code_quality/"""
    return json.dumps([_quality(one, language) for one in problems], ensure_ascii=False, indent=2)


def _spread(problems: Sequence[Problem]) -> list[Problem]:
    """The first of each kind in each file, then the second of each, and so on."""
    seen: dict[tuple[str, str], int] = {}
    ranked = []
    for position, one in enumerate(problems):
        rank = seen.get((one.file, one.code), 0)
        seen[(one.file, one.code)] = rank + 1
        ranked.append((rank, position, one))
    return [one for _, _, one in sorted(ranked, key=lambda found: found[:2])]


def _command(severity: str, one: Problem, language: str) -> str:
    place = {"file": one.file, "line": one.line, "col": one.column, "title": kind(one.code, language).title}
    properties = ",".join(f"{name}={_escaped(str(value), inside=True)}" for name, value in place.items() if value)
    return f"::{severity} {properties}::{_escaped(_sentence(one, language))}"


def _sentence(one: Problem, language: str) -> str:
    say = words(language)
    return f"{message(one, language)}\n{say['mend']}{say['colon']}{mend(one, language)}"


def _escaped(text: str, *, inside: bool = False) -> str:
    """Workflow commands end at a line break; their properties also at a comma or a colon."""
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if inside else text


def _quality(one: Problem, language: str) -> dict[str, object]:
    identity = json.dumps([one.code, one.file, one.line, one.column, one.values], ensure_ascii=False)
    return {
        "description": _sentence(one, language),
        "check_name": one.code,
        "fingerprint": hashlib.sha256(identity.encode()).hexdigest(),
        "severity": "major" if one.severity == "error" else "minor",
        "location": {"path": one.file, "lines": {"begin": one.line or 1}},
    }
