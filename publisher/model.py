"""What a publication is made of, once it has been read: frozen values, no files and no database.

Names of classes and attributes are those of the Data Package v2 and Table Schema v2 standards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from publisher.names import Version
from publisher.text import Text

Json = Mapping[str, Any]

State = Literal["draft", "released", "withdrawn"]
Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Category:
    """One of a field's allowed values and how readers see it (Table Schema, `categories`)."""

    value: str
    label: Text = Text()


@dataclass(frozen=True)
class Field:
    """A column: Table Schema's field descriptor, with its translations resolved.

    `descriptor` is the field as it was written; `constraints` is the standard's mapping.
    `unit` is in words ("persons", "%"); `bound` holds for the whole column where it is set.
    """

    name: str
    type: str = "any"
    format: str = "default"
    title: Text = Text()
    description: Text = Text()
    unit: Text = Text()
    role: str = ""
    bound: str = ""
    constraints: Json = field(default_factory=dict)
    categories: tuple[Category, ...] = ()
    missing_values: tuple[str, ...] | None = None
    descriptor: Json = field(default_factory=dict, repr=False)

    @property
    def required(self) -> bool:
        return bool(self.constraints.get("required"))

    def category(self, value: object) -> Category | None:
        return next((one for one in self.categories if one.value == str(value)), None)


@dataclass(frozen=True)
class ForeignKey:
    """Fields whose values must exist elsewhere.

    `package` names another dataset (None: this one); `resource` is empty for the table itself.
    """

    fields: tuple[str, ...]
    resource: str
    reference_fields: tuple[str, ...]
    package: str | None = None


