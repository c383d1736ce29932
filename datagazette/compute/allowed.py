"""What untrusted SQL may say: which functions it may call, which tables it may read, and what is refused.

`refusals` reads the query with DuckDB's own parser and never runs it.

Listed are the functions of DuckDB that give the same value for the same arguments: on every machine, at every time, in
every session; by the names that DuckDB's parser gives them, in lower case. Left out is what reads the clock, settings,
the session, catalogs or files, what is random, what shows how DuckDB works inside, and its internal functions. A macro
is listed where everything that it calls is harmless. `age` is listed, with two arguments; with one it reads the clock.
Where the order of rows decides, as in `first`, drafts are asked twice (`queries.answer`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

from datagazette.model.problems import Problem, problem
from datagazette.tables.engine import Engine

TableName = tuple[str, ...]  # ("resource",) or ("dataset", "resource")
# What a query is for: a new summary or check, one that is published already, or a question of the moment.
Purpose = Literal["draft", "released", "question"]


def _names(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


SCALARS = _names("""
    != !__postfix !~~ !~~* % & && * ** + - ->> / // < <-> << <= <=> <@ = > >= >> @ @> ^ ^@ abs acos acosh add age
    aggregate apply array_aggr array_aggregate array_apply array_cat array_concat array_contains
    array_cosine_distance array_cosine_similarity array_cross_product array_distance array_distinct
    array_dot_product array_extract array_filter array_grade_up array_has array_has_all array_has_any array_indexof
    array_inner_product array_intersect array_length array_negative_dot_product array_negative_inner_product
    array_position array_reduce array_resize array_reverse_sort array_select array_slice array_sort array_to_json
    array_transform array_unique array_value array_where array_zip ascii asin asinh atan atan2 atanh bar base64 bin
    binom bit_count bit_length bit_position bitstring cardinality cast_to_type cbrt ceil ceiling century char_length
    character_length chr concat concat_ws contains cos cosh cot damerau_levenshtein date_diff date_part date_sub
    date_trunc datediff datepart datesub datetrunc day dayname dayofmonth dayofweek dayofyear decade decode degrees
    divide editdist3 element_at encode ends_with enum_code enum_first enum_last enum_range enum_range_boundary epoch
    epoch_ms epoch_ns epoch_us equi_width_bins era even exp factorial filter flatten floor format format_bytes
    formatreadabledecimalsize formatreadablesize from_base64 from_binary from_hex from_json from_json_strict gamma
    gcd generate_series get_bit grade_up greatest greatest_common_divisor hamming hash hex hour ilike_escape instr
    invoke isfinite isinf isnan isodow isoyear jaccard jaro_similarity jaro_winkler_similarity json_array
    json_array_length json_contains json_deep_merge json_exists json_extract json_extract_path
    json_extract_path_text json_extract_string json_insert json_keys json_merge_patch json_merge_patch_diff
    json_object json_pretty json_quote json_remove json_replace json_set json_strip_nulls json_structure
    json_transform json_transform_strict json_type json_valid json_value julian last_day lcase lcm least
    least_common_multiple left left_grapheme len length length_grapheme levenshtein lgamma like_escape list_aggr
    list_aggregate list_apply list_cat list_concat list_contains list_cosine_distance list_cosine_similarity
    list_distance list_distinct list_dot_product list_element list_extract list_filter list_grade_up list_has
    list_has_all list_has_any list_indexof list_inner_product list_intersect list_negative_dot_product
    list_negative_inner_product list_pack list_position list_reduce list_resize list_reverse_sort list_select
    list_slice list_sort list_transform list_unique list_value list_where list_zip ln log log10 log2 lower lpad
    ltrim make_date make_time make_timestamp make_timestamp_ms make_timestamp_ns make_timestamptz map map_concat
    map_contains map_entries map_extract map_extract_value map_from_entries map_keys map_values md5 md5_number
    microsecond millennium millisecond minute mismatches mod month monthname multiply nanosecond nextafter
    nfc_normalize normalized_interval not_ilike_escape not_like_escape octet_length ord overlay parse_dirname
    parse_dirpath parse_filename parse_formatted_bytes parse_path pi position pow power prefix printf quarter
    radians range reduce regexp_escape regexp_extract regexp_extract_all regexp_full_match regexp_matches
    regexp_replace regexp_split_to_array repeat replace reverse right right_grapheme round round_even roundbankers
    row row_to_json rpad rtrim second set_bit sha1 sha256 sign signbit sin sinh split sqrt st_asbinary st_asgeojson
    st_astext st_aswkb st_aswkt st_crs st_geomfromgeojson st_geomfromwkb st_intersects_extent st_setcrs starts_with
    str_split str_split_regex strftime string_split string_split_regex string_to_array strip_accents strlen strpos
    strptime struct_concat struct_contains struct_extract struct_extract_at struct_has struct_indexof struct_insert
    struct_keys struct_pack struct_position struct_update struct_values substr substring substring_grapheme subtract
    suffix switch tan tanh time_bucket timezone timezone_hour timezone_minute to_base to_base64 to_binary
    to_centuries to_days to_decades to_hex to_hours to_json to_microseconds to_millennia to_milliseconds to_minutes
    to_months to_quarters to_seconds to_timestamp to_weeks to_years translate trim trunc try_strptime typeof ucase
    unbin unhex unicode union_extract union_tag union_value unnest upper url_decode url_encode
    uuid_extract_timestamp uuid_extract_version variant_array_length variant_contains variant_exists variant_extract
    variant_extract_string variant_keys variant_type variant_typeof week weekday weekofyear xor year yearweek | || ~
    ~~ ~~* ~~~
