"""Where the program's own files are: templates, styles, scripts, strings, settings, and what npm installed for it.

In a checkout they are beside `build.py`; a wheel carries them inside the package, in `program/`, in the same order.
"""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
IS_CHECKOUT = (PACKAGE.parent / "build.py").is_file()
# Holds site/, mkdocs.yml, node_modules/, requirements.txt and package-lock.json.
HOME = PACKAGE.parent if IS_CHECKOUT else PACKAGE / "program"
