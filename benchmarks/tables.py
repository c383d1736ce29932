"""The tables that are measured: ten mixed columns, fine, with one bad row in a hundred, or all bad."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from pathlib import Path

FAULTS = {"valid": 0.0, "one in a hundred bad": 0.01, "all bad": 1.0}
_KINDS = ("urban", "rural", "township", "community", "village")
_FIRST = date(2000, 1, 1)

SCHEMA = {
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


def write(folder: Path, rows: int, bad: float) -> tuple[Path, Path]:
    """The CSV and its schema; the same bytes each time."""
    folder.mkdir(parents=True, exist_ok=True)
    schema = folder / "schema.json"
    schema.write_text(json.dumps(SCHEMA), "utf-8")
    path = folder / f"{rows}-{round(bad * 100)}.csv"
    if not path.exists():
        chance = random.Random(rows)
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write(",".join(str(one["name"]) for one in SCHEMA["fields"]) + "\n")  # type: ignore[index]
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
