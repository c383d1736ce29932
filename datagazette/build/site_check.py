"""What maintainers write under `site/`: pages, the texts of the interface, `mkdocs.yml`. Where it is, and its check."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from datagazette.build.site_plan import Snapshot, as_released, authored_address, check_addresses, plan, plan_dataset
from datagazette.describe.addresses import localized, staged
from datagazette.home import HOME
from datagazette.load.authored_pages import AuthoredFile, read_authored_pages, read_markdown_settings
from datagazette.model.errors import DataFaults
from datagazette.model.names import is_site_address
from datagazette.model.problems import Problem, has_errors, problem
from datagazette.model.publication import AuthoredPage, Publication
from datagazette.pages.strings import Strings, read_strings, word_faults

if TYPE_CHECKING:
    from datagazette.load.authored_links import Found

# What pages are shown and searched with, and what the host of the site may add.
_MACHINERY = ("assets/", "pagefind/", "search/", "sitemap", "404.html", "robots.txt", "_headers", "CNAME", ".")
# Top folders of the site that hold no pages; MkDocs leaves out what lies in `templates`.
_TAKEN = ("api", "assets", "data", "pagefind", "search", "templates")
_BUNDLED = (".js", ".css")


@dataclass(frozen=True)
class SiteFiles:
    """Folders and files that pages are made with. `node_modules` is where npm has installed.

    `strings` and `authored_pages` are folders in order: a language is taken from the first that has it, so that a
    publication in one more language adds only what is in that language.
    """

    templates: Path
    overrides: Path
    strings: tuple[Path, ...]
    assets: Path
    authored_pages: tuple[Path, ...]
    config: Path
    node_modules: Path


def site_files(root: Path) -> SiteFiles:
    """Each part of `site/` from the publication if it has that part, else from this program's own."""

    def part(name: str) -> Path:
        own = root / name
        return own if own.exists() or own.is_symlink() else HOME / name

    return SiteFiles(
        templates=part("site/templates"),
        overrides=part("site/overrides"),
        strings=(root / "site/strings", HOME / "site/strings"),
        assets=part("site/assets"),
        authored_pages=(root / "site/pages", HOME / "site/pages"),
        config=part("mkdocs.yml"),
        node_modules=HOME / "node_modules",
    )


def interface_words(publication: Publication, files: SiteFiles) -> dict[str, Strings]:
    """The texts of the interface in each of the publication's languages. Raises DataFaults where there are faults."""
    languages = publication.catalog.languages
    faults = word_faults(files.strings, languages)
    if has_errors(faults):
        raise DataFaults(faults)
    return read_strings(files.strings, languages)


@dataclass(frozen=True)
class SiteCheck:
    """The pages that a person wrote, and what is wrong with them, with texts and with settings.

    `standing` says of an address of the whole site what is there.
    """

    pages: tuple[AuthoredPage, ...]
    problems: tuple[Problem, ...]
    standing: Callable[[str], Found]

    def excuses(self, address: str, *, is_partial: bool) -> bool:
        """Whether the site may lack what is at an address: a draft, or of a partial site what the whole one has."""
        return self.standing(address) in (("draft", "there") if is_partial else ("draft",))


def check_site(publication: Publication, files: SiteFiles, *, is_whole: bool = True) -> SiteCheck:
    """Reads all of it, and looks where the links of the publication's own pages lead.

    Of a publication that could not be read as a whole (`is_whole`), it is not known what its datasets have.
    """
    languages = publication.catalog.languages
    authored, problems = read_authored_pages(files.authored_pages, languages)
    pages = tuple(each.page for each in authored)
    own = tuple(each for each in authored if each.is_own)
    addresses = _Addresses(publication, pages, files.assets, is_whole=is_whole)
    found = [*problems, *word_faults(files.strings, languages), *_taken(own, addresses), *addresses.problems()]
    for file in own:
        template = file.page.front.get("template")
        if isinstance(template, str) and not (files.overrides / template).is_file():
            found.append(problem("page-template-missing", file.file, 1, template=template))
    found += _bodies(own, addresses, files.config)
    return SiteCheck(pages, tuple(sorted(dict.fromkeys(found), key=Problem.sort_key)), addresses.standing)


