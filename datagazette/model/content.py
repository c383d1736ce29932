"""Files by their content: what a store has is called by its SHA-256, and so is what was fetched from it."""

from __future__ import annotations

import re
from dataclasses import dataclass

FETCHED = "build/store"  # where fetched content is kept, relative to the root of the publication
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Content:
    """A file that a store has. `size` in bytes, None where nothing says it.

    `file` is where the publication names it, relative to the root, `path` the address under which it is published,
    relative to the site. `is_draft`: nothing that was released has it.
    """

    sha256: str
    file: str
    path: str = ""
    size: int | None = None
    is_draft: bool = False


def is_sha256(text: str) -> bool:
    return bool(_SHA256.fullmatch(text))


def stored_path(digest: str) -> str:
    """`sha256/ab/abcdef…`: where a store keeps a content, so that no other content can ever be written over it."""
    return f"sha256/{digest[:2]}/{digest}"
