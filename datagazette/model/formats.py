"""The names of the files that are published of a release, those that always are, and what is by default."""

from __future__ import annotations

from dataclasses import dataclass

# What a descriptor names: its tables, and the queries of which some are made.
NAMED = ("csv", "summary-csv", "summary-sql", "check-sql")
# What each release has permanently.
ALWAYS = (*NAMED, "parquet", "xlsx", "zip", "datapackage", "sums")
# What is chosen; the names are those of `PublishedFile.kind`, and `json-large` is JSON of tables of any length.
CHOSEN = (
    "json", "json-large", "ndjson", "csv-excel", "gzip", "croissant", "csvw", "changes", "chart-svg", "chart-dark",
    "chart-png", "chart-spec", "license", "citation-cff", "citation-bibtex", "citation-ris", "citation-csl",
    "datacite",
)  # fmt: skip
DEFAULT = ("json", "croissant", "changes", "chart-svg", "chart-png")
# What a release has wherever a table of it says why cells are empty, whatever is chosen.
EXPLAINED = "missing"
USUAL = "default"  # in a list, what is in DEFAULT
# Up to so many rows a table is given as JSON, which a page or a script fetches whole.
JSON_ROWS = 1_000
# From so many rows on, not every program can hold a table's JSON in memory. Earlier programs gave it line by line, too.
LARGE_ROWS = 100_000

# What of the newest release is copied to `latest/`, by the words for it; by default what people link to.
LINKED = (*NAMED, "parquet", "xlsx", "zip", "datapackage")
COPIES = {"linked": LINKED, "everything": (*ALWAYS, *CHOSEN), "none": ()}


@dataclass(frozen=True)
class Choice:
    """The kinds of files that a release publishes.

    JSON is for tables of at most `json_rows` rows, None for all; JSON lines for those of at least `lines_from`.
    `first_changes`: a list of changes is also of the first release, which has none.
    """

    kinds: frozenset[str]
    json_rows: int | None = JSON_ROWS
    lines_from: int = 0
    first_changes: bool = False


# What programs before there was a choice published of each release.
EARLIER = Choice(frozenset((*ALWAYS, *CHOSEN)) - {"gzip", "datacite"}, None, LARGE_ROWS, first_changes=True)


def choice(formats: tuple[str, ...] | None) -> Choice:
    """What a list of names under `formats` asks for; None is the default."""
    named = set(DEFAULT if formats is None else formats)
    if USUAL in named:
        named |= set(DEFAULT)
    rows = None if "json-large" in named else JSON_ROWS
    kinds = {"json" if name == "json-large" else name for name in named - {USUAL}}
    return Choice(frozenset((*ALWAYS, EXPLAINED, *kinds)), rows)
