"""The tables of whatever `add` was given: files, folders, archives, and descriptions of any of the known forms."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from datagazette.intake import ckan, csvw
from datagazette.intake.accounts import Account, Gathered, How, Left
from datagazette.intake.archives import unpack_gzip, unpack_zip
from datagazette.intake.dataset_names import readable_name
from datagazette.intake.keeping import kept, plain
from datagazette.intake.older_packages import upgraded
from datagazette.intake.resources import base_name, is_remote, read_resource, safe_names
from datagazette.intake.sheets import Sheet, read_sheets
from datagazette.intake.workbooks import ENDINGS
from datagazette.isolation import step
from datagazette.load.descriptors import Document
from datagazette.load.standalone import is_descriptor, read_descriptor
from datagazette.messages import LANGUAGES, fill, texts
from datagazette.model import limits
from datagazette.model.errors import DataFaults, UsageError
from datagazette.model.problems import has_errors

_TABLES = (".csv", ".tsv", ".tab", ".txt", *ENDINGS)
_FOR_ALL = "csv-metadata.json"
_NO_TABLE = ("remote", "missing", "not-there", "parts", "no-table")  # reasons why a table is not there
_PACKAGES = ("datapackage.json", "datapackage.yaml", "datapackage.yml")


def metadata_beside(path: Path) -> Path | None:
    """CSVW metadata where the standard looks for them: of the file, or of all files of its folder."""
    if is_descriptor(path) or not path.is_file():
        return None
    places = (path.with_name(f"{path.name}-metadata.json"), path.with_name(f"{path.stem}-metadata.json"),
              path.with_name(_FOR_ALL))  # fmt: skip
    return next((place for place in places if place.is_file()), None)


def gather(paths: Sequence[Path], how: How) -> Gathered:
    """Every table of these files, and what is said of them.

    Raises UsageError or DataFaults where one of them cannot be read.
    """
    found: list[Gathered] = []
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        opened: list[Path] = []
        for path in paths:
            with step(path.name, limits.SOURCE_SECONDS):
                files, account = _opened(path, scratch)
                opened += files
                found += [Gathered(accounts=(account,))] if account else []
        used: set[Path] = set()
        for descriptor, only in _descriptors(opened).items():
            with step(descriptor.name, limits.SOURCE_SECONDS):
                gathered, taken = _described(descriptor, only, opened, scratch, how)
                found.append(gathered)
                used |= taken
        for path in opened:
            if path.resolve() not in used and not is_descriptor(path):
                with step(path.name, limits.SOURCE_SECONDS):
                    found.append(Gathered(read_sheets(path, *how.of_tables)))
    found = _joined(found)
    sheets = tuple(sheet for gathered in found for sheet in gathered.sheets)
    accounts = tuple(account for gathered in found for account in gathered.accounts)
    if not sheets:
        raise UsageError("nothing-to-add", file=paths[0].name, reasons=_reasons(accounts))
    return Gathered(sheets, next((gathered.package for gathered in found if gathered.package), {}), accounts)


def _joined(found: Sequence[Gathered]) -> list[Gathered]:
    """The first description is that of the dataset. Of a table that another one describes alone, title and description
    are its own; the rest is listed."""
    first = next((gathered for gathered in found if gathered.package), None)
    joined = []
    for gathered in found:
        if not gathered.package or gathered is first:
            joined.append(gathered)
            continue
        own = {key: text for key, text in gathered.package.items()
               if key.partition("@")[0] in ("title", "description") and len(gathered.sheets) == 1}  # fmt: skip
        lost = tuple(Left(key, "second") for key in gathered.package if key not in own and key != "name")
        sheets = tuple(replace(sheet, resource={**own, **sheet.resource}) for sheet in gathered.sheets)
        accounts = tuple(replace(account, left=(*account.left, *lost)) for account in gathered.accounts)
        joined.append(Gathered(sheets, {}, accounts))
    return joined


def unspoken(gathered: Gathered, languages: Sequence[str]) -> Iterator[Account]:
    """What is said in languages that the publication does not have, unless it is the text that has no language."""
    holders: list[tuple[str, Mapping[str, Any]]] = [("", gathered.package)]
    for sheet in gathered.sheets:
        schema = sheet.resource.get("schema")
        fields = schema.get("fields") if isinstance(schema, Mapping) else ()
        holders.append((f"{sheet.name}: ", sheet.resource))
        holders += [(f"{sheet.name}: {field['name']}: ", field) for field in fields or ()]
    left = tuple(
        Left(f"{place}{key}", "language") for place, holder in holders for key, text in holder.items()
        if key.partition("@")[2] not in ("", *languages) and text != holder.get(key.partition("@")[0])
    )  # fmt: skip
    if left:
        form, file = next(((account.form, account.file) for account in gathered.accounts), ("folder", ""))
        yield Account(file, form, (), left)


def _reasons(accounts: Iterable[Account]) -> dict[str, str]:
    """Why none of the tables could be read, by language."""
    lost = [part for account in accounts for part in account.left if part.reason in _NO_TABLE]
    return {
        language: "; ".join(
            f"{part.what}: {fill(texts('adding', language)['reasons'][part.reason], **part.values)}" for part in lost
        )
        for language in LANGUAGES
    }


def _opened(path: Path, scratch: Path) -> tuple[list[Path], Account | None]:
    """(the files to read, what of a folder or archive is none of them)."""
    suffix = path.suffix.lower()
    if path.is_dir():
        return _of_folder(path, path.name)
    if not path.is_file():
        raise UsageError("no-file", path=path)
    if suffix == ".zip":
        return _of_folder(unpack_zip(path, scratch), path.name)
    return ([unpack_gzip(path, scratch)] if suffix == ".gz" else [path]), None


def _of_folder(folder: Path, name: str) -> tuple[list[Path], Account | None]:
    """The Data Package of a folder, else its tables and what describes them; of a folder that has only one other in it,
    those of that one."""
    inside = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    files = [path for path in inside if path.is_file() and not path.is_symlink()]
    tables = [path for path in files if path.suffix.lower() in _TABLES and path.suffix.lower() != ".txt"]
    package = next((path for path in files if path.name in _PACKAGES), None)
    if package is not None:
        others = [path.name for path in tables if path.name not in _paths_of(package)]
        left = tuple(Left(other, "undescribed", {"file": package.name}) for other in others)
        return [package], Account(name, "folder", (), left) if left else None
    beside = {metadata_beside(path) for path in tables}
    described = [path for path in files if path.suffix.lower() == ".json" and path not in beside and _is_known(path)]
    if not tables and not described:
        folders = [path for path in inside if path.is_dir() and not path.is_symlink()]
        if len(folders) != 1:
            raise UsageError("no-table", file=name)
        return _of_folder(folders[0], name)
    left = tuple(Left(path.name, "no-table") for path in inside if path not in {*tables, *described, *beside})
    return [*described, *tables], Account(name, "folder", (), left) if left else None


def _paths_of(package: Path) -> set[str]:
    """The files that the resources of a Data Package name, as far as it can be read."""
    document, _ = read_descriptor(package)
    resources = document.value.get("resources") if document else None
    found = [resource.get("path", resource.get("url")) for resource in resources or () if isinstance(resource, Mapping)]
    return {base_name(str(path)) for paths in found for path in (paths if isinstance(paths, list) else [paths])}


def _is_known(path: Path) -> bool:
    document, _ = read_descriptor(path)
    return document is not None and (csvw.is_csvw(document.value) or ckan.answer_of(document.value) is not None)


def _descriptors(opened: Sequence[Path]) -> dict[Path, frozenset[Path] | None]:
    """The descriptors to read, each with the only tables of it that are wanted, or None for all of them."""
    found: dict[Path, frozenset[Path] | None] = {path: None for path in opened if is_descriptor(path)}
    for path in opened:
        beside = metadata_beside(path)
        if beside is None or found.get(beside, frozenset()) is None or not _names(beside, path):
            continue
        found[beside] = (found.get(beside) or frozenset()) | {path.resolve()}
    return found


def _names(metadata: Path, path: Path) -> bool:
    """Whether CSVW metadata are about a file."""
    document, _ = read_descriptor(metadata)
    if document is None or not csvw.is_csvw(document.value):
        return False
    tables = document.value.get("tables") or [document.value]
    return any(isinstance(table, Mapping) and base_name(str(table.get("url"))) == path.name for table in tables)


def _described(
    path: Path, only: frozenset[Path] | None, opened: Sequence[Path], scratch: Path, how: How
) -> tuple[Gathered, set[Path]]:
    """(the tables and the account of a descriptor, the files that they are from)."""
    document, faults = read_descriptor(path)
    if document is None or has_errors(faults):
        raise DataFaults(faults)
    answer = ckan.answer_of(document.value)
    if answer is not None:
        return _of_ckan(path, answer, opened, how)
    if csvw.is_csvw(document.value):
        return _of_csvw(path, document, only, scratch, how)
    if not isinstance(document.value.get("resources"), list):
        raise UsageError("no-package", file=path.name)
    stated, former = upgraded(document.value)
    return _of_package(path, Document(str(path), stated, lambda: document.lines), former, scratch, how)


def _of_package(
    path: Path, document: Document, former: Mapping[str, tuple[str, ...]], scratch: Path, how: How
) -> tuple[Gathered, set[Path]]:
    own = ("$schema", "profile", "resources", "datapackage_version", "dataPackageVersion", "type")
    about, left = kept(document.value, own)
    resources = [resource for resource in document.value["resources"] if isinstance(resource, Mapping)]
    names = safe_names(resources)
    renamed = {str(resource.get("name")): name for resource, name in zip(resources, names, strict=True)}
    sheets: list[Sheet] = []
    used: set[Path] = set()
    for at, (resource, name) in enumerate(zip(resources, names, strict=True)):
        whole = {**resource, "name": name, **_referring(resource, renamed)}
        found = read_resource(whole, path.parent, document, at, scratch, how, left)
        sheets += found
        used |= {path.parent.joinpath(str(resource.get("path"))).resolve()} if found else set()
    sheets = _without_lost_keys(sheets, left)
    keys = _keys(about, former, sheets)
    return Gathered(tuple(sheets), about, (Account(path.name, "package", keys, tuple(left)),)), used


def _referring(resource: Mapping[str, Any], renamed: Mapping[str, str]) -> dict[str, Any]:
    """The schema of a resource with the names that the tables have here, where a foreign key names one."""
    schema = resource.get("schema")
    keys = schema.get("foreignKeys") if isinstance(schema, Mapping) else None
    if not isinstance(schema, Mapping) or not isinstance(keys, list):
        return {}
    found = []
    for key in keys:
        reference = key.get("reference") if isinstance(key, Mapping) else None
        target = str(reference.get("resource")) if isinstance(reference, Mapping) else ""
        is_known = isinstance(reference, Mapping) and target in renamed
        found.append({**key, "reference": {**(reference or {}), "resource": renamed[target]}} if is_known else key)
    return {"schema": {**schema, "foreignKeys": found}}


def _without_lost_keys(sheets: Sequence[Sheet], left: list[Left]) -> list[Sheet]:
    """The sheets without foreign keys to tables that are not among them."""
    names = ["", None, *(sheet.name for sheet in sheets), *(sheet.resource.get("name") for sheet in sheets)]
    found = []
    for sheet in sheets:
        schema = sheet.resource.get("schema")
        keys = schema.get("foreignKeys") if isinstance(schema, Mapping) else None
        if isinstance(schema, Mapping) and isinstance(keys, list):
            held = [key for key in keys if (key.get("reference") or {}).get("resource") in names
                    and not (key.get("reference") or {}).get("package")]  # fmt: skip
            left += [Left(f"{sheet.name}: foreignKeys", "foreign-key")] * (len(keys) - len(held))
            rest = {key: value for key, value in schema.items() if key != "foreignKeys"}
            changed = {**rest, "foreignKeys": held} if held else rest
            found.append(replace(sheet, resource={**sheet.resource, "schema": changed}))
        else:
            found.append(sheet)
    return found


def _keys(
    about: Mapping[str, Any], former: Mapping[str, tuple[str, ...]], sheets: Sequence[Sheet]
) -> tuple[tuple[str, str], ...]:
    """What is kept, as its form calls it and as it is called here."""
    pairs = [(", ".join(former.get(key, (key,))), key) for key in about if key != "name"]
    described = [sheet.name for sheet in sheets if sheet.resource.get("schema")]
    return (*pairs, *((("schema", ", ".join(described)),) if described else ()))


def _of_csvw(
    path: Path, document: Document, only: frozenset[Path] | None, scratch: Path, how: How
) -> tuple[Gathered, set[Path]]:
    try:
        found = csvw.described(document.value, dict(_schemas(path, document.value)))
    except (AttributeError, TypeError, ValueError) as error:  # a value of another shape than the standard has
        raise UsageError("metadata-form", file=path.name, reason=error) from error
    left = list(found.left)
    about, unkept = kept(found.package, ("resources",))
    left += unkept
    package = Document(document.file, found.package)
    sheets: list[Sheet] = []
    used: set[Path] = set()
    for at, resource in enumerate(found.package["resources"]):
        name, file = str(resource["name"]), path.parent / base_name(str(resource["path"]))
        local = path.parent / str(resource["path"]) if not is_remote(resource["path"]) else file
        if only is not None and local.resolve() not in only:
            left.append(Left(name, "not-asked", {"path": str(resource["path"])}))
            continue
        own = how._replace(renamed=found.columns[name].renamed)
        read = read_resource(resource, path.parent, package, at, scratch, own, left)
        sheets += [csvw.complete(sheet, found.columns[name]) for sheet in read]
        used.add(local.resolve())
    sheets = _without_lost_keys(sheets, left)
    return Gathered(tuple(sheets), about, (Account(path.name, "csvw", _keys(about, {}, sheets), tuple(left)),)), used


def _schemas(path: Path, value: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The schemas in files of their own, by how the metadata refer to them."""
    from datagazette.load.files import Folder, locate

    tables = value.get("tables") if isinstance(value.get("tables"), list) else [value]
    for table in tables or ():
        stated = table.get("tableSchema") if isinstance(table, Mapping) else None
        file = locate(Folder(path.parent.resolve(), ""), stated)[0] if isinstance(stated, str) else None
        document = read_descriptor(file)[0] if file else None
        if document is not None:
            yield str(stated), document.value


