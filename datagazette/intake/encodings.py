"""The encoding of a CSV, and its text.

A byte order mark decides, then zero bytes, then whether all of it is UTF-8. Of any other file the readings are
compared; one that is not certain is a question.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from datagazette.files import trace_of_git
from datagazette.intake.extent import bounded
from datagazette.intake.notices import Notice, Place, notice, stopped
from datagazette.intake.readings import Foreign, Reading, certain, foreign_words, is_mixed, offered, readings
from datagazette.load.git_traces import listed
from datagazette.messages import LANGUAGES, fill, texts
from datagazette.model import limits
from datagazette.model.errors import UsageError
from datagazette.model.problems import fix, message, problem
from datagazette.model.text import shortened, visible
from datagazette.tables.layout import Unreadable

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
# What programs write under the names of smaller encodings, by the Encoding Standard of the WHATWG, "Names and labels".
_MEANT = {
    "iso8859-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949",
    "big5": "big5hkscs",
}  # fmt: skip
_LINE_FEED = 10
_SAMPLE = 1 << 20  # bytes, a multiple of four
_SHOWN, _SHOWN_WIDTH = 4, 30  # words of each reading, and characters of each


@dataclass(frozen=True)
class Recognised:
    """An encoding by its name in Python. `notices` say so where it was guessed."""

    encoding: str
    notices: tuple[Notice, ...] = ()


@contextmanager
def open_source(path: Path, encoding: str) -> Iterator[IO[str]]:
    """The text of a file. Whatever keeps it from being read becomes a UsageError."""
    try:
        trace, lines = trace_of_git(path)
        if trace:
            raise Unreadable(trace, trace, lines[0] if lines else None, lines=listed(lines))
        with path.open(encoding=encoding, newline="") as stream:
            yield stream
    except (Unreadable, UnicodeError) as fault:
        if isinstance(fault, Unreadable) and not isinstance(fault.__cause__, UnicodeError):
            # As the check says it of a table that cannot be read.
            shown = problem(fault.code, path.name, fault.line, note=fault.note, **fault.values)
            messages = {language: message(shown, language).rstrip(".。") for language in LANGUAGES}
            fixes = {language: fix(shown, language) for language in LANGUAGES}
            raise UsageError("unreadable-table", place=shown.place, message=messages, fix=fixes) from fault
        places = unreadable_lines(path, encoding)
        raise stopped(path.name, notice("encoding-other", places, encoding=encoding)) from fault
    except OSError as error:
        raise UsageError("unreadable", path=path, reason=error.strerror or error) from error


def recognise(path: Path, encoding: str | None, known: Callable[[], Collection[str]] = frozenset) -> Recognised:
    """The encoding of a file: `encoding`, if that is given, or what its bytes show.

    `known` gives words that are to be expected in it, and is asked only where the file is not Unicode.
    Raises UsageError where the file is too large or cannot be read, and where its encoding is not certain.
    """
    try:
        bounded(path.name, path.stat().st_size, limits.SOURCE_BYTES, "table-bytes")
        if encoding:
            return Recognised(_stated(path, encoding))
        if found := _unicode(path):
            return Recognised(found)
        return _guessed(path, known())
    except (LookupError, UnicodeError) as error:
        raise UsageError("encoding-name", name=encoding) from error
    except OSError as error:
        raise UsageError("unreadable", path=path, reason=error.strerror or error) from error


def _stated(path: Path, encoding: str) -> str:
    """The encoding that a person names, or the one that programs mean by its name, where that reads the file."""
    "".encode(encoding)  # a LookupError where it is none of text
    meant = _MEANT.get(codecs.lookup(encoding).name, encoding)
    return meant if _reads(path, meant) else encoding


def _reads(path: Path, encoding: str) -> bool:
    """Whether all of the file is in an encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            for chunk in iter(partial(file.read, _SAMPLE), b""):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _unicode(path: Path) -> str:
    """The form of Unicode that the file is in, or nothing."""
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
    marked = next((name for mark, name in _MARKS if sample.startswith(mark)), "")
    if marked:
        return marked
    unicode = "utf-8" if _reads(path, "utf-8") else ""
    return _wide(sample, 0.5 if unicode else 0.05) or unicode


def _wide(sample: bytes, share: float) -> str:
    """UTF-16 or UTF-32 without a mark, or nothing. Digits, delimiters and line breaks have a zero byte in every second
    place, or three of them in every four.

    So many pairs of bytes as `share` says have one, nearly all in the same place, and so have line breaks. A NUL here
    and there makes no UTF-16.
    """
    places = [sample[start::4] for start in range(4)]
    empty = [bool(place) and 10 * place.count(0) >= 9 * len(place) for place in places]
    if empty in ([False, True, True, True], [True, True, True, False]):
        return "utf-32-be" if empty[0] else "utf-32-le"
    even, odd = sample[0::2], sample[1::2]
    for name, zeros, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if zeros.count(0) <= max(share * len(zeros), 2 * others.count(0)):
            continue
        breaks = sum(other == _LINE_FEED and not zero for zero, other in zip(zeros, others, strict=False))
        if 4 * breaks >= others.count(_LINE_FEED):
            return name
    return ""


def _guessed(path: Path, known: Collection[str]) -> Recognised:
    words = foreign_words(path)
    if words.has_nul:  # the zero byte is refused with its line, whatever the encoding
        return Recognised("latin-1")
    found = readings(words, known)
    if is_mixed(words, found[0] if found else None):
        raise stopped(path.name, notice("encoding-mixed", unreadable_lines(path, "utf-8")))
    best = certain(found)
    if best:
        samples = (Place(text=text) for text in best.texts)
        return Recognised(best.encoding, (notice("encoding", samples, encoding=best.encoding),))
    if not found:
        raise stopped(path.name, notice("encoding-unknown", unreadable_lines(path, "utf-8")))
    listed = {language: _listed(words, offered(found), language) for language in LANGUAGES}
    choices = " ".join(reading.encoding for reading in offered(found))
    raise UsageError("encoding-unclear", file=path.name, readings=listed, option="encoding", choices=choices)


def _listed(words: Foreign, found: Sequence[Reading], language: str) -> str:
    """A line for each reading, with the words in which the readings differ most."""
    say = texts("notices", language)
    names = say["encodings"]
    columns = list(zip(*(reading.texts for reading in found), strict=True))
    differing = sorted(range(len(words.words)), key=lambda at: -len(set(columns[at])))[:_SHOWN]
    lines = []
    for reading in found:
        samples = (fill(say["place"]["text"], text=visible(shortened(reading.texts[at], _SHOWN_WIDTH))).strip()
                   for at in sorted(differing))  # fmt: skip
        lines.append(fill(say["reading"], encoding=reading.encoding, name=names[reading.encoding],
                          samples=say["place"]["separator"].join(samples)))  # fmt: skip
    return "\n".join(lines)


def unreadable_lines(path: Path, encoding: str) -> list[Place]:
    """The lines that are not in an encoding, with their bytes; a place without a line where it has other line ends."""
    return list(_unreadable(path, encoding)) or [Place()]


def _unreadable(path: Path, encoding: str) -> Iterator[Place]:
    if "\n".encode(encoding) != b"\n":
        return
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode(encoding)
            except UnicodeError as error:
                start, end = getattr(error, "start", 0), getattr(error, "end", 0)
                part = line[max(start - 10, 0) : end + 10].rstrip(b"\r\n")
                yield Place(number, text=part.decode("utf-8", "backslashreplace"))
