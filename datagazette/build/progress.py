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

# What `--explain` says of what is made again: the stage, and what is new about it.
MADE = {
    "read": {"zh": "读取", "en": "read"},
    "check": {"zh": "检查", "en": "check"},
    "tabulate": {"zh": "制表", "en": "tabulate"},
    "summarise": {"zh": "汇总", "en": "summarise"},
    "package": {"zh": "打包", "en": "package"},
    "pictures": {"zh": "绘制预览图", "en": "draw pictures for links of"},
    "pages": {"zh": "撰写页面", "en": "write pages"},
    "html": {"zh": "生成网页", "en": "render"},
    "assets": {"zh": "打包脚本和样式", "en": "bundle scripts and styles"},
    "search": {"zh": "建立搜索索引", "en": "index for search"},
    "dataset-rows": {"zh": "为搜索整理数据行", "en": "take in for search the rows of"},
    "rows": {"zh": "为数据行建立搜索索引", "en": "index rows for search"},
}
REASONS = {
    "new": {"zh": "尚未做过", "en": "not made before"},
    "forced": {"zh": "--force", "en": "--force"},
    "damaged": {"zh": "缓存中没有或已损坏", "en": "gone from the cache, or damaged there"},
    "files": {"zh": "文件有变", "en": "its files changed"},
    "descriptor": {"zh": "描述或结构有变", "en": "its descriptor or a schema changed"},
    "data": {"zh": "数据有变", "en": "its data changed"},
    "used": {"zh": "所引用的数据集有变", "en": "a dataset that it uses changed"},
    "before": {"zh": "上一版本有变", "en": "the release before it changed"},
    "releases": {"zh": "同一数据集的其他版本有变", "en": "another release of the dataset changed"},
    "catalog": {"zh": "catalog.yaml 或网址有变", "en": "catalog.yaml or the address changed"},
    "words": {"zh": "界面文字有变", "en": "the words of the interface changed"},
    "templates": {"zh": "模板有变", "en": "a template changed"},
    "names": {"zh": "代码的名称有变", "en": "names of codes changed"},
    "results": {"zh": "结果有变", "en": "its results changed"},
    "pages": {"zh": "页面有变", "en": "its pages changed"},
    "frame": {"zh": "网页外框有变", "en": "the frame around pages changed"},
    "options": {"zh": "选项有变", "en": "an option changed"},
    "code": {"zh": "程序有变", "en": "the program changed"},
    "libraries": {"zh": "所用软件库有变", "en": "a library changed"},
}


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
            reasons = {"zh": "、", "en": ", "}[self.language].join(REASONS[reason][self.language] for reason in why)
            colon = {"zh": "：", "en": ": "}[self.language]
            line = f"  {MADE[recipe.stage][self.language]} {recipe.subject}{colon}{reasons}"
            self.console.print(line, soft_wrap=True, markup=False)

    def count(self, step: str, number: int) -> None:
        """Shows that so many tasks of a step are done, where the current stage counts that step."""
        if self._advance and step == _COUNTED.get(self._stage, self._stage):
            self._advance(number)

    @contextmanager
    def stage(self, name: str, total: int | None = None) -> Iterator[None]:
        """Shows that a stage runs, and how many of its `total` tasks are done."""
        title = STAGES[name].get(self.language) or STAGES[name]["en"]
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
