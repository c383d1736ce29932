"""The exceptions of the program: misuse and broken environments.

    PublisherError            anything that ends the program with a message
    ├── UsageError            the command was called wrongly (exit status 2)
    ├── EnvironmentFault      a tool, a font or a permission is missing (exit status 2)
    └── DataFaults            the publication has errors; carries the problems (exit status 1)

Faults of data are never raised while they are looked for: they are collected as
`problems.Problem` values, and `DataFaults` is raised once, when a stage has seen all of them.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from publisher.problems import Problem


class PublisherError(Exception):
    """Ends the program; `status` is its exit status, `texts` what it says, by language."""

    status = 2

    def __init__(self, **texts: str) -> None:
        super().__init__(texts.get("en", ""))
        self.texts = texts

    def text(self, language: str) -> str:
        return self.texts.get(language) or self.texts.get("en", "")

    def __reduce__(self) -> tuple[Any, ...]:
        """So that it reaches the process that waits for the work in which it was raised."""
        return partial(type(self), **self.texts), ()


class UsageError(PublisherError):
    """The command, an option or a target is not one that there is."""


class EnvironmentFault(PublisherError):
    """Something that the program needs on this machine is missing or refuses to work."""


class DataFaults(PublisherError):
    """The publication has errors, so that nothing may be published."""

    status = 1

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(
            en="These problems must be mended first; nothing was published.",
            zh="请先解决以上问题；没有发布任何内容。",
        )
        self.problems = tuple(problems)

    def __reduce__(self) -> tuple[Any, ...]:
        return DataFaults, (self.problems,)
