"""The tables of a release: their first rows, and each field with what it means and what it holds."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from datagazette.describe import addresses
from datagazette.model.publication import Field, ForeignKey, Release, Table
from datagazette.model.results import FieldProfile, ReleaseResult, TableResult
from datagazette.pages import cells, markup, numbers
from datagazette.pages.context import PageContext
from datagazette.pages.downloads import Download

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
    preview: cells.RowsView
    shown: str
    left_out: str
    fields: tuple[FieldView, ...]
    files: tuple[Download, ...]


def table_views(
    context: PageContext,
    result: ReleaseResult,
    files: tuple[tuple[str, tuple[Download, ...]], ...],
    most: int = PREVIEW_ROWS,
) -> tuple[TableView, ...]:
    """`files` are the downloads of each of the release's tables, in their order."""
    found = {table.name: group for table, (_, group) in zip(result.release.tables, files, strict=True)}
    return tuple(_table(context, result.release, one, found.get(one.table.name, ()), most) for one in result.tables)


def _table(
    context: PageContext, release: Release, found: TableResult, files: tuple[Download, ...], most: int
) -> TableView:
    table = found.table
    kept = _kept(context, table, most)
    fields = table.schema.fields
    chosen = [fields[place] for place in kept]
    rows = [tuple(row[place] for place in kept) for row in found.preview[:most]]
    preview = cells.rows_view(
        context,
        chosen,
        rows,
        resource=table.name,
        key=table.schema.primary_key,
        names=cells.names_of(context, release, table.schema),
        marks=cells.marks_of(release.notes),
    )
    if most <= PREVIEW_ROWS:
        preview = cells.with_locators(context, chosen, rows, preview)
    shown = len(preview.rows)
    return TableView(
        name=table.name,
        title=context.text(table.title) or table.name,
        description=context.rich(table.description) if table.description else "",
        rows=found.rows,
        count=context.count("rows", found.rows),
        preview=preview,
        shown=context.count("all_rows", shown)
        if shown == found.rows
        else context.say("rows.first", shown=context.number(shown), rows=context.number(found.rows)),
        left_out=context.listed(
            [cells.column_title(context, field) for place, field in enumerate(fields) if place not in kept]
        ),
        fields=tuple(_field(context, release, table, profile) for profile in found.profiles),
        files=files,
    )


def _kept(context: PageContext, table: Table, most: int) -> list[int]:
    """The columns of a preview: a wide table leaves out in which source each row was found."""
    fields = table.schema.fields
    seen = cells.visible(fields, context.language)
    if most > PREVIEW_ROWS or len(seen) <= MOST_COLUMNS:
        return list(range(len(fields)))
    names = {place for place, field in enumerate(fields) if field.role.startswith("label")}
    return [place for place in sorted({*seen, *names}) if fields[place].role not in _PROVENANCE]


def _field(context: PageContext, release: Release, table: Table, profile: FieldProfile) -> FieldView:
    field = profile.field
    names = cells.names_of(context, release, table.schema)
    refers, link = _reference(context, release, table, field)
    return FieldView(
        name=field.name,
        title=context.text(field.title) or field.name,
        description=context.rich_inline(field.description) if field.description else "",
        type=context.word("type", field.type),
        unit=context.plain(field.unit),
        rules=tuple(_rules(context, table, field)),
        missing=_missing(context, profile),
        span=_span(context, profile),
        distinct=context.count("distinct", profile.distinct),
        values=tuple(_commonest(context, profile, names)),
        refers=refers,
        refers_link=link,
    )


def _rules(context: PageContext, table: Table, field: Field) -> list[str]:
    """The constraints in words, the primary key first."""
    found = []
    if field.name in table.schema.primary_key:
        found.append(context.say("rule.primary_key"))
    for name, value in field.constraints.items():
        if name in {"required", "unique"}:
            found += [context.say(f"rule.{name}")] if value else []
        elif name in _LENGTHS and f"rule.{name}" in context.strings:
            said = context.number(value) if isinstance(value, int | float) else str(value)
            found.append(context.say(f"rule.{name}", value=said))
        elif name == "pattern":
            found.append(context.say("rule.pattern", value=markup.code(str(value))))
        elif name == "enum" and isinstance(value, list | tuple):
            found.append(context.say("rule.enum", value=context.listed([str(one) for one in value])))
    return found


def _missing(context: PageContext, profile: FieldProfile) -> str:
    if not profile.missing:
        return context.say("fields.none_missing")
    share = numbers.percent(profile.missing, profile.count, context.strings)
    return context.say("fields.missing_share", n=context.number(profile.missing), share=share)


def _span(context: PageContext, profile: FieldProfile) -> tuple[str, str] | None:
    """The least and the greatest value, of those types where they mean something."""
    if profile.minimum is None or profile.maximum is None or profile.minimum == profile.maximum:
        return None
    if profile.field.type in {"string", "any", "boolean", "object", "array", "list"} or profile.field.categories:
        return None
    said = [cells.cell(context, profile.field, one, {}).text for one in (profile.minimum, profile.maximum)]
    return said[0], said[1]


def _commonest(context: PageContext, profile: FieldProfile, names: cells.Names) -> list[tuple[str, str]]:
    """The most frequent values with their counts; nothing where every value is there but once."""
    if not profile.top or profile.top[0][1] < 2:
        return []
    values = [(cells.cell(context, profile.field, value, names), count) for value, count in profile.top]
    return [(_with_code(one), context.number(count)) for one, count in values]


def _with_code(one: cells.CellView) -> str:
    short = one.text if len(one.text) <= 60 else one.text[:60].rstrip() + "…"
    return f"{short} ({one.code})" if one.code else short


def _reference(context: PageContext, release: Release, table: Table, field: Field) -> tuple[str, str]:
    """The table that the values of a field must be in: its name and the link to its dataset."""
    key = next((one for one in table.schema.foreign_keys if field.name in one.fields), None)
    if key is None:
        return "", ""
    if not key.package:
        target = release.table(key.resource or table.name)
        return (context.plain(target.title) or target.name, "#rows") if target else ("", "")
    return _elsewhere(context, key)


def _elsewhere(context: PageContext, key: ForeignKey) -> tuple[str, str]:
    result = context.content.newest(key.package or "")
    if result is None:
        return key.package or "", ""
    target = result.release.table(key.resource)
    title = context.plain(target.title) if target else key.resource
    return title or key.resource, context.to(addresses.dataset_path(key.package or ""))
