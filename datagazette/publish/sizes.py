"""How large a site is, by dataset, and what that means for the host that `catalog.yaml` names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from datagazette.load.files import CATALOG
from datagazette.model.hosts import HOSTS, HostLimits
from datagazette.model.names import LATEST
from datagazette.model.problems import Problem, problem, warning
from datagazette.model.text import in_bytes

# From this part of a limit on, a build warns.
NEAR = 0.8
_NAMED = 3  # what is named of that which takes the most


@dataclass(frozen=True)
class Size:
    """Bytes, each file counted as it is sent to a host, and how many files there are."""

    bytes: int = 0
    files: int = 0

    def __add__(self, other: Size) -> Size:
        return Size(self.bytes + other.bytes, self.files + other.files)


@dataclass(frozen=True)
class SiteSize:
    """`whole` is the site with `data`, the submitted CSVs, `drafts`, the downloads of drafts, and the downloads of
    each of the `datasets`. `kinds` has bytes by ending, with `latest/` as one; `largest` is the largest file."""

    whole: Size = field(default_factory=Size)
    data: Size = field(default_factory=Size)
    drafts: Size = field(default_factory=Size)
    datasets: Mapping[str, Size] = field(default_factory=dict)
    kinds: Mapping[str, int] = field(default_factory=dict)
    largest: tuple[str, int] = ("", 0)

    def most(self) -> list[tuple[str, Size]]:
        """The datasets that take the most, the largest first."""
        return sorted(self.datasets.items(), key=lambda pair: (-pair[1].bytes, pair[0]))[:_NAMED]


def site_size(sizes: Mapping[str, int], drafts: Collection[str]) -> SiteSize:
    """Of the files of a site: their bytes by path. `drafts` are the folders of drafts: `data/x/1.0.0/`."""
    datasets: dict[str, Size] = {}
    kinds = Counter[str]()
    whole = data = drafted = Size()
    for path, number in sizes.items():
        file = Size(number, 1)
        whole += file
        folder, _, rest = path.partition("/")
        if folder != "data":
            continue
        dataset, _, below = rest.partition("/")
        version, _, name = below.partition("/") if "/" in below else ("", "", below)  # the history is of no release
        datasets[dataset] = datasets.get(dataset, Size()) + file
        if f"data/{dataset}/{version}/" in drafts:
            drafted += file
        ending = name.rpartition("/")[2].partition(".")[2]
        kinds[f"{LATEST}/" if version == LATEST else _kind(ending)] += number
        if version not in ("", LATEST) and "/" not in name and ending == "csv":
            data += file
    largest = max(sizes.items(), key=lambda pair: (pair[1], pair[0]), default=("", 0))
    return SiteSize(whole, data, drafted, datasets, dict(kinds), largest)


def _kind(ending: str) -> str:
    """Of `excel.csv` and `csv-metadata.json` both parts; of `en.svg` and `2.parquet` the last."""
    parts = ending.split(".")
    return f".{ending}" if parts[0] in ("excel", "csv-metadata") else f".{parts[-1]}"


@dataclass(frozen=True)
class Measure:
    """How much of one of its host's limits a site has. `rule` is `bytes`, `files` or `file`, the largest file."""

    rule: str
    number: int
    limit: int

    @property
    def part(self) -> float:
        return self.number / self.limit

    def said(self, number: int) -> str:
        return in_count(number) if self.rule == "files" else in_bytes(number)


def measures(size: SiteSize, host: str) -> tuple[Measure, ...]:
    """The site against each limit of its host; none where the host has no known one."""
    limits = HOSTS.get(host, HostLimits(""))
    found = (("bytes", size.whole.bytes, limits.bytes), ("files", size.whole.files, limits.files),
             ("file", size.largest[1], limits.file))  # fmt: skip
    return tuple(Measure(rule, number, limit) for rule, number, limit in found if limit is not None)


def size_faults(size: SiteSize, host: str) -> tuple[Problem, ...]:
    """Where a site is beyond a limit of its host: errors; where it is near one: warnings. All name what takes most."""
    kinds = sorted(size.kinds.items(), key=lambda pair: (-pair[1], pair[0]))[:_NAMED]
    most = ", ".join(f"{kind} {in_bytes(number)}" for kind, number in kinds)
    return tuple(
        (problem if each.part > 1 else warning)(
            "site-too-large", CATALOG, None, rule="" if each.rule == "bytes" else each.rule, host=HOSTS[host].title,
            found=each.said(each.number), limit=each.said(each.limit), part=f"{each.part:.0%}", most=most,
            path=size.largest[0],
        )
        for each in measures(size, host)
        if each.part > NEAR
    )  # fmt: skip


def in_count(number: int) -> str:
    """A number of files for people."""
    return f"{number:,}"
