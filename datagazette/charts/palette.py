"""The colours of the site and the look of its charts, once for light and once for dark surfaces.

Every colour of the categories has a contrast of at least 3:1 with its surface, and they differ in lightness too, so
that colour-blind readers and grey print can distinguish them. Text has at least 4.5:1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from datagazette.model.look import Scheme

FONT = "Noto Sans SC"


@dataclass(frozen=True)
class Palette:
    """`series` are for categories in their order, `ramp` for ordered values from little to much."""

    surface: str
    ink: str
    muted: str
    grid: str
    accent: str
    series: tuple[str, ...]
    ramp: tuple[str, ...]


LIGHT = Palette(
    surface="#ffffff",
    ink="#1b2227",
    muted="#586670",
    grid="#dfe4e7",
    accent="#0b6e75",
    series=("#0b6e75", "#c9730a", "#4a3f8f", "#c2447c", "#5f8f1f", "#75818a"),
    ramp=("#cfe6e7", "#8fc5c8", "#4f9fa5", "#0b6e75", "#06464b"),
)
DARK = Palette(
    surface="#14191c",
    ink="#e8edf0",
    muted="#a3b1ba",
    grid="#333d43",
    accent="#4fb9bf",
    series=("#4fb9bf", "#f2b25c", "#a9a0ee", "#f08bb5", "#a8d05f", "#95a3ac"),
    ramp=("#0d4a4f", "#1f777d", "#4fb9bf", "#97dadd", "#d9f2f3"),
)
PALETTES: Mapping[Scheme, Palette] = {"light": LIGHT, "dark": DARK}
# No two of its colours are alike: what was drawn with it can be given the colours of any other.
STENCIL = Palette(
    surface="#000001",
    ink="#000002",
    muted="#000003",
    grid="#000004",
    accent="#000005",
    series=tuple(f"#0000{number}" for number in range(11, 17)),
    ramp=tuple(f"#0000{number}" for number in range(21, 26)),
)


def custom_properties(palette: Palette) -> dict[str, str]:
    """CSS custom properties: `--chart-ink`, `--chart-series-1`, ..."""
    found: dict[str, str] = {}
    for name, value in vars(palette).items():
        if isinstance(value, str):
            found[f"--chart-{name}"] = value
        else:
            found |= {f"--chart-{name}-{number}": colour for number, colour in enumerate(value, start=1)}
    return found


def config(palette: Palette) -> dict[str, Any]:
    """The look of every chart, as Vega-Lite's `config`."""
    return {
        "font": FONT,
        "view": {"stroke": None},
        "axis": {
            "labelFontSize": 13, "titleFontSize": 13, "titleFontWeight": "normal", "labelColor": palette.ink,
            "titleColor": palette.muted, "gridColor": palette.grid, "domain": False, "ticks": False,
            "domainColor": palette.muted, "labelPadding": 8, "titlePadding": 10, "labelLimit": 280,
        },
        "axisBand": {"grid": False, "domain": True},
        "axisQuantitative": {"tickCount": 5},
        "axisTemporal": {"grid": False, "labelFlush": False, "ticks": True, "tickColor": palette.grid},
        "axisDiscrete": {"grid": False, "labelAngle": 0, "labelLineHeight": 17},
        "mark": {"color": palette.accent},
        "bar": {"color": palette.accent, "discreteBandSize": {"band": 0.66}},
        "line": {"color": palette.accent, "strokeWidth": 2.5},
        "area": {"color": palette.accent, "fillOpacity": 0.85},
        "point": {"color": palette.accent, "filled": True, "size": 80, "opacity": 1},
        "rule": {"color": palette.muted},
        "tick": {"color": palette.accent, "thickness": 2},
        "text": {"color": palette.ink, "fontSize": 13},
        "arc": {"stroke": palette.surface, "strokeWidth": 2},
        "legend": {
            "orient": "top", "direction": "horizontal", "labelFontSize": 13, "titleFontSize": 13,
            "titleFontWeight": "normal", "labelColor": palette.ink, "titleColor": palette.muted, "labelLimit": 260,
            "symbolType": "square", "titleOrient": "left", "offset": 12, "columnPadding": 28, "rowPadding": 4,
        },
        "header": {"labelColor": palette.ink, "titleColor": palette.muted, "labelFontSize": 13, "titleFontSize": 13},
        "range": {"category": list(palette.series), "ordinal": list(palette.ramp), "ramp": list(palette.ramp),
                  "heatmap": list(palette.ramp)},
    }  # fmt: skip
