"""Problems as people read them: grouped by file and kind, the first few told in full, the rest counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from datagazette.messages import texts
from datagazette.model.problems import Kind, Problem, fix, kind, message
from datagazette.model.text import visible

_SHOWN = 5  # of each kind in each file


@dataclass(frozen=True)
class Line:
    """A line of a report; `style` is what a terminal may colour it as: file, error, warning, fix or plain."""

    style: str
    text: str


def words(language: str) -> Mapping[str, str]:
    return texts("reports", language)


def text_report(
    problems: Sequence[Problem], language: str, hidden: Mapping[tuple[str, str], int] | None = None
) -> Iterator[Line]:
    """The report, file by file. `hidden` counts problems beyond the limit, by file and code."""
    beyond = dict(hidden or {})
    ordered = sorted(problems, key=lambda one: (one.severity != "error", *one.sort_key()))
    for file, found in groupby(sorted(ordered, key=_file_order(ordered)), key=lambda one: one.file):
        yield Line("file", visible(file))
        grouped: dict[str, list[Problem]] = {}
        for one in found:
            grouped.setdefault(one.code, []).append(one)
        for code, group in grouped.items():
            yield from _group(code, group, beyond.get((file, code), 0), language)
    yield Line("plain", totals(problems, sum(beyond.values()), language))


def totals(problems: Sequence[Problem], hidden: int, language: str) -> str:
    """One sentence: how many errors, how many warnings."""
    say = words(language)
    errors = sum(one.severity == "error" for one in problems) + hidden
    warnings = sum(one.severity == "warning" for one in problems)
    if not (errors or warnings):
        return say["fine"]
    counts = [(name, count) for name, count in (("errors", errors), ("warnings", warnings)) if count]
    return say["join"].join(_counted(say, name, count) for name, count in counts)


def _counted(say: Mapping[str, str], name: str, count: int) -> str:
    single = say.get(f"{name}.one") if count == 1 else None
    return single or say[name].format(count=f"{count:,}")


def _file_order(ordered: Sequence[Problem]) -> Callable[[Problem], int]:
    first: dict[str, int] = {}
    for position, one in enumerate(ordered):
        first.setdefault(one.file, position)
    return lambda one: first[one.file]


def _group(code: str, found: Sequence[Problem], hidden: int, language: str) -> Iterator[Line]:
    """One code: its cases, each with how to fix it. What is not listed may be of any of them."""
    say = words(language)
    title: Kind = kind(code, language)
    severity = found[0].severity
    yield Line(severity, f"  {say[severity]} {code}{say['colon']}{title.title} ({len(found) + hidden:,})")
    cases: dict[str, list[Problem]] = {}
    for one in found:
        cases.setdefault(dict(one.values).get("rule", ""), []).append(one)
    for case in cases.values():
        yield from _case(case, hidden if len(cases) == 1 else 0, language)
    if hidden and len(cases) > 1:
        yield Line("plain", f"    {say['unlisted'].format(count=f'{hidden:,}')}")


def _case(found: Sequence[Problem], hidden: int, language: str) -> Iterator[Line]:
    say = words(language)
    for one in found[:_SHOWN]:
        place = _place(one, language)
        yield Line("plain", f"    {place}{say['colon'] if place else ''}{message(one, language)}")
    rest = len(found) + hidden - len(found[:_SHOWN])
    if rest > 0:
        yield Line("plain", f"    {say['more'].format(count=f'{rest:,}')}")
    yield Line("fix", f"    {say['fix']}{say['colon']}{fix(found[0], language)}")


def _place(one: Problem, language: str) -> str:
    say = words(language)
    parts = [say["line"].format(line=one.line)] if one.line else []
    if one.cell and one.cell.field:
        parts.append(say["field"].format(field=visible(one.cell.field)))
    return say["join"].join(parts)
