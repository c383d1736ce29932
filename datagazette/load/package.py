"""`datapackage.yaml`: one version of a dataset, with the files that it names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from datagazette.load import notes as notes_file
from datagazette.load.catalog import read_licenses, read_link
from datagazette.load.descriptors import Document, KeyReader, is_frequency
from datagazette.load.files import Folder, locate, missing_file, read_limited, unused
from datagazette.load.tables import SchemaStore, read_tables
from datagazette.load.texts import turned, turned_notes, turned_queries, unwritten
from datagazette.model.limits import FIELDS, FREQUENCY_YEARS, QUERY_BYTES
from datagazette.model.names import RESERVED_NAMES, Version, is_email, is_name, is_site_address, parse_version
from datagazette.model.problems import Problem, problem, warning
from datagazette.model.publication import Catalog, Check, Contributor, Field, Figure, Note, Release, Source, Summary
from datagazette.tables.descriptors import parse_field

FILE = "datapackage.yaml"
_KEYS = (
    "$schema", "name", "id", "version", "created", "title", "description", "homepage", "image", "keywords",
    "languages", "themes", "licenses", "sources", "contributors", "updateFrequency", "temporal", "spatial",
    "uses", "resources", "summaries", "checks", "figures",
)  # fmt: skip
_SUMMARY_KEYS = ("name", "title", "description", "query", "primaryKey", "fields", "chart")
_CHECK_KEYS = ("name", "title", "description", "query", "severity", "accepted")
_HOLDS_MORE = re.compile("[?&#%,;]")  # what a link to an e-mail address takes for a text or further receivers
_FIGURE_KEYS = ("name", "title", "description", "resource", "summary", "key", "field")
_SOURCE_KEYS = ("title", "path", "email", "version")
_CONTRIBUTOR_KEYS = ("title", "path", "email", "givenName", "familyName", "roles", "organization")


@dataclass(frozen=True)
class Part:
    """A part of the package with the files that it named, so that files without a name can be found."""

    files: tuple[str, ...]
    value: Any


def read_package(
    document: Document, folder: Folder, dataset: str, catalog: Catalog, schemas: SchemaStore
) -> tuple[Release | None, tuple[Problem, ...]]:
    """The draft of a release that the descriptor describes; the ledger decides later whether it is released."""
    problems: list[Problem] = []
    reader = KeyReader(document, problems)
    languages = reader.languages() or catalog.languages
    reader.known(_KEYS, languages)
    version = _identity(reader, folder, dataset)
    tables = read_tables(reader, folder, languages, schemas)
    summaries = _queries(reader, folder, "summaries", languages)
    checks = _queries(reader, folder, "checks", languages)
    notes = _notes(folder, languages, problems)
    used = {FILE, *tables.files, *summaries.files, *checks.files, *notes.files}
    problems += unused(folder, used, document.near, (notes_file.FILE,))
    problems += unwritten(document)
    problems += turned(document)
    problems += turned_queries((*summaries.value, *checks.value))
    problems += turned_notes(notes.value, folder.file(notes_file.FILE))
    if version is None:
        return None, tuple(problems)
    release = _described(reader, languages, Release(
        dataset=dataset, version=version, folder=folder.name, state="draft",
        title=reader.text("title", languages, required=True),
        description=reader.text("description", languages), languages=languages,
        tables=tables.tables, summaries=summaries.value, checks=checks.value, notes=notes.value,
        figures=tuple(_figures(reader, languages)), descriptor=document.value,
    ))  # fmt: skip
    return release, tuple(problems)


def _identity(reader: KeyReader, folder: Folder, dataset: str) -> Version | None:
    name = reader.string("name", required=True)
    if name and name != dataset:
        reader.report("name-differs", "name", found=name, folder=dataset)
    written = reader.string("version", required=True)
    version = parse_version(written)
    if written and version is None:
        reader.report("version-syntax", "version", found=written)
    folder_version = folder.name.rpartition("/")[2]
    if version and str(version) != folder_version:
        reader.report("version-differs", "version", found=written, folder=folder_version)
    return version


def _described(reader: KeyReader, languages: tuple[str, ...], release: Release) -> Release:
    frequency = reader.string("updateFrequency")
    if frequency and not is_frequency(frequency):
        reader.report("update-frequency", "updateFrequency", found=frequency, most=FREQUENCY_YEARS)
    keywords = {
        language: found
        for position, language in enumerate(languages)
        if (found := reader.strings("keywords" if position == 0 else f"keywords@{language}"))
    }
    return replace(
        release,
        keywords=keywords,
        themes=reader.strings("themes"),
        licenses=read_licenses(reader, languages),
        sources=tuple(_source(source, languages) for source in reader.items("sources")),
        contributors=tuple(_contributor(contributor, languages) for contributor in reader.items("contributors")),
        update_frequency=frequency,
        temporal=reader.string("temporal"),
        spatial=reader.strings("spatial"),
        uses=tuple(_uses(reader)),
    )


def _source(reader: KeyReader, languages: tuple[str, ...]) -> Source:
    reader.known(_SOURCE_KEYS, languages)
    path = reader.string("path")
    if path and not is_site_address(path):
        reader.report("link-unsafe", "path", key="path", found=path)
        path = ""
    title = reader.text("title", languages, required=not path)
    email = reader.string("email")
    if email and not is_email(email):
        say = reader.report if _HOLDS_MORE.search(email) else reader.warn
        say("not-an-email", "email", key="email", found=email)
    return Source(title, path, email, reader.string("version"))


def _contributor(reader: KeyReader, languages: tuple[str, ...]) -> Contributor:
    reader.known(_CONTRIBUTOR_KEYS, languages)
    return Contributor(reader.text("title", languages), read_link(reader, "path"), reader.strings("roles"),
                       reader.string("organization"))  # fmt: skip


def _uses(reader: KeyReader) -> Iterator[tuple[str, Version]]:
    found = reader.child("uses")
    for name in found.value if found else ():
        assert found is not None
        version = parse_version(found.string(name))
        if version is None:
            found.report("version-syntax", name, found=found.string(name))
        else:
            yield name, version


def _queries(reader: KeyReader, folder: Folder, key: str, languages: tuple[str, ...]) -> Part:
    """The `summaries` or the `checks`, each with its SQL."""
    files: list[str] = []
    found: list[Summary | Check] = []
    names: set[str] = set()
    for item in reader.items(key):
        name = _item_name(item, names)
        query, path = _query(item, folder)
        files += [path] if path else []
        if not (name and query):
            continue
        file = folder.file(path)
        make = _summary if key == "summaries" else _check
        found.append(make(item, name, query, file, languages))
    return Part(tuple(files), tuple(found))


def _item_name(reader: KeyReader, names: set[str]) -> str:
    name = reader.string("name", required=True)
    if name and (not is_name(name) or name in RESERVED_NAMES):
        reader.report("not-a-name", "name", found=name)
        return ""
    if name in names:
        reader.report("duplicate-name", "name", found=name)
    names.add(name)
    return name


def _query(reader: KeyReader, folder: Folder) -> tuple[str, str]:
    """The text of the SQL file and its path in the folder; empty where there is none."""
    relative = reader.string("query", required=True)
    if not relative:
        return "", ""
    path, code = locate(folder, relative)
    if path is None:
        reader.problems.append(missing_file(folder, relative, code, reader.document, (*reader.path, "query")))
        return "", relative
    content, problems = read_limited(path, folder.file(relative), QUERY_BYTES)
    reader.problems += problems
    try:
        return content.decode("utf-8-sig"), relative
    except UnicodeDecodeError as error:
        reader.problems.append(problem("file-unreadable", folder.file(relative), reason=str(error)))
        return "", relative


def _summary(reader: KeyReader, name: str, query: str, file: str, languages: tuple[str, ...]) -> Summary:
    reader.known(_SUMMARY_KEYS, languages)
    fields: list[Field] = []
    near = reader.document.near
    for column in reader.items("fields", FIELDS):
        field, faults = parse_field(
            column.value, reader.document.file, languages, column.document.line, column.path, near
        )
        reader.problems += faults
        fields += [field] if field else []
        column.text("title", languages, required=True)
    if not fields:
        reader.report("missing-key", key="fields")
    primary_key = reader.strings("primaryKey")
    for key in primary_key:
        if key not in {field.name for field in fields}:
            reader.report("unknown-field", "primaryKey", field=key, where=name)
    chart = reader.child("chart")
    return Summary(name, reader.text("title", languages, required=True), query, file, tuple(fields),
                   reader.text("description", languages), primary_key, chart.value if chart else None,
                   reader.value)  # fmt: skip


def _check(reader: KeyReader, name: str, query: str, file: str, languages: tuple[str, ...]) -> Check:
    reader.known(_CHECK_KEYS, languages)
    severity = reader.string("severity") or "error"
    if severity not in ("error", "warning"):
        reader.report("not-one-of", "severity", key="severity", found=severity, allowed="error, warning")
    return Check(name, reader.text("title", languages, required=True), query, file,
                 "warning" if severity == "warning" else "error", reader.text("accepted", languages),
                 reader.text("description", languages))  # fmt: skip


def _figures(reader: KeyReader, languages: tuple[str, ...]) -> Iterator[Figure]:
    names: set[str] = set()
    for figure in reader.items("figures"):
        figure.known(_FIGURE_KEYS, languages)
        name = _item_name(figure, names)
        resource, summary = figure.string("resource"), figure.string("summary")
        if bool(resource) == bool(summary):
            figure.report("figure-place", figure=name)
        yield Figure(name, figure.text("title", languages, required=True), resource, summary, figure.string("key"),
                     figure.string("field") or "value", figure.text("description", languages))  # fmt: skip


def _notes(folder: Folder, languages: tuple[str, ...], problems: list[Problem]) -> Part:
    file = folder.file(notes_file.FILE)
    path, code = locate(folder, notes_file.FILE)
    if code == "file-missing":
        return Part((), ())
    if path is None:
        problems.append(problem(code, file, path=notes_file.FILE))
        return Part((notes_file.FILE,), ())
    found: tuple[Note, ...]
    found, faults = notes_file.read_notes(path, file, languages)
    problems += faults
    if not found and not faults:
        problems.append(warning("notes-none", file))
    return Part((notes_file.FILE,), found)
