"""A fault in data as a value, and the registry of what each kind of fault means and how to fix it.

The registry is the folder `problems` of each language in `messages`, a file for each group: for each code a title,
a meaning, how to fix it and a message with placeholders. The reference page is printed from it.
"""

from __future__ import annotations

import string
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations
from typing import Any, Literal

from datagazette.messages import FALLBACK, texts
from datagazette.model.alike import differing, misleading
from datagazette.model.limits import LISTED, MESSAGE_CHARACTERS, VALUE_CHARACTERS
from datagazette.model.text import shortened, visible

# As the reference page lists them; each is a file of `messages/<language>/problems/`.
GROUPS = (
    "cells", "tables", "descriptors", "charts", "rows", "header", "schemas", "comparison", "files", "findings",
    "notes", "releases", "publishing", "queries", "references", "site", "versions",
)  # fmt: skip

_OF_CELLS = ("type-error", "constraint-error")  # faults of a cell by its text


@dataclass(frozen=True)
class Cell:
    """Where in a table a problem is. Rows count as Frictionless counts them: the header is row 1."""

    resource: str
    row: int | None = None
    field: str | None = None
    field_number: int | None = None
    text: str | None = None
    cells: tuple[str, ...] = ()


@dataclass(frozen=True)
class Problem:
    """One fault. `code` is Frictionless's error type where it has one; `file` is relative to the root.

    `line` and `column` count from 1, and `end_column` is the first beyond. `values` fill the placeholders of the
    code's message. `role` is `cause` where many others of its file follow from it, and `follow` of these.
    """

    code: str
    file: str
    line: int | None = None
    column: int | None = None
    values: tuple[tuple[str, str], ...] = ()
    severity: str = "error"
    cell: Cell | None = None
    end_column: int | None = None
    role: Literal["", "cause", "follow"] = ""

    @property
    def place(self) -> str:
        """`file:line:column` as far as they are known, as editors and compilers write it."""
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part)

    def sort_key(self) -> tuple[str, int, int, str]:
        return (self.file, self.line or 0, (self.cell and self.cell.field_number) or 0, self.code)


@dataclass(frozen=True)
class Remark:
    """What a publisher should know and need not change: the text `remarks.<key>` of the program, with its values."""

    key: str
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Kind:
    """What the registry says of a code, in one language."""

    code: str
    title: str
    meaning: str
    fix: str
    message: str
    group: str


def problem(code: str, file: str, line: int | None = None, /, **values: object) -> Problem:
    """A problem of a file; `values` are what its message mentions."""
    filled = tuple((name, str(value)) for name, value in values.items())
    return Problem(code, file, line, values=filled)


def warning(code: str, file: str, line: int | None = None, /, **values: object) -> Problem:
    """A problem that does not keep anything from being published."""
    return replace(problem(code, file, line, **values), severity="warning")


def has_errors(problems: Sequence[Problem]) -> bool:
    return any(problem.severity == "error" for problem in problems)


