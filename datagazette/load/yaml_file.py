"""Untrusted YAML files with the line of every value: nothing in them may run, grow or repeat.

Anchors, aliases and tags are refused: descriptors need none, and they are how YAML bombs are made.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from datagazette.files import POINTER, merge_marks
from datagazette.load.descriptors import Document, KeyPath
from datagazette.load.files import read_limited
from datagazette.load.git_traces import trace_problem
from datagazette.load.syntax import yaml_fault
from datagazette.model.limits import DESCRIPTOR_BYTES, DESCRIPTOR_KEYS, DESCRIPTOR_LEVELS, DESCRIPTOR_VALUES
from datagazette.model.problems import Problem, problem

# In place of a value with a tag, where tags are not refused: it is reported, and not computed.
COMPUTED = object()
_COLLECTIONS = (None, "!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")
_STANDARD = "tag:yaml.org,2002:"
_PYTHON = f"{_STANDARD}python/"

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Refused(Exception):
    def __init__(self, code: str, line: int, **values: object) -> None:
        super().__init__(code)
        self.code, self.line, self.values = code, line, values


@dataclass
class _Collection:
    """A mapping or a list that has begun: with how many parts, where a key and its value are two."""

    line: int
    is_mapping: bool
    parts: int = 0


def read_yaml(path: Path, file: str, *, tagged: bool = False) -> tuple[Document | None, tuple[Problem, ...]]:
    """The mapping in a YAML file, or why there is none. `file` is how problems name it.

    With `tagged`, values with a tag are COMPUTED and not refused.
    """
    content, problems = read_limited(path, file, DESCRIPTOR_BYTES)
    if problems:
        return None, problems
    try:
        return parse_yaml(content.decode("utf-8-sig"), file, tagged=tagged)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return None, (problem("yaml-encoding", file, line),)


def parse_yaml(text: str, file: str, *, tagged: bool = False) -> tuple[Document | None, tuple[Problem, ...]]:
    """As `read_yaml`, of a text that has been read already."""
    if lines := merge_marks(text.encode("utf-8", "replace")):
        return None, (trace_problem("merge-unresolved", file, lines),)
    if text.startswith(POINTER.decode()):
        return None, (trace_problem("lfs-pointer", file),)
    try:
        _refuse_references(text, tagged=tagged)
        builder = _Builder(_Loader(text), tagged)
        value = builder.document()
    except _Refused as refused:
        return None, (problem(refused.code, file, refused.line, **refused.values),)
    except yaml.YAMLError as error:
        line, values = yaml_fault(error, text)
        if "nesting depth" in str(values["reason"]):  # a limit of the library's own, reached before a level begins
            return None, (problem("yaml-too-deep", file, line, limit=DESCRIPTOR_LEVELS),)
        return None, (problem("yaml-syntax", file, line, **values),)
    if not isinstance(value, dict):
        return None, (problem("yaml-no-mapping", file, 1, rule="empty" if value is None else ""),)
    return Document(file, value, lambda: builder.lines, tuple(builder.cut)), ()


def _refuse_references(text: str, *, tagged: bool) -> None:
    """Stops before anything is built: an event stream grows with the file only, its result need not."""
    values = 0
    around: list[_Collection] = []
    for event in yaml.parse(text, Loader=_Loader):
        line = _line(event)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Refused("yaml-alias", line)
        if isinstance(event, yaml.NodeEvent) and around:
            around[-1].parts += 1
        if isinstance(event, yaml.CollectionStartEvent):
            if event.tag not in _COLLECTIONS and not tagged:
                raise _Refused("yaml-syntax", line, reason=f"tag {event.tag}")
            around.append(_Collection(line, isinstance(event, yaml.MappingStartEvent)))
            if len(around) > DESCRIPTOR_LEVELS:
                raise _Refused("yaml-too-deep", line, limit=DESCRIPTOR_LEVELS)
        elif isinstance(event, yaml.CollectionEndEvent):
            ended = around.pop()
            if ended.is_mapping and ended.parts > 2 * DESCRIPTOR_KEYS:
                raise _Refused("yaml-too-many-keys", ended.line, found=ended.parts // 2, limit=DESCRIPTOR_KEYS)
        else:
            values += isinstance(event, yaml.ScalarEvent)
    if values > DESCRIPTOR_VALUES:
        raise _Refused("too-many", 1, rule="values", found=values, limit=DESCRIPTOR_VALUES)


@dataclass
class _Builder:
    """Makes values of nodes, and notes the line of each."""

    loader: Any
    tagged: bool
    lines: dict[KeyPath, int] = field(default_factory=dict)
    cut: list[KeyPath] = field(default_factory=list)

    def document(self) -> Any:
        try:
            node = self.loader.get_single_node()
            return None if node is None else self._value(node, ())
        finally:
            self.loader.dispose()

    def _value(self, node: yaml.Node, path: KeyPath) -> Any:
        self.lines.setdefault(path, _line(node))
        if self.tagged and (not node.tag.startswith(_STANDARD) or node.tag.startswith(_PYTHON)):
            return COMPUTED
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, (*path, number)) for number, item in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            result: dict[str, Any] = {}
            for key_node, value_node in node.value:
                key, line = str(key_node.value), _line(key_node)
                if key in result:
                    raise _Refused("yaml-duplicate-key", line, key=key)
                self.lines[(*path, key)] = line
                result[key] = self._value(value_node, (*path, key))
                if node.flow_style and result[key] is None and not value_node.value:
                    self.cut.append((*path, key))
            return result
        try:
            value = self.loader.construct_object(node)
        except ValueError:  # 30 February, or a number of thousands of digits: what was written is then a text
            return node.value
        # The JSON form of a descriptor has no dates: 2026-11-23 is the string that was written.
        return node.value if isinstance(value, date | datetime) else value


def _line(part: yaml.Node | yaml.Event) -> int:
    return part.start_mark.line + 1 if part.start_mark else 1
