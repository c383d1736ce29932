"""Problems as code hosts show them beside a change: GitHub's annotations and summary, GitLab's report, SARIF.

GitHub: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
GitLab: https://docs.gitlab.com/ci/testing/code_quality/
SARIF 2.1.0, which editors and code scanning read: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any
from urllib.parse import quote

from datagazette.model.problems import Problem, general_fix, kind
from datagazette.model.text import visible
from datagazette.reports.blocks import Heading, Item, Outline
from datagazette.reports.markdown import markdown
from datagazette.reports.problem_list import Hidden, problem_blocks, sentence, totals, words

# GitHub shows ten errors and ten warnings of a step, and drops the rest without a word.
_SHOWN = 10
_LISTED = 20  # further lines that an annotation names
_ROW = ("row", "before", "number", "note")  # values that change when a row is added further up
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_RESULTS = 25_000  # of a run that GitHub's code scanning takes


@dataclass(frozen=True)
class _Group:
    """Problems of one kind in one column of one file; `beyond` were counted and not listed."""

    problems: tuple[Problem, ...]
    beyond: int = 0

    @property
    def count(self) -> int:
        return len(self.problems) + self.beyond


def github(problems: Sequence[Problem], hidden: Hidden, language: str) -> Iterator[str]:
    """Workflow commands: one for each kind of fault in each column of each file, at the first, with the others' lines.

    There are at most ten errors and ten warnings; the last one says how many more there are.
    """
    for severity in ("error", "warning"):
        groups = _groups(
            [problem for problem in problems if problem.severity == severity], hidden if severity == "error" else {}
        )
        room = _SHOWN if len(groups) <= _SHOWN else _SHOWN - 1
        for group in groups[:room]:
            yield _command(severity, group, language)
        rest = sum(group.count for group in groups[room:])
        if rest:
            more = words(language)["more"].format(count=f"{rest:,}")
            yield f"::{severity}::{_escaped(f'{more}: {totals(problems, sum(hidden.values()), language)}')}"


def github_summary(problems: Sequence[Problem], hidden: Hidden, language: str) -> str:
    """The whole report as Markdown, cut before GitHub would drop it."""
    total = Item((totals(problems, sum(hidden.values()), language),), "title")
    start = (Heading(1, (words(language)["heading"],)), Outline((total,)))
    return markdown(chain(start, problem_blocks(problems, language, hidden)))


def _groups(problems: Sequence[Problem], hidden: Hidden) -> list[_Group]:
    """The groups in an order that puts one of each kind and file first."""
    found: dict[tuple[str, str, str], list[Problem]] = {}
    for problem in problems:
        found.setdefault((problem.file, problem.code, (problem.cell and problem.cell.field) or ""), []).append(problem)
    seen: dict[tuple[str, str], int] = {}
    ranked = []
    for position, ((file, code, _), group) in enumerate(found.items()):
        rank = seen.get((file, code), 0)
        seen[(file, code)] = rank + 1
        beyond = 0 if rank else hidden.get((file, code), 0)
        ranked.append((rank, position, _Group(tuple(group), beyond)))
    return [group for _, _, group in sorted(ranked, key=lambda group_: group_[:2])]


def _command(severity: str, group: _Group, language: str) -> str:
    problem, file = group.problems[0], visible(group.problems[0].file)
    title = kind(problem.code, language).title + (f" ({group.count:,})" if group.count > 1 else "")
    place = {"file": file, "line": problem.line, "col": problem.column, "endColumn": problem.end_column, "title": title}
    if problem.column and problem.line:
        place = {"file": file, "line": problem.line, "endLine": problem.line, **place}
    properties = ",".join(f"{name}={_escaped(str(value), inside=True)}" for name, value in place.items() if value)
    return f"::{severity} {properties}::{_escaped(sentence(problem, language) + _others(group, language))}"


def _others(group: _Group, language: str) -> str:
    """The lines of the group's other problems."""
    say = words(language)
    rest = group.count - 1
    if not rest:
        return ""
    lines = list(dict.fromkeys(problem.line for problem in group.problems[1:] if problem.line))
    listed = say["comma"].join(map(str, lines[:_LISTED])) + ("…" if rest > len(lines[:_LISTED]) else "")
    more = say["more"].format(count=f"{rest:,}")
    return f"\n{more}" + (f"{say['colon']}{say['lines'].format(lines=listed)}" if lines else "")


