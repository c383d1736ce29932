"""What the process for untrusted files imports while this one reads the command line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from datagazette.isolation import prepare

# The work of each command; what they share is imported once.
_WORK = {
    "check": "datagazette.commands.check_datasets",
    "diff": "datagazette.commands.diff",
    "query": "datagazette.commands.query",
    "new": "datagazette.intake.drafts",
    "revise": "datagazette.commands.check_datasets",
    "release": "datagazette.commands.release",
    "record": "datagazette.build.package",
    "build": "datagazette.build.package",
    "serve": "datagazette.build.package",
}
_FILES = "datagazette.commands.check_files"


def start(arguments: Sequence[str]) -> None:
    """Starts that process for the commands that need it."""
    command = next((one for one in arguments if one in _WORK), "")
    if "--help" in arguments or "-h" in arguments or (arguments and not command):
        return
    is_of_files = command == "check" and any(Path(one).is_file() for one in arguments)
    prepare(_FILES if is_of_files else _WORK[command or "build"])
