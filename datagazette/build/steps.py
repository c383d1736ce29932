"""Steps, the runner that makes what is missing of them, and the reporter that shows what is done.

A step is a pure function of frozen values and of files that do not change meanwhile. A build runs steps with the cache:
a result is written there by whichever process or machine did the work, and read back from there. A command runs the
same steps without a cache: results come back as they are, their files in a scratch folder.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from datagazette.build.cache import Cache, CacheKey, Entry, Gone
from datagazette.build.fingerprints import Hashes, code_of, file_hash, libraries
from datagazette.build.memo import NONE, Memo
from datagazette.build.workers import Beyond, Workers, Workspace
from datagazette.load.files import DATASETS
from datagazette.messages import fill, texts
from datagazette.model.content import FETCHED, Content
from datagazette.model.errors import EnvironmentFault
from datagazette.model.publication import Publication, Release
from datagazette.reports.problem_list import said_of_fetching
from datagazette.tables.engine import Limits

if TYPE_CHECKING:
    from rich.console import Console

# Up to this many tasks of a joint step are done by one worker: to import the libraries in each takes longer.
_FEW = 24
# The step whose tasks a stage counts, where it has another name.
_COUNTED = {"render": "pages", "site": "html"}


@dataclass(frozen=True)
class Step:
    """`work` takes a payload and an empty folder, writes files into that folder only, and returns a value.

    It is a function of a module, so that other processes find it. A result depends on that module with all that it
    imports, and on `code`, further modules.

    `where`: a "process" of the pool; a "query" is done by DuckDB, so that where there is no pool threads share it; a
    "thread" of this process. `joint`: so many payloads are done at once; `work` then takes sequences of payloads and
    folders, and returns a sequence of values. `valid` says of a cached value whether it still holds, and `looked_at`
    is how the paths of the cached files begin that have to be whole. `beyond` gives the value for a payload whose
    worker was ended; without it the run fails. `unmade` is the value of a result that waits; None where there is none.
    `quiet` says of a value that nobody needs to see it.
    """

    name: str
    work: Callable[[Any, Any], Any]
    code: tuple[str, ...] = ()
    where: Literal["process", "query", "thread"] = "process"
    joint: int = 0
    looked_at: str = ""
    valid: Callable[[Any], bool] | None = None
    beyond: Beyond | None = None
    unmade: Any = None
    quiet: Callable[[Any], bool] | None = None


@dataclass(frozen=True)
class Task:
    """What a step does for one subject, which names it for people.

    `parts` are the hashes of what goes into the result, by what they are of; the code and the libraries are added by
    the runner. `sources` are the files that the work reads, with the hashes that `parts` have of them. Tasks of a joint
    step are done at once only within a `group`. `dataset` is the one that the result is about, where that is asked.
    """

    subject: str
    payload: Any
    parts: Mapping[str, str]
    sources: tuple[tuple[Path, str], ...] = ()
    group: str = ""
    dataset: str = ""


@dataclass(frozen=True)
class Pending:
    """A task that is put together only where the last build had another `basis` for its subject, a hash of all that
    its result can depend on; "" where that is not known."""

    subject: str
    basis: str
    make: Callable[[], Task]


@dataclass(frozen=True)
class Runner:
    """Runs steps with `cache`, or without one, with their files in `scratch`. `report` shows what is done.
    `memo` has what the last build had for each subject.

    `bring` is called with the tasks whose results are missing, and sees to it that the files are there that they read.
    `can_wait` says of which results that are missing the one of before is good enough for now, or that of nothing: that
    entry is provisional. `waiting` is called from time to time while others work, `between` whenever some are done.
    """

    workers: Workers
    cache: Cache | None = None
    scratch: Path = Path()
    report: Reporter | None = None
    bring: Callable[[Sequence[Task]], None] | None = None
    can_wait: Callable[[Step, Task], bool] | None = None
    waiting: Callable[[], None] | None = None
    between: Callable[[], None] | None = None
    memo: Memo | None = None

    def run(
        self, step: Step, tasks: Sequence[Task | Pending], prepare: Callable[[Sequence[Task]], None] | None = None
    ) -> tuple[Entry, ...]:
        """The entry of each task, in their order. `prepare` is called with those to be made, before any is made.

        Raises EnvironmentFault where a worker was ended and the step has no `beyond`, and where a source changed.
        """
        known = [self._known(step, task) if isinstance(task, Pending) else None for task in tasks]
        rest = [task for task, entry in zip(tasks, known, strict=True) if entry is None]
        made = self._run(step, [task.make() if isinstance(task, Pending) else task for task in rest], prepare)
        for task, entry in zip(rest, made, strict=True):
            if (
                self.memo
                and isinstance(task, Pending)
                and task.basis
                and not (step.valid and not step.valid(entry.value))
            ):
                is_quiet = bool(step.quiet and step.quiet(entry.value))
                names = tuple(entry.names(step.looked_at))
                self.memo.note(step.name, task.subject, task.basis, entry, names, quiet=is_quiet)
        new = iter(made)
        return tuple(entry or next(new) for entry in known)

    def _known(self, step: Step, task: Pending) -> Entry | None:
        """The entry that the last build had, where that is the right one and its files are whole."""
        row = self.memo.row(step.name, task.subject, task.basis) if self.memo and self.cache and task.basis else None
        if not row or not self.memo or not self.cache:
            return None
        entry = self.cache.known(step.name, row.key, is_quiet=row.is_quiet)
        if row.files != NONE and not self.memo.is_shown(row, entry):
            with suppress(Gone):
                if entry.is_whole(step.looked_at, self.cache.seen):
                    self.memo.keep(step.name, task.subject, row)
                    return entry
            return None
        self.memo.keep(step.name, task.subject, row)
        if self.report:
            self.report.count(step, 1)
        return entry

    def _run(
        self, step: Step, tasks: Sequence[Task], prepare: Callable[[Sequence[Task]], None] | None
    ) -> tuple[Entry, ...]:
        found = self._found(self.cache, step, tasks) if self.cache else [None for _ in tasks]
        if self.cache and self.can_wait:
            pairs = zip(tasks, found, strict=True)
            found = [
                _provisional(self.cache, step, task) if entry is None and self.can_wait(step, task) else entry
                for task, entry in pairs
            ]
        missing = [task for task, entry in zip(tasks, found, strict=True) if entry is None]
        if missing and self.bring:
            self.bring(missing)
        if missing and prepare:
            prepare(missing)
        made = iter(self._made(step, missing) if missing else ())
        return tuple(entry or next(made) for entry in found)

    def remove(self, step: Step, tasks: Sequence[Task]) -> None:
        """Takes damaged entries out of the cache."""
        if self.cache:
            for task in tasks:
                self.cache.remove(_key(step, task))

    def _found(self, cache: Cache, step: Step, tasks: Sequence[Task]) -> list[Entry | None]:
        """What the cache has.

        Frozen values hold no circles and stay: looking for garbage among them would take half of the time of reading
        them. `gc.unfreeze` undoes this, for code that reads repeatedly.
        """
        found: list[Entry | None] = []
        collects = gc.isenabled()
        gc.disable()
        try:
            for task in tasks:
                entry = cache.find(_key(step, task))
                if entry and step.valid and not step.valid(entry.value):
                    entry = None
                found.append(entry if entry and entry.is_whole(step.looked_at, cache.seen) else None)
                if self.report and found[-1]:
                    self.report.count(step, 1)
        finally:
            gc.freeze()
            if collects:
                gc.enable()
        return found

    def _made(self, step: Step, tasks: Sequence[Task]) -> list[Entry]:
        """The tasks are done in the order of their groups."""
        workers = self.workers
        if step.where == "thread":
            workers = replace(workers, pool=None)
        elif step.joint and len(tasks) <= _FEW:
            workers = replace(workers, jobs=1)
        jobs = [self._job(replace(step, valid=None), task) for task in tasks]
        size = min(step.joint, -(-len(tasks) // workers.jobs)) if step.joint else 1
        groups = [list(some) for _, some in groupby(jobs, key=lambda job: job.task.group)]
        batches = [group[start : start + size] for group in groups for start in range(0, len(group), size)]
        made: dict[int, Entry] = {}
        results = workers.results(_do, batches, _beyond if step.beyond else None, threads=step.where != "process",
                                  waiting=self.waiting)  # fmt: skip
        for batch, values in zip(batches, results, strict=True):
            for job, value in zip(batch, values, strict=True):
                made[id(job)] = self._read_back(job.key) if job.key else Entry.of(value, job.folder)
            if self.report:
                self.report.count(step, len(batch))
            if self.between:
                self.between()
        return [made[id(job)] for job in jobs]

    def _job(self, step: Step, task: Task) -> _Job:
        if self.cache is None:
            return _Job(step, task, self.scratch / step.name / task.subject)
        key = _key(step, task)
        if self.report:
            self.report.explain_made(key, self.cache.reason(key))
        # The states of files are many, and only looked at here.
        return _Job(step, task, Path(), replace(self.cache, seen=frozenset(), sources={}), key)

    def _read_back(self, key: CacheKey) -> Entry:
        assert self.cache is not None
        entry = self.cache.read(key)
        if entry is None:
            raise EnvironmentFault("cache-unreadable", folder=self.cache.root)
        self.cache.remember(key)
        return entry


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

    def used(self, release: Release) -> tuple[Release, ...]:
        """The releases that a release uses, as far as there are such."""
        return tuple(found for name, version in release.uses if (found := self.publication.release(name, version)))

    def basis(self, dataset: str) -> str:
        """A hash of all that results about a dataset can depend on; "" where that is not known."""
        return self.hashes.basis.get(dataset, "")

    def parts(self, release: Release) -> dict[str, str]:
        """The hashes of a release and of those that it uses, for `Task`."""
        hashes, used = self.hashes, self.hashes.both(self.used(release))
        return {"descriptor": hashes.release(release), "data": hashes.data(release), "used": used}


def _provisional(cache: Cache, step: Step, task: Task) -> Entry | None:
    """What the task's subject had last, or nothing; None where it has to be made."""
    before = cache.newest(_key(step, task))
    if before:
        return replace(before, is_provisional=True)
    return None if step.unmade is None else Entry.of(step.unmade, is_provisional=True)