def _escaped(text: str, *, inside: bool = False) -> str:
    """Workflow commands end at a line break; their properties also at a comma or a colon."""
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if inside else text


def gitlab(problems: Sequence[Problem], language: str, hidden: Hidden | None = None) -> str:
    """The report as JSON. Fingerprints are unique, and the same in another version of the file."""
    prints = fingerprints(problems)
    found = [_quality(problem, print_, language) for problem, print_ in zip(problems, prints, strict=True)]
    found += [_beyond(file, code, count, language) for (file, code), count in sorted((hidden or {}).items())]
    return json.dumps(found, ensure_ascii=False, indent=2)


def fingerprints(problems: Sequence[Problem]) -> list[str]:
    """A SHA-256 for each problem: of what is wrong with what, not of the line, which other changes move."""
    seen: Counter[str] = Counter()
    found = []
    for problem in problems:
        cell = problem.cell
        what = [cell.field, *cell.cells] if cell else [text for name, text in problem.values if name not in _ROW]
        identity = json.dumps([problem.code, problem.file, *what], ensure_ascii=False)
        seen[identity] += 1
        found.append(hashlib.sha256(f"{identity}{seen[identity]}".encode()).hexdigest())
    return found


def _quality(problem: Problem, fingerprint: str, language: str) -> dict[str, object]:
    return {
        "description": sentence(problem, language),
        "check_name": problem.code,
        "fingerprint": fingerprint,
        "severity": "major" if problem.severity == "error" else "minor",
        "location": {"path": problem.file, "lines": {"begin": problem.line or 1}},
    }


def _beyond(file: str, code: str, count: int, language: str) -> dict[str, object]:
    say = words(language)
    return {
        "description": f"{kind(code, language).title}{say['colon']}{say['more'].format(count=f'{count:,}')}",
        "check_name": code,
        "fingerprint": hashlib.sha256(json.dumps(["beyond", file, code]).encode()).hexdigest(),
        "severity": "major",
        "location": {"path": file, "lines": {"begin": 1}},
    }


def sarif(problems: Sequence[Problem], language: str, hidden: Hidden | None = None) -> str:
    """One run, with a rule for each code that was found; errors come first where there are too many to list."""
    ordered = sorted(problems, key=lambda problem: problem.severity != "error")[:_RESULTS]
    rules = sorted({problem.code for problem in ordered})
    beyond = len(problems) - len(ordered) + sum((hidden or {}).values())
    prints = fingerprints(ordered)
    run: dict[str, Any] = {
        "tool": {"driver": {"name": "open-data-site", "rules": [_rule(code, language) for code in rules]}},
        "language": language,
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(beyond, language)],
        "results": [_result(problem, rules.index(problem.code), print_, language)
                    for problem, print_ in zip(ordered, prints, strict=True)],
    }  # fmt: skip
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2)


def _rule(code: str, language: str) -> dict[str, Any]:
    about = kind(code, language)
    return {
        "id": code,
        "shortDescription": {"text": about.title},
        "fullDescription": {"text": about.meaning},
        "help": {"text": general_fix(code, language)},
    }


def _result(problem: Problem, rule: int, fingerprint: str, language: str) -> dict[str, Any]:
    return {
        "ruleId": problem.code,
        "ruleIndex": rule,
        "level": "error" if problem.severity == "error" else "warning",
        "message": {"text": sentence(problem, language)},
        "locations": [{"physicalLocation": _location(problem)}],
        "partialFingerprints": {"problem/v1": fingerprint},
    }


def _location(problem: Problem) -> dict[str, Any]:
    region = {"startLine": problem.line, "startColumn": problem.column, "endColumn": problem.end_column}
    found = {name: value for name, value in region.items() if value}
    location: dict[str, Any] = {"artifactLocation": {"uri": quote(problem.file)}}
    return location | ({"region": found} if found else {})


def _invocation(beyond: int, language: str) -> dict[str, Any]:
    invocation: dict[str, Any] = {"executionSuccessful": True}
    if beyond:
        text = words(language)["more"].format(count=f"{beyond:,}")
        invocation["toolExecutionNotifications"] = [{"level": "note", "message": {"text": text}}]
    return invocation
