"""The colours of the site, once for light and once for dark surfaces.

Every colour of the categories stands at least 3:1 against its surface, and they differ in lightness too, so that
colour-blind readers and grey print tell them apart. Text stands at least 4.5:1.
"""

from __future__ import annotations

from dataclasses import dataclass, fields


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
    for one in fields(palette):
        value = getattr(palette, one.name)
        if isinstance(value, str):
            found[f"--chart-{one.name}"] = value
        else:
            found |= {f"--chart-{one.name}-{number}": colour for number, colour in enumerate(value, start=1)}
    return found
