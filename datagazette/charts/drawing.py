"""Pictures of summaries: SVG and PNG, drawn without a browser and without the machine's fonts.

`vl-convert` draws the plot; title, measure, caveat and source are set around it, so that a picture that leaves
the site still says what it shows. The SVG names the reader's own fonts but is measured with the set-up's font.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any
from xml.etree import ElementTree

import vl_convert

from datagazette.charts import svg as chart_svg
from datagazette.charts.fitting import turned, uncut
from datagazette.charts.fonts import prepare_fonts, small_font
from datagazette.charts.missing import missing_sentences
from datagazette.charts.outlines import in_outlines
from datagazette.charts.palette import FONT, PALETTES, STENCIL, Palette, config
from datagazette.charts.pixels import drawn, png
from datagazette.charts.rules import ChartError, ChartTooLarge, bounded
from datagazette.charts.spec import LABEL_COLUMNS, NARROW_LABEL_COLUMNS, Completed, complete, lines_of, wrapped
from datagazette.charts.svg import TextLine, numbered
from datagazette.describe.writing import for_pictures, is_rtl, number_marks
from datagazette.messages import texts
from datagazette.model.look import Scheme
from datagazette.model.publication import Publication, Release
from datagazette.model.results import SummaryResult

_VEGA_LITE = "6.4"
_WIDTH, _MARGIN, _NARROW = 680, 20, 340
_SCALE = 2
_PACKED = 9  # level of libdeflate
_MOST_PIXELS = 40_000_000  # of a picture as it is measured; the file has four times as many
_LONGEST_TEXT = 600  # characters of a title, caveat or source in a picture; the page has all of it


@dataclass(frozen=True)
class ChartTexts:
    """The texts around the plot, in the chart's language. `description` is for screen readers."""

    title: str
    description: str = ""
    caveat: str = ""
    source: str = ""
    credit: str = ""


@dataclass(frozen=True)
class Chart:
    """`svg` and `png` are the whole picture; `plot` is the drawing alone, for a page that has the texts itself.

    `narrow_plot` is the same for a phone. In both, colours are CSS custom properties
    (`palette.custom_properties`), so that they follow the page's scheme;
    `svg` has them fixed. Ids are unique to chart, language and scheme. `png` is drawn when it is first asked for.
    """

    svg: str
    spec: dict[str, Any]
    plot: str
    width: int
    height: int
    narrow_plot: str = ""

    @cached_property
    def png(self) -> bytes:
        prepare_fonts()
        root = ElementTree.fromstring(self.svg)  # noqa: S314  (our own drawing)
        root.set("font-family", FONT)  # not the reader's fonts
        return png(drawn(in_outlines(root), _SCALE), _PACKED)


def chart_texts(publication: Publication, release: Release, result: SummaryResult, language: str) -> ChartTexts:
    """The texts of a summary's picture: its title, what signs such as ≥ mean, and where its figures come from."""
    words = texts("charts", language)
    summary = result.summary
    bounds = complete(result, language, release.languages[0], _WIDTH).bounds if summary.chart else ()
    said = [words[bound] for bound in bounds if bound in words] + missing_sentences(result, language)
    caveat = words["join"].join(said)
    sources = [source.title.get(language) for source in release.sources if source.title]
    named = words["join"].join(sources[:3]) or publication.catalog.publisher.title.get(language)
    return ChartTexts(
        title=summary.title.get(language) or summary.name,
        description=summary.description.get(language),
        caveat=f"{caveat}{words['end']}" if caveat else "",
        source=f"{words['source']}{named}",
        credit=f"{publication.catalog.title.get(language)}{words['comma']}{release.dataset} {release.version}",
    )


def render_chart(
    result: SummaryResult,
    language: str,
    scheme: Scheme,
    texts: ChartTexts,
    *,
    languages: Sequence[str] = (),
    name: str = "",
    with_narrow: bool = True,
    palettes: Mapping[Scheme, Palette] = PALETTES,
) -> Chart:
    """Draws a summary that has a chart. `languages` are the dataset's, the default one first; `name` makes ids unique.

    Without `with_narrow`, `narrow_plot` is empty: no page shows that of the dark picture, or of an older release.
    Raises ChartError where Vega-Lite cannot draw what the chart says.
    """
    prepare_fonts()
    palette, room = palettes[scheme], _WIDTH - 2 * _MARGIN
    languages = languages or (language,)
    completed, fonts = complete(result, language, languages[0], room), for_pictures(languages)
    prefix = f"{name or result.summary.name}-{language}-{scheme}"
    labels = (texts.title, texts.description or completed.measure)
    plot, own = _drawing(completed, config, LABEL_COLUMNS, palette, prefix)
    above = _lines(texts.title, 19, own.ink, 1.35) + _lines(completed.measure, 13.5, own.muted, 1.45)
    below = [_lines(text, 12, own.muted, 1.5) for text in (texts.caveat, texts.source, texts.credit)]
    framed = chart_svg.compose(plot, above, sum(below, ()), own.surface, _MARGIN, _WIDTH, rtl=is_rtl(language))
    if framed.width * framed.height > _MOST_PIXELS:
        raise ChartTooLarge(f"{framed.width:,} × {framed.height:,} > {_MOST_PIXELS:,} pixels")
    whole = chart_svg.exchanged(framed, own, palette)
    svg = chart_svg.write(whole, fonts, prefix, *labels)
    alone = _alone(plot, own, completed, palette, f"{prefix}-plot", room, labels, fonts)
    chart = Chart(svg, _published(completed, texts, palettes["light"]), alone, whole.width, whole.height)
    if not with_narrow:
        return chart
    # For a phone: the letters are as large as on a wide screen, the legend has a line for each entry.
    narrow = complete(result, language, languages[0], _NARROW)
    drawing = _drawing(narrow, _narrow_config, NARROW_LABEL_COLUMNS, palette, f"{prefix}-narrow")
    narrow_plot = _alone(*drawing, narrow, palette, f"{prefix}-narrow-plot", _NARROW, labels, fonts)
    return replace(chart, narrow_plot=narrow_plot)


