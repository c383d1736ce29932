"""Writes every table of this example, and the raw files in `inbox/`, from formulas: `python examples/make.py`.

Exampleford does not exist. No number here was counted or measured anywhere: each is made from the name of its place
(`spread`), so that the files are the same on every machine. Texts and schemas are written by hand and are not touched.
"""

from __future__ import annotations

import csv
import hashlib
import io
import sys
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

Row = Sequence[object]
# Names of trees, so that no reader looks for them on a map.
WARDS = ("Alder", "Birch", "Cedar", "Elm", "Hazel", "Holly", "Juniper", "Larch", "Maple", "Oak", "Rowan", "Willow")
STREETS = (
    "High Street",
    "Mill Lane",
    "Station Road",
    "Park Way",
    "Church Street",
    "Long Row",
    "Quay Side",
    "Dock Road",
)
# In the Atlantic Ocean, far from any coast.
LATITUDE, LONGITUDE = 48.0, -20.0
SITES = (("AQ1", "Alder High Street", "W01", "roadside"), ("AQ2", "Elm Park", "W04", "background"),
         ("AQ3", "Maple Station Road", "W09", "roadside"), ("AQ4", "Willow Common", "W12", "background"))  # fmt: skip
# (pollutant, mean at a roadside, mean elsewhere, limit of detection), all in micrograms per cubic metre
POLLUTANTS = (("no2", 34.0, 12.0, 0.5), ("so2", 1.6, 0.5, 0.5))
DEPARTMENTS = ("housing", "transport", "parks", "libraries")
PURPOSES = ("repairs", "energy", "equipment", "professional-services", "cleaning")
PAYMENTS = 120
PROVISIONAL = 2024  # the year whose estimates are rounded


def spread(*place: object) -> float:
    """A number from 0 up to 1 that depends on nothing but the name of a place."""
    text = "|".join(map(str, place))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6]) / 2**48


def between(least: float, most: float, *place: object) -> float:
    return least + (most - least) * spread(*place)


def ward_code(number: int) -> str:
    return f"W{number:02}"


def wards() -> Iterator[Row]:
    yield "code", "name", "area"
    for number, name in enumerate(WARDS, 1):
        yield ward_code(number), name, f"{between(1.2, 9.8, 'area', name):.2f}"


def population(last: int, *, corrected: bool) -> Iterator[Row]:
    """From 2015 to `last`. One cell had two digits in the wrong order until it was corrected."""
    yield "ward", "year", "residents", "bound"
    for number, name in enumerate(WARDS, 1):
        residents = between(3_800, 9_200, "residents", name)
        for year in range(2015, 2025):
            residents *= 1 + between(-0.004, 0.018, "growth", name, year)
            shown = f"{round(residents, -2 if year == PROVISIONAL else 0):.0f}"
            if (name, year) == ("Juniper", 2022) and not corrected:
                shown = f"{shown[1]}{shown[0]}{shown[2:]}"
            if year <= last:
                yield ward_code(number), year, shown, "approximate" if year == PROVISIONAL else "exact"


def stops() -> Iterator[Row]:
    yield "code", "name", "ward", "latitude", "longitude", "shelter", "opened"
    place = (LATITUDE, LONGITUDE)
    for number in range(1, 73):
        ward = int(between(1, 13, "ward", number))
        street = STREETS[int(between(0, len(STREETS), "street", number))]
        if number not in (24, 57):  # the other side of the street, which was given the same place
            place = (between(LATITUDE - 0.04, LATITUDE + 0.04, "lat", number),
                     between(LONGITUDE - 0.06, LONGITUDE + 0.06, "lon", number))  # fmt: skip
        opened = date(1996, 1, 1) + timedelta(days=int(between(0, 10_000, "opened", number)))
        yield (
            f"{300 + number:05}", f"{WARDS[ward - 1]} {street} {number}", ward_code(ward),
            f"{place[0]:.5f}", f"{place[1]:.5f}",
            "true" if spread("shelter", number) < 0.6 else "false", "" if spread("known", number) < 0.1 else opened,
        )  # fmt: skip


def sites() -> Iterator[Row]:
    yield "code", "name", "ward", "kind"
    yield from SITES


