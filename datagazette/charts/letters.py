"""Which letters pictures can show: those of the fonts that are installed with the program."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any
from xml.etree import ElementTree

import uharfbuzz

from datagazette.charts.font_files import font_folders, further_fonts
from datagazette.charts.palette import FONT
from datagazette.charts.spec import complete
from datagazette.charts.svg import SVG
from datagazette.model.problems import Problem, warning
from datagazette.model.publication import Release
from datagazette.model.results import SummaryResult

_FILES = ("*.ttf", "*.otf")
_ITALIC = "Italic"
_WIDTH = 680  # of a picture; nothing here depends on it
_SHOWN = 12  # letters that a message names
_NAME_OF_FAMILY = uharfbuzz.OTNameIdPredefined.FONT_FAMILY
_TEXTS = (f"{{{SVG}}}text", "text")
_UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp", "Mn"})


def lacking(texts: Iterable[str]) -> str:
    """The letters that the pictures of these texts would lack, each once, in their order."""
    return "".join(dict.fromkeys(letter for text in texts for letter in _fitted(text)[2]))


def in_fonts(drawing: str) -> str:
    """An SVG in which each text names the font that has its letters; as it is where there is but that of the set-up.

    It is one font for a whole text: the renderer joins Arabic letters of several wrongly, and of Latin ones takes the
    first that it finds, which may be an italic one.
    """
    if not further_fonts():
        return drawing
    root = ElementTree.fromstring(drawing)  # noqa: S314  (our own drawing)
    for element in root.iter():
        family = _fitted("".join(element.itertext()))[0] if element.tag in _TEXTS else FONT
        if family != FONT:
            element.set("font-family", family)
            for part in element.iter():
                part.text = _fitted(part.text or "", family)[1]
    return ElementTree.tostring(root, encoding="unicode")


def _fitted(text: str, family: str = "") -> tuple[str, str, str]:
    """(family, text, letters that it lacks) in the font that lacks the fewest, or in that of a family.

    A letter that it lacks gives way to a plain one that means the same, as `²` to `2`.
    """
    best: tuple[str, str, str] | None = None
    for name, font in ((name, font) for name, font in _fonts() if family in ("", name)):
        written, missing = _in_font(text, font)
        if best is None or len(missing) < len(best[2]):
            best = name, written, missing
        if not missing:
            break
    assert best is not None, "the set-up's fonts are there"
    return best


def _in_font(text: str, font: uharfbuzz.Font) -> tuple[str, str]:
    written = [_written(letter, font) for letter in text]
    missing = "".join(letter for letter, shown in zip(text, written, strict=True) if shown is None)
    return "".join(letter if shown is None else shown for letter, shown in zip(text, written, strict=True)), missing


@cache
def _written(letter: str, font: uharfbuzz.Font) -> str | None:
    """The letter or what it gives way to; None where the font has neither."""
    forms = (letter, unicodedata.normalize("NFKC", letter))
    return next((form for form in forms if _has(font, form)), None)


def _has(font: uharfbuzz.Font, letters: str) -> bool:
    return all(unicodedata.category(each) in _UNSEEN or font.get_nominal_glyph(ord(each)) for each in letters)


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
def _fonts() -> tuple[tuple[str, uharfbuzz.Font], ...]:
    """Each font with the name of its family, those without serifs first."""
    found = (file for folder in font_folders() for kind in _FILES for file in sorted(folder.rglob(kind)))
    files = [file for file in found if _ITALIC not in file.name]
    files.sort(key=lambda file: "Sans" not in file.name)
    faces = [uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(file))) for file in files]
    return tuple((face.get_name(_NAME_OF_FAMILY) or FONT, uharfbuzz.Font(face)) for face in faces)
