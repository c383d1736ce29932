"""How a summary was made: its inputs, and commands with which anybody recomputes it from published files."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from datagazette.describe import addresses
from datagazette.model.publication import Release, Summary, Table
from datagazette.model.results import ReleaseResult
from datagazette.pages.reader import Reader
from datagazette.tables import sql


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
class Recipe:
    """Either fetches the published files and asks them: `command` in a shell with DuckDB's own, `python` in Python.

    Both read the query from its file. DuckDB's command line obeys lines that begin with a dot, and other programs
    have their own rules, so none of its words is printed as a part of a command.
    """

    inputs: tuple[Input, ...]
    query: QueryFile
    command: str
    python: str


def recipe(reader: Reader, result: ReleaseResult, summary: Summary) -> Recipe:
    inputs = tuple(_inputs(reader, result, summary))
    query = _query_file(reader, result, summary)
    fetched = [*((one.file, one.address) for one in inputs), (query.file, query.address)]
    fetching = "".join(f"curl -fo {shlex.quote(file)} {shlex.quote(address)}\n" for file, address in fetched)
    script = "\n".join(
        [
            *_views(inputs),
            f"SET VARIABLE query = (SELECT content FROM read_text({sql.literal(query.file)}));",
            "FROM query(getvariable('query'));",
        ]
    )
    return Recipe(
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


def _query_file(reader: Reader, result: ReleaseResult, summary: Summary) -> QueryFile:
    release, path = result.release, f"summaries/{summary.name}.sql"
    found = result.file(path)
    return QueryFile(
        name=f"{summary.name}.sql",
        sha256=found.sha256 if found else "",
        address=reader.content.catalog.base_url + addresses.data_path(release.dataset, release.version, path),
        file=f"{release.id}-{summary.name}.sql",
        link=reader.file(release.dataset, release.version, path),
    )


def _inputs(reader: Reader, result: ReleaseResult, summary: Summary) -> Iterator[Input]:
    """The tables that the query names: its own release's, and those of the releases under `uses`."""
    for table in result.release.tables:
        if _names(summary.query, table.name):
            yield _input(reader, result, table, "")
    for dataset, version in result.release.uses:
        used = reader.content.result(dataset, version)
        for table in used.release.tables if used else ():
            if used and _names(summary.query, dataset) and _names(summary.query, table.name):
                yield _input(reader, used, table, dataset)


def _names(query: str, name: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", query, re.IGNORECASE) is not None


def _input(reader: Reader, result: ReleaseResult, table: Table, schema: str) -> Input:
    release: Release = result.release
    path = f"{table.name}.parquet"
    file, found = result.file(path), result.table(table.name)
    base = reader.content.catalog.base_url
    return Input(
        schema=schema,
        table=table.name,
        title=reader.plain(table.title) or table.name,
        dataset=release.dataset,
        version=str(release.version),
        rows=found.rows if found else 0,
        sha256=file.sha256 if file else "",
        address=base + addresses.data_path(release.dataset, release.version, path),
        file=f"{release.dataset}-{release.version}-{path}",
        link=reader.file(release.dataset, release.version, path),
    )


def _views(inputs: tuple[Input, ...]) -> Iterator[str]:
    for schema in dict.fromkeys(one.schema for one in inputs if one.schema):
        yield f"CREATE SCHEMA {sql.identifier(schema)};"
    for one in inputs:
        yield f"CREATE VIEW {one.relation} AS SELECT * FROM {sql.literal(one.file)};"
