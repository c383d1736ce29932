"""What pages are made from, read and put together once it is asked for: of most datasets nothing is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from datagazette.build.cache import Entry
from datagazette.build.package import Package
from datagazette.compute.code_names import Place, needed_codes, region_table
from datagazette.model.value_history import ValueHistory
from datagazette.pages import SiteContent
from datagazette.pages.context import Key, Plot, PlotKey


@dataclass(frozen=True)
class Plots(Mapping[PlotKey, Plot]):
    """The drawings of all charts, of which those are read that are asked for."""

    packages: Mapping[Key, Package]

    def __getitem__(self, key: PlotKey) -> Plot:
        return self.packages[key[0], key[1]].plots[key]

    def __iter__(self) -> Iterator[PlotKey]:
        return (key for package in self.packages.values() for key in package.plots)

    def __len__(self) -> int:
        return sum(len(package.plots) for package in self.packages.values())


@dataclass(frozen=True)
class Images(Mapping[str, str]):
    """The pictures of the home page and of all datasets by the address of their page, of which those are read that are
    asked for."""

    home: Entry
    pictured: Mapping[str, Entry]

    def __getitem__(self, page: str) -> str:
        named = (self.pictured[name].value for name in page.split("/") if name in self.pictured)
        images: Mapping[str, str] = next((images for images in (self.home.value, *named) if page in images), {})
        return str(images[page])

    def __iter__(self) -> Iterator[str]:
        return (page for entry in (self.home, *self.pictured.values()) for page in entry.value)

    def __len__(self) -> int:
        return sum(1 for _ in self)


@dataclass(frozen=True)
class Histories(Mapping[str, ValueHistory]):
    """The histories of datasets, of which those are read that are asked for."""

    entries: Mapping[str, Entry]

    def __getitem__(self, name: str) -> ValueHistory:
        found: ValueHistory = self.entries[name].value
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)


@dataclass(frozen=True)
class _Narrowed(Mapping[str, SiteContent]):
    """By dataset what its pages are made from, found when it is asked for."""

    content: SiteContent

    @cached_property
    def _regions(self) -> Place | None:
        return region_table(self.content.publication)

    @cached_property
    def _keys(self) -> dict[str, list[Key]]:
        found: dict[str, list[Key]] = {}
        for key in self.content.results:
            found.setdefault(key[0], []).append(key)
        return found

    def __getitem__(self, name: str) -> SiteContent:
        content, regions, keys = self.content, self._regions, self._keys
        dataset = content.publication.dataset(name)
        if dataset is None or name not in keys:
            raise KeyError(name)
        used = {name for release in dataset.releases for name, _ in release.uses}
        names = sorted({dataset.name, dataset.latest.renamed_to, *used})
        codes = needed_codes(regions, [content.results[key] for key in keys[dataset.name]])
        labels = {
            place: {code: known[code] for code in sorted(wanted) if code in known}
            for place, wanted in sorted(codes.items())
            if (known := content.labels.get(place)) is not None
        }
        datasets = tuple(each for name in names if (each := content.publication.dataset(name)))
        return replace(
            content,
            publication=replace(content.publication, datasets=datasets),
            results={key: content.results[key] for name in names for key in keys.get(name, ())},
            authored_pages=(),
            labels=labels,
            regions=labels.get(regions, {}) if regions else {},
            plots={},
            images={},
            histories={},
        )

    def __iter__(self) -> Iterator[str]:
        return (dataset.name for dataset in self.content.datasets)

    def __len__(self) -> int:
        return len(self.content.datasets)


def narrowed(content: SiteContent) -> Mapping[str, SiteContent]:
    """What each dataset's pages are made from: so they cost the same, however many datasets there are."""
    return _Narrowed(content)
