"""What maintainers write under `site/`: pages, the texts of the interface, `mkdocs.yml`. Where it is, and its check."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from datagazette.build.look import contrast_remarks, look_problems
from datagazette.build.site_layers import layer_problems
from datagazette.build.site_pages import site_pages
from datagazette.build.site_plan import Snapshot, as_released, authored_address, check_addresses, plan, plan_dataset
from datagazette.describe.addresses import localized, staged
from datagazette.describe.neutral_pages import STARTER_PAGES
from datagazette.files import former_copies, same_bytes
from datagazette.home import HOME
from datagazette.load.authored_pages import AuthoredFile, MarkdownSettings, read_markdown_settings
from datagazette.load.personal import as_warnings, personal_page
from datagazette.model.errors import DataFaults
from datagazette.model.names import is_site_address
from datagazette.model.pages import AuthoredPage
from datagazette.model.problems import Problem, Remark, has_errors, problem
from datagazette.model.publication import Catalog, Publication
from datagazette.pages.string_faults import WORDS, word_faults
from datagazette.pages.strings import Strings, read_strings, untranslated
from datagazette.publish.redirects import redirect_faults

if TYPE_CHECKING:
    from datagazette.load.authored_links import Found

# What pages are shown and searched with, and what the host of the site may add.
_MACHINERY = ("assets/", "pagefind/", "search/", "sitemap", "404.html", "robots.txt", "_headers", "CNAME", ".")
# Top folders of the site that hold no pages; MkDocs leaves out what lies in `templates`.
_TAKEN = ("api", "assets", "data", "pagefind", "search", "templates")
_BUNDLED = (".js", ".css")


@dataclass(frozen=True)
class SiteFiles:
    """Folders and files that pages are made with.

    The publication's own are laid over this program's: of folders and files in order, a file, a text of the interface
    or a setting is taken from the first that has it. What is not there is simply left out. `authored_pages` are the
    publication's alone, and `neutral_pages` this program's; `node_modules` is where npm has installed.
    """

    templates: tuple[Path, ...]
    overrides: tuple[Path, ...]
    strings: tuple[Path, ...]
    assets: tuple[Path, ...]
    authored_pages: Path
    neutral_pages: Path
    config: tuple[Path, ...]
    node_modules: Path

    @property
    def layers(self) -> tuple[Path, ...]:
        """All that pages are made with, but for what npm has installed."""
        folders = (*self.templates, *self.overrides, *self.assets, *self.strings)
        return (*folders, self.authored_pages, self.neutral_pages, *self.config)


def site_files(root: Path) -> SiteFiles:
    """The publication's own files and this program's; the publication that the program ships with has them once."""

    def both(name: str) -> tuple[Path, ...]:
        return tuple(dict.fromkeys((root.resolve() / name, HOME / name)))

    return SiteFiles(
        templates=both("site/templates"),
        overrides=both("site/overrides"),
        strings=both("site/strings"),
        assets=both("site/assets"),
        authored_pages=root.resolve() / "site/pages",
        neutral_pages=STARTER_PAGES,
        config=both("mkdocs.yml"),
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
    """The pages that a person wrote and the neutral ones, and what is wrong with them, with texts and settings.

    `standing` says of an address of the whole site what is there. `former` are languages that had a folder of their own
    when a release was published, whose files name pages in it, and have none today.
    """

    pages: tuple[AuthoredPage, ...]
    problems: tuple[Problem, ...]
    standing: Callable[[str], Found]
    remarks: tuple[Remark, ...] = ()
    former: frozenset[str] = frozenset()

    def excuses(self, address: str, *, is_partial: bool) -> bool:
        """Whether the site may lack what is at an address: a draft, what was removed on purpose, or of a partial site
        what the whole one has; and a page in a former folder of its language."""
        language, _, rest = address.partition("/")
        if language in self.former:
            return self.excuses(rest, is_partial=is_partial) or self.standing(rest) == "there"
        return self.standing(address) in ("draft", "removed", *(("there",) if is_partial else ()))


def check_site(publication: Publication, files: SiteFiles, *, is_whole: bool = True) -> SiteCheck:
    """Reads all of it, and looks where the links of the publication's own pages lead.

    Of a publication that could not be read as a whole (`is_whole`), it is not known what its datasets have.
    """
    catalog, languages = publication.catalog, publication.catalog.languages
    authored, problems = site_pages(publication, files.authored_pages)
    pages = tuple(each.page for each in authored)
    own = tuple(each for each in authored if each.is_own)
    addresses = _Addresses(publication, pages, files.assets, is_whole=is_whole)
    words = word_faults(files.strings, languages)
    found = [*problems, *words, *_taken(own, addresses), *addresses.problems()]
    found += redirect_faults(publication)
    found += look_problems(publication, pages, addresses.standing)
    for file in own:
        template = file.page.front.get("template")
        if isinstance(template, str) and not any((folder / template).is_file() for folder in files.overrides):
            found.append(problem("page-template-missing", file.file, 1, template=template))
    found += _bodies(own, addresses, files.config)
    found += _personal(publication, own)
    found += _layers(publication, files, own)
    imprints = (release.imprint for dataset in publication.datasets for release in dataset.releases)
    former = frozenset(code for imprint in imprints if imprint for code in imprint.languages[1:]) - {*languages[1:]}
    remarks = (*_neutral(authored, catalog), *contrast_remarks(catalog.brand))
    remarks += tuple(_former(publication.root, files))
    remarks += () if has_errors(words) else tuple(_untranslated(files.strings, languages))
    return SiteCheck(
        pages, tuple(sorted(dict.fromkeys(found), key=Problem.sort_key)), addresses.standing, remarks, former
    )


def _personal(publication: Publication, own: Sequence[AuthoredFile]) -> Iterator[Problem]:
    """Personal data on pages, but those that the catalogue declares. The publication's contact points may be there."""
    catalog = publication.catalog
    declared = {each.page for each in catalog.personal}
    releases = (release for dataset in publication.datasets for release in dataset.releases)
    accepted = {source.email.lower() for release in releases for source in release.sources if source.email}
    accepted |= {catalog.contact.email.lower()} if catalog.contact and catalog.contact.email else set()
    for file in own:
        name = file.page.path.removesuffix(".md")
        if name not in declared:
            yield from as_warnings(personal_page(file.page.body, name, file.file, file.above, accepted))


