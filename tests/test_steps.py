"""A step gives the same with the cache of a build and without one, as commands run it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from datagazette.build.cache import Cache
from datagazette.build.steps import Runner, Step, Task
from datagazette.build.workers import Workers

calls: list[str] = []


def doubled(payload: str, folder: Path) -> str:
    calls.append(payload)
    (folder / "file").write_text(payload)
    return payload * 2


def doubled_together(payloads: Sequence[str], folders: Sequence[Path]) -> list[str]:
    return [doubled(*each) for each in zip(payloads, folders, strict=True)]


ALONE = Step("double", doubled, ("datagazette.files",))
JOINT = Step("double", doubled_together, ("datagazette.files",), joint=2)
TASKS = [Task(name, name, {"data": name}, group=name[0]) for name in ("a1", "a2", "a3", "b1")]


@pytest.fixture(autouse=True)
def _forgotten() -> None:
    calls.clear()


@pytest.mark.parametrize("step", [ALONE, JOINT, replace(ALONE, where="thread")])
def test_a_step_gives_the_same_with_and_without_a_cache(step: Step, tmp_path: Path) -> None:
    runners = [Runner(Workers(2), Cache(tmp_path / "cache")), Runner(Workers(2), scratch=tmp_path / "scratch")]
    for runner in runners:
        entries = runner.run(step, TASKS)
        assert [entry.value for entry in entries] == ["a1a1", "a2a2", "a3a3", "b1b1"]
        assert [entry.path("file").read_text() for entry in entries] == ["a1", "a2", "a3", "b1"]


def test_only_what_is_missing_is_made(tmp_path: Path) -> None:
    runner = Runner(Workers(1), Cache(tmp_path))
    runner.run(ALONE, TASKS[:2])
    prepared: list[Task] = []
    entries = runner.run(ALONE, TASKS, prepared.extend)
    assert [entry.value for entry in entries] == ["a1a1", "a2a2", "a3a3", "b1b1"]
    assert prepared == TASKS[2:]
    assert calls == ["a1", "a2", "a3", "b1"]

    entries[0].path("file").write_text("a damaged file")
    runner.run(ALONE, TASKS)
    runner.run(replace(ALONE, valid=lambda value: value != "b1b1"), TASKS)
    assert calls == ["a1", "a2", "a3", "b1", "a1", "b1"]


def test_nothing_is_kept_under_a_key_that_leaves_something_out(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="the hashes of all its inputs"):
        Runner(Workers(1), Cache(tmp_path)).run(ALONE, [Task("a", "a", {"data": ""})])
