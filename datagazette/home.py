"""Where the program's own files are: templates, styles, scripts, strings, settings, and what npm installed for it.

In a checkout they are beside `build.py`; a wheel carries them inside the package, in `program/`, in the same order.
"""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
_CARRIED = PACKAGE / "program"
IS_CHECKOUT = not _CARRIED.is_dir()
# Holds site/, mkdocs.yml, node_modules/, requirements.txt and package-lock.json.
HOME = PACKAGE.parent if IS_CHECKOUT else _CARRIED
