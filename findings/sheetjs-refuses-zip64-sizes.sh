#!/usr/bin/env bash
# SheetJS 0.18.5, the newest on npm, does not open a workbook whose members have sizes of 64 bits, however small they
# are: "Bad compressed size". The ZIP specification (APPNOTE 4.5.3) allows them in any archive.
# Seen: the workbook as XlsxWriter 3.3.1 writes it is read; its copy with such sizes is refused.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check xlsxwriter==3.3.1
npm install --silent --no-audit --no-fund --prefix "$folder" xlsx@0.18.5
cd "$folder"
env/bin/python - <<'PYTHON'
import zipfile

import xlsxwriter

with xlsxwriter.Workbook("plain.xlsx") as book:
    book.add_worksheet("t").write_row(0, 0, [1, 2])
with zipfile.ZipFile("plain.xlsx") as old, zipfile.ZipFile("zip64.xlsx", "w", zipfile.ZIP_DEFLATED) as new:
    for name in old.namelist():
        with new.open(name, "w", force_zip64=True) as member:
            member.write(old.read(name))
PYTHON
node - <<'NODE'
const XLSX = require("xlsx");
const read = (path) => {
  try {
    return XLSX.utils.sheet_to_json(XLSX.readFile(path).Sheets.t, { header: 1 });
  } catch (error) {
    return error.message;
  }
};
const [plain, large] = ["plain.xlsx", "zip64.xlsx"].map(read);
console.log(XLSX.version, plain, large);
if (JSON.stringify(plain) !== "[[1,2]]") throw new Error("the plain workbook is read otherwise");
if (!String(large).startsWith("Bad compressed size")) throw new Error("the other one is read otherwise");
NODE
