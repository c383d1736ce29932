"""A build on a Dask cluster gives the same bytes, also where a worker is lost in the middle of it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import BUILD, ROOT, Run, tree_hashes

pytestmark = pytest.mark.slow


def start(*arguments: str) -> subprocess.Popen[str]:
    """One of Dask's programs, in the program's own environment, where it finds `publisher`."""
    return subprocess.Popen(
        [sys.executable, "-m", "distributed.cli.dask_" + arguments[0], *arguments[1:]],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "DASK_DISTRIBUTED__WORKER__DAEMON": "false"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[str]]]]:
    """The address of a scheduler on this machine, and its two workers."""
    address = f"tcp://127.0.0.1:{free_port()}"
    scheduler = start("scheduler", "--host", "127.0.0.1", "--port", address.rpartition(":")[2], "--no-dashboard")
    options = ("--nthreads", "1", "--nworkers", "1", "--no-dashboard", "--no-nanny")
    workers = [start("worker", address, *options, "--local-directory", str(tmp_path / str(one))) for one in range(2)]
    try:
        yield address, workers
    finally:
        for process in (*workers, scheduler):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(20)


def test_a_lost_worker_makes_no_difference(
    small: Path, small_site: Path, cluster: tuple[str, list[subprocess.Popen[str]]]
) -> None:
    address, workers = cluster
    with subprocess.Popen(
        [*BUILD, "build", "--root", str(small), "--lang", "en", "--cluster", address],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as build:
        assert build.stderr is not None
        said = []
        for line in build.stderr:
            said.append(line)
            if line.startswith("Packaging"):
                workers[0].kill()
        assert build.wait() == 0, "".join(said)
    assert workers[0].wait(10) == -signal.SIGKILL
    assert workers[1].poll() is None
    assert tree_hashes(small / "public") == tree_hashes(small_site)


def test_without_a_scheduler_a_person_is_told(small: Path, run: Callable[..., Run]) -> None:
    done = run("build", "--root", small, "--cluster", f"tcp://127.0.0.1:{free_port()}")
    assert done.status == 2
    assert "there is no Dask scheduler" in done.err
    assert not (small / "public").exists()
