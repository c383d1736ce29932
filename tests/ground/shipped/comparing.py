"""What was compared, counted by kind, so that a comparison which finds nothing to compare fails as well."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from tests.ground.shipped.figures import figures, plain

BASE = "https://social-work.example.org/"
_ADDRESS = re.compile(r"https?://[^\s\"'<>}，。；]+")
_HASH = re.compile(r"\b(?:sha256[:-])?[0-9a-f]{64}\b")


class Comparison:
    """Figures that were compared, counted by kind, and what is wrong."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.counts: Counter[str] = Counter()

    def same(self, kind: str, place: str, shown: object, want: object) -> None:
        self.counts[kind] += 1
        if shown != want:
            self.faults.append(f"{place}: {kind} is {shown!r}, expected {want!r}")

    def one_of(self, kind: str, place: str, shown: object, want: Collection[object]) -> None:
        self.counts[kind] += 1
        if shown not in want:
            self.faults.append(f"{place}: {kind} is {shown!r}, expected one of {sorted(map(str, want))}")

    def explained(self, place: str, value: Any, texts: Collection[str], known: Collection[str]) -> None:
        """Every figure in the texts of a structure is known, or the text is the publisher's.

        Hashes may not be left; addresses may hold what the paths of this site hold, and versions that are known."""
        for leaf in leaves(value):
            shown = plain(str(leaf))
            if shown in texts:
                self.counts["texts of the publisher"] += 1
                continue
            if _HASH.search(shown):
                self.faults.append(f"{place}: a hash that nothing was compared with: {shown[:90]!r}")
            shown = _ADDRESS.sub(_of_address, shown)
            odd = [figure.text for figure in figures(shown) if figure.text not in known]
            self.counts["other figures"] += len(figures(shown))
            if odd:
                self.faults.append(f"{place}: unexpected {odd} in {shown[:160]!r}")

    def short_of(self, floors: Mapping[str, int]) -> list[str]:
        return [
            f"{self.counts[kind]} of {kind} were compared, expected at least {floor}"
            for kind, floor in floors.items()
            if self.counts[kind] < floor
        ]


def _of_address(found: re.Match[str]) -> str:
    """What an address of this site says of a version; other addresses are of others."""
    path = found[0].removeprefix(BASE)
    return " ".join(re.findall(r"\d+\.\d+\.\d+", path)) if path != found[0] else ""


def leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        for member in value.values():
            yield from leaves(member)
    elif isinstance(value, list | tuple):
        for member in value:
            yield from leaves(member)
    elif value is not None and not isinstance(value, bool):
        yield value


@lru_cache(maxsize=4_096)
def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def at(site: Path, address: str) -> Path:
    """The file of this site that answers at an address."""
    assert address.startswith(BASE), address
    return site / address.removeprefix(BASE)


def number(value: Any) -> Any:
    """A number of JSON as the decimal that it is written as."""
    return Decimal(str(value)) if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else value
