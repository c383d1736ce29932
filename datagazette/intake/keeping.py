"""What a description from elsewhere says of a dataset, as far as it can be said here and the check accepts it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from datagazette.intake.accounts import Left
from datagazette.load.descriptors import is_frequency
from datagazette.model.identifiers import read_orcid, read_ror
from datagazette.model.names import is_email, is_site_address, parse_version
from datagazette.model.resource import Json

_ITEM_KEYS = {
    "licenses": ("name", "title", "path"),
    "sources": ("title", "path", "email", "version"),
    "contributors": ("title", "path", "email", "givenName", "familyName", "roles", "organization", "orcid", "ror"),
}
_IDENTITIES = {"orcid": read_orcid, "ror": read_ror}
# Why a key has no place here; all others have none at all.
_WHY = {
    **dict.fromkeys(("created", "modified", "issued", "last_updated", "last_modified", "updated", "datePublished"),
                    "ledger"),
    **dict.fromkeys(("id", "identifier", "doi"), "other-id"),
    "image": "image",
    **dict.fromkeys(("views", "readme", "README", "bugs", "scripts", "dependencies", "contracts"), "software"),
    **dict.fromkeys(("uses", "figures", "summaries", "checks", "themes", "languages"), "publication"),
}  # fmt: skip
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def kept(stated: Json, silent: tuple[str, ...] = ()) -> tuple[dict[str, Any], list[Left]]:
    """(what holds here too, what does not) of the keys of a Data Package v2. `silent` are keys of which another part of
    the program says what becomes of them."""
    found: dict[str, Any] = {}
    left: list[Left] = []
    for key, value in stated.items():
        stem = key.partition("@")[0]
        if stem in silent:
            continue
        if stem not in _READERS:
            left.append(Left(key, _WHY.get(stem, "no-place")))
            continue
        taken = _READERS[stem](key, value, left)
        if taken:
            found[key] = taken
        elif value not in (None, "", [], {}) and not any(part.what.startswith(key) for part in left):
            left.append(Left(key, "form"))
    return found, left


def plain(value: object) -> str:
    """A text without control characters and without spaces around it; a number as a text; else empty."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return _CONTROLS.sub("", str(value)).strip()


def _text(_key: str, value: object, _left: list[Left]) -> str:
    return plain(value)


def _version(key: str, value: object, left: list[Left]) -> str:
    version = parse_version(value)
    if version is None:
        left.append(Left(key, "version", {"found": plain(value)}))
    return str(version or "")


def _words(_key: str, value: object, _left: list[Left]) -> list[str]:
    listed = re.split("[,;，；、]", value) if isinstance(value, str) else value
    return list(dict.fromkeys(filter(None, map(plain, listed)))) if isinstance(listed, list) else []


def _link(key: str, value: object, left: list[Left]) -> str:
    address = plain(value)
    if address and not is_site_address(address):
        left.append(Left(key, "link", {"found": address}))
        return ""
    return address


def _frequency(key: str, value: object, left: list[Left]) -> str:
    text = plain(value)
    if not is_frequency(text):
        left.append(Left(key, "frequency", {"found": text}))
        return ""
    return text


def _items(key: str, value: object, left: list[Left]) -> list[dict[str, Any]]:
    listed = value if isinstance(value, list) else [value]
    items = [_item(key, item, left) for item in listed if isinstance(item, Mapping)]
    return [item for item in items if item.get("title") or item.get("path") or item.get("name")]


def _item(key: str, item: Mapping[str, Any], left: list[Left]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in item.items():
        stem = name.partition("@")[0]
        if stem not in _ITEM_KEYS[key]:
            left.append(Left(f"{key}: {name}", "no-place"))
        elif stem == "path":
            found[name] = _link(f"{key}: {name}", value, left)
        elif stem in _IDENTITIES and not _IDENTITIES[stem](plain(value))[0]:
            left.append(Left(f"{key}: {name}", "form"))
        elif stem == "email" and not is_email(plain(value)):
            left.append(Left(f"{key}: {name}", "email", {"found": plain(value)}))
        else:
            found[name] = _words(key, value, left) if stem == "roles" else plain(value)
    return {name: value for name, value in found.items() if value}


_READERS: Mapping[str, Callable[[str, Any, list[Left]], Any]] = {
    "name": _text, "title": _text, "description": _text, "temporal": _text, "version": _version, "keywords": _words,
    "spatial": _words, "homepage": _link, "updateFrequency": _frequency, **dict.fromkeys(_ITEM_KEYS, _items),
}  # fmt: skip
