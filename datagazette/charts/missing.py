"""How many of the values that a summary adds up or draws are missing, and why, in words."""

from __future__ import annotations

from datagazette.messages import texts
from datagazette.model.results import MissingParts, SummaryResult

_MOST = 6  # reasons that are named


def missing_sentences(result: SummaryResult, language: str) -> list[str]:
    """A sentence without its end for each field of which values are missing: `3 of 31 values of "stations" are missing:
    2 not collected, 1 suppressed`."""
    return [_sentence(parts, language) for parts in result.missing]


def _sentence(parts: MissingParts, language: str) -> str:
    words, field = texts("charts", language), parts.field
    counts: dict[str, int] = {}
    for written, count in parts.empty:
        reason = field.reason(written).get(language) or words["unsaid"]
        counts[reason] = counts.get(reason, 0) + count
    named = [words["part"].format(count=f"{count:,}", reason=reason) for reason, count in list(counts.items())[:_MOST]]
    said = words["missing"].format(missing=f"{parts.missing:,}", cells=f"{parts.cells:,}",
                                   field=field.title.get(language) or field.name)  # fmt: skip
    is_explained = any(field.reason(written) for written, _ in parts.empty)
    return str(said) + (words["because"].format(reasons=words["comma"].join(named)) if is_explained else "")
