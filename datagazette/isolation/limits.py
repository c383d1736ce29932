"""What a worker may use, and what it means that it wanted more."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

# The walls by name. Only tests leave one out, to see that the others do not do its work.
WALLS = frozenset({"network", "files", "memory", "time"})
DATABASE = 2_000_000_000  # bytes that a worker's database may use, unless a command says otherwise
# What a worker's process may take beside its database: Python, libraries, threads, what the database does not count.
BESIDE_DATABASE = 2_000_000_000  # bytes
LARGEST_FILE = 40_000_000_000  # bytes; what a database spills is bounded by itself
LARGEST_ANSWER = 1_000_000_000  # bytes of what a worker sends back


@dataclass(frozen=True)
class Bounds:
    """What a worker may use beside the program's own files and the system's libraries.

    `memory` is in bytes, of the whole process. `reads` are files and folders; None leaves the files as they are, for
    a worker within a worker. `writes` are folders, which may be read as well. `runs` are programs that it may start,
    within the same walls. No file that it writes may become larger than `largest_file`.
    """

    memory: int
    reads: tuple[Path, ...] | None = ()
    writes: tuple[Path, ...] = ()
    runs: tuple[Path, ...] = ()
    answer: int = LARGEST_ANSWER
    largest_file: int = LARGEST_FILE
    walls: frozenset[str] = WALLS


class OutOfBounds(Exception):
    """The work was ended. `kind` is "seconds", "memory", "answer", or "ended" where the process ended by itself.

    `step` names what was under way, empty where the work names no steps; `seconds` is the limit that it reached.
    """

    def __init__(self, kind: str, step: str = "", seconds: float = 0.0) -> None:
        super().__init__(kind, step, seconds)
        self.kind, self.step, self.seconds = kind, step, seconds


def size(text: str) -> int:
    """Bytes of a size such as "512MB", "2GB" or "1GiB". Raises ValueError for a text that is none."""
    found = re.fullmatch(r"\s*([0-9.]+)\s*([KMGT]i?)?B?\s*", text, re.IGNORECASE)
    if not found:
        raise ValueError(text)
    unit = (found[2] or "").lower()
    base = 1024 if unit.endswith("i") else 1000
    return int(float(found[1]) * base ** " kmgt".index(unit[:1] or " "))


def within(memory: str, process: str = "130MB") -> str:
    """What a database may use so that its whole process keeps to `memory`: the interpreter and the libraries, and
    what the database does not count, take about as much as `process`. At least half is left to the database.

    Raises ValueError for a size that is none, such as "lots".
    """
    limit = size(memory)
    return f"{max(limit - size(process), limit // 2)}B"