def _narrow_config(palette: Palette) -> dict[str, Any]:
    look = config(palette)
    look["axis"] |= {"labelLimit": 140}
    look["axisQuantitative"] |= {"tickCount": 3}
    look["legend"] |= {"columns": 1, "labelLimit": _NARROW - 40}
    return look


def _alone(
    plot: chart_svg.Picture, own: Palette, completed: Completed, palette: Palette, prefix: str, width: int,
    labels: tuple[str, str], fonts: str,
) -> str:  # fmt: skip
    """A drawing with the name of what it measures and nothing else around it, in the page's colours."""
    above = _lines(completed.measure, 13.5, own.muted, 1.45, width)
    composed = chart_svg.compose(plot, above, (), "", 0, width, rtl=is_rtl(completed.language))
    return chart_svg.write(chart_svg.themed(composed, own, palette), fonts, prefix, *labels, with_rows=True)


def _drawing(
    completed: Completed, look: Callable[[Palette], dict[str, Any]], label_widths: Sequence[int], palette: Palette,
    prefix: str,
) -> tuple[chart_svg.Picture, Palette]:  # fmt: skip
    """The plot, and the palette that its colours are of.

    It is drawn once for all schemes, in colours to be exchanged; for each of them only where it has mixed colours,
    as the shades of a scale.
    """
    spec = numbered(turned(wrapped(bounded(completed.spec), label_widths))) | {"background": None}
    numbers, rtl = _number_form(completed.language), is_rtl(completed.language)

    font = {"font": small_font(frozenset(json.dumps(spec, ensure_ascii=False)))}

    def plotted(colours: Palette) -> chart_svg.Picture:
        whole = spec | {"config": uncut(spec, look(colours)) | numbers | font}
        return chart_svg.parse(_drawn(json.dumps(whole)), prefix, rtl=rtl)

    plot = plotted(STENCIL)
    return (plot, STENCIL) if chart_svg.has_only(plot, STENCIL) else (plotted(palette), palette)


def _number_form(language: str) -> dict[str, Any]:
    """The part of a configuration by which numbers have the marks of the language; empty where they are English."""
    point, comma = number_marks(language)
    form = {"decimal": point, "thousands": comma, "grouping": [3], "currency": ["", ""]}
    return {"locale": {"number": form}} if (point, comma) != (".", ",") else {}


@lru_cache(maxsize=4)
def _drawn(spec: str) -> str:
    """What the renderer draws, kept for the picture of the other scheme."""
    try:
        drawn: str = vl_convert.vegalite_to_svg(spec, vl_version=_VEGA_LITE, allowed_base_urls=[])
    except ValueError as error:
        raise ChartError(str(error).strip().splitlines()[0][:300]) from error
    return drawn


def _published(completed: Completed, texts: ChartTexts, palette: Palette) -> dict[str, Any]:
    """The specification to download: whole, with its data, for any Vega-Lite viewer."""
    spec = dict(completed.spec)
    about = {"$schema": spec.pop("$schema"), "title": {"text": texts.title, "subtitle": completed.measure}}
    about |= {"description": texts.description} if texts.description else {}
    look = {key: value for key, value in config(palette).items() if key != "font"}
    return {**about, **spec, "config": look | _number_form(completed.language)}


def _lines(
    text: str, size: float, colour: str, leading: float, width: int = _WIDTH - 2 * _MARGIN
) -> tuple[TextLine, ...]:
    """A text in as few lines as fit the width, all about as long; a Latin letter is half its height wide."""
    shown = text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1] + "…"
    return tuple(TextLine(line, size, colour, size * leading) for line in balanced(shown, int(width / (size * 0.51))))


def balanced(text: str, most: int) -> list[str]:
    """In as few lines of at most `most` columns as it needs, all about as long."""
    needed = len(lines_of(text, most))
    narrowest = next((columns for columns in range(most // 2, most) if len(lines_of(text, columns)) <= needed), most)
    return lines_of(text, narrowest if needed > 1 else most)
