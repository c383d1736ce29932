"""JSON descriptors. The lines of their values are looked up by the YAML reader once somebody asks for one: a
descriptor without faults is read several times as fast by a reader of JSON, which knows no lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from datagazette.load.document import Document, KeyPath
from datagazette.load.files import read_limited
from datagazette.model.limits import DESCRIPTOR_BYTES, DESCRIPTOR_KEYS, DESCRIPTOR_LEVELS


def read_json(path: Path, file: str) -> Document | None:
    """The mapping in a JSON file; None where there is none that keeps to the bounds. Of a repeated key the last
    counts, as in Frictionless. `file` is how problems name it."""
    content, problems = read_limited(path, file, DESCRIPTOR_BYTES)
    if problems:
        return None
    try:
        text = content.decode("utf-8-sig")
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or not _is_bounded(value):
        return None
    return Document(file, value, _Lines(text, file))


def _is_bounded(value: Any) -> bool:
    """Whether neither the nesting nor a mapping is larger than those of a descriptor may be; without recursion."""
    waiting = [(value, 1)]
    while waiting:
        found, level = waiting.pop()
        if isinstance(found, dict | list):
            if level > DESCRIPTOR_LEVELS or (isinstance(found, dict) and len(found) > DESCRIPTOR_KEYS):
                return False
            waiting += [(one, level + 1) for one in (found.values() if isinstance(found, dict) else found)]
    return True


class _Lines(Mapping[KeyPath, int]):
    """The line of each key and item, by its path; none where the text is no YAML, such as with tabs."""

    def __init__(self, text: str, file: str) -> None:
        self._text, self._file = text, file

    @cached_property
    def _found(self) -> Mapping[KeyPath, int]:
        from datagazette.load.yaml_file import lines_of

        return lines_of(self._text, self._file)

    def __getitem__(self, path: KeyPath) -> int:
        return self._found[path]

    def __iter__(self) -> Iterator[KeyPath]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)
