"""The fonts of pictures, as the renderer and HarfBuzz have them in this process.

The renderer opens a font's file for each letter that it measures, and measures each label of a chart about ten times.
The set-up's font has eight megabytes, so that most of the time of a chart went into that. A chart is therefore measured
with the same font reduced to its own letters (`small_font`), which is a hundredth of the size; the drawing is the same.
"""

from __future__ import annotations

import os
import tempfile
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

import uharfbuzz
import vl_convert

from datagazette.charts import svg as chart_svg
from datagazette.charts.font_files import font_folder, font_folders
from datagazette.charts.palette import FONT
from datagazette.charts.svg import TextLine
from datagazette.model.errors import EnvironmentFault

# What the renderer may add to the texts of a chart: digits, names of months, marks of numbers and of cut texts.
_ALWAYS = frozenset(map(chr, range(0x20, 0x180))) | frozenset("−–…\u2009\u202f")
_NAMES = "utf-16-be"  # how a font holds the name of its family
_KEPT = 256  # sets of letters


@cache
def set_up_font() -> uharfbuzz.Font:
    """The set-up's font, from which letters are drawn."""
    file = min(font_folder().glob("NotoSansSC*"))
    return uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(file))))


@lru_cache(maxsize=_KEPT)
def small_font(letters: frozenset[str]) -> str:
    """The name of a family that the renderer has from now on: the set-up's font with these letters alone.

    A letter that the font lacks is looked for in the others, as it is with the whole font.
    """
    wanted = uharfbuzz.SubsetInput()
    wanted.unicode_set.update(map(ord, letters | _ALWAYS))
    font = bytes(uharfbuzz.subset(set_up_font().face, wanted).blob.data)
    # As long as the name that it takes the place of, which the file has in several places. A name begins with a letter.
    name = f"F{sha256(font).hexdigest()}"[: len(FONT)]
    folder = Path(_scratch().name, name)
    folder.mkdir(exist_ok=True)
    (folder / "font.otf").write_bytes(font.replace(FONT.encode(_NAMES), name.encode(_NAMES)))
    vl_convert.register_font_directory(str(folder))
    return name


@cache
def _scratch() -> tempfile.TemporaryDirectory[str]:
    """A folder for as long as this process lives."""
    return tempfile.TemporaryDirectory(prefix="fonts-")


@cache
def prepare_fonts() -> None:
    """Makes the fonts that are installed with the program the only ones that the renderer knows, for the rest of this
    process.

    The renderer reads the machine's fonts when it is first used, from where $FONTCONFIG_FILE says.
    """
    folders = font_folders()
    before = os.environ.get("FONTCONFIG_FILE")
    with tempfile.TemporaryDirectory() as scratch:
        settings = Path(scratch, "fonts.conf")
        places = "".join(f"<dir>{escape(str(folder))}</dir>" for folder in folders)
        settings.write_text(f'<?xml version="1.0"?><fontconfig>{places}</fontconfig>', "utf-8")
        os.environ["FONTCONFIG_FILE"] = str(settings)
        try:
            for folder in folders:
                vl_convert.register_font_directory(str(folder))
            _try_font()
        finally:
            if before is None:
                del os.environ["FONTCONFIG_FILE"]
            else:
                os.environ["FONTCONFIG_FILE"] = before


def _try_font() -> None:
    """A renderer that lacks a font draws nothing and says nothing: so draw a character, and look."""
    blank = chart_svg.Picture(Element("g"), 40, 40)
    pictures = []
    for text in ("", "永"):
        sheet = chart_svg.compose(blank, (TextLine(text, 20, "#000000", 20),), (), "#ffffff", 0, 40)
        pictures.append(vl_convert.svg_to_png(chart_svg.write(sheet, FONT, "font", "", "")))
    if pictures[0] == pictures[1]:
        raise EnvironmentFault("font-unusable")
