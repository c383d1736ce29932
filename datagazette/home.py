"""Where the program's own files are: templates, styles, scripts, strings, settings, and what npm installed for it.

In a checkout they are beside `build.py`; a wheel carries them inside the package, in `program/`, in the same order.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
_CARRIED = PACKAGE / "program"
IS_CHECKOUT = not _CARRIED.is_dir()
# Holds site/, mkdocs.yml, node_modules/, requirements.txt and package-lock.json.
HOME = PACKAGE.parent if IS_CHECKOUT else _CARRIED


@cache
def _former() -> frozenset[str]:
    lines = (PACKAGE / "former.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


def is_former(name: str, path: Path) -> bool:
    """Whether the file `path` is, byte for byte, what the program once had as `site/<name>`: an untouched copy of it.

    Its hash is the one that git has for it.
    """
    content = path.read_bytes()
    blob = hashlib.sha1(b"blob %d\0%b" % (len(content), content), usedforsecurity=False).hexdigest()
    return f"{blob} {name}" in _former()
