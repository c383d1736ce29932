"""Values read on pages as they are written in the table, and as people write them."""

from __future__ import annotations

from dataclasses import replace

from datagazette.model.publication import Field
from datagazette.pages.context import PageContext
from datagazette.pages.figures import _amount
from tests.pages.sample import content


def test_a_year_among_the_key_figures_is_no_amount() -> None:
    context, result = PageContext(content(), "en", ""), content().newest("libraries")
    assert result
    (found, *_) = result.figures
    assert _amount(context, replace(found, value=2025), Field("end", "year"), "") == ("2025", "2025")
    assert _amount(context, replace(found, value=2025), Field("n", "integer"), "") == ("2,025", "2,025")
