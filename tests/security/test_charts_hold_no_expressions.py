"""No text of a chart's specification, fields or values becomes part of an expression that Vega runs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import vl_convert

from datagazette.charts import rules
from datagazette.charts.rules import bounded, check_chart
from datagazette.charts.spec import complete, wrapped
from datagazette.charts.svg import numbered
from datagazette.model.results import SummaryResult
from tests.formats.sample import SHARE, SHARE_ROWS, words

MARK = "zz+marker"
_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'", re.DOTALL)
_RUN = frozenset({"signal", "expr", "update", "test", "init", "filter", "on"})
_NAMES = [one.name for one in SHARE.fields]
_NOMINAL = {"field": _NAMES[0], "type": "nominal"}
_AMOUNT = {"field": next(one.name for one in SHARE.fields if one.type in ("number", "integer")), "type": "quantitative"}
_ENCODINGS: tuple[dict[str, dict[str, Any]], ...] = (
    {"x": _AMOUNT, "y": _NOMINAL},
    {"x": {"field": _NAMES[0], "type": "temporal", "timeUnit": "year"}, "y": _AMOUNT},
    {"x": {"field": _NAMES[0], "type": "ordinal", "timeUnit": "month"}, "y": _AMOUNT},
    {"x": {"datum": 2020, "type": "temporal", "timeUnit": "year"}, "y": _AMOUNT},
)
_HOLDERS = ("channel", "axis", "legend", "scale", "sort", "bin")


def _expressions(found: Any, key: str = "") -> Iterator[str]:
    if isinstance(found, dict):
        for name, value in found.items():
            yield from [value] if isinstance(value, str) and name in _RUN else _expressions(value, name)
    elif isinstance(found, list):
        for value in found:
            yield from _expressions(value, key)


def _bare(spec: dict[str, Any]) -> list[str]:
    """The expressions of the compiled chart in which the mark is outside of quotes."""
    try:
        compiled = vl_convert.vegalite_to_vega(json.dumps(spec), vl_version="6.4")
    except ValueError:  # Vega-Lite refuses it itself
        return []
    return [one for one in _expressions(compiled) if MARK in _QUOTED.sub("", one)]


def _charts() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every key that a chart may have, with the mark as its value or in a list."""
    for encoding in _ENCODINGS:
        for holder in _HOLDERS:
            for key in rules._LISTS[holder]:
                for value in (MARK, [MARK, "2020"]):
                    x = dict(encoding["x"])
                    said = x | ({key: value} if holder == "channel" else {holder: {key: value}})
                    yield f"{holder}.{key}", {"mark": "bar", "encoding": {**encoding, "x": said}}
    for key in rules._LISTS["mark"]:
        if key != "type":
            yield f"mark.{key}", {"mark": {"type": "bar", key: MARK}, "encoding": _ENCODINGS[0]}
    yield "height", {"mark": "bar", "encoding": _ENCODINGS[0], "height": {"step": MARK}}


def test_a_word_at_any_key_is_refused_or_stays_a_word() -> None:
    found = {}
    accepted = set()
    for name, chart in _charts():
        summary = replace(SHARE, chart=chart)
        if check_chart(summary):
            continue
        accepted.add(name)
        spec = complete(SummaryResult(summary, SHARE_ROWS), "en", "zh", 600).spec
        if bare := _bare(spec):
            found[name] = bare
    assert found == {}
    assert {"axis.values", "scale.domain", "mark.interpolate"} <= accepted


_TEXTS = (
    f'x"+{MARK}+"', f"x'+{MARK}+'", f"x\\'+{MARK}+'", f'x\\"+{MARK}+"', f"x]+{MARK}+[", f"x\n{MARK}", f"x.{MARK}",
    f"{{{MARK}}}",
)  # fmt: skip


@pytest.mark.parametrize("name", _TEXTS)
def test_the_name_of_a_field_stays_a_name(name: str) -> None:
    fields = (replace(SHARE.fields[0], name=name), *SHARE.fields[1:])
    for encoding in _ENCODINGS:
        said = {channel: {**one, "field": name} if one.get("field") == _NAMES[0] else one
                for channel, one in encoding.items()}  # fmt: skip
        for sort in ({}, {"sort": {"field": name}}):
            summary = replace(SHARE, fields=fields, chart={"mark": "bar", "encoding": {**said, "x": said["x"] | sort}})
            spec = complete(SummaryResult(summary, SHARE_ROWS), "en", "en", 600).spec
            assert _bare(numbered(wrapped(bounded(spec)))) == []


@pytest.mark.parametrize("text", _TEXTS)
def test_titles_and_units_stay_texts(text: str) -> None:
    fields = tuple(replace(one, title=words(text, text), unit=words(text, text)) for one in SHARE.fields)
    for encoding in _ENCODINGS:
        summary = replace(SHARE, fields=fields, chart={"mark": "bar", "encoding": encoding})
        spec = complete(SummaryResult(summary, SHARE_ROWS), "en", "zh", 600).spec
        assert _bare(spec) == []
        assert _bare(numbered(wrapped(bounded(spec)))) == []
