#!/usr/bin/env bash
# DuckDB 2.0.1 copies a column from Parquet to Parquet as REQUIRED when no cell happens to be empty, and as OPTIONAL when
# one is, so that two files of one table have two schemas. An expression that can be NULL is OPTIONAL in any case.
# Seen: REQUIRED without an empty cell, OPTIONAL with one, OPTIONAL for CASE WHEN n IS NOT NULL THEN n END.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check duckdb==2.0.1
cd "$folder"
env/bin/python - <<'PYTHON'
import duckdb

database = duckdb.connect()
database.execute("COPY (SELECT range AS n FROM range(3)) TO 'rows.parquet'")
database.execute("COPY (SELECT nullif(range, 1) AS n FROM range(3)) TO 'rows-with-a-gap.parquet'")
for name, source, value in (
    ("full", "rows", "n"),
    ("gap", "rows-with-a-gap", "n"),
    ("case", "rows", "CASE WHEN n IS NOT NULL THEN n END"),
):
    database.execute(f"COPY (SELECT {value} AS n FROM read_parquet('{source}.parquet')) TO '{name}.parquet'")
found = {
    name: database.execute(
        f"SELECT repetition_type FROM parquet_schema('{name}.parquet') WHERE name = 'n'"
    ).fetchall()[0][0]
    for name in ("full", "gap", "case")
}
print(duckdb.__version__, found)
assert found["full"] == "REQUIRED"
assert found["gap"] == "OPTIONAL"
assert found["case"] == "OPTIONAL"
PYTHON
