"""What is known of files by their states, from one build to the next: what nobody has touched is not read again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from datagazette.files import State

_TICK = 100_000_000  # nanoseconds: systems keep the times of files to 10 ms at the worst


@dataclass(frozen=True)
class Seen:
    """The states of files of results that were whole, and those of the publication's own files with their hashes."""

    whole: frozenset[State] = frozenset()
    sources: Mapping[State, str] = field(default_factory=dict)


def settled(states: Iterable[State], looked: int) -> frozenset[State]:
    """Those by which a change is told that came after `looked`, in nanoseconds since 1970.

    Within the same tick of the system's clock a change would not show.
    """
    return frozenset(one for one in states if one[-1] < looked - _TICK)
