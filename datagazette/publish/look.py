"""What makes pages look like their publisher: custom properties that follow tokens.css, and the site's icon."""

from __future__ import annotations

from collections.abc import Mapping

from datagazette.charts.brand import palettes
from datagazette.charts.palette import custom_properties
from datagazette.model.look import Brand, Scheme, accents

# Beside colours. The series of charts are for lines, so code has colours of text.
_BESIDE = {
    "--header-stripe": "0.25rem",
    "--code-number": "var(--warn)",
    "--code-function": "var(--bad)",
    "--code-keyword": "var(--accent-strong)",
    "--code-string": "var(--good)",
}
# The selectors of tokens.css: paper is always light.
_DARK = (
    ("screen and (prefers-color-scheme: dark)", ':root:not([data-scheme="light"])'),
    ("screen", ':root[data-scheme="dark"]'),
)
_PLAIN_STROKE, _PLAIN_PLATE = 'stroke="#fff"', 'fill="#0b6e75"'


def style_sheet(brand: Brand) -> str:
    """The colours of a brand as CSS, to follow tokens.css; empty where there is none."""
    if not brand.colour:
        return ""
    found = _rule(":root", {**_properties(brand, "light"), **_BESIDE})
    dark = _properties(brand, "dark")
    return found + "".join(f"@media {medium} {{\n{_rule(selector, dark)}}}\n" for medium, selector in _DARK)


def _properties(brand: Brand, scheme: Scheme) -> dict[str, str]:
    found = accents(brand.colour, scheme, brand.colour_dark)
    return {
        "--accent": found.accent,
        "--accent-strong": found.accent_strong,
        "--accent-soft": found.accent_soft,
        "--accent-fill": found.accent_fill,
        "--accent-fill-strong": found.accent_fill_strong,
        "--on-accent": found.on_accent,
        **custom_properties(palettes(brand)[scheme]),
    }


def _rule(selector: str, properties: Mapping[str, str]) -> str:
    return f"{selector} {{\n" + "".join(f"  {name}: {value};\n" for name, value in properties.items()) + "}\n"


def icon(plain: str, brand: Brand) -> str:
    """The program's icon `plain`, an SVG, in the colours of a brand."""
    if not brand.colour:
        return plain
    found = accents(brand.colour, "light")
    plate, stroke = f'fill="{found.accent_fill}"', f'stroke="{found.on_accent}"'
    return plain.replace(_PLAIN_PLATE, plate).replace(_PLAIN_STROKE, stroke)
