"""Builds the search index with Pagefind, an index a language, from exactly the pages that it is handed.

What is searched is marked in the pages (`data-pagefind-body`); the language is that of each page. A visitor loads
only the script, the language's tables and the few parts that hold the words asked for.

Pagefind numbers pages in the order in which it meets them. It is handed them in order: when it looks for them
itself, the order is that of the folders on the disk, and two machines build two indexes.
"""

from __future__ import annotations

import base64
import gzip
import json
import platform
import re
import subprocess
import zlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any

from datagazette.model.errors import EnvironmentFault
from datagazette.search.page import IGNORED_CLASSES, SearchedPage

FOLDER = "pagefind"
ENTRY = "pagefind-entry.json"  # says which languages there are, and where the tables of each are
# Pagefind's own interfaces; the site has its own.
INTERFACES = re.compile(r"pagefind-(?:ui|modular-ui|component-ui|highlight)\b")
# Marks that are no words of the text.
IGNORED = ", ".join([*(f".{name}" for name in IGNORED_CLASSES), "button"])
_MACHINES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}
_BLOCK = 1 << 20  # bytes; each is written in one go


def index(pages: Sequence[SearchedPage], npm: Path, folder: Path) -> int:
    """Writes the index of pages of one language into `folder`, which the site has as `pagefind/`.

    `npm` is the folder `node_modules`. Returns the number of indexed pages; raises EnvironmentFault unless the index
    is whole.
    """
    with _service(npm) as service:
        (made,) = service.ask([_question("NewIndex", config={"exclude_selectors": [IGNORED]})], 1)
        number = made["index_id"]
        ordered = sorted(pages, key=lambda one: one.path)
        added = (_question("AddFile", index_id=number, file_path=one.path, file_contents=one.content)
                 for one in ordered)  # fmt: skip
        written = _question("WriteFiles", index_id=number, output_path=str(folder.absolute()))
        service.ask(chain(added, [written]), len(pages) + 1)
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
        counted = sum(int(language["page_count"]) for language in languages.values())
        for path in (*fragments, *folder.glob("index/*"), *folder.glob("filter/*"), *folder.glob("*.pf_meta")):
            gzip.decompress(path.read_bytes())
    except (OSError, EOFError, ValueError, LookupError, zlib.error) as error:
        yield f"what it wrote cannot be read ({error})"
        return
    if not len(fragments) == counted == pages:
        yield f"it wrote {len(fragments)} pages of {pages}"


def _question(action: str, **what: Any) -> bytes:
    """A message to Pagefind: JSON in Base64, ended by a comma."""
    message = json.dumps({"message_id": 1, "payload": {"type": action, **what}})
    return base64.b64encode(message.encode()) + b","


class _Service:
    """Pagefind as a process that is asked, as Pagefind's own packages for Node and Python ask it.

    It answers in the order of the questions. They are all written before the answers are waited for, in few large
    blocks: between question and answer other threads of this process would each time be waited for as well.
    """

    def __init__(self, process: subprocess.Popen[bytes], questions: IO[bytes], answers: IO[bytes]) -> None:
        self._process, self._questions, self._answers, self._rest = process, questions, answers, b""

    def ask(self, questions: Iterable[bytes], count: int) -> list[dict[str, Any]]:
        """The answers to `count` questions; raises EnvironmentFault where Pagefind reports an error or has ended."""
        with ThreadPoolExecutor(1) as beside:
            received = beside.submit(lambda: list(islice(self._received(), count)))
            try:
                for block in _blocks(questions):
                    self._questions.write(block)
                self._questions.flush()
            except OSError:  # it has ended, and there are fewer answers
                pass
            except BaseException:
                self._process.kill()  # else its answers would be waited for
                raise
        answers = [_answer(one) for one in received.result()]
        for error in (answer for answer in answers if answer["type"] == "Error"):
            raise _fault(str(error["message"]))
        if len(answers) < count:
            raise _fault("Pagefind ended without an answer")
        return answers

    def _received(self) -> Iterator[bytes]:
        """The answers as they come."""
        while True:
            *answers, self._rest = self._rest.split(b",")
            yield from answers
            more = self._answers.read1(1 << 20)  # type: ignore[attr-defined]
            if not more:
                return
            self._rest += more


def _answer(message: bytes) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(base64.b64decode(message))["payload"]
    except (ValueError, LookupError) as error:
        raise _fault("Pagefind ended without an answer") from error
    return found


def _blocks(messages: Iterable[bytes]) -> Iterator[bytes]:
    """The same put together, to write much at once."""
    waiting = bytearray()
    for message in messages:
        waiting += message
        if len(waiting) > _BLOCK:
            yield bytes(waiting)
            waiting.clear()
    yield bytes(waiting)


@contextmanager
def _service(npm: Path) -> Iterator[_Service]:
    binary = _binary(npm.absolute())
    with subprocess.Popen(
        [binary, "--service"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        cwd=binary.parent,  # it would obey a pagefind.yml in the current folder
    ) as process:  # fmt: skip
        assert process.stdin
        assert process.stdout
        try:
            yield _Service(process, process.stdin, process.stdout)
        finally:
            process.kill()
            with suppress(OSError):  # what could not be written any more
                process.stdin.close()


def _fault(said: str) -> EnvironmentFault:
    return EnvironmentFault("pagefind", reason=said)


def _binary(npm: Path) -> Path:
    system = platform.system().lower()
    machine = _MACHINES.get(platform.machine().lower(), platform.machine().lower())
    folder = npm / "@pagefind" / f"{system}-{machine}" / "bin"
    found = sorted(path for path in folder.glob("pagefind_extended*") if path.suffix in ("", ".exe"))
    if not found:
        raise EnvironmentFault("no-pagefind", system=system, machine=machine)
    return found[0]
