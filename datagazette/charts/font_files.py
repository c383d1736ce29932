"""Where the fonts of pictures are: in packages that are installed with the program.

The set-up has one, with the letters of Chinese, Western Europe and Russia. Others have those of further languages, and
are used where they are installed: packages of the families Noto Sans and Noto Serif, as `fontpkg-noto-sans` (Polish,
Czech, Turkish, Ukrainian, ...) and `pylopdf-fonts-ar` (Arabic).
"""

from __future__ import annotations

import importlib.util
import pkgutil
from functools import cache
from pathlib import Path

from datagazette.model.errors import EnvironmentFault

FONT_PACKAGE = "pylopdf_fonts_zh_cn"
_STARTS = ("pylopdf_fonts_", "fontpkg_noto_")


@cache
def further_fonts() -> tuple[str, ...]:
    """The names of the packages besides that of the set-up."""
    found = (module.name for module in pkgutil.iter_modules() if module.ispkg and module.name.startswith(_STARTS))
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
