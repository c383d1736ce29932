"""What a publication is made of, once it has been read: frozen values, no files and no database.

Names of classes and attributes are those of the Data Package v2, Table Schema v2 and Table Dialect v2 standards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Literal

from datagazette.model.formats import LINKED
from datagazette.model.identifiers import ORCID, ROR, Identifier
from datagazette.model.look import Brand, Counter, FooterLink
from datagazette.model.names import Version
from datagazette.model.removal import EVERY_ROW, Redaction, Removal
from datagazette.model.resource import Field, Json, Table
from datagazette.model.signing import SignedSums, SigningKey
from datagazette.model.text import Text

State = Literal["draft", "released", "withdrawn", "removed"]
Severity = Literal["error", "warning"]


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
        return next((column for column in self.fields if column.name == name), None)


@dataclass(frozen=True)
class Check:
    """A SELECT each row of which is a finding; `accepted` says why a known finding is left as it is."""

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
class PersonalData:
    """That personal data are published on purpose, and why: those in a `field`, of `resource` where it is named, or in
    a `part` of the descriptor: one of its keys, or `notes`; of a catalogue one of its keys, or an authored `page`."""

    reason: Text
    field: str = ""
    resource: str = ""
    part: str = ""
    page: str = ""


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
    """A person or an organisation; `orcid` and `ror` are bare, as `0000-0002-1825-0097`."""

    title: Text
    path: str = ""
    roles: tuple[str, ...] = ()
    organization: str = ""
    given_name: str = ""
    family_name: str = ""
    orcid: str = ""
    ror: str = ""

    @property
    def is_person(self) -> bool:
        return bool(self.orcid or self.given_name or self.family_name)

    @property
    def identity(self) -> str:
        """The address of the ORCID or the ROR; empty where there is none."""
        return ORCID + self.orcid if self.orcid else ROR + self.ror if self.ror else ""


@dataclass(frozen=True)
class Withdrawal:
    date: date
    reason: Text


@dataclass(frozen=True)
class Publisher:
    title: Text
    path: str = ""
    ror: str = ""

    @property
    def as_contributor(self) -> Contributor:
        return Contributor(self.title, self.path, ror=self.ror)


@dataclass(frozen=True)
class Imprint:
    """What the catalogue says that files of a release repeat: a release keeps what was said when it was published."""

    title: Text
    publisher: Publisher
    base_url: str
    languages: tuple[str, ...]
    licenses: tuple[License, ...] = ()


@dataclass(frozen=True)
class Release:
    """One version of a dataset: a Data Package in a folder of its own.

    `folder` is relative to the publication's root. `uses` maps datasets to the version that is joined.
    `files` are the SHA-256 of its frozen files by their path in the folder; empty for a draft. `published` has, by
    path below `/data/<id>/<version>/`, those of every form in which a file was ever published, the first one first;
    `contents` the values in the files whose bytes depend on the library that writes them (`downloads.promises`).
    `renamed_to` is the dataset under whose name this one goes on. `imprint` is None where the ledger keeps none.
    `accepted` is why the release says again what an earlier one had corrected. `formats` are those that the descriptor
    asks for, None where it leaves that to the catalogue. `status_columns`: its Parquet files say in a column beside
    each one that has reasons for empty cells which of them a cell has. `removal` is of a release that is no longer
    published, of which nothing but this and some of its hashes is known; `redactions` are of one that lacks some of its
    cells since. `personal` are the personal data that it has on purpose. `signed` are
    the texts of its sums that were signed. `identifiers` are persistent ones, as a DOI.
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
    imprint: Imprint | None = None
    accepted: str = ""
    formats: tuple[str, ...] | None = None
    identifiers: tuple[Identifier, ...] = ()
    signed: tuple[SignedSums, ...] = ()
    status_columns: bool = False
    personal: tuple[PersonalData, ...] = ()
    removal: Removal | None = None
    redactions: tuple[Redaction, ...] = ()
    descriptor: Json = field(default_factory=dict, repr=False)

    @property
    def id(self) -> str:
        return f"{self.dataset}-{self.version}"

    @property
    def is_unrecorded(self) -> bool:
        """Whether the ledger says nothing of the values that were published: the entry is older than such hashes. It
        has none either while those of a redacted release are still to be recorded again."""
        return bool(self.files) and not self.contents and not self.redactions

    def is_redacted(self, resource: str, key: str, field: str) -> bool:
        """Whether the value of a cell was taken away after it was published."""
        return any(
            (cell.resource, cell.field) == (resource, field) and cell.key in (key, EVERY_ROW)
            for redaction in self.redactions
            for cell in redaction.cells
        )

    def declared_personal(self, resource: str) -> frozenset[str]:
        """The fields of a table or summary that have personal data on purpose."""
        return frozenset(each.field for each in self.personal if each.field and each.resource in ("", resource))

    def table(self, name: str) -> Table | None:
        return next((table for table in self.tables if table.name == name), None)

    def summary(self, name: str) -> Summary | None:
        return next((summary for summary in self.summaries if summary.name == name), None)


