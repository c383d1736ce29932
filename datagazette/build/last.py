"""What the last build at a place left: its site, file by file, and what it had for each subject."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache as once

from datagazette.build import memo as memos
from datagazette.build.cache import Cache, CacheKey
from datagazette.build.fingerprints import TICK, Seen, digest, file_hash, settled
from datagazette.build.memo import Memo
from datagazette.files import State
from datagazette.publish import output
from datagazette.publish.output import Before, Laid

# Where and what is built: the name of the place, and parts of keys.
Place = tuple[str, Mapping[str, str]]


@dataclass(frozen=True)
class Shown:
    """The site that was published at a place: the state of each file by its path, when that was `looked` at, in
    nanoseconds since 1970, and the hashes of the publication's own files by their states.

    `key` is the hash of all that the site was made from; "" where that changed meanwhile.
    """

    states: Mapping[str, State] = field(default_factory=dict)
    looked: int = 0
    sources: Mapping[State, str] = field(default_factory=dict)
    key: str = ""

    @property
    def seen(self) -> Seen:
        return Seen(settled(self.states.values(), self.looked), self.sources)

    def differing(self, now: Mapping[str, State]) -> set[str]:
        """The files of which the state is another one now. A disk can have another number after a restart."""
        disk = next(iter(now.values()), (0,))[0]
        then = self.states.items()
        moved = {path: (disk, *about[1:]) for path, about in then if about[0] != disk}
        return {path for path, _ in now.items() ^ {**self.states, **moved}.items()}


@dataclass(frozen=True)
class _Rows:
    """What `Memo.rows` gives, made with the program, the options and the look that have the hash `shared`."""

    shared: str
    rows: Mapping[str, Mapping[str, tuple[str, str, str, bool]]]


def shown_before(cache: Cache, place: Place) -> Shown:
    found = cache.find(_key("shown", place))
    return found.value if found else Shown()


def before(cache: Cache, place: Place, shared: str, shown: Shown, now: Mapping[str, State]) -> tuple[Before, Memo]:
    """What is known of the published tree, whose files have the states `now`, and of the results behind it."""
    laid, known = (cache.find(_key(stage, place)) for stage in ("laid", "memo"))
    tree: Laid = laid.value if laid else Laid()
    touched = shown.differing(now)
    is_listed = bool(now) and not touched & (now.keys() ^ shown.states.keys())
    # Within the same tick of the system's clock a change would not show.
    touched |= {path for path, about in shown.states.items() if about[-1] >= shown.looked - TICK}
    untouched = {group for group, files in tree.groups.items() if group and touched.isdisjoint(files)}
    folders = {group.partition("\n")[0] for group in untouched}
    folders -= {group.partition("\n")[0] for group in tree.groups.keys() - untouched}
    rows: _Rows | None = known.value if known else None
    memo = Memo(rows.rows, folders) if rows and rows.shared == shared else Memo()
    return Before(tree, now, touched, untouched, is_listed), memo


def keep(cache: Cache, place: Place, shared: str, shown: Shown, laid: Laid, memo: Memo) -> None:
    """Notes the same for the next build, and removes what nobody needs any more."""
    rows = memo.rows(frozenset(laid.files.values()))
    used = {row[1] for subjects in rows.values() for row in subjects.values()}
    cache.keep(_key("laid", place), laid)
    cache.keep(_key("memo", place), _Rows(shared, rows))
    cache.keep(_key("shown", place), shown)
    cache.prune(used)


def forgotten(tree: Before) -> Before:
    """The same tree, with all of its files to be looked at."""
    return replace(tree, untouched=frozenset())


def _key(stage: str, place: Place) -> CacheKey:
    name, parts = place
    return CacheKey(stage, name, {**parts, "code": _code()})


@once
def _code() -> str:
    """Of what is noted here: another version of the program may note it otherwise."""
    return digest([file_hash(str(file)) for file in (__file__, memos.__file__, output.__file__)])
