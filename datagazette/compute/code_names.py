"""Names for codes: what a foreign key's values are called in the table that they lead to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from datagazette.model.publication import Publication, Release, Schema
from datagazette.model.results import ReleaseResult
from datagazette.model.text import Text
from datagazette.tables.engine import Engine
from datagazette.tables.parquet import TypedTable
from datagazette.tables.sql import columns, identifier, literals

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
        place: _labels(engine, typed[place], wanted, languages)
        for place, wanted in codes.items()
        if place in typed and typed[place].table.schema.with_role("label")
    }


def all_labels(engine: Engine, typed: TypedTable, languages: tuple[str, ...]) -> dict[str, Text]:
    """The name of every row of a table with one key; empty where its rows have no names."""
    return _labels(engine, typed, None, languages) if typed.table.schema.with_role("label") else {}


def _labels(engine: Engine, typed: TypedTable, codes: set[str] | None, languages: tuple[str, ...]) -> dict[str, Text]:
    """`codes` None is every row."""
    schema = typed.table.schema
    roles = ["label", *(f"label@{language}" for language in languages[1:])]
    fields = {role: field.name for role in roles if (field := schema.with_role(role))}
    if len(schema.primary_key) != 1 or codes == set():
        return {}
    key = identifier(schema.primary_key[0])
    wanted = "" if codes is None else f" WHERE CAST({key} AS VARCHAR) IN ({literals(sorted(codes))})"
    rows = engine.rows(f"SELECT CAST({key} AS VARCHAR), {columns(fields.values())} FROM {typed.relation}{wanted}")
    spoken = [languages[0] if role == "label" else role.partition("@")[2] for role in fields]
    return {
        row[0]: Text(tuple((language, str(name)) for language, name in zip(spoken, row[1:], strict=True) if name))
        for row in rows
    }
