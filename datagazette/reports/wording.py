"""What a problem says in one text: what was found and expected, and how to fix it."""

from __future__ import annotations

from datagazette.model.problems import Problem, fix, message
from datagazette.reports.text import words


def sentence(one: Problem, language: str) -> str:
    say = words(language)
    return f"{message(one, language)}\n{say['fix']}{say['colon']}{fix(one, language)}"
