"""The shipped publication, read and computed with nothing but csv, yaml and decimal: what its pages must say."""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import yaml

from tests.conftest import ROOT

Value = str | Decimal | bool | None
Row = dict[str, Value]
DATASETS = ROOT / "datasets"


@lru_cache
def read_yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


@lru_cache
def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@dataclass(frozen=True)
class Release:
    """A version of a dataset as its files have it."""

    dataset: str
    version: str

    @property
    def folder(self) -> Path:
        return DATASETS / self.dataset / self.version

    @cached_property
    def described(self) -> dict[str, Any]:
        return dict(read_yaml(self.folder / "datapackage.yaml"))

    @property
    def entry(self) -> dict[str, Any]:
        """What the ledger says of it."""
        entries = read_yaml(DATASETS / self.dataset / "releases.yaml")["releases"]
        return next(entry for entry in entries if str(entry["version"]) == self.version)

    @property
    def date(self) -> date:
        found = self.entry["date"]
        return found if isinstance(found, date) else date.fromisoformat(found)

    @property
    def tables(self) -> list[str]:
        return [table["name"] for table in self.described["resources"]]

    def rows(self, table: str) -> list[dict[str, str]]:
        path = next(resource["path"] for resource in self.described["resources"] if resource["name"] == table)
        return read_csv(self.folder / path)

    def schema(self, table: str) -> dict[str, Any]:
        name = next(resource["schema"] for resource in self.described["resources"] if resource["name"] == table)
        return dict(read_yaml(self.folder / f"schemas/{name}.yaml"))

    @property
    def notes(self) -> list[dict[str, str]]:
        path = self.folder / "notes.csv"
        return read_csv(path) if path.exists() else []

    def summary(self, name: str) -> dict[str, Any]:
        return next(summary for summary in self.described["summaries"] if summary["name"] == name)

    def summary_rows(self, name: str) -> list[Row]:
        return summary_rows(self.dataset, self.version, name)


@lru_cache
def summary_rows(dataset: str, version: str, name: str) -> list[Row]:
    release = Release(dataset, version)
    fields = [field["name"] for field in release.summary(name)["fields"]]
    found = SUMMARIES[dataset, name](release)
    return [dict(zip(fields, row, strict=True)) for row in found]


def releases() -> list[Release]:
    """Every released version, the newest of a dataset last."""
    found = []
    for path in sorted(DATASETS.glob("*/releases.yaml")):
        versions = [str(entry["version"]) for entry in read_yaml(path)["releases"]]
        found += [Release(path.parent.name, version) for version in sorted(versions)]
    return found


def newest() -> dict[str, Release]:
    return {release.dataset: release for release in releases()}


def rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def floor_to(value: Decimal, places: int) -> Decimal:
    return Decimal(math.floor(value.scaleb(places))).scaleb(-places)


def ceil_to(value: Decimal, places: int) -> Decimal:
    return Decimal(math.ceil(value.scaleb(places))).scaleb(-places)


def _fact(release: Release, table: str, fact: str) -> Decimal:
    return Decimal(next(row["value"] for row in release.rows(table) if row["fact"] == fact))


def _divisions(table: str) -> list[dict[str, str]]:
    return newest()["administrative-divisions"].rows(table)


def _proper() -> list[dict[str, str]]:
    return [row for row in _divisions("townships") if row["kind"] != "other"]


KINDS = {
    "subdistrict": ("街道", "subdistricts"), "town": ("镇", "towns"), "township": ("乡", "townships"),
    "other": ("类似乡级单位", "other units"),
}  # fmt: skip


def _totals(_: Release) -> Iterable[tuple[Value, ...]]:
    groupings = {
        table: sum(row["grouping"] == "true" for row in _divisions(table)) for table in ("prefectures", "counties")
    }
    count = {table: len(_divisions(table)) for table in ("provinces", "prefectures", "counties", "townships")}
    numbers = (
        count["provinces"], count["prefectures"], groupings["prefectures"], count["counties"], groupings["counties"],
        count["townships"], len(_proper()),
    )  # fmt: skip
    return [tuple(map(Decimal, numbers))]


def _by_kind(_: Release) -> Iterable[tuple[Value, ...]]:
    counted = Counter(row["kind"] for row in _divisions("townships"))
    total = Decimal(counted.total())
    return [
        (kind, *KINDS[kind], Decimal(count), rounded(100 * count / total, 1)) for kind, count in counted.most_common()
    ]


def _by_province(_: Release) -> Iterable[tuple[Value, ...]]:
    counted = Counter((row["province_code"], row["kind"]) for row in _divisions("townships"))
    totals = Counter(row["province_code"] for row in _divisions("townships"))
    return [
        (row["code"], row["short_name"], row["name_en"], kind, *KINDS[kind], Decimal(counted[row["code"], kind]),
         Decimal(totals[row["code"]]))
        for row in sorted(_divisions("provinces"), key=lambda row: (-totals[row["code"]], row["code"]))
        for kind in KINDS
    ]  # fmt: skip


