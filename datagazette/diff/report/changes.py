"""What a release changes, in the words that its readers get: the entry in the list of changes."""

from __future__ import annotations

from collections.abc import Iterator

from datagazette.diff.outcome import ReleaseComparison, TableComparison
from datagazette.diff.report.blocks import Line, flat, joined
from datagazette.diff.report.sentences import structure_line
from datagazette.diff.report.words import Words, words

_MOST = 5  # sentences
# Parts that are told to readers; descriptions and checks are not.
_TOLD = ("table", "field", "summary")


def changes_text(found: ReleaseComparison, language: str) -> str:
    """One or a few sentences, such as `Counts: 1 row added, 2 cells changed.`"""
    say = words(language)
    if found.before is None:
        return flat((*say.say("first_release"), say.plain("stop")))
    lines = [*_tables(found, say), *_structure(found, say)]
    told = lines[:_MOST] or [say.say("described" if found.structure else "unchanged")]
    sentence = flat((*joined(told, say.plain("semicolon")), say.plain("stop")))
    return sentence[:1].upper() + sentence[1:]


def _tables(found: ReleaseComparison, say: Words) -> Iterator[Line]:
    for table in found.tables:
        counts = (
            ("rows_added", table.change.added),
            ("rows_removed", table.change.removed),
            ("cells_changed", sum(field.cells for field in table.fields)),
        )
        told = [say.count(key, number) for key, number in counts if number]
        if told:
            yield (_title(found, table, say.language), say.plain("colon"), *joined(told, say.plain("comma")))


def _title(found: ReleaseComparison, table: TableComparison, language: str) -> str:
    known = found.after.table(table.resource) if found.after else None
    return (known.title.get(language) if known else "") or table.resource


def _structure(found: ReleaseComparison, say: Words) -> Iterator[Line]:
    for one in found.structure:
        if one.part in _TOLD and (one.kind != "changed" or one.bump != "patch"):
            yield structure_line(one, say)
