"""The tables and files of a release: first rows, each field with what it means and holds, and what to download."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, repeat
from typing import Any

from datagazette.describe import addresses
from datagazette.model.names import LATEST
from datagazette.model.publication import Release
from datagazette.model.resource import Field, Table
from datagazette.model.results import FieldProfile, ReleaseResult, TableResult
from datagazette.pages import cells, markup, numbers, reasons
from datagazette.pages.context import PageContext

# The endings of a table's files, in the order in which they are offered, and what the button says.
TABLE_FORMATS = {
    "csv": "CSV",
    "excel.csv": "CSV (Excel)",
    "parquet": "Parquet",
    "json": "JSON",
    "ndjson": "NDJSON",
    "csv.gz": "CSV (gzip)",
    "json.gz": "JSON (gzip)",
    "ndjson.gz": "NDJSON (gzip)",
}
# No reader looks for a dataset by these.
_VARIANTS = frozenset({"CSV (Excel)", "NDJSON", "CSV (gzip)", "JSON (gzip)", "NDJSON (gzip)"})

_PREVIEW_ROWS = 10
_MOST_COLUMNS = 7
_WIDEST = 50  # columns of a preview; a phone shows each of its cells on a line of its own
_NAMED = 20  # columns that are left out of a preview and named
_UNFOLDED = 100  # fields that are described without being asked for
_LONGEST_VALUE = 60
_LATEST_FORMATS = ("csv", "parquet")
_COMMON = 10  # the commonest values are at least this part of a column of numbers
_LENGTHS = {"minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
_WITHOUT_SPAN = {"string", "any", "boolean", "object", "array", "list"}


def downloads(context: PageContext, result: ReleaseResult) -> dict[str, Any]:
    """`package` and `workbook` are everything at once; `tables` one group a table; `machine` the
    descriptions, `parts` what belongs to summaries and checks; `latest` are addresses that stay; `notes` is what a
    reader of one of the files must know, `hugging_face` how its library reads the first table."""
    release = result.release
    whole = [f"{release.id}.zip", f"{release.id}.xlsx"]
    package, workbook = (next(iter(_offered(context, result, [path])), None) for path in whole)
    tables = [
        (
            context.plain(table.title) or table.name,
            _offered(context, result, [f"{table.name}.{ending}" for ending in TABLE_FORMATS]),
        )
        for table in release.tables
    ]
    used = {*whole, *(file["name"] for _, files in tables for file in files)}
    rest = [file.path for file in result.files if file.path not in used and "/" not in file.path]
    kept = [f"{table.name}.{ending}" for table in release.tables for ending in _LATEST_FORMATS]
    return {
        "package": package,
        "workbook": workbook,
        "tables": tables,
        "machine": _offered(context, result, rest),
        "notes": list(_other_types(context, result)),
        "hugging_face": _loading(context, result),
        "parts": _offered(context, result, [file.path for file in result.files if "/" in file.path]),
        "latest": _latest(context, result, [*whole, *kept, "datapackage.json"]),
    }


def formats_of(result: ReleaseResult) -> list[str]:
    """What a reader looks for a dataset by: the forms in which it can be had."""
    release = result.release
    whole = [(f"{release.id}.zip", "ZIP"), (f"{release.id}.xlsx", "XLSX")]
    forms = [(f"{table.name}.{ending}", form) for table in release.tables for ending, form in TABLE_FORMATS.items()]
    return list(dict.fromkeys(form for path, form in whole + forms if form not in _VARIANTS and result.file(path)))


def _other_types(context: PageContext, result: ReleaseResult) -> Iterator[str]:
    """A sentence for each file that has columns of another type than the schema: texts for numbers, or both."""
    fields = {(table.name, field.name): field for table in result.release.tables for field in table.schema.fields}
    for file in result.files:
        for key, columns in (("texts", file.texts), ("mixed", file.mixed)):
            titles = [cells.column_title(context, fields[column]) for column in columns if column in fields]
            if titles and file.kind in ("json", "xlsx"):
                listed = context.listed([*titles[:_NAMED], *["…"][: len(titles) > _NAMED]])
                yield context.say(f"dataset.{key}_{file.kind}", file=file.path, fields=listed)


def _latest(context: PageContext, result: ReleaseResult, paths: Iterable[str]) -> list[tuple[str, str]]:
    """(link, name) of those files of the release below `latest/`, where each next release has its own."""
    release, catalog = result.release, context.content.catalog
    found = (file for file in filter(None, map(result.file, paths)) if catalog.has_latest(file.kind))
    names = (addresses.latest_path(release, file.path) for file in found)
    return [(context.root(addresses.data_path(release.dataset, LATEST, name)), name) for name in names]


def _loading(context: PageContext, result: ReleaseResult) -> str:
    file = next((file for file in result.files if file.kind == "parquet"), None)
    if file is None:
        return ""
    address = addresses.data_file(context.content.catalog, result.release, file.path)
    return f'load_dataset("parquet", data_files="{address}")'


def summary_downloads(context: PageContext, result: ReleaseResult, name: str) -> list[dict[str, str]]:
    """The table of a summary, and its chart in light colours: in the page's language where there is one for each."""
    paths = [f"summaries/{name}.csv"]
    for kind in ("png", "svg"):
        own = f"summaries/{name}.{context.language}.{kind}"
        paths.append(own if result.file(own) else f"summaries/{name}.{kind}")
    return _offered(context, result, paths)


