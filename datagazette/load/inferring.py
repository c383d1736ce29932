"""The schema of a table that has none, told from its first rows as Frictionless tells it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

_TOLD_BY = ("name", "path", "dialect", "format", "mediatype")


def infer_schema(resource: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The descriptor of a schema for a resource's CSV in `folder`; one field of any text where it cannot be read."""
    from frictionless import FrictionlessException, Resource

    told = {key: resource[key] for key in _TOLD_BY if resource.get(key)}
    described = {**told, "type": "table", "encoding": resource.get("encoding") or "utf-8"}
    try:
        found = Resource.from_descriptor(described, basepath=str(folder))
        found.infer(stats=False)
        schema: dict[str, Any] = found.schema.to_descriptor()
    except FrictionlessException:
        schema = {}
    return schema if schema.get("fields") else {"fields": [{"name": "field1", "type": "any"}], "fieldsMatch": "partial"}
