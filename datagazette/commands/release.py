"""Freezing a draft: its schemas are copied beside it, and the ledger gets the hash of every file.

That of every published file, too: years later a file that was kept is recognised by its hash.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import yaml

from datagazette.build.checked import CheckOptions, load
from datagazette.build.steps import Run, uncached
from datagazette.build.summarise import Summarised
from datagazette.build.workers import workers
from datagazette.commands.check.datasets import asked, check_tables
from datagazette.commands.diff.diffing import compare_with_last
from datagazette.commands.diff.permanence import rewritten_releases
from datagazette.commands.record import hashes, kept_of_summarised
from datagazette.describe.release_history import imprint_descriptor
from datagazette.diff.outcome import ReleaseComparison
from datagazette.diff.report.sentences import changes_text
from datagazette.downloads.promises import Kept
from datagazette.files import replace_atomically, sha256
from datagazette.isolation import OutOfBounds, isolated
from datagazette.load.files import Folder
from datagazette.load.ledger import FILE as LEDGER
from datagazette.load.publication import DATASETS
from datagazette.load.tables import SCHEMAS
from datagazette.messages import LANGUAGES
from datagazette.model.errors import DataFaults, not_found
from datagazette.model.names import Version
from datagazette.model.problems import has_errors
from datagazette.model.publication import Dataset, Imprint, Publication, Release
from datagazette.model.text import Text, read_text
from datagazette.tables.bounded import out_of_bounds


@dataclass(frozen=True)
class Released:
    """`is_new` is False where the version had been released before; `drafted` where no words were given."""

    version: Version
    day: date
    changes: Text
    is_new: bool = True
    drafted: bool = False


@dataclass(frozen=True)
class _Plan:
    """What is written to release a draft: the ledger's entry, and schemas to copy by their path in its folder."""

    publication: Publication
    released: Released
    folder: str
    entry: str
    schemas: Mapping[str, Path]


def release_draft(root: Path, name: str, changes: Mapping[str, str]) -> Released:
    """Freezes the newest draft of a dataset, dated today. `changes` by language; `""` is the first language.

    Without any words, what the comparison with the release before finds is written down. Where there is no draft,
    nothing is done. All that takes time comes before the first file is written, and the ledger, which makes the
    draft a release, is the last one. Raises UsageError where there is no such dataset, DataFaults where the draft
    has errors or too small a version.
    """
    today = date.today()  # noqa: DTZ011 - the day of the person who releases
    try:
        plan = isolated(_plan, root, name, changes, today, reads=[root], writes=[root / "build"])
    except OutOfBounds as error:
        raise DataFaults((out_of_bounds(error, f"{DATASETS}/{name}"),)) from error
    if isinstance(plan, Released):
        return plan
    rewritten = rewritten_releases(plan.publication)
    if has_errors(rewritten):
        raise DataFaults(rewritten)
    _freeze_schemas(root / plan.folder, plan.schemas)
    _append(root / DATASETS / name / LEDGER, plan.entry)
    return plan.released


def _plan(root: Path, name: str, changes: Mapping[str, str], today: date) -> _Plan | Released:
    loaded = load(root)
    publication = loaded.publication
    if publication is None:
        raise DataFaults(loaded.problems)
    dataset = _dataset(publication, name)
    draft = next((release for release in reversed(dataset.releases) if release.state == "draft"), None)
    if draft is None:
        newest = dataset.latest
        assert newest.date is not None
        return Released(newest.version, newest.date, newest.changes, is_new=False)
    with tempfile.TemporaryDirectory() as folder:
        run = uncached(publication, Path(folder) / "work", replace(workers(1), shared=Path(folder).name))
        options = CheckOptions(root, (name,), written=True)
        checked, summarised = check_tables(
            run, asked(loaded, options), dataset.releases, options.limit_errors, described=[draft.id]
        )
        compared = compare_with_last(publication, draft, loaded.problems)
        problems = tuple(dict.fromkeys((*compared.problems, *checked.problems)))
        if has_errors(problems):
            raise DataFaults(problems)
        texts = _texts(changes, draft.languages) or _drafted(compared, draft)
        said = read_text(texts, "changes", draft.languages)
        published = _published(run, summarised, replace(draft, state="released", date=today, changes=said))
    schemas = _schemas(root, draft)
    entry = _entry(Folder(root, draft.folder), draft, today, texts, schemas, published, publication.catalog.imprint)
    released = Released(draft.version, today, said, drafted=not any(changes.values()))
    return _Plan(publication, released, draft.folder, entry, schemas)


