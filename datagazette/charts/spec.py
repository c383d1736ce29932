"""A summary's chart as a whole Vega-Lite specification: its data inside, its texts in one language.

The maintainer writes marks and encodings; from the fields come the titles with their units, the labels of
categories, the columns that hold another language's labels, and the forms of numbers and dates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from datagazette.charts.times import scale_of, set_in_time
from datagazette.describe.notation import is_number, number_text, plain, with_unit
from datagazette.messages import texts
from datagazette.model.publication import Summary
from datagazette.model.resource import Field
from datagazette.model.results import SummaryResult, Value

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
MAX_ROWS = 2_000
LABEL = "__label"
FACETS = ("row", "column", "facet")

_BOUNDS = {"at_least": "≥ ", "more_than": "> ", "at_most": "≤ ", "less_than": "< ", "approximate": "≈ "}
# How many columns a line of a label may have; the first width at which all labels take few lines is taken.
LABEL_COLUMNS = (26, 32, 38)
NARROW_LABEL_COLUMNS = (14, 16, 18)
_DIRECT_LABELS = 15
_ORDER = "__order"
# Vega-Lite makes expressions of names and titles, in which these characters would end a text.
_QUOTING = re.compile(r"[\\\"\n\r\u2028\u2029]")


@dataclass(frozen=True)
class Completed:
    """`spec` without configuration; `measure` names the quantity that is drawn, with its unit.

    `bounds` are those of the drawn fields: what a sign such as ≥ in the picture has to be explained by.
    """

    spec: dict[str, Any]
    measure: str
    bounds: tuple[str, ...]
    language: str


def channels(chart: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """(place, channel, mapping that it has) for each encoding of a chart, whatever else may be wrong with it."""
    layers = chart.get("layer")
    parts = [("chart", chart)]
    if isinstance(layers, list | tuple):
        parts += [(f"chart.layer[{number}]", part) for number, part in enumerate(layers) if isinstance(part, Mapping)]
    for place, part in parts:
        encoding = part.get("encoding")
        for channel, found in encoding.items() if isinstance(encoding, Mapping) else ():
            for definition in found if isinstance(found, list | tuple) else [found]:
                if isinstance(definition, Mapping):
                    yield f"{place}.encoding.{channel}", channel, definition


def timed_channels(chart: Mapping[str, Any]) -> frozenset[str]:
    """The channels whose values are times to Vega-Lite, in any of the layers, which it puts together."""
    found = ((name, definition) for _, name, definition in channels(chart))
    return frozenset(
        name for name, definition in found if definition.get("timeUnit") or definition.get("type") == "temporal"
    )


def mark_type(part: Mapping[str, Any]) -> Any:
    """The name of the mark of a chart or a layer."""
    mark = part.get("mark")
    return mark.get("type") if isinstance(mark, Mapping) else mark


def complete(result: SummaryResult, language: str, default: str, width: int) -> Completed:
    """The specification for one language; `default` is the dataset's first. The chart has passed its check."""
    summary = result.summary
    spec = plain(summary.chart or {})
    spec.pop("$schema", None)
    names, timed = _label_columns(summary, language, default), timed_channels(spec)
    fields = {field.name: field for field in summary.fields}
    drawn = [(channel, definition) for _, channel, definition in channels(spec)]
    named = [names.get(definition.get("field"), definition.get("field", "")) for _, definition in drawn]
    bounds = _bounds(result, [fields[name] for name in named if name in fields])
    for _, definition in drawn:
        _swap(definition, names)
    measure = _measure_of(drawn, fields)
    rows = _rows(result, language)
    _show_gaps(spec, rows)
    for channel, definition in drawn:
        if field := fields.get(definition.get("field", "")):
            _dress(channel, definition, field, language, result, one_measure=measure is not None)
            if definition.get("type") == "temporal":
                column = summary.fields.index(field)
                values = [row[column] for row in result.rows[:MAX_ROWS]]
                room = _room(spec, width)
                set_in_time(
                    channel, definition, field, values, rows, language=language, width=room, is_banded=_is_banded(spec)
                )
            if channel not in timed:
                _translate_lists(definition, result, field, names, language)
            for holder in (definition, definition.get("sort")):
                if isinstance(holder, dict) and "field" in holder:
                    holder["field"] = escaped(holder["field"])
    _order_stacks(spec, rows)
    if measure:
        spec = _with_labels(spec, measure[0], fields[measure[1]], rows, language, result)
    if any(_QUOTING.search(text) for field in summary.fields for text in (field.name, with_unit(field, language))):
        spec = _undescribed(spec)
    whole = {"$schema": SCHEMA, "data": {"values": rows}, **_sized(spec, width, rows)}
    return Completed(whole, with_unit(fields[measure[1]], language) if measure else "", bounds, language)