def _layers(publication: Publication, files: SiteFiles, own: Sequence[AuthoredFile]) -> Iterator[Problem]:
    """What the publication has in `site/` for nothing; the one that is shipped with the program has the program's."""
    folders = {"assets": files.assets, "overrides": files.overrides, "templates": files.templates}
    if len(files.assets) > 1:
        catalog = publication.catalog
        named = [f"overrides/{file.page.front['template']}" for file in own if file.page.front.get("template")]
        named += [logo.path.removeprefix("site/") for logo in (catalog.brand.logo, catalog.brand.logo_dark) if logo]
        named += [f"assets/{catalog.counter.script}"] if catalog.counter else []
        yield from layer_problems(publication.root, folders, named, catalog.languages)


def _neutral(pages: Sequence[AuthoredFile], catalog: Catalog) -> Iterator[Remark]:
    """Which pages are the program's, and where the first one of the publisher's own would be."""
    found: dict[str, list[str]] = {}
    for page in (page.page for page in pages if not page.is_own):
        found.setdefault(page.address.strip("/"), []).append(page.language)
    names = [name if len(known) == len(catalog.languages) else f"{name} ({', '.join(known)})"
             for name, known in found.items()]  # fmt: skip
    if names:
        first = next(page.file for page in pages if not page.is_own)
        yield Remark("neutral-pages", (("pages", ", ".join(names)), ("file", first)))


def _former(root: Path, files: SiteFiles) -> Iterator[Remark]:
    """That the publication has untouched copies of files that the program has otherwise by now."""
    copies = [
        path
        for folders in (files.assets, files.overrides, files.templates)
        for path in former_copies(folders)
        if not same_bytes(path, folders[-1] / path.relative_to(folders[0]))
    ]
    if copies:
        first = min(copies).relative_to(root.resolve()).as_posix()
        yield Remark("former-copies", (("count", str(len(copies))), ("file", first)))


def _untranslated(folders: Sequence[Path], languages: Sequence[str]) -> Iterator[Remark]:
    for language in languages:
        if count := untranslated(folders, language):
            file = f"{WORDS}/{language}.yaml"
            yield Remark("untranslated", (("count", str(count)), ("language", language), ("file", file)))


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


def _bodies(files: Sequence[AuthoredFile], addresses: _Addresses, config: Sequence[Path]) -> Iterator[Problem]:
    """What is wrong with `mkdocs.yml` or, where it can be used, with the text of pages."""
    catalog = addresses.publication.catalog
    own = config[0]
    if not files and not os.path.lexists(own):
        return
    settings = MarkdownSettings({})
    for path in (path for path in reversed(config) if path != own or os.path.lexists(own)):
        over, problems = read_markdown_settings(path, path.parent)
        yield from problems
        if over is None:
            return
        settings = settings.under(over)
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
        self, publication: Publication, pages: tuple[AuthoredPage, ...], assets: Sequence[Path], *, is_whole: bool
    ) -> None:
        self.publication, self._pages, self._assets, self._is_whole = publication, pages, assets, is_whole
        no_datasets = {dataset.name: () for dataset in publication.datasets}
        self._overview = frozenset(each.entry.address for each in plan(Snapshot(publication, {}), no_datasets))
        self._authored = frozenset(authored_address(publication.catalog, page) for page in pages)
        self._dataset = cache(self._planned)
        # A summary that only a removed release had is gone with it, too.
        self._removed = {release.dataset for release in publication.removed}

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
        if self._named(address) in self._removed:
            return "removed"
        if not self._is_whole and self._named(address):
            return "unknown"
        kept = address.removeprefix("assets/site/")
        if kept != address and not kept.endswith(_BUNDLED):
            return "there" if any((folder / kept).is_file() for folder in self._assets) else "missing"
        return "unknown" if address.startswith(_MACHINERY) else "missing"

    def _named(self, address: str) -> str:
        """The name of the dataset that an address would be of: the first that follows a folder of datasets."""
        parts = address.split("/")
        if parts[0] in self.publication.catalog.languages[1:]:
            del parts[0]
        if parts[:2] == ["api", "datasets"]:
            return parts[2].removesuffix(".json") if len(parts) > 2 else ""
        return parts[1] if parts[0] in ("datasets", "data") and len(parts) > 1 else ""
