"""What the pages are made from, and what comes out: plain values, handed in by the pipeline."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from datagazette.model.names import Version
from datagazette.model.publication import AuthoredPage, Catalog, Dataset, Publication, Release
from datagazette.model.results import ReleaseResult
from datagazette.model.text import Text
from datagazette.pages.strings import Strings

Key = tuple[str, Version]
PlotKey = tuple[str, Version, str, str]


@dataclass(frozen=True)
class Plot:
    """A chart's drawing as SVG that our own code wrote: for wide screens, and for phones."""

    wide: str
    narrow: str


Labels = Mapping[tuple[str, str], Mapping[str, Text]]


@dataclass(frozen=True)
class Listed:
    """A page's addresses by language, in the publication's order, and the day of its last change."""

    places: tuple[tuple[str, str], ...]
    modified: str = ""


@dataclass(frozen=True)
class Page:
    """A staged Markdown page. `path` is the file, relative to the staged tree of its language.

    `listed` is what the map of the site says of it, None for a page that search engines are to leave out.
    """

    path: str
    language: str
    text: str
    listed: Listed | None = None


@dataclass(frozen=True)
class SiteContent:
    """The publication and all that is known of it.

    `results` holds the releases that get pages: a dataset without any is left out everywhere.
    `labels` names the values of a table's key, by (dataset, resource); `regions` the codes under `spatial`.
    `images` are Open Graph pictures by the address of their page, both relative to the site's root.
    `plots` are the drawings of charts, by (dataset, version, summary, language).
    `cards` are those of the catalogue by (dataset, language), as far as they have been made already.
    `today` is only given where a build may depend on the date: it marks what is overdue.
    """

    publication: Publication
    results: Mapping[Key, ReleaseResult]
    strings: Mapping[str, Strings]
    templates: Path
    authored_pages: tuple[AuthoredPage, ...] = ()
    labels: Labels = field(default_factory=dict)
    regions: Mapping[str, Text] = field(default_factory=dict)
    images: Mapping[str, str] = field(default_factory=dict)
    plots: Mapping[PlotKey, Plot] = field(default_factory=dict)
    cards: Mapping[tuple[str, str], Any] = field(default_factory=dict)
    today: datetime.date | None = None

    @property
    def catalog(self) -> Catalog:
        return self.publication.catalog

    @cached_property
    def datasets(self) -> tuple[Dataset, ...]:
        """The datasets that have something to show, in the publication's order."""
        return tuple(dataset for dataset in self.publication.datasets if self.newest(dataset.name))

    def result(self, dataset: str, version: Version) -> ReleaseResult | None:
        return self.results.get((dataset, version))

    def newest(self, dataset: str) -> ReleaseResult | None:
        """The result that `/datasets/<id>/` shows."""
        found = self.publication.dataset(dataset)
        return self.results.get((dataset, found.latest.version)) if found else None

    def releases(self, dataset: Dataset) -> tuple[Release, ...]:
        """The releases that have pages, the newest first."""
        return tuple(
            release for release in reversed(dataset.releases) if (dataset.name, release.version) in self.results
        )
