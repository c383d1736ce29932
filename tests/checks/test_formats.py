"""Texts that are taken to have a format without asking Frictionless: it must think so, too."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datagazette.model.resource import Field
from datagazette.tables.cells import cell_reader
from datagazette.tables.types.text import PLAIN_FORMATS


@pytest.mark.sample(len(PLAIN_FORMATS))
@pytest.mark.parametrize("examples", [100, 300])
@pytest.mark.parametrize("format_", PLAIN_FORMATS)
def test_plain_texts_have_the_format(format_: str, examples: int) -> None:
    read = cell_reader(Field("a", "string", format_), ())

    @settings(max_examples=examples, deadline=None)
    @given(st.from_regex(PLAIN_FORMATS[format_], fullmatch=True, alphabet=st.characters(codec="ascii")))
    def plain(text: str) -> None:
        assert not read(text)[1], text

    plain()
