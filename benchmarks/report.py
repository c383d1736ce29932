"""Tables in README.md, each between markers of its own, so that one benchmark leaves the others as they are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

README = Path(__file__).with_name("README.md")


def write_table(name: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Puts a table between `<!-- name: begin -->` and `<!-- name: end -->`, which must be there."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    text = README.read_text("utf-8")
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise SystemExit(f"{README} has no place for {name}: write {begin} and {end} where the table shall stand")
    lines = [f"| {' | '.join(row)} |" for row in (heads, ["---"] * len(heads), *rows)]
    README.write_text(f"{before}{begin}\n\n" + "\n".join(lines) + f"\n\n{end}{after}", "utf-8")
