"""Problems as a person reads them in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text as Styled

from datagazette.model.problems import Problem
from datagazette.reports.blocks import TextLine
from datagazette.reports.problem_list import text_report

_STYLES = {"file": "bold", "error": "red", "warning": "yellow", "fix": "dim", "plain": "", "fine": "green"}


def print_problems(
    problems: Sequence[Problem], language: str, console: Console,
    hidden: dict[tuple[str, str], int] | None = None, always: bool = False,
) -> None:  # fmt: skip
    if problems or always:
        for line in text_report(problems, language, hidden):
            console.print(styled(line), soft_wrap=True)


def styled(line: TextLine) -> Styled:
    return Styled(line.text, style=_STYLES[line.style])
