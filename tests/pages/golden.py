"""The staged pages of the sample as they should be; `python -m tests.pages.golden` writes them anew."""

from __future__ import annotations

from pathlib import Path

from datagazette.pages import Page, render_pages
from tests.pages.sample import content

FOLDER = Path(__file__).parent / "golden"

# One page of each kind, in one of the languages.
KINDS = {
    ("zh", "index.md"): "home.zh.md",
    ("en", "datasets/index.md"): "catalogue.en.md",
    ("zh", "datasets/libraries/index.md"): "dataset.zh.md",
    ("en", "datasets/libraries/1.0.0/index.md"): "release.en.md",
    ("en", "datasets/libraries/summaries/share/index.md"): "summary.en.md",
    ("zh", "datasets/libraries/explore/index.md"): "explore.zh.md",
    ("en", "figures/index.md"): "figures.en.md",
    ("zh", "changes/index.md"): "changes.zh.md",
    ("en", "sources/index.md"): "sources.en.md",
    ("zh", "about/index.md"): "text.zh.md",
}


def pages() -> dict[str, Page]:
    found = {(page.language, page.path): page for page in render_pages(content())}
    return {name: found[place] for place, name in KINDS.items()}


def renew() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, page in pages().items():
        (FOLDER / name).write_text(page.text, "utf-8")


if __name__ == "__main__":
    renew()
