"""`datapackage.yaml`: one version of a dataset, with the files that it names."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from datagazette.load.catalog import read_formats, read_licenses, read_link
from datagazette.load.descriptors import (
    Document,
    KeyReader,
    doubtful_texts,
    garbled,
    is_frequency,
    refuse_controls,
    turned,
    untranslated,
)
from datagazette.load.files import DESCRIPTOR, NOTES, SCHEMAS, Folder, locate, named_file, read_limited, unused
from datagazette.load.identity import read_identifiers, read_organisation, read_person
from datagazette.load.personal import as_warnings, contact_points, personal_notes, personal_texts, read_published
from datagazette.load.yaml_file import read_yaml
from datagazette.model.content import is_sha256
from datagazette.model.limits import FIELDS, FREQUENCY_YEARS, NOTE_CHARACTERS, NOTES_BYTES, QUERY_BYTES
from datagazette.model.limits import NOTES as MOST_NOTES
from datagazette.model.names import RESERVED_NAMES, Version, is_email, is_name, is_site_address, parse_version
from datagazette.model.problems import Problem, problem, warning
from datagazette.model.publication import Check, Contributor, Figure, Note, Release, Source, Summary
from datagazette.model.resource import Field, Schema, Table
from datagazette.model.text import control_character, read_text
from datagazette.tables.descriptors import parse_dialect, parse_field, parse_schema

_KEYS = (
    "$schema", "name", "id", "version", "created", "title", "description", "homepage", "image", "keywords",
    "languages", "themes", "licenses", "sources", "contributors", "updateFrequency", "temporal", "spatial",
    "uses", "resources", "summaries", "checks", "figures", "formats", "statusColumns", "personal", "identifiers",
)  # fmt: skip
_RESOURCE_KEYS = (
    "name", "type", "path", "title", "description", "schema", "dialect", "encoding", "format", "mediatype",
    "profile", "$schema", "bytes", "hash", "sources", "licenses", "homepage",
)  # fmt: skip
_SUMMARY_KEYS = ("name", "title", "description", "query", "primaryKey", "fields", "chart")
_CHECK_KEYS = ("name", "title", "description", "query", "severity", "accepted")
_HOLDS_MORE = re.compile("[?&#%,;]")  # what a link to an e-mail address takes for a text or further receivers
_FIGURE_KEYS = ("name", "title", "description", "resource", "summary", "key", "field")
_SOURCE_KEYS = ("title", "path", "email", "version")
_CONTRIBUTOR_KEYS = ("title", "path", "email", "givenName", "familyName", "roles", "organization", "orcid", "ror")
_NOTE_KINDS = ("estimate", "lower-bound", "discrepancy", "break", "suppressed", "correction")
_NOTE_COLUMNS = ("resource", "key", "field", "kind", "note")
_Query = TypeVar("_Query", Summary, Check)


class SchemaStore:
    """The schemas of a publication, each read once. A frozen copy in the version folder comes first."""

    def __init__(self, root: Folder) -> None:
        self._root = root
        self._read: dict[tuple[str, tuple[str, ...]], Schema | None] = {}
        self.used: set[str] = set()

    def read(self, reader: KeyReader, folder: Folder) -> tuple[Schema | None, str]:
        """The schema that a resource of a version in `folder` names, and its file where that is in the folder.

        Its problems come with the first reading only.
        """
        name = reader.name("schema")
        if not is_name(name):
            return None, ""
        relative = f"{SCHEMAS}/{name}.yaml"
        place = next((place for place in (folder, self._root) if locate(place, relative)[0]), None)
        if place is None:
            near = reader.document.near.nearest(name, self._names(folder), 0.7)
            reader.report("schema-missing", "schema", schema=name, near=near)
            return None, ""
        file = place.file(relative)
        self.used.add(file)
        key = (file, reader.languages)
        if key not in self._read:
            self._read[key], faults = _parse(place.path / relative, file, name, reader.languages)
            reader.problems += faults
        return self._read[key], relative if place is folder else ""

    def _names(self, folder: Folder) -> tuple[str, ...]:
        """Every schema that a version in `folder` could name."""
        places = [place.path / SCHEMAS for place in (folder, self._root)]
        return tuple(sorted(path.stem for place in places if place.is_dir() for path in place.glob("*.yaml")))


def _parse(path: Path, file: str, name: str, languages: tuple[str, ...]) -> tuple[Schema | None, tuple[Problem, ...]]:
    document, faults = read_yaml(path, file)
    if document is None:
        return None, faults
    faults = tuple(refuse_controls(document))
    if faults:
        return None, faults
    schema, faults = parse_schema(document.value, name, file, languages, document.line)
    found = (*doubtful_texts(document), *untranslated(document, languages), *as_warnings(personal_texts(document)))
    return schema, (*faults, *found)


def read_package(
    document: Document, folder: Folder, dataset: str, languages: tuple[str, ...], schemas: SchemaStore,
    kept: Mapping[str, str] | None = None,
) -> tuple[Release | None, tuple[Problem, ...]]:  # fmt: skip
    """The draft of a release that the descriptor describes; the ledger decides later whether it is released.

    `languages` are those of its texts where it does not say. `kept` are the hashes in the ledger, by path: a table that
    is not in the folder is in the store then. None where there is no store.
    """
    problems: list[Problem] = []
    reader = KeyReader(document, problems)
    languages = reader.read_languages(languages)
    reader.known(_KEYS)
    version = _identity(reader, folder, dataset)
    named = {DESCRIPTOR}  # files of the folder
    tables = _tables(reader, folder, schemas, named, kept)
    summaries = _queries(reader, folder, "summaries", _summary, named)
    checks = _queries(reader, folder, "checks", _check, named)
    personal = read_published(reader, tables, summaries)
    notes, faults = _read_notes(folder, languages, named)
    problems += faults
    problems += personal_notes(notes, folder.file(NOTES), contact_points(document), personal)
    problems += personal_texts(document, personal)
    problems += unused(folder, named, document.near)
    problems += doubtful_texts(document)
    if version is None:
        return None, tuple(problems)
    return Release(
        dataset, version, folder.name, "draft",
        title=reader.text("title", required=True), description=reader.text("description"), languages=languages,
        keywords=_keywords(reader), themes=reader.strings("themes"), licenses=read_licenses(reader),
        sources=tuple(map(_source, reader.items("sources"))),
        contributors=tuple(map(_contributor, reader.items("contributors"))),
        update_frequency=_frequency(reader), uses=tuple(_uses(reader)),
        temporal=reader.string("temporal"), spatial=reader.strings("spatial"),
        tables=tables, summaries=summaries, checks=checks, figures=tuple(_figures(reader)), notes=notes,
        formats=read_formats(reader), personal=personal, status_columns=reader.boolean("statusColumns"),
        identifiers=read_identifiers(reader), descriptor=document.value,
    ), tuple(problems)  # fmt: skip


def _identity(reader: KeyReader, folder: Folder, dataset: str) -> Version | None:
    name = reader.string("name", required=True)
    if name and name != dataset:
        reader.report("name-differs", "name", found=name, folder=dataset)
    version, folder_version = reader.version("version"), folder.name.rpartition("/")[2]
    if version and str(version) != folder_version:
        reader.report("version-differs", "version", found=reader.string("version"), folder=folder_version)
    return version


def _keywords(reader: KeyReader) -> dict[str, tuple[str, ...]]:
    """By language, where there are any."""
    first, *others = reader.languages
    found = {first: reader.strings("keywords")}
    found |= {language: reader.strings(f"keywords@{language}") for language in others}
    return {language: keywords for language, keywords in found.items() if keywords}


def _frequency(reader: KeyReader) -> str:
    frequency = reader.string("updateFrequency")
    if frequency and not is_frequency(frequency):
        reader.report("update-frequency", "updateFrequency", found=frequency, most=FREQUENCY_YEARS)
    return frequency


def _source(reader: KeyReader) -> Source:
    reader.known(_SOURCE_KEYS)
    path = reader.string("path")
    if path and not is_site_address(path):
        reader.report("link-unsafe", "path", key="path", found=path)
        path = ""
    title = reader.text("title", required=not path)
    email = reader.string("email")
    if email and not is_email(email):
        say = reader.report if _HOLDS_MORE.search(email) else reader.warn
        say("not-an-email", "email", key="email", found=email)
    return Source(title, path, email, reader.string("version"))


def _contributor(reader: KeyReader) -> Contributor:
    reader.known(_CONTRIBUTOR_KEYS)
    path = read_link(reader, "path")
    return Contributor(
        reader.text("title"), path, reader.strings("roles"), reader.string("organization"),
        reader.string("givenName"), reader.string("familyName"), read_person(reader, path),
        read_organisation(reader, path),
    )  # fmt: skip


def _uses(reader: KeyReader) -> Iterator[tuple[str, Version]]:
    uses = reader.child("uses")
    for name in uses.value if uses else ():
        assert uses is not None
        written = uses.string(name)
        version = parse_version(written)
        if version is None:
            uses.report("version-syntax", name, found=written)
        else:
            yield name, version


def _tables(
    reader: KeyReader, folder: Folder, schemas: SchemaStore, named: set[str], kept: Mapping[str, str] | None
) -> tuple[Table, ...]:
    """The tables that the descriptor's `resources` name; their files in the folder are added to `named`."""
    tables: dict[str, Table] = {}
    if not reader.value.get("resources"):
        reader.report("missing-key", key="resources")
    for resource in reader.items("resources"):
        resource.known(_RESOURCE_KEYS)
        table = _read_table(resource, folder, schemas, named, kept)
        if table and table.name in tables:
            resource.report("duplicate-name", "name", found=table.name)
        elif table:
            tables[table.name] = table
    return tuple(tables.values())


