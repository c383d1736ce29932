"""A build on a disk that runs full: python -m tests.bad_days.full_disk PUBLICATION OLD_SITE DISK ROOM

DISK is an empty small disk. The publication and its old site are put on it, then all but ROOM kilobytes are filled,
and the changed publication is built; then the rest is freed, and it is built again. Prints as JSON how each ended,
what was said, and the hashes of the site that stood there afterwards.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

from tests.bad_days.machine import ALONE, change, command, ended
from tests.conftest import tree_hashes


def main(publication: str, old_site: str, disk: str, room: str) -> None:
    root, ballast = Path(disk) / "small", Path(disk) / "ballast"
    shutil.copytree(publication, root)
    shutil.copytree(old_site, root / "public")
    change(root)
    ballast.write_bytes(b"\0" * max(0, shutil.disk_usage(disk).free - int(room) * 1000))
    shown = []
    for _ in range(2):
        done = ended(command(root, *ALONE))
        shown.append({"status": done.status, "said": done.said, "site": tree_hashes(root / "public")})
        ballast.unlink(missing_ok=True)
    print(json.dumps(shown))  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