def _offered(context: PageContext, result: ReleaseResult, paths: Iterable[str]) -> list[dict[str, str]]:
    """Those of the files that the release has: `format` is what the button says, as `CSV`, and `what` explains it."""
    release, found = result.release, []
    for file in filter(None, map(result.file, paths)):
        known = [ending for ending in TABLE_FORMATS if file.path.endswith(f".{ending}")]
        ending = max(known, key=len) if known else file.path.rpartition(".")[2].lower()
        found.append(
            {
                "link": context.file(release.dataset, release.version, file.path),
                "format": TABLE_FORMATS.get(ending, ending.upper()),
                "what": context.strings.get(f"format.{ending}", file.path),
                "name": file.path,
                "size": context.size(file.bytes),
            }
        )
    return found


def table_views(context: PageContext, result: ReleaseResult) -> list[dict[str, object]]:
    """Each table with its first rows and what its fields mean and hold."""
    return [_table(context, result.release, found) for found in result.tables]


def previews(context: PageContext, result: ReleaseResult, files: dict[str, Any], most: int) -> list[dict[str, object]]:
    """Each table with at most `most` rows and its `files`."""
    return [
        {"files": group, **_preview(context, result.release, found, most)}
        for found, (_, group) in zip(result.tables, files["tables"], strict=True)
    ]


def _preview(context: PageContext, release: Release, found: TableResult, most: int) -> dict[str, object]:
    table, fields = found.table, found.table.schema.fields
    kept = _kept(context, fields, table.schema.primary_key, most)
    chosen = [fields[place] for place in kept]
    rows = [tuple(row[place] for place in kept) for row in found.preview[:most]]
    statuses = [tuple(texts[place] for place in kept) for texts in found.statuses[:most]]
    preview = cells.rows_view(
        context,
        chosen,
        rows,
        resource=table.name,
        key=table.schema.primary_key,
        names=cells.names_of(context, release, table.schema),
        marks=cells.marks_of(release.notes),
        statuses=statuses,
    )
    if most <= _PREVIEW_ROWS:
        preview = cells.with_locators(context, chosen, rows, preview)
    if len(rows) == found.rows:
        shown = context.count("all_rows", found.rows)
    else:
        shown = context.say("rows.first", shown=context.number(len(rows)), rows=context.number(found.rows))
    return {
        "name": table.name,
        "title": context.text(table.title) or table.name,
        "preview": preview,
        "shown": shown,
        "left_out": _left_out(context, fields, kept),
    }


def _table(context: PageContext, release: Release, found: TableResult) -> dict[str, object]:
    table, fields = found.table, found.table.schema.fields
    names = cells.names_of(context, release, table.schema)
    described = [_field(context, release, table, profile, names) for profile in found.profiles]
    return {
        **_preview(context, release, found, _PREVIEW_ROWS),
        "description": context.rich(table.description),
        "count": context.count("rows", found.rows),
        "fields": described,
        "folded": context.say("fields.all", n=context.number(len(fields))) if len(fields) > _UNFOLDED else "",
        "meanings": any(field["description"] or field["refers"] for field in described),
    }


def _kept(context: PageContext, fields: Sequence[Field], key: Sequence[str], most: int) -> Sequence[int]:
    """The columns of a preview: a wide table leaves out in which source each row was found, and a very wide one all but
    its first columns and those that name its rows."""
    kept: Sequence[int] = range(len(fields))
    seen = cells.visible(fields, context.language)
    names = {place for place, field in enumerate(fields) if field.role.startswith("label") or field.name in key}
    if most <= _PREVIEW_ROWS and len(seen) > _MOST_COLUMNS:
        kept = [place for place in sorted({*seen, *names}) if fields[place].role not in cells.LOCATOR_ROLES]
    return kept if len(kept) <= _WIDEST else sorted({*kept[:_WIDEST], *names.intersection(kept)})


