#!/usr/bin/env bash
# DuckDB 2.0.0 reads numbers beyond a double without an error: 1e400 becomes infinity and 1e-400 becomes 0, in a cast
# and in read_csv with the type DOUBLE. Frictionless 5.21.0 keeps both as decimals, so that two different keys there
# are one key in DuckDB.
# Seen: inf, 0.0, [0.0, 0.0] for the column of two different numbers; Decimal('1E-400') and Decimal('2E-400').
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check duckdb==2.0.0 frictionless==5.21.0
printf 'id\n1e-400\n2e-400\n' > "$folder/table.csv"
cd "$folder"
env/bin/python - <<'PYTHON'
import math

import duckdb
from frictionless import Schema

((large, small),) = duckdb.sql("SELECT CAST('1e400' AS DOUBLE), CAST('1e-400' AS DOUBLE)").fetchall()
column = [row[0] for row in duckdb.sql("FROM read_csv('table.csv', columns = {'id': 'DOUBLE'})").fetchall()]
field = Schema.from_descriptor({"fields": [{"name": "id", "type": "number"}]}).get_field("id")
decimals = [field.read_cell(text)[0] for text in ("1e-400", "2e-400")]
print(duckdb.__version__, large, small, column, decimals)
assert math.isinf(large)
assert small == 0
assert column == [0, 0]
assert decimals[0] != decimals[1]
assert all(value > 0 for value in decimals)
PYTHON
