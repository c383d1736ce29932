"""A publication with one release and one draft, whose tables go into a store."""

from __future__ import annotations

from pathlib import Path

import yaml

from datagazette.files import sha256
from datagazette.model.content import stored_path
from tests.conftest import Run, call_build
from tests.ground.drafts import drafted

BEFORE = "site,count\nElm,1\nOak,2\n"
AFTER = BEFORE + "Ash,3\n"
SITES = {"site": "string", "count": "integer"}
OLD, DRAFT = "datasets/t/1.0.0/t.csv", "datasets/t/1.1.0/t.csv"


def run(root: Path, *command: str) -> Run:
    return call_build(*command, "--root", root)


def with_store(folder: Path, address: str = "") -> Path:
    """The root of a publication, with a store beside it that is empty, or at `address`."""
    root = drafted(folder / "here", BEFORE, AFTER, SITES)
    (folder / "tables").mkdir(exist_ok=True)
    set_store(root, address or "../tables")
    return root


def set_store(root: Path, address: str) -> None:
    catalog = root / "datasets/catalog.yaml"
    said = yaml.safe_load(catalog.read_text("utf-8")) | {"store": address}
    catalog.write_text(yaml.safe_dump(said, sort_keys=False), "utf-8")


def moved(root: Path, *files: str) -> dict[str, Path]:
    """Pushes both tables, and takes these away from the publication: where the store has each now."""
    store = root.parent / "tables"
    found = {file: store / stored_path(sha256(root / file)) for file in files}
    for version in ("1.0.0", "1.1.0"):
        done = run(root, "push", "t", version)
        assert done.status == 0, done.said
    for file in files:
        (root / file).unlink()
    return found
