"""What the standard asks of the descriptors of a package and a resource from elsewhere.

https://datapackage.org/standard/data-package/ · https://datapackage.org/standard/data-resource/
Faults have Frictionless's types (`package-error`, `resource-error`) as their codes and a `rule` that says which
fault it is. Frictionless looks no further where a property has the wrong shape, and neither does this.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from datagazette.load.descriptors import KeyReader
from datagazette.model.limits import ITEMS

_Shapes = Mapping[str, tuple[type, ...]]
_MOMENT = re.compile("[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T([01][0-9]|2[0-3])(:[0-5][0-9]){2}Z")
_NAMED: _Shapes = dict.fromkeys(("name", "type", "title", "description", "homepage", "profile"), (str,))
_LISTED: Mapping[str, Sequence[str]] = {
    "licenses": ("name", "path", "title"),
    "sources": ("title", "path", "email"),
    "contributors": ("title", "path", "email", "organisation", "role"),
}
_PACKAGE: _Shapes = {
    **_NAMED, "image": (str,), "version": (str,), "created": (str,), "keywords": (list,), "resources": (list,),
}  # fmt: skip
_RESOURCE: _Shapes = {
    **_NAMED, "path": (str, list), "data": (dict, list), "scheme": (str,), "format": (str,), "mediatype": (str,),
    "compression": (str,), "extrapaths": (list,), "innerpath": (str,), "encoding": (str,), "hash": (str,),
    "bytes": (int,), "fields": (int,), "rows": (int,), "dialect": (dict, str), "schema": (dict, str),
}  # fmt: skip
_KINDS = {str: "text", list: "list", dict: "mapping", int: "integer"}
_FILES = ("path", "extrapaths", "innerpath", "dialect", "schema")  # what names files that are read
_PROFILES = ("data-package", "tabular-data-package", "data-resource", "tabular-data-resource")


def package_is_sound(reader: KeyReader) -> bool:
    """Whether the package's own properties are as the standard has them; reports what is not."""
    check = _FaultReporter(reader, "package-error")
    if "resources" not in reader.value:
        check.fault("required", property="resources")
    if not check.sizes("resources", "keywords", *_LISTED):
        return False
    check.shapes(_PACKAGE, tuple(_LISTED))
    check.items("keywords", str)
    check.items("resources", dict)
    if check.found:
        return False
    names = Counter(str(item["name"]) for item in reader.value["resources"] if "name" in item)
    if any(count > 1 for count in names.values()):
        twice = ", ".join(name for name, count in names.items() if count > 1)
        check.fault("not-unique", "resources", found=twice)
    created = reader.value.get("created")
    if created and not (_MOMENT.fullmatch(created) or _reads(created, "datetime", "default")):
        check.fault("created", "created", found=created)
    check.contents()
    for name in ("missingValues", "fields"):
        if name in reader.value:
            check.fault("misplaced", name, property=name, place=f"resource.schema.{name}")
    return not check.found


def resource_is_sound(reader: KeyReader) -> bool:
    """The same of a resource."""
    check = _FaultReporter(reader, "resource-error")
    name = reader.value.get("name")
    if not isinstance(name, str):
        check.fault("required" if name is None else "shape", "name", property="name", expected="text", found=name)
    if not check.sizes("path", "extrapaths", "licenses", "sources"):
        return False
    check.shapes({key: shape for key, shape in _RESOURCE.items() if key != "name"}, ("licenses", "sources"))
    if check.found or not all(_is_readable(check, key) for key in _FILES):
        return False
    if reader.value.get("scheme", "file") != "file":
        reader.report("scheme-error", "scheme", rule="scheme", found=reader.value["scheme"])
        return False
    given = [key for key in ("path", "data") if reader.value.get(key) is not None]
    if len(given) != 1:
        check.fault("path-and-data" if given else "path-or-data")
    check.contents()
    if "missingValues" in reader.value:
        check.fault("misplaced", "missingValues", property="missingValues", place="schema.missingValues")
    return not check.found


