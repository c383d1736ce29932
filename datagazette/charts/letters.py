"""Which letters pictures can show: those of the fonts that are installed with the program."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import uharfbuzz

from datagazette.charts.font_files import font_folders
from datagazette.charts.spec import complete
from datagazette.model.problems import Problem, warning
from datagazette.model.publication import Release
from datagazette.model.results import SummaryResult

_FILES = ("*.ttf", "*.otf")
_WIDTH = 680  # of a picture; nothing here depends on it
_SHOWN = 12  # letters that a message names
_UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp", "Mn"})


def lacking(texts: Iterable[str]) -> str:
    """The letters of the texts that no font has, each once, in their order."""
    letters = dict.fromkeys(letter for text in texts for letter in text)
    seen = (letter for letter in letters if unicodedata.category(letter) not in _UNSEEN)
    return "".join(letter for letter in seen if not any(font.get_nominal_glyph(ord(letter)) for font in _fonts()))


def check_letters(result: SummaryResult, release: Release, file: str) -> Iterator[Problem]:
    """A warning where the PNG of a chart would have empty boxes for letters; `file` is its descriptor."""
    summary = result.summary
    for language in release.languages if summary.chart is not None else ():
        completed = complete(result, language, release.languages[0], _WIDTH)
        titles = (text.get(language) for text in (summary.title, *(source.title for source in release.sources)))
        missing = lacking((*titles, completed.measure, *_texts(completed.spec)))
        if missing:
            shown = missing[:_SHOWN] + ("…" if len(missing) > _SHOWN else "")
            yield warning("chart-letters", file, None, summary=summary.name, language=language, found=shown)


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        yield from (text for value in part.values() for text in _texts(value))
    elif isinstance(part, list | tuple):
        yield from (text for value in part for text in _texts(value))


@cache
def _fonts() -> tuple[uharfbuzz.Font, ...]:
    files = (file for folder in font_folders() for kind in _FILES for file in sorted(folder.glob(kind)))
    return tuple(uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(file)))) for file in files)
