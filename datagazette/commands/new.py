"""`new`: the first version of a dataset.

Nothing appears until all of it is there: the folder is made beside its place and renamed. Its schemas lie in it first,
where the loader finds them too, and then move to `schemas/`; an interruption between the two is made up for by the next
call.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from datagazette.build.checked import load
from datagazette.commands.foreign import read_bounded
from datagazette.intake import describe
from datagazette.intake.describe import About, Described
from datagazette.intake.drafts import Draft, Sources, plan_contents
from datagazette.intake.naming import language_of, slug
from datagazette.load.package import FILE as DESCRIPTOR
from datagazette.load.publication import DATASETS
from datagazette.load.tables import SCHEMAS
from datagazette.model import limits
from datagazette.model.errors import UsageError
from datagazette.model.names import RESERVED_NAMES, is_name, parse_version


def standing(root: Path, name: str) -> bool:
    """Whether there is a draft of that name already; finishes what an interrupted call has left.

    Raises UsageError for a name that cannot be one, or that of a dataset with releases.
    """
    if not is_name(name) or name in RESERVED_NAMES:
        raise UsageError("dataset-name", name=name, meant=slug(name) or "volunteer-hours")
    folder = root / DATASETS / name
    if not folder.is_dir() or not any(folder.iterdir()):
        return False
    loaded = load(root).publication
    dataset = loaded.dataset(name) if loaded else None
    if dataset and any(one.state != "draft" for one in dataset.releases):
        raise UsageError("dataset-released", name=name)
    for release in dataset.releases if dataset else ():
        _settle_schemas(root, root / release.folder)
    return True


def plan(sources: Sources, memory: int = limits.SOURCE_MEMORY) -> Draft:
    """What the tables are found to be; the sources are read by a bounded process."""
    return read_bounded(plan_contents, sources, root=sources.root, files=sources.paths, memory=memory)


def write_dataset(draft: Draft, about: About) -> Path:
    """The folder of the first version, which appears whole or not at all."""
    place = draft.root / DATASETS / draft.name
    scratch = place.with_name(f".{draft.name}.new")
    shutil.rmtree(scratch, ignore_errors=True)
    version = scratch / about.version
    try:
        (version / SCHEMAS).mkdir(parents=True)
        schemas = {one.name: _schema_name(draft, one) for one in draft.tables}
        for table, content in zip(draft.tables, draft.contents, strict=True):
            (version / table.path).write_bytes(content)
            text = describe.as_yaml(describe.schema(schemas[table.name].partition(".")[0], table, draft.languages))
            (version / SCHEMAS / f"{schemas[table.name]}.yaml").write_text(text, "utf-8", newline="\n")
        text = describe.as_yaml(describe.descriptor(about, draft.tables, schemas))
        (version / DESCRIPTOR).write_text(text, "utf-8", newline="\n")
        scratch.rename(place)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    _settle_schemas(draft.root, place / about.version)
    return place / about.version


def _settle_schemas(root: Path, version: Path) -> None:
    """Moves the schemas of a new version to `schemas/`, each in one step; one that is there already stays."""
    folder = version / SCHEMAS
    if not folder.is_dir():
        return
    (root / SCHEMAS).mkdir(exist_ok=True)
    for path in sorted(folder.iterdir()):
        if not (root / SCHEMAS / path.name).exists():
            path.replace(root / SCHEMAS / path.name)
    if not any(folder.iterdir()):
        folder.rmdir()


def _schema_name(draft: Draft, table: Described) -> str:
    """`<table>.v1`; where a schema has that name already, with the dataset's before it."""
    names = [table.name, f"{draft.name}-{table.name}", *(f"{draft.name}-{table.name}-{one}" for one in range(2, 100))]
    return next(f"{one}.v1" for one in names if not (draft.root / SCHEMAS / f"{one}.v1.yaml").exists())


def about_package(draft: Draft) -> About:
    """What a Data Package among the sources says of itself, as far as it fits."""
    given = draft.package
    version = parse_version(given.get("version"))
    told = {key: str(given[key]) for key in ("title", "description") if isinstance(given.get(key), str)}
    texts = {key: {language_of(text): text} for key, text in told.items()}
    return About(
        draft.name, draft.languages, texts.get("title", {}), texts.get("description", {}),
        version=str(version or "1.0.0"), package=given,
    )  # fmt: skip