class _FaultReporter:
    """Reports the faults of one descriptor."""

    def __init__(self, reader: KeyReader, code: str) -> None:
        self.reader, self.value, self.code, self.found = reader, reader.value, code, False

    def fault(self, rule: str, *path: str | int, **values: object) -> None:
        self.found = True
        self.reader.report(self.code, *path, rule=rule, **values)

    def sizes(self, *lists: str) -> bool:
        """Whether the lists have no more items than the limit."""
        for key in lists:
            listed = self.value.get(key)
            if isinstance(listed, list) and len(listed) > ITEMS:
                self.found = True
                self.reader.report("too-many", key, key=key, found=len(listed), limit=ITEMS)
        return not self.found

    def shapes(self, shapes: _Shapes, lists: Sequence[str]) -> None:
        """The properties' kinds, and those of the lists of licences, sources and contributors."""
        for key, kinds in shapes.items():
            self._shape(kinds, self.value, key)
        for key in lists:
            if self._shape((list,), self.value, key):
                self.items(key, dict)
                for number, item in enumerate(self.value.get(key, ())):
                    for name in _LISTED[key] if isinstance(item, dict) else ():
                        self._shape((str,), item, name, key, number)

    def items(self, key: str, kind: type) -> None:
        listed = self.value.get(key)
        for number, item in enumerate(listed if isinstance(listed, list) else ()):
            if not isinstance(item, kind):
                self._misshapen(kind, item, key, number)

    def _shape(self, kinds: tuple[type, ...], holder: Mapping[str, Any], key: str, *path: str | int) -> bool:
        """Whether a property of `holder`, which is at `path`, is of one of the kinds or not there."""
        is_right = key not in holder or (isinstance(holder[key], kinds) and not isinstance(holder[key], bool))
        if not is_right:
            self._misshapen(kinds[0], holder[key], *path, key)
        return is_right

    def _misshapen(self, kind: type, found: object, *path: str | int) -> None:
        self.fault("shape", *path, property="/".join(map(str, path)), expected=_KINDS[kind], found=found)

    def contents(self) -> None:
        """Licences say which they are, addresses of people are addresses, and the profile is one that we know."""
        for number, item in enumerate(self.value.get("licenses", ())):
            if not item.get("path") and not item.get("name"):
                self.fault("license", "licenses", number)
        for key in ("contributors", "sources"):
            for number, item in enumerate(self.value.get(key, ())):
                if item.get("email") and not _reads(item["email"], "string", "email"):
                    self.fault("email", key, number, "email", found=item["email"])
        profile = self.value.get("profile")
        if profile and profile not in _PROFILES:
            self.reader.warn(self.code, "profile", rule="profile", found=profile)
        if profile == "tabular-data-resource" and not self.value.get("schema"):
            self.fault("no-schema", "profile")
        for number, item in enumerate(self.value.get("resources", ()) if profile == "tabular-data-package" else ()):
            if item.get("profile") != "tabular-data-resource":
                self.fault("not-tabular", "resources", number)


def _is_readable(check: _FaultReporter, key: str) -> bool:
    """Whether the paths at `key` are those of files that may be read."""
    value = check.value.get(key)
    for path in value if isinstance(value, list) else [value]:
        if not isinstance(path, str) or not path:
            continue
        if not _is_safe(path):
            check.fault("unsafe", key, path=path)
            return False
        if "://" in path or re.match("[A-Za-z][A-Za-z0-9+.-]*:", path):  # what Frictionless takes for an address
            described = key in ("dialect", "schema")
            code, rule = (f"{key}-error", "no-file") if described else ("scheme-error", "address")
            check.reader.report(code, key, rule=rule, note=path, path=path)
            return False
    return True


def _is_safe(path: str) -> bool:
    """Neither absolute nor climbing, and without variables of the machine."""
    pure = PurePosixPath(path)
    climbs = ".." in re.split(r"[/\\]", path) or pure.is_absolute() or "\0" in path
    return not (climbs or path.startswith(("~", "file:", "\\")) or re.match("%.+%|[$].+", path))


def _reads(text: str, kind: str, form: str) -> bool:
    """Whether Frictionless reads a text as a value of a type."""
    from frictionless import Field

    field = Field.from_descriptor({"name": "value", "type": kind, "format": form})
    return not field.read_cell(text)[1]
