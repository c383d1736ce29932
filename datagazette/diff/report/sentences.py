"""One change as one sentence."""

from __future__ import annotations

from datagazette.diff.outcome import FormChange, Reason, StructureChange
from datagazette.diff.report.blocks import Code, Line
from datagazette.diff.report.words import Words


def structure_line(change: StructureChange, say: Words) -> Line:
    """`Field counts.people: minimum 0 → 10`."""
    place = ".".join(part for part in (change.resource, change.name) if part)
    if change.part == "note":
        values = {"place": Code(place), "what": say.name(f"kind_{change.what}", change.what)}
        return say.say(f"note_{change.kind}", before=Code(change.before), after=Code(change.after), **values)
    values = {"part": say.plain(f"part_{change.part}"), "place": Code(place), "what": _what(change.what, say)}
    key: str = change.kind
    if change.what and change.kind in ("added", "removed"):
        key = "changed_set" if change.kind == "added" else "changed_unset"
    elif change.kind == "changed":
        filled = (bool(change.before), bool(change.after))
        key = {(True, True): "changed", (False, True): "changed_set", (True, False): "changed_unset"}.get(
            filled, "changed_plain"
        )
    own = f"own_{key}"
    if not place and own in say.texts:
        return say.say(own, before=Code(change.before), after=Code(change.after), **values)
    return say.say(key, before=Code(change.before), after=Code(change.after), **values)


def _what(what: str, say: Words) -> str:
    """The name of a key, with the language of a translation after it."""
    base, at, language = what.partition("@")
    return say.name(f"what_{base}", base) + at + language


def reason_line(reason: Reason, say: Words) -> Line:
    if reason.change:
        return structure_line(reason.change, say)
    return say.say(f"reason_{reason.kind}", table=Code(reason.resource))


def form_line(form: FormChange, say: Words) -> Line:
    key = f"form_{form.kind}"
    if form.kind == "byte-order-mark":
        return say.say(f"{key}_added" if form.after else f"{key}_removed")
    values = {"before": Code(form.before), "after": Code(form.after)}
    return say.count(key, form.count, **values) if form.kind == "cell-text" else say.say(key, **values)