def _read_table(
    reader: KeyReader, folder: Folder, schemas: SchemaStore, named: set[str], kept: Mapping[str, str] | None
) -> Table | None:
    name = reader.name()
    relative, path, stored = _table_file(reader, folder, kept)
    if path and (path.suffix.lower() != ".csv" or "/" in relative):
        reader.report("not-a-csv", "path", path=relative)
        path = None
    schema, schema_file = schemas.read(reader, folder)
    named.update(filter(None, ("" if stored else relative, schema_file)))
    if not (name and path and schema):
        return None
    dialect, faults = parse_dialect(
        reader.mapping("dialect"), reader.string("encoding"), reader.document.file,
        reader.document.line, (*reader.path, "dialect"),
    )  # fmt: skip
    reader.problems += faults
    title = reader.text("title", required=True)
    file = folder.file(relative)
    return Table(name, relative, file, schema, dialect, title, reader.text("description"), reader.value, stored)


def _table_file(reader: KeyReader, folder: Folder, kept: Mapping[str, str] | None) -> tuple[str, Path | None, str]:
    """The path of a table's CSV, where it is in the folder, and its SHA-256 where only the store has it.

    The standard's `hash` of a resource says which content is wanted: https://datapackage.org/standard/data-resource/
    """
    relative, written = reader.string("path"), reader.string("hash")
    algorithm, _, digest = written.rpartition(":")
    wanted = kept.get(relative, "") if kept is not None else ""
    wanted = wanted or (digest if algorithm == "sha256" else "")
    if not wanted or not relative or locate(folder, relative)[1] != "file-missing":
        return *named_file(reader, "path", folder), ""
    if kept is None:
        reader.report("file-missing", "path", path=relative, rule="store")
        return relative, None, ""
    if not is_sha256(wanted):
        reader.report("resource-hash", "hash", found=written, path=relative)
        return relative, None, ""
    return relative, folder.path / relative, wanted


