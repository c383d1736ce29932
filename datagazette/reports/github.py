"""GitHub's workflow commands and job summary.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from datagazette.model.problems import Problem, kind
from datagazette.model.text import visible
from datagazette.reports.text import Line, text_report, totals, words
from datagazette.reports.wording import sentence

# GitHub shows ten errors and ten warnings of a step, and drops the rest without a word.
_SHOWN = 10
# A job summary may hold 1 MiB; what is beyond it makes GitHub drop all of it.
_SUMMARY_BYTES = 1_000_000
_LONGEST_LINE = 2_000  # signs of the summary
_LISTED = 20  # further lines that an annotation names

Hidden = Mapping[tuple[str, str], int]


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
        groups = _groups([one for one in problems if one.severity == severity], hidden if severity == "error" else {})
        room = _SHOWN if len(groups) <= _SHOWN else _SHOWN - 1
        for group in groups[:room]:
            yield _command(severity, group, language)
        rest = sum(group.count for group in groups[room:])
        if rest:
            more = words(language)["more"].format(count=f"{rest:,}")
            yield f"::{severity}::{_escaped(f'{more}: {totals(problems, sum(hidden.values()), language)}')}"


def github_summary(problems: Sequence[Problem], hidden: Hidden, language: str) -> str:
    """The whole report as Markdown, cut before GitHub would drop it."""
    say = words(language)
    parts = [f"## {say['heading']}\n\n**{totals(problems, sum(hidden.values()), language)}**\n\n"]
    size = len(parts[0].encode())
    for line in text_report(problems, language, hidden):
        part = _markdown(line)
        size += len(part.encode())
        if size > _SUMMARY_BYTES:
            parts.append("\n…\n")
            break
        parts.append(part)
    return "".join(parts)


def _groups(problems: Sequence[Problem], hidden: Hidden) -> list[_Group]:
    """The groups, so ordered that the first of them tell of as many kinds and files as there are."""
    found: dict[tuple[str, str, str], list[Problem]] = {}
    for one in problems:
        found.setdefault((one.file, one.code, (one.cell and one.cell.field) or ""), []).append(one)
    seen: dict[tuple[str, str], int] = {}
    ranked = []
    for position, ((file, code, _), group) in enumerate(found.items()):
        rank = seen.get((file, code), 0)
        seen[(file, code)] = rank + 1
        beyond = 0 if rank else hidden.get((file, code), 0)
        ranked.append((rank, position, _Group(tuple(group), beyond)))
    return [group for _, _, group in sorted(ranked, key=lambda one: one[:2])]


def _command(severity: str, group: _Group, language: str) -> str:
    one, file = group.problems[0], visible(group.problems[0].file)
    title = kind(one.code, language).title + (f" ({group.count:,})" if group.count > 1 else "")
    place = {"file": file, "line": one.line, "col": one.column, "endColumn": one.end_column, "title": title}
    if one.column and one.line:
        place = {"file": file, "line": one.line, "endLine": one.line, **place}
    properties = ",".join(f"{name}={_escaped(str(value), inside=True)}" for name, value in place.items() if value)
    return f"::{severity} {properties}::{_escaped(sentence(one, language) + _others(group, language))}"


def _others(group: _Group, language: str) -> str:
    """The lines of the group's other problems."""
    say = words(language)
    rest = group.count - 1
    if not rest:
        return ""
    lines = list(dict.fromkeys(one.line for one in group.problems[1:] if one.line))
    listed = say["comma"].join(map(str, lines[:_LISTED])) + ("…" if rest > len(lines[:_LISTED]) else "")
    more = say["more"].format(count=f"{rest:,}")
    return f"\n{more}" + (f"{say['colon']}{say['lines'].format(lines=listed)}" if lines else "")


def _escaped(text: str, *, inside: bool = False) -> str:
    """Workflow commands end at a line break; their properties also at a comma or a colon."""
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if inside else text


def _markdown(line: Line) -> str:
    text = _plain(line.text.strip()[:_LONGEST_LINE])
    if line.style == "file":
        return f"\n**{text}**\n\n"
    if line.style in ("error", "warning"):
        return f"- {'❌' if line.style == 'error' else '⚠️'} {text}\n"
    if line.style == "fix":
        return f"  - 🔧 {text}\n"
    return f"  - {text}\n" if line.text.startswith(" ") else ""


def _plain(text: str) -> str:
    """Text that Markdown and HTML leave as it is, whatever a cell holds."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("@", "@&#8203;")
    return re.sub(r"([\\`*_{}\[\]()#|~$!])", r"\\\1", "".join(_visible(text)))


def _visible(text: str) -> Iterable[str]:
    return (sign if sign.isprintable() else " " for sign in text)