def uncached(publication: Publication, folder: Path, workers: Workers) -> Run:
    """A run for a command, whose files are all put into an empty folder."""
    workspace = Workspace(folder).emptied()
    limits = workers.limits(workspace, publication.root / DATASETS, publication.root / FETCHED)
    return Run(publication, Runner(workers, scratch=workspace.scratch), workspace, limits)


def changed_meanwhile(path: Path) -> EnvironmentFault:
    """A result that is made of a file must not be kept under the hash of what the file was before."""
    return EnvironmentFault("changed-meanwhile", path=path)


@dataclass(frozen=True)
class _Job:
    """A task as it is handed to a worker: without a `cache` its files go into `folder`."""

    step: Step
    task: Task
    folder: Path
    cache: Cache | None = None
    key: CacheKey | None = None


def _key(step: Step, task: Task) -> CacheKey:
    assert all(task.parts.values()), f"{step.name} {task.subject}: a cached result needs the hashes of all its inputs"
    return CacheKey(
        step.name,
        task.subject,
        {**task.parts, "code": code_of(step.work.__module__, *step.code), "libraries": libraries()},
    )


def _do(jobs: Sequence[_Job]) -> list[Any]:
    """The values of a batch, or, where they are in the cache now, None for each."""
    step = jobs[0].step
    with ExitStack() as stack:
        places = [stack.enter_context(_place(job)) for job in jobs]
        payloads, folders = [job.task.payload for job in jobs], [folder for folder, _ in places]
        values = step.work(payloads, folders) if step.joint else map(step.work, payloads, folders)
        found = []
        for job, (_, keep), value in zip(jobs, places, values, strict=True):
            for path, expected in job.task.sources if job.cache else ():
                if file_hash(path) != expected:
                    raise changed_meanwhile(path)
            found.append(keep(value))
        return found


