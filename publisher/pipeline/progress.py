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

STAGES = {
    "load": {"zh": "读取", "en": "Reading"},
    "check": {"zh": "检查", "en": "Checking"},
    "summarise": {"zh": "汇总", "en": "Summarising"},
    "package": {"zh": "打包", "en": "Packaging"},
    "render": {"zh": "生成页面", "en": "Rendering pages"},
    "site": {"zh": "生成网站", "en": "Building the site"},
    "search": {"zh": "建立搜索索引", "en": "Indexing for search"},
    "publish": {"zh": "发布", "en": "Publishing"},
}


@dataclass(frozen=True)
class Reporter:
    """Shows stages on `console` in one language."""

    console: Console
    language: str
    quiet: bool = False

    @contextmanager
    def stage(self, name: str, total: int | None = None) -> Iterator[Callable[[], None]]:
        """Shows that a stage runs; the function it gives is called once for each task done."""
        title = STAGES[name].get(self.language) or STAGES[name]["en"]
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
