"""The harnesses in their short form: the same few examples each time, and every case that was ever found.

`make fuzz` runs them for long: with Hypothesis on new examples, and with atheris, which looks for new ways through
the code. What it finds is kept in corpus/<harness>/, under a name that says what it was.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.harnesses import HARNESSES

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
CORPUS = Path(__file__).parent / "corpus"
CASES = sorted(CORPUS.glob("*/*"))


@pytest.mark.sample(len(HARNESSES))
@pytest.mark.parametrize("examples", [20, EXAMPLES or 60])
@pytest.mark.parametrize("name", HARNESSES)
def test_made_up_bytes_bring_no_reader_down(name: str, examples: int) -> None:
    @settings(
        max_examples=examples,
        derandomize=not EXAMPLES,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.binary(max_size=60))
    def run(data: bytes) -> None:
        HARNESSES[name](data)

    run()


@pytest.mark.parametrize("case", CASES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_was_found_stays_mended(case: Path) -> None:
    HARNESSES[case.parent.name](case.read_bytes())
