"""What spreadsheet programs do to data when they open and save a CSV, found by comparing cells before and after.

A column is damaged where at least half of its cells that a spreadsheet would have changed were changed in that very
way, so that one figure corrected by hand is not taken for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from datagazette.diff.garbled import is_garbled
from datagazette.diff.outcome import Damage
from datagazette.diff.rows import LINE, Excused, RowComparison, Side, in_parts, is_numeric, written
from datagazette.tables import sheets
from datagazette.tables.engine import Engine
from datagazette.tables.sql import count_of, field_column, literal, literals

_ERRORS = ("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!")
# How spreadsheets write a day, as strptime reads it.
_DAYS = (
    "%Y/%m/%d", "%m/%d/%Y", "%d/%m/%Y", "%m/%d/%y", "%d/%m/%y", "%Y年%m月%d日", "%d-%b-%y", "%d-%b-%Y", "%d.%m.%Y",
    "%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M:%S", "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M",
)  # fmt: skip
_MONTHS = ("%b-%y", "%y-%b", "%Y/%m/%d", "%Y年%m月", "%m/%d/%Y", "%d/%m/%Y", "%Y-%m-%d")
_MONTH_NAMES = "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_SHORT_DATE = (
    f"[0-9]{{1,2}}月[0-9]{{1,2}}日|[0-9]{{1,2}}-{_MONTH_NAMES}|{_MONTH_NAMES}-[0-9]{{1,2}}"
    "|[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}"
)
_CERTAIN_DATE = f"{_SHORT_DATE}|{sheets.SERIAL}|{sheets.WHOLE_DAY}"  # of which it is known that the day is the code's
# What a publisher may do on purpose, in a version that says that the meaning of the table changes.
_ROUNDED, _VALUE = _INTENDED = ("number-rounded", "value-rewritten")
_LEADING = "^[+]?(-?)0+([0-9])"  # the zeros before a number, and a plus
_SHORT = "-?[0-9](?:\\.([0-9]+))?[eE]([+-]?[0-9]+)"  # its digits after the point, and its power of ten
_SCIENTIFIC = "[0-9](\\.[0-9]+)?[eE]\\+?[0-9]+"
# The temporary table of texts before and after of which one is the other in a wrong encoding; `repaired` where it is
# the one before.
PAIRS = "garbled"


def find_damages(
    engine: Engine, plan: RowComparison, old: Side, new: Side, *, intended: bool
) -> tuple[tuple[Damage, ...], Excused]:
    """The damaged columns, and the differences that they explain.

    `intended`: a column of rounded numbers is meant, as the version says that the meaning of the table changes.
    """
    damages = [*_whole_file(old, new)]
    if not plan.key:
        return tuple(damages), Excused()
    engine.run(f"CREATE OR REPLACE TEMP TABLE {PAIRS} (o VARCHAR, n VARCHAR, repaired BOOLEAN)")
    cells: dict[str, str] = {}
    for group, part in in_parts(engine, plan, plan.rest):
        for name in changed_fields(engine, part, group):
            found = tuple(_in_field(engine, part, name, new, intended=intended))
            damages += [damage for damage, _ in found]
            if found:
                cells[name] = " OR ".join(f"({made})" for _, made in found)
    in_key = tuple(_in_key(engine, plan))
    if not in_key:
        return tuple(damages), Excused(cells)
    line = field_column(LINE)
    added, removed = f"a.{line} IN (SELECT come FROM twins)", f"b.{line} IN (SELECT gone FROM twins)"
    return (*damages, *in_key), Excused(cells, added=added, removed=removed)


def changed_fields(engine: Engine, plan: RowComparison, names: Sequence[str]) -> list[str]:
    """Those of the fields in which a cell changed."""
    if not names:
        return []
    counts = engine.row(f"SELECT {', '.join(count_of(plan.differs(name)) for name in names)} FROM {plan.joined}")
    return [name for name, count in zip(names, counts, strict=True) if count]


def _whole_file(old: Side, new: Side) -> Iterator[Damage]:
    """What happened to the file as a whole."""
    if new.bytes.encoding not in (old.bytes.encoding, new.table.dialect.encoding):
        yield Damage("encoding-changed", "", 0, old.bytes.encoding, new.bytes.encoding)
    if new.empty_rows > old.empty_rows:
        yield Damage("rows-empty", "", new.empty_rows - old.empty_rows, line=new.first_empty_line)
    blank = [number for number, label in enumerate(new.layout.labels, 1) if not label.strip()]
    if blank and all(label.strip() for label in old.layout.labels):
        yield Damage("columns-empty", "", len(blank), before=str(blank[0]), line=1)


def _in_field(
    engine: Engine, plan: RowComparison, name: str, new: Side, *, intended: bool
) -> Iterator[tuple[Damage, str]]:
    """Each damage of a changed column that is not of the key, with the condition that is true of its cells."""
    o, n = field_column(written(name), "b"), field_column(written(name), "a")
    changed = f"FROM {plan.joined} WHERE {plan.differs(name)}"
    _find_garbled(engine, o, n, changed)
    kinds = [*_kinds(o, n)]
    types = plan.old.types[name], plan.new.types[name]
    if not intended and all(map(is_numeric, types)):
        kinds.append(_rounding(_pointed(o, new, name), _pointed(n, new, name), plan.differs(name)))
    if not intended and set(types) == {"VARCHAR"}:
        kinds.append(_value_rewritten(o, n))
    differs = plan.differs(name)
    counted = (f"{count_of(f'{differs} AND ({made})')}, {count_of(prone)}" for _, made, prone in kinds)
    counts = engine.row(f"SELECT {', '.join(counted)} FROM {plan.joined}")
    for position, (kind, condition, _) in enumerate(kinds):
        made, prone = counts[2 * position : 2 * position + 2]
        if made and made * 2 >= prone and (made > 1 or kind not in _INTENDED):
            line = field_column(LINE, "a")
            row = engine.row(f"SELECT {o}, {n}, {line} {changed} AND ({condition}) ORDER BY {line} LIMIT 1")
            yield Damage(kind, name, made, *row), condition


def _pointed(text: str, side: Side, name: str) -> str:
    """SQL: a number as its column writes it, with a point before its decimals and nothing between thousands."""
    field = side.table.schema.field(name)
    marks = {"groupChar": "", "decimalChar": "."}
    for key, plain in marks.items():
        mark = field.descriptor.get(key) if field else None
        text = f"replace({text}, {literal(mark)}, {literal(plain)})" if mark and mark != plain else text
    return text


def _find_garbled(engine: Engine, o: str, n: str, changed: str) -> None:
    """Adds the changed texts of a column of which one is the other in a wrong encoding."""
    for batch in engine.batches(
        f"SELECT DISTINCT {o}, {n} {changed} AND {n} <> '' AND regexp_matches(concat({o}, {n}), '[^\\x00-\\x7F]')"
    ):
        garbled = [(before, after, False) for before, after in batch if is_garbled(before, after)]
        known = {(before, after) for before, after, _ in garbled}
        garbled += [
            (before, after, True)
            for before, after in batch
            if (before, after) not in known and is_garbled(after, before)
        ]
        if garbled:
            columns = [*map(list, zip(*garbled, strict=True))]
            engine.rows(f"INSERT INTO {PAIRS} SELECT unnest(?), unnest(?), unnest(?)", columns)


def _rounding(o: str, n: str, differs: str) -> tuple[str, str, str]:
    """Numbers cut to the digits that a cell shows, some as 1.23E+06: as `_kinds`. A figure that differs by less than a
    millionth was not cut for that."""
    before, after = (f"length(regexp_extract({text}, '^-?[0-9]+\\.([0-9]+)$', 1))" for text in (o, n))
    values = [f"TRY_CAST({text} AS DOUBLE)" for text in (o, n)]
    size = f"abs({values[0]} - {values[1]})"
    plain, short = (f"regexp_full_match({n}, '-?[0-9]+(\\.[0-9]+)?')", f"regexp_full_match({n}, {literal(_SHORT)})")
    digits = f"length(regexp_extract({n}, {literal(_SHORT)}, 1))"
    power = f"TRY_CAST(regexp_extract({n}, {literal(_SHORT)}, 2) AS INTEGER)"
    last = (
        f"CASE WHEN {short} AND NOT regexp_matches({o}, '[eE]') THEN {power} - {digits} "
        f"WHEN {plain} AND {before} > {after} THEN -{after} END"
    )
    made = f"{size} <= 0.500001 * pow(10, {last}) AND {size} > 1e-6 * abs({values[0]})"
    return _ROUNDED, made, f"({differs}) OR {before} >= 2"


def _value_rewritten(o: str, n: str) -> tuple[str, str, str]:
    """Texts such as 5%, 2,345 or true, taken for the value that they look like and saved in its form: as `_kinds`."""
    numeral = f"(NOT {sheets.matches(o, sheets.PLAIN)} AND {sheets.matches(o, sheets.NUMERAL)})"
    truth = sheets.matches(o, sheets.TRUTH)
    same = f"abs(({sheets.amount(o)}) - ({sheets.amount(n)})) <= 1e-9 * abs({sheets.amount(o)})"
    made = f"({numeral} AND {sheets.matches(n, sheets.NUMERAL)} AND {same}) OR ({truth} AND {n} = upper({o}))"
    return _VALUE, f"{n} <> {o} AND ({made})", f"({numeral} OR {truth})"


def _in_key(engine: Engine, plan: RowComparison) -> Iterator[Damage]:
    """Damage in columns of the key, where rows look as if all had gone and others come.

    The temporary table `twins` has the lines of such rows before and after, as `gone` and `come`.
    """
    if not all(engine.row(f"SELECT count(*) {query}")[0] for query in (plan.added, plan.removed)):
        return
    _pair(engine, plan)
    for number, name in enumerate(plan.key):
        o, n, text = f"o{number}", f"n{number}", field_column(written(name), "b")
        for (kind, condition, _), (_, _, before) in zip(_kinds(o, n), _kinds(text, text), strict=True):
            made = engine.row(f"SELECT count(DISTINCT come) FROM twins WHERE {condition}")[0]
            prone = engine.row(f"SELECT count(*) FROM {plan.old.source} AS b WHERE {before}")[0] if made else 0
            if made and made * 2 >= prone:
                first = f"SELECT {o}, {n}, come FROM twins WHERE {condition} ORDER BY come LIMIT 1"
                yield Damage(kind, name, made, *engine.row(first))


def _pair(engine: Engine, plan: RowComparison) -> None:
    """Makes the table `twins`: rows of which the keys are what a spreadsheet makes of one another, with their texts."""
    texts = [field_column(written(name)) for name in plan.key]
    for table, side, query in (("come", "a", plan.added), ("gone", "b", plan.removed)):
        source = f"(SELECT {field_column(LINE)} AS line, {', '.join(texts)} FROM (SELECT {side}.* {query}))"
        for number, text in enumerate(texts):
            day = f"'@' || ({sheets.calendar_marks(text, dated=side == 'a')})[1]"
            keys = f"list_filter([{_loose(text)}, {day}], lambda part: part IS NOT NULL)"
            source = f"(SELECT *, {text} AS t{number}, unnest({keys}) AS k{number} FROM {source})"
        engine.run(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM {source}")
    pairs = ", ".join(f"gone.t{number} AS o{number}, come.t{number} AS n{number}" for number in range(len(texts)))
    same = " AND ".join(f"gone.k{number} = come.k{number}" for number in range(len(texts)))
    engine.run(
        "CREATE OR REPLACE TEMP TABLE twins AS "
        f"SELECT DISTINCT gone.line AS gone, come.line AS come, {pairs} FROM gone JOIN come ON {same}"
    )


def _loose(name: str) -> str:
    """What is left of a text when a spreadsheet has been over it: equal for the cell before and after."""
    number = f"TRY_CAST({name} AS DOUBLE)"
    long = f"(regexp_full_match({name}, '[0-9]{{12,}}') OR regexp_full_match({name}, {literal(_SCIENTIFIC)}))"
    days = ", ".join(f"CAST(try_strptime({name}, {literal(form)}) AS DATE)" for form in ("%Y-%m-%d", *_DAYS))
    return (
        f"CASE WHEN {long} THEN printf('%.4e', {number}) "
        f"WHEN regexp_full_match({name}, '[0-9]+([.,][0-9]+)?') THEN {_without_zeros(name)} "
        f"ELSE coalesce(CAST(coalesce({days}) AS VARCHAR), {name}) END"
    )


def _kinds(o: str, n: str) -> tuple[tuple[str, str, str], ...]:
    """The kinds that SQL can detect, over the texts before and after: a code, a condition that is true where a
    spreadsheet made `n` of `o`, and one that is true of every cell that it would change."""
    zeros, plain = sheets.matches(o, sheets.ZEROS), f"regexp_replace({o}, {literal(_LEADING)}, '\\1\\2')"
    decimals, bare = sheets.matches(o, sheets.DECIMALS), _without_zeros(o)
    long, longer = sheets.matches(o, sheets.LONG), sheets.matches(o, sheets.TOO_LONG)
    shown = f"regexp_full_match({n}, {literal(_SCIENTIFIC)})"
    digits = f"(length(regexp_extract({n}, '^[0-9](\\.[0-9]+)?', 1)) - 1)"
    power = f"TRY_CAST(regexp_extract({n}, '[eE]\\+?([0-9]+)', 1) AS INTEGER)"
    close = f"abs(TRY_CAST({o} AS DOUBLE) - TRY_CAST({n} AS DOUBLE)) <= 0.51 * pow(10, {power} - greatest({digits}, 0))"
    lost = f"length({n}) = length({o}) AND left({n}, 15) = left({o}, 15) AND regexp_full_match({n}, '[0-9]{{15}}0+')"
    day, month = f"TRY_CAST({o} AS DATE)", f"TRY_CAST({o} || '-01' AS DATE)"
    iso = f"regexp_full_match({o}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}')"
    number = f"TRY_CAST(nullif(regexp_extract({n}, '^[1-9][0-9]{{4}}$'), '') AS INTEGER)"
    serial = f"{sheets.day_of_serial(number)} = {day}"
    ym = f"regexp_full_match({o}, '[0-9]{{4}}-[0-9]{{2}}')"
    coded = f"({sheets.matches(o, sheets.DATE_CODE)} AND NOT {ym})"
    day_text = f"({sheets.matches(o, sheets.DAY)} AND NOT {iso})"
    redated = (
        f"({iso} AND ({_days(n, _DAYS, day)} OR {serial})) OR ({ym} AND ({_days(n, _MONTHS, month)})) "
        f"OR ({_coded_day(o, n, coded)}) OR ({day_text} AND {_same_day(o, n)})"
    )
    number = f"regexp_full_match({o}, '-?[0-9]{{4,}}(\\.[0-9]+)?')"
    failed = f"({n} IN ({literals(_ERRORS)}) OR regexp_full_match({n}, '##+'))"
    return (
        ("leading-zeros-lost", f"{zeros} AND {n} IN ({plain}, {bare})", zeros),
        ("trailing-zeros-lost", f"{decimals} AND {n} IN ({_without_end_zeros(o)}, {bare})", decimals),
        ("number-shortened", f"{long} AND {shown} AND {close}", long),
        ("digits-lost", f"{longer} AND {n} <> {o} AND {lost}", longer),
        ("date-rewritten", f"{n} <> {o} AND ({redated})", f"({iso} OR {ym} OR {coded} OR {day_text})"),
        ("number-grouped", f"{number} AND contains({n}, ',') AND replace({n}, ',', '') = {o}", number),
        ("formula-error", f"{failed} AND {n} <> {o}", "FALSE"),
        ("text-garbled", f"({o}, {n}) IN (SELECT (o, n) FROM {PAIRS} WHERE NOT repaired)", "FALSE"),
    )


def _coded_day(o: str, n: str, coded: str) -> str:
    """Whether a text is a day that a spreadsheet makes of a code."""
    marks, days = sheets.calendar_marks(o, dated=False), sheets.calendar_marks(n, dated=True)
    return (
        f"CASE WHEN NOT {coded} THEN FALSE WHEN ({marks}) IS NULL THEN {sheets.matches(n, _SHORT_DATE)} "
        f"ELSE {sheets.matches(n, _CERTAIN_DATE)} AND list_contains({days}, ({marks})[1]) END"
    )


def _same_day(o: str, n: str) -> str:
    """Whether two texts of any form can be the same day; spreadsheets write no ISO days of their own accord."""
    before, after = (
        ", ".join(f"CAST(try_strptime({text}, {literal(form)}) AS DATE)" for form in forms)
        for text, forms in ((o, sheets.DAY_FORMATS), (n, _DAYS))
    )
    return f"list_has_any(list_filter([{before}], lambda d: d IS NOT NULL), [{after}])"


def _without_zeros(text: str) -> str:
    """A number without the zeros that say nothing of its value."""
    return _without_end_zeros(f"regexp_replace({text}, {literal(_LEADING)}, '\\1\\2')")


def _without_end_zeros(text: str) -> str:
    return (
        f"regexp_replace({text}, '([.,][0-9]*?)0*$', "
        f"CASE WHEN regexp_matches({text}, '[.,]0*$') THEN '' ELSE '\\1' END)"
    )


def _days(n: str, formats: tuple[str, ...], day: str) -> str:
    return " OR ".join(f"CAST(try_strptime({n}, {literal(form)}) AS DATE) = {day}" for form in formats)
