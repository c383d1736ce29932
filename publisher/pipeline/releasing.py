"""Freezing a draft: its schemas are copied beside it, and the ledger gets the hash of every file.

That of every file that is published of it, too: years later a file that somebody kept is told by its hash.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import yaml

from publisher.errors import DataFaults, UsageError
from publisher.load.files import Folder, sha256
from publisher.load.ledger import FILE as LEDGER
from publisher.load.tables import SCHEMAS
from publisher.model import Publication, Release
from publisher.names import Version
from publisher.pipeline.checking import load
from publisher.pipeline.promises import Kept
from publisher.pipeline.recording import hashes, kept_of
from publisher.pipeline.targets import CheckOptions, check_targets
from publisher.text import Text, read_text


def release_draft(root: Path, name: str, changes: Mapping[str, str]) -> Version:
    """Freezes the newest draft of a dataset, dated today. `changes` by language; `""` is the first language.

    Raises UsageError where there is no draft, DataFaults where the draft has errors.
    """
    loaded = load(root)
    publication = loaded.publication
    draft = _draft(publication, name) if publication else None
    if publication is None or draft is None:
        raise UsageError(
            en=f"{name} has no draft to release; open one with: python build.py revise {name}",
            zh=f"{name} 没有可发布的草稿；请先运行 python build.py revise {name}",
        )
    checked = check_targets(CheckOptions(root, (name,)))
    if not checked.valid:
        raise DataFaults(checked.problems)
    folder = Folder(root, draft.folder)
    _freeze_schemas(root, folder, draft)
    today = date.today()  # noqa: DTZ011 - the day of the person who releases
    texts = _texts(changes, publication.catalog.languages)
    published = published_hashes(root, name, draft.version, today, read_text(texts, "changes", draft.languages))
    _append(root / "datasets" / name / LEDGER, _entry(folder, draft, today, texts, published))
    return draft.version


def published_hashes(root: Path, name: str, version: Version, day: date, changes: Text) -> Kept:
    """The hashes of every file that a build will publish of a version, released on `day`."""
    publication = load(root).publication
    release = publication.release(name, version) if publication else None
    assert publication is not None
    assert release is not None
    release = replace(release, state="released", date=day, changes=changes, published={}, contents={})
    return kept_of(root, _with(publication, release), [release])[release.id]


def _with(publication: Publication, release: Release) -> Publication:
    """The publication with `release` in the place of the version that it has."""
    datasets = tuple(
        replace(one, releases=tuple(release if old.id == release.id else old for old in one.releases))
        for one in publication.datasets
    )
    return replace(publication, datasets=datasets)


def _draft(publication: Publication, name: str) -> Release | None:
    dataset = publication.dataset(name)
    drafts = [one for one in dataset.releases if one.state == "draft"] if dataset else []
    return drafts[-1] if drafts else None


def _freeze_schemas(root: Path, folder: Folder, draft: Release) -> None:
    for table in draft.tables:
        frozen = folder.path / SCHEMAS / f"{table.schema.name}.yaml"
        if not frozen.exists():
            frozen.parent.mkdir(exist_ok=True)
            shutil.copyfile(root / table.schema.file, frozen)


def _texts(changes: Mapping[str, str], languages: tuple[str, ...]) -> dict[str, str]:
    """What changed, under the ledger's keys."""
    return {
        ("changes" if position == 0 else f"changes@{language}"): text
        for position, language in enumerate(languages)
        if (text := changes.get("" if position == 0 else language))
    }


def _entry(folder: Folder, draft: Release, day: date, texts: Mapping[str, str], published: Kept) -> str:
    entry = {
        "version": str(draft.version),
        "date": day.isoformat(),
        **texts,
        "files": {name: sha256(folder.path / name) for name in folder.contents()},
        **hashes(published),
    }
    written = yaml.safe_dump([entry], allow_unicode=True, sort_keys=False, width=120)
    return "".join(f"  {line}\n" for line in written.splitlines())


def _append(ledger: Path, entry: str) -> None:
    """Adds an entry and leaves every other byte of the ledger as it is."""
    before = ledger.read_text("utf-8") if ledger.exists() else ""
    text = before if before.strip() else "releases:\n"
    scratch = ledger.with_name(f".{ledger.name}.new")
    scratch.write_text(text + ("" if text.endswith("\n") else "\n") + entry, "utf-8")
    scratch.replace(ledger)