def _queries(
    reader: KeyReader, folder: Folder, key: str, make: Callable[[KeyReader, str, str, str], _Query], named: set[str]
) -> tuple[_Query, ...]:
    """The `summaries` or the `checks`, each with its SQL, whose file is added to `named`."""
    found: list[_Query] = []
    names: set[str] = set()
    for item in reader.items(key):
        name = _item_name(item, names)
        relative, path = named_file(item, "query", folder)
        named.update(filter(None, (relative,)))
        file = folder.file(relative)
        query = _query(item, path, file) if path else ""
        if name and query:
            found.append(make(item, name, query, file))
            for number, line in enumerate(query.split("\n"), 1):
                item.problems += turned((line,), file, number)
    return tuple(found)


def _item_name(reader: KeyReader, names: set[str]) -> str:
    name = reader.string("name", required=True)
    if name and (not is_name(name) or name in RESERVED_NAMES):
        reader.report("not-a-name", "name", found=name)
        return ""
    if name in names:
        reader.report("duplicate-name", "name", found=name)
    names.add(name)
    return name


def _query(reader: KeyReader, path: Path, file: str) -> str:
    """The text of an SQL file; empty where it cannot be read."""
    content, problems = read_limited(path, file, QUERY_BYTES)
    reader.problems += problems
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        reader.problems.append(problem("file-unreadable", file, reason=str(error)))
        return ""


