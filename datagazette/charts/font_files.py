"""Where the fonts of pictures are: in packages that are installed with the program.

The set-up has one, with Latin, Greek, Cyrillic and Chinese letters. Others whose names begin alike have the letters of
other writings, and are used where they are installed, as `pylopdf-fonts-ar`.
"""

from __future__ import annotations

import importlib.util
import pkgutil
from functools import cache
from pathlib import Path

from datagazette.model.errors import EnvironmentFault

FONT_PACKAGE = "pylopdf_fonts_zh_cn"
_START = "pylopdf_fonts_"


@cache
def further_fonts() -> tuple[str, ...]:
    """The names of the packages besides that of the set-up."""
    found = (module.name for module in pkgutil.iter_modules() if module.ispkg and module.name.startswith(_START))
    return tuple(sorted(set(found) - {FONT_PACKAGE}))


def font_folder() -> Path:
    """Where the set-up's font lies."""
    folder = _folder(FONT_PACKAGE)
    if folder is None or not any(folder.glob("NotoSansSC*")):
        raise EnvironmentFault("no-font", package=FONT_PACKAGE)
    return folder


@cache
def font_folders() -> tuple[Path, ...]:
    """Where all fonts lie, that of the set-up first."""
    return (font_folder(), *(folder for folder in map(_folder, further_fonts()) if folder))


def _folder(package: str) -> Path | None:
    found = importlib.util.find_spec(package)
    return Path(found.origin).parent if found and found.origin else None
