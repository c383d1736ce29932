"""Where a publication keeps what readers see: its own `site/` and `mkdocs.yml`, or ours where it has none."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_OURS = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class SiteSources:
    """Folders and files that pages are made with. `node_modules` is where npm has installed.

    `strings` and `authored_pages` are folders in order: a language is taken from the first that has it, so that a
    publication in one more language adds only what is in that language.
    """

    templates: Path
    overrides: Path
    strings: tuple[Path, ...]
    assets: Path
    authored_pages: tuple[Path, ...]
    config: Path
    node_modules: Path


def site_sources(root: Path) -> SiteSources:
    """Each part of `site/` from the publication if it has that part, else from this program's own."""
    return SiteSources(
        templates=_part(root, "site/templates"),
        overrides=_part(root, "site/overrides"),
        strings=(root / "site/strings", _OURS / "site/strings"),
        assets=_part(root, "site/assets"),
        authored_pages=(root / "site/pages", _OURS / "site/pages"),
        config=_part(root, "mkdocs.yml"),
        node_modules=_OURS / "node_modules",
    )


def _part(root: Path, name: str) -> Path:
    own = root / name
    return own if own.exists() or own.is_symlink() else _OURS / name
