"""GitLab's Code Quality report: https://docs.gitlab.com/ci/testing/code_quality/"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence

from datagazette.model.problems import Problem, kind
from datagazette.reports.problem_list import Hidden, sentence, words

_ROW = ("row", "before", "number", "note")  # values that change when a row is added further up


def gitlab(problems: Sequence[Problem], language: str, hidden: Hidden | None = None) -> str:
    """The report as JSON. Each finding is told from all others, also in another version of its file."""
    prints = fingerprints(problems)
    found = [_quality(one, print_, language) for one, print_ in zip(problems, prints, strict=True)]
    found += [_beyond(file, code, count, language) for (file, code), count in sorted((hidden or {}).items())]
    return json.dumps(found, ensure_ascii=False, indent=2)


def fingerprints(problems: Sequence[Problem]) -> list[str]:
    """A SHA-256 for each problem: of what is wrong with what, not of the line, which other changes move."""
    seen: Counter[str] = Counter()
    found = []
    for one in problems:
        cell = one.cell
        what = [cell.field, *cell.cells] if cell else [text for name, text in one.values if name not in _ROW]
        identity = json.dumps([one.code, one.file, *what], ensure_ascii=False)
        seen[identity] += 1
        found.append(hashlib.sha256(f"{identity}{seen[identity]}".encode()).hexdigest())
    return found


def _quality(one: Problem, fingerprint: str, language: str) -> dict[str, object]:
    return {
        "description": sentence(one, language),
        "check_name": one.code,
        "fingerprint": fingerprint,
        "severity": "major" if one.severity == "error" else "minor",
        "location": {"path": one.file, "lines": {"begin": one.line or 1}},
    }


def _beyond(file: str, code: str, count: int, language: str) -> dict[str, object]:
    say = words(language)
    return {
        "description": f"{kind(code, language).title}{say['colon']}{say['more'].format(count=f'{count:,}')}",
        "check_name": code,
        "fingerprint": hashlib.sha256(json.dumps(["beyond", file, code]).encode()).hexdigest(),
        "severity": "major",
        "location": {"path": file, "lines": {"begin": 1}},
    }
