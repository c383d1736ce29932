"""What a problem says in one text: what was found and expected, and how to mend it."""

from __future__ import annotations

from publisher.problems import Problem, mend, message
from publisher.reports import words


def sentence(one: Problem, language: str) -> str:
    say = words(language)
    return f"{message(one, language)}\n{say['mend']}{say['colon']}{mend(one, language)}"
