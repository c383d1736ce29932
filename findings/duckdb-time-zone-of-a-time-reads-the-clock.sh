#!/usr/bin/env bash
# DuckDB moves a time with a zone but without a day (TIMETZ) to another zone by the offset of today: the same query gives
# another answer in summer than in winter. 2.0.0 lists the function `timezone` of a TIMETZ as CONSISTENT, 2.0.1 as
# CONSISTENT_WITHIN_QUERY.
# Seen: 11:00:00+01 on 15 January and 12:00:00+02 on 15 July, with both versions. Needs faketime (Debian's package).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/ask.py" <<'PYTHON'
import duckdb

moved = "CAST(CAST('10:00:00+00' AS TIMETZ) AT TIME ZONE 'Europe/Paris' AS VARCHAR)"
listed = """SELECT stability FROM duckdb_functions()
WHERE function_name = 'timezone' AND parameter_types = ['VARCHAR', 'TIME WITH TIME ZONE']"""
print(duckdb.sql(f"SELECT {moved}").fetchall()[0][0], duckdb.sql(listed).fetchall()[0][0])
PYTHON
for version in 2.0.0 2.0.1; do
  python3 -m venv "$folder/$version"
  "$folder/$version/bin/pip" install --quiet --disable-pip-version-check "duckdb==$version"
  winter=$(faketime "2026-01-15 12:00:00" "$folder/$version/bin/python" "$folder/ask.py")
  summer=$(faketime "2026-07-15 12:00:00" "$folder/$version/bin/python" "$folder/ask.py")
  echo "$version: winter $winter; summer $summer"
  test "${winter%% *}" = "11:00:00+01"
  test "${summer%% *}" = "12:00:00+02"
done
