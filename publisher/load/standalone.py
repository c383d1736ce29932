"""Tables from elsewhere: any Data Package's descriptor, or one CSV with a schema."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from publisher.load.files import Folder, locate, missing_file
from publisher.load.reader import Reader
from publisher.load.yaml_file import Document, read_yaml
from publisher.model import Schema, Table
from publisher.problems import Problem
from publisher.schemas import parse_dialect, parse_schema
from publisher.text import Text

_LANGUAGES = ("en",)


@dataclass(frozen=True)
class Standalone:
    """Tables with the paths of their CSVs on this machine, and the faults of what describes them."""

    tables: tuple[tuple[Table, Path], ...]
    problems: tuple[Problem, ...]


def is_descriptor(path: Path) -> bool:
    return path.suffix.lower() in (".json", ".yaml", ".yml")


def read_descriptor(path: Path) -> tuple[Document | None, tuple[Problem, ...]]:
    """A JSON or YAML mapping with the lines of its keys. JSON that is no YAML, such as with tabs, has no lines."""
    document, problems = read_yaml(path, str(path))
    if document is not None or path.suffix.lower() != ".json":
        return document, problems
    try:
        value = json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return None, problems
    return (Document(str(path), value), ()) if isinstance(value, dict) else (None, problems)


def read_csv(path: Path, schema_path: Path) -> Standalone:
    """One CSV, held against the Table Schema in `schema_path`; its dialect is the standard's default."""
    document, problems = read_descriptor(schema_path)
    if document is None:
        return Standalone((), problems)
    schema, faults = parse_schema(document.value, schema_path.stem, str(schema_path), _LANGUAGES, document.line)
    if schema is None:
        return Standalone((), faults)
    dialect, _ = parse_dialect({}, None, str(path))
    return Standalone(((Table(path.stem.lower(), path.name, str(path), schema, dialect), path),), faults)


def read_package(path: Path) -> Standalone:
    """Every tabular resource of a Data Package whose files lie beside its descriptor."""
    document, faults = read_descriptor(path)
    if document is None:
        return Standalone((), faults)
    problems: list[Problem] = []
    reader = Reader(document, problems)
    folder = Folder(path.parent.resolve(), "")
    if not reader.value.get("resources"):
        reader.report("missing-key", key="resources")
    found = [_resource(one, folder) for one in reader.items("resources")]
    return Standalone(tuple(one for one in found if one), tuple(problems))


def _resource(reader: Reader, folder: Folder) -> tuple[Table, Path] | None:
    name, relative = reader.string("name", required=True), reader.string("path", required=True)
    if not (name and relative):
        return None
    path, code = locate(folder, relative)
    if path is None:
        line = reader.document.line((*reader.path, "path"))
        reader.problems.append(missing_file(folder, relative, code, reader.document.file, line))
        return None
    schema = _schema(reader, folder)
    if schema is None:
        return None
    described = _referred(reader, "dialect", folder)
    dialect, faults = parse_dialect(
        described, reader.string("encoding") or None, reader.document.file, reader.document.line,
        (*reader.path, "dialect"),
    )  # fmt: skip
    reader.problems += faults
    return Table(name, relative, str(path), schema, dialect, Text(), Text(), reader.value), path


def _schema(reader: Reader, folder: Folder) -> Schema | None:
    descriptor = _referred(reader, "schema", folder)
    if descriptor is None:
        reader.report("missing-key", key="schema")
        return None
    place = (*reader.path, "schema")
    schema, faults = parse_schema(
        descriptor, str(reader.value.get("name")), reader.document.file, _LANGUAGES,
        lambda path: reader.document.line((*place, *path)),
    )  # fmt: skip
    reader.problems += faults
    return schema


def _referred(reader: Reader, key: str, folder: Folder) -> Mapping[str, Any] | None:
    """The mapping at `key`, or in the file that it names."""
    value = reader.value.get(key)
    if not isinstance(value, str):
        return reader.mapping(key) or None
    path, code = locate(folder, value)
    if path is None:
        reader.problems.append(
            missing_file(folder, value, code, reader.document.file, reader.document.line((*reader.path, key)))
        )
        return {}
    document, faults = read_descriptor(path)
    reader.problems += faults
    return document.value if document else {}