@dataclass(frozen=True)
class Schema:
    """A Table Schema. `file` is where it was read, relative to the publication's root."""

    name: str
    file: str
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...] = ()
    unique_keys: tuple[tuple[str, ...], ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    missing_values: tuple[str, ...] = ("",)
    fields_match: str = "exact"
    descriptor: Json = field(default_factory=dict, repr=False)

    def field(self, name: str) -> Field | None:
        return next((one for one in self.fields if one.name == name), None)

    def with_role(self, role: str) -> Field | None:
        return next((one for one in self.fields if one.role == role), None)


@dataclass(frozen=True)
class Dialect:
    """How a CSV is written (Table Dialect v2), with the encoding of its resource.

    `stated` are the properties that the descriptor gives: only the others may be told from the file.
    `header_case` and `skip_blank_rows` are Frictionless's own additions to the standard.
    """

    delimiter: str = ","
    quote_char: str = '"'
    double_quote: bool = True
    escape_char: str | None = None
    line_terminator: str = "\r\n"
    skip_initial_space: bool = False
    header: bool = True
    header_rows: tuple[int, ...] = (1,)
    header_join: str = " "
    comment_char: str | None = None
    comment_rows: tuple[int, ...] = ()
    null_sequence: str | None = None
    encoding: str = "utf-8"
    header_case: bool = True
    skip_blank_rows: bool = False
    stated: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A tabular resource. `file` is the CSV relative to the root, `path` relative to its package."""

    name: str
    path: str
    file: str
    schema: Schema
    dialect: Dialect = Dialect()
    title: Text = Text()
    description: Text = Text()
    descriptor: Json = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Summary:
    """A SELECT whose result is published. `chart` is a Vega-Lite specification without its data."""

    name: str
    title: Text
    query: str
    file: str
    fields: tuple[Field, ...]
    description: Text = Text()
    primary_key: tuple[str, ...] = ()
    chart: Json | None = None
    descriptor: Json = field(default_factory=dict, repr=False)

    def field(self, name: str) -> Field | None:
        return next((one for one in self.fields if one.name == name), None)


@dataclass(frozen=True)
class Check:
    """A SELECT each row of which is a finding; `accepted` tells readers why a known one stands."""

    name: str
    title: Text
    query: str
    file: str
    severity: Severity = "error"
    accepted: Text = Text()
    description: Text = Text()


@dataclass(frozen=True)
class Figure:
    """A key figure: one cell of a table or of a summary's result. `key` is a primary key joined by `|`."""

    name: str
    title: Text
    resource: str = ""
    summary: str = ""
    key: str = ""
    field: str = "value"
    description: Text = Text()


@dataclass(frozen=True)
class Note:
    """A caveat on a cell, or on a row where `field` is empty. `line` is its line in notes.csv."""

    resource: str
    key: str
    field: str
    kind: str
    text: Text
    source: str = ""
    line: int = 0


@dataclass(frozen=True)
class License:
    name: str
    title: Text = Text()
    path: str = ""


@dataclass(frozen=True)
class Source:
    title: Text
    path: str = ""
    email: str = ""
    version: str = ""


@dataclass(frozen=True)
class Contributor:
    title: Text
    path: str = ""
    roles: tuple[str, ...] = ()
    organization: str = ""


@dataclass(frozen=True)
class Withdrawal:
    date: date
    reason: Text


@dataclass(frozen=True)
class Release:
    """One version of a dataset: a Data Package in a folder of its own.

    `folder` is relative to the publication's root. `uses` maps datasets to the version that is joined.
    `files` are the SHA-256 of its frozen files by their path in the folder; empty for a draft. `published` has, by
    path below `/data/<id>/<version>/`, those of every form in which a file was ever published, the first one first;
    `contents` what stands in the files whose bytes depend on the library that writes them (`formats.contents`).
    `renamed_to` is the dataset under whose name this one goes on.
    """

    dataset: str
    version: Version
    folder: str
    state: State
    title: Text
    description: Text
    languages: tuple[str, ...]
    date: date | None = None
    changes: Text = Text()
    withdrawal: Withdrawal | None = None
    keywords: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    themes: tuple[str, ...] = ()
    licenses: tuple[License, ...] = ()
    sources: tuple[Source, ...] = ()
    contributors: tuple[Contributor, ...] = ()
    update_frequency: str = ""
    temporal: str = ""
    spatial: tuple[str, ...] = ()
    uses: tuple[tuple[str, Version], ...] = ()
    tables: tuple[Table, ...] = ()
    summaries: tuple[Summary, ...] = ()
    checks: tuple[Check, ...] = ()
    figures: tuple[Figure, ...] = ()
    notes: tuple[Note, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    published: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    contents: Mapping[str, str] = field(default_factory=dict)
    renamed_to: str = ""
    descriptor: Json = field(default_factory=dict, repr=False)

    @property
    def id(self) -> str:
        return f"{self.dataset}-{self.version}"

    def table(self, name: str) -> Table | None:
        return next((one for one in self.tables if one.name == name), None)

    def summary(self, name: str) -> Summary | None:
        return next((one for one in self.summaries if one.name == name), None)


@dataclass(frozen=True)
class Dataset:
    """All versions under one name, the oldest first; there is always at least one."""

    name: str
    releases: tuple[Release, ...]

    @property
    def latest(self) -> Release:
        """The newest release that stands; else the newest that was withdrawn; else the newest draft."""
        for state in ("released", "withdrawn"):
            found = [one for one in self.releases if one.state == state]
            if found:
                return found[-1]
        return self.releases[-1]

    def release(self, version: Version) -> Release | None:
        return next((one for one in self.releases if one.version == version), None)

    def before(self, release: Release) -> Release | None:
        """The version just before `release`, drafts left out."""
        older = [one for one in self.releases if one.version < release.version and one.state != "draft"]
        return older[-1] if older else None


@dataclass(frozen=True)
class Theme:
    name: str
    title: Text
    description: Text = Text()


@dataclass(frozen=True)
class Publisher:
    title: Text
    path: str = ""


@dataclass(frozen=True)
class Contact:
    title: Text
    path: str = ""
    email: str = ""


@dataclass(frozen=True)
class Catalog:
    """The publication's own description; `base_url` ends with a slash."""

    name: str
    title: Text
    description: Text
    tagline: Text
    publisher: Publisher
    languages: tuple[str, ...]
    base_url: str
    contact: Contact | None = None
    licenses: tuple[License, ...] = ()
    themes: tuple[Theme, ...] = ()
    headlines: tuple[tuple[str, str], ...] = ()
    featured: tuple[str, str] | None = None

    def theme(self, name: str) -> Theme | None:
        return next((one for one in self.themes if one.name == name), None)


@dataclass(frozen=True)
class Publication:
    """Everything under `root`, by dataset name."""

    root: Path
    catalog: Catalog
    datasets: tuple[Dataset, ...]

    @cached_property
    def _by_name(self) -> Mapping[str, Dataset]:
        return {one.name: one for one in self.datasets}

    def dataset(self, name: str) -> Dataset | None:
        return self._by_name.get(name)

    def release(self, dataset: str, version: Version) -> Release | None:
        found = self.dataset(dataset)
        return found.release(version) if found else None
