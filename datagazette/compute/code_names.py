"""Names for codes: what a foreign key's values are called in the table that they lead to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from datagazette.model.publication import Publication, Release
from datagazette.model.resource import Schema
from datagazette.model.results import ReleaseResult
from datagazette.model.text import Text
from datagazette.tables.engine import Engine
from datagazette.tables.parquet import TypedTable
from datagazette.tables.sql import columns, field_column, literals

Place = tuple[str, str]  # (dataset, resource)


def needed_codes(regions: Place | None, results: Iterable[ReleaseResult]) -> dict[Place, set[str]]:
    """The codes that pages will show, by the table that names them: previews, figures and `spatial`.

    `regions` is the table that `region_table` finds.
    """
    found: dict[Place, set[str]] = {}
    for result in results:
        for table in result.tables:
            names = [field.name for field in table.table.schema.fields]
            for field, place in targets(result.release, table.table.schema).items():
                column = names.index(field)
                found.setdefault(place, set()).update(
                    str(row[column]) for row in table.preview if row[column] is not None
                )
        if regions:
            found.setdefault(regions, set()).update(
                result.release.spatial, (figure.region for figure in result.figures)
            )
    return found


def targets(release: Release, schema: Schema) -> dict[str, Place]:
    """The table that each single-field foreign key leads to, by the field's name."""
    return {
        key.fields[0]: (key.package or release.dataset, key.resource or schema.name)
        for key in schema.foreign_keys
        if len(key.fields) == 1
    }


def region_table(publication: Publication) -> Place | None:
    """The list of regions: where the foreign keys of fields with the role `region` lead."""
    for dataset in publication.datasets:
        for table in dataset.latest.tables:
            field = table.schema.with_role("region")
            place = targets(dataset.latest, table.schema).get(field.name) if field else None
            if place and place[0] != dataset.name:
                return place
    return None


def find_labels(
    engine: Engine,
    typed: Mapping[Place, TypedTable],
    codes: Mapping[Place, set[str]],
    languages: tuple[str, ...],
) -> dict[Place, dict[str, Text]]:
    """The names of `codes`, in each language for which the table has a column with the role `label@<language>`."""
    return {
        place: code_labels(engine, typed[place], languages, wanted)
        for place, wanted in codes.items()
        if place in typed and typed[place].table.schema.with_role("label")
    }


def code_labels(
    engine: Engine, typed: TypedTable, languages: tuple[str, ...], codes: set[str] | None = None
) -> dict[str, Text]:
    """The names of these codes, or of every row, of a table with one key; empty where its rows have no names."""
    schema = typed.table.schema
    roles = {"label": languages[0], **{f"label@{language}": language for language in languages[1:]}}
    fields = {language: field.name for role, language in roles.items() if (field := schema.with_role(role))}
    if not schema.with_role("label") or len(schema.primary_key) != 1 or codes == set():
        return {}
    key = f"CAST({field_column(schema.primary_key[0])} AS VARCHAR)"
    wanted = "" if codes is None else f" WHERE {key} IN ({literals(sorted(codes))})"
    rows = engine.rows(f"SELECT {key}, {columns(fields.values())} FROM {typed.relation}{wanted}")
    return {
        code: Text(tuple((language, str(name)) for language, name in zip(fields, names, strict=True) if name))
        for code, *names in rows
    }
