"""Data Packages as they were written before version 2, in the keys of version 2.

https://datapackage.org/overview/changelog/ and the pre-release forms of the standard that are still published:
`license`, `author`, `maintainers`, `publishers`, `url` of a resource, `web` of a person.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_PERSON = re.compile(r"^\s*(?P<title>[^<(]*?)\s*(?:<(?P<email>[^>]*)>)?\s*(?:\((?P<path>[^)]*)\))?\s*$")
_ROLES = {
    "author": "author", "authors": "author", "contributors": "contributor", "maintainer": "maintainer",
    "maintainers": "maintainer", "publisher": "publisher", "publishers": "publisher",
}  # fmt: skip
_OF_ALL = ("license", "licenses", "sources")
_RENAMED = {"web": "path", "url": "path", "organisation": "organization", "name": "title"}


def upgraded(package: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, tuple[str, ...]]]:
    """(the package in the keys of version 2, the former keys of those that it changed)."""
    found = _spoken(
        {key: value for key, value in package.items() if key not in ("license", "licenses", "sources", *_ROLES)}
    )
    resources = [_spoken(item) if isinstance(item, Mapping) else item for item in _listed(package.get("resources"))]
    if len(resources) == 1 and isinstance(resources[0], dict):  # what it says of its only table holds for the whole
        package = {**{key: resources[0].pop(key) for key in _OF_ALL if key in resources[0]}, **package}
    found["resources"] = [_with_fields(item) if isinstance(item, dict) else item for item in resources]
    former: dict[str, tuple[str, ...]] = {}
    licenses = [_license(item) for key in ("license", "licenses") for item in _listed(package.get(key))]
    sources = [_renamed(item) if isinstance(item, Mapping) else _source(str(item))
               for item in _listed(package.get("sources"))]  # fmt: skip
    contributors = [_person(item, role) for key, role in _ROLES.items() for item in _listed(package.get(key))]
    items = {"licenses": licenses, "sources": sources, "contributors": contributors}
    found |= {key: listed for key, listed in items.items() if listed}
    if "license" in package:
        former["licenses"] = tuple(key for key in ("licenses", "license") if key in package)
    if any(key in package for key in _ROLES if key != "contributors"):
        former["contributors"] = tuple(key for key in _ROLES if key in package)
    return found, former


def _spoken(holder: Mapping[str, Any]) -> dict[str, Any]:
    """With texts that were a mapping by language in a key for each; `""` was the language that is not named."""
    found = dict(holder)
    for key in ("title", "description"):
        if isinstance(texts := found.get(key), Mapping):
            del found[key]
            found |= {f"{key}@{language}" if language else key: text for language, text in texts.items()}
            found.setdefault(key, next(iter(texts.values()), ""))
    return found


def _with_fields(resource: dict[str, Any]) -> dict[str, Any]:
    """A resource with the texts of its fields as version 2 has them."""
    schema = resource.get("schema")
    fields = schema.get("fields") if isinstance(schema, Mapping) else None
    if not isinstance(schema, Mapping) or not isinstance(fields, list):
        return resource
    spoken = [_spoken(field) if isinstance(field, Mapping) else field for field in fields]
    return {**resource, "schema": {**schema, "fields": spoken}}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


def _renamed(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item with the keys that version 2 gives them; those that it has already win."""
    found = {_RENAMED[key]: value for key, value in item.items() if key in _RENAMED}
    return found | {key: value for key, value in item.items() if key not in _RENAMED}


def _source(text: str) -> dict[str, Any]:
    return {"path": text} if text.startswith(("http://", "https://")) else {"title": text}


def _license(item: Any) -> dict[str, Any]:
    """A licence: `id` and `type` were its name, `url` its path; or it was a text alone."""
    if not isinstance(item, Mapping):
        return {"path": str(item)} if str(item).startswith(("http://", "https://")) else {"name": str(item)}
    former = {"id": "name", "type": "name", "url": "path"}
    found = {former[key]: value for key, value in item.items() if key in former}
    return found | {key: value for key, value in item.items() if key not in former}


def _person(item: Any, role: str) -> dict[str, Any]:
    """A contributor with its roles: `role` was one text, and a person may be written as `Name <address> (page)`."""
    if not isinstance(item, Mapping):
        parts = _PERSON.match(str(item))
        found: dict[str, Any] = {key: value for key, value in parts.groupdict().items() if value} if parts else {}
    else:
        found = _renamed(item)
    if (own := found.pop("role", None)) and "roles" not in found:
        found["roles"] = [own]
    return found if "roles" in found or role == "contributor" else {**found, "roles": [role]}
