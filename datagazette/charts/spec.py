"""A summary's chart as a whole Vega-Lite specification: its data inside, its words in one language.

The maintainer writes marks and encodings; from the fields come the titles with their units, the labels of
categories, the columns that hold another language's labels, and the forms of numbers and dates.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from datagazette.charts.rules import timed_channels
from datagazette.describe.notation import is_number, number_text, plain
from datagazette.model.publication import Field, Summary
from datagazette.model.results import SummaryResult, Value

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
MAX_ROWS = 2_000
LABEL = "__label"

_BOUNDS = {"at_least": "≥ ", "at_most": "≤ ", "approximate": "≈ "}
# How many columns a line of a label may have; the first width at which all labels take few lines is taken.
LABEL_COLUMNS = (26, 32, 38)
NARROW_LABEL_COLUMNS = (14, 16, 18)
_DIRECT_LABELS = 15
_ORDER = "__order"
# What ends a text within the description of a mark, which Vega-Lite makes of names and titles as an expression.
_QUOTING = re.compile(r"[\\\"\n\r\u2028\u2029]")


@dataclass(frozen=True)
class Completed:
    """`spec` without configuration; `measure` names the quantity that is drawn, with its unit.

    `bounds` are those of the drawn fields: what a sign such as ≥ in the picture has to be explained by.
    """

    spec: dict[str, Any]
    measure: str = ""
    bounds: tuple[str, ...] = ()
    names: dict[str, str] = field(default_factory=dict)


def complete(result: SummaryResult, language: str, default: str, width: int) -> Completed:
    """The specification for one language; `default` is the dataset's first. The chart has passed its check."""
    summary = result.summary
    spec = copy.deepcopy(plain(summary.chart or {}))
    spec.pop("$schema", None)
    names = _label_columns(summary, language, default)
    drawn, timed = list(_channels(spec)), timed_channels(spec)
    for _, said in drawn:
        _swap(said, names)
    fields = {field.name: field for field in summary.fields}
    measure = _measure_of(spec, fields)
    rows = _rows(result, language)
    for channel, said in drawn:
        found = fields.get(said.get("field", ""))
        if found is not None:
            _dress(channel, said, found, language, result, one_measure=measure is not None)
            if channel not in timed:
                _translate_lists(said, result, found, names, language)
            _escape_sort(said)
            said["field"] = escaped(said["field"])
    _order_stacks(spec, rows)
    bounds = _bounds(drawn_fields=[fields[name] for name in _named(summary, names) if name in fields], result=result)
    if measure:
        spec = _with_labels(spec, measure[0], fields[measure[1]], rows, language, result)
    if any(_QUOTING.search(text) for one in summary.fields for text in (one.name, with_unit(one, language))):
        spec = _undescribed(spec)
    sized = _sized(spec, width, rows)
    whole = {"$schema": SCHEMA, "data": {"values": rows}, **sized}
    return Completed(whole, with_unit(fields[measure[1]], language) if measure else "", bounds, names)


def with_unit(field_: Field, language: str) -> str:
    title, unit = field_.title.get(language) or field_.name, field_.unit.get(language)
    if not unit or unit.casefold() == title.casefold():
        return title
    return f"{title}（{unit}）" if language.startswith("zh") else f"{title} ({unit})"


def escaped(name: str) -> str:
    """A field's name as Vega-Lite takes it for a name and not for a path."""
    return re.sub(r"([\\.\[\]'\"])", r"\\\1", name)


