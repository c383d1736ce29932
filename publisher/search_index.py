"""Builds the search index with Pagefind over the finished pages, an index a language.

What is searched is marked in the pages (`data-pagefind-body`); the language is that of each page. A visitor loads
only the script, the language's tables and the few parts that hold the words asked for.

Pagefind numbers pages in the order in which it meets them. It is handed them one by one: when it looks for them
itself, the order is that of the folders on the disk, and two machines build two indexes.
"""

from __future__ import annotations

import base64
import json
import platform
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from publisher.errors import EnvironmentFault

FOLDER = "pagefind"
SEARCHED = "data-pagefind-body"  # the mark of what is searched; without it a page is not in the index
# Pagefind's own interfaces; the site has its own.
INTERFACES = re.compile(r"pagefind-(?:ui|modular-ui|component-ui|highlight)\b")
# Marks and signs that are no words of the text.
IGNORED = ".headerlink, .mark, .footnotes__back, .sr-only, button"
_MACHINES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}


def index(site: Path, npm: Path, folder: Path) -> int:
    """Writes the index of the pages below `site` into `folder`, which the site has as `pagefind/`.

    `npm` is the folder `node_modules`. Returns the number of indexed pages.
    """
    with _service(npm) as service:
        number = service.ask("NewIndex", config={"exclude_selectors": [IGNORED]})["index_id"]
        for path in sorted(site.rglob("*.html"), key=Path.as_posix):
            name, content = path.relative_to(site).as_posix(), path.read_text("utf-8")
            if SEARCHED in content:
                service.ask("AddFile", index_id=number, file_path=name, file_contents=content)
        service.ask("WriteFiles", index_id=number, output_path=str(folder))
    for path in sorted(folder.iterdir()):
        if INTERFACES.match(path.name):
            path.unlink()
    languages = json.loads((folder / "pagefind-entry.json").read_text("utf-8"))["languages"]
    return sum(int(one["page_count"]) for one in languages.values())


class _Service:
    """Pagefind as a process that is asked: each message is JSON in Base64, and ends with a comma.

    The same that Pagefind's packages for Node and Python talk to it.
    """

    def __init__(self, questions: IO[bytes], answers: IO[bytes]) -> None:
        self._questions, self._answers, self._rest = questions, answers, b""

    def ask(self, action: str, **what: Any) -> dict[str, Any]:
        """The answer; raises EnvironmentFault where Pagefind reports an error or has ended."""
        message = json.dumps({"message_id": 1, "payload": {"type": action, **what}})
        try:
            self._questions.write(base64.b64encode(message.encode()) + b",")
            self._questions.flush()
            answer: dict[str, Any] = json.loads(base64.b64decode(self._next()))["payload"]
        except (OSError, ValueError) as error:
            raise _fault("Pagefind ended without an answer") from error
        if answer["type"] == "Error":
            raise _fault(str(answer["message"]))
        return answer

    def _next(self) -> bytes:
        """The next answer; nothing where there will be none."""
        while b"," not in self._rest and (more := self._answers.read1(1 << 20)):  # type: ignore[attr-defined]
            self._rest += more
        answer, _, self._rest = self._rest.partition(b",")
        return answer


@contextmanager
def _service(npm: Path) -> Iterator[_Service]:
    command = [str(_binary(npm)), "--service"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdin
        assert process.stdout
        try:
            yield _Service(process.stdin, process.stdout)
        finally:
            process.kill()


def _fault(said: str) -> EnvironmentFault:
    return EnvironmentFault(
        en=f"Pagefind could not index the pages: {said}. See whether the disk is full, then build again",
        zh=f"Pagefind 无法为页面建立索引：{said}。请检查磁盘是否已满，然后重新构建",
    )


def _binary(npm: Path) -> Path:
    system = platform.system().lower()
    machine = _MACHINES.get(platform.machine().lower(), platform.machine().lower())
    folder = npm / "@pagefind" / f"{system}-{machine}" / "bin"
    found = sorted(path for path in folder.glob("pagefind_extended*") if path.suffix in ("", ".exe"))
    if not found:
        raise EnvironmentFault(
            en=f"Pagefind for {system} {machine} is not installed; run `make site`, which installs it",
            zh=f"没有安装 {system} {machine} 上的 Pagefind；请运行 `make site`，它会安装所需软件",
        )
    return found[0]
