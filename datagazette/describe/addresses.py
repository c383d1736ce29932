"""Where everything is published: the one place that knows the addresses of pages and files.

A path is relative to the site's root, or for a page to the folder of its language, without a slash before it:
`datasets/x/`, `data/x/1.0.0/x.csv`. An address is a whole one, with the site's.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlencode, urlsplit

from datagazette.model.look import Brand, Logo
from datagazette.model.names import Version
from datagazette.model.publication import Catalog, Release
from datagazette.model.signing import ENDINGS, SUMS, Kind

HOME = ""
CATALOGUE = "datasets/"
FIGURES = "figures/"
CHANGES = "changes/"
SOURCES = "sources/"
CONTRIBUTE = "contribute/"
PROBLEMS = "problems/"
VERIFY = "verify/"
KEYS = "keys/"
ALLOWED_SIGNERS, REVOKED_KEYS = f"{KEYS}allowed_signers", f"{KEYS}revoked_keys"
FEED = "feed.xml"
FILES = "files.txt"
ROBOTS = "robots.txt"
ICON = "assets/site/favicon.svg"


def numbered(path: str, number: int) -> str:
    """A page of the list at `path`, from 1."""
    return path if number == 1 else f"{path}page/{number}/"


def changes_part(first: int, last: int) -> str:
    """The page of the releases with these numbers, counted from the oldest one."""
    return f"{CHANGES}{first}-{last}/"


def dataset_path(dataset: str) -> str:
    return f"{CATALOGUE}{dataset}/"


def release_path(dataset: str, version: Version | str) -> str:
    return f"{CATALOGUE}{dataset}/{version}/"


def explore_path(dataset: str) -> str:
    return f"{CATALOGUE}{dataset}/explore/"


def explore_config(dataset: str, version: Version | str) -> str:
    """What the explorer reads of a release, to show that in the place of the newest."""
    return f"{explore_path(dataset)}{version}.json"


def history_path(dataset: str) -> str:
    return f"{CATALOGUE}{dataset}/history/"


def history_file(dataset: str) -> str:
    """The history of all values. It is below no release, whose files never change."""
    return f"data/{dataset}/history.csv"


def summary_path(dataset: str, summary: str) -> str:
    return f"{CATALOGUE}{dataset}/summaries/{summary}/"


def embed_path(dataset: str, summary: str) -> str:
    return f"{summary_path(dataset, summary)}embed/"


def feed_path(dataset: str) -> str:
    return f"{dataset_path(dataset)}{FEED}"


def data_path(dataset: str, version: Version | str, file: str = "") -> str:
    return f"data/{dataset}/{version}/{file}"


def api_path(dataset: str, summary: str = "") -> str:
    """What `/api/` says of a dataset, or of one of its summaries (`datagazette.describe.listing`)."""
    return f"api/datasets/{dataset}/summaries/{summary}.json" if summary else f"api/datasets/{dataset}.json"


def turtle_paths(catalog: Catalog) -> dict[str, str]:
    """The catalogues in one language each; there are none where the publication has one language."""
    return {code: f"catalog.{code}.ttl" for code in catalog.languages if len(catalog.languages) > 1}


def data_folder(release: Release) -> str:
    return data_path(release.dataset, release.version)


def signature_path(release: Release, kind: Kind) -> str:
    return f"{data_folder(release)}{SUMS}.{ENDINGS[kind]}"


def minisign_key(name: str) -> str:
    return f"{KEYS}{name}.pub"


def latest_path(release: Release, path: str) -> str:
    """The path of a file below `/data/<id>/latest/`: the same, without the version in its name."""
    return path.replace(f"{release.id}.", f"{release.dataset}.", 1) if path.startswith(f"{release.id}.") else path


def logo_path(logo: Logo, *, is_dark: bool = False) -> str:
    """Where a publication's logo is: always at the same address, since others name it too."""
    return f"assets/brand/logo{'-dark' if is_dark else ''}.{logo.ending}"


def icon_path(brand: Brand) -> str:
    """The icon of the site: its logo where that is about as wide as high."""
    return logo_path(brand.logo) if brand.logo and brand.logo.is_square else ICON


def localized(catalog: Catalog, path: str, language: str) -> str:
    """The path of a page with its language's folder; the default language has none."""
    return path if language == catalog.languages[0] else f"{language}/{path}"


def above(path: str) -> str:
    """The path of the folder that holds a page: `datasets/x/` for `datasets/x/explore/`."""
    return path.rstrip("/").rpartition("/")[0] + "/" if "/" in path.rstrip("/") else ""


def staged(path: str) -> str:
    """The Markdown file that becomes the page at `path`."""
    return f"{path}index.md"


def relative(start: str, target: str) -> str:
    """The link from the page at `start` to `target`; both relative to the site's root."""
    here, there = start.split("/")[:-1], target.split("/")
    shared = 0
    while shared < min(len(here), len(there) - 1) and here[shared] == there[shared]:
        shared += 1
    return quote("../" * (len(here) - shared) + "/".join(there[shared:])) or "./"


def page(catalog: Catalog, path: str, language: str) -> str:
    """The address of a page in a language."""
    return catalog.base_url + quote(localized(catalog, path, language), safe="/#=&?,")


def on_host(catalog: Catalog, path: str) -> str:
    """The path as it is on its host, with that of the site before it: `/town/data/api/datasets.json`."""
    return urlsplit(catalog.base_url).path + quote(path)


def dataset_page(catalog: Catalog, dataset: str, language: str) -> str:
    return page(catalog, dataset_path(dataset), language)


def release_page(catalog: Catalog, release: Release, language: str) -> str:
    return page(catalog, release_path(release.dataset, release.version), language)


def summary_page(catalog: Catalog, release: Release, summary: str, language: str) -> str:
    return page(catalog, summary_path(release.dataset, summary), language)


def cell_page(catalog: Catalog, release: Release, resource: str, key: str, field: str, language: str) -> str:
    """The explorer at one cell, as of the day of its release: it shows that release, and leads to the newest."""
    day = f"&{urlencode({'asOf': release.date})}" if release.date else ""
    return f"{page(catalog, explore_path(release.dataset), language)}?{cell_state(release, resource, key, field)}{day}"


def cell_state(release: Release, resource: str, key: str, field: str) -> str:
    """The explorer's query for one cell, with the release that it is quoted from."""
    return urlencode({"table": resource, "key": key, "field": field, "release": str(release.version)})


def summary_cell(release: Release, key: str, field: str) -> tuple[str, str]:
    """Query and fragment of a summary's page for one of its cells."""
    query = urlencode({"key": key, "field": field, "release": str(release.version)})
    return query, row_anchor(key) if key else "table"


def row_anchor(key: str) -> str:
    """The id of a row in a page, of letters that need no escape in an address, different for each key."""
    return "row-" + re.sub("[^A-Za-z0-9_-]", lambda found: f".{ord(found[0]):x}.", key)


def data_file(catalog: Catalog, release: Release, path: str) -> str:
    """The address of a file; `path` is relative to the release's folder."""
    return catalog.base_url + quote(data_folder(release) + path)


def iri(address: str) -> str:
    """The address with what an IRI must not hold escaped; an untrusted address may hold anything."""
    return re.sub(r'[\x00-\x20<>"{}|\\^`\x7f]', lambda found: quote(found.group()), address)
