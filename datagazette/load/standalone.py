"""Tables from elsewhere: any Data Package's descriptor, or one CSV with a schema.

JSON is read by a reader of JSON, several times as fast as by that of YAML, which knows lines: the lines of its values
are looked up by the YAML reader when one is asked for.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from datagazette.load.descriptors import Document, KeyPath, KeyReader
from datagazette.load.files import Folder, fault, locate, read_limited
from datagazette.load.standard import package_is_sound, resource_is_sound
from datagazette.messages import LANGUAGES
from datagazette.model.limits import DESCRIPTOR_BYTES, DESCRIPTOR_KEYS, DESCRIPTOR_LEVELS
from datagazette.model.problems import Problem, folded, has_errors, message, problem, summarised, warning
from datagazette.model.resource import Dialect, Json, Schema, Table
from datagazette.model.text import Text
from datagazette.tables.descriptors import DIALECT_KEYS, parse_dialect, parse_schema

_LANGUAGES = ("en",)
_CSV = ("csv", "tsv")
_MEDIA_TYPES = {"text/csv": "csv", "application/csv": "csv", "text/tab-separated-values": "tsv"}
# What makes a resource more than one plain file.
_FILE_ERRORS = ("schema-error", "dialect-error")
_OTHERWISE = ("compression", "innerpath", "extrapaths", "scheme")
# What Frictionless is handed. It would follow `profile`, `url` and the like to wherever they lead.
_HANDED = (
    "name", "type", "title", "description", "path", "extrapaths", "data", "scheme", "format", "mediatype",
    "compression", "innerpath", "encoding", "hash", "bytes", "fields", "rows", "$schema",
)  # fmt: skip
_DIALECTS = (*DIALECT_KEYS, "excel", "ods", "json", "html", "inline", "parquet", "yaml", "spss", "zip")
_TYPES = ("table", "file", "json", "text", "image", "document")  # of others it reads what they refer to
_NOT_HELD_BY_FILES = ("sql", "gsheets", "bigquery", "ckan", "github", "zenodo", "pandas")
_INFERRED_FROM = ("name", "path", "dialect", "format", "mediatype")
_Other = tuple[str, str]
_TEXT_OR_CONSTANT = re.compile(r'"(?:[^"\\]|\\.)*"|NaN|-?Infinity')


@dataclass(frozen=True)
class Foreign:
    """A resource that is no single CSV, with its whole descriptor and the folder that its paths start from."""

    name: str
    folder: Path
    descriptor: Mapping[str, Any]
    file: str


@dataclass(frozen=True)
class Standalone:
    """Tables with the paths of their CSVs on this machine, and the faults of what describes them.

    `foreign` are the resources that are not CSVs, which only Frictionless reads. `descriptor` is that of a package.
    """

    tables: tuple[tuple[Table, Path], ...]
    problems: tuple[Problem, ...]
    foreign: tuple[Foreign, ...] = ()
    descriptor: Mapping[str, Any] = field(default_factory=dict)


def is_descriptor(path: Path) -> bool:
    return path.suffix.lower() in (".json", ".yaml", ".yml")


def read_descriptor(path: Path) -> tuple[Document | None, tuple[Problem, ...]]:
    """A JSON or YAML mapping with the lines of its keys. JSON that is no YAML, such as with tabs, has no lines.

    A file called .json is JSON (RFC 8259); only what is no mapping, or too large, is left to the reader of YAML, which
    says so.
    """
    if path.suffix.lower() == ".json":
        try:
            document = read_json(path, str(path))
        except json.JSONDecodeError as error:
            from datagazette.load.syntax import json_rule

            values = {"rule": json_rule(error), "at": error.colno, "reason": error.msg}
            fault = problem("json-syntax", str(path), error.lineno, **values)
            return None, (replace(fault, column=error.colno),)
        if document is not None:
            return document, tuple(_repeated_keys(path))
    from datagazette.load.yaml_file import read_yaml

    document, problems = read_yaml(path, str(path))
    warnings = [warning("extra-key", str(path), document.line(cut), key=cut[-1], rule="comma")
                for cut in document.cut] if document else []  # fmt: skip
    return document, (*problems, *warnings)


def read_csv(path: Path, schema_path: Path) -> Standalone:
    """One CSV, held against the Table Schema in `schema_path`; its dialect is the standard's default."""
    document, problems = read_descriptor(schema_path)
    if document is None:
        return Standalone((), problems)
    schema, faults = parse_schema(document.value, schema_path.stem, str(schema_path), _LANGUAGES, document.line)
    faults = (*problems, *faults)
    if schema is None:
        return Standalone((), faults)
    dialect, _ = parse_dialect({}, None, str(path))
    return Standalone(((Table(path.stem.lower(), path.name, str(path), schema, dialect), path),), faults)


def read_package(path: Path) -> Standalone:
    """Every resource of a Data Package that lies in a file or in the descriptor itself."""
    document, faults = read_descriptor(path)
    return Standalone((), faults) if document is None else read_described(document, path.parent, faults)