def _coverage_of_pairing(release: Release) -> Iterable[tuple[Value, ...]]:
    towns = Decimal(sum(row["prefecture_code"] == "4419" for row in _proper()))
    inside = [row for row in _divisions("counties") if row["prefecture_code"] == "5206"]
    counties = Decimal(sum(row["grouping"] == "false" for row in inside))
    for side, fact, total in (("dongguan", "A01", towns), ("tongren", "A02", counties)):
        part = _fact(release, "scope", fact)
        yield side, part, total, rounded(100 * part / total, 1)


def _per_side(release: Release) -> Iterable[tuple[Value, ...]]:
    towns, counties, communities = (_fact(release, "scope", fact) for fact in ("A01", "A02", "A03"))
    yield communities, rounded(communities / towns, 1), rounded(communities / counties, 1)


def _time_on_site(release: Release) -> Iterable[tuple[Value, ...]]:
    rows = [row for row in release.rows("terms") if row["unit"] == "months"]
    rows.sort(key=lambda row: (-Decimal(row["value"]), row["fact"]))
    return [(row["fact"], row["measure"], row["measure_en"], Decimal(row["value"]), row["bound"]) for row in rows]


def _field_lists(release: Release) -> Iterable[tuple[Value, ...]]:
    called = {"at-work": ("现有领域", "At work"), "to-deepen": ("拟加快发展", "To grow")}
    return [
        (row["list"], *called[row["list"]], Decimal(row["position"]), row["field"], row["name"], row["name_en"])
        for row in sorted(release.rows("fields"), key=lambda row: (row["list"], int(row["position"])))
    ]


def _overlap(release: Release) -> Iterable[tuple[Value, ...]]:
    lists: dict[str, set[str]] = {}
    for row in release.rows("fields"):
        lists.setdefault(row["field"], set()).add(row["list"])
    yield Decimal(len(lists)), Decimal(sum(len(found) > 1 for found in lists.values()))


def _parties(release: Release) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in release.rows("parties"):
        found.setdefault(row["party"], set()).add(row["counted_as"])
    return found


def _parties_compared(release: Release) -> Iterable[tuple[Value, ...]]:
    listed, rows = _parties(release), release.rows("parties")
    first = {row["party"]: row for row in reversed(rows)}
    order = sorted(listed, key=lambda party: (int(first[party]["position"]), min(listed[party]) != "B20"))
    return [
        (party, first[party]["name"], first[party]["name_en"], "B20" in listed[party], "A10" in listed[party])
        for party in sorted(order, key=lambda party: int(first[party]["position"]))
    ]


def _agreement(release: Release) -> Iterable[tuple[Value, ...]]:
    listed = _parties(release)
    yield Decimal(sum(len(found) > 1 for found in listed.values())), Decimal(len(listed))


def _adopters(release: Release) -> Iterable[tuple[Value, ...]]:
    rows = [row for row in release.rows("adoptions") if row["adopted"] == "true"]
    by_opinion = {row["region"] for row in rows if row["form"] == "opinion"}
    yield Decimal(len({row["region"] for row in rows})), Decimal(len(by_opinion))


def _allowances(release: Release) -> Iterable[tuple[Value, ...]]:
    rows = sorted(release.rows("allowances"), key=lambda row: -int(row["rank"]))
    least = min(Decimal(row["value"]) for row in rows)
    return [
        (row["grade"], row["measure"], row["measure_en"], paid, 12 * paid, rounded(paid / least, 1))
        for row, paid in ((row, Decimal(row["value"])) for row in rows)
    ]


def _certified_split(release: Release) -> Iterable[tuple[Value, ...]]:
    holders, community = (_fact(release, "certified", fact) for fact in ("C01", "C02"))
    yield "community", "城市社区专职工作者", "Full-time urban community workers", community
    yield "others", "其他持证人员", "Other certificate holders", holders - community


def _certified_share(release: Release) -> Iterable[tuple[Value, ...]]:
    holders, community, printed = (_fact(release, "certified", fact) for fact in ("C01", "C02", "C03"))
    computed = rounded(100 * community / holders, 1)
    yield printed, computed, printed - computed


def _share_of_country(release: Release) -> Iterable[tuple[Value, ...]]:
    own, country = _fact(release, "certified", "C01"), _fact(newest()["social-work-workforce"], "workforce", "B05")
    yield own, country, ceil_to(100 * own / country, 2)


def _autumn(release: Release) -> Iterable[tuple[Value, ...]]:
    days = {row["fact"]: date.fromisoformat(row["date"]) for row in release.rows("milestones")}
    yield Decimal((days["B02"] - days["B01"]).days + 1), Decimal((days["B08"] - days["B02"]).days)