""") | {"is distinct from", "is not distinct from"}
MACROS = _names("""
    array_append array_pop_back array_pop_front array_prepend array_push_back array_push_front array_reverse
    array_to_string array_to_string_comma_default date_add days_in_month fdiv fmod generate_subscripts geomean
    geometric_mean if json json_group_array json_group_object json_group_structure list_any_value list_append
    list_approx_count_distinct list_avg list_bit_and list_bit_or list_bit_xor list_bool_and list_bool_or list_count
    list_entropy list_first list_histogram list_kurtosis list_kurtosis_pop list_last list_mad list_max list_median
    list_min list_mode list_prepend list_product list_reverse list_sem list_skewness list_stddev_pop
    list_stddev_samp list_string_agg list_sum list_var_pop list_var_samp map_contains_entry map_contains_value
    md5_number_lower md5_number_upper nullif pg_size_pretty pg_typeof regexp_split_to_table split_part wavg
    weighted_avg
""")
AGGREGATES = _names("""
    any_value approx_count_distinct approx_quantile approx_top_k arbitrary arg_max arg_max_null arg_max_nulls_last
    arg_min arg_min_null arg_min_nulls_last argmax argmin array_agg avg bit_and bit_or bit_xor bitstring_agg
    bool_and bool_or corr count count_if count_star countif covar_pop covar_samp entropy favg first fsum
    group_concat histogram histogram_exact kahan_sum kurtosis kurtosis_pop last list listagg lttb mad max max_by
    mean median min min_by mode product quantile quantile_cont quantile_disc regr_avgx regr_avgy regr_count
    regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy sem skewness stddev stddev_pop stddev_samp
    string_agg sum sumkahan var_pop var_samp variance
""")
WINDOWS = _names("""
    cume_dist dense_rank fill first_value lag last_value lead nth_value ntile percent_rank rank rank_dense
    row_number
