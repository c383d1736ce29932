"""The files that the ledgers of a publication promise, looked for in its site."""

from __future__ import annotations

from pathlib import Path

import yaml


def missing_files(root: Path, site: Path) -> list[str]:
    """The addresses that an entry of a ledger lists under `published`, and that are no files of the site."""
    promised = []
    for ledger in sorted((root / "datasets").glob("*/releases.yaml")):
        for release in yaml.safe_load(ledger.read_text("utf-8"))["releases"]:
            folder = f"data/{ledger.parent.name}/{release['version']}"
            promised += [f"{folder}/{path}" for path in release.get("published", ())]
    assert promised
    return [path for path in promised if not (site / path).is_file()]
