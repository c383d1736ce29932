"""The address of a store: a folder, a web address, or that of a bucket."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, urlsplit

from datagazette.model.errors import UsageError

# The environment's address comes before that of catalog.yaml; it may hold a password, and is never shown with it.
STORE_VARIABLE = "DATAGAZETTE_STORE"
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_PREFIX = re.compile(r"(?:/[A-Za-z0-9._~-]+)*/?")


class BadAddress(ValueError):
    """Not an address of a store. `rule` is the case of the message, `shown` the address without a password."""

    def __init__(self, rule: str, shown: str) -> None:
        super().__init__(rule)
        self.rule, self.shown = rule, shown


@dataclass(frozen=True)
class Address:
    """`text` is all of it, `shown` what people see: without a user, a password and what follows a question mark."""

    kind: Literal["folder", "web", "bucket"]
    text: str
    shown: str


def parse_address(written: str, *, may_have_password: bool = True) -> Address:
    """Raises BadAddress. A folder is relative to the root of the publication."""
    scheme = _SCHEME.match(written)
    if not scheme:
        if not written.strip() or "\0" in written:
            raise BadAddress("", written)
        return Address("folder", written, written)
    try:
        parts = urlsplit(written)
        shown = _without_secrets(parts)
    except ValueError as error:
        raise BadAddress("", f"{scheme[0]}…") from error
    if (parts.username or parts.password or parts.query or parts.fragment) and not may_have_password:
        raise BadAddress("password", shown)
    if parts.scheme == "s3":
        if not _BUCKET.fullmatch(parts.netloc) or not _PREFIX.fullmatch(parts.path) or ".." in parts.path:
            raise BadAddress("bucket", shown)
        return Address("bucket", written, shown)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadAddress("scheme", shown)
    if parts.scheme == "http" and not is_this_machine(parts.hostname):
        raise BadAddress("plain", shown)
    return Address("web", written, shown)


def store_address(said: str) -> Address | None:
    """The environment's address, else `said`, that of a catalogue; None where neither is one."""
    if written := environment_address():
        try:
            return parse_address(written)
        except BadAddress as fault:
            raise UsageError("store-address", found=fault.shown) from fault
    try:
        return parse_address(said, may_have_password=False) if said else None
    except BadAddress:  # the check of the catalogue says why
        return None


def folder_of(address: Address, root: Path) -> Path:
    return (root / Path(address.text).expanduser()).absolute()


def environment_address() -> str:
    return os.environ.get(STORE_VARIABLE, "")


def shown_address(address: str) -> str:
    """A web address as people may see it: without a user, a password and what follows a question mark."""
    try:
        return _without_secrets(urlsplit(address))
    except ValueError:
        return "…"


def _without_secrets(parts: SplitResult) -> str:
    host = f"[{parts.hostname}]" if parts.hostname and ":" in parts.hostname else parts.hostname or ""
    return f"{parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}{parts.path}"


def is_this_machine(host: str) -> bool:
    """Whether a name or number of a host is this machine's own."""
    import ipaddress

    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
