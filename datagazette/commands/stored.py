"""Fetching for a command: the isolated worker says what it will read, and this process fetches it.

The address is that of the environment, else of catalog.yaml: for a change that is compared with a base, of the base's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datagazette.commands.revisions import find_revision, publication_folder, refuse_tracked, texts_at
from datagazette.isolation import OutOfBounds, is_worker, isolated
from datagazette.load.files import CATALOG
from datagazette.load.yaml_file import parse_yaml, read_yaml
from datagazette.model.content import FETCHED, Content, is_sha256
from datagazette.model.errors import DataFaults
from datagazette.model.problems import Problem, warning
from datagazette.store.address import environment_address, store_address


@dataclass(frozen=True)
class Bringing:
    """How a command fetches: `base` is the revision or folder whose catalogue counts, None the publication's own.

    `report` is called before each file that is fetched.
    """

    root: Path
    base: str | None = None
    drafts: bool = False
    report: Callable[[Content], None] = lambda _: None

    def bring(self, wanted: Callable[..., Sequence[Content]], *arguments: Any, reads: Sequence[Path] = ()) -> None:
        """Fetches what `wanted`, a function of a module, finds in a worker. Drafts only where that was asked for.

        What is here is held against its hash. Nothing is read where there is no store and nothing was fetched. Raises
        EnvironmentFault where the store does not give a file, UsageError where `build/` is in git.
        """
        said = catalog_store(self.root, self.base)
        if is_worker() or not (said or environment_address() or (self.root / FETCHED).exists()):
            return
        refuse_tracked(self.root, "build")  # a change may bring no content of its own
        try:
            found = isolated(wanted, *arguments, reads=[self.root, *reads])
        except OutOfBounds as error:
            from datagazette.tables.bounded import out_of_bounds

            raise DataFaults((out_of_bounds(error, str(self.root)),)) from error
        from datagazette.store.fetched import fetch, fetched

        asked = [
            each for each in found if is_sha256(each.sha256)
            and (self.drafts or not each.is_draft or fetched(self.root, each.sha256).is_file())
        ]  # fmt: skip
        fetch(self.root, store_address(said), asked, self.root / "public", self.report)


def catalog_store(root: Path, base: str | None = None) -> str:
    """`store` in the catalogue of the base, or of the publication itself; empty where there is none."""
    if base is None:
        return _store_of((root / CATALOG).read_text("utf-8", "replace")) if (root / CATALOG).is_file() else ""
    if Path(base).is_dir():
        return _store_of((publication_folder(base) / CATALOG).read_text("utf-8", "replace"))
    return _store_of(texts_at(find_revision(root, base), [CATALOG]).get(CATALOG, ""))


def changed_store(root: Path, base: str) -> tuple[Problem, ...]:
    """A warning where a change names another store than its base: it is not asked before the change is merged."""
    before, now = catalog_store(root, base), catalog_store(root)
    if before == now or environment_address():
        return ()
    document, _ = read_yaml(root / CATALOG, CATALOG)
    line = document.line(("store",)) if document else None
    return (warning("store-changed", CATALOG, line, rule="" if before else "new", before=before, found=now, base=base),)


def _store_of(text: str) -> str:
    if "store" not in text:  # most publications have none, and need not wait for this
        return ""
    document, _ = parse_yaml(text.removeprefix("\ufeff"), CATALOG)
    found = document.value.get("store") if document else None
    return found if isinstance(found, str) else ""
