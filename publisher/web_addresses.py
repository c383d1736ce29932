"""Web addresses as people write them, taken apart without an exception."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit


def address_parts(address: str) -> SplitResult | None:
    """The parts of an address or of a path; None for what can be neither, such as `http://[` (RFC 3986, 3.2.2)."""
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018 - it is read only when it is asked for, and may be none
    except ValueError:
        return None
    return parts


def is_site_address(address: str) -> bool:
    """Whether a site can stand at an address: http or https, and a host."""
    parts = address_parts(address)
    return parts is not None and parts.scheme in ("http", "https") and bool(parts.hostname)