def _taken(files: Sequence[AuthoredFile], addresses: _Addresses) -> Iterator[Problem]:
    """Pages at an address that something else has."""
    catalog = addresses.publication.catalog
    seen: dict[str, AuthoredFile] = {}
    for file in files:
        address = authored_address(catalog, file.page)
        first = address.partition("/")[0]
        folders = {*_TAKEN, *(catalog.languages[1:] if file.page.language == catalog.languages[0] else ())}
        below = file.page.path.partition("/")[0].removesuffix(".md")
        if address in seen:
            yield problem("page-address-taken", file.file, address=f"/{address}", other=seen[address].file)
        elif below == "templates" or (first in folders and below in folders):
            yield problem("page-address-taken", file.file, address=f"/{address}", folder=below, rule="folder")
        elif addresses.is_generated(address):
            yield problem("page-address-taken", file.file, address=f"/{address}", rule="generated")
        seen.setdefault(address, file)


def _bodies(files: Sequence[AuthoredFile], addresses: _Addresses, config: Path) -> Iterator[Problem]:
    """What is wrong with `mkdocs.yml` or, where it can be used, with the text of pages."""
    catalog = addresses.publication.catalog
    if not files and config.parent.resolve() != addresses.publication.root:
        return
    settings, problems = read_markdown_settings(config, config.parent)
    yield from problems
    if settings is None:
        return
    from datagazette.load.authored_links import LinkedSite, PagePlace, converter, link_problems  # with Python-Markdown

    reader, problems = converter(settings)
    yield from problems
    if reader is None:
        return
    site = LinkedSite(catalog.base_url if is_site_address(catalog.base_url) else "", addresses.standing)
    beside = {language: addresses.staged(language) for language in catalog.languages}
    for file in files:
        language = file.page.language
        place = PagePlace(authored_address(catalog, file.page), localized(catalog, "", language), beside[language])
        yield from link_problems(file, place, site, reader)


class _Addresses:
    """What is at which address, without a look into tables, which may be faulty; of a dataset once it is asked."""

    def __init__(
        self, publication: Publication, pages: tuple[AuthoredPage, ...], assets: Path, *, is_whole: bool
    ) -> None:
        self.publication, self._pages, self._assets, self._is_whole = publication, pages, assets, is_whole
        no_datasets = {dataset.name: () for dataset in publication.datasets}
        self._overview = frozenset(each.entry.address for each in plan(Snapshot(publication, {}), no_datasets))
        self._authored = frozenset(authored_address(publication.catalog, page) for page in pages)
        self._dataset = cache(self._planned)

    def _planned(self, name: str, *, drafts: bool) -> frozenset[str]:
        """What is published of a dataset, or would be with its drafts."""
        dataset = self.publication.dataset(name)
        if dataset is None:
            return frozenset()
        shown = as_released(dataset, dataset.releases) if drafts else dataset
        planned = plan_dataset(Snapshot(self.publication, {}), shown, is_open=False)
        return frozenset(each.entry.address for each in planned if each.entry.kind != "feed")

    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the addresses of datasets, drafts included."""
        planned, published = partial(self._dataset, drafts=True), partial(self._dataset, drafts=False)
        return check_addresses(self._overview, self.publication.datasets, planned, published)

    def staged(self, language: str) -> frozenset[str]:
        """The files that MkDocs sees beside an authored page of a language."""
        catalog = self.publication.catalog
        prefix = localized(catalog, "", language)
        others = tuple(f"{other}/" for other in catalog.languages[1:])
        pages = (path for path in self._overview if path.startswith(prefix) and path[-1:] in ("", "/"))
        own = (path.removeprefix(prefix) for path in pages if prefix or not path.startswith(others))
        return frozenset((*map(staged, own), *(page.path for page in self._pages if page.language == language)))

    def is_generated(self, address: str) -> bool:
        """Whether a page that this program makes is at an address."""
        return address in self._overview or address in self._dataset(self._named(address), drafts=True)

    def standing(self, address: str) -> Found:
        """What a link to an address meets."""
        meant = (address, f"{address}/")
        for path in meant:
            dataset = self._dataset(self._named(path), drafts=False)
            if path in self._overview or path in self._authored or path in dataset:
                return "there"
        if any(path in self._dataset(self._named(path), drafts=True) for path in meant):
            return "draft"
        if not self._is_whole and self._named(address):
            return "unknown"
        kept = address.removeprefix("assets/site/")
        if kept != address and "/" not in kept and not kept.endswith(_BUNDLED):
            return "there" if (self._assets / kept).is_file() else "missing"
        return "unknown" if address.startswith(_MACHINERY) else "missing"

    def _named(self, address: str) -> str:
        """The name of the dataset that an address would be of: the first that follows a folder of datasets."""
        parts = address.split("/")
        if parts[0] in self.publication.catalog.languages[1:]:
            del parts[0]
        if parts[:2] == ["api", "datasets"]:
            return parts[2].removesuffix(".json") if len(parts) > 2 else ""
        return parts[1] if parts[0] in ("datasets", "data") and len(parts) > 1 else ""
