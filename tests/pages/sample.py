"""A small publication with everything that pages show: two releases, a withdrawn one, notes, findings, a chart."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from datagazette.model.names import Version
from datagazette.model.pages import AuthoredPage
from datagazette.model.publication import (
    Catalog,
    Check,
    Dataset,
    Figure,
    License,
    Note,
    Publication,
    Publisher,
    Release,
    Source,
    Summary,
    Theme,
    Withdrawal,
)
from datagazette.model.resource import Category, Field, ForeignKey, Schema, Table
from datagazette.model.results import (
    CellChange,
    FieldProfile,
    FigureResult,
    Finding,
    Locator,
    PublishedFile,
    ReleaseChange,
    ReleaseResult,
    SchemaChange,
    SummaryResult,
    TableChange,
    TableResult,
)
from datagazette.model.text import Text
from datagazette.pages import Plot, SiteContent, read_strings

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "site"
PLOT = '<svg xmlns="http://www.w3.org/2000/svg" role="img" width="10" height="10"><title>x</title></svg>'
V100, V110 = Version(1, 0, 0), Version(1, 1, 0)


def both(zh: str, en: str) -> Text:
    return Text((("zh", zh), ("en", en)))


REGIONS = Table(
    "regions",
    "regions.csv",
    "datasets/places/1.0.0/regions.csv",
    Schema(
        "regions",
        "schemas/regions.v1.yaml",
        (
            Field("code", "string", title=both("代码", "Code")),
            Field("name", "string", title=both("名称", "Name"), role="label"),
        ),
        ("code",),
    ),
    title=both("地区", "Regions"),
)

COUNTS = Table(
    "counts",
    "counts.csv",
    "datasets/libraries/1.1.0/counts.csv",
    Schema(
        "counts",
        "schemas/counts.v1.yaml",
        (
            Field("id", "string", title=both("编号", "Number"), constraints={"required": True}),
            Field("region", "string", title=both("地区", "Region"), role="region"),
            Field(
                "value",
                "number",
                title=both("数值", "Value"),
                role="value",
                constraints={"minimum": 0},
                description=both("按**月**统计。", "Counted by **month**."),
            ),
            Field(
                "bound",
                "string",
                title=both("性质", "Bound"),
                role="bound",
                categories=(Category("exact", both("确数", "exact")), Category("at_least", both("下限", "at least"))),
            ),
            Field("as_of", "string", title=both("时点", "As of"), role="date"),
        ),
        ("id",),
        foreign_keys=(ForeignKey(("region",), "regions", ("code",), "places"),),
    ),
    title=both("馆数与读者", "Libraries and readers"),
)

ROWS = (
    ("L1", "33", Decimal(829000), "exact", "2021"),
    ("L2", "33", Decimal(660000), "at_least", "2021-11-05"),
    ("L3", "44", None, "exact", "2021-11"),
)
SHARE = Summary(
    "share",
    both("每百人有 {per_hundred} 个座位", "{per_hundred} seats for every hundred readers"),
    "SELECT 33 AS region,\n\n  per_hundred FROM counts -- <b>&",
    "share.sql",
    (
        Field("region", "string", title=both("地区", "Region")),
        Field(
            "per_hundred",
            "number",
            title=both("每百人座位", "Seats per hundred"),
            unit=both("个", "seats"),
            bound="at_least",
        ),
    ),
    description=both("分子是下限。", "The numerator is a floor."),
    primary_key=("region",),
    chart={"mark": "bar", "encoding": {"x": {"field": "region"}, "y": {"field": "per_hundred"}}},
)
NOTES = (
    Note("counts", "L2", "value", "lower-bound", both("原文写“余”。", "Printed as “over”.")),
    Note("counts", "L3", "", "suppressed", both("未公布。", "Not published.")),
    Note("share", "33", "per_hundred", "estimate", both("推算。", "Worked out.")),
)
CHECK = Check(
    "printed",
    both("印出的比例", "The printed share"),
    "SELECT 1",
    "printed.sql",
    accepted=both("原文印 38.8%，按其数字算是 38.6%。", "38.8 % is printed; the counts give 38.6 %."),
)
PASSED = Check("towns", both("镇的数目", "The number of towns"), "SELECT 1", "towns.sql")


def release_110() -> Release:
    return Release(
        "libraries",
        V110,
        "datasets/libraries/1.1.0",
        "released",
        both("公共图书馆", "Public libraries"),
        both(
            "各地图书馆的[数字](https://example.org/a)。还有第二句。",
            "[Figures](https://example.org/a) on libraries. More.",
        ),
        ("zh", "en"),
        date=date(2026, 11, 23),
        changes=both("补充一行。", "One row more."),
        themes=("reading",),
        licenses=(License("CC-BY-4.0", path="https://creativecommons.org/licenses/by/4.0/"),),
        sources=(Source(both("年报", "Annual report"), "https://example.org/report"),),
        update_frequency="P1Y",
        temporal="2020/2021",
        spatial=("CN", "33"),
        uses=(("places", V100),),
        tables=(COUNTS,),
        summaries=(SHARE,),
        checks=(CHECK, PASSED),
        notes=NOTES,
        figures=(
            Figure("readers", both("读者", "Readers"), "counts", key="L2"),
            Figure("growth", both("增长", "Growth"), "counts", key="L1"),
        ),
    )


def _files(release: Release) -> tuple[PublishedFile, ...]:
    names = [
        ("counts.csv", "text/csv"),
        ("counts.parquet", "application/vnd.apache.parquet"),
        ("counts.json", "application/json"),
        (f"{release.id}.zip", "application/zip"),
        (f"{release.id}.xlsx", "application/xlsx"),
        ("datapackage.json", "application/json"),
        ("summaries/share.csv", "text/csv"),
        ("summaries/share.sql", "application/sql"),
        ("summaries/share.zh.svg", "image/svg+xml"),
        ("summaries/share.zh.dark.svg", "image/svg+xml"),
        ("summaries/share.en.svg", "image/svg+xml"),
    ]
    return tuple(PublishedFile(name, name.rpartition(".")[2], 12_345, "ab" * 32, media) for name, media in names)


def result_110() -> ReleaseResult:
    release = release_110()
    profiles = tuple(
        FieldProfile(field, 2 if field.name == "value" else 3, int(field.name == "value"), 2, low, high, top)
        for field, low, high, top in zip(
            COUNTS.schema.fields,
            ("L1", "33", Decimal(660000), "at_least", "2021"),
            ("L3", "44", Decimal(829000), "exact", "2021-11-05"),
            ((("L1", 1),), (("33", 2), ("44", 1)), (), (("exact", 2), ("at_least", 1)), ()),
            strict=True,
        )
    )
    locator = Locator("R1", "B", "5")
    return ReleaseResult(
        release,
        (TableResult(COUNTS, 3, profiles, ROWS, "x.parquet"),),
        (SummaryResult(SHARE, (("33", 31.0538), ("44", None))),),
        (Finding(CHECK, ("printed", "counted"), ((38.8, 38.626),)),),
        (
            FigureResult(
                release.figures[0],
                Decimal(660000),
                both("人", "persons"),
                "at_least",
                "2021-11-05",
                "33",
                locator,
                NOTES[:1],
            ),
            FigureResult(release.figures[1], Decimal(36), both("%", "%"), "exact", "2021", "CN", locator),
        ),
        changes=ReleaseChange(
            release_100(),
            (
                TableChange(
                    "counts",
                    1,
                    0,
                    1,
                    tuple(one.name for one in COUNTS.schema.fields),
                    ("id",),
                    ROWS[2:],
                    (),
                    (CellChange(("L1",), "value", Decimal(820000), ROWS[0][2]),),
                ),
            ),
            (SchemaChange("added", "counts", "as_of"),),
        ),
        files=_files(release),
    )


def release_100() -> Release:
    newer = release_110()
    return replace(
        newer,
        version=V100,
        folder="datasets/libraries/1.0.0",
        state="withdrawn",
        date=date(2026, 1, 2),
        changes=both("首次发布。", "First release."),
        withdrawal=Withdrawal(date(2026, 12, 1), both("有误。", "It was wrong.")),
    )


def result_100() -> ReleaseResult:
    old = release_100()
    return replace(result_110(), release=old, changes=None, files=_files(old))


def places() -> ReleaseResult:
    release = Release(
        "places",
        V100,
        "datasets/places/1.0.0",
        "released",
        both("地区表", "Places"),
        Text(),
        ("zh", "en"),
        date=date(2026, 1, 1),
        update_frequency="never",
        themes=("reading",),
        tables=(REGIONS,),
    )
    profiles = tuple(FieldProfile(field, 2, 0, 2) for field in REGIONS.schema.fields)
    table = TableResult(REGIONS, 2, profiles, (("33", "浙江"), ("44", "广东")), "y.parquet")
    return ReleaseResult(release, (table,), (), (), ())


def catalog() -> Catalog:
    return Catalog(
        "libraries",
        both("图书馆数字", "Libraries in figures"),
        both("说明。", "About this site."),
        both("有多少座位？", "How many seats are there?"),
        Publisher(both("编辑组", "The editors")),
        ("zh", "en"),
        "https://libraries.example.org/",
        themes=(Theme("reading", both("阅读", "Reading")),),
        licenses=(License("CC-BY-4.0"),),
        headlines=(("libraries", "readers"),),
        featured=("libraries", "share"),
    )


def content(*results: ReleaseResult) -> SiteContent:
    """The sample, or a site of other results (of one release a dataset)."""
    shown = results or (places(), result_100(), result_110())
    names = dict.fromkeys(one.release.dataset for one in shown)
    datasets = tuple(
        Dataset(name, tuple(one.release for one in shown if one.release.dataset == name)) for name in names
    )
    return SiteContent(
        Publication(ROOT, catalog(), datasets),
        {(one.release.dataset, one.release.version): one for one in shown},
        read_strings((SITE / "strings",), ("zh", "en")),
        (SITE / "templates",),
        authored_pages=(
            AuthoredPage("zh", "about/index.md", "# 关于\n\n正文。\n"),
            AuthoredPage("en", "about/index.md", "# About\n\nText.\n"),
        ),
        labels={("places", "regions"): {"33": both("浙江", "Zhejiang"), "44": both("广东", "Guangdong")}},
        regions={"33": both("浙江", "Zhejiang")},
        plots={("libraries", Version(1, 1, 0), "share", one): Plot(PLOT, PLOT) for one in ("zh", "en")},
    )
