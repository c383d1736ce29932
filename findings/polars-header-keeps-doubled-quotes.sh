#!/usr/bin/env bash
# Polars 2.1.0 reads doubled quotation marks within a quoted cell of a CSV as one (RFC 4180), and within a quoted header
# as two: a column has another name than in every other program.
# Seen: say ""x"" for the header "say ""x""", say "x" for the cell below it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check polars==2.1.0
cd "$folder"
printf '"say ""x"""\n"say ""x"""\n' > t.csv
env/bin/python - <<'PYTHON'
import polars

frame = polars.read_csv("t.csv")
print(polars.__version__, frame.columns, frame.row(0))
assert frame.columns == ['say ""x""']
assert frame.row(0) == ('say "x"',)
PYTHON
