"""`check`: what a person asked to be checked, be it the publication, some of its datasets, or a file from elsewhere.

Imported is only what tells the two apart: while a database starts for the files, what checks them is imported.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from publisher.engine import Limits, connect_ahead
from publisher.errors import UsageError
from publisher.pipeline.checked import Checked, CheckOptions

__all__ = ["CheckOptions", "check_targets"]


def check_targets(options: CheckOptions) -> Checked:
    """Files from elsewhere where the targets name files; else the publication or some of its datasets."""
    files = [Path(one) for one in options.targets if _is_file(one, options.root)]
    if not files:
        from publisher.pipeline.whole_check import check_datasets

        return check_datasets(options)
    if len(files) < len(options.targets):
        raise UsageError(en="check either datasets or files, not both", zh="请分开检查数据集与文件")
    with tempfile.TemporaryDirectory(prefix="check-") as folder:
        limits = Limits(memory=options.memory, spill=Path(folder), shared=folder)
        connect_ahead(limits)
        from publisher.pipeline.file_check import check_files

        return check_files(files, options, limits)


def _is_file(target: str, root: Path) -> bool:
    """Whether a target is a path; the name of a dataset of ours is not, even where a file has that name."""
    return not (root / "datasets" / target).is_dir() and Path(target).is_file()