def _channels(spec: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for part in (spec, *spec.get("layer", ())):
        for channel, said in part.get("encoding", {}).items():
            for one in said if isinstance(said, list) else [said]:
                yield channel, one


def _label_columns(summary: Summary, language: str, default: str) -> dict[str, str]:
    """Which field gives way to which in this language: `x` to `x_en` where that has the role `label@en`."""
    if language == default:
        return {}
    others = [one for one in summary.fields if one.role == f"label@{language}"]
    labels = [field for field in summary.fields if field.role == "label"]
    names = {one.name.removesuffix(f"_{language}"): one.name for one in others}
    if len(others) == len(labels) == 1:
        names[labels[0].name] = others[0].name
    return {name: other for name, other in names.items() if name != other and summary.field(name)}


def _swap(said: dict[str, Any], names: Mapping[str, str]) -> None:
    if said.get("field") in names and said.get("type") not in ("quantitative", "temporal"):
        said["field"] = names[said["field"]]
    sort = said.get("sort")
    if isinstance(sort, dict) and sort.get("field") in names:
        sort["field"] = names[sort["field"]]


def _named(summary: Summary, names: Mapping[str, str]) -> list[str]:
    found = [said.get("field", "") for _, said in _channels(plain(summary.chart or {}))]
    return [names.get(name, name) for name in dict.fromkeys(found)]


def _rows(result: SummaryResult, language: str) -> list[dict[str, Any]]:
    fields = result.summary.fields
    return [
        {field.name: _datum(value, field, language) for field, value in zip(fields, row, strict=True)}
        for row in result.rows[:MAX_ROWS]
    ]


def _datum(value: Value, field_: Field, language: str) -> Any:
    category = field_.category(value) if value is not None else None
    if category and category.label:
        return category.label.get(language)
    if isinstance(value, bool):
        return {True: "是", False: "否"}[value] if language.startswith("zh") else {True: "yes", False: "no"}[value]
    if isinstance(value, datetime):
        return value.isoformat() + ("" if value.tzinfo else "Z")
    if isinstance(value, date):
        return f"{value.isoformat()}T00:00:00Z"
    if isinstance(value, time):
        return value.isoformat()
    return plain(value)


def _measure_of(spec: Mapping[str, Any], fields: Mapping[str, Field]) -> tuple[str, str] | None:
    """(channel, field) of the one quantity along an axis; None where there is none, or are two."""
    found = dict.fromkeys(
        (channel, said["field"])
        for channel, said in _channels(spec)
        if channel in ("x", "y", "theta") and said.get("type") == "quantitative" and said.get("field") in fields
    )
    years = {pair for pair in found if fields[pair[1]].type == "year"}
    left = [pair for pair in found if pair not in years]
    return left[0] if len(left) == 1 else None


def _dress(
    channel: str, said: dict[str, Any], field_: Field, language: str, result: SummaryResult, *, one_measure: bool
) -> None:
    """Title and form of one encoding."""
    kind = said.get("type", "nominal")
    title = with_unit(field_, language) if kind == "quantitative" else field_.title.get(language) or field_.name
    along = channel in ("x", "y")
    if kind in ("nominal", "ordinal"):
        # The query has the last word on order, not the alphabet.
        said.setdefault("sort", None)
    named = kind in ("quantitative", "temporal") and not (along and (one_measure or kind == "temporal"))
    silent = "title" in said or _has(said, "title") or not named
    if channel not in ("x2", "y2", "xOffset", "yOffset", "theta2", "radius2", "order", "detail", "text"):
        said["title"] = None if silent else title
    if kind == "temporal":
        _scale(said)["type"] = "utc"
        unit = said.get("timeUnit")
        if isinstance(unit, str) and not unit.startswith("utc"):
            said["timeUnit"] = f"utc{unit}"
    if kind == "quantitative" and field_.type == "year":
        _scale(said).setdefault("zero", False)
    if kind == "quantitative" and along and said.get("axis", {}) is not None:
        axis = said.setdefault("axis", {})
        if "format" not in axis and "format" not in said:
            axis |= _axis_numbers(field_, language, result)
    if kind in ("nominal", "ordinal") and along and said.get("axis", {}) is not None:
        said.setdefault("axis", {})["labelExpr"] = "split(datum.label, '\\n')"
    if channel == "text" and kind == "quantitative":
        said.setdefault("format", ",~f" if field_.type == "integer" else ",.2~f")


def _scale(said: dict[str, Any]) -> dict[str, Any]:
    """The scale of an encoding; a passing one where the chart wants none."""
    scale: dict[str, Any] | None = said.setdefault("scale", {})
    return {} if scale is None else scale


def _has(said: Mapping[str, Any], key: str) -> bool:
    return any(isinstance(said.get(part), dict) and key in said[part] for part in ("axis", "legend", "header"))


def _axis_numbers(field_: Field, language: str, result: SummaryResult) -> dict[str, Any]:
    if field_.type == "year":
        return {"format": "d"}
    column = result.summary.fields.index(field_)
    largest = max((size for row in result.rows if (size := _size(row[column]))), default=0.0)
    if language.startswith("zh") and largest >= 100_000:
        unit, name = (10**8, "亿") if largest >= 10**9 else (10**4, "万")
        return {"labelExpr": f"datum.value ? format(datum.value / {unit}, ',~f') + ' {name}' : '0'"}
    if largest >= 10_000_000:
        return {"labelExpr": "datum.value ? format(datum.value / 1000000, ',~f') + 'm' : '0'"}
    return {"format": ",~f"}


def _size(value: Value) -> float:
    return abs(float(value)) if isinstance(value, int | float | Decimal) else 0.0


def _translate_lists(
    said: dict[str, Any], result: SummaryResult, field_: Field, names: Mapping[str, str], language: str
) -> None:
    """Lists of values (`sort`, `domain`) are written in the default language, or in a category's codes."""
    summary = result.summary
    original = next((name for name, other in names.items() if other == field_.name), field_.name)
    indexes = [[field.name for field in summary.fields].index(name) for name in (original, field_.name)]
    meant = {row[indexes[0]]: _datum(row[indexes[1]], field_, language) for row in result.rows}
    meant |= {category.value: category.label.get(language) for category in field_.categories if category.label}
    for holder, key in ((said, "sort"), (said.get("scale"), "domain")):
        if isinstance(holder, dict) and isinstance(holder.get(key), list):
            holder[key] = [meant.get(value, value) for value in holder[key]]


def _escape_sort(said: dict[str, Any]) -> None:
    sort = said.get("sort")
    if isinstance(sort, dict) and "field" in sort:
        sort["field"] = escaped(sort["field"])


def _bounds(drawn_fields: Sequence[Field], result: SummaryResult) -> tuple[str, ...]:
    found = [one.bound for one in drawn_fields if one.bound in _BOUNDS]
    column = next((i for i, field in enumerate(result.summary.fields) if field.role == "bound"), None)
    if column is not None:
        found += [str(row[column]) for row in result.rows if str(row[column]) in _BOUNDS]
    return tuple(dict.fromkeys(found))


def _with_labels(
    spec: dict[str, Any], channel: str, field_: Field, rows: list[dict[str, Any]], language: str, result: SummaryResult
) -> dict[str, Any]:
    """Few bars, or the parts of a whole, say their numbers themselves, and then need no scale."""
    mark = spec.get("mark")
    kind = mark.get("type") if isinstance(mark, dict) else mark
    said = spec.get("encoding", {})
    if (
        kind == "arc"
        and set(said) == {"theta", "color"}
        and "field" in said["color"]
        and 0 < len(rows) <= _DIRECT_LABELS
    ):
        _write_labels(rows, field_, language, result)
        return _labelled_arcs(spec, rows)
    plain_bars = kind == "bar" and channel in ("x", "y") and set(said) <= {"x", "y", "color"} and not _stacked(said)
    if not plain_bars or not 0 < len(rows) <= _DIRECT_LABELS:
        return spec
    _write_labels(rows, field_, language, result)
    text = {"type": "text", "align": "left", "dx": 6} if channel == "x" else {"type": "text", "dy": -8}
    if "domain" not in said[channel].get("scale", {}):
        said[channel]["axis"] = None
    layers = [{"mark": mark, "encoding": {key: value for key, value in said.items() if key == "color"}}]
    layers.append({"mark": text, "encoding": {"text": {"field": LABEL, "type": "nominal"}}})
    rest = {key: value for key, value in spec.items() if key not in ("mark", "encoding")}
    return {**rest, "encoding": {key: value for key, value in said.items() if key != "color"}, "layer": layers}


def _labelled_arcs(spec: dict[str, Any], rows: list[dict[str, Any]]) -> dict[str, Any]:
    said = spec["encoding"]
    said["theta"]["stack"] = True
    # Left to itself Vega-Lite stacks the arcs from the last and their labels from the first.
    said.setdefault("order", {"field": _ORDER, "type": "quantitative"})
    for number, row in enumerate(rows):
        row.setdefault(_ORDER, number)
    arcs = {"mark": {"type": "arc", "outerRadius": 105}, "encoding": {"color": said["color"]}}
    text: dict[str, Any] = {"mark": {"type": "text", "radius": 132}}
    text["encoding"] = {"text": {"field": LABEL, "type": "nominal"}, "detail": {"field": said["color"]["field"]}}
    rest = {key: value for key, value in spec.items() if key not in ("mark", "encoding")}
    shared = {key: value for key, value in said.items() if key != "color"}
    return {"height": 280, **rest, "encoding": shared, "layer": [arcs, text]}


def _order_stacks(spec: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    """Parts are stacked in the order of the legend, which is that of the rows."""
    said = spec.get("encoding", {})
    mark = spec.get("mark")
    kind = mark.get("type") if isinstance(mark, dict) else mark
    color = said.get("color", {})
    if kind not in ("bar", "area") or "order" in said or not _stacked(said) or color.get("sort") is not None:
        return
    name = re.sub(r"\\(.)", r"\1", color["field"])
    places = {value: number for number, value in enumerate(dict.fromkeys(row[name] for row in rows))}
    for row in rows:
        row[_ORDER] = places[row[name]]
    said["order"] = {"field": _ORDER, "type": "quantitative"}


def _stacked(said: Mapping[str, Any]) -> bool:
    """Whether a colour divides the bars, so that several numbers share one."""
    color = said.get("color", {}).get("field")
    return color is not None and color not in {said[key].get("field") for key in ("x", "y") if key in said}


def _write_labels(rows: list[dict[str, Any]], field_: Field, language: str, result: SummaryResult) -> None:
    names = [field.name for field in result.summary.fields]
    column = names.index(field_.name)
    bound = next((i for i, one in enumerate(result.summary.fields) if one.role == "bound"), None)
    for row, values in zip(rows, result.rows, strict=False):
        value = values[column]
        sign = _BOUNDS.get(str(values[bound]) if bound is not None and not field_.bound else field_.bound, "")
        if is_number(value):
            row[LABEL] = sign + number_text(value, language)
        else:
            row[LABEL] = ""


def _undescribed(spec: dict[str, Any]) -> dict[str, Any]:
    """Without descriptions of single marks."""
    found = {key: [_undescribed(one) for one in value] if key == "layer" else value for key, value in spec.items()}
    if "mark" in spec:
        mark = spec["mark"]
        found["mark"] = {**(mark if isinstance(mark, dict) else {"type": mark}), "aria": False}
    return found


def _sized(spec: dict[str, Any], width: int, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The width is the picture's; bars lie in rows of one height, lower ones where they are many."""
    said = spec.get("encoding", {})
    for part in spec.get("layer", ()):
        said = part.get("encoding", {}) | said
    sized = {key: value for key, value in spec.items() if key != "width"}
    if any(key in said for key in ("row", "column", "facet")):
        return sized | {"width": spec.get("width", 200)}
    sized |= {"width": width, "autosize": {"type": "fit-x", "contains": "padding"}}
    if "height" not in sized:
        across = said.get("y", {})
        bands = len({str(row.get(re.sub(r"\\(.)", r"\1", across.get("field", "")))) for row in rows})
        banded = across.get("type") in ("nominal", "ordinal")
        sized["height"] = {"step": 40 if bands <= 8 else 32 if bands <= 16 else 26} if banded else 320
    return sized


def wrapped(spec: dict[str, Any], widths: Sequence[int] = LABEL_COLUMNS) -> dict[str, Any]:
    """The specification with long labels broken into lines, as only the drawing needs them.

    `widths` are the columns that a line may have, the narrowest first.
    """
    said = [one for channel, one in _channels(spec) if channel in ("x", "y")]
    names = {re.sub(r"\\(.)", r"\1", one["field"]) for one in said
             if "field" in one and one.get("type") in ("nominal", "ordinal")}  # fmt: skip
    rows = spec["data"]["values"]
    labels = [row[name] for row in rows for name in names if isinstance(row.get(name), str)]
    fitting = (n for n in widths if all(len(lines_of(text, n)) <= 2 for text in labels))
    columns = next(fitting, widths[-1])
    broken = {text: "\n".join(lines_of(text, columns)) for text in labels}
    changed = {**spec, "data": {"values": [_with_breaks(row, names, broken) for row in rows]}}
    for one in said:
        for holder, key in ((one, "sort"), (one.get("scale"), "domain")):
            if isinstance(holder, dict) and isinstance(holder.get(key), list):
                holder[key] = [broken.get(value, value) for value in holder[key]]
    if isinstance(spec.get("height"), dict):
        tallest = max((text.count("\n") for text in broken.values()), default=0)
        changed["height"] = {"step": spec["height"]["step"] + 17 * max(tallest - 1, 0)}
    return changed


def _with_breaks(row: dict[str, Any], names: set[str], broken: Mapping[str, str]) -> dict[str, Any]:
    return {key: broken.get(value, value) if key in names and isinstance(value, str) else value
            for key, value in row.items()}  # fmt: skip


def lines_of(text: str, columns: int) -> list[str]:
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
    return sum(2 if "\u2e80" <= sign <= "\uffff" or sign >= "\U00010000" else 1 for sign in text)
