"""`check`: the publication, some of its datasets, or a file from elsewhere.

All of it is done in one isolated worker, since these files have not been reviewed. What the worker needs is imported
there, and only there.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from datagazette.build.checked import Checked, CheckOptions
from datagazette.isolation import OutOfBounds, is_worker, isolated, size
from datagazette.model.content import Content
from datagazette.model.errors import UsageError

__all__ = ["CheckOptions", "check_targets"]


def check_targets(options: CheckOptions, report: Callable[[Content], None] = lambda _: None) -> Checked:
    """Files from elsewhere where the targets name files; else the publication or some of its datasets.

    `report` is called before each file that is fetched from the store.
    """
    files = [
        # The name of a dataset of ours is no path, even where a file has that name.
        Path(target)
        for target in options.targets
        if not (options.root / "datasets" / target).is_dir() and Path(target).is_file()
    ]
    if files and len(files) < len(options.targets):
        raise UsageError("datasets-and-files")
    if not files and options.changed_since:
        from datagazette.commands.revisions import changed_since

        options = replace(options, changed=changed_since(options.root, options.changed_since))
    if not files:  # imported while the worker's process imports its own
        from datagazette.commands.permanence import rewritten_releases
        from datagazette.commands.stored import Bringing, changed_store

        Bringing(options.root, options.changed_since, options.fetch_drafts, report).bring(_wanted, options)
    reads = [options.root, *(file.absolute().parent for file in files), *([options.schema] if options.schema else [])]
    reads += [Path.cwd()] if files else []  # foreign keys may lead to other packages in there
    try:
        checked = isolated(_checked, options, tuple(files), reads=reads, database=size(options.memory))
    except OutOfBounds as error:
        from datagazette.tables.bounded import out_of_bounds

        return Checked(None, (out_of_bounds(error, ", ".join(map(str, files)) or str(options.root)),))
    if checked.publication is None or is_worker():  # git is asked by the first process only
        return checked
    rewritten = rewritten_releases(checked.publication, options.changed_since)
    if options.changed_since:
        rewritten = (*rewritten, *changed_store(options.root, options.changed_since))
    return replace(checked, problems=(*checked.problems, *rewritten))


def _wanted(options: CheckOptions) -> tuple[Content, ...]:
    from datagazette.commands.check_datasets import wanted_of_check

    return wanted_of_check(options)


def _checked(options: CheckOptions, files: tuple[Path, ...]) -> Checked:
    if not files:
        from datagazette.commands.check_datasets import check_datasets

        checked = check_datasets(options)
        if checked.publication is None or not any(
            release.state == "draft" for dataset in checked.publication.datasets for release in dataset.releases
        ):
            return checked
        from datagazette.commands.drafts import with_drafts

        return with_drafts(checked, options)
    from datagazette.tables.engine import Limits, connect_ahead

    with tempfile.TemporaryDirectory(prefix="check-") as folder:
        limits = Limits(memory=options.memory, spill=Path(folder), shared=folder)
        connect_ahead(limits)
        from datagazette.commands.check_files import check_files

        return check_files(files, options, limits)
