#!/usr/bin/env bash
# DuckDB 2.0.1 declares a column of Parquet REQUIRED when no cell happens to be empty, and OPTIONAL when one is, so that
# two files of one table have two schemas. An expression that can be NULL is OPTIONAL in any case.
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
database.execute("COPY (SELECT nullif(range, 1) AS n FROM range(3)) TO 'gap.parquet'")
database.execute(
    "COPY (SELECT CASE WHEN n IS NOT NULL THEN n END AS n FROM read_parquet('rows.parquet')) TO 'case.parquet'"
)
found = {
    name: database.execute(
        f"SELECT repetition_type FROM parquet_schema('{name}.parquet') WHERE name = 'n'"
    ).fetchall()[0][0]
    for name in ("rows", "gap", "case")
}
print(duckdb.__version__, found)
assert found["rows"] == "REQUIRED"
assert found["gap"] == "OPTIONAL"
assert found["case"] == "OPTIONAL"
PYTHON
