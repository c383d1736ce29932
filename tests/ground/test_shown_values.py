"""Values read on pages as they are written in the table, and as people write them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from datagazette.compute.queries import opened
from datagazette.compute.summaries import run_queries
from datagazette.downloads.csv import write_summary
from datagazette.model.publication import Summary
from datagazette.model.resource import Field, Schema, Table
from datagazette.model.results import TableResult
from datagazette.model.text import Text, plain
from datagazette.pages.cells import cell
from datagazette.pages.context import PageContext
from datagazette.pages.figures import _amount
from datagazette.pages.numbers import NO_BREAK_SPACE, money
from datagazette.pages.strings import read_strings
from datagazette.tables.descriptors import parse_schema
from datagazette.tables.engine import Limits, connect
from datagazette.tables.parquet import describe_table, tabulate
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


AMOUNTS = "site,amount,lat,rate,count\nA,1.10,53.5,0.25,1.0\nA,2.20,53.506476,NaN,2e1\nB,18.00,2,0.75,3.0\n"
KINDS = {"site": "string", "amount": "number", "lat": "number", "rate": "number", "count": "number"}


@pytest.fixture
def typed(tmp_path: Path) -> tuple[Path, TableResult]:
    csv, parquet = tmp_path / "amounts.csv", tmp_path / "amounts.parquet"
    csv.write_text(AMOUNTS)
    schema = Schema("amounts", "", tuple(Field(name, kind) for name, kind in KINDS.items()))
    with connect() as engine:
        return parquet, describe_table(
            engine, tabulate(engine, Table("amounts", "amounts.csv", "", schema), csv, parquet)
        )


def test_a_column_of_amounts_is_shown_with_the_decimals_that_it_is_written_with(
    typed: tuple[Path, TableResult],
) -> None:
    _, found = typed
    context, fields = PageContext(content(), "en", ""), found.table.schema.fields
    shown = [[cell(context, *pair, {}).text for pair in zip(fields, row, strict=True)][1:3] for row in found.preview]
    assert shown == [["1.10", "53.5"], ["2.20", "53.506476"], ["18.00", "2"]]
    assert [field.decimals for field in fields] == [0, 2, 0, 0, 0]


def test_the_sum_of_a_column_of_amounts_is_exact_and_keeps_its_decimals(
    typed: tuple[Path, TableResult], tmp_path: Path
) -> None:
    numbers = "sum(amount) AS total, sum(amount) / 3 AS third, 0.1::DOUBLE + 0.2::DOUBLE AS noise"
    query = f"SELECT {numbers} FROM amounts WHERE site = 'A'"
    fields = tuple(Field(name, "number") for name in ("total", "third", "noise"))
    (release, *_) = content().datasets[0].releases
    release = replace(release, summaries=(Summary("sums", Text(), query, "sums.sql", fields),), checks=())
    with opened({("amounts",): typed[0]}, Limits(), "released") as box:
        (found,), _, problems = run_queries(box, release)
    assert not problems
    write_summary(found, tmp_path / "s.csv")
    assert (tmp_path / "s.csv").read_text().splitlines() == ["total,third,noise", "3.30,1.1,0.3"]
    total = cell(PageContext(content(), "en", ""), fields[0], found.rows[0][0], {}, computed=True)
    assert (total.text, total.exact) == ("3.30", "")


def test_an_amount_has_the_sign_and_the_decimals_of_its_currency() -> None:
    context, result = PageContext(content(), "en", ""), content().newest("libraries")
    assert result
    field = Field("spent", "number", unit=plain("GBP"))
    shown = [cell(context, field, value, {}).text for value in (33214422.38, 1275, -200, Decimal("0.125"))]
    assert shown == ["£33,214,422.38", "£1,275.00", "-£200.00", "£0.125"]
    assert cell(context, field, 33214422.37999996, {}, computed=True).text == "£33,214,422.38"
    found = replace(result.figures[0], value=1275)
    assert _amount(context, found, field, "GBP") == ("£1,275.00", "£1,275.00")
    assert cell(context, Field("n", "integer", unit=plain("GWh")), 1275, {}).text == "1,275"


@pytest.mark.parametrize(
    ("language", "code", "text"),
    [("en", "DKK", "-DKK 5.50"), ("zh", "DKK", "-DKK 5.50"), ("da", "DKK", "-5,50 kr."), ("en", "AUD", "-A$5.50"),
     ("en", "GBP", "-£5.50")],
)  # fmt: skip
def test_a_currency_that_is_shown_by_letters_has_a_space_as_browsers_write_it(
    language: str, code: str, text: str
) -> None:
    assert (
        money(-5.5, code, read_strings([Path("site/strings")], [language])[language]).replace(NO_BREAK_SPACE, " ")
        == text
    )


def test_lines_of_a_cell_stay_lines_and_addresses_are_links() -> None:
    context, field = PageContext(content(), "en", ""), Field("text", "string")
    assert cell(context, field, "with:\n- new window\r\n- bin store", {}).lines == (
        "with:", "- new window", "- bin store",
    )  # fmt: skip
    assert cell(context, field, "one line", {}).lines == ()
    web = cell(context, field, "https://www.example.org/plan/24/", {})
    assert (web.link, web.text, web.exact) == (
        "https://www.example.org/plan/24/", "example.org/plan/24", "https://www.example.org/plan/24/",
    )  # fmt: skip
    assert len(cell(context, field, f"https://example.org/{'a' * 300}", {}).text) == 46
    assert cell(context, field, "office@example.org", {}).link == "mailto:office@example.org"
    for text in ("see https://example.org", "javascript:alert(1)", "https://example.org/<b>", "https://a b"):
        assert cell(context, field, text, {}).link == ""
