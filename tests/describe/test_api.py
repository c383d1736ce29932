"""`/api/` is as its OpenAPI description says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from datagazette.describe.listing import api_documents, listing, lists
from datagazette.describe.notation import dump
from datagazette.model.publication import Dataset, Publication
from datagazette.model.results import PublishedFile, ReleaseResult, SummaryResult, TableResult
from tests.formats.sample import CATALOG, SHARE, SHARE_ROWS, nasty, people

RELEASES = (people(), nasty()[0])
PUBLICATION = Publication(Path("/nowhere"), CATALOG, tuple(Dataset(one.dataset, (one,)) for one in RELEASES))
RESULTS = [
    ReleaseResult(
        one,
        tuple(TableResult(table, 3, (), (), "") for table in one.tables),
        (SummaryResult(SHARE, SHARE_ROWS),),
        (),
        (),
        files=tuple(
            PublishedFile(f"{table.name}.{kind}", kind, 1, "0", "", table.name)
            for table in one.tables
            for kind in ("csv", "parquet", "json")
        ),
    )
    for one in RELEASES
]


@pytest.fixture(scope="module")
def written() -> dict[str, Any]:
    parts = [listing(PUBLICATION, one, {}) for one in RESULTS]
    found = {path: json.loads(text) for path, text in lists(PUBLICATION, RESULTS, parts) if path.startswith("api/")}
    for dataset, result in zip(PUBLICATION.datasets, RESULTS, strict=True):
        documents = api_documents(CATALOG, dataset, result)
        found |= {path: json.loads(dump(content)) for path, content in documents}
    return found


def test_every_document_is_as_described(written: dict[str, Any]) -> None:
    described = written["api/openapi.json"]
    assert described["openapi"] == "3.1.0"
    seen = set()
    for path, content in written.items():
        for template, operations in described["paths"].items():
            if re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template)), f"/{path}"):
                seen.add(template)
                used = operations["get"]["responses"]["200"]["content"]["application/json"]["schema"]
                schema = {**used, "components": described["components"]}
                jsonschema.Draft202012Validator.check_schema(schema)
                jsonschema.validate(content, schema, jsonschema.Draft202012Validator)
    assert seen == set(described["paths"])


def test_a_summary_has_its_rows(written: dict[str, Any]) -> None:
    found = written[f"api/datasets/people/summaries/{SHARE.name}.json"]
    assert len(found["rows"]) == len(SHARE_ROWS)
    assert set(found["rows"][0]) == {one.name for one in SHARE.fields}


def test_every_document_with_a_name_in_its_address_may_be_missing(written: dict[str, Any]) -> None:
    for path, operations in written["api/openapi.json"]["paths"].items():
        statuses = set(operations["get"]["responses"])
        assert statuses == ({"200", "404"} if "{" in path else {"200"}), path
    described = written["api/openapi.json"]["components"]["responses"]["NotFound"]
    assert "content" not in described  # a host answers with whatever page it has
