"""Limits of what the renderer is given: it measures text character by character, aborts at what is not XML, and takes
hours for pictures that are too dense to read.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from datagazette.charts.spec import complete
from datagazette.model.problems import Problem, problem
from datagazette.model.results import SummaryResult
from datagazette.model.text import for_xml

# A label is 280 pixels wide at most; the renderer takes milliseconds for each character that it must cut off.
_LONGEST = 120
_MOST = 20_000  # characters of all different texts in a chart's data
_MOST_FACETS = 60  # small charts in one picture
_MOST_BANDS = 900  # of all small charts together; each band has a label
_MOST_BINS = 200
_FACETS = ("row", "column", "facet")
_WIDTH = 640  # pixels, as a page has


class ChartError(Exception):
    """The specification passed its check and still cannot be drawn."""


def bounded(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The specification with its texts cut to what a picture shows; different texts stay different.

    Raises ChartError where there is so much that drawing it would take minutes.
    """
    for fault in _disproportions(spec):
        raise ChartError(fault)
    texts = dict.fromkeys(_texts(spec["data"]["values"]))
    total = sum(map(len, texts))
    if total > _MOST:
        raise ChartError(f"{total} > {_MOST} signs of text")
    cut = _cut(texts)
    found: dict[str, Any] = _replaced(spec, cut)
    return found


def check_drawing(result: SummaryResult, languages: Sequence[str], file: str) -> Iterator[Problem]:
    """What of a chart and the rows of its summary is out of all proportion, before anything is drawn; `file` is the
    descriptor that the chart is in."""
    summary = result.summary
    if summary.chart is None:
        return
    for language in languages:
        try:
            bounded(complete(result, language, languages[0], _WIDTH).spec)
        except ChartError as error:
            yield problem("chart-too-large", file, None, summary=summary.name, where="chart", found=str(error))
            return


def _disproportions(spec: Mapping[str, Any]) -> Iterator[str]:
    rows = spec["data"]["values"]
    for part in (spec, *spec.get("layer", ())):
        encoding = {**spec.get("encoding", {}), **part.get("encoding", {})}
        facets = math.prod(_different(encoding.get(channel, {}), rows) for channel in _FACETS)
        bands = max(_bands(encoding.get(channel, {}), rows) for channel in ("x", "y"))
        if facets > _MOST_FACETS:
            yield f"{facets} > {_MOST_FACETS} small charts"
        if facets > 1 and facets * bands > _MOST_BANDS:
            yield f"{facets} × {bands} > {_MOST_BANDS} labels of small charts"
        for said in encoding.values():
            for one in said if isinstance(said, list) else [said]:
                bins = _bins(one, rows)
                if bins > _MOST_BINS:
                    yield f"{min(bins, 1e12):,.0f} > {_MOST_BINS:,} bins"


def _different(said: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> int:
    """How many values a channel has; 1 where it has no field."""
    return len({str(value) for value in _values(said, rows)}) or 1


def _bands(said: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> int:
    return _different(said, rows) if said.get("type") in ("nominal", "ordinal") else 1


def _bins(said: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> float:
    """Into how many parts a channel cuts what its numbers span."""
    asked = said.get("bin")
    step = asked.get("step", asked.get("minstep")) if isinstance(asked, Mapping) else None
    if not isinstance(asked, Mapping) or not isinstance(step, int | float) or step <= 0:
        return 0
    numbers = [value for value in _values(said, rows) if isinstance(value, int | float)]
    ends = [*numbers, *(one for one in asked.get("extent") or () if isinstance(one, int | float))]
    return (max(ends) - min(ends)) / step if ends else 0


def _values(said: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    name = re.sub(r"\\(.)", r"\1", said.get("field", "")) if isinstance(said.get("field"), str) else ""
    return [row[name] for row in rows if name in row]


def _texts(rows: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    return (value for row in rows for value in row.values() if isinstance(value, str))


def _cut(texts: Iterable[str]) -> dict[str, str]:
    """Each text as it is drawn; of those that would look the same, the later ones are numbered."""
    cut: dict[str, str] = {}
    taken: dict[str, int] = {}
    for text in texts:
        short = _short(text)
        taken[short] = taken.get(short, 0) + 1
        cut[text] = short if taken[short] == 1 else f"{short} ({taken[short]})"
    return cut


def _short(text: str) -> str:
    text = for_xml(text)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _replaced(value: Any, cut: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {for_xml(key): _replaced(one, cut) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_replaced(one, cut) for one in value]
    return cut.get(value) or _short(value) if isinstance(value, str) else value
