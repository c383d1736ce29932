"""A row's source, article and paragraph as one short column of a preview."""

from __future__ import annotations

from datagazette.model.resource import Field
from datagazette.model.text import plain
from datagazette.pages import cells
from datagazette.pages.context import PageContext
from datagazette.pages.table_html import RowsView
from tests.pages.sample import content

FIELDS = tuple(
    Field(name, kind, title=plain(name.title()), role=role)
    for name, kind, role in (
        ("fact", "string", "label"),
        ("source", "string", "source"),
        ("article", "string", "article"),
        ("paragraph", "integer", "paragraph"),
        ("value", "integer", "value"),
    )
)
ROWS = (("one", "paper", "B", 10, 1), ("two", "paper", "B", 0, 2), ("three", "paper", None, None, 3))


def view(fields: tuple[Field, ...], rows: tuple[tuple[object, ...], ...]) -> RowsView:
    context = PageContext(content(), "en", "")
    return cells.with_locators(context, fields, rows, cells.rows_view(context, fields, rows))  # type: ignore[arg-type]


def test_three_columns_become_one_that_says_all_of_them() -> None:
    found = view(FIELDS, ROWS)
    assert [one.title for one in found.columns] == ["Fact", "Where in the source", "Value"]
    assert [row[1].text for row in found.rows] == ["B ¶10", "B lead", "paper"]
    assert found.rows[0][1].exact == "Source: paper; Article: B; Paragraph: 10"


def test_a_source_alone_keeps_its_column() -> None:
    fields, rows = (FIELDS[0], FIELDS[1], FIELDS[4]), tuple((one[0], one[1], one[4]) for one in ROWS)
    assert [one.title for one in view(fields, rows).columns] == ["Fact", "Source", "Value"]
