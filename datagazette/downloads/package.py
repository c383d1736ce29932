"""Everything that is published below `/data/<id>/<version>/`, written into a folder; and `latest` beside it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from datagazette.charts.brand import palettes
from datagazette.charts.drawing import Chart, chart_texts, render_chart
from datagazette.charts.released import without_marks
from datagazette.charts.rules import ChartError, ChartTooLarge
from datagazette.describe import addresses
from datagazette.describe.citation import bibtex, citation_cff, cite_release, csl, ris
from datagazette.describe.datacite import datacite
from datagazette.describe.datapackage import datapackage
from datagazette.describe.json_ld import croissant, csvw
from datagazette.describe.notation import cell, dump, filled
from datagazette.describe.prose import changelog, license_text, readme
from datagazette.describe.release_history import changes
from datagazette.describe.xml_schema import held_types
from datagazette.downloads import archive, csv, json, xlsx
from datagazette.downloads.choice import Known, publishes, release_files
from datagazette.downloads.csvt import csvt
from datagazette.downloads.earlier import is_kept, write_promised_json
from datagazette.downloads.json import columns_beyond
from datagazette.downloads.missing import write_missing
from datagazette.downloads.parquet import write_parquet
from datagazette.downloads.sheet_columns import Columns
from datagazette.files import sha256
from datagazette.model.formats import EXPLAINED
from datagazette.model.look import Scheme
from datagazette.model.problems import Problem, problem, warning
from datagazette.model.publication import Catalog, Publication, Release
from datagazette.model.resource import Table
from datagazette.model.results import PublishedFile, ReleaseResult, SummaryResult
from datagazette.model.signing import SUMS
from datagazette.tables.engine import Engine
from datagazette.tables.layout import Layout, read_layout
from datagazette.tables.prepared import fields_of
from datagazette.tables.sql import literal

MEDIA_TYPES = {
    "csv": "text/csv",
    "csv-excel": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "json": "application/json",
    "ndjson": "application/x-ndjson",
    "gzip": "application/gzip",
    "csvw": "application/csvm+json",
    EXPLAINED: "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
    "datapackage": "application/vnd.datapackage+json",
    "croissant": "application/ld+json",
    "summary-csv": "text/csv",
    "summary-sql": "application/sql",
    "check-sql": "application/sql",
    "chart-svg": "image/svg+xml",
    "chart-dark": "image/svg+xml",
    "chart-png": "image/png",
    "chart-spec": "application/json",
    "license": "text/plain",
    "citation-cff": "application/yaml",
    "citation-bibtex": "application/x-bibtex",
    "citation-ris": "application/x-research-info-systems",
    "citation-csl": "application/vnd.citationstyles.csl+json",
    "datacite": "application/vnd.datacite.datacite+json",
    "changes": "application/json",
    "sums": "text/plain",
}

LIGHT: Scheme = "light"
# A picture of a summary by its name, its language and its scheme.
Charts = Mapping[tuple[str, str, Scheme], Chart]


@dataclass(frozen=True)
class Inputs:
    """Where a release's tables are, by resource: the submitted CSVs, and the typed tables as Parquet."""

    csv: Mapping[str, Path]
    typed: Mapping[str, Path]


def draw_charts(
    publication: Publication, result: ReleaseResult, *, with_narrow: bool = True
) -> tuple[Charts, tuple[Problem, ...]]:
    """Every chart of a release in each language and scheme, and what could not be drawn. `with_narrow`: for phones,
    too."""
    drawn: dict[tuple[str, str, Scheme], Chart] = {}
    problems: list[Problem] = []
    for found in map(filled, result.summaries):
        try:
            drawn |= _drawn(publication, result.release, found, with_narrow=with_narrow)
        except ChartError as error:
            about = {"summary": found.summary.name, "where": "chart", "found": str(error)}
            if isinstance(error, ChartTooLarge) and result.release.state != "draft":
                drawn |= _drawn(publication, result.release, without_marks(found), with_narrow=with_narrow)
                problems.append(warning("chart-too-large", found.summary.file, None, rule="released", **about))
            else:
                problems.append(problem("chart-failed", found.summary.file, None, **about))
    return drawn, tuple(problems)


