"""Our verdicts and Frictionless's are the same, on tables that nobody thought of."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from datagazette.tables.engine import Engine, Limits, connect
from tests.checks import both
from tests.checks.cases import tables
from tests.checks.deliberate import reason

CASES = int(os.environ.get("FUZZ_CASES", "200"))


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with connect(Limits(threads=1)) as found:
        yield found


@pytest.mark.sample(1)
@pytest.mark.parametrize("cases", [50, CASES])
def test_same_verdicts(engine: Engine, cases: int) -> None:
    @settings(max_examples=cases, deadline=None, suppress_health_check=list(HealthCheck), derandomize=CASES <= 200)
    @given(tables())
    def same(resources: tuple[both.Resource, ...]) -> None:
        judge(engine, resources)

    same()


def judge(engine: Engine, resources: tuple[both.Resource, ...]) -> None:
    """Asserts that both find the same, but for what differs on purpose."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        both.write(resources, folder)
        expected = both.theirs(resources, folder)
        found = both.ours(resources, folder, engine)
        if reason(resources, found, expected):
            return
        assert found.findings == expected.findings
        assert not expected.stopped
