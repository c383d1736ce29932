"""Builds the search index with Pagefind, an index a language, from exactly the pages that it is handed.

What is searched is marked in the pages (`data-pagefind-body`); the language is that of each page. A visitor loads
only the script, the language's tables and the few parts that hold the words asked for.

Pagefind numbers pages in the order in which it meets them. It is handed them one by one: when it looks for them
itself, the order is that of the folders on the disk, and two machines build two indexes.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import platform
import re
import subprocess
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from publisher.errors import EnvironmentFault

FOLDER = "pagefind"
ENTRY = "pagefind-entry.json"  # says which languages there are, and where the tables of each are
# Pagefind's own interfaces; the site has its own.
INTERFACES = re.compile(r"pagefind-(?:ui|modular-ui|component-ui|highlight)\b")
# Marks and signs that are no words of the text.
IGNORED = ".headerlink, .mark, .footnotes__back, .sr-only, button"
_MACHINES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}
# The mark of what is searched; without it a page is not in the index.
_SEARCHED, _MARK = "data-pagefind-body", "data-pagefind-"
_ROOT = re.compile(r"<html[^>]*>")
_LANGUAGE = re.compile(r"""\blang=["']?([\w-]+)""")
_META = re.compile(rf"<meta [^>]*{_MARK}[^>]*>")


@dataclass(frozen=True)
class SearchedPage:
    """A page as search knows it: its file, its language, and the SHA-256 of what is searched of it."""

    path: str
    language: str
    digest: str


def searched(path: str, html: str) -> SearchedPage | None:
    """What search knows of a page; None where it is not searched."""
    found = essence(html)
    language = _LANGUAGE.search(root[0]) if (root := _ROOT.search(found)) else None
    return SearchedPage(path, language[1].lower() if language else "", _digest(found)) if found else None


def essence(html: str) -> str:
    """What the index is made from: the page without what search does not look at, such as header and footer.

    Empty where the page is not searched. A page that is built in another way than ours is taken whole.
    """
    if _SEARCHED not in html:
        return ""
    root, start, end = _ROOT.search(html), html.find("<main "), html.rfind("</main>")
    if not root or not 0 <= start < end:
        return html
    head = "".join(_META.findall(html[:start]))
    short = f"<!doctype html>{root[0]}<head>{head}</head><body>{html[start:end]}</main></body></html>"
    return short if short.count(_MARK) == html.count(_MARK) else html


def index(pages: Sequence[tuple[SearchedPage, Path]], npm: Path, folder: Path) -> int:
    """Writes the index of pages of one language into `folder`, which the site has as `pagefind/`.

    Each page comes with the place of its HTML. `npm` is the folder `node_modules`. Returns the number of indexed
    pages; raises EnvironmentFault unless the index is whole.
    """
    with _service(npm) as service:
        number = service.ask("NewIndex", config={"exclude_selectors": [IGNORED]})["index_id"]
        for page, place in sorted(pages, key=lambda one: one[0].path):
            content = essence(place.read_text("utf-8"))
            if _digest(content) != page.digest:
                raise _fault(f"{place} changed while it was read")
            service.ask("AddFile", index_id=number, file_path=page.path, file_contents=content)
        service.ask("WriteFiles", index_id=number, output_path=str(folder))
    for path in sorted(folder.iterdir()):
        if INTERFACES.match(path.name):
            path.unlink()
    for said in _faults(folder, len(pages)):
        raise _fault(said)
    return len(pages)


def joined(entries: Iterable[Path]) -> str:
    """The entry file of the whole index from those of its languages."""
    found = [json.loads(path.read_text("utf-8")) for path in entries]
    languages = {name: about for one in found for name, about in one["languages"].items()}
    whole = {**found[0], "languages": dict(sorted(languages.items()))}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))


def _faults(folder: Path, pages: int) -> Iterator[str]:
    """What an index lacks of being whole: each file can be unpacked, and each page has its fragment."""
    fragments = sorted((folder / "fragment").glob("*"))
    try:
        languages = json.loads((folder / ENTRY).read_text("utf-8"))["languages"]
        counted = sum(int(one["page_count"]) for one in languages.values())
        for path in (*fragments, *folder.glob("index/*"), *folder.glob("filter/*"), *folder.glob("*.pf_meta")):
            gzip.decompress(path.read_bytes())
    except (OSError, EOFError, ValueError, LookupError, zlib.error) as error:
        yield f"what it wrote cannot be read ({error})"
        return
    if not len(fragments) == counted == pages:
        yield f"it wrote {len(fragments)} pages of {pages}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


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
