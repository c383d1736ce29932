"""A publication of one dataset: a table as it was released, and a draft with the table as it is now."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

from tests.conftest import tree_hashes

_CATALOG = {
    "name": "tables", "title": "Tables", "publisher": {"title": "The testers"}, "baseUrl": "https://tables.example.org/",
    "contact": {"title": "Contact", "email": "data@example.org"}, "languages": ["en"],
    "licenses": [{"name": "CC0-1.0", "path": "https://creativecommons.org/publicdomain/zero/1.0/"}],
    "themes": [{"name": "all", "title": "All"}],
}  # fmt: skip


def drafted(
    root: Path,
    before: str | bytes,
    after: str | bytes,
    fields: Mapping[str, str | Mapping[str, object]],
    *,
    key: str | None = None,
    fields_after: Mapping[str, str | Mapping[str, object]] | None = None,
    version: str = "1.1.0",
) -> Path:
    """The root.

    `fields` are types by name, or all that a field's descriptor says; the key is the first of them unless it is given,
    empty for none.
    """
    _write(root / "datasets/catalog.yaml", _CATALOG)
    for number, content, known in (("1.0.0", before, fields), (version, after, fields_after or fields)):
        schema: dict[str, object] = {"fields": [
            {"name": name, "title": name.title(), **({"type": kind} if isinstance(kind, str) else kind)}
            for name, kind in known.items()
        ]}  # fmt: skip
        primary = next(iter(known)) if key is None else key
        schema |= {"primaryKey": primary.split(",")} if primary else {}
        folder = root / "datasets/t" / number
        _write(folder / "datapackage.yaml", {
            "name": "t", "version": number, "title": "T", "description": "A table.", "themes": ["all"],
            "updateFrequency": "never", "temporal": "2020", "languages": ["en"],
            "licenses": _CATALOG["licenses"], "sources": [{"title": "Records"}],
            "resources": [{"name": "t", "path": "t.csv", "title": "T", "schema": "t.v1"}],
        })  # fmt: skip
        (folder / "t.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
        schemas = root / "schemas" if number != "1.0.0" else folder / "schemas"
        _write(schemas / "t.v1.yaml", schema)
    released = root / "datasets/t/1.0.0"
    entry = {"version": "1.0.0", "date": "2026-01-05", "changes": "First release.", "files": tree_hashes(released)}
    _write(root / "datasets/t/releases.yaml", {"releases": [entry]})
    return root


def _write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(content, sort_keys=False), "utf-8")
