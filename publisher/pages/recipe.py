"""How a summary was made: its inputs, and commands with which anybody recomputes it from published files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from publisher import sql
from publisher.model import Release, Summary, Table
from publisher.pages import links
from publisher.pages.reader import Reader
from publisher.results import ReleaseResult


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
class Recipe:
    """Either fetches the published files and asks them: `command` in a shell with DuckDB's own, `python` in Python."""

    inputs: tuple[Input, ...]
    command: str
    python: str


def recipe(reader: Reader, result: ReleaseResult, summary: Summary) -> Recipe:
    inputs = tuple(_inputs(reader, result, summary))
    query = summary.query.strip().rstrip(";")
    script = "\n".join([*_views(inputs), f"{query};"])
    end = _delimiter(script)
    fetching = "".join(f"curl -fo '{one.file}' '{one.address}'\n" for one in inputs)
    return Recipe(
        inputs=inputs,
        command=f"{fetching}duckdb -csv -nullvalue '' <<'{end}'\n{script}\n{end}",
        python=_python(inputs, query, f"{summary.name}.csv"),
    )


def _delimiter(script: str) -> str:
    """A word that ends the shell's here-document where the script does: no line of a comment may end it."""
    lines = {line.strip() for line in script.splitlines()}
    return next(word for word in (f"SQL{'_' * length}" for length in range(len(lines) + 1)) if word not in lines)


def _python(inputs: tuple[Input, ...], query: str, target: str) -> str:
    """The query stands in three quotes where it reads the same in them."""
    plain = '"""' not in query and "\\" not in query and not query.endswith('"')
    written = f'"""\n{query}\n"""' if plain else repr(query)
    return "\n".join(
        [
            "from urllib.request import urlretrieve",
            "",
            "import duckdb",
            "",
            *(f"urlretrieve({one.address!r}, {one.file!r})" for one in inputs),
            "database = duckdb.connect()",
            *(f"database.execute({line!r})" for line in _views(inputs)),
            f"result = database.sql({written})",
            f"result.write_csv({target!r})",
            "print(result)",
        ]
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
        address=base + links.data_path(release.dataset, release.version, path),
        file=f"{release.dataset}-{release.version}-{path}",
        link=reader.file(release.dataset, release.version, path),
    )


def _views(inputs: tuple[Input, ...]) -> Iterator[str]:
    for schema in dict.fromkeys(one.schema for one in inputs if one.schema):
        yield f"CREATE SCHEMA {sql.identifier(schema)};"
    for one in inputs:
        yield f"CREATE VIEW {one.relation} AS SELECT * FROM {sql.literal(one.file)};"
