#!/usr/bin/env bash
# SheetJS 0.18.5 gives no text for a cell whose number format has a letter without a backslash or quotation marks, such
# as yyyy-mm-ddThh:mm:ss. LibreOffice shows it, and Excel's TEXT() takes the same format.
# Seen: no text for the bare T, 2021-05-06T07:08:09 for \T and for "T".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check xlsxwriter==3.3.1
npm install --silent --no-audit --no-fund --prefix "$folder" xlsx@0.18.5
cd "$folder"
env/bin/python - <<'PYTHON'
import xlsxwriter

with xlsxwriter.Workbook("moments.xlsx") as book:
    sheet = book.add_worksheet("t")
    for row, letter in enumerate(("T", "\\T", '"T"')):
        form = book.add_format({"num_format": f"yyyy-mm-dd{letter}hh:mm:ss"})
        sheet.write_number(row, 0, 44322 + (7 * 3600 + 8 * 60 + 9) / 86400, form)
PYTHON
node - <<'NODE'
const XLSX = require("xlsx");
const sheet = XLSX.readFile("moments.xlsx", { cellDates: true }).Sheets.t;
const seen = ["A1", "A2", "A3"].map((cell) => sheet[cell].w);
console.log(XLSX.version, seen);
if (seen[0] !== undefined) throw new Error("a bare letter is shown");
if (seen[1] !== "2021-05-06T07:08:09") throw new Error("a letter behind a backslash is shown otherwise");
if (seen[2] !== "2021-05-06T07:08:09") throw new Error("a letter within quotation marks is shown otherwise");
NODE