def _drawn(
    publication: Publication, release: Release, found: SummaryResult, *, with_narrow: bool
) -> dict[tuple[str, str, Scheme], Chart]:
    """The chart of a summary in each language and scheme. Raises ChartError."""
    drawn: dict[tuple[str, str, Scheme], Chart] = {}
    name, colours = found.summary.name, palettes(publication.catalog.brand)
    has_dark = publishes(publication.catalog, release, "chart-dark")
    for language in release.languages if found.summary.chart is not None else ():
        texts = chart_texts(publication, release, found, language)
        for scheme in colours if has_dark else (LIGHT,):
            drawn[name, language, scheme] = render_chart(
                found, language, scheme, texts,
                languages=release.languages, name=f"{release.id}-{name}", palettes=colours,
                with_narrow=with_narrow and scheme == LIGHT,
            )  # fmt: skip
    return drawn


def write_release(
    publication: Publication, result: ReleaseResult, engine: Engine, inputs: Inputs, charts: Charts, out: Path
) -> tuple[PublishedFile, ...]:
    """All files of a release, into the empty folder `out`; returns what was written, in that order.

    Descriptions hold the hashes of what they describe, so the order is: tables, summaries, workbook,
    descriptions, zip, sums.
    """
    licenses = result.release.licenses or publication.catalog.licenses
    layouts = {table.name: read_layout(inputs.csv[table.name], table.dialect) for table in result.release.tables}
    tables = {table.name: _as_in_file(table, layouts[table.name]) for table in result.release.tables}
    described = replace(
        result,
        release=replace(result.release, licenses=licenses, tables=tuple(tables.values())),
        tables=tuple(replace(found, table=tables.get(found.table.name, found.table)) for found in result.tables),
        summaries=tuple(map(filled, result.summaries)),
        files=(),
    )
    dataset = publication.dataset(result.release.dataset)
    known = Known(
        dataset is None or dataset.before(result.release) is None,
        lambda table: csv.needs_excel_copy(inputs.csv[table.name], table.dialect, table.schema.fields),
        lambda table, least: (found := result.table(table.name)) is not None and found.rows >= least,
    )
    wanted = dict(release_files(publication.catalog, result.release, known))
    writer = _Writer(publication, described, out, wanted, layouts)
    # The database writes tables beside the rows of the workbook, which take a core for themselves.
    with ThreadPoolExecutor(1) as beside:
        writing = beside.submit(writer.tables, result.release.tables, engine, inputs)
        book = writer.workbook(inputs, charts)
        writing.result()
    for summary in described.summaries:
        writer.summary(summary, charts)
    for check in described.release.checks:
        writer.text(f"checks/{check.name}.sql", "check-sql", _query_text(check.query))
    writer.add_workbook(book)
    writer.descriptions()
    writer.zip(inputs)
    return writer.sums()


def _as_in_file(table: Table, layout: Layout) -> Table:
    """The table as its file is: what the descriptor leaves to be detected in it, and the columns that it has."""
    dialect = replace(layout.dialect, encoding=table.dialect.encoding)
    return replace(table, dialect=dialect, schema=replace(table.schema, fields=fields_of(layout, table.schema)))


def _query_text(query: str) -> str:
    return query if query.endswith("\n") else f"{query}\n"


def latest_names(catalog: Catalog, release: Release, files: tuple[PublishedFile, ...]) -> dict[str, PublishedFile]:
    """The files that are copied to `latest/`, by the paths that they have in the release; all but the sums."""
    return {
        file.path: replace(file, path=addresses.latest_path(release, file.path))
        for file in files
        if file.path != SUMS and file.kind in catalog.latest
    }


def latest_sums(renamed: Mapping[str, PublishedFile]) -> str:
    return archive.sums_text({file.path: file.sha256 for file in renamed.values()})