@dataclass(frozen=True)
class Dataset:
    """All versions under one name, the oldest first; there is always at least one."""

    name: str
    releases: tuple[Release, ...]

    def declared_personal(self, release: Release, resource: str) -> frozenset[str]:
        """The fields of a table of a release that have personal data on purpose: its own descriptor says so, or that of
        a later version, since that of a release stays as it is."""
        own = (each for each in self.releases if each.version >= release.version)
        return frozenset(field for each in own for field in each.declared_personal(resource))

    @property
    def latest(self) -> Release:
        """The newest release that was not withdrawn; else the newest that was; else the newest draft."""
        for state in ("released", "withdrawn"):
            found = [release for release in self.releases if release.state == state]
            if found:
                return found[-1]
        return self.releases[-1]

    @property
    def followed(self) -> tuple[Release, ...]:
        """The releases that its history has, the oldest first."""
        return tuple(release for release in self.releases if release.state != "draft")

    def has_history(self, removed: Sequence[Release] = ()) -> bool:
        """Whether it has a page with its history: from the second release on, also where one was removed later."""
        return bool(self.followed) and len(self.followed) + len(removed) > 1

    def release(self, version: Version) -> Release | None:
        return next((release for release in self.releases if release.version == version), None)

    def before(self, release: Release) -> Release | None:
        """The version just before `release`, drafts left out."""
        older = [other for other in self.releases if other.version < release.version and other.state != "draft"]
        return older[-1] if older else None


@dataclass(frozen=True)
class Theme:
    name: str
    title: Text
    description: Text = Text()


@dataclass(frozen=True)
class Contact:
    title: Text
    path: str = ""
    email: str = ""


# The names of pages that the program writes where a publication has none of its own.
NEUTRAL_PAGES = ("about", "cite", "contribute")


@dataclass(frozen=True)
class Catalog:
    """The publication's own description; `base_url` ends with a slash.

    `is_mirror`: the site is built for another address than the publication's own, so that every file names that one.
    `neutral_pages` are those of the program's pages that the publication wants where it has none of its own;
    `problems_page` asks for the page of all problems that `check` finds. `formats` are the kinds of files that releases
    have beside those that always are; None where nothing is said. `latest` are the kinds that are copied to `latest/`;
    `redirects` are the hosts that lead all its addresses to the newest version. `host` is one of model/hosts.py, or
    empty where nothing is said. `store` is the address of what is not in git. `keys` are those that sums are signed
    with.
    """

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
    brand: Brand = field(default_factory=Brand)
    footer: tuple[FooterLink, ...] = ()
    counter: Counter | None = None
    neutral_pages: tuple[str, ...] = NEUTRAL_PAGES
    problems_page: bool = False
    formats: tuple[str, ...] | None = None
    latest: tuple[str, ...] = LINKED
    redirects: tuple[str, ...] = ()
    host: str = ""
    is_mirror: bool = False
    store: str = ""
    identifiers: tuple[Identifier, ...] = ()
    keys: tuple[SigningKey, ...] = ()
    personal: tuple[PersonalData, ...] = ()

    @property
    def imprint(self) -> Imprint:
        return Imprint(self.title, self.publisher, self.base_url, self.languages, self.licenses)

    def has_latest(self, kind: str) -> bool:
        """Whether files of this kind have an address below `latest/`; the sums are there with whatever is copied."""
        return bool(self.redirects) or kind in self.latest or (kind == "sums" and bool(self.latest))

    def as_of(self, release: Release) -> Catalog:
        """The catalogue as the files and the citation of a release repeat it."""
        if release.imprint is None:
            return self
        kept = replace(self, **vars(release.imprint))
        return replace(kept, base_url=self.base_url) if self.is_mirror else kept

    def theme(self, name: str) -> Theme | None:
        return next((theme for theme in self.themes if theme.name == name), None)


@dataclass(frozen=True)
class Publication:
    """Everything under `root`, by dataset name.

    `removed` are the releases that are no longer published, in the order of datasets and versions: no dataset has them,
    and a dataset may have had no others.
    """

    root: Path
    catalog: Catalog
    datasets: tuple[Dataset, ...]
    removed: tuple[Release, ...] = ()

    @cached_property
    def _by_name(self) -> Mapping[str, Dataset]:
        return {dataset.name: dataset for dataset in self.datasets}

    def dataset(self, name: str) -> Dataset | None:
        return self._by_name.get(name)

    def release(self, dataset: str, version: Version) -> Release | None:
        found = self.dataset(dataset)
        return found.release(version) if found else None

    def removed_of(self, dataset: str) -> tuple[Release, ...]:
        """The releases of a dataset that are no longer published, the oldest first."""
        return tuple(release for release in self.removed if release.dataset == dataset)

    def removed_release(self, dataset: str, version: Version) -> Release | None:
        return next((release for release in self.removed_of(dataset) if release.version == version), None)

    @property
    def gone(self) -> tuple[str, ...]:
        """The names of datasets that were published and of which every release has been removed."""
        names = dict.fromkeys(release.dataset for release in self.removed)
        return tuple(name for name in names if (known := self.dataset(name)) is None or known.latest.state == "draft")
