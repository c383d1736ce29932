"""Where a publication keeps what readers see: its own `site/` and `mkdocs.yml`, or ours where it has none."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from publisher.pages import HandPage

_OURS = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class SiteSources:
    """Folders and files that pages are made with. `node_modules` is where npm has installed."""

    templates: Path
    overrides: Path
    strings: Path
    assets: Path
    hand_pages: Path
    config: Path
    node_modules: Path


def site_sources(root: Path) -> SiteSources:
    """Each part of `site/` from the publication if it has that part, else from this program's own."""
    return SiteSources(
        templates=_part(root, "site/templates"),
        overrides=_part(root, "site/overrides"),
        strings=_part(root, "site/strings"),
        assets=_part(root, "site/assets"),
        hand_pages=_part(root, "site/pages"),
        config=_part(root, "mkdocs.yml"),
        node_modules=_OURS / "node_modules",
    )


def read_hand_pages(folder: Path, languages: tuple[str, ...]) -> tuple[HandPage, ...]:
    """The Markdown pages below `<folder>/<language>/`, in the order of their names."""
    return tuple(
        HandPage(language, path.relative_to(folder / language).as_posix(), path.read_text("utf-8"))
        for language in languages
        for path in sorted((folder / language).rglob("*.md"))
    )


def _part(root: Path, name: str) -> Path:
    own = root / name
    return own if own.exists() else _OURS / name
