"""Values read on pages as they are written in the table, and as people write them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from datagazette.model.publication import Field, Schema
from datagazette.pages.cells import cell
from datagazette.pages.context import PageContext
from datagazette.pages.figures import _amount
from datagazette.tables.descriptors import parse_schema
from tests.conftest import Run
from tests.pages.sample import content

Json = dict[str, object]


def test_a_year_among_the_key_figures_is_no_amount() -> None:
    context, result = PageContext(content(), "en", ""), content().newest("libraries")
    assert result
    (found, *_) = result.figures
    assert _amount(context, replace(found, value=2025), Field("end", "year"), "") == ("2025", "2025")
    assert _amount(context, replace(found, value=2025), Field("n", "integer"), "") == ("2,025", "2,025")


def schema(*fields: Json, **keys: object) -> Schema:
    found, problems = parse_schema({"fields": list(fields), **keys}, "table", "table.yaml", ["en"])
    assert found, problems
    return found


@pytest.mark.parametrize(
    ("field", "keys", "shown"),
    [
        ({"name": "firm_number", "type": "integer"}, {}, "910200345"),
        ({"name": "f", "title": "企业编号", "type": "integer"}, {}, "910200345"),
        ({"name": "firm", "type": "integer"}, {"primaryKey": ["firm"]}, "910200345"),
        ({"name": "firm", "type": "integer", "constraints": {"unique": True}}, {}, "910200345"),
        ({"name": "persons", "type": "integer"}, {}, "910,200,345"),
        ({"name": "case_number", "type": "integer", "unit": "cases"}, {}, "910,200,345"),
        ({"name": "number", "type": "integer"}, {}, "910,200,345"),
        ({"name": "id", "type": "number"}, {}, "910,200,345"),
    ],
)
def test_whole_numbers_that_are_codes_have_no_separators(field: Json, keys: Json, shown: str) -> None:
    (own,) = schema(field, **keys).fields
    assert cell(PageContext(content(), "en", ""), own, 910200345, {}).text == shown


def test_what_is_no_number_in_a_column_of_numbers_gets_a_warning_with_its_line(
    tmp_path: Path, run: Callable[..., Run]
) -> None:
    table, described = tmp_path / "rates.csv", tmp_path / "rates.yaml"
    table.write_text("site,rate\nA,0.25\nB,NaN\nC,-INF\n")
    described.write_text("fields: [{name: site, type: string}, {name: rate, type: number}]\n")
    done = run("check", table, "--schema", described)
    assert done.status == 0, done.said
    assert "“NaN” in “rate” is no number; cells affected: 2" in done.said
    assert "line 3, field rate" in done.said
    described.write_text("missingValues: ['', NaN, -INF]\nfields: [{name: site}, {name: rate, type: number}]\n")
    assert "is no number" not in run("check", table, "--schema", described).said