def measurements() -> Iterator[Row]:
    """Monthly means. A mean below the limit of detection is given as that limit, with `less_than`."""
    yield "site", "month", "pollutant", "mean", "bound"
    for site, _, _, kind in SITES:
        for month in range(1, 13):
            for pollutant, roadside, background, limit in POLLUTANTS:
                usual = roadside if kind == "roadside" else background
                winter = 1 + 0.25 * abs(month - 6.5) / 5.5
                mean = usual * winter * between(0.7, 1.2, site, month, pollutant)
                bound, shown = ("less_than", f"{limit}") if mean < limit else ("exact", f"{mean:.1f}")
                if (site, month) in (("AQ2", 7), ("AQ2", 8)):
                    bound, shown = "", "nd"
                elif (site, month, pollutant) == ("AQ3", 2, "no2"):
                    bound, shown = "", "ns"
                yield site, f"2024-{month:02}", pollutant, shown, bound


def payments(*, repeated: bool) -> Iterator[Row]:
    """In the order of their days; some correct an earlier one. One is there twice, as it was published at first."""
    yield "payment", "day", "department", "supplier", "purpose", "amount", "corrects"
    found: list[list[object]] = []
    for number in range(1, PAYMENTS + 1):
        amount = f"{500 + 9_500 * spread('amount', number) ** 3:.2f}"
        day = date(2024, 1, 2) + timedelta(days=number * 3 - 2)
        department, purpose = pick(DEPARTMENTS, "department", number), pick(PURPOSES, "purpose", number)
        supplier, corrects = f"Supplier {int(between(1, 41, 'supplier', number)):03}", ""
        if number % 29 == 0:
            earlier = found[number - 12]
            corrects, department, supplier, purpose = str(earlier[0]), *map(str, earlier[2:5])
            amount = f"-{float(str(earlier[5])) * 0.25:.2f}"
        found.append([f"P{number:04}", day, department, supplier, purpose, amount, corrects])
    for payment in found:
        yield payment
        if repeated and payment[0] == "P0064":
            yield ["P0064-2", *payment[1:]]


def pick(texts: Sequence[str], *place: object) -> str:
    return texts[int(between(0, len(texts), *place))]


def inbox() -> Iterator[tuple[str, bytes]]:
    """The same data as offices send them: other separators, dates, amounts and signs for nothing."""
    names = dict(zip(map(ward_code, range(1, 13)), WARDS, strict=True))
    header, *rows = ([*row] for row in stops())
    rows = [[*row[:2], names[str(row[2])], *row[3:5], "Yes" if row[5] == "true" else "No",
             f"{row[6]:%d/%m/%Y}" if row[6] else "n/a"] for row in rows]  # fmt: skip
    header = ["Stop code", "Stop name", "Ward", "Latitude", "Longitude", "Shelter", "Opened"]
    yield "bus-stops.csv", text([header, *rows], ";").encode("utf-8-sig")

    rows = [[*row] for row in payments(repeated=False)][1:31]
    rows = [[row[0], f"{row[1]:%d/%m/%Y}", str(row[2]).capitalize(), row[3], str(row[4]).replace("-", " ").capitalize(),
             pounds(float(str(row[5])))] for row in rows]  # fmt: skip
    header = ["Payment", "Date", "Department", "Supplier", "Purpose", "Amount"]
    yield "payments-2024-q1.csv", text([header, *rows], ",").encode()

    rows = [[*row[:2], shown(row)] for row in measurements() if row[2] == "so2"]
    yield "sulphur-dioxide-2024.csv", text([["Site", "Month", "Mean (µg/m³)"], *rows], ",").encode()


def shown(row: Row) -> str:
    """A mean as laboratories write it, with `<` below the limit of detection."""
    mean, bound = row[3], row[4]
    return f"{'<' if bound == 'less_than' else ''}{mean}" if bound else "n/a"


def pounds(amount: float) -> str:
    return f"{'-' if amount < 0 else ''}£{abs(amount):,.2f}"


def text(rows: Sequence[Row], delimiter: str = ",") -> str:
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return written.getvalue()


def files() -> Iterator[tuple[str, bytes]]:
    """The path of every file below this folder, with its content."""
    tables = {
        "wards/1.0.0/wards.csv": wards(),
        "population/1.0.0/population.csv": population(2023, corrected=False),
        "population/1.1.0/population.csv": population(2024, corrected=False),
        "population/1.1.1/population.csv": population(2024, corrected=True),
        "bus-stops/1.0.0/stops.csv": stops(),
        "air-quality/1.0.0/sites.csv": sites(),
        "air-quality/1.0.0/measurements.csv": measurements(),
        "spending/1.0.0/payments.csv": payments(repeated=True),
        "spending/1.0.1/payments.csv": payments(repeated=False),
    }
    for path, rows in tables.items():
        yield f"datasets/{path}", text(list(rows)).encode()
    for path, content in inbox():
        yield f"inbox/{path}", content


def main(folder: Path) -> None:
    for path, content in files():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else Path(__file__).parent)
