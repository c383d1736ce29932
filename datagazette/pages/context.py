"""A page in one language: how its texts, links, numbers and dates are written."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from datagazette.describe import addresses
from datagazette.describe.prose import plain_text
from datagazette.describe.values import Number
from datagazette.model.names import Version
from datagazette.model.publication import Release
from datagazette.model.text import Text, isolated
from datagazette.pages import markup, numbers
from datagazette.pages.content import SiteContent
from datagazette.pages.strings import Strings


def words(value: object) -> str:
    """Text as words only, for attributes and sentences: without the tags of a marked text."""
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
        return self.strings.fill(key, **{name: isolated(words(one)) for name, one in values.items()})

    def count(self, key: str, number: int) -> str:
        """A counted string, `$n` being the number: `1 row`, `41,352 rows`."""
        return self.strings.plural(f"count.{key}", number, n=numbers.exact(number, self.strings))

    def word(self, group: str, code: str) -> str:
        """The word for a code such as a kind of note; the code itself where the language has none."""
        return markup.one_line(self.strings.get(f"{group}.{code}", code))

    def text(self, text: Text) -> str | Markup:
        """A text of the data; marked with its language where it is not that of the page."""
        value = markup.one_line(text.get(self.language))
        return self._marked(text, escape(value), "span") if self._is_foreign(text) else value

    def plain(self, text: Text) -> str:
        """A description without its markup."""
        return isolated(plain_text(text.get(self.language)))

    def rich(self, text: Text) -> Markup:
        """A description in paragraphs."""
        found = markup.rich(text.get(self.language))
        return self._marked(text, found, "div") if self._is_foreign(text) else found

    def rich_inline(self, text: Text) -> Markup:
        found = markup.rich_inline(text.get(self.language))
        return self._marked(text, found, "span") if self._is_foreign(text) else found

    def _is_foreign(self, text: Text) -> bool:
        return text.language_of(self.language) != self.language

    def _marked(self, text: Text, inner: Markup, tag: str) -> Markup:
        language = text.language_of(self.language)
        return Markup("<{0} lang='{1}'>{2}</{0}>").format(Markup(tag), language, inner)  # noqa: S704

    def to(self, path: str, fragment: str = "", query: str = "") -> str:
        """The link to a page in the same language."""
        link = addresses.relative(self.address, self.localized(path))
        return link + (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")

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
        return markup.one_line(found.title.get(self.language)) if found else name

    def region(self, code: str) -> str:
        """The name of a region; the code itself where it has none."""
        found = self.content.regions.get(code)
        return markup.one_line(found.get(self.language)) if found else self.word("region", code)

    def release_date(self, release: Release) -> str:
        return self.date(release.date) if release.date else self.say("release.draft")
