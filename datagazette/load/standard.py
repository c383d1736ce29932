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

from datagazette.load.descriptors import KeyPath, KeyReader
from datagazette.model.limits import ITEMS
from datagazette.model.problems import problem, warning

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
    check.shapes(_PACKAGE, ("licenses", "sources", "contributors"))
    check.items("keywords", str)
    check.items("resources", dict)
    if check.found:
        return False
    names = Counter(str(item["name"]) for item in reader.value["resources"] if "name" in item)
    if any(count > 1 for count in names.values()):
        twice = ", ".join(name for name, count in names.items() if count > 1)
        check.fault("not-unique", "resources", found=twice)
    _created(check)
    check.listed()
    _profile(check)
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
    if check.found:
        return False
    named = [(key, path) for key in _FILES for path in _paths(reader.value.get(key))]
    for key, path in named:
        if not _is_safe(path):
            check.fault("unsafe", key, path=path)
            return False
        if is_address(path):
            described = key in ("dialect", "schema")
            code, rule = (f"{key}-error", "no-file") if described else ("scheme-error", "address")
            reader.report(code, key, rule=rule, note=path, path=path)
            return False
    if reader.value.get("scheme", "file") != "file":
        reader.report("scheme-error", "scheme", rule="scheme", found=reader.value["scheme"])
        return False
    given = [key for key in ("path", "data") if reader.value.get(key) is not None]
    if len(given) != 1:
        check.fault("path-and-data" if given else "path-or-data")
    check.listed()
    _profile(check)
    if "missingValues" in reader.value:
        check.fault("misplaced", "missingValues", property="missingValues", place="schema.missingValues")
    return not check.found


class _FaultReporter:
    """Reports the faults of one descriptor."""

    def __init__(self, reader: KeyReader, code: str) -> None:
        self.reader, self.value, self.code, self.found = reader, reader.value, code, False

    def fault(self, rule: str, *path: str | int, **values: object) -> None:
        self.found = True
        self.reader.problems.append(problem(self.code, *self._place(path), rule=rule, **values))

    def caution(self, rule: str, *path: str | int, **values: object) -> None:
        self.reader.problems.append(warning(self.code, *self._place(path), rule=rule, **values))

    def _place(self, path: KeyPath) -> tuple[str, int | None]:
        document = self.reader.document
        return document.file, document.line((*self.reader.path, *path))

    def sizes(self, *lists: str) -> bool:
        """Whether the lists have no more items than the limit."""
        for key in lists:
            listed = self.value.get(key)
            if isinstance(listed, list) and len(listed) > ITEMS:
                self.found = True
                values = {"key": key, "found": len(listed), "limit": ITEMS}
                self.reader.problems.append(problem("too-many", *self._place((key,)), **values))
        return not self.found

    def shapes(self, shapes: _Shapes, lists: Sequence[str]) -> None:
        """The properties' kinds, and those of the lists of licences, sources and contributors."""
        for key, kinds in shapes.items():
            if key in self.value and not _is(self.value[key], kinds):
                self.fault("shape", key, property=key, expected=_KINDS[kinds[0]], found=self.value[key])
        for key in lists:
            if key in self.value and not isinstance(self.value[key], list):
                self.fault("shape", key, property=key, expected="list", found=self.value[key])
                continue
            self.items(key, dict)
            for number, item in enumerate(self.value.get(key, ())):
                for name in _LISTED[key]:
                    if isinstance(item, dict) and name in item and not isinstance(item[name], str):
                        self.fault("shape", key, number, name, property=f"{key}/{number}/{name}", expected="text",
                                 found=item[name])  # fmt: skip

    def items(self, key: str, kind: type) -> None:
        listed = self.value.get(key)
        for number, item in enumerate(listed if isinstance(listed, list) else ()):
            if not isinstance(item, kind):
                self.fault("shape", key, number, property=f"{key}/{number}", expected=_KINDS[kind], found=item)

    def listed(self) -> None:
        """Licences say which they are, and addresses of people are addresses."""
        for number, item in enumerate(self.value.get("licenses", ())):
            if not item.get("path") and not item.get("name"):
                self.fault("license", "licenses", number)
        for key in ("contributors", "sources"):
            for number, item in enumerate(self.value.get(key, ())):
                if item.get("email") and not _reads(item["email"], "string", "email"):
                    self.fault("email", key, number, "email", found=item["email"])


def _created(check: _FaultReporter) -> None:
    created = check.value.get("created")
    if created and not _is_moment(created):
        check.fault("created", "created", found=created)


def _profile(check: _FaultReporter) -> None:
    profile = check.value.get("profile")
    if profile and profile not in _PROFILES:
        check.caution("profile", "profile", found=profile)
    if profile == "tabular-data-resource" and not check.value.get("schema"):
        check.fault("no-schema", "profile")
    if profile == "tabular-data-package":
        for number, item in enumerate(check.value["resources"]):
            if item.get("profile") != "tabular-data-resource":
                check.fault("not-tabular", "resources", number)


def is_address(path: str) -> bool:
    """Whether Frictionless takes a path for an address: with a scheme, such as `https:` or `s3:`."""
    return "://" in path or bool(re.match("[A-Za-z][A-Za-z0-9+.-]*:", path))


def _is(value: object, kinds: tuple[type, ...]) -> bool:
    return isinstance(value, kinds) and not isinstance(value, bool)


def _paths(value: object) -> list[str]:
    return [path for path in (value if isinstance(value, list) else [value]) if isinstance(path, str) and path]


def _is_safe(path: str) -> bool:
    """Neither absolute nor climbing, and without variables of the machine."""
    pure = PurePosixPath(path)
    climbs = ".." in re.split(r"[/\\]", path) or pure.is_absolute() or "\0" in path
    return not (climbs or path.startswith(("~", "file:", "\\")) or re.match("%.+%|[$].+", path))


def _is_moment(text: str) -> bool:
    """A date with a time; whatever is not of the usual form is read by Frictionless."""
    return bool(_MOMENT.fullmatch(text)) or _reads(text, "datetime", "default")


def _reads(text: str, kind: str, form: str) -> bool:
    from frictionless import Field

    field = Field.from_descriptor({"name": "one", "type": kind, "format": form})
    return not field.read_cell(text)[1]
