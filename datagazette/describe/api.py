"""`/api/`: the publication as plain JSON of a stable shape, and its OpenAPI description.

Keys are only ever added. Texts are objects by language code; values are JSON's own, days ISO 8601.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from datagazette.describe import addresses
from datagazette.describe.release_history import ledger_descriptor
from datagazette.describe.values import filled, plain
from datagazette.model.publication import Catalog, Dataset, Field, Release
from datagazette.model.results import ReleaseResult, SummaryResult, TableResult
from datagazette.model.text import Text

VERSION = "1.0.0"
OPENAPI, LIST = "api/openapi.json", "api/datasets.json"
Json = dict[str, Any]


def list_head(catalog: Catalog) -> Json:
    """The list of datasets without its `datasets`, of which `listed` makes each."""
    return {"title": _text(catalog.title)}


def dataset_documents(catalog: Catalog, dataset: Dataset, result: ReleaseResult) -> Iterator[tuple[str, Json]]:
    """Those of one dataset, from the result of its newest release."""
    yield addresses.api_path(dataset.name), plain(_dataset(catalog, dataset, result))
    for summary in map(filled, result.summaries):
        yield addresses.api_path(dataset.name, summary.summary.name), plain(_summary(result.release, summary))


def openapi(catalog: Catalog) -> Json:
    """OpenAPI 3.1.0 (https://spec.openapis.org/oas/v3.1.0)."""
    first = catalog.languages[0]
    return {
        "openapi": "3.1.0",
        "info": {"title": catalog.title.get(first) or catalog.name, "version": VERSION},
        "servers": [{"url": catalog.base_url.rstrip("/")}],
        "paths": {
            "/api/datasets.json": _path("listDatasets", "All datasets", "Datasets"),
            "/api/datasets/{dataset}.json": _path("getDataset", "A dataset, its releases and fields", "Dataset",
                                                  "dataset"),
            "/api/datasets/{dataset}/summaries/{summary}.json": _path("getSummary", "A summary with its rows",
                                                                      "Summary", "dataset", "summary"),
        },
        "components": {"schemas": _schemas()},
    }  # fmt: skip


def listed(catalog: Catalog, release: Release) -> Json:
    """A dataset in the list of all."""
    return {
        "name": release.dataset,
        "title": _text(release.title),
        "description": _text(release.description),
        "version": str(release.version),
        "released": release.date.isoformat() if release.date else None,
        "url": catalog.base_url + addresses.api_path(release.dataset),
        "page": addresses.dataset_page(catalog, release.dataset, catalog.languages[0]),
    }


def _dataset(catalog: Catalog, dataset: Dataset, result: ReleaseResult) -> Json:
    return {
        **listed(catalog, result.release),
        "releases": [_release(catalog, release) for release in dataset.releases if release.state != "draft"],
        "tables": [_table(catalog, result.release, table) for table in result.tables],
        "summaries": [
            {
                "name": summary.summary.name,
                "title": _text(summary.summary.title),
                "url": catalog.base_url + addresses.api_path(dataset.name, summary.summary.name),
            }
            for summary in map(filled, result.summaries)
        ],
        "ledger": ledger_descriptor(catalog, dataset),
    }


def _release(catalog: Catalog, release: Release) -> Json:
    return {
        "version": str(release.version),
        "state": release.state,
        "released": release.date.isoformat() if release.date else None,
        "changes": _text(release.changes),
        "withdrawn": _text(release.withdrawal.reason) if release.withdrawal else None,
        "datapackage": addresses.data_file(catalog, release, "datapackage.json"),
    }


def _table(catalog: Catalog, release: Release, found: TableResult) -> Json:
    name, schema = found.table.name, found.table.schema
    return {
        "name": name,
        "title": _text(found.table.title),
        "rows": found.rows,
        "primaryKey": list(schema.primary_key),
        "fields": [_field(field) for field in schema.fields],
        "data": addresses.data_file(catalog, release, f"{name}.json"),
    }


def _field(field: Field) -> Json:
    texts = {"title": _text(field.title), "description": _text(field.description), "unit": _text(field.unit)}
    return {"name": field.name, "type": field.type, **texts}


def _summary(release: Release, result: SummaryResult) -> Json:
    names = [field.name for field in result.summary.fields]
    return {
        "dataset": release.dataset,
        "version": str(release.version),
        "name": result.summary.name,
        "title": _text(result.summary.title),
        "description": _text(result.summary.description),
        "fields": [_field(one) for one in result.summary.fields],
        "rows": [dict(zip(names, row, strict=True)) for row in result.rows],
    }


def _text(text: Text) -> dict[str, str]:
    return dict(text.values)


def _path(operation: str, summary: str, schema: str, *parameters: str) -> Json:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    described: Json = {
        "operationId": operation,
        "summary": summary,
        "responses": {"200": {"description": summary, "content": content}},
    }
    if parameters:
        described["parameters"] = [
            {"name": one, "in": "path", "required": True, "schema": {"type": "string"}} for one in parameters
        ]
    return {"get": described}


def _schemas() -> Json:
    text = _ref("Text")
    name, day = {"type": "string"}, {"type": ["string", "null"], "format": "date"}
    listed = {"name": name, "title": text, "description": text, "version": name, "released": day, "url": name,
              "page": name}  # fmt: skip
    return {
        "Text": {"type": "object", "description": "By language code.", "additionalProperties": name},
        "Datasets": _object(title=text, datasets=_list(_object(**listed))),
        "Dataset": _object(
            **listed,
            releases=_list(_ref("Release")),
            tables=_list(_ref("Table")),
            summaries=_list(_object(name=name, title=text, url=name)),
            ledger=_object(releases=_list({"type": "object"})),
        ),
        "Release": _object(
            version=name, state={"enum": ["released", "withdrawn", "draft"]}, released=day, changes=text,
            withdrawn={"oneOf": [text, {"type": "null"}]}, datapackage=name,
        ),
        "Table": _object(
            name=name, title=text, rows={"type": "integer"}, primaryKey=_list(name), fields=_list(_ref("Field")),
            data=name,
        ),
        "Field": _object(name=name, type=name, title=text, description=text, unit=text),
        "Summary": _object(
            dataset=name, version=name, name=name, title=text, description=text, fields=_list(_ref("Field")),
            rows=_list({"type": "object"}),
        ),
    }  # fmt: skip


def _object(**properties: Json) -> Json:
    return {"type": "object", "required": list(properties), "properties": properties}


def _list(items: Json) -> Json:
    return {"type": "array", "items": items}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}
