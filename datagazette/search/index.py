"""What search knows of the pages, and the index that Pagefind builds of it, of groups of pages of one language.

What is searched is marked in the pages (`data-pagefind-body`); the language is that of each page. A visitor loads
only the script, the language's tables and the few parts that hold the words asked for. Pagefind looks at little
else of a page, and takes three times as long for a whole one: it gets that part; a test shows that it makes the same
index of both.

Pagefind numbers pages in the order in which it meets them. It gets them in order: when it looks for them itself, the
order is that of the folders on the disk, and two machines build two indexes.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
import subprocess
import zlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any

from datagazette.model.errors import EnvironmentFault
from datagazette.native import PAGEFIND, PLATFORM

FOLDER = "pagefind"
FRAGMENTS = "fragment"  # the texts of the pages
ENTRY = "pagefind-entry.json"  # says which languages there are, and where the tables of each are
# Pagefind's own interfaces; the site has its own.
_INTERFACES = re.compile(r"pagefind-(?:ui|modular-ui|component-ui|highlight)\b")
# Classes of elements that hold marks and no words of the text.
_IGNORED_CLASSES = ("headerlink", "mark", "footnotes__back", "sr-only")
_IGNORED = ", ".join([*(f".{name}" for name in _IGNORED_CLASSES), "button"])
_BLOCK = 1 << 20  # bytes; each is written in one go

# How Pagefind's scripts ask for the entry file.
_TIMED, _ASKED = "`?ts=${Date.now()}`", "this.throttledFetch(entryUrl)"
_ASKED_NEWLY = 'this.throttledFetch(new Request(entryUrl,{cache:"no-cache"}))'

# The mark of what is searched; without it a page is not in the index.
_SEARCHED, _MARK, _IGNORE = "data-pagefind-body", "data-pagefind-", "data-pagefind-ignore"
_ROOT = re.compile(r"<html[^>]*>")
_LANGUAGE = re.compile(r"""\blang=["']?([\w-]+)""")
_META = re.compile(rf"<meta [^>]*{_MARK}[^>]*>")
# A comment, a script or a style sheet; or the start of an element, with its name and its attributes.
_PART = re.compile(
    r"""<!--.*?-->|<(script|style)\b.*?</\1\s*>|<([a-z][\w-]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>""",
    re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"""\s(id|class|lang)=("[^"]*"|'[^']*'|[^\s"'<>]+)""", re.IGNORECASE)
# Metadata that may be in the part that is left out of the text.
_METADATA = re.compile(rf"{_MARK}(?:meta|filter|sort|index)")


@dataclass(frozen=True)
class SearchedPage:
    """A page as search knows it: its file, its language, and what is searched of it, with the SHA-256 of that."""

    path: str
    language: str
    digest: str
    packed: bytes

    @property
    def content(self) -> str:
        """What is searched, as HTML."""
        return zlib.decompress(self.packed).decode()


def searched(path: str, html: str) -> SearchedPage | None:
    """What search knows of a page; None where it is not searched."""
    found = essence(html)
    if not found:
        return None
    root = _ROOT.search(found)
    language = _LANGUAGE.search(root[0]) if root else None
    content = found.encode()
    digest = hashlib.sha256(content).hexdigest()
    return SearchedPage(path, language[1].lower() if language else "", digest, zlib.compress(content))


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
    return "".join(_bare(short)) if short.count(_MARK) == html.count(_MARK) else html


def _bare(html: str) -> Iterator[str]:
    """The elements and their text, without what is to be ignored, and with no attributes but those that count."""
    at = 0
    for part in _PART.finditer(html):
        if part.start() < at:
            continue
        yield html[at : part.start()]
        at = part.end()
        if not part[2]:
            continue
        if _MARK in part[3]:
            yield part[0]
        else:
            kept = [
                attribute[0] for attribute in _ATTRIBUTE.finditer(part[3])
                if attribute[1].lower() != "class" or any(name in attribute[2] for name in _IGNORED_CLASSES)
            ]  # fmt: skip
            yield f"<{part[2]}{''.join(kept)}>"
        if _IGNORE in part[3]:
            at = _end(html, part[2], at)
    yield html[at:]


def _end(html: str, name: str, start: int) -> int:
    """Where the content of an element ends that begins at `start`; `start` where that cannot be left out."""
    depth = 1
    for tag in _tags(name.lower()).finditer(html, start):
        depth += -1 if tag[1] else 1
        if not depth:
            return start if _METADATA.search(html, start, tag.start()) else tag.start()
    return start


