"""Opening the next version of a dataset as a copy of the last one."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from publisher.errors import DataFaults, UsageError
from publisher.load.package import FILE as DESCRIPTOR
from publisher.load.tables import SCHEMAS
from publisher.model import Dataset, Release
from publisher.names import Version
from publisher.pipeline.checking import load

_VERSION = re.compile(r"^(version:\s*)\S+", re.MULTILINE)


def open_draft(root: Path, name: str, bump: str) -> tuple[Version, bool]:
    """(version, whether it is new) of a dataset's draft; one that is open already stays as it is.

    The copy has the root's schemas, not the frozen ones, since a draft may change them.
    Raises UsageError where there is no such dataset.
    """
    dataset = _dataset(root, name)
    newest = dataset.releases[-1]
    if newest.state == "draft":
        return newest.version, False
    version = newest.version.bumped(bump)
    _copy(root, newest, version)
    return version, True


def _dataset(root: Path, name: str) -> Dataset:
    loaded = load(root)
    if loaded.publication is None:
        raise DataFaults(loaded.problems)
    dataset = loaded.publication.dataset(name)
    if dataset is None:
        names = ", ".join(one.name for one in loaded.publication.datasets)
        raise UsageError(en=f"there is no dataset {name}; there are: {names}", zh=f"没有数据集 {name}；现有：{names}")
    return dataset


def _copy(root: Path, release: Release, version: Version) -> None:
    """The new folder appears in one step, so that an interruption leaves nothing half-made."""
    source = root / release.folder
    scratch = source.with_name(f".{version}.new")
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.copytree(source, scratch, ignore=shutil.ignore_patterns(SCHEMAS, ".*"))
    descriptor = scratch / DESCRIPTOR
    text = descriptor.read_bytes().decode()
    descriptor.write_bytes(_VERSION.sub(rf"\g<1>{version}", text, count=1).encode())
    scratch.rename(source.with_name(str(version)))
