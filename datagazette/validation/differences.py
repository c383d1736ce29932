"""Where the check differs from Frictionless on purpose, and why: for the reference page and for the tests."""

from __future__ import annotations

from dataclasses import dataclass

from datagazette.messages import texts


@dataclass(frozen=True)
class Difference:
    """One that is meant, in one language."""

    name: str
    title: str
    reason: str


def differences(language: str) -> tuple[Difference, ...]:
    """All of them, in English where the language is none of the program's."""
    told = texts("differences", language).items()
    return tuple(Difference(name, text["title"], text["reason"]) for name, text in told)
