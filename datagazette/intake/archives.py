"""Archives and compressed files, unpacked into a folder for scratch within the bounds of workbooks."""

from __future__ import annotations

import gzip
import re
import zlib
from pathlib import Path, PurePosixPath
from zipfile import ZipFile, ZipInfo

from datagazette.intake.workbooks import refuse_unfolding
from datagazette.model import limits
from datagazette.model.errors import UsageError

_HIDDEN = re.compile(r"(^|/)(\.|__MACOSX/)")  # files of the system that made the archive
_BLOCK = 1 << 20


def unpack_zip(path: Path, scratch: Path) -> Path:
    """The folder with the files of a zip. Raises UsageError where it is too large or damaged, or a name leads out."""
    refuse_unfolding(path)
    folder = scratch / f"{path.stem}.unpacked"
    with ZipFile(path) as archive:
        if outside := next((part.filename for part in archive.infolist() if _leads_out(part)), ""):
            raise UsageError("unreadable", path=path.name, reason=f"{outside} leads out of the archive")
        for part in archive.infolist():
            if not part.is_dir() and not _HIDDEN.search(part.filename):
                archive.extract(part, folder)
    folder.mkdir(exist_ok=True)
    return folder


def _leads_out(part: ZipInfo) -> bool:
    pure = PurePosixPath(part.filename)
    return pure.is_absolute() or ".." in pure.parts or "\\" in part.filename or ":" in part.filename


def unpack_gzip(path: Path, scratch: Path) -> Path:
    """The one file that a `.gz` holds, under its name without that ending."""
    target = scratch / path.stem
    size = path.stat().st_size
    most = max(limits.WORKBOOK_SMALL, min(limits.WORKBOOK_UNPACKED, limits.WORKBOOK_RATIO * size))
    found = 0
    try:
        with gzip.open(path) as source, target.open("wb") as stream:
            while block := source.read(_BLOCK):
                found += len(block)
                if found > most:
                    raise UsageError("workbook-unpacked", file=path.name, found=f"{found:,}", limit=f"{most:,}")
                stream.write(block)
    except (OSError, EOFError, zlib.error) as error:
        raise UsageError("unreadable", path=path.name, reason=error) from error
    return target
