"""What a person sees while a build runs: bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Reporter:
    """Shows stages on `console` in one language; with `explain` also what is made again, and why."""

    console: Console
    language: str
    quiet: bool = False
    explain: bool = False

    def told(self, recipe: Recipe, why: tuple[str, ...]) -> None:
        """Says that something is made, and why."""
        if self.explain:
            say = texts("progress", self.language)
            reasons = say["list"].join(say["reasons"][reason] for reason in why)
            line = say["explained"].format(stage=say["rebuilt"][recipe.stage], subject=recipe.subject, reasons=reasons)
            self.console.print(line, soft_wrap=True, markup=False)

    @contextmanager
    def stage(self, name: str, total: int | None = None) -> Iterator[Callable[[], None]]:
        """Shows that a stage runs; the function it gives is called once for each task done."""
        title = texts("progress", self.language)["stages"][name]
        if self.quiet:
            yield lambda: None
        elif self.console.is_terminal:
            with self._bar() as bar:
                task = bar.add_task(title, total=total)
                yield lambda: bar.advance(task)
                bar.update(task, total=total or 1, completed=total or 1)
        else:
            self.console.print(f"{title} …" if total is None else f"{title} ({total}) …")
            yield lambda: None

    def _bar(self) -> Progress:
        return Progress(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
            TimeElapsedColumn(), console=self.console,
        )  # fmt: skip