@cache
def _tags(name: str) -> re.Pattern[str]:
    return re.compile(rf"<(/?){name}\b", re.IGNORECASE)


def index(groups: Sequence[Sequence[SearchedPage]], npm: Path, folders: Sequence[Path]) -> None:
    """Writes the index of each group of pages of one language into its folder, as the site has it in `pagefind/`.

    `npm` is the folder `node_modules`. Raises EnvironmentFault unless each index is whole.
    """
    with _service(npm) as service:
        for pages, folder in zip(groups, folders, strict=True):
            (made,) = service.ask([_question("NewIndex", config={"exclude_selectors": [_IGNORED]})], 1)
            number = made["index_id"]
            ordered = sorted(pages, key=lambda page: page.path)
            added = (_question("AddFile", index_id=number, file_path=page.path, file_contents=page.content)
                     for page in ordered)  # fmt: skip
            written = _question("WriteFiles", index_id=number, output_path=str(folder.absolute()))
            service.ask(chain(added, [written]), len(pages) + 1)
    for pages, folder in zip(groups, folders, strict=True):
        for path in sorted(folder.iterdir()):
            if _INTERFACES.match(path.name):
                path.unlink()
            elif path.suffix == ".js":
                _steady(path)
        _refuse_parts(folder, len(pages))


def _steady(script: Path) -> None:
    """Has Pagefind's script ask for the entry file at one address and check that it is the newest, where it would add
    the present time to the address: a copy or an archive of the site has no file for each moment."""
    text = script.read_text("utf-8")
    if _TIMED not in text or _ASKED not in text:
        raise _fault(f"{script.name} is not the script that is known")
    script.write_text(text.replace(_TIMED, "``").replace(_ASKED, _ASKED_NEWLY), "utf-8", newline="")


def joined(entries: Iterable[Path]) -> str:
    """The entry file of the whole index from those of its languages."""
    found = [json.loads(path.read_text("utf-8")) for path in entries]
    languages = {name: about for entry in found for name, about in entry["languages"].items()}
    whole = {**found[0], "languages": dict(sorted(languages.items()))}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))


def _refuse_parts(folder: Path, pages: int) -> None:
    """An index is whole where each file can be unpacked and each page has its fragment."""
    fragments = sorted((folder / FRAGMENTS).glob("*"))
    try:
        languages = json.loads((folder / ENTRY).read_text("utf-8"))["languages"]
        counted = sum(int(language["page_count"]) for language in languages.values())
        for path in (*fragments, *folder.glob("index/*"), *folder.glob("filter/*"), *folder.glob("*.pf_meta")):
            gzip.decompress(path.read_bytes())
    except (OSError, EOFError, ValueError, LookupError, zlib.error) as error:
        raise _fault(f"what it wrote cannot be read ({error})") from error
    if not len(fragments) == counted == pages:
        raise _fault(f"it wrote {len(fragments)} pages of {pages}")


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
                self._questions.writelines(questions)
                self._questions.flush()
            except OSError:  # it has ended, and there are fewer answers
                pass
            except BaseException:
                self._process.kill()  # else its answers would be waited for
                raise
        try:
            answers = [json.loads(base64.b64decode(answer))["payload"] for answer in received.result()]
        except (ValueError, LookupError) as error:
            raise _fault("Pagefind ended without an answer") from error
        for answer in answers:
            if answer["type"] == "Error":
                raise _fault(str(answer["message"]))
        if len(answers) < count:
            raise _fault("Pagefind ended without an answer")
        return answers

    def _received(self) -> Iterator[bytes]:
        """The answers as they come."""
        while True:
            *answers, self._rest = self._rest.split(b",")
            yield from answers
            more = self._answers.read1(_BLOCK)  # type: ignore[attr-defined]
            if not more:
                return
            self._rest += more


@contextmanager
def _service(npm: Path) -> Iterator[_Service]:
    binary = npm.absolute() / PAGEFIND
    if not binary.is_file():
        raise EnvironmentFault("no-pagefind", platform=PLATFORM)
    with subprocess.Popen(
        [binary, "--service"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        bufsize=_BLOCK, cwd=binary.parent,  # it would obey a pagefind.yml in the current folder
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
