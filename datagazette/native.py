"""The native programs that npm brings, each in a package of its own for each kind of machine, below `node_modules/`.

The packages `pagefind` and `esbuild` themselves have only scripts, which look for these with Node.js.
"""

from __future__ import annotations

import platform

_MACHINES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}
_MACHINE = platform.machine().lower()
# This kind of machine, as npm's packages name it: `linux-x64`, `darwin-arm64`.
PLATFORM = f"{platform.system().lower()}-{_MACHINES.get(_MACHINE, _MACHINE)}"
PAGEFIND = f"@pagefind/{PLATFORM}/bin/pagefind_extended"
ESBUILD = f"@esbuild/{PLATFORM}/bin/esbuild"