def _left_out(context: PageContext, fields: Sequence[Field], kept: Sequence[int]) -> str:
    """What is said of the columns that a preview leaves out: their titles or, of many, how many are shown."""
    shown = frozenset(kept)
    titles = [cells.column_title(context, field) for place, field in enumerate(fields) if place not in shown]
    if len(titles) > _NAMED:
        return context.say("rows.widest", shown=context.number(len(kept)), columns=context.number(len(fields)))
    return context.say("rows.left_out", fields=context.listed(titles)) if titles else ""


def _field(
    context: PageContext, release: Release, table: Table, profile: FieldProfile, names: cells.Names
) -> dict[str, object]:
    """`rules` are its constraints as sentences, `span` and `commonest` the values that it holds; `refers` is the table
    that its values must be in, at the page `refers_to`."""
    field = profile.field
    refers, page = _reference(context, release, table, field)
    missing = context.say("fields.none_missing")
    if profile.missing:
        share = numbers.percent(profile.missing, profile.count + profile.missing, context.strings)
        missing = context.say("fields.missing_share", n=context.number(profile.missing), share=share)
        if profile.empty:
            missing += context.say("text.colon") + reasons.counted(context, field, profile.empty)
    return {
        "name": field.name,
        "title": context.text(field.title) or field.name,
        "description": context.rich_inline(field.description),
        "type": context.word("type", field.type),
        "unit": context.plain(field.unit),
        "rules": _rules(context, table, field),
        "missing": missing,
        "span": _span(context, profile),
        "distinct": context.count("distinct", profile.distinct),
        "commonest": _commonest(context, profile, names),
        "refers": refers,
        "refers_to": page,
    }


def _rules(context: PageContext, table: Table, field: Field) -> list[str]:
    """The constraints as sentences, the primary key first."""
    found = []
    if field.name in table.schema.primary_key:
        found.append(context.say("rule.primary_key"))
    for name, value in field.constraints.items():
        if name in {"required", "unique"}:
            found += [context.say(f"rule.{name}")] if value else []
        elif name in _LENGTHS and f"rule.{name}" in context.strings:
            grouped = field.type != "year" or name in {"minLength", "maxLength"}
            is_count = isinstance(value, int | float)
            bound = numbers.exact(value, context.strings, grouped=grouped) if is_count else str(value)
            found.append(context.say(f"rule.{name}", value=bound))
        elif name == "pattern":
            found.append(context.say("rule.pattern", value=markup.code(str(value))))
        elif name == "enum" and isinstance(value, list | tuple):
            found.append(context.say("rule.enum", value=context.listed(list(map(str, value)))))
    return [*found, *(reasons.legend(context, field) if not field.required else ())]


def _span(context: PageContext, profile: FieldProfile) -> list[str] | None:
    """The least and the greatest value, of those types where they mean something."""
    field, least, greatest = profile.field, profile.minimum, profile.maximum
    if least is None or greatest is None or least == greatest or field.type in _WITHOUT_SPAN or field.categories:
        return None
    return [cells.cell(context, field, value, {}).text for value in (least, greatest)]


def _commonest(context: PageContext, profile: FieldProfile, names: cells.Names) -> list[tuple[str, str]]:
    """The most frequent values with their counts, each with its bound; nothing where every value is there but once, or
    where they are few of the values of a column that has a span."""
    few = sum(count for _, count in profile.top) * _COMMON < profile.count and profile.minimum is not None
    if few or not profile.top or profile.top[0][1] < 2:
        return []
    found = []
    for (value, count), bound in zip(profile.top, chain(profile.bounds, repeat("")), strict=False):
        cell = cells.cell(context, profile.field, value, names, bound)
        code = f" ({cell.code})" if cell.code else ""
        text = numbers.measured(cell.sign, cells.cut(cell.text, _LONGEST_VALUE), "")
        found.append((text + code, context.number(count)))
    return found


def _reference(context: PageContext, release: Release, table: Table, field: Field) -> tuple[str, str]:
    """The table that the values of a field must be in: its name, and the page of its dataset or `#rows` of this one."""
    key = next((key for key in table.schema.foreign_keys if field.name in key.fields), None)
    if key is None:
        return "", ""
    if not key.package:
        target = release.table(key.resource or table.name)
        return (context.plain(target.title) or target.name, "#rows") if target else ("", "")
    result = context.content.newest(key.package)
    if result is None:
        return key.package, ""
    target = result.release.table(key.resource)
    return (context.plain(target.title) if target else "") or key.resource, addresses.dataset_path(key.package)
