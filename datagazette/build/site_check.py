"""The check of what maintainers write under `site/`: pages, the words of the interface, and `mkdocs.yml`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from datagazette.build.address_check import check_addresses
from datagazette.build.site_plan import Source, as_released, authored_address, plan, plan_dataset, possible_files
from datagazette.build.sources import SiteSources
from datagazette.describe.addresses import localized, staged
from datagazette.load.authored_pages import AuthoredFile, read_authored_pages, read_markdown_settings
from datagazette.model.names import is_site_address
from datagazette.model.problems import Problem, problem
from datagazette.model.publication import AuthoredPage, Catalog, Publication
from datagazette.pages.strings import word_faults

if TYPE_CHECKING:
    from datagazette.load.authored_links import Found

# What pages are shown and searched with, and what whoever serves the site may add.
_MACHINERY = ("assets/", "pagefind/", "search/", "sitemap", "404.html", "robots.txt", "CNAME", ".")
# Top folders of the site that hold no pages; MkDocs leaves out what lies in `templates`.
_TAKEN = ("api", "assets", "data", "pagefind", "search", "templates")
_BUNDLED = (".js", ".css")


@dataclass(frozen=True)
class SiteCheck:
    """The pages that a person wrote, and what is wrong with them, with words and with settings."""

    pages: tuple[AuthoredPage, ...]
    problems: tuple[Problem, ...]


def check_site(publication: Publication, sources: SiteSources, *, is_whole: bool = True) -> SiteCheck:
    """Reads all of it, and looks where the links of the publication's own pages lead.

    Of a publication that could not be read as a whole, nobody can tell what its datasets have.
    """
    languages = publication.catalog.languages
    files, problems = read_authored_pages(sources.authored_pages, languages)
    pages = tuple(one.page for one in files)
    found = [*problems, *word_faults(sources.strings, languages)]
    own = tuple(one for one in files if one.is_own)
    addresses = _Addresses(publication, pages, sources.assets, is_whole)
    found += _taken(own, addresses)
    found += addresses.problems()
    found += _templates(own, sources.overrides)
    found += _bodies(own, addresses, sources.config)
    return SiteCheck(pages, tuple(sorted(dict.fromkeys(found), key=Problem.sort_key)))


def _bodies(files: Sequence[AuthoredFile], addresses: _Addresses, config: Path) -> Iterator[Problem]:
    """What is wrong with `mkdocs.yml` or, where it can be used, with the text of pages."""
    is_own = config.parent.resolve() == addresses.publication.root
    if not files and not is_own:
        return
    settings, problems = read_markdown_settings(config, config.parent)
    yield from problems
    if settings is None:
        return
    from datagazette.load.authored_links import LinkedSite, PagePlace, converter, link_problems  # with Python-Markdown

    reader, problems = converter(settings)
    yield from problems
    catalog = addresses.publication.catalog
    site = LinkedSite(catalog.base_url if is_site_address(catalog.base_url) else "", addresses.standing)
    for one in files if reader else ():
        assert reader is not None
        language = one.page.language
        place = PagePlace(
            authored_address(catalog, one.page), localized(catalog, "", language), addresses.staged[language]
        )
        yield from link_problems(one, place, site, reader)


def _taken(files: Sequence[AuthoredFile], addresses: _Addresses) -> Iterator[Problem]:
    """Pages at an address that something else has."""
    catalog = addresses.publication.catalog
    seen: dict[str, AuthoredFile] = {}
    for one in files:
        address = authored_address(catalog, one.page)
        first = address.partition("/")[0]
        folders = {*_TAKEN, *(catalog.languages[1:] if one.page.language == catalog.languages[0] else ())}
        below = one.page.path.partition("/")[0].removesuffix(".md")
        if address in seen:
            yield problem("page-address-taken", one.file, address=f"/{address}", other=seen[address].file)
        elif below == "templates" or (first in folders and below in folders):
            yield problem("page-address-taken", one.file, address=f"/{address}", folder=below, rule="folder")
        elif addresses.generated(address):
            yield problem("page-address-taken", one.file, address=f"/{address}", rule="generated")
        seen.setdefault(address, one)


def _templates(files: Sequence[AuthoredFile], overrides: Path) -> Iterator[Problem]:
    for one in files:
        name = one.page.front.get("template")
        if isinstance(name, str) and not (overrides / name).is_file():
            yield problem("page-template-missing", one.file, 1, template=name)


@dataclass(frozen=True)
class _Addresses:
    """What is at which address, told without a look into tables, which may be faulty; of a dataset once it is asked."""

    publication: Publication
    pages: tuple[AuthoredPage, ...]
    assets: Path
    is_whole: bool

    @property
    def catalog(self) -> Catalog:
        return self.publication.catalog

    @cached_property
    def _overview(self) -> frozenset[str]:
        """What tells of all datasets."""
        none = {one.name: () for one in self.publication.datasets}
        return frozenset(one.entry.address for one in plan(Source(self.publication, {}), none))

    @cached_property
    def _own(self) -> frozenset[str]:
        return frozenset(authored_address(self.catalog, one) for one in self.pages)

    @cached_property
    def staged(self) -> Mapping[str, frozenset[str]]:
        """By language the files that MkDocs sees beside a authored page."""
        others = tuple(f"{one}/" for one in self.catalog.languages[1:])
        found: dict[str, frozenset[str]] = {}
        for language in self.catalog.languages:
            prefix = localized(self.catalog, "", language)
            addresses = (one for one in self._overview if one.startswith(prefix) and one[-1:] in ("", "/"))
            own = (one.removeprefix(prefix) for one in addresses if prefix or not one.startswith(others))
            written = (one.path for one in self.pages if one.language == language)
            found[language] = frozenset((*map(staged, own), *written))
        return found

    @cached_property
    def _dataset(self) -> Callable[..., frozenset[str]]:
        """As `_planned`, which is asked once for each dataset."""
        return cache(self._planned)

    def _planned(self, name: str, *, drafts: bool) -> frozenset[str]:
        """What is published of a dataset, or would be with its drafts."""
        dataset = self.publication.dataset(name)
        if dataset is None:
            return frozenset()
        shown = as_released(dataset, dataset.releases) if drafts else dataset
        planned = plan_dataset(Source(self.publication, {}), shown, possible_files)
        return frozenset(one.entry.address for one in planned if one.entry.kind != "feed")

    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the addresses of datasets, drafts included."""
        planned, published = partial(self._dataset, drafts=True), partial(self._dataset, drafts=False)
        return check_addresses(self._overview, self.publication.datasets, planned, published)

    def generated(self, address: str) -> bool:
        """Whether a page that nobody writes is at an address."""
        return address in self._overview or address in self._dataset(self._named(address), drafts=True)

    def standing(self, address: str) -> Found:
        """What a link to an address meets."""
        for one in (address, f"{address}/"):
            if one in self._overview or one in self._own or one in self._dataset(self._named(one), drafts=False):
                return "there"
        if any(one in self._dataset(self._named(one), drafts=True) for one in (address, f"{address}/")):
            return "draft"
        if not self.is_whole and self._named(address):
            return "unknown"
        kept = address.removeprefix("assets/site/")
        if kept != address and "/" not in kept and not kept.endswith(_BUNDLED):
            return "there" if (self.assets / kept).is_file() else "missing"
        return "unknown" if address.startswith(_MACHINERY) else "missing"

    def _named(self, address: str) -> str:
        """The name of the dataset that an address would be of: the first that follows a folder of datasets."""
        parts = address.split("/")
        if parts[0] in self.catalog.languages[1:]:
            del parts[0]
        if parts[:2] == ["api", "datasets"]:
            return parts[2].removesuffix(".json") if len(parts) > 2 else ""
        return parts[1] if parts[0] in ("datasets", "data") and len(parts) > 1 else ""
