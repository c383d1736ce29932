"""A worker for untrusted files cannot connect, nor read, write or take more than it may; each wall holds alone."""

from __future__ import annotations

import os
import pickle
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from datagazette.isolation import Bounds, OutOfBounds, Worker, size
from datagazette.isolation.limits import WALLS
from datagazette.isolation.pool import WorkerPool
from datagazette.model.errors import DataFaults, UsageError
from tests.security import work

MEMORY = 1_500_000_000
linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has this wall")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder that the worker may read, with a file in it; beside it lies one that it may not read."""
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "table.csv").write_text("marker")
    (tmp_path / "secret.txt").write_text("secret")
    return folder


@pytest.fixture
def worker(own: Path) -> Iterator[Worker]:
    with Worker(Bounds(MEMORY, reads=(own,))) as made:
        yield made


@pytest.fixture
def listener() -> Iterator[tuple[int, list[object]]]:
    """A port of this machine, and who has connected to it."""
    met: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            while True:
                try:
                    connection, who = server.accept()
                except OSError:
                    return
                connection.close()
                met.append(who)

        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1], met
        server.shutdown(socket.SHUT_RDWR)


def without(worker: Worker, wall: str) -> Worker:
    return Worker(replace(worker.bounds, walls=WALLS - {wall}))


def refused(call: Callable[..., Any], *arguments: Any) -> None:
    with pytest.raises(OSError, match=r"denied|opens no connection|not permitted"):
        call(*arguments)


def test_it_does_what_it_is_asked(worker: Worker) -> None:
    assert [worker.call(work.double, number) for number in range(50)] == [2 * number for number in range(50)]


def test_it_opens_no_connection(worker: Worker, listener: tuple[int, list[object]]) -> None:
    port, met = listener
    refused(worker.call, work.connect_to, port)
    assert met == []
    with without(worker, "network") as open_worker:
        assert open_worker.call(work.connect_to, port) == "connected"


@linux
def test_no_socket_can_be_made_past_python(worker: Worker) -> None:
    assert worker.call(work.socket_past_python) == -1
    assert worker.call(work.unix_socket_past_python) == -1
    with without(worker, "network") as open_worker:
        assert open_worker.call(work.socket_past_python) > 0


@linux
def test_it_reads_its_own_files_and_no_others(worker: Worker, own: Path) -> None:
    secret = str(own.parent / "secret.txt")
    for reading in (work.read, work.read_by_database):
        assert worker.call(reading, str(own / "table.csv")) == "marker"
    refused(worker.call, work.read, secret)
    with pytest.raises(RuntimeError, match=r"(?i)cannot open file|permission denied"):
        worker.call(work.read_by_database, secret)
    with without(worker, "files") as open_worker:
        assert open_worker.call(work.read, secret) == "secret"
        assert open_worker.call(work.read_by_database, secret) == "secret"


@linux
def test_a_link_leads_to_no_other_file(worker: Worker, own: Path) -> None:
    (own / "link.csv").symlink_to(own.parent / "secret.txt")
    refused(worker.call, work.read, str(own / "link.csv"))


@linux
def test_it_writes_its_own_folders_and_no_others(worker: Worker, own: Path, tmp_path: Path) -> None:
    refused(worker.call, work.write, str(own / "table.csv"))
    refused(worker.call, work.write, str(tmp_path / "other.txt"))
    text, path = worker.call(work.write_scratch)
    assert text == "marker"
    assert not Path(path).exists()
    with Worker(replace(worker.bounds, writes=(own,))) as writing:
        assert writing.call(work.write, str(own / "new.txt")) == "written"
        refused(writing.call, work.write, str(tmp_path / "other.txt"))


def test_its_temporary_folder_goes_with_it(worker: Worker) -> None:
    path = Path(worker.call(work.write_scratch)[1]).parent
    assert path.is_dir()
    worker.end()
    assert not path.exists()


@linux
def test_it_starts_no_program_but_python_within_the_same_walls(worker: Worker, own: Path) -> None:
    refused(worker.call, work.run, "/bin/true")
    code = (
        "import socket\n"
        "for what in (socket.socket, lambda: open({path!r})):\n"
        "    try: what(); print('reached')\n"
        "    except OSError: print('refused')"
    ).format(path=str(own.parent / "secret.txt"))
    assert worker.call(work.python_inside, code).split() == ["refused", "refused"]


@linux
def test_it_reaches_no_other_process(worker: Worker) -> None:
    refused(worker.call, work.signal_to, os.getpid())


@pytest.mark.thorough
@linux
def test_it_takes_no_more_memory_than_it_may(worker: Worker) -> None:
    assert worker.call(work.take, 100_000_000) == 100_000_000
    with pytest.raises(OutOfBounds) as ended:
        worker.call(work.take, 2 * MEMORY)
    assert ended.value.kind == "memory"
    assert worker.call(work.double, 4) == 8
    with without(worker, "memory") as open_worker:
        assert open_worker.call(work.take, 2 * MEMORY) == 2 * MEMORY