def _summary(reader: KeyReader, name: str, query: str, file: str) -> Summary:
    reader.known(_SUMMARY_KEYS)
    fields: list[Field] = []
    document = reader.document
    for column in reader.items("fields", FIELDS):
        field, faults = parse_field(
            column.value, document.file, reader.languages, document.line, column.path, document.near
        )
        reader.problems += faults
        fields += [field] if field else []
        column.text("title", required=True)
    if not fields:
        reader.report("missing-key", key="fields")
    primary_key = reader.strings("primaryKey")
    for key in primary_key:
        if key not in {field.name for field in fields}:
            reader.report("unknown-field", "primaryKey", field=key, where=name)
    chart = reader.child("chart")
    return Summary(name, reader.text("title", required=True), query, file, tuple(fields), reader.text("description"),
                   primary_key, chart.value if chart else None, reader.value)  # fmt: skip


def _check(reader: KeyReader, name: str, query: str, file: str) -> Check:
    reader.known(_CHECK_KEYS)
    severity = reader.string("severity") or "error"
    if severity not in ("error", "warning"):
        reader.report("not-one-of", "severity", key="severity", found=severity, allowed="error, warning")
    return Check(name, reader.text("title", required=True), query, file,
                 "warning" if severity == "warning" else "error", reader.text("accepted"),
                 reader.text("description"))  # fmt: skip


def _figures(reader: KeyReader) -> Iterator[Figure]:
    names: set[str] = set()
    for figure in reader.items("figures"):
        figure.known(_FIGURE_KEYS)
        name = _item_name(figure, names)
        resource, summary = figure.string("resource"), figure.string("summary")
        if bool(resource) == bool(summary):
            figure.report("figure-place", figure=name)
        yield Figure(name, figure.text("title", required=True), resource, summary, figure.string("key"),
                     figure.string("field") or "value", figure.text("description"))  # fmt: skip


def _read_notes(
    folder: Folder, languages: tuple[str, ...], named: set[str]
) -> tuple[tuple[Note, ...], tuple[Problem, ...]]:
    """The notes of a version in the file's order, and its faults with their lines; nothing where there is no file."""
    file = folder.file(NOTES)
    path, code = locate(folder, NOTES)
    if code == "file-missing":
        return (), ()
    named.add(NOTES)
    if path is None:
        return (), (problem(code, file, path=NOTES),)
    content, unread = read_limited(path, file, NOTES_BYTES)
    if unread:
        return (), unread
    try:
        text = content.decode("utf-8-sig")
        count = sum(1 for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row) - 1
        if count > MOST_NOTES:
            return (), (problem("too-many", file, rule="notes", found=count, limit=MOST_NOTES),)
        return _notes(csv.DictReader(io.StringIO(text, newline=""), strict=True), file, languages)
    except UnicodeDecodeError:
        return (), (problem("csv-encoding", file),)
    except csv.Error as error:
        return (), (problem("file-unreadable", file, reason=str(error)),)


def _notes(
    rows: csv.DictReader[str], file: str, languages: tuple[str, ...]
) -> tuple[tuple[Note, ...], tuple[Problem, ...]]:
    header = tuple(rows.fieldnames or ())
    allowed = {*_NOTE_COLUMNS, "source", *(f"note@{language}" for language in languages[1:])}
    problems = [problem("notes-column-missing", file, 1, column=name) for name in _NOTE_COLUMNS if name not in header]
    problems += [problem("notes-column-unknown", file, 1, column=name) for name in header if name not in allowed]
    if problems:
        return (), tuple(problems)
    notes = []
    for row in rows:
        cells = {name: (value or "").strip() for name, value in row.items() if name}
        text = read_text(cells, "note", languages)
        note = Note(cells["resource"], cells["key"], cells["field"], cells["kind"], text, cells.get("source", ""),
                    rows.line_num)  # fmt: skip
        notes.append(note)
        problems += _note_faults(note, row, file, languages)
    return tuple(notes), tuple(problems) if notes else (warning("notes-none", file),)


def _note_faults(note: Note, row: Mapping[str, object], file: str, languages: tuple[str, ...]) -> Iterator[Problem]:
    if None in row or any(value is None for value in row.values()):
        yield problem("notes-cells", file, note.line)
    control = next(filter(None, (control_character(str(value)) for value in row.values())), "")
    if control:
        yield problem("yaml-control-character", file, note.line, found=control)
    if note.kind not in _NOTE_KINDS:
        yield problem("notes-kind", file, note.line, found=note.kind, kinds=", ".join(_NOTE_KINDS))
    if not note.text or len(note.text.default) > NOTE_CHARACTERS:
        yield problem("notes-empty", file, note.line)
    for language in note.text.missing(languages):
        yield warning("translation-missing", file, note.line, key=f"note@{language}", language=language)
    texts = (note.key, note.field, note.source, *(text for _, text in note.text.values))
    yield from garbled(texts, file, note.line)
    yield from turned(texts, file, note.line)
