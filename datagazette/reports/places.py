"""Where in its line a problem is, so that an editor and a code host can underline it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from datagazette.model.problems import Problem
from datagazette.tables.layout import Layout

# Values of a problem that its line may contain, the most specific first.
_NAMED = ("key", "property", "constraint", "path", "found", "field", "version", "dataset")


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
    found: dict[int, str] = {}
    last = max(numbers)
    try:
        with path.open(encoding=layout.encoding if layout else "utf-8-sig", errors="replace", newline="") as stream:
            for number, line in enumerate(stream, 1):
                if number in numbers:
                    found[number] = line.rstrip("\r\n")
                if number >= last:
                    break
    except (OSError, UnicodeError):
        return {}
    return found


def _placed(problem: Problem, lines: Mapping[int, str], layout: Layout | None) -> Problem:
    line = lines.get(problem.line or 0)
    if line is None:
        return problem
    if layout:
        number = _number(problem, layout)
        span = _cell(line, number, layout) if number else None
    else:
        span = _word(line, problem)
    return replace(problem, column=span[0] + 1, end_column=span[1] + 1) if span else problem


def _number(problem: Problem, layout: Layout) -> int | None:
    """The column of a table that a problem is in, from 1; a key of one field is in that field's."""
    field = dict(problem.values).get("field")
    if problem.cell and problem.cell.field_number:
        return problem.cell.field_number
    return layout.labels.index(field) + 1 if field in layout.labels else None


def _cell(line: str, number: int, layout: Layout) -> tuple[int, int] | None:
    """Where the cell with that number is in its line, with its quotes."""
    return next((span for at, span in enumerate(_cells(line, layout), 1) if at == number), None)


def _cells(line: str, layout: Layout) -> Iterator[tuple[int, int]]:
    delimiter, quote = layout.dialect.delimiter, layout.dialect.quote_char
    start, quoted = 0, False
    for at, sign in enumerate(line):
        if quote and sign == quote:
            quoted = not quoted
        elif sign == delimiter and not quoted:
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
    bare = line.strip()
    start = len(line) - len(line.lstrip())
    return start, start + len(bare)
