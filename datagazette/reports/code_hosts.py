"""Problems as code hosts show them beside a change: GitHub's annotations and summary, GitLab's report, SARIF.

GitHub: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
GitLab: https://docs.gitlab.com/ci/testing/code_quality/
SARIF 2.1.0, which editors and code scanning read: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

from datagazette.messages import texts
from datagazette.model.problems import Problem, fix, general_fix, kind, message
from datagazette.model.text import visible
from datagazette.reports.blocks import Heading, Item, Outline
from datagazette.reports.markup import markdown
from datagazette.reports.problem_list import Hidden, following, problem_blocks, totals
from datagazette.tables.layout import Layout

# Values of a problem that its line may contain, the most specific first.
_NAMED = ("key", "property", "constraint", "path", "found", "field", "version", "dataset")
# GitHub shows ten errors and ten warnings of a step, and drops the rest without a word.
_SHOWN = 10
_LISTED = 20  # further lines that an annotation names
_ROW = ("row", "before", "number", "note")  # values that change when a row is added further up
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_RESULTS = 25_000  # of a run that GitHub's code scanning takes

_Group = tuple[list[Problem], int]  # problems of one kind in one column of one file, and how many they are with hidden


def placed(problems: Sequence[Problem], root: Path, layouts: Mapping[str, Layout]) -> tuple[Problem, ...]:
    """The problems with their columns, which are read from the files below `root`. `layouts` are those of the tables.

    Columns count characters from 1; the end is the first that is not underlined any more.
    """
    wanted: dict[str, set[int]] = {}
    for problem in problems:
        if problem.line and problem.column is None:
            wanted.setdefault(problem.file, set()).add(problem.line)
    lines = {file: _lines(root / file, layouts.get(file), numbers) for file, numbers in wanted.items()}
    return tuple(_placed(fault, lines.get(fault.file, {}), layouts.get(fault.file)) for fault in problems)


def _lines(path: Path, layout: Layout | None, numbers: set[int]) -> dict[int, str]:
    """The lines of a file that are asked for; nothing where it cannot be read."""
    try:
        with path.open(encoding=layout.encoding if layout else "utf-8-sig", errors="replace", newline="") as stream:
            lines = enumerate(islice(stream, max(numbers)), 1)
            return {number: line.rstrip("\r\n") for number, line in lines if number in numbers}
    except (OSError, UnicodeError):
        return {}


def _placed(problem: Problem, lines: Mapping[int, str], layout: Layout | None) -> Problem:
    """A problem of a table is in its cell, with the cell's quotes; a key of one field is in that field's."""
    line = lines.get(problem.line or 0)
    if line is None:
        return problem
    span: tuple[int, int] | None
    if not layout:
        span = _word(line, problem)
    else:
        field = dict(problem.values).get("field")
        number = problem.cell.field_number if problem.cell else None
        if not number and field not in layout.labels:
            return problem
        place = number - 1 if number else layout.labels.index(field or "")
        span = next(islice(_cells(line, layout), place, None), None)
    return replace(problem, column=span[0] + 1, end_column=span[1] + 1) if span else problem


def _cells(line: str, layout: Layout) -> Iterator[tuple[int, int]]:
    """Where each cell of a line begins and ends."""
    start, quoted = 0, False
    for at, character in enumerate(line):
        if character == layout.dialect.quote_char:
            quoted = not quoted
        elif character == layout.dialect.delimiter and not quoted:
            yield start, at
            start = at + 1
    yield start, len(line)


def _word(line: str, problem: Problem) -> tuple[int, int]:
    """Where in the line the value is that the problem names; else the whole text of the line."""
    values = dict(problem.values)
    for word in (values[name] for name in _NAMED if len(values.get(name, "")) > 1):
        at = line.find(word)
        if at >= 0:
            return at, at + len(word)
    start = len(line) - len(line.lstrip())
    return start, start + len(line.strip())


def github(problems: Sequence[Problem], hidden: Hidden, language: str) -> Iterator[str]:
    """Workflow commands: one for each kind of fault in each column of each file, at the first, with the others' lines.

    There are at most ten errors and ten warnings; the last one says how many more there are. What follows from another
    fault has none.
    """
    counts = following(problems, hidden)
    problems = [problem for problem in problems if problem.role != "follow"]
    hidden = {place: count for place, count in hidden.items() if place[0] not in counts}
    for severity in ("error", "warning"):
        groups = _groups(
            [problem for problem in problems if problem.severity == severity], hidden if severity == "error" else {}
        )
        room = _SHOWN if len(groups) <= _SHOWN else _SHOWN - 1
        for group in groups[:room]:
            yield _command(severity, group, language)
        if beyond := sum(count for _, count in groups[room:]):
            text = f"{_more(beyond, language)}: {totals(problems, sum(hidden.values()), language)}"
            yield f"::{severity}::{_escaped(text)}"


def github_summary(problems: Sequence[Problem], hidden: Hidden, language: str) -> str:
    """The whole report as Markdown, cut before GitHub would drop it."""
    total = Item((totals(problems, sum(hidden.values()), language),), "title")
    start = (Heading(1, (texts("reports", language)["heading"],)), Outline((total,)))
    return markdown(chain(start, problem_blocks(problems, language, hidden)))


def _groups(problems: Sequence[Problem], hidden: Hidden) -> list[_Group]:
    """The groups in an order that puts one of each kind and file first; it counts the hidden ones."""
    found: dict[tuple[str, str, str], list[Problem]] = {}
    for problem in problems:
        found.setdefault((problem.file, problem.code, (problem.cell and problem.cell.field) or ""), []).append(problem)
    seen: Counter[tuple[str, str]] = Counter()
    ranked: list[tuple[int, _Group]] = []
    for (file, code, _), group in found.items():
        rank = seen[(file, code)]
        seen[(file, code)] += 1
        ranked.append((rank, (group, len(group) + (0 if rank else hidden.get((file, code), 0)))))
    return [group for _, group in sorted(ranked, key=lambda entry: entry[0])]


def _command(severity: str, group: _Group, language: str) -> str:
    problems, count = group
    problem, file = problems[0], visible(problems[0].file)
    title = kind(problem.code, language).title + (f" ({count:,})" if count > 1 else "")
    place = {"file": file, "line": problem.line, "col": problem.column, "endColumn": problem.end_column, "title": title}
    if problem.column and problem.line:
        place = {"file": file, "line": problem.line, "endLine": problem.line, **place}
    properties = ",".join(
        f"{name}={_escaped(str(value)).replace(':', '%3A').replace(',', '%2C')}"
        for name, value in place.items()
        if value
    )
    text = _sentence(problem, language)
    if count > 1:
        say = texts("reports", language)
        lines = list(dict.fromkeys(problem.line for problem in problems[1:] if problem.line))
        listed = say["comma"].join(map(str, lines[:_LISTED])) + ("…" if count - 1 > len(lines[:_LISTED]) else "")
        text += f"\n{_more(count - 1, language)}"
        text += f"{say['colon']}{say['lines'].format(lines=listed)}" if lines else ""
    return f"::{severity} {properties}::{_escaped(text)}"


def _escaped(text: str) -> str:
    """Workflow commands end at a line break; their properties also at a comma or a colon."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _more(count: int, language: str) -> str:
    return str(texts("reports", language)["more"].format(count=f"{count:,}"))


