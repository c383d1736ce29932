"""What the database draws for a person at a prompt never gets into the output, which may be JSON."""

from __future__ import annotations

import pytest

from datagazette.isolation import isolated
from datagazette.tables.engine import Limits, connect

_BAR = "SELECT current_setting('enable_progress_bar')"


def settings() -> tuple[bool, ...]:
    """Whether each kind of connection draws a bar."""
    found = []
    for limits in (Limits(), Limits(reads=()), Limits(shared="bar")):
        with connect(limits) as engine:
            found.append(bool(engine.row(_BAR)[0]))
    return tuple(found)


@pytest.mark.thorough
def test_no_database_draws_a_bar_of_its_progress_in_a_worker_either() -> None:
    assert settings() == isolated(settings, reads=()) == (False, False, False)