def escaped(name: str) -> str:
    """A field's name as Vega-Lite takes it for a name and not for a path."""
    return re.sub(r"([\\.\[\]'\"])", r"\\\1", name)


def unescaped(name: str) -> str:
    """The name of the field that an encoding names."""
    return re.sub(r"\\(.)", r"\1", name)


def _label_columns(summary: Summary, language: str, default: str) -> dict[str, str]:
    """Which field gives way to which in this language: `x` to `x_en` where that has the role `label@en`."""
    if language == default:
        return {}
    others = [field.name for field in summary.fields if field.role == f"label@{language}"]
    labels = [field.name for field in summary.fields if field.role == "label"]
    names = {name.removesuffix(f"_{language}"): name for name in others}
    if len(others) == len(labels) == 1:
        names[labels[0]] = others[0]
    return {name: other for name, other in names.items() if name != other and summary.field(name)}


def _swap(definition: dict[str, Any], names: Mapping[str, str]) -> None:
    if definition.get("field") in names and definition.get("type") not in ("quantitative", "temporal"):
        definition["field"] = names[definition["field"]]
    sort = definition.get("sort")
    if isinstance(sort, dict) and sort.get("field") in names:
        sort["field"] = names[sort["field"]]


def _bounds(result: SummaryResult, drawn: Sequence[Field]) -> tuple[str, ...]:
    found = [field.bound for field in drawn]
    columns = {_bound_column(result, field) for field in drawn} or {_bound_column(result, None)}
    for column in sorted(column for column in columns if column is not None):
        found += [str(row[column]) for row in result.rows]
    return tuple(bound for bound in dict.fromkeys(found) if bound in _BOUNDS)


def _bound_column(result: SummaryResult, field: Field | None) -> int | None:
    """The column of the bounds of a field's values: that which it names, else that with the role of a bound."""
    name = field.bound_field if field else ""
    columns = enumerate(result.summary.fields)
    return next((number for number, one in columns if (one.name == name if name else one.role == "bound")), None)


def _rows(result: SummaryResult, language: str) -> list[dict[str, Any]]:
    fields = result.summary.fields
    return [
        {field.name: _datum(value, field, language) for field, value in zip(fields, row, strict=True)}
        for row in result.rows[:MAX_ROWS]
    ]


def _datum(value: Value, field: Field, language: str) -> Any:
    category = field.category(value) if value is not None else None
    if category and category.label:
        return category.label.get(language)
    if isinstance(value, bool):
        return str(texts("charts", language)["yes" if value else "no"])
    if isinstance(value, datetime):
        return value.isoformat() + ("" if value.tzinfo else "Z")
    if isinstance(value, date):
        return f"{value.isoformat()}T00:00:00Z"
    return value.isoformat() if isinstance(value, time) else plain(value)


def _measure_of(drawn: Sequence[tuple[str, Mapping[str, Any]]], fields: Mapping[str, Field]) -> tuple[str, str] | None:
    """(channel, field) of the one quantity along an axis; None where there is none, or are two."""
    found = {
        (channel, definition["field"])
        for channel, definition in drawn
        if channel in ("x", "y", "theta")
        and definition.get("type") == "quantitative"
        and definition.get("field") in fields
    }
    left = [pair for pair in found if fields[pair[1]].type != "year"]
    return left[0] if len(left) == 1 else None