def _of_ckan(path: Path, answer: Mapping[str, Any], opened: Sequence[Path], how: How) -> tuple[Gathered, set[Path]]:
    left: list[Left] = []
    try:
        stated, former = ckan.described(answer, left)
    except (AttributeError, TypeError, ValueError) as error:
        raise UsageError("metadata-form", file=path.name, reason=error) from error
    about, unkept = kept(stated)
    left += unkept
    beside = sorted(file for file in path.parent.iterdir() if file.is_file() and not file.is_symlink())
    files = [*(file for file in opened if file != path), *(file for file in beside if file != path)]
    sheets: list[Sheet] = []
    used: set[Path] = set()
    for resource in (resource for resource in answer["resources"] if isinstance(resource, Mapping)):
        title = ckan.name_of(resource)
        file = ckan.file_of(resource, files)
        if file is None:
            left.append(Left(title, "not-there", {"address": plain(resource.get("url"))}))
        elif file.suffix.lower() not in _TABLES:
            left.append(Left(title, "no-table"))
        elif file.resolve() not in used:
            used.add(file.resolve())
            held = {key: text for key, text in ckan.about_resource(resource, left).items() if text != file.name}
            read = read_sheets(file, *how.of_tables)
            only = title if len(read) == 1 and readable_name(title) else ""
            sheets += [replace(sheet, name=only or sheet.name, resource=held) for sheet in read]
    account = Account(path.name, "ckan", _keys(about, former, sheets), tuple(left))
    return Gathered(tuple(sheets), about, (account,)), used