def read_described(document: Document, place: Path, faults: Sequence[Problem] = ()) -> Standalone:
    """The same of a descriptor that was read, or made, whose paths start from the folder `place`."""
    problems = list(faults)
    reader = KeyReader(document, problems)
    sound = package_is_sound(reader)
    folder = Folder(place.resolve(), "")
    read = [_resource(resource, folder) for resource in reader.items("resources")] if sound else []
    if sound and not read:
        reader.warn("package-error", "resources", rule="no-resources")
    once = folded(dict.fromkeys(problems), "unreadable", "unreadable", *_FILE_ERRORS)
    return Standalone(
        tuple(table for table in read if isinstance(table, tuple)),
        summarised(folded(once, "no-file", "no-file-many", *_FILE_ERRORS)),
        tuple(resource for resource in read if isinstance(resource, Foreign)),
        document.value,
    )


def _resource(reader: KeyReader, folder: Folder) -> tuple[Table, Path] | Foreign | None:
    if not resource_is_sound(reader):
        if isinstance(described := reader.value.get("schema"), dict):
            _schema(reader, described)  # for its faults
        return None
    stated = reader.value
    schema, dialect = (_referred(reader, key, folder) for key in ("schema", "dialect"))
    if ("schema" in stated and schema is None) or ("dialect" in stated and dialect is None):
        return None
    for key in ("path", "extrapaths"):
        paths = stated.get(key)
        for path in paths if isinstance(paths, list) else [paths]:
            code = fault(folder.path / path, folder.root) if isinstance(path, str) else ""
            if code not in ("", "file-missing"):  # what is missing is reported with its table
                reader.report(code, key, path=path)
                return None
    path = stated.get("path")
    path = path[0] if isinstance(path, list) and len(path) == 1 else path
    parsed = _dialect(reader, dialect)
    if not isinstance(path, str) or not _is_csv(stated, path):
        return _foreign(reader, folder, schema, dialect, parsed)
    if schema is None:
        inferred = infer_schema({**stated, "path": path, "dialect": dict(dialect or {})}, folder.path)
        schema_of_table = parse_schema(inferred, stated["name"], "", _LANGUAGES)[0]
    else:
        schema_of_table = _schema(reader, schema)
    if parsed is None or schema_of_table is None:
        return None
    file = folder.path / path
    return Table(stated["name"], path, str(file), schema_of_table, parsed, Text(), Text(), stated), file


def _format(stated: Mapping[str, Any]) -> str:
    """The format that a resource states, as the standard writes it: catalogues have `CSV`, `.csv` and `text/csv`."""
    form = str(stated.get("format") or "").strip().lower()
    return _MEDIA_TYPES.get(form, form.removeprefix("."))


def _is_csv(stated: Mapping[str, Any], path: str) -> bool:
    """Whether the resource is one file of delimited text, as its format says, else its name, else its media type."""
    suffix = Path(path).suffix.lstrip(".").lower()
    media_type = str(stated.get("mediatype") or "").partition(";")[0].strip().lower()
    return (
        (_format(stated) or suffix or _MEDIA_TYPES.get(media_type)) in _CSV
        and stated.get("type", "table") == "table"
        and not any(stated.get(key) for key in _OTHERWISE)
    )


def _foreign(
    reader: KeyReader, folder: Folder, schema: Json | None, dialect: Json | None, parsed: Dialect | None
) -> Foreign | None:
    """What Frictionless reads: only what we know to be no address, with the contents of files in place of their names.

    Its schema is held against the standard here: Frictionless would look up what it refers to.
    """
    stated = reader.value
    if stated.get("type", "table") not in _TYPES:
        reader.report("resource-error", "type", rule="type", found=stated["type"], known=", ".join(_TYPES))
        return None
    if _format(stated) in _NOT_HELD_BY_FILES:
        reader.report("format-error", "format", rule="elsewhere", found=stated["format"])
        return None
    kept = {key: stated[key] for key in _HANDED if stated.get(key) is not None}
    kept |= {"format": _format(stated)} if _format(stated) else {}
    if schema is not None:
        if _schema(reader, schema) is None:
            return None
        kept["schema"] = {key: value for key, value in schema.items() if key != "$schema"}
    if dialect is not None:
        if parsed is None:
            return None
        kept["dialect"] = {key: value for key, value in dialect.items() if key in _DIALECTS}
    return Foreign(stated["name"], folder.path, kept, reader.document.file)


def _dialect(reader: KeyReader, described: Json | None) -> Dialect | None:
    dialect, faults = parse_dialect(
        described, reader.value.get("encoding"), reader.document.file, reader.document.line, (*reader.path, "dialect")
    )
    reader.problems += faults
    return None if has_errors(faults) else dialect


def _schema(reader: KeyReader, described: Json) -> Schema | None:
    schema, faults = parse_schema(
        described, str(reader.value.get("name")), reader.document.file, _LANGUAGES,
        lambda path: reader.document.line((*reader.path, "schema", *path)),
    )  # fmt: skip
    reader.problems += faults
    return schema


