"""The tables of a release: their first rows, and each field with what it means and what it holds."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from datagazette.describe import addresses
from datagazette.model.publication import Field, ForeignKey, Release, Table
from datagazette.model.results import FieldProfile, ReleaseResult, TableResult
from datagazette.pages import cells, markup, numbers
from datagazette.pages.downloads import Download
from datagazette.pages.reader import Reader

PREVIEW_ROWS = 10
MOST_COLUMNS = 7
_PROVENANCE = frozenset(cells.LOCATOR_ROLES)
_LENGTHS = {"minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}


@dataclass(frozen=True)
class FieldView:
    """`rules` are its constraints in words, `values` its range or its commonest values with their counts."""

    name: str
    title: str | Markup
    description: Markup | str
    type: str
    unit: str
    rules: tuple[str, ...]
    missing: str
    span: tuple[str, str] | None
    distinct: str
    values: tuple[tuple[str, str], ...]
    refers: str
    refers_link: str


@dataclass(frozen=True)
class TableView:
    name: str
    title: str | Markup
    description: Markup | str
    rows: int
    count: str
    preview: cells.Rows
    shown: str
    left_out: str
    fields: tuple[FieldView, ...]
    files: tuple[Download, ...]


def table_views(
    reader: Reader,
    result: ReleaseResult,
    files: tuple[tuple[str, tuple[Download, ...]], ...],
    most: int = PREVIEW_ROWS,
) -> tuple[TableView, ...]:
    """`files` are the downloads of each of the release's tables, in their order."""
    found = {table.name: group for table, (_, group) in zip(result.release.tables, files, strict=True)}
    return tuple(_table(reader, result.release, one, found.get(one.table.name, ()), most) for one in result.tables)


def _table(reader: Reader, release: Release, found: TableResult, files: tuple[Download, ...], most: int) -> TableView:
    table = found.table
    kept = _kept(reader, table, most)
    fields = table.schema.fields
    chosen = [fields[place] for place in kept]
    rows = [tuple(row[place] for place in kept) for row in found.preview[:most]]
    preview = cells.rows_view(
        reader,
        chosen,
        rows,
        resource=table.name,
        key=table.schema.primary_key,
        names=cells.names_of(reader, release, table.schema),
        marks=cells.marks_of(release.notes),
    )
    if most <= PREVIEW_ROWS:
        preview = cells.with_locators(reader, chosen, rows, preview)
    shown = len(preview.rows)
    whole = shown == found.rows
    return TableView(
        name=table.name,
        title=reader.text(table.title) or table.name,
        description=reader.rich(table.description) if table.description else "",
        rows=found.rows,
        count=reader.count("rows", found.rows),
        preview=preview,
        shown=reader.count("all_rows", shown) if whole else _first_rows(reader, shown, found.rows),
        left_out=reader.listed(
            [cells.column_title(reader, one) for place, one in enumerate(fields) if place not in kept]
        ),
        fields=tuple(_field(reader, release, table, one) for one in found.profiles),
        files=files,
    )


def _kept(reader: Reader, table: Table, most: int) -> list[int]:
    """The columns of a preview: a wide table leaves out in which source each row was found."""
    fields = table.schema.fields
    seen = cells.visible(fields, reader.language)
    if most > PREVIEW_ROWS or len(seen) <= MOST_COLUMNS:
        return list(range(len(fields)))
    names = {place for place, one in enumerate(fields) if one.role.startswith("label")}
    return [place for place in sorted({*seen, *names}) if fields[place].role not in _PROVENANCE]


def _first_rows(reader: Reader, shown: int, rows: int) -> str:
    return reader.say("rows.first", shown=reader.number(shown), rows=reader.number(rows))


def _field(reader: Reader, release: Release, table: Table, profile: FieldProfile) -> FieldView:
    field = profile.field
    names = cells.names_of(reader, release, table.schema)
    refers, link = _reference(reader, release, table, field)
    return FieldView(
        name=field.name,
        title=reader.text(field.title) or field.name,
        description=reader.rich_inline(field.description) if field.description else "",
        type=reader.word("type", field.type),
        unit=reader.plain(field.unit),
        rules=tuple(_rules(reader, table, field)),
        missing=_missing(reader, profile),
        span=_span(reader, profile),
        distinct=reader.count("distinct", profile.distinct),
        values=tuple(_commonest(reader, profile, names)),
        refers=refers,
        refers_link=link,
    )


def _rules(reader: Reader, table: Table, field: Field) -> list[str]:
    """The constraints in words, the primary key first."""
    found = []
    if field.name in table.schema.primary_key:
        found.append(reader.say("rule.primary_key"))
    for name, value in field.constraints.items():
        if name in {"required", "unique"}:
            found += [reader.say(f"rule.{name}")] if value else []
        elif name in _LENGTHS and f"rule.{name}" in reader.strings:
            said = reader.number(value) if isinstance(value, int | float) else str(value)
            found.append(reader.say(f"rule.{name}", value=said))
        elif name == "pattern":
            found.append(reader.say("rule.pattern", value=markup.code(str(value))))
        elif name == "enum" and isinstance(value, list | tuple):
            found.append(reader.say("rule.enum", value=reader.listed([str(one) for one in value])))
    return found


def _missing(reader: Reader, profile: FieldProfile) -> str:
    if not profile.missing:
        return reader.say("fields.none_missing")
    share = numbers.percent(profile.missing, profile.count, reader.strings)
    return reader.say("fields.missing_share", n=reader.number(profile.missing), share=share)


def _span(reader: Reader, profile: FieldProfile) -> tuple[str, str] | None:
    """The least and the greatest value, of those types where they mean something."""
    if profile.minimum is None or profile.maximum is None or profile.minimum == profile.maximum:
        return None
    if profile.field.type in {"string", "any", "boolean", "object", "array", "list"} or profile.field.categories:
        return None
    said = [cells.cell(reader, profile.field, one, {}).text for one in (profile.minimum, profile.maximum)]
    return said[0], said[1]


def _commonest(reader: Reader, profile: FieldProfile, names: cells.Names) -> list[tuple[str, str]]:
    """The most frequent values with their counts; nothing where every value is there but once."""
    if not profile.top or profile.top[0][1] < 2:
        return []
    values = [(cells.cell(reader, profile.field, value, names), count) for value, count in profile.top]
    return [(_with_code(one), reader.number(count)) for one, count in values]


def _with_code(one: cells.Cell) -> str:
    short = one.text if len(one.text) <= 60 else one.text[:60].rstrip() + "…"
    return f"{short} ({one.code})" if one.code else short


def _reference(reader: Reader, release: Release, table: Table, field: Field) -> tuple[str, str]:
    """The table that the values of a field must be in: its name and the link to its dataset."""
    key = next((one for one in table.schema.foreign_keys if field.name in one.fields), None)
    if key is None:
        return "", ""
    if not key.package:
        target = release.table(key.resource or table.name)
        return (reader.plain(target.title) or target.name, "#rows") if target else ("", "")
    return _elsewhere(reader, key)


def _elsewhere(reader: Reader, key: ForeignKey) -> tuple[str, str]:
    result = reader.content.newest(key.package or "")
    if result is None:
        return key.package or "", ""
    target = result.release.table(key.resource)
    title = reader.plain(target.title) if target else key.resource
    return title or key.resource, reader.to(addresses.dataset_path(key.package or ""))
