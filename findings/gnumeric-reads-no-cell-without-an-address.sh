#!/usr/bin/env bash
# Gnumeric reads no cell of an XLSX sheet whose cells have no address. The attribute `r` of `c` is optional (ECMA-376,
# part 1, 18.3.1.4): without it, a cell follows the one before. Nothing is said, and the sheet is empty. The addresses are
# two thirds of the bytes of a large sheet in its zip. openpyxl 3.1.5, calamine 0.9.1, readxl and LibreOffice read all.
# Seen with Gnumeric 1.12.55: "A1,5" with addresses, an empty line without.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
ssconvert --version
cd "$folder"
python3 - <<'PYTHON'
import zipfile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/sheet.xml" ContentType="{TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="a" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">'
    '<sheets><sheet name="t" sheetId="1" r:id="a"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="a" Type="{OFFICE}/worksheet" Target="sheet.xml"/></Relationships>',
}
CELLS = '<c{} t="inlineStr"><is><t>A1</t></is></c><c{}><v>5</v></c>'
for name, addresses in (("with", (' r="A1"', ' r="B1"')), ("without", ("", ""))):
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData><row r="1">{CELLS.format(*addresses)}</row></sheetData></worksheet>'
    with zipfile.ZipFile(f"{name}.xlsx", "w") as book:
        for path, text in (*PARTS.items(), ("xl/sheet.xml", sheet)):
            book.writestr(path, text)
PYTHON
for name in with without; do
    ssconvert "$name.xlsx" "$name.csv" 2>/dev/null
    echo "$name: $(cat "$name.csv")"
done
test "$(cat with.csv)" = "A1,5"
test "$(tr -d ',\n' < without.csv)" = ""
