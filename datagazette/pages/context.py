"""What pages are made from, and a page in one language: how it writes texts, links and dates, and how it is staged.

A staged page has front matter, and a body from a template that a Markdown renderer leaves alone.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any

import yaml
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, FunctionLoader, StrictUndefined
from markupsafe import Markup, escape

from datagazette.describe import addresses
from datagazette.describe.notation import Number
from datagazette.describe.prose import plain_text
from datagazette.files import overlaid
from datagazette.model.errors import EnvironmentFault, raised_in
from datagazette.model.names import Version
from datagazette.model.pages import AuthoredPage
from datagazette.model.publication import Catalog, Dataset, Publication, Release
from datagazette.model.results import ReleaseResult
from datagazette.model.text import Text, isolated
from datagazette.model.value_history import ValueHistory
from datagazette.pages import markup, numbers
from datagazette.pages.strings import Strings
from datagazette.pages.table_html import TableHtml

# libyaml's dumper where it is there: it is many times faster and writes the same.
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_encode = json.JSONEncoder(ensure_ascii=False).encode
# Characters that JSON may hold as they are, and YAML not, or as the end of a line.
_NOT_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
# Characters that a search engine shows whole, or nearly.
_LONGEST_DESCRIPTION = 300

Key = tuple[str, Version]
PlotKey = tuple[str, Version, str, str]


@dataclass(frozen=True)
class Plot:
    """A chart's drawing as SVG that our own code wrote: for wide screens, and for phones."""

    wide: str
    narrow: str


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
    `templates` are folders: a template is taken from the first that has it.
    `histories` are those of the values of datasets that have several releases, by name.
    `today` is only given where a build may depend on the date: it marks what is overdue.
    """

    publication: Publication
    results: Mapping[Key, ReleaseResult]
    strings: Mapping[str, Strings]
    templates: tuple[Path, ...]
    authored_pages: tuple[AuthoredPage, ...] = ()
    labels: Mapping[tuple[str, str], Mapping[str, Text]] = field(default_factory=dict)
    regions: Mapping[str, Text] = field(default_factory=dict)
    images: Mapping[str, str] = field(default_factory=dict)
    plots: Mapping[PlotKey, Plot] = field(default_factory=dict)
    cards: Mapping[tuple[str, str], Any] = field(default_factory=dict)
    histories: Mapping[str, ValueHistory] = field(default_factory=dict)
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


def words(value: object) -> str:
    """Text without the tags of a marked text, for attributes and sentences."""
    return value.striptags() if isinstance(value, Markup) else str(value)


@dataclass(frozen=True)
class PageContext:
    """Writes for the page at `path`, within the folder of its language, in `language`."""

    content: SiteContent
    language: str
    path: str

    @property
    def strings(self) -> Strings:
        return self.content.strings[self.language]

    @property
    def address(self) -> str:
        """Where the page is, relative to the site's root."""
        return self.localized(self.path)

    def say(self, key: str, **values: object) -> str:
        """A string of the interface."""
        return self.strings.fill(key, **{name: isolated(words(value)) for name, value in values.items()})

    def count(self, key: str, number: int) -> str:
        """A counted string, `$n` being the number: `1 row`, `41,352 rows`."""
        return self.strings.plural(f"count.{key}", number, n=numbers.exact(number, self.strings))

    def word(self, group: str, code: str) -> str:
        """The word for a code such as a kind of note; the code itself where the language has none."""
        return markup.one_line(self.strings.get(f"{group}.{code}", code))

    def line(self, text: Text) -> str:
        """A text of the data, on one line."""
        return markup.one_line(text.get(self.language))

    def text(self, text: Text) -> str | Markup:
        """The same, marked with its language where that is not the page's."""
        value = self.line(text)
        return self._marked(text, escape(value), "span") if text.language_of(self.language) != self.language else value

    def plain(self, text: Text) -> str:
        """A description without its markup."""
        return isolated(plain_text(text.get(self.language)))

    def rich(self, text: Text) -> Markup:
        """A description in paragraphs."""
        return self._marked(text, markup.rich(text.get(self.language)), "div")

    def rich_inline(self, text: Text) -> Markup:
        """A description without paragraphs, for a place that holds one line."""
        return self._marked(text, markup.rich_inline(text.get(self.language)), "span")

    def _marked(self, text: Text, inner: Markup, tag: str) -> Markup:
        """`inner`, which says its language where that is not the page's."""
        language = text.language_of(self.language)
        if not inner or language == self.language:
            return inner
        other = self.content.strings.get(language)
        turns = other is not None and other.direction != self.strings.direction
        written = Markup(" dir='{}'").format(other.direction) if other and turns else ""
        return Markup("<{0} lang='{1}'{2}>{3}</{0}>").format(Markup(tag), language, written, inner)  # noqa: S704

    def dataset_title(self, release: Release) -> str:
        """The title of a dataset, on one line."""
        return self.line(release.title) or release.dataset

    def trail(self, dataset: str = "", title: str = "") -> tuple[tuple[str, str], ...]:
        """The breadcrumbs, as (title, path), of a dataset's page or, with its name and title, of a page below it."""
        below = ((title, addresses.dataset_path(dataset)),) if dataset else ()
        return ((self.say("catalogue.title"), addresses.CATALOGUE), *below)

    def to(self, path: str, fragment: str = "", query: str = "") -> str:
        """The link to a page in the same language."""
        link = addresses.relative(self.address, self.localized(path))
        return link + (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")

    def dataset_link(self, name: str) -> str:
        """The link to the page of a dataset."""
        return self.to(addresses.dataset_path(name))

    def file(self, dataset: str, version: Version, path: str = "") -> str:
        """The link to a published file of a release."""
        return self.root(addresses.data_path(dataset, version, path))

    def root(self, path: str) -> str:
        """The link to anything below the site's root."""
        return addresses.relative(self.address, path)

    def absolute(self, path: str) -> str:
        """The full address of a page in this language, as citations have it."""
        return self.content.catalog.base_url + self.localized(path)

    def localized(self, path: str) -> str:
        """The address of a page or feed in this language, relative to the site's root."""
        return addresses.localized(self.content.catalog, path, self.language)

    def date(self, value: datetime.date | str) -> str:
        return numbers.date_words(value, self.strings)

    def size(self, size: int) -> str:
        return numbers.file_size(size, self.strings)

    def number(self, value: Number) -> str:
        return numbers.shown(value, self.strings)

    def listed(self, parts: Sequence[str]) -> str:
        return self.say("text.list_separator").join(map(isolated, parts))

    def theme(self, name: str) -> str:
        found = self.content.catalog.theme(name)
        return self.line(found.title) if found else name

    def region(self, code: str) -> str:
        """The name of a region, of a country as CLDR has it; the code itself where it has none."""
        found = self.content.regions.get(code)
        countries = self.strings.locale.territories if len(code) == 2 else {}  # longer ones are continents
        known = self.strings.get(f"region.{code}") or countries.get(code)
        return self.line(found) if found else known or markup.one_line(code)

    def facets(self, release: Release) -> dict[str, list[str]]:
        """What search results can be narrowed by, as people call it."""
        return {
            "theme": [self.theme(theme) for theme in release.themes],
            "region": [self.region(code) for code in release.spatial],
        }

    def release_date(self, release: Release) -> str:
        return self.date(release.date) if release.date else self.say("release.draft")


@dataclass(frozen=True)
class Head:
    """What the theme and search engines need to know of a page; `extra` goes into the front matter as it is."""

    kind: str
    title: str
    description: str
    breadcrumbs: tuple[tuple[str, str], ...] = ()
    search: Mapping[str, object] = field(default_factory=dict)
    jsonld: str = ""
    noindex: bool = False
    modified: str = ""
    hide: tuple[str, ...] = ("navigation",)
    extra: Mapping[str, Any] = field(default_factory=dict)


def render(context: PageContext, name: str, head: Head, **values: Any) -> Page:
    """The page that the template `name` makes of `values`, its heading as well."""
    head = replace(head, extra={"heading": False, **head.extra})
    return stage(context, head, markup.assemble(filled(context, name, head=head, **values)))


def filled(context: PageContext, name: str, **values: Any) -> str:
    """What the template `name` makes of `values`. Raises EnvironmentFault where a template of the publication fails."""
    rtl, seen = context.strings.direction == "rtl", list[int]()
    html = TableHtml(context.say, rtl, seen)
    view = {"r": context, "say": context.say, "count": context.count, "links": addresses}
    view |= {"rtl": rtl, "seen": seen, "html": html}
    own, *ours = context.content.templates
    try:
        return _environment(context.content.templates).get_template(f"{name}.html").render(**view, **values)
    except Exception as error:
        place = raised_in(error, own) if ours else ""
        if not place:
            raise
        raise EnvironmentFault("template", place=f"site/templates/{place}", reason=error) from error


def stage(context: PageContext, head: Head, body: str, path: str = "") -> Page:
    """Front matter and body; `path` is the file of an authored page, whose author may have written days and other
    values there that JSON does not have."""
    front = _front_matter(context, head)
    content = (
        yaml.dump(front, Dumper=_DUMPER, allow_unicode=True, sort_keys=False, width=10_000) if path else _lines(front)
    )
    places = tuple((str(place["code"]), str(place["path"])) for place in front.get("languages") or ())
    listed = None if front.get("noindex") or not places else Listed(places, str(front.get("modified") or ""))
    return Page(path or addresses.staged(context.path), context.language, f"---\n{content}---\n\n{body}", listed)


def _lines(front: Mapping[str, object]) -> str:
    """Front matter as JSON, a line for each key, which YAML reads as the same."""
    written = "".join(f"{name}: {_encode(value)}\n" for name, value in front.items())
    return _NOT_YAML.sub(lambda found: f"\\u{ord(found[0]):04x}", written)


def _front_matter(context: PageContext, head: Head) -> dict[str, Any]:
    path, images = context.path, context.content.images
    while path and context.localized(path) not in images:  # else the picture of the page above, or of the home page
        path = addresses.above(path)
    description = markup.one_line(head.description)
    if len(description) > _LONGEST_DESCRIPTION:
        description = description[: _LONGEST_DESCRIPTION - 1].rstrip() + "…"
    described: dict[str, Any] = {
        "title": markup.one_line(head.title),
        "description": markup.one_line(description),
        "kind": head.kind,
        "path": context.address,
        "languages": languages(context),
        "breadcrumbs": [{"title": markup.one_line(title), "path": link} for title, link in head.breadcrumbs],
        "jsonld": head.jsonld,
        "image": images.get(context.localized(path), ""),
        "search": {name: value for name, value in head.search.items() if value},
        "modified": head.modified,
        "noindex": head.noindex,
        "hide": list(head.hide),
    }
    kept = {name: value for name, value in described.items() if value or name in {"path", "title"}}
    return kept | dict(head.extra)


def languages(context: PageContext) -> list[dict[str, str]]:
    """The same page in every language."""
    content = context.content
    return [
        {
            "code": language,
            "name": content.strings[language].name,
            "path": addresses.localized(content.catalog, context.path, language),
        }
        for language in content.catalog.languages
    ]


def _own_template(folders: tuple[Path, ...], name: str) -> tuple[str, str, Callable[[], bool]] | None:
    """A template of the publication as Jinja takes it: text, place, and whether it is still the same."""
    path = overlaid(folders).get(name) if folders[1:] and (folders[0] / name).is_file() else None
    if path is None or not path.is_relative_to(folders[0]):
        return None
    changed = path.stat().st_mtime_ns
    return path.read_text("utf-8"), str(path), lambda: path.is_file() and path.stat().st_mtime_ns == changed


@cache
def _environment(folders: tuple[Path, ...]) -> Environment:
    """The templates of `folders`, as strict as Jinja can be; compiled once, and again where a file changed."""
    found = Environment(
        loader=ChoiceLoader([FunctionLoader(partial(_own_template, folders)), FileSystemLoader(folders[-1])]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=markup.finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=True,
    )
    found.filters["pre"] = markup.preformatted
    found.filters["copied"] = markup.copied
    found.filters["code"] = markup.code
    found.filters["words"] = words
    found.filters["addresses_apart"] = markup.addresses_apart
    found.globals["heading"] = markup.heading
    return found
