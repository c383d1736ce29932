"""The text of a datapackage.yaml with something added to a resource, and every other line as it was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml


def with_resource(text: str, name: str, added: Mapping[str, str]) -> str | None:
    """The text with these keys in the resource called `name`, behind its path; None where that cannot be written so
    that it is read again as the same with these keys."""
    node = _resource(yaml.compose(text, yaml.SafeLoader), name)
    spans = {key.value: (key, value) for key, value in node.value} if node else {}
    if not node or "path" not in spans:
        return None
    written = text
    for key in reversed([key for key in added if key in spans]):  # from the end on, so that places stay
        value = spans[key][1]
        written = f"{written[: value.start_mark.index]}{added[key]}{written[value.end_mark.index :]}"
    fresh = {key: value for key, value in added.items() if key not in spans}
    if fresh and len(fresh) < len(added):
        return with_resource(written, name, fresh)
    key, path = spans["path"]
    between = ", " if node.flow_style else "\n" + " " * key.start_mark.column
    lines = "".join(f"{between}{key}: {value}" for key, value in fresh.items())
    written = f"{written[: path.end_mark.index]}{lines}{written[path.end_mark.index :]}" if fresh else written
    return written if _is_same(text, written, name, added) else None


def _resource(document: Any, name: str) -> yaml.MappingNode | None:
    listed = next((value for key, value in getattr(document, "value", ()) if key.value == "resources"), None)
    for resource in listed.value if isinstance(listed, yaml.SequenceNode) else ():
        if isinstance(resource, yaml.MappingNode) and any(
            (key.value, value.value) == ("name", name) for key, value in resource.value
        ):
            return resource
    return None


def _is_same(before: str, after: str, name: str, added: Mapping[str, str]) -> bool:
    try:
        wanted, found = yaml.safe_load(before), yaml.safe_load(after)
    except yaml.YAMLError:
        return False
    for resource in wanted["resources"]:
        if resource["name"] == name:
            resource.update(yaml.safe_load("\n".join(map(": ".join, added.items()))))
    return bool(wanted == found)
