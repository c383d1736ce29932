"""What was fetched from a store: whole files below `build/store/`, called by their SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from datagazette.files import link, sha256
from datagazette.model.content import FETCHED, Content, stored_path
from datagazette.model.errors import EnvironmentFault
from datagazette.model.limits import STORED_BYTES
from datagazette.store.address import STORE_VARIABLE, Address
from datagazette.store.place import CHUNK, Place, Refused
from datagazette.store.places import opened

_BREAKS = 3  # of a connection, while one file is fetched


def fetched(root: Path, digest: str) -> Path:
    """Where a content is once it has been fetched."""
    return root / FETCHED / stored_path(digest)


def fetch(
    root: Path, address: Address | None, wanted: Iterable[Content], site: Path, report: Callable[[Content], None]
) -> None:
    """Sees to it that each content is below `build/store/`, whole and with the bytes that its hash names.

    What the published `site` has is not fetched. `report` is called before each that is. Raises EnvironmentFault where
    the store does not have one, or cannot be reached; what is only half there is never used.
    """
    for content in wanted:
        target, published = fetched(root, content.sha256), site / content.path
        with _alone(root):
            if target.is_file() and sha256(target) == content.sha256:
                continue
            target.unlink(missing_ok=True)
            if published.is_file() and sha256(published) == content.sha256:
                link(published, target)
                continue
            if address is None:
                raise EnvironmentFault("store-none", file=content.file, variable=STORE_VARIABLE)
            report(content)
            try:
                _transfer(opened(address, root), content, target)
            except Refused as refused:
                raise store_fault(refused, address, content, "site-unchanged") from refused


def store_fault(refused: Refused, address: Address, content: Content, also: str = "") -> EnvironmentFault:
    """What a store refused, at which address, for which file, and what to do; `also` as in `PublisherError`."""
    return EnvironmentFault(
        refused.kind, address=address.shown, reason=refused.reason, file=content.file,
        path=stored_path(content.sha256), variable=STORE_VARIABLE, also=also,
    )  # fmt: skip


def _transfer(place: Place, content: Content, target: Path) -> None:
    """Writes the content beside its place, goes on where an earlier call was ended, and moves it there when it is whole
    and right. What was begun by an earlier call and turns out to be something else is fetched once more."""
    part = target.with_name(f".{target.name}.part")
    part.parent.mkdir(parents=True, exist_ok=True)
    if part.is_symlink():  # nothing of ours
        part.unlink()
    part.touch()
    begun = part.stat().st_size
    if not begun or sha256(part) != content.sha256:
        found = _received_after_breaks(place, content, part, begun)
        if found != content.sha256 and begun:
            found = _received(place, content, part, 0)
        if found != content.sha256:
            size = part.stat().st_size
            part.unlink()
            raise Refused("store-differs", f"{found} ({size:,} bytes)")
    part.replace(target)


def _received_after_breaks(place: Place, content: Content, part: Path, start: int) -> str:
    """The same as `_received`; where the connection breaks after something has come, the rest is asked for."""
    for _ in range(_BREAKS):
        try:
            return _received(place, content, part, start)
        except Refused as refused:
            if refused.kind != "store-unreachable" or part.stat().st_size <= start:
                raise
            start = part.stat().st_size
    return _received(place, content, part, start)


def _received(place: Place, content: Content, part: Path, start: int) -> str:
    """The SHA-256 of what is at `part` once all has come; `start` bytes of it are there."""
    limit = STORED_BYTES if content.size is None else min(content.size, STORED_BYTES)
    with part.open("r+b") as file:
        digest = hashlib.sha256()
        while known := file.read(min(CHUNK, start - file.tell())):
            digest.update(known)
        file.truncate(start)
        for at, chunk in place.parts(stored_path(content.sha256), start):
            if at == 0 and file.tell():  # the store gives no later part
                file.seek(0)
                file.truncate()
                digest = hashlib.sha256()
            if at + len(chunk) > limit:
                file.truncate(0)
                raise Refused("store-large", f"{limit:,}")
            file.write(chunk)
            digest.update(chunk)
    return digest.hexdigest()


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """One process at a time fetches for a publication."""
    from filelock import FileLock  # slow, and most commands fetch nothing

    folder = root / FETCHED
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / ".lock"):
        yield
