"""What happened to a whole column, or to the keys of rows, in one line."""

from __future__ import annotations

from datagazette.diff.outcome import FieldChange, KeyChange, Pattern, TableComparison
from datagazette.diff.sentences import Sentences
from datagazette.reports.blocks import Code, ReportLine

_TIERS = ("tenfold", "half", "tenth", "less", "tiny")
# How long a time is shown, in microseconds.
_UNITS = (("days", 86_400_000_000), ("hours", 3_600_000_000), ("minutes", 60_000_000), ("seconds", 1_000_000))


def field_line(field: FieldChange, say: Sentences) -> ReportLine:
    """`sector: 466 of 466`, with what all of them have in common, and how much numbers changed."""
    parts = [say.say("cells_of", count=f"{field.cells:,}", rows=f"{field.rows:,}")]
    parts += [
        say.count(f"cells_{name}", number)
        for name, number in (("emptied", field.emptied), ("filled", field.filled), ("repaired", field.repaired))
        if number
    ]
    counts = [(name, getattr(field.tiers, name)) for name in _TIERS] if field.tiers and not field.pattern else []
    parts += [say.count(f"tier_{name}", number) for name, number in counts if number]
    line = say.joined(parts, "comma")
    if field.pattern:
        line = say.joined([line, _pattern(field.pattern, field.cells, say)], "semicolon")
    return (Code(field.field), say.plain("colon"), *line, say.plain("stop"))


def key_line(key: KeyChange, table: TableComparison, say: Sentences) -> ReportLine:
    """`3 rows have another key, A01 → S-001; nothing else of them changes`"""
    quoted = {"before": Code(key.before), "after": Code(key.after), "field": Code(key.field)}
    if key.kind != "shifted":
        return (*say.count(f"key_{key.kind}", key.rows, **quoted), say.plain("stop"))
    line = _later("key_shifted", key.microseconds, key.rows, say, **quoted)
    change = table.change
    if not (change.added or change.removed or change.changed or table.columns):
        line = say.joined([line, say.say("nothing_else")], "semicolon")
    return (*line, say.plain("stop"))


def _pattern(pattern: Pattern, cells: int, say: Sentences) -> ReportLine:
    if pattern.kind == "days":
        return _later("pattern_days", round((pattern.amount or 0) * 86_400_000_000), cells, say)
    amount = pattern.amount or 0
    key = f"pattern_{pattern.kind}_less" if pattern.kind == "difference" and amount < 0 else f"pattern_{pattern.kind}"
    digits = 4 if pattern.kind == "factor" else 10
    return say.say(
        key, count=f"{cells:,}", amount=f"{abs(amount) if pattern.kind == 'difference' else amount:,.{digits}g}"
    )


def _later(key: str, microseconds: int, count: int, say: Sentences, **values: ReportLine | str) -> ReportLine:
    size = abs(microseconds)
    unit, length = next(((unit, length) for unit, length in _UNITS if size % length == 0), _UNITS[-1])
    amount = say.count(f"amount_{unit}", size // length)
    earlier = "_earlier" if microseconds < 0 else ""
    return say.count(f"{key}{earlier}", count, amount=amount, **values)
