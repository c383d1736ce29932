"""The states of files: size, times and number on the disk. From one build to the next they show what was touched."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from datagazette.build.fingerprints import digest
from datagazette.files import State, state

_TICK = 100_000_000  # nanoseconds: systems keep the times of files to 10 ms at the worst


@dataclass(frozen=True)
class Seen:
    """The states of files of results that were whole, and those of the publication's own files with their hashes."""

    whole: frozenset[State] = frozenset()
    sources: Mapping[State, str] = field(default_factory=dict)


def settled(states: Iterable[State], looked: int) -> frozenset[State]:
    """Those that would show a change that came after `looked`, in nanoseconds since 1970.

    Within the same tick of the system's clock a change would not show.
    """
    return frozenset(state for state in states if state[-1] < looked - _TICK)


def file_states(folder: Path) -> dict[str, State]:
    """The state of each file below a folder, by its path there; nothing is read, so it is quick."""
    below = len(str(folder)) + 1
    paths = (f"{place}/{name}" for place, _, files in os.walk(folder) for name in files)
    return {path[below:]: state(os.lstat(path)) for path in paths}


def states_digest(states: Mapping[str, State]) -> str:
    """The hash of the states of a site's files, but for the disk, which can have another number after a restart."""
    return digest([(path, *about[1:]) for path, about in sorted(states.items())])


def same_files(published: Mapping[str, State], laid: Mapping[str, State]) -> bool:
    """Whether a site is as it was laid out. Another name for a file changes only the last of its times."""
    return {path: about[:4] for path, about in published.items()} == {path: about[:4] for path, about in laid.items()}
