"""Checks one CSV, as a process to be measured: `ours.py FILE SCHEMA [MEMORY]`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from publisher.checks import TableSource, check_tables
from publisher.checks.report import as_frictionless
from publisher.engine import Limits
from publisher.model import Table
from publisher.schemas import parse_dialect, parse_schema


def main(file: str, schema_file: str, memory: str = "2GB") -> None:
    schema, _ = parse_schema(json.loads(Path(schema_file).read_text("utf-8")), "schema", schema_file, ["en"])
    assert schema is not None
    dialect, _ = parse_dialect({}, "utf-8", file)
    source = TableSource(Table("table", Path(file).name, file, schema, dialect), Path(file))
    reports = check_tables([source], limits=Limits(memory=memory))
    json.dump(as_frictionless(reports), sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