def _sentence(problem: Problem, language: str) -> str:
    """A problem in one text: what was found and expected, and how to fix it."""
    say = texts("reports", language)
    return f"{message(problem, language)}\n{say['fix']}{say['colon']}{fix(problem, language)}"


def gitlab(problems: Sequence[Problem], language: str, hidden: Hidden | None = None) -> str:
    """The report as JSON. Fingerprints are unique, and the same in another version of the file."""
    colon = texts("reports", language)["colon"]
    entries = [
        (_sentence(problem, language), problem.code, fingerprint, problem.severity, problem.file, problem.line or 1)
        for problem, fingerprint in zip(problems, fingerprints(problems), strict=True)
    ]
    for (file, code), count in sorted((hidden or {}).items()):
        text = f"{kind(code, language).title}{colon}{_more(count, language)}"
        entries.append((text, code, _sha256(json.dumps(["beyond", file, code])), "error", file, 1))
    found = [
        {
            "description": description,
            "check_name": code,
            "fingerprint": fingerprint,
            "severity": "major" if severity == "error" else "minor",
            "location": {"path": file, "lines": {"begin": line}},
        }
        for description, code, fingerprint, severity, file, line in entries
    ]
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
        found.append(_sha256(f"{identity}{seen[identity]}"))
    return found


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def sarif(problems: Sequence[Problem], language: str, hidden: Hidden | None = None) -> str:
    """One run, with a rule for each code that was found; errors come first where there are too many to list."""
    ordered = sorted(problems, key=lambda problem: problem.severity != "error")[:_RESULTS]
    codes = sorted({problem.code for problem in ordered})
    rules = [
        {
            "id": code,
            "shortDescription": {"text": kind(code, language).title},
            "fullDescription": {"text": kind(code, language).meaning},
            "help": {"text": general_fix(code, language)},
        }
        for code in codes
    ]
    invocation: dict[str, Any] = {"executionSuccessful": True}
    if beyond := len(problems) - len(ordered) + sum((hidden or {}).values()):
        notification = {"level": "note", "message": {"text": _more(beyond, language)}}
        invocation["toolExecutionNotifications"] = [notification]
    run: dict[str, Any] = {
        "tool": {"driver": {"name": "open-data-site", "rules": rules}},
        "language": language,
        "columnKind": "unicodeCodePoints",
        "invocations": [invocation],
        "results": [_result(problem, codes.index(problem.code), fingerprint, language)
                    for problem, fingerprint in zip(ordered, fingerprints(ordered), strict=True)],
    }  # fmt: skip
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2)


def _result(problem: Problem, rule: int, fingerprint: str, language: str) -> dict[str, Any]:
    region = {"startLine": problem.line, "startColumn": problem.column, "endColumn": problem.end_column}
    found = {name: value for name, value in region.items() if value}
    location: dict[str, Any] = {"artifactLocation": {"uri": quote(problem.file)}}
    return {
        "ruleId": problem.code,
        "ruleIndex": rule,
        "level": "error" if problem.severity == "error" else "warning",
        "message": {"text": _sentence(problem, language)},
        "locations": [{"physicalLocation": location | ({"region": found} if found else {})}],
        "partialFingerprints": {"problem/v1": fingerprint},
    }