def _published(run: Run, summarised: Sequence[Summarised], release: Release) -> Kept:
    """The hashes of every file that a build will publish of `release`, which was `summarised` as a draft."""
    release = replace(release, published={}, contents={})
    run = replace(run, publication=_with(run.publication, release))
    results = [each.result for each in summarised if each.result and each.result.release.id == release.id]
    return kept_of_summarised(run, [Summarised(replace(result, release=release), ()) for result in results])[release.id]


def _dataset(publication: Publication, name: str) -> Dataset:
    dataset = publication.dataset(name)
    if dataset is None:
        raise not_found("dataset", [name], [dataset.name for dataset in publication.datasets])
    return dataset


def _with(publication: Publication, release: Release) -> Publication:
    """The publication with `release` in the place of the version that it has."""
    datasets = tuple(
        replace(dataset, releases=tuple(release if old.id == release.id else old for old in dataset.releases))
        for dataset in publication.datasets
    )
    return replace(publication, datasets=datasets)


def _schemas(root: Path, draft: Release) -> dict[str, Path]:
    """The schemas to be frozen by their path in the version's folder, where they are not there yet."""
    wanted = {f"{SCHEMAS}/{table.schema.name}.yaml": root / table.schema.file for table in draft.tables}
    return {path: file for path, file in wanted.items() if not (root / draft.folder / path).exists()}


def _freeze_schemas(folder: Path, schemas: Mapping[str, Path]) -> None:
    """Each copy appears whole, with its last byte written."""
    for path, file in sorted(schemas.items()):
        target = folder / path
        target.parent.mkdir(exist_ok=True)
        replace_atomically(target, file.read_bytes())


def _texts(changes: Mapping[str, str], languages: tuple[str, ...]) -> dict[str, str]:
    """What changed, under the ledger's keys."""
    return {
        ("changes" if position == 0 else f"changes@{language}"): text
        for position, language in enumerate(languages)
        if (text := changes.get(language) or (changes.get("") if position == 0 else ""))
    }


def _drafted(compared: ReleaseComparison, draft: Release) -> dict[str, str]:
    """The words of the comparison, in those languages of the dataset that this program speaks."""
    known = {language: changes_text(compared, language) for language in draft.languages if language in LANGUAGES}
    return _texts(known, draft.languages)


def _entry(
    folder: Folder, draft: Release, day: date, texts: Mapping[str, str], schemas: Mapping[str, Path], published: Kept,
    imprint: Imprint,
) -> str:  # fmt: skip
    files = {name: folder.path / name for name in folder.contents()} | dict(schemas)
    entry = {
        "version": str(draft.version),
        "date": day.isoformat(),
        **texts,
        "imprint": imprint_descriptor(imprint),
        "files": {name: sha256(files[name]) for name in sorted(files)},
        **hashes(published),
    }
    written = yaml.safe_dump([entry], allow_unicode=True, sort_keys=False, width=120)
    return "".join(f"  {line}\n" for line in written.splitlines())


def _append(ledger: Path, entry: str) -> None:
    """Adds an entry and leaves every other byte of the ledger as it is."""
    before = ledger.read_text("utf-8") if ledger.exists() else ""
    text = before if before.strip() else "releases:\n"
    replace_atomically(ledger, (text + ("" if text.endswith("\n") else "\n") + entry).encode())
