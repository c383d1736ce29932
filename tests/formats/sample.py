"""A small publication and a nasty one, made without the loader: what stages before packaging would hand over."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from datagazette.downloads.package import Inputs, draw_charts, latest_names, latest_sums, write_release
from datagazette.files import link
from datagazette.model.formats import CHOSEN, COPIES
from datagazette.model.names import Version
from datagazette.model.publication import (
    Catalog,
    Check,
    Contact,
    Dataset,
    License,
    Note,
    Publication,
    Publisher,
    Release,
    Source,
    Summary,
    Theme,
)
from datagazette.model.resource import Category, Field, ForeignKey, Schema, Table
from datagazette.model.results import (
    FieldProfile,
    Finding,
    PublishedFile,
    ReleaseResult,
    Row,
    SummaryResult,
    TableResult,
)
from datagazette.model.signing import SUMS
from datagazette.model.text import Text
from datagazette.tables.engine import Engine, connect
from datagazette.tables.sql import identifier, literal

LANGUAGES = ("zh", "en")
TYPES = {"integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE", "year": "BIGINT"}
ATTACK = 'A "quoted" {title} \\ with & < > % $ # _ and\nTY  - a line of its own </script>'

Rows = Sequence[Sequence[str]]


def words(chinese: str, english: str) -> Text:
    return Text((("zh", chinese), ("en", english)))


def field(name: str, kind: str = "string", **more: object) -> Field:
    return Field(name, kind, title=words(f"{name} 的名称", f"Title of {name}"), **more)  # type: ignore[arg-type]


CATALOG = Catalog(
    name="sample",
    title=words("样本", "Sample"),
    description=words("两份数据集。", "Two datasets."),
    tagline=words("样本", "Sample"),
    publisher=Publisher(words("编辑部", "The editors"), "https://example.org/"),
    languages=LANGUAGES,
    base_url="https://data.example.org/base/",
    contact=Contact(words("反馈", "Feedback"), "about/#errors", "someone@example.org"),
    licenses=(License("CC-BY-4.0", words("署名", "Attribution"), "https://creativecommons.org/licenses/by/4.0/"),),
    themes=(Theme("people", words("人口", "People")),),
    formats=CHOSEN,
    latest=COPIES["everything"],
)

REGIONS = Schema(
    "regions",
    "schemas/regions.v1.yaml",
    (field("code", constraints={"required": True}), field("name")),
    primary_key=("code",),
    foreign_keys=(ForeignKey(("code",), "regions", ("code",), "other"),),
)
PEOPLE = Schema(
    "people",
    "schemas/people.v1.yaml",
    (
        field("code", constraints={"required": True}),
        field("day", "date"),
        field("people", "integer", unit=words("人", "persons"), role="value"),
        field("share", "number"),
        field("open", "boolean"),
        field("year", "year"),
        field("kind", categories=(Category("1", words("街道", "subdistrict")), Category("2", words("镇", "town")))),
        field("remark"),
    ),
    primary_key=("code", "day"),
    foreign_keys=(ForeignKey(("code",), "regions", ("code",)),),
)
REGION_ROWS = [["010", "北京"], ["00123", "=1+1"], ["0471", "@SUM(A1)"]]
PEOPLE_ROWS = [
    ["00123", "2020-11-01", "21893095", "0.125", "true", "2020", "1", "=1+1"],
    ["010", "2020-11-02", "24870895", "0.3333333333333333", "false", "2020", "2", "北京"],
    ["0471", "1899-12-31", "1000", "31.054293255007507", "", "2021", "2", ""],
    ["010", "9999-12-31", "", "1e-7", "true", "", "", 'a "quote", a comma\nand a line'],
]
SHARE = Summary(
    "share",
    words("{name}占 {share}%", "{name_en} has {share}%"),
    "SELECT 1",
    "datasets/people/1.1.0/share.sql",
    (
        field("name", role="label"),
        field("name_en", role="label@en"),
        field("share", "number", unit=words("%", "%"), bound="at_least"),
    ),
    description=words("占比。", "Shares."),
    primary_key=("name",),
    chart={
        "mark": "bar",
        "encoding": {"y": {"field": "name", "type": "nominal"}, "x": {"field": "share", "type": "quantitative"}},
    },
)
SHARE_ROWS: tuple[Row, ...] = (("北京", "Beijing", 38.62645), ("上海", "Shanghai", 12.5))


def people(version: str = "1.1.0", **changes: object) -> Release:
    """The small release; `changes` replace what it says."""
    major, minor, patch = map(int, version.split("."))
    folder = f"datasets/people/{version}"
    release = Release(
        dataset="people",
        version=Version(major, minor, patch),
        folder=folder,
        state="released",
        title=words("各地人口", "People by region"),
        description=words(
            "每行一个地区，附日期、人数与占比。", "One row a region, with day, people and share; see notes."
        ),
        changes=words("新增一行。", "One row added."),
        languages=LANGUAGES,
        date=date(2026, 11, 23),
        keywords={"zh": ("人口",), "en": ("population",)},
        themes=("people",),
        sources=(Source(words("公报", "Bulletin"), "https://example.org/bulletin?a=1&b=2"),),
        update_frequency="P1Y",
        temporal="2020/2021",
        spatial=("64",),
        uses=(("other", Version(1, 0, 0)),),
        tables=(
            Table("people", "people.csv", f"{folder}/people.csv", PEOPLE, title=words("人口", "People")),
            Table("regions", "regions.csv", f"{folder}/regions.csv", REGIONS, title=words("地区", "Regions")),
        ),
        summaries=(SHARE,),
        checks=(
            Check("sum", words("合计", "Sum"), "SELECT 2", f"{folder}/sum.sql", "warning", words("已知", "Known")),
        ),
        notes=(
            Note("people", "010|2020-11-02", "people", "lower-bound", words("至少。", "At least."), "公报"),
            Note("regions", "00123", "", "estimate", words("整行。", "The row.")),
        ),
    )
    return replace(release, **changes)  # type: ignore[arg-type]


def nasty() -> tuple[Release, list[list[str]]]:
    """Three hundred columns, names of every kind, and texts that formats give a meaning to."""
    names = ["select", "../../x", "名称", "a.b", "a[0]", "it's", 'say "x"', "col umn", "_hidden", "العمود"]
    fields = [field(name) for name in names]
    fields += [field(f"c{number}", "integer" if number % 2 else "string") for number in range(290)]
    fields[0] = field("select", constraints={"required": True})
    schema = Schema("nasty", "schemas/nasty.v1.yaml", tuple(fields), primary_key=("select",))
    rows = [
        ["0001", "مرحبا", "😀 emoji", "=1+1", "@SUM(A1)", "+5", "-1", "http://example.org", " padded ", "NULL"],
        ["0002", '"', "a\nb", "tab\there", "'quoted'", "_x0041_", "1,5", "TRUE", "2020-01-01", ""],
    ]
    rows = [row + [str(99999999999999999 - n) if n % 2 else f"0{n}" for n in range(290)] for row in rows]
    release = Release(
        dataset="select",
        version=Version(2, 0, 1),
        folder="datasets/select/2.0.1",
        state="released",
        title=Text((("zh", ATTACK), ("en", ATTACK))),
        description=Text((("zh", ATTACK), ("en", ATTACK))),
        languages=LANGUAGES,
        date=date(2020, 2, 29),
        keywords={"zh": (ATTACK,), "en": (ATTACK,)},
        tables=(
            Table("table", "x/Table.csv", "datasets/select/2.0.1/x/Table.csv", schema, title=words("表", "Table")),
        ),
    )
    return release, rows


@dataclass(frozen=True)
class Made:
    publication: Publication
    result: ReleaseResult
    folder: Path
    latest: Path
    files: tuple[PublishedFile, ...]


def make(
    release: Release,
    rows: Mapping[str, Rows],
    root: Path,
    summaries: tuple[SummaryResult, ...] = (),
    threads: int = 1,
) -> Made:
    """Writes the tables below `root`, and everything that is published of them."""
    publication = Publication(root, CATALOG, (Dataset(release.dataset, (release,)),))
    inputs = Inputs(
        {table.name: write_csv(root / table.file, table, rows[table.name]) for table in release.tables},
        {table.name: root / "typed" / f"{table.name}.parquet" for table in release.tables},
    )
    folder, latest = root / "out" / str(release.version), root / "out" / "latest"
    with connect() as engine:
        engine.run(f"SET threads = {threads}")
        tables = tuple(type_table(engine, one, inputs.csv[one.name], inputs.typed[one.name]) for one in release.tables)
        findings = tuple(Finding(check, ("a",), ((1,),)) for check in release.checks)
        result = ReleaseResult(release, tables, summaries, findings, ())
        charts, problems = draw_charts(publication, result)
        assert problems == ()
        files = write_release(publication, result, engine, inputs, charts, folder)
    renamed = latest_names(publication.catalog, release, files)
    for path, file in renamed.items():
        link(folder / path, latest / file.path)
    (latest / SUMS).write_text(latest_sums(renamed), "utf-8", newline="\n")
    return Made(publication, replace(result, files=files), folder, latest, files)


def make_people(root: Path, threads: int = 1) -> Made:
    rows = {"people": PEOPLE_ROWS, "regions": REGION_ROWS}
    return make(people(), rows, root, (SummaryResult(SHARE, SHARE_ROWS),), threads)


def make_nasty(root: Path) -> Made:
    release, rows = nasty()
    return make(release, {"table": rows}, root)


def write_csv(path: Path, table: Table, rows: Rows) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([one.name for one in table.schema.fields])
        writer.writerows(rows)
    return path


def type_table(engine: Engine, table: Table, source: Path, target: Path) -> TableResult:
    target.parent.mkdir(parents=True, exist_ok=True)
    fields = table.schema.fields
    cells = ", ".join(
        f"CAST(nullif({identifier(one.name)}, '') AS {TYPES.get(one.type, 'VARCHAR')}) AS {identifier(one.name)}"
        for one in fields
    )
    texts = ", ".join(f"{literal(one.name)}: 'VARCHAR'" for one in fields)
    read = f"read_csv({literal(str(source))}, auto_detect = false, header = true, quote = '\"', columns = {{{texts}}})"
    engine.run(f"COPY (SELECT {cells} FROM {read}) TO {literal(str(target))} (FORMAT parquet)")
    rows = engine.rows(f"SELECT * FROM read_parquet({literal(str(target))})")
    profiles = tuple(FieldProfile(one, len(rows), 0, len(rows)) for one in fields)
    return TableResult(table, len(rows), profiles, tuple(map(tuple, rows[:20])), str(target))
