"""A build on a Dask cluster gives the same bytes, also where a worker is lost in the middle of it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import BUILD, ROOT, Run, tree_hashes

pytestmark = [pytest.mark.slow, pytest.mark.thorough]


def start(*arguments: str, program: Path = ROOT) -> subprocess.Popen[str]:
    """One of Dask's programs, in the program's environment, where it finds `datagazette` in `program`."""
    return subprocess.Popen(
        [sys.executable, "-m", "distributed.cli.dask_" + arguments[0], *arguments[1:]],
        cwd=program,
        env={**os.environ, "PYTHONPATH": str(program), "DASK_DISTRIBUTED__WORKER__DAEMON": "false"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def running(
    scratch: Path, schedulers: Path = ROOT, workers: Sequence[Path] = (ROOT, ROOT)
) -> Iterator[tuple[str, list[subprocess.Popen[str]]]]:
    """The address of a scheduler on this machine, and its workers; each finds the program in the folder named."""
    address = f"tcp://127.0.0.1:{free_port()}"
    port = address.rpartition(":")[2]
    scheduler = start("scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard", program=schedulers)
    options = ("--nthreads", "1", "--nworkers", "1", "--no-dashboard", "--no-nanny")
    started = [
        start("worker", address, *options, "--local-directory", str(scratch / str(number)), program=program)
        for number, program in enumerate(workers)
    ]
    try:
        yield address, started
    finally:
        for process in (*started, scheduler):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(300)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[str]]]]:
    with running(tmp_path) as found:
        yield found


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
    assert workers[0].wait(300) == -signal.SIGKILL
    assert workers[1].poll() is None
    assert tree_hashes(small / "public") == tree_hashes(small_site)


def test_without_a_scheduler_a_message_says_so(small: Path, run: Callable[..., Run]) -> None:
    done = run("build", "--root", small, "--cluster", f"tcp://127.0.0.1:{free_port()}")
    assert done.status == 2
    assert "there is no Dask scheduler" in done.err
    assert not (small / "public").exists()


def other_version(folder: Path) -> Path:
    """The program with another line in one of its modules."""
    shutil.copytree(ROOT / "datagazette", folder / "datagazette", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("requirements.txt", "package-lock.json", "build.py"):
        shutil.copy(ROOT / name, folder / name)
    with (folder / "datagazette/build/steps.py").open("a") as file:
        file.write("# another version\n")
    return folder


@pytest.mark.parametrize(
    ("scheduler", "workers", "expected"),
    [
        ("none", ["none"], ["scheduler tcp://127.0.0.1:{port} does not have this program", "worker tcp://127.0.0.1:"]),
        ("ours", ["none"], ["this build: worker tcp://127.0.0.1:", "does not have this program"]),
        ("none", ["ours"], ["scheduler tcp://127.0.0.1:{port} does not have this program. Install"]),
        ("ours", ["other"], ["this build: worker tcp://127.0.0.1:", "has another version of the program"]),
    ],
)
def test_a_cluster_without_this_version_of_the_program_is_refused_in_one_message(
    small: Path, tmp_path: Path, run: Callable[..., Run], scheduler: str, workers: list[str], expected: list[str]
) -> None:
    places = {"ours": ROOT, "none": tmp_path / "none", "other": other_version(tmp_path / "other")}
    places["none"].mkdir()
    with running(tmp_path, places[scheduler], [places[one] for one in workers]) as (address, _):
        english, chinese = (run("build", "--root", small, "--cluster", address, "--lang", one) for one in ("en", "zh"))
    for done in (english, chinese):
        assert done.status == 2
        assert len(done.err.splitlines()) == 1, done.err
        assert address in done.err
        assert "pip install --requirement requirements.txt --requirement requirements-cluster.txt" in done.err
        assert f"PYTHONPATH={ROOT}" in done.err
    for text in expected:
        assert text.format(port=address.rpartition(":")[2]) in english.err
    assert "无法完成本次构建" in chinese.err
    assert not (small / "public").exists()
