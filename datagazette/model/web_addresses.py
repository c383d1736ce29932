"""Web addresses as people write them, taken apart without an exception."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qsl, urlsplit

from datagazette.model.limits import ADDRESS_CHARACTERS

_EMAIL = re.compile(r"[\w.+'-]{1,64}@[\w-]+(?:\.[\w-]+)+")
# No sign that means anything to a shell, to HTML or to an address itself.
_BASE = re.compile(
    r"https?://(?:[\w-]+(?:\.[\w-]+)*\.?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?(?:/(?:[\w.~+,=@:-]|%[0-9A-Fa-f]{2})*)*"
)


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


def is_base_address(address: str) -> bool:
    """Whether all addresses of a site can begin with this one, in every file and command that they are written into."""
    is_plain = len(address) <= ADDRESS_CHARACTERS and bool(_BASE.fullmatch(address))
    return is_plain and is_site_address(address)


def is_email(text: str) -> bool:
    """Whether a text is one e-mail address and nothing else."""
    return len(text) <= 254 and bool(_EMAIL.fullmatch(text))


def is_mail_link(address: str) -> bool:
    """Whether a `mailto:` link has one receiver; it may say what the letter is about."""
    parts = address_parts(address)
    if parts is None or parts.scheme != "mailto":
        return False
    said = {key.lower() for key, _ in parse_qsl(parts.query, keep_blank_values=True)}
    return is_email(parts.path) and said <= {"subject"}
