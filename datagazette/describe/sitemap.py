"""The map of the site for search engines: one for all languages, in parts where it is long.

https://www.sitemaps.org/protocol.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

# What the protocol allows in one file.
_MOST = 50_000
_START = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACES = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'

# Addresses by language, relative to the site's root, and the day of the last change.
Place = tuple[Sequence[tuple[str, str]], str]


def sitemaps(base_url: str, pages: Iterable[Place]) -> Iterator[tuple[str, str]]:
    """(file, content): `sitemap.xml`, and where that would be too long its parts, which it then lists."""
    found = [url for one in pages for url in _urls(base_url, *one)]
    parts = [found[start : start + _MOST] for start in range(0, len(found), _MOST)]
    if len(parts) <= 1:
        yield "sitemap.xml", _set(found)
        return
    names = [f"sitemap-{number}.xml" for number in range(1, len(parts) + 1)]
    yield from zip(names, map(_set, parts), strict=True)
    listed = "\n".join(f"<sitemap><loc>{escape(base_url + name)}</loc></sitemap>" for name in names)
    yield "sitemap.xml", f"{_START}<sitemapindex {_NAMESPACES}>\n{listed}\n</sitemapindex>\n"


def _set(urls: Sequence[str]) -> str:
    return "\n".join((f"{_START}<urlset {_NAMESPACES}>", *urls, "</urlset>", ""))


def _urls(base_url: str, places: Sequence[tuple[str, str]], modified: str) -> Iterator[str]:
    """One for each language, each with all the others beside it."""
    changed = f"<lastmod>{escape(modified)}</lastmod>" if modified else ""
    others = "".join(
        f'<xhtml:link rel="alternate" hreflang={quoteattr(code)} href={quoteattr(base_url + path)}/>'
        for code, path in places
    )
    beside = others if len(places) > 1 else ""
    for _, path in places:
        yield f"<url><loc>{escape(base_url + path)}</loc>{changed}{beside}</url>"
