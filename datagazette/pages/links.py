"""Addresses of pages and files, and the relative link from one to the other.

An address is relative to the site's root, without a slash before it: `en/datasets/x/`, `data/x/1.0.0/x.csv`.
"""

from __future__ import annotations

import posixpath
from urllib.parse import quote

from datagazette.model.names import Version

HOME = ""
CATALOGUE = "datasets/"
FIGURES = "figures/"
CHANGES = "changes/"
SOURCES = "sources/"
CONTRIBUTE = "contribute/"
PROBLEMS = "problems/"


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


def summary_path(dataset: str, summary: str) -> str:
    return f"{CATALOGUE}{dataset}/summaries/{summary}/"


def embed_path(dataset: str, summary: str) -> str:
    return f"{summary_path(dataset, summary)}embed/"


def data_path(dataset: str, version: Version | str, file: str = "") -> str:
    return f"data/{dataset}/{version}/{file}"


def api_path(dataset: str) -> str:
    """What `/api/` tells of a dataset (`datagazette.describe.api`)."""
    return f"api/datasets/{dataset}.json"


def localized(path: str, language: str, default: str) -> str:
    """The address of a page in a language: the default language has no folder of its own."""
    return path if language == default else f"{language}/{path}"


def above(path: str) -> str:
    """The address of the folder that holds a page: `datasets/x/` for `datasets/x/explore/`."""
    return path.rstrip("/").rpartition("/")[0] + "/" if "/" in path.rstrip("/") else ""


def staged(path: str) -> str:
    """The Markdown file that becomes the page at `path`."""
    return f"{path}index.md"


def relative(start: str, target: str) -> str:
    """The link that leads from the page at `start` to `target`; both relative to the site's root."""
    folder = start if start.endswith("/") else posixpath.dirname(start)
    found = posixpath.relpath("/" + target, "/" + folder)
    if target.endswith("/") or not target:
        found = "./" if found == "." else f"{found}/"
    return quote(found)
