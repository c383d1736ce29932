"""A command that is killed at the n-th thing that it does to the files below a folder."""

from __future__ import annotations

import os
import signal
import sys

from datagazette.cli import main

_CHANGES = ("os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.truncate", "shutil.copytree", "shutil.rmtree")


def kill_at(place: int, folder: str) -> None:
    """Kills this process just before the change number `place` below `folder`."""
    seen = 0

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen
        writes = event == "open" and isinstance(arguments[1], str) and arguments[1][:1] in "wax+"
        if not (writes or event in _CHANGES) or not str(arguments[0]).startswith(folder):
            return
        seen += 1
        if seen == place:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)


if __name__ == "__main__":
    kill_at(int(sys.argv[1]), sys.argv[2])
    sys.exit(main(sys.argv[3:]))