def _dress(
    channel: str, definition: dict[str, Any], field: Field, language: str, result: SummaryResult, *, one_measure: bool
) -> None:
    """Title and form of one encoding."""
    kind = definition.get("type", "nominal")
    title = with_unit(field, language) if kind == "quantitative" else field.title.get(language) or field.name
    along = channel in ("x", "y")
    if kind in ("nominal", "ordinal"):
        # The query has the last word on order, not the alphabet.
        definition.setdefault("sort", None)
    named = kind in ("quantitative", "temporal") and not (along and (one_measure or kind == "temporal"))
    parts = (definition, *(definition.get(part) for part in ("axis", "legend", "header")))
    silent = not named or any(isinstance(part, dict) and "title" in part for part in parts)
    if channel not in ("x2", "y2", "xOffset", "yOffset", "theta2", "radius2", "order", "detail", "text"):
        definition["title"] = None if silent else title
    if kind == "quantitative" and field.type == "year":
        scale_of(definition).setdefault("zero", False)
    if kind == "quantitative" and along and definition.get("axis", {}) is not None:
        axis = definition.setdefault("axis", {})
        if "format" not in axis and "format" not in definition:
            axis |= _axis_numbers(field, language, result)
    if kind in ("nominal", "ordinal") and along and definition.get("axis", {}) is not None:
        definition.setdefault("axis", {})["labelExpr"] = "split(datum.label, '\\n')"
    if channel == "text" and kind == "quantitative":
        definition.setdefault("format", ",~f" if field.type == "integer" else ",.2~f")


