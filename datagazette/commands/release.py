"""`release` and `record`: what the ledger keeps of a version.

To release a draft, its schemas are copied beside it, and the ledger gets the hash of each of its files and of every
file that is published of it: years later a file that a person kept is recognised by its hash. `record` adds hashes to
releases that were made before the ledger kept them, or before a library or the generator was renewed.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from pathlib import Path

from datagazette.build.checked import CheckOptions, chosen_datasets, chosen_releases, load
from datagazette.build.package import SITE, package
from datagazette.build.steps import Run, uncached
from datagazette.build.stored import contents, fetch_for, needed, read_with
from datagazette.build.summarise import Summarised, summarise
from datagazette.build.workers import opened, workers
from datagazette.commands.check_datasets import asked, check_tables
from datagazette.commands.diff import compare_with_last, with_causes
from datagazette.commands.ledger_text import as_yaml, hashes_descriptor, in_languages, with_entry, with_hashes
from datagazette.commands.line_ends import keep_line_ends
from datagazette.commands.permanence import rewritten_releases
from datagazette.commands.push import unkept_tables
from datagazette.commands.stored import Bringing
from datagazette.describe.release_history import imprint_descriptor
from datagazette.diff.sentences import changes_text
from datagazette.downloads.promises import Kept, kept
from datagazette.files import replace_atomically, sha256
from datagazette.isolation import OutOfBounds, isolated
from datagazette.load.files import DATASETS, LEDGER, SCHEMAS, Folder
from datagazette.messages import LANGUAGES
from datagazette.model.content import Content
from datagazette.model.errors import DataFaults
from datagazette.model.names import Version
from datagazette.model.problems import Problem, has_errors
from datagazette.model.publication import Imprint, Publication, Release
from datagazette.model.text import Text, read_text
from datagazette.tables.bounded import out_of_bounds

# Warnings that a release is the last occasion for: what they are of is permanent afterwards.
_DOUBTFUL = frozenset({"open-quote", "quote-text", "garbled-text", "keys-alike", "files-fewer"})


@dataclass(frozen=True)
class Released:
    """`is_new` is False where the version had been released before; `drafted` where no texts were given; `attributes`
    where git has been asked to leave line ends alone. `doubtful` are the warnings of what readers may take for wrong,
    or miss.
    """

    version: Version
    day: date
    changes: Text
    is_new: bool = True
    drafted: bool = False
    attributes: bool = False
    doubtful: tuple[Problem, ...] = ()


def release_draft(
    root: Path, name: str, changes: Mapping[str, str], report: Callable[[Content], None] = lambda _: None
) -> Released:
    """Freezes the newest draft of a dataset, dated today. `changes` by language; `""` is the first language.

    Without any texts, what the comparison with the release before finds is written down. Where there is no draft,
    nothing is done. All that takes time comes before the first file is written, and the ledger, which makes the
    draft a release, is the last one. Raises UsageError where there is no such dataset, DataFaults where the draft
    has errors or too small a version. What it reads of the store is fetched, and `report` called before each file.
    """
    Bringing(root, drafts=True, report=report).bring(_wanted_of_draft, root, name)
    today = date.today()  # noqa: DTZ011 - the day of the person who releases
    try:
        released, publication, schemas, entry = isolated(
            _plan, root, name, changes, today, reads=[root], writes=[root / "build"]
        )
    except OutOfBounds as error:
        raise DataFaults((out_of_bounds(error, f"{DATASETS}/{name}"),)) from error
    if not released.is_new:
        return released
    rewritten = (*rewritten_releases(publication), *unkept_tables(publication, name, released.version))
    if has_errors(rewritten):
        raise DataFaults(rewritten)
    for target, file in sorted(schemas.items()):
        target.parent.mkdir(exist_ok=True)
        replace_atomically(target, file.read_bytes())
    attributes = keep_line_ends(root)
    ledger = root / DATASETS / name / LEDGER
    before = ledger.read_text("utf-8") if ledger.exists() else ""
    replace_atomically(ledger, with_entry(before, entry).encode())
    return replace(released, attributes=attributes)


def _wanted_of_draft(root: Path, name: str) -> tuple[Content, ...]:
    """What is in the store and not here of all that the newest draft of a dataset reads."""
    publication = load(root).publication
    dataset = publication.dataset(name) if publication else None
    drafts = [release for release in (dataset.releases if dataset else ()) if release.state == "draft"]
    return needed(publication, drafts[-1:]) if publication else ()


def _plan(
    root: Path, name: str, changes: Mapping[str, str], today: date
) -> tuple[Released, Publication, Mapping[Path, Path], str]:
    """The release, the publication, the schemas that are copied, by their new path, and the ledger's entry."""
    loaded = load(root)
    publication = loaded.publication
    if publication is None:
        raise DataFaults(loaded.problems)
    (dataset,) = chosen_datasets(publication, [name])
    draft = next((release for release in reversed(dataset.releases) if release.state == "draft"), None)
    if draft is None:
        newest = dataset.latest
        assert newest.date is not None
        return Released(newest.version, newest.date, newest.changes, is_new=False), publication, {}, ""
    with tempfile.TemporaryDirectory() as scratch:
        run = uncached(publication, Path(scratch) / "work", replace(workers(1), shared=Path(scratch).name))
        options = CheckOptions(root, (name,), written=True)
        checked, summarised = check_tables(
            run, asked(loaded, options), dataset.releases, options.limit_errors, described=[draft.id]
        )
        compared = compare_with_last(publication, draft, checked.problems)
        problems = with_causes(compared.problems, checked.problems)
        if has_errors(problems):
            raise DataFaults(problems)
        known = {language: changes_text(compared, language) for language in draft.languages if language in LANGUAGES}
        texts = in_languages("changes", changes, draft.languages) or in_languages("changes", known, draft.languages)
        said = read_text(texts, "changes", draft.languages)
        published = _published(run, summarised, replace(draft, state="released", date=today, changes=said))
    folder = root / draft.folder
    frozen = {folder / SCHEMAS / f"{table.schema.name}.yaml": root / table.schema.file for table in draft.tables}
    schemas = {target: file for target, file in frozen.items() if not target.exists()}
    files = {name: folder / name for name in Folder(root, draft.folder).contents}
    files |= {target.relative_to(folder).as_posix(): file for target, file in schemas.items()}
    hashes = {name: sha256(file) for name, file in files.items()}
    hashes |= {table.path: table.stored for table in draft.tables if table.stored}
    entry = {
        "version": str(draft.version), "date": today.isoformat(), **texts,
        "imprint": imprint_descriptor(publication.catalog.imprint),
        "files": dict(sorted(hashes.items())), **hashes_descriptor(published),
    }  # fmt: skip
    own = (problem for problem in problems if problem.file.startswith(f"{draft.folder}/"))
    doubtful = tuple(problem for problem in own if problem.code in _DOUBTFUL)
    released = Released(draft.version, today, said, drafted=not any(changes.values()), doubtful=doubtful)
    return released, publication, schemas, as_yaml([entry])


