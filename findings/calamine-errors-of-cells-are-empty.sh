#!/usr/bin/env bash
# python-calamine 0.9.1 gives an empty text for a cell that shows an error, such as #N/A or #REF!, and for a formula
# whose result was never stored: nothing distinguishes them from an empty cell.
# Seen: '', '' and '' for the error, the formula and the empty cell of one row.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check python-calamine==0.9.1 openpyxl==3.1.5
cd "$folder"
"$folder/env/bin/python" - <<'PYTHON'
from importlib.metadata import version

import openpyxl
from python_calamine import CalamineWorkbook

book = openpyxl.Workbook()
book.active.append(["#REF!", "=1+1", None, "end"])
book.active["A1"].data_type = "e"
book.save("t.xlsx")
(row,) = CalamineWorkbook.from_path("t.xlsx").get_sheet_by_index(0).to_python()
print(version("python-calamine"), row)
assert row[0] == ""
assert row[1] == ""
assert row[2] == ""
assert row[3] == "end"
PYTHON
