"""Where the check differs from Frictionless on purpose, and why: for the reference page and for the tests."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

_FILE = Path(__file__).with_suffix(".yaml")


@dataclass(frozen=True)
class Difference:
    """One that is meant, in one language."""

    name: str
    title: str
    reason: str


def differences(language: str) -> tuple[Difference, ...]:
    """All of them, in English where the language is none of the program's."""
    read = yaml.safe_load(_FILE.read_text("utf-8"))
    worded = ((name, texts.get(language) or texts["en"]) for name, texts in read.items())
    return tuple(Difference(name, texts["title"], texts["reason"]) for name, texts in worded)
