"""The resources of a Data Package as tables: files beside it, files that are packed, rows within the descriptor."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from datagazette.intake.accounts import How, Left
from datagazette.intake.archives import unpack_gzip, unpack_zip
from datagazette.intake.naming import slug
from datagazette.intake.packages import RESOURCE_KEYS, table_sheet
from datagazette.intake.sheets import Sheet, read_sheets, sheet
from datagazette.intake.workbooks import ENDINGS
from datagazette.load.descriptors import Document, KeyPath
from datagazette.load.files import Folder, locate
from datagazette.load.standalone import read_described
from datagazette.model.errors import DataFaults
from datagazette.model.problems import has_errors

_NO_SCHEMA: tuple[str, ...] = ("schema", "dialect")


def safe_names(resources: Sequence[Mapping[str, Any]]) -> list[str]:
    """A name for each resource that a table can have here, in their order."""
    found: list[str] = []
    for number, resource in enumerate(resources, 1):
        path = resource.get("path")
        wanted = resource.get("name") or (path[0] if isinstance(path, list) and path else path) or ""
        stem = str(wanted).rpartition("/")[2].partition(".")[0] if not resource.get("name") else str(wanted)
        name = slug(stem) or f"table-{number}"
        found.append(name if name not in found else f"{name}-{number}")
    return found


def is_remote(path: object) -> bool:
    return isinstance(path, str) and path.startswith(("http://", "https://", "ftp://", "s3://"))


def base_name(address: str) -> str:
    """The name of the file at an address."""
    return unquote(urlsplit(address).path.rpartition("/")[2])


def read_resource(
    stated: Mapping[str, Any], place: Path, document: Document, at: int, scratch: Path, how: How, left: list[Left]
) -> tuple[Sheet, ...]:
    """The tables of a resource, or none and why in `left`. Its paths start from the folder `place`.

    Raises DataFaults where its schema or dialect has errors, UsageError where its file cannot be read.
    """
    name = str(stated["name"])
    resource = dict(stated)
    remote = [key for key in _NO_SCHEMA if is_remote(resource.get(key))]
    left += [Left(f"{name}: {key}", "remote-part", {"address": str(resource.pop(key))}) for key in remote]
    strange = [key for key in resource if key.partition("@")[0] not in _known()]
    left += [Left(f"{name}: {key}", "no-place") for key in strange]
    resource = {key: value for key, value in resource.items() if key not in strange}
    path = resource.get("path", resource.get("url"))
    path = path[0] if isinstance(path, list) and len(path) == 1 else path
    if path is None and isinstance(resource.get("data"), list):
        return (_inline(resource, document, at),)
    if isinstance(path, list):
        left.append(Left(name, "parts"))
        return ()
    if not isinstance(path, str) or not path:
        left.append(Left(name, "no-table"))
        return ()
    folder = Folder(place.resolve(), "")
    if is_remote(path):
        if locate(folder, base_name(path))[0] is None:
            left.append(Left(name, "remote", {"address": path}))
            return ()
        path = base_name(path)
    if locate(folder, path)[1] == "file-missing":
        left.append(Left(name, "missing", {"path": path}))
        return ()
    return _of_file({**resource, "path": path}, place, document, at, scratch, how, left)


def _known() -> tuple[str, ...]:
    return (*RESOURCE_KEYS, "data", "url", "compression", "innerpath")


def _of_file(
    resource: dict[str, Any], place: Path, document: Document, at: int, scratch: Path, how: How, left: list[Left]
) -> tuple[Sheet, ...]:  # fmt: skip
    name, path = str(resource["name"]), str(resource["path"])
    file, code = locate(Folder(place.resolve(), ""), path)
    suffix = Path(path).suffix.lower()
    packed = str(resource.get("compression") or (suffix[1:] if suffix in (".gz", ".zip") else ""))
    if file is not None and not code and packed in ("gz", "gzip", "zip"):
        inner = _unpacked(file, packed, str(resource.pop("innerpath", "")), scratch)
        resource.pop("compression", None)
        if resource.get("format") in ("zip", "gz"):
            resource.pop("format")
        return _of_file({**resource, "path": inner.name}, inner.parent, document, at, scratch, how, left)
    if file is not None and suffix in ENDINGS:
        if "schema" in resource:
            left.append(Left(f"{name}: schema", "workbook-schema"))
        about = {key: value for key, value in resource.items() if key not in _NO_SCHEMA}
        sheets = read_sheets(file, sheets=how.sheets, header=how.header, hidden=how.hidden)
        return tuple(replace(found, name=name if len(sheets) == 1 else found.name, resource=about) for found in sheets)
    found = read_described(_alone(document, resource, at), place)
    if has_errors(found.problems):
        raise DataFaults(found.problems)
    if not found.tables:
        left.append(Left(name, "no-table"))
    return tuple(table_sheet(table, csv, how.encoding, how.renamed) for table, csv in found.tables)


def _unpacked(file: Path, packed: str, inner: str, scratch: Path) -> Path:
    """The file that is packed in another one."""
    if packed != "zip":
        return unpack_gzip(file, scratch)
    folder = unpack_zip(file, scratch)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return next((path for path in files if path.relative_to(folder).as_posix() == inner), files[0] if files else folder)


def _alone(document: Document, resource: Mapping[str, Any], at: int) -> Document:
    """A package of one resource, which is the one at the place `at` of the document, with its lines."""

    def lines() -> Mapping[KeyPath, int]:
        return {("resources", 0, *path[2:]): line for path, line in document.lines.items()
                if path[:2] == ("resources", at)}  # fmt: skip

    return Document(document.file, {"resources": [dict(resource)]}, lines)


def _inline(resource: Mapping[str, Any], document: Document, at: int) -> Sheet:
    """The rows within a descriptor: mappings, or lists of which the first holds the names."""
    name, data = str(resource["name"]), resource["data"]
    first = next(iter(data), None)
    if isinstance(first, Mapping):
        labels = list(dict.fromkeys(key for row in data if isinstance(row, Mapping) for key in row))
        rows = [[_cell(row.get(label)) for label in labels] for row in data if isinstance(row, Mapping)]
    else:
        labels, *rows = [[_cell(cell) for cell in row] for row in data if isinstance(row, list)] or [[]]
    about = dict(resource)
    if isinstance(about.get("schema"), Mapping):
        about = {key: value for key, value in resource.items() if key != "data"}
        checked = read_described(_alone(document, {**about, "path": "inline.csv"}, at), Path("/nonexistent"))
        faults = [problem for problem in checked.problems if problem.code not in ("source-error", "file-missing")]
        if has_errors(faults):
            raise DataFaults(tuple(faults))
    else:
        about = {key: value for key, value in resource.items() if key not in ("data", "schema")}
    return sheet(name, name, enumerate([labels, *rows], 1), "", about, header=1)


def _cell(value: object) -> str:
    """A value of JSON as a CSV holds it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
