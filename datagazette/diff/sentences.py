"""The sentences of a comparison: what of a table or of the structure changed, in one line.

They are in `comparison.yaml` of each language; `key.one` is used where the count is one.
"""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from datagazette.diff.outcome import Reason, ReleaseComparison, StructureChange, TableComparison
from datagazette.messages import texts
from datagazette.reports.blocks import Code, ReportLine

_COLUMNS = 3  # that are named
_SENTENCES = 5  # of a text of changes
# Parts that a text of changes reports; descriptions and checks are not among them.
_REPORTED = ("table", "field", "summary")


@dataclass(frozen=True)
class Sentences:
    """`say` makes a line; values stay what they are, so that a Code among them is shown as code."""

    language: str

    @property
    def texts(self) -> Mapping[str, str]:
        return texts("comparison", self.language)

    def say(self, key: str, **values: str | ReportLine) -> ReportLine:
        line: list[str] = []
        for text, name, _, _ in string.Formatter().parse(self.texts[key]):
            line += [text] if text else []
            if name:
                value = values[name]
                line += [value] if isinstance(value, str) else value
        return tuple(line)

    def count(self, key: str, number: int, **values: str | ReportLine) -> ReportLine:
        """A sentence with a count, which fills `{count}` with its thousands set apart."""
        single = f"{key}.one"
        return self.say(single if number == 1 and single in self.texts else key, count=f"{number:,}", **values)

    def plain(self, key: str) -> str:
        return self.texts[key]

    def joined(self, lines: Sequence[ReportLine], separator: str) -> ReportLine:
        """One line of many; `separator` is the key of what is between them."""
        between = self.plain(separator)
        return tuple(part for number, line in enumerate(lines) for part in ((between, *line) if number else line))

    def first(self, lines: Sequence[ReportLine], most: int) -> tuple[ReportLine, ...]:
        """The first lines; a further one says how many more there are."""
        beyond = len(lines) - most
        return (*lines[:most], self.count("more", beyond)) if beyond > 0 else tuple(lines)

    def changed(self, tables: Sequence[TableComparison]) -> list[ReportLine]:
        """`2 rows added` and `1 cell changed`, over all tables."""
        fields = [field for table in tables for field in table.fields]
        emptied, filled = sum(field.emptied for field in fields), sum(field.filled for field in fields)
        counts = {
            "rows_added": sum(table.change.added for table in tables),
            "rows_removed": sum(table.change.removed for table in tables),
            "rows_renamed": sum(key.rows for table in tables for key in table.rekeyed),
            "cells_emptied": emptied,
            "cells_filled": filled,
            "cells_changed": sum(table.cells for table in tables) - emptied - filled,
        }
        return [self.count(key, number) for key, number in counts.items() if number]

    def columns(self, tables: Sequence[TableComparison]) -> list[ReportLine]:
        """`new column y2023 with 2 values`, over all tables; of more than a few only their number."""
        changes = [column for table in tables for column in table.columns]
        if len(changes) <= _COLUMNS:
            return [
                self.count(f"column_{column.kind}", column.cells, field=Code(column.field), after=Code(column.after))
                for column in changes
            ]
        kinds = Counter(column.kind for column in changes)
        return [self.count(f"columns_{kind}", number) for kind, number in kinds.items()]


def changes_text(found: ReleaseComparison, language: str) -> str:
    """What a release changes, for its readers: sentences such as `Counts: 1 row added, 2 cells changed.`"""
    say = Sentences(language)
    if found.before is None:
        return "".join((*say.say("first_release"), say.plain("stop")))
    lines: list[ReportLine] = []
    for table in found.tables:
        if changed := say.changed([table]):
            known = found.after.table(table.resource) if found.after else None
            title = (known.title.get(language) if known else "") or table.resource
            lines.append((title, say.plain("colon"), *say.joined(changed, "comma")))
    lines += [
        structure_line(change, say)
        for change in found.structure
        if change.part in _REPORTED and (change.kind != "changed" or change.bump != "patch")
    ]
    lines = lines[:_SENTENCES] or [say.say("described" if found.structure else "unchanged")]
    text = "".join((*say.joined(lines, "semicolon"), say.plain("stop")))
    return text[:1].upper() + text[1:]


def reason_line(reason: Reason, say: Sentences) -> ReportLine:
    """Why a version must grow."""
    if reason.change:
        return structure_line(reason.change, say)
    return say.say(f"reason_{reason.kind}", table=Code(reason.resource))


def structure_line(change: StructureChange, say: Sentences) -> ReportLine:
    """`Field counts.people: minimum 0 → 10`."""
    place = ".".join(part for part in (change.resource, change.name) if part)
    quoted = {"before": Code(change.before), "after": Code(change.after)}
    if change.part == "note":
        what = say.texts.get(f"kind_{change.what}", change.what)
        return say.say(f"note_{change.kind}", place=Code(place), what=what, **quoted)
    base, at, language = change.what.partition("@")  # a translation's key ends with its language
    what = say.texts.get(f"what_{base}", base) + at + language
    key: str = change.kind
    if key == "changed":
        filled = (bool(change.before), bool(change.after))
        key = {(False, True): "changed_set", (True, False): "changed_unset", (False, False): "changed_plain"}.get(
            filled, key
        )
    elif change.what and key != "renamed":
        key = "changed_set" if key == "added" else "changed_unset"
    if not place and f"own_{key}" in say.texts:
        key = f"own_{key}"
    return say.say(key, part=say.plain(f"part_{change.part}"), place=Code(place), what=what, **quoted)