def _beyond(jobs: Sequence[_Job], error: Any) -> list[Any]:
    """The same for jobs whose worker was ended."""
    found = []
    for job in jobs:
        assert job.step.beyond is not None
        with _place(job) as (_, keep):
            found.append(keep(job.step.beyond(job.task.payload, error)))
    return found


@contextmanager
def _place(job: _Job) -> Iterator[tuple[Path, Callable[[Any], Any]]]:
    """The folder for a job's files, and what becomes of its value: put into the cache with them, or returned."""
    if job.cache is None or job.key is None:
        job.folder.mkdir(parents=True, exist_ok=True)
        yield job.folder, lambda value: value
    else:
        with job.cache.writing(job.key) as place:
            yield place


@dataclass
class Reporter:
    """Shows stages on `console` in one language, but those that are `hidden`; with `explain` also what is made again,
    and why."""

    console: Console
    language: str
    quiet: bool = False
    explain: bool = False
    hidden: frozenset[str] = frozenset()
    _stage: str = ""
    _advance: Callable[[int], None] | None = None

    def explain_made(self, key: CacheKey, why: tuple[str, ...]) -> None:
        """Reports that something is made, and why."""
        if self.explain:
            say = texts("progress", self.language)
            reasons = say["list"].join(say["reasons"][reason] for reason in why)
            line = fill(say["explained"], stage=say["rebuilt"][key.stage], subject=key.subject, reasons=reasons)
            self.console.print(line, soft_wrap=True, markup=False)

    def fetching(self, content: Content) -> None:
        """Reports that a file is fetched from the store."""
        self.console.print(said_of_fetching(content, self.language), soft_wrap=True, markup=False)

    def count(self, step: Step, number: int) -> None:
        """Shows that so many tasks of a step are done, where the current stage counts that step."""
        if self._advance and step.name == _COUNTED.get(self._stage, self._stage):
            self._advance(number)

    @contextmanager
    def stage(self, name: str, total: int | None = None) -> Iterator[None]:
        """Shows that a stage runs, and how many of its `total` tasks are done: a bar on a terminal, else a line."""
        title = texts("progress", self.language)["stages"][name]
        if self.quiet or name in self.hidden:
            yield
        elif self.console.is_terminal:
            from rich import progress

            columns = (
                progress.SpinnerColumn(), progress.TextColumn("{task.description}"), progress.BarColumn(),
                progress.MofNCompleteColumn(), progress.TimeElapsedColumn(),
            )  # fmt: skip
            with progress.Progress(*columns, console=self.console) as bar:
                task = bar.add_task(title, total=total)
                self._stage, self._advance = name, partial(bar.advance, task) if total else None
                try:
                    yield
                finally:
                    self._advance = None
                bar.update(task, total=total or 1, completed=total or 1)
        else:
            self.console.print(f"{title} …" if total is None else f"{title} ({total}) …")
            yield
