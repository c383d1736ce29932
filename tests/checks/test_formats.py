"""Texts that are taken to have a format without asking Frictionless: it must think so, too."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datagazette.model.publication import Field
from datagazette.tables.cells import cell_reader
from datagazette.tables.types.text import PLAIN_FORMATS


@pytest.mark.parametrize("format_", PLAIN_FORMATS)
@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_plain_texts_have_the_format(format_: str, data: st.DataObject) -> None:
    text = data.draw(st.from_regex(PLAIN_FORMATS[format_], fullmatch=True, alphabet=st.characters(codec="ascii")))
    read = cell_reader(Field("a", "string", format_), ())
    assert not read(text)[1], text
