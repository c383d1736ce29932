#!/usr/bin/env bash
# DuckDB 2.0.0 drops the offset of a text that is cast to TIMESTAMP, without an error, even with TRY_CAST: 09:00+02:00
# becomes 09:00. Cast to TIMESTAMP WITH TIME ZONE the same text is 07:00 UTC. Two texts of one moment are two values.
# Seen: 2023-05-06 09:00:00, 2023-05-06 09:00:00, 2023-05-06 07:00:00 for the two casts and the moment in UTC.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check duckdb==2.0.0
"$folder/env/bin/python" - <<'PYTHON'
import duckdb

text = "'2023-05-06T09:00:00+02:00'"
casts = (f"CAST({text} AS TIMESTAMP)", f"TRY_CAST({text} AS TIMESTAMP)",
         f"make_timestamp(epoch_us(CAST({text} AS TIMESTAMPTZ)))")
(found,) = duckdb.sql(f"SELECT {', '.join(f'CAST({cast} AS VARCHAR)' for cast in casts)}").fetchall()
print(duckdb.__version__, *found)
assert found[0] == "2023-05-06 09:00:00"
assert found[1] == "2023-05-06 09:00:00"
assert found[2] == "2023-05-06 07:00:00"
PYTHON
