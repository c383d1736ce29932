"""The texts that the program says, but for `--help`: a folder for each language, a file for each topic.

Another language is another folder with the same files. One that has only some of them has the texts of what is
published, such as README files; the program does not speak it. Where a language or one of its files is not there,
English is used. Placeholders are `{name}` as in `str.format`, or `$name` in the texts of problems, which may hold
braces.
Texts name a command as `python build.py check`; where the program is installed, they come out with `datagazette check`.

A topic is a YAML file; the one that every check needs, `reports`, is JSON, because loading a YAML library takes longer
than checking a small table.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from datagazette.home import IS_CHECKOUT

FOLDER = Path(__file__).parent
FALLBACK = "en"
_WRITTEN = "python build.py"  # how texts name the program
# How a person starts it, as messages say it, and its name in usage lines.
COMMAND = _WRITTEN if IS_CHECKOUT else "datagazette"
NAME = COMMAND.rpartition(" ")[2]
FOLDERS = frozenset(path.name for path in FOLDER.iterdir() if path.is_dir())
LANGUAGES = tuple(sorted(path.parent.name for path in FOLDER.glob("*/reports.json")))


@cache
def texts(topic: str, language: str) -> Mapping[str, Any]:
    """The texts of a topic, such as `cli` or `problems/cells`, by key."""
    code = next((code for code in _kin(language) if code in FOLDERS), FALLBACK)
    path = next(FOLDER.glob(f"{code}/{topic}.*"), None)
    if not path:
        return texts(topic, FALLBACK)
    text = path.read_text("utf-8").replace(_WRITTEN, COMMAND)
    loaded: dict[str, Any] = json.loads(text) if path.suffix == ".json" else _yaml(text)
    return loaded


def has_texts(topic: str, language: str) -> bool:
    """Whether a topic is there in the language itself, whatever its region."""
    return any(code in FOLDERS and any(FOLDER.glob(f"{code}/{topic}.*")) for code in _kin(language))


def _kin(language: str) -> tuple[str, ...]:
    """The language, and the one without its region. What reads CLDR is imported where there is a region."""
    if "-" not in language:
        return (language,)
    from datagazette.messages.kin import kindred

    return kindred(language)


def fill(text: str, /, **values: object) -> str:
    """A text with its placeholders filled. Modules that also work with the database fill their texts here alone, so
    that no SQL is ever made by filling one."""
    return text.format(**values)


def _yaml(text: str) -> Any:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(text, Loader=loader)  # noqa: S506
