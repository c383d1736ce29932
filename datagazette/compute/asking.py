"""Asking untrusted queries: in a locked database, within a budget, and those of a draft twice.

What a release publishes has to be the same at every build. So the queries of a draft are asked again where
everything is different that no answer may depend on, and both answers are compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from datagazette.compute.queries import (
    Answer,
    Budget,
    Purpose,
    Rules,
    TableName,
    ask,
    is_plain,
    refusals,
    sandbox,
    weighed,
)
from datagazette.isolation import step
from datagazette.model.problems import Problem, has_errors, problem
from datagazette.tables.engine import Engine, Limits

_SPILL = "4GB"  # what the queries of a release may write to the disk at one time


@dataclass(frozen=True)
class Box:
    """A database with the tables that queries see; for drafts `other`, in which rows, threads and zone differ."""

    tables: tuple[TableName, ...]
    purpose: Purpose
    engine: Engine
    other: Engine | None = None


@contextmanager
def opened(tables: Mapping[TableName, Path], limits: Limits, purpose: Purpose) -> Iterator[Box]:
    """A box for the queries of one release, or for a question.

    Queries of a release have one thread, so that large tables give the same answer on every machine.
    """
    own = replace(limits, threads=limits.threads if purpose == "question" else 1, spill_size=_SPILL)
    with ExitStack() as stack:
        engine = stack.enter_context(sandbox(tables, own))
        other = stack.enter_context(sandbox(tables, own, other=True)) if purpose == "draft" else None
        yield Box(tuple(tables), purpose, engine, other)


def answer(
    box: Box, query: str, file: str, budget: Budget = Budget(), *, ordered: bool = True
) -> tuple[Answer | None, tuple[Problem, ...]]:
    """The answer of an untrusted query with warnings, or why there is none.

    Where the rows of an answer are not `ordered`, as the findings of a check, two answers with the same rows are equal.
    """
    with step(file, budget.seconds):
        refused = refusals(box.engine, query, file, Rules(box.tables, box.purpose))
        if has_errors(refused):
            return None, refused
        found, problems = ask(box.engine, query, file, budget)
    if found is None:
        return None, problems
    problems = (*refused, *_types(found, file, box.purpose))
    if box.other and not has_errors(problems):
        with step(file, budget.seconds):
            again, faults = ask(box.other, query, file, budget)
        problems += _difference(found, again, file, ordered=ordered) if again else faults
    return (None if has_errors(problems) else found), problems


def _types(found: Answer, file: str, purpose: Purpose) -> tuple[Problem, ...]:
    """Columns whose values were fetched as text, because no page could show them."""
    return tuple(
        one
        for name, kind in found.columns
        if not is_plain(kind)
        for one in weighed(problem("query-type", file, field=name, found=kind), purpose)
    )


def _difference(first: Answer, second: Answer, file: str, *, ordered: bool) -> tuple[Problem, ...]:
    """The first cell that differs; `repr` tells apart what is equal and written differently, such as 0.0 and -0.0."""
    if len(first.rows) != len(second.rows):
        return (problem("query-unstable", file, rule="rows", found=len(first.rows), other=len(second.rows)),)
    rows, others = (found.rows if ordered else sorted(found.rows, key=repr) for found in (first, second))
    for number, (one, two) in enumerate(zip(rows, others, strict=True), start=1):
        for (name, _), value, other in zip(first.columns, one, two, strict=True):
            if repr(value) != repr(other):
                return (problem("query-unstable", file, row=number, field=name, found=value, other=other),)
    return ()