def _show_gaps(spec: dict[str, Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Draws bars in the place of areas that would show what is missing as 0, and leaves the place of a bar without a
    value on its axis, which Vega-Lite would not."""
    if _hides_gaps(spec, rows):
        spec["mark"] = {**_mark(spec), "type": "bar"}
    shared = spec.get("encoding", {})
    for part in (spec, *spec.get("layer", ())):
        heights = _of_type("quantitative", {**shared, **part.get("encoding", {})})
        if mark_type(part) == "bar" and any(row.get(name) is None for row in rows for name in heights):
            part["mark"] = {**_mark(part), "invalid": None}


def _mark(part: Mapping[str, Any]) -> dict[str, Any]:
    """The mark of a chart or a layer with its properties."""
    mark = part["mark"]
    return dict(mark) if isinstance(mark, Mapping) else {"type": mark}


def _of_type(kind: str, encoding: Mapping[str, Any]) -> list[str]:
    """The fields along the axes that have this type."""
    axes = [encoding.get(channel, {}) for channel in ("x", "y")]
    return [axis["field"] for axis in axes if axis.get("type") == kind and isinstance(axis.get("field"), str)]


def _hides_gaps(spec: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the chart would show what is missing as 0: areas on top of one another do, of which one has no value at a
    place where another has one. Bars leave it out."""
    encoding = spec.get("encoding", {})
    heights, others = _of_type("quantitative", encoding), ("nominal", "ordinal", "temporal")
    places = [name for kind in others for name in _of_type(kind, encoding)]
    if mark_type(spec) != "area" or not _stacked(encoding) or len(heights) != 1 or len(places) != 1:
        return False
    color = encoding["color"]["field"]
    known = {(row.get(places[0]), row.get(color)) for row in rows if row.get(heights[0]) is not None}
    return len(known) < len({row.get(places[0]) for row in rows}) * len({row.get(color) for row in rows})


def _is_banded(spec: Mapping[str, Any]) -> bool:
    """Whether a mark is as wide as what it is of."""
    return any(mark_type(part) in {"bar", "rect"} for part in (spec, *spec.get("layer", ())))


def _room(spec: Mapping[str, Any], width: int) -> int:
    """How wide the axes across are: those of small charts have a width of their own."""
    return int(spec.get("width", 200)) if any(name in FACETS for _, name, _ in channels(spec)) else width


def _axis_numbers(field: Field, language: str, result: SummaryResult) -> dict[str, Any]:
    if field.type == "year":
        return {"format": "d"}
    numbers = (row[result.summary.fields.index(field)] for row in result.rows)
    largest = max((abs(float(value)) for value in numbers if is_number(value) and value), default=0.0)
    if language.startswith("zh") and largest >= 100_000:
        unit, name = (10**8, " 亿") if largest >= 10**9 else (10**4, " 万")
    elif largest >= 10_000_000:
        unit, name = 10**6, texts("charts", language)["million"]
    else:
        return {"format": ",~f"}
    return {"labelExpr": f"datum.value ? format(datum.value / {unit}, ',~f') + '{name}' : '0'"}


def _translate_lists(
    definition: dict[str, Any], result: SummaryResult, field: Field, names: Mapping[str, str], language: str
) -> None:
    """Lists of values (`sort`, `domain`) are written in the default language, or in a category's codes."""
    original = next((name for name, other in names.items() if other == field.name), field.name)
    columns = [column.name for column in result.summary.fields]
    before, after = columns.index(original), columns.index(field.name)
    meant = {row[before]: _datum(row[after], field, language) for row in result.rows}
    meant |= {category.value: category.label.get(language) for category in field.categories if category.label}
    _replace_values(definition, meant)


def _replace_values(definition: dict[str, Any], meant: Mapping[Any, Any]) -> None:
    for holder, key in ((definition, "sort"), (definition.get("scale"), "domain")):
        if isinstance(holder, dict) and isinstance(holder.get(key), list):
            holder[key] = [meant.get(value, value) for value in holder[key]]


def _with_labels(
    spec: dict[str, Any], channel: str, field: Field, rows: list[dict[str, Any]], language: str, result: SummaryResult
) -> dict[str, Any]:
    """Few bars, or the parts of a whole, say their numbers themselves, and then need no scale."""
    kind, encoding = mark_type(spec), spec.get("encoding", {})
    is_whole = kind == "arc" and set(encoding) == {"theta", "color"} and "field" in encoding["color"]
    is_plain = (
        kind == "bar" and channel in ("x", "y") and set(encoding) <= {"x", "y", "color"} and not _stacked(encoding)
    )
    if not (is_whole or is_plain) or not 0 < len(rows) <= _DIRECT_LABELS:
        return spec
    _write_labels(rows, field, language, result)
    layers = _labelled_arcs(encoding, rows) if is_whole else _labelled_bars(spec["mark"], encoding, channel)
    rest = {key: value for key, value in spec.items() if key not in ("mark", "encoding")}
    shared = {key: value for key, value in encoding.items() if key != "color"}
    return {**({"height": 280} if is_whole else {}), **rest, "encoding": shared, "layer": layers}


def _labelled_arcs(encoding: dict[str, Any], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    encoding["theta"]["stack"] = True
    # Left to itself Vega-Lite stacks the arcs from the last and their labels from the first.
    encoding.setdefault("order", {"field": _ORDER, "type": "quantitative"})
    for number, row in enumerate(rows):
        row.setdefault(_ORDER, number)
    text = {"text": {"field": LABEL, "type": "nominal"}, "detail": {"field": encoding["color"]["field"]}}
    return [
        {"mark": {"type": "arc", "outerRadius": 105}, "encoding": {"color": encoding["color"]}},
        {"mark": {"type": "text", "radius": 132}, "encoding": text},
    ]


def _labelled_bars(mark: Any, encoding: dict[str, Any], channel: str) -> list[dict[str, Any]]:
    if "domain" not in encoding[channel].get("scale", {}):
        encoding[channel]["axis"] = None
    text = {"type": "text", "align": "left", "dx": 6} if channel == "x" else {"type": "text", "dy": -8}
    text |= {"invalid": None} if isinstance(mark, Mapping) and "invalid" in mark else {}
    return [
        {"mark": mark, "encoding": {key: value for key, value in encoding.items() if key == "color"}},
        {"mark": text, "encoding": {"text": {"field": LABEL, "type": "nominal"}}},
    ]


def _order_stacks(spec: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    """Parts are stacked in the order of the legend, which is that of the rows."""
    encoding = spec.get("encoding", {})
    color = encoding.get("color", {})
    is_stacked = mark_type(spec) in ("bar", "area") and _stacked(encoding)
    if not is_stacked or "order" in encoding or color.get("sort") is not None:
        return
    name = unescaped(color["field"])
    places = {value: number for number, value in enumerate(dict.fromkeys(row[name] for row in rows))}
    for row in rows:
        row[_ORDER] = places[row[name]]
    encoding["order"] = {"field": _ORDER, "type": "quantitative"}


def _stacked(encoding: Mapping[str, Any]) -> bool:
    """Whether a colour divides the bars, so that several numbers share one."""
    color = encoding.get("color", {}).get("field")
    return color is not None and color not in {encoding[key].get("field") for key in ("x", "y") if key in encoding}


def _write_labels(rows: list[dict[str, Any]], field: Field, language: str, result: SummaryResult) -> None:
    column, bound = result.summary.fields.index(field), _bound_column(result, field)
    unknown = str(texts("charts", language)["none"])
    for row, values in zip(rows, result.rows, strict=False):
        value = values[column]
        sign = _BOUNDS.get(str(values[bound]) if bound is not None and not field.bound else field.bound, "")
        row[LABEL] = sign + number_text(value, language) if is_number(value) else unknown


def _undescribed(spec: dict[str, Any]) -> dict[str, Any]:
    """Without descriptions of single marks."""
    found = {key: list(map(_undescribed, value)) if key == "layer" else value for key, value in spec.items()}
    if "mark" in spec:
        mark = spec["mark"]
        found["mark"] = {**(mark if isinstance(mark, dict) else {"type": mark}), "aria": False}
    return found


def _sized(spec: dict[str, Any], width: int, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The width is the picture's; bars lie in rows of one height, lower ones where they are many."""
    encoding = spec.get("encoding", {})
    for part in spec.get("layer", ()):
        encoding = part.get("encoding", {}) | encoding
    sized = {key: value for key, value in spec.items() if key != "width"}
    if any(channel in encoding for channel in FACETS):
        return sized | {"width": spec.get("width", 200)}
    sized |= {"width": width, "autosize": {"type": "fit-x", "contains": "padding"}}
    if "height" not in sized:
        across = encoding.get("y", {})
        bands = len({str(row.get(unescaped(across.get("field", "")))) for row in rows})
        banded = across.get("type") in ("nominal", "ordinal")
        sized["height"] = {"step": 40 if bands <= 8 else 32 if bands <= 16 else 26} if banded else 320
    return sized


def wrapped(spec: dict[str, Any], widths: Sequence[int] = LABEL_COLUMNS) -> dict[str, Any]:
    """The specification with long labels broken into lines, as only the drawing needs them.

    `widths` are the columns that a line may have, the narrowest first.
    """
    axes = [definition for _, channel, definition in channels(spec) if channel in ("x", "y")]
    names = {
        unescaped(definition["field"])
        for definition in axes
        if "field" in definition and definition.get("type") in ("nominal", "ordinal")
    }
    rows = spec["data"]["values"]
    labels = [row[name] for row in rows for name in names if isinstance(row.get(name), str)]
    fitting = (width for width in widths if all(len(lines_of(text, width)) <= 2 for text in labels))
    columns = next(fitting, widths[-1])
    broken = {text: "\n".join(lines_of(text, columns)) for text in labels}
    values = [
        {key: broken[value] if key in names and isinstance(value, str) else value for key, value in row.items()}
        for row in rows
    ]
    for definition in axes:
        _replace_values(definition, broken)
    if not isinstance(spec.get("height"), dict):
        return {**spec, "data": {"values": values}}
    tallest = max((text.count("\n") for text in broken.values()), default=0)
    height = {"step": spec["height"]["step"] + 17 * max(tallest - 1, 0)}
    return {**spec, "data": {"values": values}, "height": height}


def lines_of(text: str, columns: int) -> list[str]:
    """The text in lines of at most so many columns, broken between words or Chinese characters."""
    lines, line, used = [], "", 0
    for piece in re.findall(r"[^\W\u2e80-\uffff]+[^\w\s\u2e80-\uffff]*\s*|\s+|.", text):
        size = columns_of(piece.rstrip())
        # Chinese punctuation never begins a line.
        if line and used + size > columns and piece[0] not in "，。、；：？！）》”’」』】,.;:?!)":
            lines.append(line.rstrip())
            line, used = "", 0
        line += piece
        used += columns_of(piece)
    return [*lines, line.rstrip()] if line.strip() else lines


def columns_of(text: str) -> int:
    """How wide a text is; a Chinese character is two columns wide."""
    return sum(2 if character >= "\u2e80" else 1 for character in text)
