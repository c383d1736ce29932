"""Makes what has a new key, and takes the rest from the cache.

A task is a pure function of frozen values and of files that lie still: what it gives goes into the cache, written by
whoever did the work, and is read back from there; so it does not matter in which process or on which machine that was.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

from datagazette.build.cache import Cache, Entry, Recipe
from datagazette.build.workspace import Beyond, Workers
from datagazette.files import sha256
from datagazette.isolation import OutOfBounds
from datagazette.model.errors import EnvironmentFault

# What a stage does: from the payload to a value, and files into the folder.
Work = Callable[[Any, Path], Any]
# The same for several payloads, each with a folder of its own.
JointWork = Callable[[Sequence[Any], Sequence[Path]], Sequence[Any]]

# So many results of joint work are made by one worker.
_FEW = 24


def _silent(*_: object) -> None:
    pass


def _always(_: object) -> bool:
    return True


@dataclass(frozen=True)
class Planned:
    """Something that may have to be made: from what, and what the work would be handed.

    `sources` are the files that the work reads, with the hashes that the recipe has of them. What has the same
    `group` can be made together.
    """

    recipe: Recipe
    payload: Callable[[], Any]
    sources: tuple[tuple[Path, str], ...] = ()
    group: str = ""


@dataclass(frozen=True)
class _Job:
    cache: Cache
    work: Any
    recipe: Recipe
    payload: Any
    sources: tuple[tuple[Path, str], ...]


@dataclass(frozen=True)
class Maker:
    """`told` is called with each recipe that is made, and why."""

    cache: Cache
    workers: Workers
    told: Callable[[Recipe, tuple[str, ...]], None] = _silent

    def entries(
        self,
        work: Work,
        planned: Sequence[Planned],
        done: Callable[[], None] = lambda: None,
        *,
        whole: bool | str = False,
        light: bool = False,
        here: bool = False,
        valid: Callable[[Any], bool] = _always,
        prepare: Callable[[Sequence[int]], None] = _silent,
        beyond: Beyond | None = None,
    ) -> tuple[Entry, ...]:
        """The entry of each, in their order.

        `whole`: look at the files, too (or at those whose path begins with it). `light`: DuckDB's work. `here`: in
        threads of this process. `valid` says of a value whether it still holds.
        `prepare` is called with the places of what is missing, before any of it is made. `beyond` gives the value for
        a payload whose worker was ended.
        """
        with _without_garbage():
            found = [self._found(one.recipe, done, whole=whole, valid=valid) for one in planned]
        missing = [place for place, entry in enumerate(found) if entry is None]
        if not missing:
            return tuple(entry for entry in found if entry)
        prepare(missing)
        jobs = [self._job(work, planned[place]) for place in missing]
        workers = replace(self.workers, pool=None, remote=False) if here else self.workers
        (workers.query if light or here else workers.map)(_make, jobs, done, partial(_keep, beyond) if beyond else None)
        for place in missing:
            found[place] = self._made(planned[place].recipe)
        return tuple(entry for entry in found if entry)

    def together(
        self,
        work: JointWork,
        planned: Sequence[Planned],
        most: int,
        done: Callable[[], None] = lambda: None,
        *,
        prepare: Callable[[Sequence[int]], None] = _silent,
    ) -> tuple[Entry, ...]:
        """As `entries`, for work that costs less when much of it is done at once: up to `most` of one group."""
        with _without_garbage():
            found = [self._found(one.recipe, done, whole=True, valid=_always) for one in planned]
        places = [place for place, entry in enumerate(found) if entry is None]
        if places:
            prepare(places)
        missing = [planned[place] for place in places]
        # Few are done by one worker: to import the libraries in each takes longer than the work.
        workers = replace(self.workers, jobs=1) if len(missing) <= _FEW else self.workers
        size = max(1, min(most, -(-len(missing) // workers.jobs)))
        groups = [list(some) for _, some in groupby(missing, key=lambda one: one.group)]
        batches = [some[start : start + size] for some in groups for start in range(0, len(some), size)]
        jobs = [tuple(self._job(work, one) for one in batch) for batch in batches]
        workers.map(_make_together, jobs)
        made = {one.recipe.key: self._made(one.recipe) for one in missing}
        for _ in missing:
            done()
        return tuple(entry or made[one.recipe.key] for one, entry in zip(planned, found, strict=True))

    def _found(
        self, recipe: Recipe, done: Callable[[], None], *, whole: bool | str, valid: Callable[[Any], bool]
    ) -> Entry | None:
        entry = self.cache.find(recipe)
        if (
            entry is None
            or not valid(entry.value)
            or (whole and not entry.is_whole(whole if isinstance(whole, str) else "", self.cache.seen))
        ):
            return None
        done()
        return entry

    def _job(self, work: Work | JointWork, one: Planned) -> _Job:
        self.told(one.recipe, self.cache.reason(one.recipe))
        return _Job(self.cache, work, one.recipe, one.payload(), one.sources)

    def _made(self, recipe: Recipe) -> Entry:
        entry = self.cache.read(recipe)
        if entry is None:
            raise EnvironmentFault(
                en=f"what was just written to {self.cache.root} cannot be read back; check whether the disk is full",
                zh=f"刚写入 {self.cache.root} 的内容无法读回；请检查磁盘是否已满",
            )
        self.cache.remember(recipe)
        return entry


@contextmanager
def _without_garbage() -> Iterator[None]:
    """Reading many entries meanwhile: frozen values hold no circles and stay, so nobody looks for garbage among them.

    That would take half of the time of reading them. `gc.unfreeze` undoes it, for who reads again and again.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()


def _make(job: _Job) -> None:
    with job.cache.writing(job.recipe) as (folder, keep):
        value = job.work(job.payload, folder)
        for path, expected in job.sources:
            _refuse_changed(path, expected)
        keep(value)


def _keep(beyond: Beyond, job: _Job, error: OutOfBounds) -> None:
    """Keeps what a job comes to whose worker was ended."""
    with job.cache.writing(job.recipe) as (_, keep):
        keep(beyond(job.payload, error))


def _make_together(jobs: Sequence[_Job]) -> None:
    with ExitStack() as stack:
        opened = [stack.enter_context(one.cache.writing(one.recipe)) for one in jobs]
        values = jobs[0].work([one.payload for one in jobs], [folder for folder, _ in opened])
        for (_, keep), value in zip(opened, values, strict=True):
            keep(value)


def _refuse_changed(path: Path, expected: str) -> None:
    """What was made of a file that changed meanwhile must not be kept under the hash of the old one."""
    try:
        same = sha256(path) == expected
    except OSError:
        same = False
    if not same:
        raise changed_meanwhile(path)


def changed_meanwhile(path: Path) -> EnvironmentFault:
    return EnvironmentFault(
        en=f"{path} changed while it was read; the published site was not changed. Build again",
        zh=f"{path} 在读取过程中被修改；已发布的网站保持原样。请重新构建",
    )
