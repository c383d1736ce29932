"""Where everything is published: the one place that knows the addresses of pages and files."""

from __future__ import annotations

from urllib.parse import quote

from publisher.model import Catalog, Release


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


def row_page(catalog: Catalog, release: Release, resource: str, key: str, language: str) -> str:
    """The explorer at one row of the dataset's newest release."""
    state = f"table={quote(resource, safe='')}&key={quote(key, safe='')}"
    return f"{page(catalog, f'datasets/{release.dataset}/explore/', language)}?{state}"


def data_folder(release: Release) -> str:
    """Relative to the site's root."""
    return f"data/{release.dataset}/{release.version}/"


def data_file(catalog: Catalog, release: Release, path: str) -> str:
    """The address of a file; `path` is relative to the release's folder."""
    return catalog.base_url + quote(data_folder(release) + path)


def latest_path(release: Release, path: str) -> str:
    """The path of a file below `/data/<id>/latest/`: the same, without the version in its name."""
    return path.replace(f"{release.id}.", f"{release.dataset}.", 1) if path.startswith(f"{release.id}.") else path
