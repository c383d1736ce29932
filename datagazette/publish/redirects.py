"""The addresses below `latest/` that lead to the files of the newest version, in the words of the hosts that can do so.

Each dataset has a rule for all its files and one for each of the two whose name holds the version. They are temporary
redirects (302): the next release leads elsewhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from datagazette.describe import addresses
from datagazette.load.files import CATALOG
from datagazette.model.hosts import HOSTS, REDIRECTS
from datagazette.model.names import LATEST
from datagazette.model.problems import Problem, problem, warning
from datagazette.model.publication import Catalog, Publication, Release

# Hosts that read the same file, of which each leaves out what it does not know.
_SHARED = frozenset({"netlify", "cloudflare-pages", "gitlab-pages"})
NGINX_MAP = "latest.map"
# What means something at the start of a line of its maps: http://nginx.org/en/docs/http/ngx_http_map_module.html
_NGINX_WORDS = frozenset({"default", "hostnames", "include", "volatile"})


def redirected(publication: Publication) -> tuple[Release, ...]:
    """The releases to which `latest/` leads: none where no redirects are asked for."""
    newest = [dataset.latest for dataset in publication.datasets if dataset.latest.state != "draft"]
    return tuple(newest) if publication.catalog.redirects else ()


def redirect_files(publication: Publication) -> Iterator[tuple[str, str]]:
    """(path, content) of the files at the root of the site that hosts read."""
    catalog, releases, wanted = publication.catalog, redirected(publication), frozenset(publication.catalog.redirects)
    named = [(source, target) for release in releases for source, target in _named(catalog, release)]
    folders = [_folders(catalog, release) for release in releases]
    if wanted & _SHARED:
        yield "_redirects", _lines(named, folders)
    if "vercel" in wanted:
        pairs = [*named, *((f"{source}:path*", f"{target}:path*") for source, target in folders)]
        rules = [{"source": source, "destination": target, "permanent": False} for source, target in pairs]
        yield "vercel.json", json.dumps({"redirects": rules}, ensure_ascii=False, indent=1) + "\n"
    if "nginx" in wanted:
        names = [(f"\\{name}" if (name := release.dataset) in _NGINX_WORDS else name) for release in releases]
        pairs_of = zip(names, releases, strict=True)
        yield NGINX_MAP, "".join(f"{name} {release.version};\n" for name, release in pairs_of)


def apache_rules(publication: Publication) -> str:
    """The lines for `.htaccess`, in which patterns are relative to its folder; empty where they are not asked for."""
    if "apache" not in publication.catalog.redirects:
        return ""
    root = addresses.on_host(publication.catalog, "")
    lines = []
    for release in redirected(publication):
        place = re.escape(addresses.data_path(release.dataset, LATEST))
        target = root + addresses.data_folder(release)
        whole = rf"^{place}{re.escape(release.dataset)}\.(zip|xlsx)$ {target}{release.id}.$1"
        lines += [f"RewriteRule {rule} [R=302,L]" for rule in (whole, rf"^{place}(.+)$ {target}$1")]
    return "\n".join(("<IfModule mod_rewrite.c>", "RewriteEngine On", *lines, "</IfModule>", ""))


def redirect_faults(publication: Publication) -> Iterator[Problem]:
    """A problem for each host that takes fewer rules than there are; a warning where they are for other hosts than the
    one that `host` names."""
    catalog = publication.catalog
    if catalog.redirects and catalog.host in HOSTS and catalog.host not in ("plain", *catalog.redirects):
        other = {"host": HOSTS[catalog.host].title, "found": ", ".join(catalog.redirects), "name": catalog.host}
        yield warning("redirects-elsewhere", CATALOG, None, **other, rule="takes" if catalog.host in REDIRECTS else "")
    releases = redirected(publication)
    folders, named = len(releases), sum(len(list(_named(publication.catalog, release))) for release in releases)
    size = sum(len(text.encode()) for path, text in redirect_files(publication) if path == "_redirects")
    for host in publication.catalog.redirects:
        limits = REDIRECTS[host]
        for found, most, rule in (
            (folders, limits.patterns, "patterns"), (folders + named, limits.rules, ""), (size, limits.bytes, "bytes"),
        ):  # fmt: skip
            if most is not None and found > most:
                about = {"host": host, "found": found, "limit": most, "count": len(releases), "rule": rule}
                yield problem("redirects-too-many", CATALOG, None, **about)


def _named(catalog: Catalog, release: Release) -> Iterator[tuple[str, str]]:
    """(from, to) of the files whose name holds the version, as paths on the host."""
    for ending in ("zip", "xlsx"):
        path = f"{release.id}.{ending}"
        latest = addresses.data_path(release.dataset, LATEST, addresses.latest_path(release, path))
        yield addresses.on_host(catalog, latest), addresses.on_host(catalog, addresses.data_folder(release) + path)


def _folders(catalog: Catalog, release: Release) -> tuple[str, str]:
    """The folder below `latest/` and the version's, as paths on the host."""
    latest = addresses.data_path(release.dataset, LATEST)
    return addresses.on_host(catalog, latest), addresses.on_host(catalog, addresses.data_folder(release))


def _lines(named: Sequence[tuple[str, str]], folders: Sequence[tuple[str, str]]) -> str:
    """What Netlify, Cloudflare Pages and GitLab Pages read: rules without a pattern come first, since Cloudflare counts
    all that follow one as patterns."""
    rules = [*named, *((f"{source}*", f"{target}:splat") for source, target in folders)]
    return "".join(f"{source} {target} 302\n" for source, target in rules)
