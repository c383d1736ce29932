"""Where everything is published: the one place that knows the addresses of pages and files."""

from __future__ import annotations

import re
from urllib.parse import quote, urlencode

from datagazette.model.publication import Catalog, Release


def language_prefix(catalog: Catalog, language: str) -> str:
    """`` for the default language, `en/` for another."""
    return "" if language == catalog.languages[0] else f"{language}/"


def page(catalog: Catalog, path: str, language: str) -> str:
    """The address of a page in a language; `path` as in the default one, such as `datasets/`."""
    return catalog.base_url + language_prefix(catalog, language) + quote(path, safe="/#=&?,")


def dataset_page(catalog: Catalog, dataset: str, language: str) -> str:
    return page(catalog, f"datasets/{dataset}/", language)


def release_page(catalog: Catalog, release: Release, language: str) -> str:
    return page(catalog, f"datasets/{release.dataset}/{release.version}/", language)


def summary_page(catalog: Catalog, release: Release, summary: str, language: str) -> str:
    return page(catalog, f"datasets/{release.dataset}/summaries/{summary}/", language)


def cell_state(release: Release, resource: str, key: str, field: str) -> str:
    """The explorer's query for one cell, with the release that it is quoted from."""
    return urlencode({"table": resource, "key": key, "field": field, "release": str(release.version)})


def summary_cell(release: Release, key: str, field: str) -> tuple[str, str]:
    """Query and fragment of a summary's page for one of its cells."""
    return urlencode({"key": key, "field": field, "release": str(release.version)}), (
        row_anchor(key) if key else "table"
    )


def cell_page(catalog: Catalog, release: Release, resource: str, key: str, field: str, language: str) -> str:
    """The explorer at one cell; it shows the dataset's newest release, and says so where that is another."""
    explorer = page(catalog, f"datasets/{release.dataset}/explore/", language)
    return f"{explorer}?{cell_state(release, resource, key, field)}"


def row_anchor(key: str) -> str:
    """The id of a row in a page, of letters that need no escape in an address, different for each key."""
    return "row-" + re.sub("[^A-Za-z0-9_-]", lambda sign: f".{ord(sign[0]):x}.", key)


def data_folder(release: Release) -> str:
    """Relative to the site's root."""
    return f"data/{release.dataset}/{release.version}/"


def data_file(catalog: Catalog, release: Release, path: str) -> str:
    """The address of a file; `path` is relative to the release's folder."""
    return catalog.base_url + quote(data_folder(release) + path)


def latest_path(release: Release, path: str) -> str:
    """The path of a file below `/data/<id>/latest/`: the same, without the version in its name."""
    return path.replace(f"{release.id}.", f"{release.dataset}.", 1) if path.startswith(f"{release.id}.") else path
