"""Commands on a worse machine than this: without a network, with a full disk, without the right to write.

Each works as root and as anybody who may make a user namespace or use sudo without a password, as on hosted runners.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path


def without_network(command: Sequence[str]) -> list[str]:
    """The command in a network namespace that has no way out, not even loopback."""
    return [*_namespace("--net"), *command]


def with_small_disk(command: Sequence[str], folder: Path, megabytes: int) -> list[str]:
    """The command with an empty disk of that size at `folder`, gone when the command has ended."""
    mount = f'mount -t tmpfs -o size={megabytes}m none {shlex.quote(str(folder))} && exec "$@"'
    return [*_namespace("--mount"), "sh", "-c", mount, "sh", *command]


def without_override(command: Sequence[str]) -> list[str]:
    """The command bound by permissions, as root is not: root without the right to override them."""
    if os.geteuid():
        return list(command)
    dropped = "-dac_override,-dac_read_search"
    return ["setpriv", f"--bounding-set={dropped}", f"--inh-caps={dropped}", *command]


@cache
def _namespace(kind: str) -> tuple[str, ...]:
    """How a namespace can be made here."""
    ways = [("unshare", kind, "--"), ("unshare", "--map-root-user", kind, "--"),
            ("sudo", "-n", "-E", "unshare", kind, "--")]  # fmt: skip
    for way in ways:
        if subprocess.run([*way, "true"], capture_output=True, check=False).returncode == 0:
            return way
    raise AssertionError(f"this machine makes no namespace ({kind}): these tests need root, user namespaces or sudo")
