"""`add`: a dataset from what people have, with what is not known proposed, so that few questions are left."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from datagazette.commands.authoring import about_package
from datagazette.commands.init import known_licence
from datagazette.intake.columns import Column
from datagazette.intake.dataset_names import dataset_name, readable_name, title_of_file
from datagazette.intake.describe import About, Described
from datagazette.intake.drafts import UNNAMED, Draft
from datagazette.intake.naming import language_among
from datagazette.load.files import DATASETS
from datagazette.model.errors import UsageError
from datagazette.model.names import RESERVED_NAMES, is_name
from datagazette.tables.misread import kind as garbled_kind

_SOURCE = re.compile(
    r"(?:data )?(?:sources?|quellen?|kilde|fuente|fonte|来源|数据来源|资料来源)\s*[:：]\s*(\S.*)", re.IGNORECASE
)
_LINK = re.compile(r"https?://\S+")
_LONGEST_TITLE = 120  # characters of a row above a table that may be its title


@dataclass(frozen=True)
class Proposal:
    """What `about` says already, and what is proposed for the rest: `title` in the publication's first language, and
    from where it is (`row`, `package`, `given`, `file`); `source` is what the file says of its source, or empty."""

    about: About
    title: str
    title_from: str
    source: str
    keys: tuple[str, ...] = ()


def proposal(draft: Draft, about: About) -> Proposal:
    """What can be proposed of a draft, of which a person has said what is in `about`."""
    language = draft.languages[0]
    title, origin = about.titles.get(language, ""), "given"
    if title and about_package(draft).titles.get(language) == title:
        origin = "package"
    if not title:
        title, origin = _row_above(draft), "row"
    if not title and about.titles:  # in another language, which is still nearer than the name of a file
        title, origin = next(iter(about.titles.values())), "package"
    if not title:
        title, origin = title_of_file(draft.origin), "file"
    return Proposal(about, title, origin, _source(draft), _other_keys(draft))


def _row_above(draft: Draft) -> str:
    """The first row above the table, if it is a single text that can be a title in the publication's language."""
    found = next((found for sheet in draft.sheets[:1] for found in sheet.notices if found.code == "above"), None)
    text = found.places[0].text.strip() if found and found.places else ""
    is_title = " | " not in text and len(text) <= _LONGEST_TITLE and not _SOURCE.match(text) and not garbled_kind(text)
    return text if is_title and language_among(text, draft.languages) == draft.languages[0] else ""


def _source(draft: Draft) -> str:
    """What a row above or below a table says of its source."""
    notes = (place.text for sheet in draft.sheets for found in sheet.notices if found.code in ("above", "alone")
             for place in found.places)  # fmt: skip
    return next((found[1].strip() for note in notes if (found := _SOURCE.match(note.strip()))), "")


def _other_keys(draft: Draft) -> tuple[str, ...]:
    """The columns that identify the rows of the only table, where there are several and no heading says which does."""
    if len(draft.tables) != 1 or draft.tables[0].resource.get("schema"):
        return ()
    (table,) = draft.tables
    key = next((column for column in table.columns if (column.name,) == table.key), None)
    if key is None or key.named.identifies or key.named.coded:
        return ()
    found = tuple(column.name for column in table.columns if _identifies(column))
    return found if len(found) > 1 else ()


def _identifies(column: Column) -> bool:
    alone = column.complete and column.distinct == column.rows > 1 and not column.notices
    is_name = column.type == "string" or (column.type == "integer" and (column.named.coded or column.named.identifies))
    return alone and is_name and not column.named.measures


def proposed_name(draft: Draft, title: str, about: About) -> str:
    """The name that a package had; else one from its title, or from what else has a name that can be read."""
    texts = (title, *about.titles.values(), title_of_file(draft.origin))
    return dataset_name((draft.package_name, *texts), _taken(draft))


def is_readable(title: str) -> bool:
    """Whether a title gives a name by itself."""
    return bool(readable_name(title))


def check_name(draft: Draft, name: str) -> None:
    """Raises UsageError for a name that cannot be one, or that a dataset has."""
    if not is_name(name) or name in RESERVED_NAMES:
        raise UsageError("dataset-name", name=name, meant=readable_name(name) or "volunteer-hours")
    if name in _taken(draft):
        raise UsageError("dataset-taken", name=name)


def _taken(draft: Draft) -> frozenset[str]:
    folder = draft.root / DATASETS
    return frozenset(path.name for path in folder.iterdir()) if folder.is_dir() else frozenset()


def completed(draft: Draft, about: About, name: str, key: tuple[str, ...] = ()) -> tuple[Draft, About]:
    """The draft and what is said of it, under the dataset's name. A single table that has no name of its own gets it
    too; `key` is the key that a person has chosen for it, if there is one."""
    tables = draft.tables
    if len(tables) == 1:
        (table,) = tables
        own = name if table.name == UNNAMED else table.name
        tables = (replace(table, name=own, key=key or table.key),)
    return replace(draft, name=name, tables=tables), replace(about, name=name)


def with_source(about: About, answer: str, language: str) -> About:
    """`answer` is the title of a source with or without its web address."""
    link = _LINK.search(answer)
    title = _LINK.sub("", answer).strip(" ,;，；()（）<>")
    if not answer.strip():
        return about
    address = link[0].rstrip(".,;)") if link else ""
    return replace(about, source={language: title or address}, source_path=about.source_path or address)


def with_license(about: About, answer: str) -> About:
    """`answer` is the name of a licence, its web address, or both. Raises UsageError where it is a name alone and none
    of the SPDX list: nobody could look up what it allows."""
    link = _LINK.search(answer)
    name = _LINK.sub("", answer).strip(" ,;，；()（）<>")
    name = known_licence(name).name if name and not link else name
    found = {key: value for key, value in (("name", name), ("path", link[0] if link else "")) if value}
    return replace(about, package={**about.package, "licenses": [found]}) if found else about


def key_of(table: Described, names: str) -> tuple[str, ...]:
    """The names of the columns in `names`, which commas separate; empty where there is one that the table lacks."""
    wanted = tuple(name.strip() for name in re.split("[,，、]", names) if name.strip())
    return wanted if {*wanted} <= {column.name for column in table.columns} else ()
