"""Steps, and the runner that makes what is missing of them.

A step is a pure function of frozen values and of files that do not change meanwhile. A build runs steps with the cache:
a result is written there by whichever process or machine did the work, and read back from there. A command runs the
same steps without a cache: results come back as they are, their files in a scratch folder.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from datagazette.build.cache import Cache, Entry, Recipe
from datagazette.build.fingerprints import Hashes, code_of, libraries
from datagazette.build.workers import Beyond, Workers, Workspace
from datagazette.files import sha256
from datagazette.load.publication import DATASETS
from datagazette.model.errors import EnvironmentFault
from datagazette.model.publication import Publication
from datagazette.tables.engine import Limits

if TYPE_CHECKING:
    from datagazette.build.progress import Reporter

# Up to this many tasks of a joint step are done by one worker: to import the libraries in each takes longer.
_FEW = 24


def _always(_: object) -> bool:
    return True


@dataclass(frozen=True)
class Step:
    """`work` takes a payload and an empty folder, writes files into that folder only, and returns a value.

    It is a function of a module, so that other processes find it. `code` are the modules that a result depends on.

    `where`: a "process" of the pool; a "query" is done by DuckDB, so that where there is no pool threads share it; a
    "thread" of this process. `joint`: so many payloads are done at once; `work` then takes sequences of payloads and
    folders, and returns a sequence of values. `valid` says of a cached value whether it still holds, and `looked_at`
    is how the paths of the cached files begin that have to be whole. `beyond` gives the value for a payload whose
    worker was ended; without it the run fails.
    """

    name: str
    work: Callable[[Any, Any], Any]
    code: tuple[str, ...]
    where: Literal["process", "query", "thread"] = "process"
    joint: int = 0
    looked_at: str = ""
    valid: Callable[[Any], bool] = _always
    beyond: Beyond | None = None


@dataclass(frozen=True)
class Task:
    """What a step does for one subject, which names it for people.

    `parts` are the hashes of what goes into the result, by what they are of; the code and the libraries are added by
    the runner. `sources` are the files that the work reads, with the hashes that `parts` have of them. Tasks of a joint
    step are done at once only within a `group`.
    """

    subject: str
    payload: Any
    parts: Mapping[str, str]
    sources: tuple[tuple[Path, str], ...] = ()
    group: str = ""


@dataclass(frozen=True)
class Runner:
    """Runs steps with `cache`, or without one, with their files in `scratch`. `report` shows what is done."""

    workers: Workers
    cache: Cache | None = None
    scratch: Path = Path()
    report: Reporter | None = None

    def run(
        self, step: Step, tasks: Sequence[Task], prepare: Callable[[Sequence[Task]], None] | None = None
    ) -> tuple[Entry, ...]:
        """The entry of each task, in their order. `prepare` is called with those to be made, before any is made.

        Raises EnvironmentFault where a worker was ended and the step has no `beyond`, and where a source changed.
        """
        found = self._found(step, tasks) if self.cache else [None for _ in tasks]
        missing = [task for task, entry in zip(tasks, found, strict=True) if entry is None]
        if missing and prepare:
            prepare(missing)
        made = iter(self._made(step, missing) if missing else ())
        return tuple(entry or next(made) for entry in found)

    def remove(self, step: Step, tasks: Sequence[Task]) -> None:
        """Takes damaged entries out of the cache."""
        if self.cache:
            for task in tasks:
                self.cache.remove(_recipe(step, task))

    def _found(self, step: Step, tasks: Sequence[Task]) -> list[Entry | None]:
        """What the cache has."""
        found: list[Entry | None] = []
        with _without_garbage():
            for task in tasks:
                entry = self.cache.find(_recipe(step, task)) if self.cache else None
                if self.cache and entry and step.valid(entry.value) and entry.is_whole(step.looked_at, self.cache.seen):
                    found.append(entry)
                    self._count(step, 1)
                else:
                    found.append(None)
        return found

    def _made(self, step: Step, tasks: Sequence[Task]) -> list[Entry]:
        """The tasks are done in the order of their groups."""
        workers = self.workers
        if step.where == "thread":
            workers = replace(workers, pool=None, remote=False)
        elif step.joint and len(tasks) <= _FEW:
            workers = replace(workers, jobs=1)
        jobs = [self._job(step, task) for task in tasks]
        batches = _batches(jobs, min(step.joint, -(-len(tasks) // workers.jobs)) if step.joint else 1)
        beyond = partial(_beyond, step.beyond) if step.beyond else None
        made: dict[int, Entry] = {}
        results = workers.results(_do, batches, beyond, threads=step.where != "process")
        for batch, values in zip(batches, results, strict=True):
            for job, value in zip(batch, values, strict=True):
                made[id(job)] = self._read_back(job.recipe) if job.recipe else Entry("", job.folder, value)
            self._count(step, len(batch))
        return [made[id(job)] for job in jobs]

    def _job(self, step: Step, task: Task) -> _Job:
        if self.cache is None:
            folder = self.scratch / step.name / task.subject
            return _Job(step.work, bool(step.joint), task.payload, folder, group=task.group)
        recipe = _recipe(step, task)
        if self.report:
            self.report.explain_made(recipe, self.cache.reason(recipe))
        cache = replace(self.cache, seen=frozenset(), sources={})  # many, and only looked at here
        return _Job(step.work, bool(step.joint), task.payload, Path(), cache, recipe, task.sources, task.group)

    def _read_back(self, recipe: Recipe) -> Entry:
        assert self.cache is not None
        entry = self.cache.read(recipe)
        if entry is None:
            raise EnvironmentFault("cache-unreadable", folder=self.cache.root)
        self.cache.remember(recipe)
        return entry

    def _count(self, step: Step, number: int) -> None:
        if self.report:
            self.report.count(step.name, number)


@dataclass(frozen=True)
class Run:
    """What all steps share that work on the releases of one publication. `limits` are those of each database.

    `hashes` are empty where the runner has no cache.
    """

    publication: Publication
    runner: Runner
    workspace: Workspace
    limits: Limits
    hashes: Hashes = field(default_factory=Hashes)


def uncached(publication: Publication, folder: Path, workers: Workers) -> Run:
    """A run for a command, whose files are all put into an empty folder."""
    workspace = Workspace(folder).emptied()
    limits = workers.limits(workspace, publication.root / DATASETS)
    return Run(publication, Runner(workers, scratch=workspace.scratch), workspace, limits)


def changed_meanwhile(path: Path) -> EnvironmentFault:
    return EnvironmentFault("changed-meanwhile", path=path)


@dataclass(frozen=True)
class _Job:
    """A task as it is handed to a worker: without a `cache` its files go into `folder`."""

    work: Callable[[Any, Any], Any]
    is_joint: bool
    payload: Any
    folder: Path
    cache: Cache | None = None
    recipe: Recipe | None = None
    sources: tuple[tuple[Path, str], ...] = ()
    group: str = ""


def _recipe(step: Step, task: Task) -> Recipe:
    assert all(task.parts.values()), f"{step.name} {task.subject}: a cached result needs the hashes of all its inputs"
    return Recipe(step.name, task.subject, {**task.parts, "code": code_of(*step.code), "libraries": libraries()})


def _batches(jobs: Sequence[_Job], size: int) -> list[Sequence[_Job]]:
    groups = [list(some) for _, some in groupby(jobs, key=lambda job: job.group)]
    return [some[start : start + size] for some in groups for start in range(0, len(some), size)]


def _do(jobs: Sequence[_Job]) -> list[Any]:
    """The values of a batch, or, where they are in the cache now, None for each."""
    with ExitStack() as stack:
        places = [stack.enter_context(_place(job)) for job in jobs]
        payloads, folders = [job.payload for job in jobs], [folder for folder, _ in places]
        work = jobs[0].work
        values = work(payloads, folders) if jobs[0].is_joint else map(work, payloads, folders)
        return [_kept(*each) for each in zip(jobs, places, values, strict=True)]


@contextmanager
def _place(job: _Job) -> Iterator[tuple[Path, Callable[[Any], None] | None]]:
    """The folder for a job's files, and the function that puts its value and them into the cache."""
    if job.cache is None or job.recipe is None:
        job.folder.mkdir(parents=True, exist_ok=True)
        yield job.folder, None
    else:
        with job.cache.writing(job.recipe) as place:
            yield place


def _kept(job: _Job, place: tuple[Path, Callable[[Any], None] | None], value: Any) -> Any:
    keep = place[1]
    if keep is None:
        return value
    for path, expected in job.sources:
        _refuse_changed(path, expected)
    keep(value)
    return None


def _beyond(beyond: Beyond, jobs: Sequence[_Job], error: Any) -> list[Any]:
    """The same for jobs whose worker was ended."""
    found = []
    for job in jobs:
        with _place(job) as place:
            found.append(_kept(replace(job, sources=()), place, beyond(job.payload, error)))
    return found


def _refuse_changed(path: Path, expected: str) -> None:
    """The result of a file that changed meanwhile must not be kept under the hash of the old one."""
    try:
        is_same = sha256(path) == expected
    except OSError:
        is_same = False
    if not is_same:
        raise changed_meanwhile(path)


@contextmanager
def _without_garbage() -> Iterator[None]:
    """Reading many entries meanwhile: frozen values hold no circles and stay, so there is no garbage among them.

    To look for it would take half of the time of reading them. `gc.unfreeze` undoes it, for whoever reads repeatedly.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()
