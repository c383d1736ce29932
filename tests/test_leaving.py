"""How the program ends: with its exit status, and not before what it said and what it had to do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, run_build

_ENDING = """
import atexit, sys
from datagazette.cli import main
print("said", end="")
atexit.register(lambda: (sys.stdout.write(", done"), sys.stdout.flush()))
sys.exit(main(["check", "--root", "nowhere"]))
"""


def test_what_was_said_and_what_was_to_be_done_at_the_end_comes_first() -> None:
    done = subprocess.run([sys.executable, "-c", _ENDING], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr.count("nowhere")) == (2, "said, done", 1)


def test_a_long_report_arrives_whole() -> None:
    done = run_build("check", "--root", ROOT / "tests/publications/small", "--format", "json")
    assert done.status == 0, done.said
    assert done.out.rstrip().endswith("}")


def test_no_traceback_where_nobody_reads_on() -> None:
    command = [sys.executable, str(ROOT / "build.py"), "check", "--root", str(ROOT / "tests/publications/small"),
               "--format", "json"]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as started:
        assert started.stdout is not None
        assert started.stderr is not None
        started.stdout.close()
        said = started.stderr.read().decode()
    assert "Traceback" not in said


@pytest.mark.usefixtures("warmed")
def test_a_build_says_what_it_does_and_no_more(small: Path) -> None:
    done = run_build("build", "--root", small, "--jobs", "2", language="en")
    assert done.status == 0, done.said
    *lines, neutral = [line for line in done.err.splitlines() if not line.endswith("…")]
    assert neutral.startswith("Pages made from catalog.yaml: about, cite, contribute.")
    assert lines[0] == "datasets/visits"
    assert lines[-1] == "1 warning"
    assert len(lines) == 5