""")
# Table functions that make rows out of nothing but their arguments.
TABLES = frozenset({"range", "generate_series", "unnest", "json_each", "json_tree"})
# What the first edition let queries call, too: only a release may, whose results are held against the ledger.
EARLIER = _names("assert_true create_sort_key icu_sort_key path_join")
_COLLATIONS = ("collate_", "icu_collate_")
ALLOWED = SCALARS | MACROS | AGGREGATES | WINDOWS | TABLES

# Functions that take the name of an aggregate as their second argument.
_BY_NAME = frozenset({"aggregate", "array_aggr", "array_aggregate", "list_aggr", "list_aggregate"})
# SQL reads these names as calls although they have no brackets; they cannot be columns of a query either.
_CALLED_WITHOUT_BRACKETS = frozenset({
    "current_date", "current_time", "current_timestamp", "localtime", "localtimestamp", "current_user", "session_user",
    "current_role", "current_catalog", "current_schema",
})  # fmt: skip
# What DuckDB calls its own databases and schemas: a dataset of such a name cannot be read by queries.
_OWN_NAMES = frozenset({"main", "memory", "system", "temp"})
# Of a time without a day, AT TIME ZONE gives another value in summer than in winter: it takes the day of today.
_ZONED_TIMES = frozenset({"TIMETZ", "TIME WITH TIME ZONE"})
_DEEPEST = 1_000  # brackets within brackets


@dataclass(frozen=True)
class Rules:
    """The tables that a query may read, and what it is for."""

    tables: tuple[TableName, ...]
    purpose: Purpose = "draft"

    @cached_property
    def known(self) -> frozenset[TableName]:
        return frozenset(tuple(part.lower() for part in name) for name in readable(self.tables))

    @property
    def listed(self) -> str:
        return ", ".join(".".join(name) for name in readable(self.tables))


def readable(tables: Iterable[TableName]) -> list[TableName]:
    """The tables whose names queries can use."""
    return [name for name in tables if len(name) == 1 or name[0] not in _OWN_NAMES]


def weighed(found: Problem, purpose: Purpose) -> tuple[Problem, ...]:
    """A problem of what is published: an error in a draft, a warning in a release, and nothing in a question."""
    if purpose == "question":
        return ()
    return (found if purpose == "draft" else replace(found, severity="warning"),)


def refusals(engine: Engine, query: str, file: str, rules: Rules) -> tuple[Problem, ...]:
    """Why a query may not run or be published, with the line; empty where it is one SELECT within the rules."""
    depth = 0
    for position, character in enumerate(query):
        depth += (character in "([{") - (character in ")]}")
        if depth > _DEEPEST:  # DuckDB's parser would take gigabytes for them
            return (problem("query-too-deep", file, query.count("\n", 0, position) + 1),)
    tree, fault = parsed(engine, query, file)
    if tree is None:
        return fault
    nodes = list(_scoped(tree))
    refused = [fault for node, names in nodes for fault in _refused(node, query, file, rules, names)]
    if any(str(node.get("type_name")).upper() in _ZONED_TIMES for node, _ in nodes):
        calls = [node for node, _ in nodes if node.get("function_name") == "timezone"]
        found = (problem("query-function", file, _line(query, node["query_location"]), function="timezone")
                 for node in calls)  # fmt: skip
        refused += [fault for call in found for fault in weighed(call, rules.purpose)]
    # A table function is in the tree twice, the second time without its place.
    placed = {(fault.code, fault.values) for fault in refused if fault.line}
    located = [fault for fault in dict.fromkeys(refused) if fault.line or (fault.code, fault.values) not in placed]
    # Lines that DuckDB's command line, for which the query is printed, takes for commands of its own.
    commands = [
        fault
        for number, line in enumerate(query.split("\n"), start=1)
        for part in line.splitlines()
        if part.lstrip()[:1] in {".", "#"}
        for fault in weighed(problem("query-command", file, number, character=part.lstrip()[0]), rules.purpose)
    ]
    return (*located, *commands)


def parsed(engine: Engine, query: str, file: str) -> tuple[Any, tuple[Problem, ...]]:
    """The parse tree of the one SELECT that a query is, or None and why there is none."""
    tree = engine.row("SELECT json_serialize_sql(?::VARCHAR)", [query])[0]
    try:
        answer = json.loads(tree)
    except RecursionError:
        return None, (problem("query-too-deep", file),)
    if answer.get("error"):
        if answer.get("error_type") == "not implemented":
            return None, (problem("query-not-select", file),)
        line, reason = _line(query, int(answer.get("position") or 0)), answer["error_message"]
        if "expression depth" in reason:
            return None, (problem("query-too-deep", file, line),)
        return None, (problem("query-syntax", file, line, reason=reason.splitlines()[0]),)
    if len(answer["statements"]) != 1:
        return None, (problem("query-not-select", file),)
    return answer["statements"][0]["node"], ()


def _line(query: str, position: object) -> int | None:
    """The line of a place in the query, which DuckDB counts in bytes; None where it does not know it."""
    if not isinstance(position, int) or position > len(query.encode()):
        return None
    return query.encode()[:position].count(b"\n") + 1


def _scoped(tree: Any) -> Iterator[tuple[dict[str, Any], frozenset[str]]]:
    """Every mapping in the parse tree with the names of WITH that can be used there, in lower case.

    A part of WITH sees the parts before it, and itself only in the second half of a recursive one. Without
    recursion: untrusted trees can be deep.
    """
    waiting: list[tuple[Any, frozenset[str]]] = [(tree, frozenset())]
    while waiting:
        node, names = waiting.pop()
        if isinstance(node, list):
            waiting.extend((item, names) for item in node)
        if not isinstance(node, dict):
            continue
        for part in node.get("cte_map", {}).get("map", ()):
            waiting.append((part["value"], names))
            names |= {str(part["key"]).lower()}
        yield node, names
        for key, value in node.items():
            if key == "right" and node.get("type") == "RECURSIVE_CTE_NODE":
                waiting.append((value, names | {str(node["cte_name"]).lower()}))
            elif key != "cte_map":
                waiting.append((value, names))


def _refused(node: Mapping[str, Any], query: str, file: str, rules: Rules, names: frozenset[str]) -> Iterator[Problem]:
    """What is wrong with one node of the parse tree. `names` are those that WITH has given a meaning there."""
    line = _line(query, node.get("query_location"))
    function = _unlisted_function(node)
    if function:
        found = problem("query-function", file, line, function=function)
        was_allowed = function in EARLIER or function.startswith(_COLLATIONS)
        yield from weighed(found, rules.purpose) if was_allowed and rules.purpose == "released" else (found,)
    if node.get("type") == "SHOW_REF":
        yield problem("query-not-select", file, line)
    elif "table_name" in node:
        parts = (node.get("catalog_name"), node.get("schema_name"), node.get("table_name"))
        table = tuple(str(part).lower() for part in parts if part)
        if table not in rules.known and not (len(table) == 1 and table[0] in names):
            yield problem("query-table", file, line, table=".".join(table), allowed=rules.listed)
    if node.get("sample"):
        yield from weighed(problem("query-sample", file, line), rules.purpose)


def _unlisted_function(node: Mapping[str, Any]) -> str:
    """The function that a node of the parse tree calls, if no query may call it, else nothing."""
    if node.get("type") == "COLUMN_REF" and len(node["column_names"]) == 1:
        word = str(node["column_names"][0]).lower()
        return word if word in _CALLED_WITHOUT_BRACKETS else ""
    if node.get("type") == "TABLE_FUNCTION":
        name = str(node["function"].get("function_name", "")).lower()
        return "" if name in TABLES else name
    if "function_name" not in node:
        return ""
    name = str(node["function_name"]).lower()
    arguments = [argument["expression"] for argument in node.get("arguments", ())]
    if name in _BY_NAME and len(arguments) > 1:
        return _unlisted_aggregate(name, arguments[1])
    reads_clock = name == "age" and len(arguments) == 1
    return name if reads_clock or name not in ALLOWED else ""


def _unlisted_aggregate(caller: str, argument: Mapping[str, Any]) -> str:
    """As above, of a function that is named by a text: only one that is written out can be looked up."""
    written = argument.get("literal") or argument.get("value") or {}
    name = str(written.get("text", written.get("value", ""))).lower() if argument.get("class") == "CONSTANT" else caller
    return "" if name in AGGREGATES else name or caller