def _published(run: Run, summarised: Sequence[Summarised], release: Release) -> Kept:
    """The hashes of every file that a build will publish of `release`, which was `summarised` as a draft."""
    release = replace(release, published={}, contents={})
    datasets = tuple(
        replace(dataset, releases=tuple(release if old.id == release.id else old for old in dataset.releases))
        for dataset in run.publication.datasets
    )
    run = replace(run, publication=replace(run.publication, datasets=datasets))
    results = [found.result for found in summarised if found.result and found.result.release.id == release.id]
    return _kept(run, [Summarised(replace(result, release=release), ()) for result in results])[release.id]


@dataclass(frozen=True)
class Recorded:
    """A release, how many hashes its ledger got, and whether it got what the publication says of itself."""

    release: Release
    added: int
    got_imprint: bool = False


def record(
    root: Path, names: Sequence[str] = (), jobs: int | None = None,
    report: Callable[[Content], None] = lambda _: None,
) -> tuple[Recorded, ...]:  # fmt: skip
    """Packages every release of the datasets called `names` (none: all) and writes what the ledgers lack.

    Raises UsageError for an unknown name, DataFaults where a release would be published with other values: then
    nothing is written.
    """
    loaded = load(root)
    publication = loaded.publication
    if publication is None or has_errors(loaded.problems):
        raise DataFaults(loaded.problems)
    releases = [release for release in chosen_releases(publication, names) if release.state != "draft"]
    read = (each for release in releases for each in read_with(publication, release, is_described=True))
    fetch_for(publication, contents(read), report)
    found = kept_of(root, publication, releases, jobs)
    problems = tuple(problem for release in found.values() for problem in release.problems)
    if has_errors(problems):
        raise DataFaults(problems)
    return tuple(_record(root, release, found[release.id], publication.catalog.imprint) for release in releases)


def kept_of(
    root: Path, publication: Publication, releases: Sequence[Release], jobs: int | None = 1
) -> Mapping[str, Kept]:
    """What the ledger should keep of each release, by its id, from files that are made for this and thrown away."""
    with (
        tempfile.TemporaryDirectory() as scratch,
        opened(workers(jobs), reads=[root], writes=[Path(scratch)]) as pool,
    ):
        run = uncached(publication, Path(scratch) / "work", pool)
        return _kept(run, summarise(run, releases))


def _kept(run: Run, summarised: Sequence[Summarised]) -> Mapping[str, Kept]:
    """The same of releases that have been summarised."""
    results = {
        (result.release.dataset, result.release.version): result for found in summarised if (result := found.result)
    }
    packages = package(run, results).values()
    faults = (*(found.problems for found in summarised), *(each.problems for each in packages))
    problems = tuple(chain.from_iterable(faults))
    if has_errors(problems):
        raise DataFaults(problems)
    return {each.result.release.id: kept(each.result, each.files.path(SITE)) for each in packages}


def _record(root: Path, release: Release, found: Kept, catalog_imprint: Imprint) -> Recorded:
    imprint = release.imprint or catalog_imprint
    added = sum(map(len, found.published.values())) - sum(map(len, release.published.values()))
    if added or found.contents != release.contents or release.imprint is None:
        ledger = root / DATASETS / release.dataset / LEDGER
        text = with_hashes(ledger.read_text("utf-8"), str(release.version), found, imprint)
        replace_atomically(ledger, text.encode())
    recorded = replace(release, published=found.published, contents=found.contents, imprint=imprint)
    return Recorded(recorded, added, got_imprint=release.imprint is None)
