"""Running whole processes to be measured, and putting what was measured into README.md."""

from __future__ import annotations

import os
import resource
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

README = Path(__file__).parent / "README.md"


@dataclass(frozen=True)
class Measured:
    """Seconds of the median run, the least processor time, and the most memory that a run took, in MB.

    Processor time says more than time where other programs run beside. `status` is the last exit status.
    """

    seconds: float
    processor: float
    memory: float
    status: int = 0


def environment() -> dict[str, str]:
    """In which Python keeps the bytecode of what it imports, as it does by default.

    Without, our own modules would be compiled in each run, and those of libraries, which pip has compiled, would not.
    """
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def measure(command: Sequence[str], repeat: int) -> Measured:
    """Runs a process, and all that come from it, `repeat` times."""
    runs = [measure_tree(command, 0.01) for _ in range(repeat)]
    seconds = sorted(run.seconds for run in runs)[repeat // 2]
    return Measured(seconds, min(run.processor for run in runs), max(run.memory for run in runs), runs[-1].status)


def measure_tree(command: Sequence[str], every: float = 0.1) -> Measured:
    """Runs a process once and adds up the memory of it and all processes that came from it, each page counted once
    (Linux).

    To look at large processes takes a while: at most a fiftieth of the time goes into it. Nobody waits for workers, so
    that their processor time is what was last seen of it.
    """
    started, most, before = time.perf_counter(), 0.0, resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True, env=environment())
    family, workers = {process.pid}, dict[int, float]()
    while process.poll() is None:
        began = time.perf_counter()
        running = _running()
        while more := {pid for pid, each in running.items() if each.parent in family} - family:
            family |= more
        own = {pid: each for pid, each in running.items() if pid in family}
        most = max(most, sum(map(_memory, own)))
        workers |= {pid: each.seconds for pid, each in own.items() if _is_worker(each, running, process.pid)}
        _wait(process, max(every, 49 * (time.perf_counter() - began)))
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = usage.ru_utime + usage.ru_stime - before.ru_utime - before.ru_stime + sum(workers.values())
    return Measured(time.perf_counter() - started, spent, most, process.returncode)


@dataclass(frozen=True)
class _Process:
    """A process with its seconds of processor time so far."""

    parent: int
    session: int
    seconds: float


def _is_worker(process: _Process, running: Mapping[int, _Process], session: int) -> bool:
    """Whether its parent is in another session than the main process, and so is what starts workers."""
    parent = running.get(process.parent)
    return process.session != session and parent is not None and parent.session != session


def _wait(process: subprocess.Popen[bytes], seconds: float) -> None:
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)


def _running() -> dict[int, _Process]:
    """All processes of the machine."""
    found = {}
    ticks = os.sysconf("SC_CLK_TCK")
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            after_name = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # has ended meanwhile
            continue
        seconds = (int(after_name[11]) + int(after_name[12])) / ticks
        found[int(folder.name)] = _Process(int(after_name[1]), int(after_name[3]), seconds)
    return found


def _memory(process: int) -> float:
    """A process's share of memory in MB: what it shares with others counts in part."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def write_section(name: str, text: str) -> None:
    """Puts `text` between the section's marks in README.md, `<!-- name: begin -->` and `<!-- name: end -->`."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, _, rest = README.read_text("utf-8").partition(begin)
    _, found, after = rest.partition(end)
    if not found:
        raise LookupError(f"README.md has no section {name}")
    README.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", "utf-8")
