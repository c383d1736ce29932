"""What hosts of static sites take, as they publish it; docs/start/hosting.md names where. None: no limit is known."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

_MB, _MIB, _GB = 1_000_000, 1 << 20, 1_000_000_000


@dataclass(frozen=True)
class HostLimits:
    """What a site, and one of its files, may have at most; `bytes` and `file` in bytes."""

    title: str
    bytes: int | None = None
    files: int | None = None
    file: int | None = None


# How the addresses end that hosts give to sites of theirs.
_ADDRESSES = {
    ".github.io": "github-pages", ".gitlab.io": "gitlab-pages", ".pages.dev": "cloudflare-pages",
    ".netlify.app": "netlify",
}  # fmt: skip


def host_by_address(base_url: str) -> str:
    """The host of a site at this address, by the host's own domain; empty where that does not tell."""
    name = urlsplit(base_url).hostname or ""
    return next((host for ending, host in _ADDRESSES.items() if name.endswith(ending)), "")


@dataclass(frozen=True)
class RedirectLimits:
    """How many rules a host takes, how many of them with a pattern, and the bytes of their file."""

    rules: int | None = None
    patterns: int | None = None
    bytes: int | None = None


# The hosts for which redirects can be written.
REDIRECTS = {
    "netlify": RedirectLimits(),
    "cloudflare-pages": RedirectLimits(2_100, 100),
    "gitlab-pages": RedirectLimits(1_000, None, 64_000),
    "vercel": RedirectLimits(2_048),
    "nginx": RedirectLimits(),
    "apache": RedirectLimits(),
}

# By what `host:` in catalog.yaml says. `plain` is a server whose disk is the limit.
HOSTS = {
    "github-pages": HostLimits("GitHub Pages", _GB, None, 100 * _MB),
    "gitlab-pages": HostLimits("GitLab Pages", _GB, 200_000),
    "cloudflare-pages": HostLimits("Cloudflare Pages", None, 20_000, 25 * _MIB),
    "netlify": HostLimits("Netlify"),
    "plain": HostLimits(""),
}
