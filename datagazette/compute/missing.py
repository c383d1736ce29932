"""What the query of a summary makes of missing values: how many of the cells that it adds up are empty, and whether it
writes 0 in their place.

DuckDB itself takes the query apart (`json_serialize_sql`) and puts a part of it together again, which is then asked:
what was inside a sum, with the same tables and conditions. So nothing is guessed from the text of the query.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from datagazette.compute.allowed import TableName, parsed, readable
from datagazette.compute.queries import Box, Budget, ask
from datagazette.model.problems import Problem, warning
from datagazette.model.publication import Release, Summary
from datagazette.model.resource import Field, Table
from datagazette.model.results import MissingParts, SummaryResult
from datagazette.tables.engine import Engine, Error, Limits, connect
from datagazette.tables.sql import field_of, identifier, literal
from datagazette.tables.statuses import beside, statuses_of

Node = Mapping[str, Any]
# What makes one number of many and passes over those that are missing.
_SUMS = frozenset({"sum", "fsum", "kahan_sum", "sumkahan"})
_OTHERS = frozenset({"avg", "favg", "mean", "median", "product", "geomean", "geometric_mean"})
_LEAST = ("at_least", "more_than")
# Words by which a text speaks of what is not there.
_SAYING = (
    "missing", "unknown", "not known", "no data", "incomplete", "excluding", "left out", "not counted", "缺", "未知",
    "不详", "不含", "不全", "不完整", "无数据", "mangler", "ukendt", "مفقود", "ناقص",
)  # fmt: skip
_UNGROUPED: Node = {
    "group_expressions": [],
    "group_sets": [],
    "having": None,
    "aggregate_handling": "STANDARD_HANDLING",
}


@dataclass(frozen=True)
class Use:
    """A part of a query that meets missing values: `kind` is `sum` or `other` of an aggregate, `shown` of a column that
    the result has as it is, and `zero` of what is 0 where it is missing. `select` is the SELECT that it is in."""

    kind: str
    expression: Node
    select: Node
    condition: Node | None = None
    place: int | None = None

    @property
    def alias(self) -> str:
        """What the result calls it."""
        return str(self.expression.get("alias") or "")

    @property
    def names(self) -> tuple[str, ...]:
        """The one column that it is of, with the table before it where that is written; nothing of several."""
        found = {tuple(map(str, node["column_names"])) for node in _within(self.expression)
                 if node.get("class") == "COLUMN_REF"}  # fmt: skip
        return found.pop() if len(found) == 1 else ()


@dataclass(frozen=True)
class Found:
    """How many values a use of them had, and how many of these are missing; `empty` is what is written in these."""

    use: Use
    field: Field
    cells: int
    missing: int
    empty: tuple[tuple[str, int], ...] = ()

    @property
    def parts(self) -> MissingParts:
        return MissingParts(self.field, self.cells, self.missing, self.empty)


def with_missing(
    box: Box, release: Release, tables: Mapping[TableName, Path], limits: Limits, results: Sequence[SummaryResult]
) -> tuple[tuple[SummaryResult, ...], tuple[Problem, ...]]:
    """The results of summaries with the parts of them that are missing, and of a draft warnings of those summaries that
    do not say so."""
    budget, end = Budget(), time.monotonic() + Budget().release_seconds
    completed, problems = [], []
    for result in results:
        summary = result.summary
        found = find_missing(box, release, tables, limits, summary, budget.until(end))
        parts = {(one.field.name, one.cells, one.missing): one.parts for one in found if _is_shown(one, summary)}
        completed.append(replace(result, missing=tuple(parts.values())))
        problems += [_unsaid(one, summary) for one in found if release.state == "draft" and not _says(one, summary)]
    return tuple(completed), tuple(dict.fromkeys(problems))


def _is_shown(found: Found, summary: Summary) -> bool:
    """Whether readers of the result need to know of it: of codes and names an empty cell says enough."""
    name = found.use.names[-1:]
    own = summary.field(found.use.alias or (name[0] if name else ""))
    return found.use.kind != "shown" or (own is not None and own.type in ("integer", "number"))


def _says(found: Found, summary: Summary) -> bool:
    """Whether nothing is hidden: the result shows the gap, or the summary speaks of it."""
    if found.use.kind in ("shown", "other"):
        return True
    if found.use.kind == "sum" and any(field.bound in _LEAST for field in summary.fields):
        return True
    texts = (summary.title, summary.description, *(field.description for field in summary.fields))
    said = " ".join(text for each in texts for _, text in each.values).lower()
    reasons = (label.lower() for reason in found.field.reasons for _, label in reason.label.values)
    return any(word in said for word in (*_SAYING, *reasons))


def _unsaid(found: Found, summary: Summary) -> Problem:
    code = "missing-as-zero" if found.use.kind == "zero" else "missing-in-sum"
    place = found.use.place
    line = None if place is None else summary.query.encode()[:place].count(b"\n") + 1
    titles = {f"field@{language}": title for language, title in found.field.title.values}
    field = found.field.title.default or found.field.name
    return warning(code, summary.file, line, field=field, missing=found.missing, cells=found.cells, **titles)


def find_missing(
    box: Box, release: Release, tables: Mapping[TableName, Path], limits: Limits, summary: Summary, budget: Budget
) -> tuple[Found, ...]:
    """What the summary's query, which has been answered, makes of missing values; nothing of a query that cannot be
    put together again."""
    tree, _ = parsed(box.engine, summary.query, summary.file)
    found: dict[tuple[object, ...], Found] = {}
    for use in _uses(tree) if isinstance(tree, Mapping) else ():
        table, field = _field(use, release)
        counted = _count(box.engine, use, tree, table, summary.file, budget) if table and not field.required else None
        if table is None or counted is None or not counted[1]:
            continue
        key = (use.kind, field.name, *counted)
        if key not in found:
            empty = _reasons(use, tree, release, tables, limits, table, field, budget) if field.reasons else ()
            found[key] = Found(use, field, *counted, empty)
    return tuple(found.values())


def _uses(tree: Node) -> Iterator[Use]:
    """Each use of values in a query that may be missing."""
    waiting: list[tuple[Any, Node]] = [(tree, tree)]
    while waiting:
        node, select = waiting.pop()
        if isinstance(node, list):
            waiting.extend((part, select) for part in reversed(node))
        if not isinstance(node, Mapping):
            continue
        select = node if node.get("type") == "SELECT_NODE" else select
        if select.get("type") == "SELECT_NODE":
            yield from _used(node, select, is_whole=select is tree)
        waiting.extend((part, select) for part in node.values())


def _used(node: Node, select: Node, *, is_whole: bool) -> Iterator[Use]:
    name, arguments = str(node.get("function_name", "")).lower(), _arguments(node)
    if node.get("class") == "FUNCTION" and name in _SUMS | _OTHERS and arguments:
        yield Use("sum" if name in _SUMS else "other", arguments[0], select, node.get("filter"), _place(node))
    if node.get("type") == "OPERATOR_COALESCE" and len(children := _children(node)) > 1 and _is_zero(children[-1]):
        yield Use("zero", children[0], select, None, _place(node))
    for check in node.get("case_checks", ()) if node.get("class") == "CASE" else ():
        when, then = check.get("when_expr", {}), check.get("then_expr", {})
        if when.get("type") == "OPERATOR_IS_NULL" and _is_zero(then):
            yield Use("zero", _children(when)[0], select, None, _place(node))
        if when.get("type") == "OPERATOR_IS_NOT_NULL" and _is_zero(node.get("else_expr", {})):
            yield Use("zero", _children(when)[0], select, None, _place(node))
    if node is select and is_whole:
        yield from (Use("shown", part, select) for part in node.get("select_list", ())
                    if part.get("class") == "COLUMN_REF")  # fmt: skip


def _arguments(node: Node) -> list[Any]:
    found = node.get("arguments")
    return [part.get("expression", part) for part in found] if found else _children(node)


def _children(node: Node) -> list[Any]:
    return list(node.get("children") or ())


def _place(node: Node) -> int | None:
    place = node.get("query_location")
    return place if isinstance(place, int) else None


def _is_zero(node: Node) -> bool:
    """Whether an expression is 0, however it is written."""
    while node.get("class") == "CAST":
        node = node["child"]
    if node.get("class") != "CONSTANT":
        return False
    written = node.get("literal") or node.get("value") or {}
    with suppress(TypeError, ValueError):
        return float(str(written.get("text", written.get("value", "")))) == 0
    return False


def _within(node: Any) -> Iterator[Node]:
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting += part
        elif isinstance(part, Mapping):
            yield part
            waiting += part.values()


def _field(use: Use, release: Release) -> tuple[Table | None, Field]:
    """The field that a use is of and its table, where that is one of the release. What a query has computed itself,
    such as a count that a join finds nothing for, is no missing value."""
    names = use.names
    column = names[-1] if names else ""
    sources = [(str(node.get("alias") or node["table_name"]), release.table(str(node["table_name"])))
               for node in _within(use.select.get("from_table"))
               if node.get("type") == "BASE_TABLE" and not node.get("schema_name")]  # fmt: skip
    found = [(table, field) for alias, table in sources if table and (field := table.schema.field(column))
             and (len(names) < 2 or names[-2].lower() in (alias.lower(), table.name.lower()))]  # fmt: skip
    return found[0] if len(found) == 1 else (None, Field(column))


def _sql(engine: Engine, node: Node, tree: Node) -> str:
    """A SELECT of the query as text, with the parts of WITH that the whole has."""
    whole = {**node, "cte_map": node["cte_map"] if node["cte_map"].get("map") else tree.get("cte_map", {"map": []})}
    content = json.dumps({"error": False, "statements": [{"node": whole, "named_param_map": []}]})
    return str(engine.row("SELECT json_deserialize_sql(?::JSON)", [content])[0])


def _inside(use: Use, *others: Node) -> Node:
    """The SELECT of a use with nothing but its values, the condition of its aggregate, and others of the same rows."""
    selected = [_named(use.expression, "v"), *([_named(use.condition, "f")] if use.condition else []),
                *(_named(other, f"o{at}") for at, other in enumerate(others))]  # fmt: skip
    is_grouped = use.kind == "shown" or any(
        str(node.get("function_name", "")).lower() in _SUMS | _OTHERS for node in _within(use.expression)
    )
    kept = [part for part in use.select.get("modifiers", ()) if part.get("type") == "LIMIT_MODIFIER"]
    # The order matters only to what a limit leaves, and may be that of columns which are not selected here.
    modifiers = use.select.get("modifiers", []) if kept else []
    grouping = {} if is_grouped else _UNGROUPED
    return {**use.select, "qualify": None, **grouping, "modifiers": modifiers, "select_list": selected}


def _named(expression: Node, alias: str) -> Node:
    return {**expression, "alias": alias}


def _count(engine: Engine, use: Use, tree: Node, table: Table, file: str, budget: Budget) -> tuple[int, int] | None:
    """How many values there are, and how many of them are missing; None where that cannot be asked.

    A join that finds no row for another leaves a gap, too: only rows that are in the table count, by its key.
    """
    key, is_outer = table.schema.primary_key, _is_outer(use.select)
    if is_outer and not key:
        return None
    present = [_column([*use.names[:-1], key[0]])] if is_outer else []
    try:
        inside = _sql(engine, _inside(use, *present), tree)
    except Error:
        return None
    conditions = [*(["f"] if use.condition else []), *(["o0 IS NOT NULL"] if is_outer else [])]
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    answer, _ = ask(engine, f"SELECT count(*), count(*) - count(v) FROM ({inside}) AS inside{where}", file, budget)
    return (int(answer.rows[0][0]), int(answer.rows[0][1])) if answer else None


def _is_outer(select: Node) -> bool:
    """Whether a SELECT has rows in which a table is not."""
    joins = (node for node in _within(select.get("from_table")) if node.get("type") == "JOIN")
    return any(node.get("join_type") != "INNER" for node in joins)


def _column(names: Sequence[str]) -> Node:
    return {
        "class": "COLUMN_REF", "type": "COLUMN_REF", "alias": "", "query_location": 0, "column_names": list(names)
    }  # fmt: skip


def _reasons(
    use: Use,
    tree: Node,
    release: Release,
    tables: Mapping[TableName, Path],
    limits: Limits,
    table: Table,
    field: Field,
    budget: Budget,
) -> tuple[tuple[str, int], ...]:
    """What is written in the missing values of a use, with their counts, the most frequent first."""
    status = _column([*use.names[:-1], f"\x02{field.name}"])
    try:
        with connect(replace(limits, shared="", reads=None)) as engine:
            _see(engine, release, tables)
            inside = _sql(engine, _inside(use, status), tree)
            where = " AND f" if use.condition else ""
            query = (
                f"SELECT o0, count(*) AS times FROM ({inside}) AS inside WHERE v IS NULL AND o0 IS NOT NULL{where} "
                "GROUP BY ALL ORDER BY times DESC, o0"
            )
            answer, _ = ask(engine, query, table.file, budget)
    except Error:
        return ()
    return tuple((str(text), int(times)) for text, times in answer.rows) if answer else ()


def _see(engine: Engine, release: Release, tables: Mapping[TableName, Path]) -> None:
    """Views of the tables as queries see them, with the columns of statuses beside those of the release; no other file
    can be read from then on."""
    files = set(tables.values())
    for name in sorted(readable(tables)):
        if len(name) == 2:
            engine.run(f"CREATE SCHEMA IF NOT EXISTS {identifier(name[0])}")
        own = release.table(name[0]) if len(name) == 1 else None
        relation, statuses = f"read_parquet({literal(str(tables[name]))})", dict[str, str]()
        stored = [column for column, _ in engine.columns(f"FROM {relation}")]
        if own:
            relation, statuses = beside(tables[name], own.schema)
            files |= {statuses_of(tables[name])} if statuses else set()
        columns = [f"{identifier(column)} AS {identifier(field_of(column))}" for column in stored]
        selected = ", ".join([*columns, *statuses.values()])
        engine.run(f"CREATE VIEW {identifier(*name)} AS SELECT {selected} FROM {relation}")
    engine.shut(files)