def _referred(reader: KeyReader, key: str, folder: Folder) -> Json | None:
    """The mapping at `key`, or in the file that it names; None where there is none."""
    value = reader.value.get(key)
    if not isinstance(value, str):
        return value
    path = locate(folder, value)[0]
    document, faults = read_descriptor(path) if path else (None, ())
    if document is None and faults:
        reasons = {f"reason@{language}": message(faults[0], language) for language in LANGUAGES}
        reader.report(f"{key}-error", key, rule="unreadable", path=value, at=faults[0].line or 1, **reasons)
    elif document is None:
        reader.report(f"{key}-error", key, rule="no-file", path=value)
    else:
        reader.problems += faults
    return document.value if document else None


def read_json(path: Path, file: str) -> Document | None:
    """The mapping in a JSON file; None where there is none that keeps to the bounds. Of a repeated key the last
    counts, as in Frictionless. `file` is how problems name it. Raises json.JSONDecodeError, also for NaN and Infinity,
    which Python reads and JSON does not have (RFC 8259, section 6)."""
    content, problems = read_limited(path, file, DESCRIPTOR_BYTES)
    if problems:
        return None
    try:
        text = content.decode("utf-8-sig")
        value = json.loads(text, parse_constant=partial(_refuse_constant, text))
    except (UnicodeDecodeError, RecursionError):
        return None
    if not isinstance(value, dict) or not _is_bounded(value):
        return None
    return Document(file, value, partial(_lines, text, file))


def _refuse_constant(text: str, _: str) -> None:
    """Raises json.JSONDecodeError at the first constant that is none of JSON."""
    constants = (found.start() for found in _TEXT_OR_CONSTANT.finditer(text) if not found[0].startswith('"'))
    raise json.JSONDecodeError("Expecting value", text, next(constants))


def _repeated_keys(path: Path) -> Iterator[Problem]:
    """A warning for each key that is more than once in one object of a JSON file."""
    text = path.read_text("utf-8-sig")
    found: list[str] = []

    def pairs(pairs: list[tuple[str, Any]]) -> None:
        found.extend(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)

    json.loads(text, object_pairs_hook=pairs)
    for key in dict.fromkeys(found):
        places = [match.start() for match in re.finditer(rf"{re.escape(json.dumps(key))}\s*:", text)]
        line = text.count("\n", 0, places[1]) + 1 if len(places) == 2 else None
        yield warning("yaml-duplicate-key", str(path), line, key=key)


def _is_bounded(value: Any) -> bool:
    """Whether neither the nesting nor a mapping is larger than those of a descriptor may be; without recursion."""
    waiting = [(value, 1)]
    while waiting:
        found, level = waiting.pop()
        if isinstance(found, dict | list):
            if level > DESCRIPTOR_LEVELS or (isinstance(found, dict) and len(found) > DESCRIPTOR_KEYS):
                return False
            waiting += [(part, level + 1) for part in (found.values() if isinstance(found, dict) else found)]
    return True


def _lines(text: str, file: str) -> Mapping[KeyPath, int]:
    """The line of each key and item, by its path; none where the text is no YAML, such as with tabs."""
    from datagazette.load.yaml_file import parse_yaml

    document, _ = parse_yaml(text, file)
    return document.lines if document else {}


def infer_schema(resource: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The descriptor of a schema for a resource's CSV in `folder`; one field of any text where it cannot be read."""
    from frictionless import FrictionlessException, Resource

    stated = {key: resource[key] for key in _INFERRED_FROM if resource.get(key)}
    described = {**stated, "type": "table", "encoding": resource.get("encoding") or "utf-8"}
    try:
        found = Resource.from_descriptor(described, basepath=str(folder))
        found.infer(stats=False)
        schema: dict[str, Any] = found.schema.to_descriptor()
    except FrictionlessException:
        schema = {}
    return schema if schema.get("fields") else {"fields": [{"name": "field1", "type": "any"}], "fieldsMatch": "partial"}


def read_referenced(descriptor: Path, tables: Iterable[Table]) -> dict[_Other, tuple[Table, Path]]:
    """The other packages' CSVs by what a foreign key calls them, (package, resource); each with its path.

    What cannot be read is not there: the check reports a foreign key that leads nowhere.
    """
    packages = sorted({key.package for table in tables for key in table.schema.foreign_keys if key.package})
    return {
        (package, table.name): (table, csv)
        for package in packages
        if (path := _located(descriptor, package))
        for table, csv in read_package(path).tables
    }


def _located(descriptor: Path, package: str) -> Path | None:
    if PurePosixPath(package).is_absolute() or ":" in package or "\\" in package or package.startswith("~"):
        return None
    try:
        folder = descriptor.parent.resolve()
        path = (folder / package).resolve()
        within = any(path.is_relative_to(root) for root in (folder, Path.cwd()))
        return path if within and is_descriptor(path) and path.is_file() else None
    except (OSError, RuntimeError, ValueError):  # links in a circle, names too long, a NUL
        return None
