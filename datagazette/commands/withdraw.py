"""`withdraw`: marks a release as not to be used. Its files and addresses stay, and say why.

The entry of the ledger gets the day and the reason. Then the files that repeat it have new bytes, and their hashes are
recorded as after an upgrade.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from datagazette.build.checked import chosen_datasets, load
from datagazette.commands.ledger_text import in_languages, with_key
from datagazette.commands.release import record
from datagazette.files import replace_atomically
from datagazette.load.files import DATASETS, LEDGER
from datagazette.model.errors import DataFaults, EnvironmentFault, UsageError, not_found
from datagazette.model.names import parse_version
from datagazette.model.problems import Problem
from datagazette.model.publication import Dataset, Release


@dataclass(frozen=True)
class Withdrawn:
    """The release as it was, how many new hashes its dataset's ledger got, and what kept it from getting them:
    `problems`, or `fault`, that of a store which did not give the data.

    `is_new` is False where it had been withdrawn before. `newest` is the release that readers are led to, if any.
    """

    release: Release
    is_new: bool = True
    added: int = 0
    problems: tuple[Problem, ...] = ()
    newest: Release | None = None
    fault: EnvironmentFault | None = None


def find_release(root: Path, name: str, version: str, of_draft: str = "withdraw-draft") -> tuple[Dataset, Release]:
    """The release to withdraw. Raises UsageError where there is none, or `of_draft` where the version is a draft."""
    loaded = load(root)
    if loaded.publication is None:
        raise DataFaults(loaded.problems)
    (dataset,) = chosen_datasets(loaded.publication, [name])
    wanted = parse_version(version)
    release = dataset.release(wanted) if wanted else None
    if release is None:
        raise not_found("release", [version], [str(known.version) for known in dataset.releases])
    if release.state == "draft":
        raise UsageError(of_draft, name=name, version=version)
    return dataset, release


def withdraw(root: Path, name: str, version: str, reasons: Mapping[str, str]) -> Withdrawn:
    """Writes into the ledger that a release is withdrawn today. `reasons` by language; "" is the first language.

    A withdrawal must not wait: where hashes cannot be recorded, because something else in the publication has errors,
    it is written all the same. Raises UsageError as `find_release` does, and where no reason is given.
    """
    dataset, release = find_release(root, name, version)
    if release.withdrawal:
        return Withdrawn(release, is_new=False)
    reason = in_languages("reason", reasons, release.languages)
    if "reason" not in reason:
        raise UsageError("withdraw-reason", name=name, version=version)
    today = date.today().isoformat()  # noqa: DTZ011 - the day of the person who withdraws
    ledger = root / DATASETS / name / LEDGER
    text = with_key(ledger.read_text("utf-8"), str(release.version), "withdrawn", {"date": today, **reason})
    replace_atomically(ledger, text.encode())
    others = [other for other in dataset.releases if other.state == "released" and other != release]
    newest = others[-1] if others else None
    try:
        added = sum(each.added for each in record(root, [name]))
    except DataFaults as faults:
        return Withdrawn(release, problems=faults.problems, newest=newest)
    except EnvironmentFault as fault:
        return Withdrawn(release, newest=newest, fault=fault)
    return Withdrawn(release, added=added, newest=newest)