def summarised(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems, of equal ones in one folder only the first; a further one says how many more there are."""
    kept: list[Problem] = []
    counts: Counter[tuple[str, str, str, str]] = Counter()
    beyond: dict[tuple[str, str, str, str], Problem] = {}
    for found in problems:
        alike = (found.code, dict(found.values).get("rule", ""), found.severity, found.file.rpartition("/")[0])
        counts[alike] += 1
        if counts[alike] <= LISTED:
            kept.append(found)
        else:
            beyond.setdefault(alike, found)
    for alike, first in beyond.items():
        more = problem("more-problems", first.file, first.line, kind=first.code, count=f"{counts[alike] - LISTED:,}")
        kept.append(replace(more, severity=first.severity))
    return tuple(kept)


def folded(problems: Iterable[Problem], rule: str, many: str, *of: str) -> tuple[Problem, ...]:
    """The problems; of those with this rule and a code in `of` that have the same values only the first, since one
    missing file is missing wherever it is named. Its rule becomes `many`, and `count` says how many there were.
    """
    found: dict[object, list[Problem]] = {}
    for problem in problems:
        is_of = problem.code in of and dict(problem.values).get("rule", "") == rule
        found.setdefault((problem.code, problem.values) if is_of else problem, []).append(problem)
    return tuple(
        replace(first, values=tuple({**dict(first.values), "rule": many, "count": f"{1 + len(others):,}"}.items()))
        if others
        else first
        for first, *others in found.values()
    )


def codes() -> tuple[str, ...]:
    """Every code of the registry, in its order."""
    return tuple(_registry(FALLBACK))


def kind(code: str, language: str) -> Kind:
    """The registry's entry; an unknown code is a mistake in the program and raises KeyError."""
    group, entry = _registry(language)[code]
    return Kind(code, entry["title"], entry["meaning"], entry["fix"], entry["message"], group)


def general_fix(code: str, language: str) -> str:
    """How to fix a problem of this kind, where no single one is meant: an ellipsis is where such a one has a name."""
    _, entry = _registry(language)[code]
    return string.Template(entry["fix"]).safe_substitute(defaultdict(lambda: "…"))


def message(found: Problem, language: str) -> str:
    """The sentence that says what was found and what was expected, and how texts in it differ that look alike."""
    said = _filled("message", found, language)
    return said + _closer(found, said, language)


def fix(found: Problem, language: str) -> str:
    """How to fix this problem."""
    return _filled("fix", found, language)


def _filled(key: str, found: Problem, language: str) -> str:
    """The registry's text for the problem's own `rule` where it has one, else for its code.

    A problem that knows what was probably meant, its `near`, takes the text `<rule>-near` where there is one. A value
    named `check@en` is that of `check` in English, and `file` the problem's own file. A placeholder without a value is
    filled with a dash: readers are shown no names of placeholders.
    """
    _, entry = _registry(language)[found.code]
    given = dict(found.values)
    rule, rules = given.get("rule", ""), entry.get("rules", {})
    variants = ([f"{rule}-near" if rule else "near"] if given.get("near") else []) + [rule]
    template = next((rules[variant][key] for variant in variants if key in rules.get(variant, {})), entry[key])
    values = defaultdict(
        lambda: "–", {name: visible(shortened(text, VALUE_CHARACTERS)) for name, text in given.items()}
    )
    values.setdefault("file", visible(found.file))
    values |= {name.removesuffix(f"@{language}"): values[name] for name in given if name.endswith(f"@{language}")}
    return shortened(string.Template(template).safe_substitute(values), MESSAGE_CHARACTERS)


def _closer(found: Problem, said: str, language: str) -> str:
    """What a reader cannot see, in brackets: how two texts of the message differ that look alike, or which characters
    of a cell are not what they look like."""
    say, given = texts("reports", language), dict(found.values)
    shown = [text for text in dict.fromkeys(given.values()) if text and text in said]
    if "here" in given or all(text.isascii() and text == " ".join(text.split()) for text in shown):
        return ""  # the message names the characters itself, or all of them can be seen
    for one, other in combinations(sorted(shown, key=said.index), 2):
        if (names := differing(one, other)) is not None:
            only = {(True, False): ".first", (False, True): ".second", (False, False): ".spaces"}
            key = f"alike{only.get((bool(names[0]), bool(names[1])), '')}"
            return str(say[key]).format(first=names[0], second=names[1])
    if found.code in _OF_CELLS and (characters := misleading(given.get("found", ""))):
        return str(say["alike.cell"]).format(characters=characters)
    return ""


@cache
def _registry(language: str) -> Mapping[str, tuple[str, Mapping[str, Any]]]:
    """The group of each code and its texts."""
    return {code: (group, entry) for group in GROUPS for code, entry in texts(f"problems/{group}", language).items()}
