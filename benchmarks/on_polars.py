"""The same checks with pandera on polars, as a process to be measured: `on_polars.py FILE`."""

from __future__ import annotations

import sys
from datetime import date

import pandera.polars as pa
import polars as pl

KINDS = ["urban", "rural", "township", "community", "village"]
SCHEMA = pa.DataFrameSchema(
    {
        "id": pa.Column(pl.Int64, unique=True, nullable=False),
        "code": pa.Column(pl.String, pa.Check.str_matches("^[0-9]{12}$"), nullable=True),
        "name": pa.Column(pl.String, pa.Check.str_length(2, 10)),
        "kind": pa.Column(pl.String, pa.Check.isin(KINDS), nullable=True),
        "count": pa.Column(pl.Int64, pa.Check.in_range(0, 100000), nullable=True),
        "amount": pa.Column(pl.Float64, pa.Check.ge(0), nullable=True),
        "share": pa.Column(pl.Float64, pa.Check.in_range(0, 1), nullable=True),
        "active": pa.Column(pl.Boolean, nullable=True),
        "day": pa.Column(pl.Date, pa.Check.ge(date(1990, 1, 1)), nullable=True),
        "updated": pa.Column(pl.Datetime, nullable=True),
    }
)
TYPES = {
    "id": pl.Int64, "code": pl.String, "name": pl.String, "kind": pl.String, "count": pl.Int64, "amount": pl.Float64,
    "share": pl.Float64, "active": pl.Boolean, "day": pl.Date, "updated": pl.Datetime,
}  # fmt: skip

frame = pl.read_csv(sys.argv[1], schema_overrides=TYPES, ignore_errors=True)
try:
    SCHEMA.validate(frame, lazy=True)
    print("valid")
except pa.errors.SchemaErrors as errors:
    print(len(errors.failure_cases), "failure cases")
