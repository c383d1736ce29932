"""Strangers' queries that can make texts far larger than what they read: they are asked in a process with less memory.

DuckDB counts tables, sorts, joins and lists towards its limit of memory, and not the texts that a function makes, such
as `repeat('x', 1000000000)`. Where the system bounds the process, it tells of those as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from publisher.checks.bounded import within
from publisher.engine import Engine, Limits
from publisher.isolation import OutOfBounds
from publisher.problems import Problem, problem
from publisher.queries import Answer, Budget, Rules, TableName, ask, called, nodes, parsed, refusals, sandbox

# What these give is no longer than what they are given, or than a number or date is; lists and rows are counted.
_STEADY = frozenset({
    "!", "!~~", "!~~*", "%", "&", "*", "**", "+", "-", "/", "//", "<", "<<", "<=", "<>", "=", ">", ">=", ">>", "^",
    "^@", "abs", "age", "any_value", "approx_count_distinct", "arg_max", "arg_min", "array_agg", "avg", "bool_and",
    "bool_or", "ceil", "ceiling", "contains", "corr", "count", "count_if", "count_star", "date_diff", "date_part",
    "date_sub", "date_trunc", "datediff", "datepart", "datesub", "datetrunc", "day", "dayname", "dayofweek",
    "dayofyear", "ends_with", "epoch", "even", "exp", "first", "floor", "generate_series", "geomean", "greatest",
    "group_concat", "hour", "instr", "isfinite", "isinf", "isnan", "isodow", "isoyear", "kurtosis", "last",
    "last_day", "least", "left", "len", "length", "like_escape", "list", "listagg", "ln", "log", "log10", "log2",
    "lower", "ltrim", "mad", "make_date", "max", "max_by", "md5", "mean", "median", "min", "min_by", "minute",
    "mod", "mode", "month", "monthname", "not_like_escape", "nullif", "position", "pow", "power", "prefix",
    "product", "quantile", "quantile_cont", "quantile_disc", "quarter", "range", "regexp_extract",
    "regexp_full_match", "regexp_matches", "right", "round", "round_even", "rtrim", "second", "sign", "skewness",
    "sqrt", "starts_with", "stddev", "stddev_pop", "stddev_samp", "strftime", "string_agg", "strlen", "strpos",
    "strptime", "substr", "substring", "suffix", "sum", "trim", "trunc", "try_strptime", "typeof", "unnest",
    "upper", "var_pop", "var_samp", "variance", "week", "weekday", "year", "yearweek", "|", "~", "~~", "~~*", "~~~",
})  # fmt: skip
# These add one text to another: a few of them in a query double it a few times, many of them without end.
_JOINING = frozenset({"||", "concat", "concat_ws", "row"})
_MOST_JOINED = 4
_STARTING = 20.0  # seconds that a process and a full memory may take beside the query


@dataclass(frozen=True)
class Box:
    """The tables that a query sees, as Parquet files, and the limits of the database that it is asked in."""

    tables: Mapping[TableName, Path]
    limits: Limits


def answer(
    engine: Engine, box: Box, query: str, file: str, budget: Budget = Budget()
) -> tuple[Answer | None, tuple[Problem, ...]]:
    """The answer of a stranger's query, or why there is none. `engine` is a sandbox of the tables in `box`."""
    refused = refusals(engine, query, file, Rules(tuple(box.tables)))
    if refused:
        return None, refused
    if not may_grow(engine, query):
        return ask(engine, query, file, budget)
    try:
        return within(budget.seconds + _STARTING, _alone, box, query, file, budget)
    except OutOfBounds:
        return None, (problem("query-too-large", file, rule="memory"),)


def may_grow(engine: Engine, query: str) -> bool:
    """Whether a query that has no refusals may make texts that are many times longer than those it reads."""
    tree, _ = parsed(engine, query, "")
    joined = 0
    for node in nodes(tree):
        function = called(node)
        if function in _JOINING:
            joined += len(node["arguments"]) - 1
        elif function and function not in _STEADY:
            return True
        if node.get("type") == "RECURSIVE_CTE_NODE" or node.get("columns") is True:
            return True
    return joined > _MOST_JOINED


def _alone(box: Box, query: str, file: str, budget: Budget) -> tuple[Answer | None, tuple[Problem, ...]]:
    with sandbox(box.tables, box.limits) as engine:
        return ask(engine, query, file, budget)
