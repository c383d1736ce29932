"""Every limit is named where publishers look for it."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from datagazette.compute.queries import Budget
from datagazette.model import limits
from datagazette.tables import bounded

ROOT = Path(__file__).parents[2]
# How many names are compared to find a misspelt one: reaching it changes no verdict.
_INTERNAL = {"COMPARED"}


def numbers() -> list[tuple[str, str]]:
    """Each limit by its name, as it is written in a text."""
    found = [(name, value) for name, value in vars(limits).items() if name.isupper() and name not in _INTERNAL]
    found += [(one.name, one.default) for one in fields(Budget)]
    found += [(name, float(value)) for name, value in bounded._ALLOWED.items()]
    return [(name, value if isinstance(value, str) else f"{value:,.0f}") for name, value in found]


@pytest.mark.parametrize("file", ["SECURITY.md", "SECURITY.zh.md"])
@pytest.mark.parametrize(("name", "number"), numbers())
def test_each_limit_is_in_the_table(file: str, name: str, number: str) -> None:
    table = (ROOT / file).read_text("utf-8")
    assert number in table, f"{name} = {number} is not in {file}"
