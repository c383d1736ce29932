"""What hosts read beside the pages: `.htaccess` for Apache, `_headers` for Cloudflare Pages and Netlify.

They say the media types of our files and that texts are UTF-8, and where the page for missing addresses is. Hosts that
read no file of a site need lines in their own configuration, which are in docs/start/hosting/. The slash at the end of
an address needs no redirect: hosts add it by themselves. Those of `latest/` are in `redirects`.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from datagazette.downloads.package import MEDIA_TYPES

# By the endings of names; texts among them are UTF-8.
TEXT_TYPES = {
    "txt": MEDIA_TYPES["license"],
    "csv": MEDIA_TYPES["csv"],
    "ttl": "text/turtle",
    "cff": MEDIA_TYPES["citation-cff"],
    "bib": MEDIA_TYPES["citation-bibtex"],
    "ris": MEDIA_TYPES["citation-ris"],
    "sql": MEDIA_TYPES["summary-sql"],
}
OTHER_TYPES = {
    "jsonld": "application/ld+json",
    "ndjson": MEDIA_TYPES["ndjson"],
    "parquet": MEDIA_TYPES["parquet"],
    "xlsx": MEDIA_TYPES["xlsx"],
}
# What hosts compress; all else is compressed already.
_COMPRESSED = (
    "text/html", "text/css", "text/xml", "text/javascript", "application/javascript", "application/json",
    "application/atom+xml", "image/svg+xml", OTHER_TYPES["jsonld"], OTHER_TYPES["ndjson"],
)  # fmt: skip


def host_files(base_url: str, more: str = "") -> Iterator[tuple[str, str]]:
    """(path, content) of the files at the root of a site whose address is `base_url`. `more` are further lines for
    Apache."""
    types = "".join(f"AddType {kind} .{ending}\n" for ending, kind in (TEXT_TYPES | OTHER_TYPES).items())
    compressed = " ".join(dict.fromkeys((*_COMPRESSED, *TEXT_TYPES.values())))
    yield ".htaccess", _HTACCESS.format(
        path=urlsplit(base_url).path or "/", types=types, texts=" ".join(f".{ending}" for ending in TEXT_TYPES),
        compressed=compressed,
    ) + more  # fmt: skip
    rules = [(ending, f"{kind}; charset=utf-8") for ending, kind in TEXT_TYPES.items()]
    rules += OTHER_TYPES.items()
    yield "_headers", "".join(f"/*.{ending}\n  Content-Type: {kind}\n" for ending, kind in rules)


_HTACCESS = """\
ErrorDocument 404 {path}404.html
AddDefaultCharset UTF-8
<IfModule mod_mime.c>
{types}AddCharset UTF-8 {texts}
</IfModule>
<IfModule mod_filter.c>
<IfModule mod_deflate.c>
AddOutputFilterByType DEFLATE {compressed}
</IfModule>
</IfModule>
"""
