"""What a problem says in one text: what was found and expected, and how to mend it."""

from __future__ import annotations

from datagazette.model.problems import Problem, mend, message
from datagazette.reports.text import words


def sentence(one: Problem, language: str) -> str:
    say = words(language)
    return f"{message(one, language)}\n{say['mend']}{say['colon']}{mend(one, language)}"
