"""Why cells are empty, in words: of a field, and of what was computed from one."""

from __future__ import annotations

from collections.abc import Sequence

from datagazette.model.resource import Field
from datagazette.pages import markup
from datagazette.pages.context import PageContext


def counted(context: PageContext, field: Field, empty: Sequence[tuple[str, int]]) -> str:
    """How many cells are empty for which reason: `2 not collected, 1 suppressed`."""
    parts: dict[str, int] = {}
    for written, count in empty:
        reason = context.line(field.reason(written)) or context.say("missing.unsaid")
        parts[reason] = parts.get(reason, 0) + count
    return context.listed(
        [context.say("missing.part", n=context.number(count), reason=reason) for reason, count in parts.items()]
    )


def legend(context: PageContext, field: Field) -> list[str]:
    """What each text means that is written where a value would be."""
    return [
        context.say("missing.means", mark=markup.code(reason.value), reason=context.line(reason.label))
        for reason in field.reasons
        if reason.label and reason.value
    ]
