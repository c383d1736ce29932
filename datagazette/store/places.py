"""The store at an address, of whichever kind."""

from __future__ import annotations

from pathlib import Path

from datagazette.store.address import Address, folder_of
from datagazette.store.folder import FolderPlace
from datagazette.store.place import Place


def opened(address: Address, root: Path) -> Place:
    """The store at an address; what it needs is imported here."""
    if address.kind == "web":
        from datagazette.store.web import WebPlace

        return WebPlace(address.text)
    if address.kind == "bucket":
        from datagazette.store.bucket import BucketPlace

        return BucketPlace(address.text)
    return FolderPlace(folder_of(address, root))
