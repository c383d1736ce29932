"""Which of the deliberate differences, if any, a case falls under."""

from __future__ import annotations

from tests.checks.both import Answer, Resource


def reason(resources: tuple[Resource, ...], found: Answer, expected: Answer) -> str:
    """The name of a difference in `publisher/checks/differences.yaml`, or nothing."""
    if expected.stopped:
        return "frictionless-stops"
    return ""
