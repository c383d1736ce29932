"""What the tests have an isolated worker do: harmless things that a wall is to keep it from."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from datagazette.isolation import Bounds, Worker, step
from datagazette.model.errors import DataFaults, UsageError
from datagazette.model.problems import problem
from datagazette.tables.engine import Limits, connect


def double(number: int) -> int:
    return 2 * number


def connect_to(port: int) -> str:
    with socket.create_connection(("127.0.0.1", port), 5):
        return "connected"


def socket_past_python() -> int:
    """A socket made by the C library, which Python's hooks do not see; -1 where the system refuses."""
    return int(ctypes.CDLL(None).socket(socket.AF_INET, socket.SOCK_STREAM, 0))


def unix_socket_past_python() -> int:
    return int(ctypes.CDLL(None).socket(socket.AF_UNIX, socket.SOCK_STREAM, 0))


def read(path: str) -> str:
    return Path(path).read_text()


def read_by_database(path: str) -> str:
    with connect(Limits()) as engine:
        return str(engine.row("SELECT content FROM read_text(?)", [path])[0])


def write(path: str) -> str:
    Path(path).write_text("marker")
    return "written"


def write_scratch() -> tuple[str, str]:
    with tempfile.NamedTemporaryFile("w+") as file:
        file.write("marker")
        file.seek(0)
        return file.read(), file.name


def run(program: str) -> int:
    return subprocess.run([program], check=False, capture_output=True).returncode


def python_inside(code: str) -> str:
    """What another Python prints, which has the same walls around it."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False).stdout


def take(size: int) -> int:
    return len(bytearray(size))


def write_much(size: int) -> int:
    with tempfile.TemporaryFile() as file:
        for _ in range(size // 1_000_000):
            file.write(b"x" * 1_000_000)
        return file.tell()


def sleep_in_step(name: str, seconds: float) -> None:
    with step("before", seconds):
        pass
    with step(name, seconds):
        time.sleep(3600)


def sleep_beside_steps(name: str, seconds: float) -> None:
    """Two threads, of which one takes too long."""

    def quick() -> None:
        while True:
            with step("quick", 3600):
                time.sleep(0.01)

    threading.Thread(target=quick, daemon=True).start()
    sleep_in_step(name, seconds)


def end_in_step(name: str) -> None:
    with step(name, 3600):
        os.kill(os.getpid(), signal.SIGKILL)


def signal_to(process: int) -> None:
    os.kill(process, 0)


def fail(kind: str) -> None:
    if kind == "usage":
        raise UsageError("datasets-and-files")
    if kind == "data":
        raise DataFaults([problem("name-missing", "a.yaml", 3)])
    if kind == "system":
        raise FileNotFoundError(2, "No such file or directory", "gone.csv")
    raise ZeroDivisionError("by nothing")


def answer_with_code() -> object:
    """An answer that names a function: whoever unpickled it as pickle does could be made to call it."""
    return os.getpid


def work_in_worker(number: int) -> tuple[int, bool]:
    """A worker within a worker: for what has still less time."""
    with Worker(Bounds(500_000_000, reads=None), fresh=True) as worker:
        refused = False
        try:
            worker.call(connect_to, 9)
        except OSError:
            refused = True
        return worker.call(double, number), refused


def environment() -> tuple[str, str]:
    return os.environ.get("MARKER", ""), str(Path.cwd())


def read_large(length: int) -> str:
    return "x" * length
