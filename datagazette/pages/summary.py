"""The page of a summary: the finding, its chart, its table, and commands that recompute it from published files.

The chart has a page of its own, too, for the frames of other sites.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jinja2 import Environment
from markupsafe import escape

from datagazette.describe import addresses
from datagazette.model.publication import Dataset, Release, Summary, Table
from datagazette.model.results import ReleaseResult, SummaryResult
from datagazette.model.text import in_html
from datagazette.pages import markup
from datagazette.pages.content import Page
from datagazette.pages.context import PageContext
from datagazette.pages.dataset import license_views, search_facets, source_views, summary_citations
from datagazette.pages.release_state import warning_banners
from datagazette.pages.staging import Head, render
from datagazette.pages.summary_views import ROWS_OF_PAGE, SummaryView, summary_description, summary_view
from datagazette.tables import sql

# Pixels around a chart in its frame: a title of up to four lines, the source, and the link to its page.
_AROUND = 290


def summary_page(
    context: PageContext, templates: Environment, dataset: Dataset, result: ReleaseResult, found: SummaryResult
) -> Page:
    """`/datasets/<id>/summaries/<name>/`, of the newest release."""
    release = result.release
    view = summary_view(context, result, found, ROWS_OF_PAGE)
    title = markup.one_line(release.title.get(context.language)) or dataset.name
    said = context.plain(summary_description(context, found)) or context.say("summary.description", title=title)
    trail = (
        (context.say("catalogue.title"), addresses.CATALOGUE),
        (title, addresses.dataset_path(dataset.name)),
    )
    head = Head(
        kind="summary",
        title=view.title,
        description=said,
        breadcrumbs=trail,
        search=search_facets(context, release),
        modified=release.date.isoformat() if release.date else "",
        extra={"heading": False},
    )
    return render(
        context,
        templates,
        "summary",
        head,
        release=release,
        banners=warning_banners(context, dataset, release),
        dataset_title=context.text(release.title) or dataset.name,
        dataset_link=context.to(addresses.dataset_path(dataset.name)),
        release_link=context.to(addresses.release_path(dataset.name, release.version)),
        date=context.release_date(release),
        summary=view,
        fields=[(field, context.rich_inline(field.description)) for field in found.summary.fields if field.description],
        query=found.summary.query.strip(),
        citations=summary_citations(context, result, found),
        embed=embed_code(context, result, view),
        recipe=recipe(context, result, found.summary),
        sources=source_views(context, release.sources),
        licenses=license_views(context, release.licenses or context.content.catalog.licenses),
    )


def embed_page(
    context: PageContext, templates: Environment, dataset: Dataset, result: ReleaseResult, found: SummaryResult
) -> Iterator[Page]:
    """`/datasets/<id>/summaries/<name>/embed/`: the chart and its source, for a frame on another site."""
    release = result.release
    view = summary_view(context, result, found, 0)
    if view.chart is None:
        return
    canonical = context.localized(addresses.summary_path(dataset.name, found.summary.name))
    head = Head(
        kind="summary",
        title=view.title,
        description=context.plain(summary_description(context, found)) or view.title,
        noindex=True,
        extra={"heading": False, "embed": True, "canonical": canonical},
    )
    yield render(
        context,
        templates,
        "embed",
        head,
        banners=warning_banners(context, dataset, release),
        summary=view,
        page_link=view.link,
        catalog_title=context.text(context.content.catalog.title),
        dataset_title=context.text(release.title) or dataset.name,
        version=release.version,
        date=context.release_date(release),
    )


def embed_code(context: PageContext, result: ReleaseResult, view: SummaryView) -> str:
    """The HTML that puts the chart on another page; empty where there is no chart."""
    if view.chart is None:
        return ""
    address = context.absolute(addresses.embed_path(result.release.dataset, view.name))
    height = view.chart.height + _AROUND
    return in_html(
        f'<iframe src="{escape(address)}" title="{escape(view.title)}" width="100%" height="{height}"'
        ' style="border:0" loading="lazy"></iframe>'
    )


@dataclass(frozen=True)
class Input:
    """A table that the query reads. `schema` is the dataset as the query names it, empty for the own one."""

    schema: str
    table: str
    title: str
    dataset: str
    version: str
    rows: int
    sha256: str
    address: str
    file: str
    link: str

    @property
    def relation(self) -> str:
        return sql.identifier(self.schema, self.table) if self.schema else sql.identifier(self.table)


@dataclass(frozen=True)
class QueryFile:
    """The published file that holds the query, as `file` where a reader keeps it."""

    name: str
    sha256: str
    address: str
    file: str
    link: str


@dataclass(frozen=True)
class RecipeView:
    """Either fetches the published files and asks them: `command` in a shell with DuckDB's own, `python` in Python.

    Both read the query from its file. DuckDB's command line obeys lines that begin with a dot, and other programs
    have their own rules, so none of its words is printed as a part of a command.
    """

    inputs: tuple[Input, ...]
    query: QueryFile
    command: str
    python: str


def recipe(context: PageContext, result: ReleaseResult, summary: Summary) -> RecipeView:
    inputs = tuple(_inputs(context, result, summary))
    query = _query_file(context, result, summary)
    fetched = [*((source.file, source.address) for source in inputs), (query.file, query.address)]
    fetching = "".join(f"curl -fo {shlex.quote(file)} {shlex.quote(address)}\n" for file, address in fetched)
    script = "\n".join(
        [
            *_views(inputs),
            f"SET VARIABLE query = (SELECT content FROM read_text({sql.literal(query.file)}));",
            "FROM query(getvariable('query'));",
        ]
    )
    return RecipeView(
        inputs=inputs,
        query=query,
        command=f"{fetching}duckdb -csv -nullvalue '' <<'SQL'\n{script}\nSQL",
        python=_python(fetched, inputs, query, f"{summary.name}.csv"),
    )


def _python(fetched: Sequence[tuple[str, str]], inputs: tuple[Input, ...], query: QueryFile, target: str) -> str:
    return "\n".join(
        [
            "from pathlib import Path",
            "from urllib.request import urlretrieve",
            "",
            "import duckdb",
            "",
            *(f"urlretrieve({address!r}, {file!r})" for file, address in fetched),
            "database = duckdb.connect()",
            *(f"database.execute({line!r})" for line in _views(inputs)),
            f'result = database.sql(Path({query.file!r}).read_text("utf-8"))',
            f"result.write_csv({target!r})",
            "print(result)",
        ]
    )


def _query_file(context: PageContext, result: ReleaseResult, summary: Summary) -> QueryFile:
    release, path = result.release, f"summaries/{summary.name}.sql"
    found = result.file(path)
    return QueryFile(
        name=f"{summary.name}.sql",
        sha256=found.sha256 if found else "",
        address=context.content.catalog.base_url + addresses.data_path(release.dataset, release.version, path),
        file=f"{release.id}-{summary.name}.sql",
        link=context.file(release.dataset, release.version, path),
    )


def _inputs(context: PageContext, result: ReleaseResult, summary: Summary) -> Iterator[Input]:
    """The tables that the query names: its own release's, and those of the releases under `uses`."""
    for table in result.release.tables:
        if _names(summary.query, table.name):
            yield _input(context, result, table, "")
    for dataset, version in result.release.uses:
        used = context.content.result(dataset, version)
        for table in used.release.tables if used else ():
            if used and _names(summary.query, dataset) and _names(summary.query, table.name):
                yield _input(context, used, table, dataset)


def _names(query: str, name: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", query, re.IGNORECASE) is not None


def _input(context: PageContext, result: ReleaseResult, table: Table, schema: str) -> Input:
    release: Release = result.release
    path = f"{table.name}.parquet"
    file, found = result.file(path), result.table(table.name)
    base = context.content.catalog.base_url
    return Input(
        schema=schema,
        table=table.name,
        title=context.plain(table.title) or table.name,
        dataset=release.dataset,
        version=str(release.version),
        rows=found.rows if found else 0,
        sha256=file.sha256 if file else "",
        address=base + addresses.data_path(release.dataset, release.version, path),
        file=f"{release.dataset}-{release.version}-{path}",
        link=context.file(release.dataset, release.version, path),
    )


def _views(inputs: tuple[Input, ...]) -> Iterator[str]:
    for schema in dict.fromkeys(source.schema for source in inputs if source.schema):
        yield f"CREATE SCHEMA {sql.identifier(schema)};"
    for one in inputs:
        yield f"CREATE VIEW {one.relation} AS SELECT * FROM {sql.literal(one.file)};"
