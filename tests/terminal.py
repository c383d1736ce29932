"""A program at a terminal, as a person uses it."""

from __future__ import annotations

import os
import pty
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.conftest import BUILD, ROOT

_END = "\x04"  # a further question ends the program


def typed(answers: Sequence[str], *arguments: str | Path, status: int = 0) -> str:
    """What `build.py` says in a terminal of 80 columns where `answers` are typed, one line each, and ends with
    `status`."""
    ours, theirs = pty.openpty()
    plain = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1", "TERM": "dumb"}
    process = subprocess.Popen([*BUILD, *map(str, arguments)], stdin=theirs, stdout=theirs, stderr=theirs, cwd=ROOT,
                               close_fds=True, env=plain)  # fmt: skip
    os.close(theirs)
    os.write(ours, "".join(f"{answer}\n" for answer in answers).encode() + _END.encode())
    said = b""
    try:
        while part := os.read(ours, 65536):
            said += part
    except OSError:  # the other end is closed
        pass
    os.close(ours)
    assert process.wait(600) == status, said.decode()
    return said.decode().replace("\r\n", "\n")
