"""What git left in the place of a file's content: marks of a merge, or a pointer of Git LFS."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from datagazette.files import trace_of_git
from datagazette.load.files import LEDGER, Folder, fault
from datagazette.model.problems import Problem, problem

_MOST = 9  # lines that a message names


def traces(folder: Folder, names: Iterable[str]) -> tuple[Problem, ...]:
    """A problem for each of these files of a folder that has something else in the place of its content."""
    paths = {name: folder.path / name for name in names if not fault(folder.path / name, folder.root)}
    found = ((name, *trace_of_git(path)) for name, path in paths.items())
    return tuple(trace_problem(code, folder.file(name), lines) for name, code, lines in found if code)


def trace_problem(code: str, file: str, lines: Sequence[int] = ()) -> Problem:
    """`code` and `lines` are those of `trace_of_git`."""
    if code == "lfs-pointer":
        return problem(code, file)
    rule = "ledger" if file.rpartition("/")[2] == LEDGER else ""
    return problem(code, file, lines[0], rule=rule, lines=listed(lines))


def listed(lines: Sequence[int]) -> str:
    return ", ".join(map(str, lines[:_MOST])) + (", …" if len(lines) > _MOST else "")
