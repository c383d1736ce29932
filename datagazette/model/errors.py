"""The exceptions of the program: misuse and broken environments.

    PublisherError            anything that ends the program with a message
    ├── UsageError            the command was called wrongly (exit status 2)
    ├── EnvironmentFault      a tool, a font or a permission is missing (exit status 2)
    └── DataFaults            the publication has errors; carries the problems (exit status 1)

Faults of data are never raised while they are looked for: they are collected as
`problems.Problem` values, and `DataFaults` is raised once, when a stage has seen all of them.
"""

from __future__ import annotations

import errno
import os
import shlex
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datagazette.messages import LANGUAGES, texts
from datagazette.model.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from datagazette.model.problems import Problem


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
    """The command, an option or a target does not exist."""


def not_found(what: str, found: Iterable[str], known: Iterable[str]) -> UsageError:
    """There is no such dataset, target, theme or sheet (`what` is a key of `errors.yaml`), and which there are."""
    values = {"found": ", ".join(found), "known": ", ".join(known)}
    return UsageError(**{language: texts("errors", language)[what].format(**values) for language in LANGUAGES})


class EnvironmentFault(PublisherError):
    """Something that the program needs on this machine is missing or refuses to work."""


class DataFaults(PublisherError):
    """The publication has errors, so that nothing may be published."""

    status = 1

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(
            en="Fix these problems first; nothing was published.",
            zh="请先解决以上问题；没有发布任何内容。",
        )
        self.problems = tuple(problems)

    def __reduce__(self) -> tuple[Any, ...]:
        return DataFaults, (self.problems,)


def refused_by_system(error: OSError, **also: str) -> EnvironmentFault:
    """What the system would not do, where, and what to do about it; `also` are further sentences, by language."""
    told = _told(error, str(error.filename) if error.filename else "")
    return EnvironmentFault(**{language: visible(text) + also.get(language, "") for language, text in told.items()})


def refuse_full_disk(said: str) -> None:
    """Raises OSError where a program or a library says, in words of its own, that the disk is full."""
    if "no space left on device" in said.lower():
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _told(error: OSError, path: str) -> dict[str, str]:
    if error.errno in (errno.EACCES, errno.EPERM) and path:
        place = _barred(Path(path))
        zh, en = ("写入", "written") if os.access(place, os.R_OK) else ("读取", "read")
        return {
            "en": f"permission denied: {place} may not be {en} by this user. Run as its owner, or have the permissions"
            f" changed (chmod -R u+rwX {shlex.quote(str(place))}), then run again.",
            "zh": f"权限不足：当前用户不能{zh} {place}。请以其所有者的身份运行，或修改权限"
            f"（chmod -R u+rwX {shlex.quote(str(place))}），然后重新运行。",
        }
    reason, at = error.strerror or str(error), f" ({path})" if path else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return {"en": f"{reason}{at}. Make room on the disk, then run again.",
                "zh": f"磁盘空间不足：{reason}{at}。请腾出空间，然后重新运行。"}  # fmt: skip
    if error.errno == errno.EFBIG:
        return {"en": f"{reason}{at}: files may not grow as large here. Raise the limit (ulimit -f), then run again.",
                "zh": f"系统不允许写入这么大的文件：{reason}{at}。请调高限制（ulimit -f），然后重新运行。"}  # fmt: skip
    return {"en": f"the system refused: {reason}{at}. Fix that, then run again.",
            "zh": f"系统拒绝了操作：{reason}{at}。请解决后重新运行。"}  # fmt: skip


def _barred(path: Path) -> Path:
    """The first folder on the way to `path` that may not be entered, else `path`."""
    barred = (one for one in reversed(path.absolute().parents) if not os.access(one, os.X_OK))
    return next(barred, path)
