"""What a person sees while a build runs: bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from datagazette.build.cache import Recipe
from datagazette.messages import texts

# The step whose tasks a stage counts, where it has another name.
_COUNTED = {"render": "pages", "site": "html"}


@dataclass
class Reporter:
    """Shows stages on `console` in one language; with `explain` also what is made again, and why."""

    console: Console
    language: str
    quiet: bool = False
    explain: bool = False
    _stage: str = ""
    _advance: Callable[[int], None] | None = None

    def explain_made(self, recipe: Recipe, why: tuple[str, ...]) -> None:
        """Reports that something is made, and why."""
        if self.explain:
            say = texts("progress", self.language)
            reasons = say["list"].join(say["reasons"][reason] for reason in why)
            line = say["explained"].format(stage=say["rebuilt"][recipe.stage], subject=recipe.subject, reasons=reasons)
            self.console.print(line, soft_wrap=True, markup=False)

    def count(self, step: str, number: int) -> None:
        """Shows that so many tasks of a step are done, where the current stage counts that step."""
        if self._advance and step == _COUNTED.get(self._stage, self._stage):
            self._advance(number)

    @contextmanager
    def stage(self, name: str, total: int | None = None) -> Iterator[None]:
        """Shows that a stage runs, and how many of its `total` tasks are done."""
        title = texts("progress", self.language)["stages"][name]
        if self.quiet:
            yield
        elif self.console.is_terminal:
            with self._bar() as bar:
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

    def _bar(self) -> Progress:
        return Progress(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
            TimeElapsedColumn(), console=self.console,
        )  # fmt: skip
