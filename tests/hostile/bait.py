"""Texts of a stranger who wants to run something, to break out of where he is shown, or to go somewhere else.

Every bait names its place, so that a test can tell which place let it through. What it tries:

- to run: it calls `canary(<place>)` from scripts, event handlers, links, templates, SVG;
- to break out: its elements are called `x-bait`, its attributes, ids and classes `bait`;
- to go out: its addresses are below `bait.example`;
- to be computed: its templates and formulas multiply 7 by 191 (PRODUCT), which no text here holds.
"""

from __future__ import annotations

HOST = "bait.example"
PRODUCT = "1337"

_ENDINGS = "]]></script></style></textarea></title></noscript></template></svg>-->"
_HTML = (
    "<script>canary('{place}')</script><img src=x onerror=\"canary('{place}')\"><x-bait data-bait>"
    "<svg onload=canary('{place}')><a xlink:href=javascript:canary('{place}')><iframe src=//bait.example/frame>"
    "\" onfocus=canary('{place}') autofocus data-bait=\"' onfocus=canary('{place}') autofocus data-bait='"
)
_TEMPLATES = "{{ 7*191 }}{% print(7*191) %}${7*191}#{7*191}<%= 7*191 %>{7*191}"
_MARKDOWN = (
    "[link](javascript:canary('{place}')) [data](data:text/html,bait) ![image](https://bait.example/image.png) "
    "<https://bait.example/auto> [^bait]: *[bait]: **bold** `code` {#bait .bait onclick=canary('{place}')} "
    "++bait++ ==bait== [[bait]] :bait:"
)
_VEGA = (
    "datum.x + canary('{place}') signal: canary('{place}') url(https://bait.example/url) javascript:canary('{place}')"
)
# A descriptor with a control character is refused; a table's cell is not, since it must be published as it is.
_CONTROLS = "\x00\x07\x08\x0c\x1b[31m\x1b]0;bait\x07\x7f\x9b31m"
_TERMINAL = "\u202ebait\u202c\u2028bait\u2029bait\u0085bait\ufeff"
_COMMANDS = "::error::bait %0A::warning::bait"
_LINES = (
    "---",
    "title: bait",
    "---",
    "# bait",
    "bait",
    "====",
    "    bait",
    "```bait",
    "!!! bait",
    "    bait",
    "??? bait",
    "[^bait]: bait",
    "[bait]: javascript:canary('{place}')",
    "*[bait]: bait",
    '--8<-- "/etc/passwd"',
    "::error::bait",
    "<x-bait>",
    "",
    "<script>canary('{place}')</script>",
    "| bait | bait |",
    "| --- | --- |",
    "| bait | bait |",
    ": bait",
    "~~~",
)


def line(place: str) -> str:
    """All attempts on one line; begins as a spreadsheet's formula."""
    attempts = (_ENDINGS, _HTML, _TEMPLATES, _MARKDOWN, _VEGA, _COMMANDS, _TERMINAL)
    return f"=7*191 {mark(place)} " + " ".join(attempts).replace("{place}", place)


def lines(place: str) -> str:
    """The same, and what only works at the beginning of a line."""
    return line(place) + "\n" + "\n".join(_LINES).replace("{place}", place) + "\r\nend"


def cell(place: str) -> str:
    """The same with control characters, as only a table's cell may have them."""
    return lines(place) + _CONTROLS


def mark(place: str) -> str:
    """The words by which the text is found where it is shown."""
    return f"Bait {place.replace('.', ' ')}"
