"""Problems as blocks: grouped by file and kind, the first few in full, the others counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from datagazette.messages import fill, texts
from datagazette.model.content import Content
from datagazette.model.problems import Problem, fix, kind, message
from datagazette.model.text import in_bytes, visible
from datagazette.reports.blocks import Block, Item, Outline, TextLine, Untrusted, text

Hidden = Mapping[tuple[str, str], int]  # how many problems beyond the limit were counted, by file and code

_SHOWN = 5  # of each kind in each file


def text_report(problems: Sequence[Problem], language: str, hidden: Hidden | None = None) -> Iterator[TextLine]:
    """The report for a terminal, which ends with the totals."""
    hidden = hidden or {}
    total = Item((totals(problems, sum(hidden.values()), language),))
    return text([*problem_blocks(problems, language, hidden), Outline((total,))])


def problem_blocks(problems: Sequence[Problem], language: str, hidden: Hidden) -> Iterator[Block]:
    """A block for each file, those with errors first; in it each kind with its cases. Problems that follow from another
    one are counted."""
    counts = following(problems, hidden)
    ordered = sorted(
        (problem for problem in problems if problem.role != "follow"),
        key=lambda problem: (problem.severity != "error", *problem.sort_key()),
    )
    files: dict[str, dict[str, list[Problem]]] = {}
    for problem in ordered:
        files.setdefault(problem.file, {}).setdefault(problem.code, []).append(problem)
    for file, kinds in files.items():
        beyond = {} if file in counts else hidden
        groups = [_group(code, found, beyond.get((file, code), 0), language) for code, found in kinds.items()]
        if counts.get(file):
            groups.append(Item((_counted("following", counts[file], language),)))
        yield Outline((Item((Untrusted(visible(file)),), "title", tuple(groups)),))


def following(problems: Sequence[Problem], hidden: Hidden) -> dict[str, int]:
    """How many problems follow from another one, by file; all that are hidden in such a file are among them."""
    counts = {problem.file: 0 for problem in problems if problem.role == "cause"}
    for problem in problems:
        if problem.role == "follow":
            counts[problem.file] += 1
    for (file, _), count in hidden.items():
        if file in counts:
            counts[file] += count
    return counts


def totals(problems: Sequence[Problem], hidden: int, language: str) -> str:
    """One sentence: how many errors, how many warnings."""
    say = texts("reports", language)
    errors = sum(problem.severity == "error" for problem in problems) + hidden
    counts = {"errors": errors, "warnings": len(problems) + hidden - errors}
    counted = [_counted(name, count, language) for name, count in counts.items() if count]
    return str(say["join"].join(counted) or say["fine"])


def _counted(name: str, count: int, language: str) -> str:
    say = texts("reports", language)
    return str(say[f"{name}.one" if count == 1 and f"{name}.one" in say else name].format(count=f"{count:,}"))


def _group(code: str, found: Sequence[Problem], hidden: int, language: str) -> Item:
    """One code: its cases, each with its own way to fix it. What is not listed may be of any of them."""
    say = texts("reports", language)
    severity = found[0].severity
    title = f"{say[severity]} {code}{say['colon']}{kind(code, language).title} ({len(found) + hidden:,})"
    cases: dict[str, list[Problem]] = {}
    for problem in found:
        cases.setdefault(dict(problem.values).get("rule", ""), []).append(problem)
    of_case, of_all = (hidden, 0) if len(cases) == 1 else (0, hidden)
    items = [item for case in cases.values() for item in _case(case, of_case, language)]
    if of_all:
        items.append(Item((say["unlisted"].format(count=f"{of_all:,}"),)))
    return Item((Untrusted(title),), "error" if severity == "error" else "warning", tuple(items))


def _case(found: Sequence[Problem], hidden: int, language: str) -> Iterator[Item]:
    say = texts("reports", language)
    for problem in found[:_SHOWN]:
        place = _place(problem, language)
        before = f"{say['join'].join(place)}{say['colon']}" if place else ""
        yield Item((Untrusted(f"{before}{message(problem, language)}"),))
    beyond = len(found[_SHOWN:]) + hidden
    if beyond:
        yield Item((say["more"].format(count=f"{beyond:,}"),))
    yield Item((Untrusted(f"{say['fix']}{say['colon']}{fix(found[0], language)}"),), "fix")


def _place(problem: Problem, language: str) -> list[str]:
    """Line and field; where the line is not known, as in a compressed file, the resource and its row."""
    say, cell = texts("reports", language), problem.cell
    found = [say["line"].format(line=problem.line)] if problem.line else []
    if not problem.line and cell and cell.row is not None:
        found += [say["resource"].format(resource=visible(cell.resource)), say["row"].format(row=cell.row)]
    is_named = cell and cell.field and problem.role != "cause"  # a cause is of the header as a whole
    return found + ([say["field"].format(field=visible(cell.field or ""))] if cell and is_named else [])


def said_of_fetching(content: Content, language: str) -> str:
    """The line that says which file is fetched, and how large it is."""
    say = texts("progress", language)["fetching"]
    return fill(say["sized" if content.size else "unsized"], file=content.file, size=in_bytes(content.size or 0))
