"""The texts of a comparison's report: `comparison.yaml` of each language, a sentence for each key.

`key.one` is said where the count is one.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass

from datagazette.diff.outcome import FormChange, Reason, ReleaseComparison, StructureChange
from datagazette.messages import texts
from datagazette.reports.blocks import Code, Line, flat, joined

_MOST = 5  # sentences of a text of changes
# Parts that a text of changes reports; descriptions and checks are not among them.
_REPORTED = ("table", "field", "summary")


@dataclass(frozen=True)
class Sentences:
    """`say` makes a line; values stay what they are, so that a Code among them is shown as code."""

    language: str
    texts: Mapping[str, str]

    def say(self, key: str, **values: str | Line) -> Line:
        line: list[str] = []
        for text, name, _, _ in string.Formatter().parse(self.texts[key]):
            line += [text] if text else []
            if name:
                value = values[name]
                line += [value] if isinstance(value, str) else value
        return tuple(line)

    def count(self, key: str, number: int, **values: str | Line) -> Line:
        """A sentence with a count, which fills `{count}` with its thousands set apart."""
        single = f"{key}.one"
        return self.say(single if number == 1 and single in self.texts else key, count=f"{number:,}", **values)

    def plain(self, key: str) -> str:
        return self.texts[key]

    def name(self, key: str, otherwise: str) -> str:
        """The text of a key; `otherwise` where there is none."""
        return self.texts.get(key, otherwise)


def words(language: str) -> Sentences:
    return Sentences(language, texts("comparison", language))


def structure_line(change: StructureChange, say: Sentences) -> Line:
    """`Field counts.people: minimum 0 → 10`."""
    place = ".".join(part for part in (change.resource, change.name) if part)
    if change.part == "note":
        values = {"place": Code(place), "what": say.name(f"kind_{change.what}", change.what)}
        return say.say(f"note_{change.kind}", before=Code(change.before), after=Code(change.after), **values)
    base, at, language = change.what.partition("@")  # a translation's key ends with its language
    what = say.name(f"what_{base}", base) + at + language
    values = {"part": say.plain(f"part_{change.part}"), "place": Code(place), "what": what}
    key: str = change.kind
    if change.what and change.kind in ("added", "removed"):
        key = "changed_set" if change.kind == "added" else "changed_unset"
    elif change.kind == "changed":
        filled = (bool(change.before), bool(change.after))
        key = {(True, True): "changed", (False, True): "changed_set", (True, False): "changed_unset"}.get(
            filled, "changed_plain"
        )
    if not place and f"own_{key}" in say.texts:
        key = f"own_{key}"
    return say.say(key, before=Code(change.before), after=Code(change.after), **values)


def reason_line(reason: Reason, say: Sentences) -> Line:
    if reason.change:
        return structure_line(reason.change, say)
    return say.say(f"reason_{reason.kind}", table=Code(reason.resource))


def form_line(form: FormChange, say: Sentences) -> Line:
    key = f"form_{form.kind}"
    if form.kind == "byte-order-mark":
        return say.say(f"{key}_added" if form.after else f"{key}_removed")
    values = {"before": Code(form.before), "after": Code(form.after)}
    return say.count(key, form.count, **values) if form.kind == "cell-text" else say.say(key, **values)


def changes_text(found: ReleaseComparison, language: str) -> str:
    """What a release changes, for its readers: sentences such as `Counts: 1 row added, 2 cells changed.`"""
    say = words(language)
    if found.before is None:
        return flat((*say.say("first_release"), say.plain("stop")))
    lines: list[Line] = []
    for table in found.tables:
        counts = (
            ("rows_added", table.change.added),
            ("rows_removed", table.change.removed),
            ("cells_changed", sum(field.cells for field in table.fields)),
        )
        counted = [say.count(key, number) for key, number in counts if number]
        if counted:
            known = found.after.table(table.resource) if found.after else None
            title = (known.title.get(say.language) if known else "") or table.resource
            lines.append((title, say.plain("colon"), *joined(counted, say.plain("comma"))))
    lines += [
        structure_line(change, say)
        for change in found.structure
        if change.part in _REPORTED and (change.kind != "changed" or change.bump != "patch")
    ]
    lines = lines[:_MOST] or [say.say("described" if found.structure else "unchanged")]
    text = flat((*joined(lines, say.plain("semicolon")), say.plain("stop")))
    return text[:1].upper() + text[1:]
