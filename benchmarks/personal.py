"""What it costs to look for personal data: `python benchmarks/personal.py [ROWS]`.

Seconds of the processor, of all threads, for the check of a table without and with it: ten mixed columns, and such a
table in which two columns hold sentences, all of which are looked through.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks import tables
from datagazette.load.standalone import read_csv
from datagazette.tables.engine import Limits, connect
from datagazette.tables.layout import TableSource
from datagazette.validation.run import check_tables

TURNS = 5


def sentences(folder: Path, rows: int) -> tuple[Path, Path]:
    """A table with remarks and addresses, and its schema."""
    table, schema = folder / "sentences.csv", folder / "sentences.json"
    with table.open("w", encoding="utf-8") as file:
        file.write("id,remark,address,a,b,c,d,e,f,day\n")
        for row in range(rows):
            remark = "" if row % 10 else f"已经办理完毕，请查收 case {row}"
            others = f"{row % 7},{row % 13},{row * 3},{row % 2},x{row % 99},{row / 7:.3f},2024-01-0{row % 9 + 1}"
            file.write(f"{row},{remark},石桥镇东湖街道青山村{row % 999}号,{others}\n")
    types = ("integer", "string", "string", *["integer"] * 4, "string", "number", "date")
    names = ("id", "remark", "address", "a", "b", "c", "d", "e", "f", "day")
    fields = [{"name": name, "type": kind} for name, kind in zip(names, types, strict=True)]
    schema.write_text(json.dumps({"fields": fields, "primaryKey": ["id"]}), "utf-8")
    return table, schema


def seconds(table: Path, schema: Path, scratch: Path, *, screened: bool) -> float:
    """The processor's seconds of a check, the least of some turns."""
    ((described, path),) = read_csv(table, schema).tables
    found = []
    for _ in range(TURNS):
        limits = Limits(spill=scratch)
        with connect(limits) as engine:
            start = time.process_time()
            check_tables([TableSource(described, path, screened=screened)], limits=limits, engine=engine)
            found.append(time.process_time() - start)
    return min(found)


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        for name, made in (("mixed", tables.write(scratch, rows, 0)), ("sentences", sentences(scratch, rows))):
            without, with_ = (seconds(*made, scratch, screened=screened) for screened in (False, True))
            print(f"{name}: {without:.2f} s, {with_:.2f} s with personal data looked for, {with_ / without:.2f} times")


if __name__ == "__main__":
    main()