@linux
def test_it_writes_no_larger_file_than_it_may(worker: Worker) -> None:
    with Worker(replace(worker.bounds, largest_file=5_000_000)) as small:
        assert small.call(work.write_much, 4_000_000) == 4_000_000
        with pytest.raises((OSError, OutOfBounds)):
            small.call(work.write_much, 8_000_000)


def test_a_step_that_takes_too_long_is_ended_and_named(worker: Worker) -> None:
    with pytest.raises(OutOfBounds) as ended:
        worker.call(work.sleep_in_step, "slow.sql", 0.1)
    assert (ended.value.kind, ended.value.step, ended.value.seconds) == ("seconds", "slow.sql", 0.1)
    assert worker.call(work.double, 4) == 8


def test_the_step_is_named_among_others_that_go_on_beside_it(worker: Worker) -> None:
    with pytest.raises(OutOfBounds) as ended:
        worker.call(work.sleep_beside_steps, "slow.sql", 0.1)
    assert (ended.value.kind, ended.value.step) == ("seconds", "slow.sql")


def test_a_call_that_takes_too_long_is_ended(worker: Worker) -> None:
    with pytest.raises(OutOfBounds) as ended:
        worker.call(work.sleep_in_step, "long", 3600, seconds=0.1)
    assert ended.value.kind == "seconds"
    assert worker.call(work.double, 4) == 8


def test_a_worker_that_ends_by_itself_is_noticed_with_its_step(worker: Worker) -> None:
    with pytest.raises(OutOfBounds) as ended:
        worker.call(work.end_in_step, "a.csv")
    assert (ended.value.kind, ended.value.step) == ("ended", "a.csv")
    assert worker.call(work.double, 4) == 8


def test_an_answer_that_is_too_large_is_not_read(worker: Worker) -> None:
    with Worker(replace(worker.bounds, answer=10_000)) as small:
        assert small.call(work.double, 4) == 8
        with pytest.raises(OutOfBounds) as ended:
            small.call(work.read_large, 20_000)
        assert ended.value.kind == "answer"


def test_an_answer_is_read_without_running_code(worker: Worker) -> None:
    with pytest.raises(pickle.UnpicklingError):
        worker.call(work.answer_with_code)


def test_failures_of_the_program_and_the_system_arrive_as_they_were(worker: Worker) -> None:
    with pytest.raises(UsageError) as usage:
        worker.call(work.fail, "usage")
    assert usage.value.text("zh") == "请分开检查数据集与文件"
    with pytest.raises(DataFaults) as faults:
        worker.call(work.fail, "data")
    assert [(one.code, one.line) for one in faults.value.problems] == [("name-missing", 3)]
    with pytest.raises(OSError, match="No such file") as system:
        worker.call(work.fail, "system")
    assert system.value.filename == "gone.csv"
    with pytest.raises(RuntimeError, match="ZeroDivisionError: by nothing"):
        worker.call(work.fail, "other")
    assert worker.call(work.double, 4) == 8


def test_a_worker_can_have_a_worker_within_its_walls(worker: Worker) -> None:
    assert worker.call(work.work_in_worker, 21) == (42, True)


@linux
def test_a_worker_started_from_nothing_has_the_same_walls(
    worker: Worker, own: Path, listener: tuple[int, list[object]]
) -> None:
    with Worker(worker.bounds, fresh=True) as fresh:
        assert fresh.call(work.read, str(own / "table.csv")) == "marker"
        refused(fresh.call, work.read, str(own.parent / "secret.txt"))
        refused(fresh.call, work.connect_to, listener[0])
        with pytest.raises(OutOfBounds):
            fresh.call(work.take, 2 * MEMORY)


def test_it_has_the_environment_and_the_folder_of_whoever_asks(
    worker: Worker, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MARKER", "here")
    monkeypatch.chdir(own)
    assert worker.call(work.environment) == ("here", str(own))


def test_a_pool_shares_work_and_survives_the_end_of_a_worker(worker: Worker) -> None:
    with WorkerPool(2, worker.bounds) as pool:
        futures: list[Future[Any]] = [pool.submit(work.double, number) for number in range(20)]
        futures.insert(7, pool.submit(work.end_in_step, "a.csv"))
        answers = [future.exception() or future.result() for future in futures]
    assert isinstance(answers.pop(7), OutOfBounds)
    assert answers == [2 * number for number in range(20)]


@pytest.mark.parametrize(("text", "expected"), [("512MB", 512_000_000), ("2 GiB", 2 * 2**30), ("1.5k", 1500)])
def test_sizes_are_read(text: str, expected: int) -> None:
    assert size(text) == expected
    with pytest.raises(ValueError, match="lots"):
        size("lots")
