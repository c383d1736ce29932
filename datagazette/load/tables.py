"""The `resources` of a package: CSV tables with their schemas."""

from __future__ import annotations

from dataclasses import dataclass

from datagazette.load.descriptors import KeyReader
from datagazette.load.files import Folder, locate, missing_file
from datagazette.load.texts import turned, untranslated, unwritten
from datagazette.load.yaml_file import read_yaml, refuse_controls
from datagazette.model.names import is_name
from datagazette.model.problems import Problem, problem
from datagazette.model.publication import Schema, Table
from datagazette.tables.descriptors import parse_dialect, parse_schema

_KEYS = (
    "name", "type", "path", "title", "description", "schema", "dialect", "encoding", "format", "mediatype",
    "profile", "$schema", "bytes", "hash", "sources", "licenses", "homepage",
)  # fmt: skip
SCHEMAS = "schemas"


@dataclass(frozen=True)
class Tables:
    """The tables of a package, and the files of its folder that they named."""

    tables: tuple[Table, ...]
    files: tuple[str, ...]


class SchemaStore:
    """The schemas of a publication, each read once. A frozen copy in the version folder comes first."""

    def __init__(self, root: Folder) -> None:
        self._root = root
        self._read: dict[tuple[str, tuple[str, ...]], tuple[Schema | None, tuple[Problem, ...]]] = {}
        self.used: set[str] = set()

    def find(self, folder: Folder, name: str) -> tuple[Folder, str]:
        """(folder, path in it) of the schema `name`; the path is empty where there is none."""
        relative = f"{SCHEMAS}/{name}.yaml"
        for place in (folder, self._root):
            if locate(place, relative)[0]:
                return place, relative
        return folder, ""

    def names(self, folder: Folder) -> tuple[str, ...]:
        """Every schema that a version in `folder` could name."""
        places = [place.path / SCHEMAS for place in (folder, self._root)]
        return tuple(sorted(path.stem for place in places if place.is_dir() for path in place.glob("*.yaml")))

    def read(
        self, folder: Folder, relative: str, name: str, languages: tuple[str, ...]
    ) -> tuple[Schema | None, tuple[Problem, ...]]:
        """The schema; its problems come with the first reading only."""
        file = folder.file(relative) if folder.name else relative
        self.used.add(file)
        key = (file, languages)
        if key not in self._read:
            self._read[key] = self._parse(folder, relative, file, name, languages)
            return self._read[key]
        return self._read[key][0], ()

    def _parse(
        self, folder: Folder, relative: str, file: str, name: str, languages: tuple[str, ...]
    ) -> tuple[Schema | None, tuple[Problem, ...]]:
        document, faults = read_yaml(folder.path / relative, file)
        if document is None:
            return None, faults
        faults = tuple(refuse_controls(document))
        if faults:
            return None, faults
        schema, faults = parse_schema(document.value, name, file, languages, document.line)
        return schema, (*faults, *unwritten(document), *turned(document), *untranslated(document, languages))


def read_tables(reader: KeyReader, folder: Folder, languages: tuple[str, ...], schemas: SchemaStore) -> Tables:
    """The tables that the descriptor's `resources` name."""
    tables: list[Table] = []
    files: list[str] = []
    names: set[str] = set()
    if not reader.value.get("resources"):
        reader.report("missing-key", key="resources")
    for resource in reader.items("resources"):
        resource.known(_KEYS, languages)
        table, named = _read_table(resource, folder, languages, schemas)
        files += named
        if table and table.name in names:
            resource.report("duplicate-name", "name", found=table.name)
        elif table:
            names.add(table.name)
            tables.append(table)
    return Tables(tuple(tables), tuple(files))


def _read_table(
    reader: KeyReader, folder: Folder, languages: tuple[str, ...], schemas: SchemaStore
) -> tuple[Table | None, list[str]]:
    name = reader.string("name", required=True)
    if name and not is_name(name):
        reader.report("not-a-name", "name", found=name)
    path, found = _csv(reader, folder)
    schema, schema_file = _schema(reader, folder, languages, schemas)
    named = [file for file in (path, schema_file) if file]
    if not (name and found and schema):
        return None, named
    dialect, faults = parse_dialect(
        reader.mapping("dialect"), reader.string("encoding"), reader.document.file,
        reader.document.line, (*reader.path, "dialect"),
    )  # fmt: skip
    reader.problems += faults
    title = reader.text("title", languages, required=True)
    return Table(name, path, folder.file(path), schema, dialect, title,
                 reader.text("description", languages), reader.value), named  # fmt: skip


def _csv(reader: KeyReader, folder: Folder) -> tuple[str, bool]:
    """The path that the resource names, and whether there is such a file."""
    relative = reader.string("path", required=True)
    if not relative:
        return "", False
    path, code = locate(folder, relative)
    if path is None:
        reader.problems.append(missing_file(folder, relative, code, reader.document, (*reader.path, "path")))
        return relative, False
    if path.suffix.lower() != ".csv" or "/" in relative:
        reader.report("not-a-csv", "path", path=relative)
        return relative, False
    return relative, True


def _schema(
    reader: KeyReader, folder: Folder, languages: tuple[str, ...], schemas: SchemaStore
) -> tuple[Schema | None, str]:
    """The schema of a resource, and its file where that lies in the version folder."""
    name = reader.string("schema", required=True)
    if not name:
        return None, ""
    if not is_name(name):
        reader.report("not-a-name", "schema", found=name)
        return None, ""
    place, relative = schemas.find(folder, name)
    if not relative:
        line = reader.document.line((*reader.path, "schema"))
        near = reader.document.near.nearest(name, schemas.names(folder), 0.7)
        reader.problems.append(problem("schema-missing", reader.document.file, line, schema=name, near=near))
        return None, ""
    schema, faults = schemas.read(place, relative, name, languages)
    reader.problems += faults
    return schema, relative if place is folder else ""
