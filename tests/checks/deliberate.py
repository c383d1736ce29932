"""Which of the deliberate differences, if any, a case falls under."""

from __future__ import annotations

from typing import Any

from datagazette.messages import LANGUAGES, texts
from datagazette.model.limits import LABEL_CHARACTERS
from tests.checks.both import Answer, Resource


def differences() -> dict[str, Any]:
    """The texts of each difference, by its name and by language."""
    return {
        name: {language: texts("differences", language)[name] for language in LANGUAGES}
        for name in texts("differences", "en")
    }


def reason(resources: tuple[Resource, ...], found: Answer, expected: Answer) -> str:
    """The name of a difference in `datagazette/messages/en/differences.yaml`, or nothing."""
    name = _reason(resources, found, expected)
    assert not name or name in differences()
    return name


def _reason(resources: tuple[Resource, ...], found: Answer, expected: Answer) -> str:
    if expected.stopped:
        return "frictionless-stops"
    if any(code == "field-error" for counted in found.findings for code, _, _ in counted):
        return "bound-of-another-type"
    if len(resources) > 1 and found.findings[1] == expected.findings[1] and _unreadable(expected.findings[1]):
        return "broken-reference"
    for longest, counted in zip(expected.longest_labels, found.findings, strict=True):
        if longest > LABEL_CHARACTERS and list(counted.elements()) == [("source-error", 0, "")]:
            return "limits"
    return ""


def _unreadable(findings: Any) -> bool:
    return any(code in ("source-error", "encoding-error", "scheme-error") for code, _, _ in findings)