def _distance(_: Release) -> Iterable[tuple[Value, ...]]:
    divisions, stations = Decimal(len(_proper())), _fact(newest()["township-stations"], "stations", "B12")
    yield divisions, stations, divisions - stations


def _per_client(release: Release) -> Iterable[tuple[Value, ...]]:
    clients, services = (_fact(release, "figures", fact) for fact in ("B21", "B22"))
    yield clients, services, rounded(services / clients, 1)


def _hubei(release: Release) -> Iterable[tuple[Value, ...]]:
    townships, volunteers, people = (_fact(release, "figures", fact) for fact in ("B23", "B25", "B26"))
    province = sum(row["province_code"] == "42" for row in _proper())
    share = floor_to(100 * townships / province, 1)
    yield townships, people, ceil_to(people / townships, 0), rounded(volunteers / townships, 0), share


def _covid(release: Release) -> Iterable[tuple[Value, ...]]:
    workers, contacts = (_fact(release, "covid-response", fact) for fact in ("B09", "B10"))
    yield workers, contacts, rounded(contacts / workers, 0)


def _exam_growth(release: Release) -> Iterable[tuple[Value, ...]]:
    registered, growth = (_fact(release, "exam", fact) for fact in ("B03", "B04"))
    year = Decimal(next(row["as_of"] for row in release.rows("exam") if row["fact"] == "B03"))
    half = Decimal("0.5")
    yield year, registered, registered - 500, registered + 500, growth, "printed", "exact"
    before = rounded(registered / (1 + growth / 100), -3)
    low = floor_to((registered - 500) / (1 + (growth + half) / 100), -3)
    high = ceil_to((registered + 500) / (1 + (growth - half) / 100), -3)
    yield year - 1, before, low, high, None, "implied", "approximate"


def _workforce(release: Release) -> Iterable[tuple[Value, ...]]:
    holders, posts, organisations = (_fact(release, "workforce", fact) for fact in ("B05", "B06", "B07"))
    yield holders, posts, organisations, rounded(holders / posts, 1), rounded(posts / organisations, 1)


def _sources(release: Release) -> Iterable[tuple[Value, ...]]:
    kinds = Counter(row["kind"] for row in release.rows("sources"))
    yield Decimal(kinds.total()), Decimal(kinds["newspaper-article"])


def _coverage(release: Release) -> Iterable[tuple[Value, ...]]:
    built = _fact(release, "stations", "B12")
    labels = {
        "proper": ("乡、镇和街道", "Townships, towns and subdistricts"),
        "all": ("全部乡级单位", "All township-level units"),
    }
    for basis, divisions in (("proper", len(_proper())), ("all", len(_divisions("townships")))):
        yield basis, *labels[basis], built, Decimal(divisions), floor_to(100 * built / divisions, 1)


def _staff(release: Release) -> Iterable[tuple[Value, ...]]:
    stations, workers = (_fact(release, "stations", fact) for fact in ("B12", "B13"))
    yield stations, workers, rounded(workers / stations, 1)


SUMMARIES: Mapping[tuple[str, str], Callable[[Release], Iterable[tuple[Value, ...]]]] = {
    ("administrative-divisions", "totals"): _totals,
    ("administrative-divisions", "townships-by-kind"): _by_kind,
    ("administrative-divisions", "townships-by-province"): _by_province,
    ("dongguan-tongren-pairing", "pairing-coverage"): _coverage_of_pairing,
    ("dongguan-tongren-pairing", "communities-per-side"): _per_side,
    ("dongguan-tongren-pairing", "time-on-site"): _time_on_site,
    ("fields-of-practice", "field-lists"): _field_lists,
    ("fields-of-practice", "overlap"): _overlap,
    ("five-party-linkage", "parties-compared"): _parties_compared,
    ("five-party-linkage", "agreement"): _agreement,
    ("five-party-linkage", "adopters"): _adopters,
    ("ningxia-allowances", "allowance-by-grade"): _allowances,
    ("ningxia-certified-workers", "certified-split"): _certified_split,
    ("ningxia-certified-workers", "certified-share"): _certified_share,
    ("ningxia-certified-workers", "share-of-country"): _share_of_country,
    ("policy-milestones", "autumn-2021"): _autumn,
    ("policy-milestones", "distance-to-target"): _distance,
    ("regional-programmes", "guangdong-services-per-client"): _per_client,
    ("regional-programmes", "hubei-reach"): _hubei,
    ("social-work-workforce", "exam-growth"): _exam_growth,
    ("social-work-workforce", "workforce-ratios"): _workforce,
    ("social-work-workforce", "covid-ratio"): _covid,
    ("sources", "totals"): _sources,
    ("township-stations", "station-coverage"): _coverage,
    ("township-stations", "station-staff"): _staff,
}
