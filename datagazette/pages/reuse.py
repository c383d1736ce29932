"""What readers need for use elsewhere: licences, sources, citations, and commands that recompute a summary."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from datagazette.describe import addresses, citation
from datagazette.describe.citation import Citation
from datagazette.messages import texts
from datagazette.model.publication import Release, Summary
from datagazette.model.resource import Table
from datagazette.model.results import ReleaseResult, TableResult
from datagazette.model.text import in_json
from datagazette.pages import markup
from datagazette.pages.context import PageContext
from datagazette.tables import sql

_CODES = {"bibtex", "ris", "csl"}


def license_views(context: PageContext, release: Release) -> list[dict[str, str]]:
    """By their short names, as `CC BY 4.0`: that is what people know them by."""
    found = []
    for license_ in release.licenses or context.content.catalog.licenses:
        short = license_.name.replace("CC-BY-", "CC BY ").replace("CC-BY", "CC BY")
        found.append({"title": short or context.plain(license_.title), "link": markup.safe_link(license_.path)})
    return found


def source_views(context: PageContext, release: Release) -> list[dict[str, str]]:
    found = []
    for source in release.sources:
        title, link = context.text(source.title) or source.path, markup.safe_link(source.path)
        if source.email and not link:
            link = markup.safe_link(f"mailto:{source.email}")
        found.append({"title": title, "link": link, "version": markup.one_line(source.version)})
    return found


def identity_views(context: PageContext, release: Release) -> list[tuple[str, list[tuple[str, str]]]]:
    """What has a persistent identifier: (heading, (text, link) of each) of the data, and of those who made them."""
    found = [(known.type, [(known.value, known.address)]) for known in release.identifiers]
    known_people = [person for person in citation.creators(release) if person.identity]
    people = [
        (f"{context.text(person.title)} ({'ORCID' if person.orcid else 'ROR'})", person.identity)
        for person in known_people
    ]
    return [*found, *([(context.say("cite.made_by"), people)] if people else [])]


def citation_styles(cited: Citation) -> list[dict[str, Any]]:
    """All styles, the one that readers of this language use first; `code` is shown unchanged, line by line, and
    `copied` is what a button copies that shows nothing. `gap` is what a script replaces by the reader's day: a part of
    a sentence, or in code, where it is empty, a field that is still to be added; None where there is none."""
    known = citation.SENTENCES
    sentences = [(style, known[style][0], known[style][1](cited, "")) for style in cited.styles]
    gap = f"[{texts('citation', cited.language)['accessed']}]"
    item = [citation.csl(cited)]
    codes = [
        ("bibtex", "BibTeX", citation.bibtex(cited).strip()),
        ("ris", "RIS", citation.ris(cited).strip("\r\n")),
        ("csl", "CSL-JSON", in_json(json.dumps(item, ensure_ascii=False, indent=2))),
    ]
    short = {"csl": in_json(json.dumps(item, ensure_ascii=False, separators=(",", ":")))}
    return [
        {"name": name, "style": style, "text": text, "code": name in _CODES, "copied": short.get(name, text)}
        | {"gap": "" if name in _CODES else gap if gap in text else None}
        for name, style, text in [*sentences, *codes]
    ]


@dataclass(frozen=True)
class Fetched:
    """A published file that a recipe fetches from `address` and keeps as `file`: the query, or a table that it reads.

    `relation` is the table as the query names it, within `schema` where it is another dataset's, with `columns`.
    """

    title: str
    release: Release
    sha256: str
    address: str
    file: str
    link: str
    rows: int = 0
    schema: str = ""
    relation: str = ""
    columns: str = "*"


@dataclass(frozen=True)
class RecipeView:
    """Either fetches the published files and asks them: `command` in a shell with DuckDB's own, `python` in Python.

    Both read the query from its file. DuckDB's command line obeys lines that begin with a dot, and other programs
    have their own rules, so no part of a query is printed as a part of a command.
    """

    inputs: tuple[Fetched, ...]
    query: Fetched
    command: str
    python: str


def recipe(context: PageContext, result: ReleaseResult, summary: Summary) -> RecipeView:
    inputs = tuple(_inputs(context, result, summary))
    kept = f"{result.release.id}-{summary.name}.sql"
    query = _fetched(context, result, f"summaries/{summary.name}.sql", kept, title=f"{summary.name}.sql")
    target = f"{summary.name}.csv"
    schemas = dict.fromkeys(table.schema for table in inputs if table.schema)
    views = [
        *(f"CREATE SCHEMA {sql.identifier(schema)};" for schema in schemas),
        *(
            f"CREATE VIEW {table.relation} AS SELECT {table.columns} FROM {sql.literal(table.file)};"
            for table in inputs
        ),
    ]
    command = [
        *(f"curl -fo {shlex.quote(part.file)} {shlex.quote(part.address)}" for part in (*inputs, query)),
        "duckdb -csv -nullvalue '' <<'SQL'",
        *views,
        f"SET VARIABLE query = (SELECT content FROM read_text({sql.literal(query.file)}));",
        "FROM query(getvariable('query'));",
        "SQL",
    ]
    python = [
        "from pathlib import Path",
        "from urllib.request import urlretrieve",
        "",
        "import duckdb",
        "",
        *(f"urlretrieve({part.address!r}, {part.file!r})" for part in (*inputs, query)),
        "database = duckdb.connect()",
        *(f"database.execute({line!r})" for line in views),
        f'result = database.sql(Path({query.file!r}).read_text("utf-8"))',
        f"result.write_csv({target!r})",
        "print(result)",
    ]
    return RecipeView(inputs, query, "\n".join(command), "\n".join(python))


def _inputs(context: PageContext, result: ReleaseResult, summary: Summary) -> Iterator[Fetched]:
    """The tables that the query names: its own release's, and those of the releases under `uses`."""
    for table in result.release.tables:
        if _names(summary.query, table.name):
            yield _input(context, result, table)
    for dataset, version in result.release.uses:
        used = context.content.result(dataset, version)
        for table in used.release.tables if used else ():
            if used and _names(summary.query, dataset) and _names(summary.query, table.name):
                yield _input(context, used, table, dataset)


def _names(query: str, name: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", query, re.IGNORECASE) is not None


def _input(context: PageContext, result: ReleaseResult, table: Table, schema: str = "") -> Fetched:
    path, found = f"{table.name}.parquet", result.table(table.name)
    return _fetched(
        context,
        result,
        path,
        f"{result.release.dataset}-{result.release.version}-{path}",
        title=context.plain(table.title) or table.name,
        rows=found.rows if found else 0,
        schema=schema,
        relation=sql.identifier(*filter(None, (schema, table.name))),
        columns=_exact_columns(found) if found else "*",
    )


def _exact_columns(found: TableResult) -> str:
    """All columns, as queries see them: where all numbers have the same decimals, as decimals, whose sums are exact."""
    named = ((sql.identifier(field.name), field.decimals) for field in found.table.schema.fields if field.decimals)
    exact = ", ".join(f"CAST({name} AS DECIMAL(18, {decimals})) AS {name}" for name, decimals in named)
    return f"* REPLACE ({exact})" if exact else "*"


def _fetched(context: PageContext, result: ReleaseResult, path: str, file: str, **about: Any) -> Fetched:
    release, found = result.release, result.file(path)
    return Fetched(
        release=release,
        sha256=found.sha256 if found else "",
        address=context.content.catalog.base_url + addresses.data_path(release.dataset, release.version, path),
        file=file,
        link=context.file(release.dataset, release.version, path),
        **about,
    )