class _Writer:
    """Writes files into one folder and keeps the list of them. `wanted` are the paths of all that the release has,
    `layouts` those of the submitted tables."""

    def __init__(
        self,
        publication: Publication,
        result: ReleaseResult,
        out: Path,
        wanted: Collection[str],
        layouts: Mapping[str, Layout],
    ) -> None:
        self._publication, self._result, self._out, self._wanted = publication, result, out, wanted
        self._layouts = layouts
        self._types: dict[str, Mapping[str, str]] = {}

    @contextmanager
    def made(self, path: str, kind: str, resource: str = "", language: str = "") -> Iterator[Path]:
        """Where the caller writes the file, which then joins the list."""
        target = self._out / path
        target.parent.mkdir(parents=True, exist_ok=True)
        yield target
        size = target.stat().st_size
        file = PublishedFile(path, kind, size, sha256(target), MEDIA_TYPES[kind], resource, language)
        self._result = replace(self._result, files=(*self._result.files, file))

    def _has_columns(self, path: str, columns: Columns) -> None:
        """Adds to the listed file which of its columns are not what the schema says."""
        files = (
            replace(file, texts=columns.texts, mixed=columns.mixed) if file.path == path else file
            for file in self._result.files
        )
        self._result = replace(self._result, files=tuple(files))

    def text(self, path: str, kind: str, content: str, **about: str) -> None:
        """Writes a text, if it is wanted."""
        if path not in self._wanted:
            return
        with self.made(path, kind, **about) as target:
            target.write_text(content, "utf-8", newline="")

    def tables(self, tables: Iterable[Table], engine: Engine, inputs: Inputs) -> None:
        for table in tables:
            self._table(table, engine, inputs)

    def _table(self, table: Table, engine: Engine, inputs: Inputs) -> None:
        submitted, typed, name = inputs.csv[table.name], inputs.typed[table.name], table.name
        with self.made(f"{name}.csv", "csv", resource=name) as target:
            shutil.copyfile(submitted, target)
        beyond = columns_beyond(engine, typed, name, table.schema.fields)
        self._has_columns(f"{name}.csv", beyond.decided())
        if f"{name}.excel.csv" in self._wanted:
            with self.made(f"{name}.excel.csv", "csv-excel", resource=name) as target:
                csv.write_excel_copy(submitted, target, table.dialect, table.schema.fields)
        with self.made(f"{name}.parquet", "parquet", resource=name) as target:
            write_parquet(engine, typed, target, self._result.release, table)
        self._types[name] = dict(engine.columns(f"SELECT * FROM read_parquet({literal(str(target))})"))
        self._json(table, engine, typed, beyond)
        if f"{name}.missing.json" in self._wanted:
            with self.made(f"{name}.missing.json", EXPLAINED, resource=name) as target:
                write_missing(engine, typed, target, self._result.release, table)
        for path in (path for path in (f"{name}.{ending}" for ending in ("csv", "json", "ndjson"))
                     if f"{path}.gz" in self._wanted):  # fmt: skip
            with self.made(f"{path}.gz", "gzip", resource=name) as target:
                archive.write_gzip(target, self._out / path)
        if f"{name}.csv-metadata.json" in self._wanted:
            in_file = self._result.release.table(name) or table
            held = held_types(in_file.schema, csv.rows_below(submitted, self._layouts[name]))
            described = dump(csvw(self._publication, self._result.release, in_file, held))
            self.text(f"{name}.csv-metadata.json", "csvw", described, resource=name)

    def _json(self, table: Table, engine: Engine, typed: Path, beyond: Columns) -> None:
        """The table as JSON and as JSON lines, as far as they are wanted; `beyond` are the columns that JSON cannot
        hold."""
        name = table.name
        whole, lines = f"{name}.json", f"{name}.ndjson"
        if whole not in self._wanted and lines not in self._wanted:
            return
        with tempfile.TemporaryDirectory(dir=self._out) as folder:
            if whole in self._wanted:
                with self.made(whole, "json", resource=name) as target:
                    columns = write_promised_json(engine, self._result, table, typed, target, beyond)
                self._has_columns(whole, columns)
            else:
                target = Path(folder, whole)
                columns = write_promised_json(engine, self._result, table, typed, target, beyond)
            if lines in self._wanted:
                with self.made(lines, "ndjson", resource=name) as made:
                    json.write_lines(target, made)
                self._has_columns(lines, columns)

    def summary(self, result: SummaryResult, charts: Charts) -> None:
        name = result.summary.name
        path = f"summaries/{name}"
        with self.made(f"{path}.csv", "summary-csv", resource=name) as target:
            csv.write_summary(result, target)
        self.text(f"{path}.sql", "summary-sql", _query_text(result.summary.query), resource=name)
        for language in self._result.release.languages:
            stem = path if language == self._result.release.languages[0] else f"{path}.{language}"
            light, dark = charts.get((name, language, LIGHT)), charts.get((name, language, "dark"))
            about = {"resource": name, "language": language}
            if dark:
                self.text(f"{stem}.dark.svg", "chart-dark", dark.svg, **about)
            if light:
                self.text(f"{stem}.svg", "chart-svg", light.svg, **about)
                if f"{stem}.png" in self._wanted:
                    with self.made(f"{stem}.png", "chart-png", **about) as target:
                        target.write_bytes(light.png)
                self.text(f"{stem}.vl.json", "chart-spec", dump(light.spec), **about)

    def workbook(self, inputs: Inputs, charts: Charts) -> Columns:
        """Writes it, and returns its columns that are not what the schema says; it does not join the list yet."""
        release = self._result.release
        default = release.languages[0]
        pictures = {name: chart.png for (name, *form), chart in charts.items() if form == [default, LIGHT]}

        def rows_of(name: str) -> Iterator[list[str]]:
            return csv.rows_below(inputs.csv[name], self._layouts[name])

        self._out.mkdir(parents=True, exist_ok=True)
        target, about = self._out / f"{release.id}.xlsx", (self._publication, self._result, rows_of, pictures, default)
        for earlier in (True,) if release.is_unrecorded else (False, True):
            columns = xlsx.write_workbook(target, *about, earlier=earlier)
            if is_kept(self._result, target, "xlsx"):
                break
        return columns

    def add_workbook(self, columns: Columns) -> None:
        path = f"{self._result.release.id}.xlsx"
        with self.made(path, "xlsx"):
            pass
        self._has_columns(path, columns)

    def descriptions(self) -> None:
        release, catalog = self._result.release, self._publication.catalog
        cited = cite_release(catalog, release, release.languages[0])
        for path, (kind, text) in self._terms.items():
            self.text(path, kind, text)
        self.text("citation.json", "citation-csl", dump([csl(cited)]))
        self.text("datacite.json", "datacite", dump(datacite(self._publication, self._result)))
        self.text("changes.json", "changes", dump(changes(catalog, self._result)))
        self.text("croissant.json", "croissant", dump(croissant(self._publication, self._result, self._types)))
        has_labels = any(table.schema.explained for table in release.tables)
        with self.made("datapackage.json", "datapackage") as target:
            for in_fields in (True, False) if has_labels else (True,):
                described = datapackage(self._publication, self._result, labels_in_fields=in_fields)
                target.write_text(dump(described), "utf-8", newline="")
                if is_kept(self._result, target, "datapackage"):
                    break

    @cached_property
    def _terms(self) -> dict[str, tuple[str, str]]:
        """(kind, text) by path of what the package has, and is beside it on request."""
        cited = cite_release(self._publication.catalog, self._result.release, self._result.release.languages[0])
        return {
            "LICENSE.txt": ("license", license_text(self._publication, self._result.release)),
            "CITATION.cff": ("citation-cff", citation_cff(cited)),
            "citation.bib": ("citation-bibtex", bibtex(cited)),
            "citation.ris": ("citation-ris", ris(cited)),
        }

    def zip(self, inputs: Inputs) -> None:
        """The Data Package: what its descriptor names, and what a person reads first."""
        kinds = {"csv", "summary-csv", "summary-sql", "check-sql", "datapackage"}
        content: dict[str, archive.Content] = {
            file.path: self._out / file.path for file in self._result.files if file.kind in kinds
        }
        content |= {path: text for path, (_, text) in self._terms.items()}
        for table in self._result.release.tables:
            rows = csv.rows_below(inputs.csv[table.name], self._layouts[table.name])
            content[f"{table.name}.csvt"] = csvt(table.schema.fields, rows)
        for found in self._result.summaries:
            plain = [replace(field, descriptor={}) for field in found.summary.fields]
            texts = ([cell(value) for value in row] for row in found.rows)
            content[f"summaries/{found.summary.name}.csvt"] = csvt(plain, texts)
        content["README.md"] = readme(self._publication, self._result)
        content["CHANGES.md"] = changelog(self._publication, self._result)
        with self.made(f"{self._result.release.id}.zip", "zip") as target:
            archive.write_zip(target, content)

    def sums(self) -> tuple[PublishedFile, ...]:
        self.text(SUMS, "sums", archive.sums_text({file.path: file.sha256 for file in self._result.files}))
        return self._result.files
