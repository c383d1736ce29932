"""The drafts of a publication beside the releases before them: what `diff` and `release` refuse, the check says too."""

from __future__ import annotations

from dataclasses import replace

from datagazette.build.checked import Checked, CheckOptions, chosen_releases
from datagazette.commands.bases import changed_datasets
from datagazette.commands.diff import compare_with_last, with_causes


def with_drafts(checked: Checked, options: CheckOptions) -> Checked:
    """What was checked, with the faults that only the release before shows: values that a spreadsheet damaged, and a
    version that is too small for its changes. Releases cost nothing; of a draft both versions are read."""
    publication = checked.publication
    if publication is None:
        return checked
    releases = chosen_releases(publication, options.targets, "target")
    if options.changed is not None:
        changed = changed_datasets(publication, options.changed)
        releases = tuple(release for release in releases if release.dataset in changed)
    compared = [
        fault for release in releases if release.state == "draft"
        for fault in compare_with_last(publication, release, checked.problems).problems
    ]  # fmt: skip
    return replace(checked, problems=with_causes(compared, checked.problems)) if compared else checked
