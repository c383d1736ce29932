// As cells.py, for Node.js: node cells.mjs READER < tables
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const ours = createRequire(new URL("../../../package.json", import.meta.url));
const own = createRequire(import.meta.url);

const coded = (value) => {
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return `t${value}`;
  if (typeof value === "boolean") return `b${value}`;
  if (typeof value === "number" || typeof value === "bigint") return `n${value}`;
  if (value instanceof Date) return `d${value.toISOString().slice(0, -1)}`;
  return `o${JSON.stringify(value, (_, part) => (typeof part === "bigint" ? String(part) : part))}`;
};

const sheetjs = (sheet, XLSX) => {
  const [columns, ...rows] = XLSX.utils.sheet_to_json(sheet, { header: 1, defval: null, blankrows: true });
  return { columns: columns.map(String), rows };
};

const parquet = async (table) => {
  const { parquetReadObjects, parquetMetadata, parquetSchema } = await import(ours.resolve("hyparquet"));
  const { decompress } = await import(ours.resolve("fzstd"));
  const bytes = readFileSync(table.path);
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  const columns = parquetSchema(parquetMetadata(file)).children.map((column) => column.element.name);
  const objects = await parquetReadObjects({
    file,
    compressors: table.texts ? { ZSTD: (input, length) => decompress(input, new Uint8Array(length)) } : undefined,
  });
  return { columns, rows: objects.map((row) => columns.map((name) => row[name])) };
};

const readers = {
  sheetjs_csv: (table) => {
    const XLSX = own("xlsx");
    const book = table.texts
      ? XLSX.read(readFileSync(table.path, "utf-8"), { type: "string", raw: true })
      : XLSX.readFile(table.path);
    return sheetjs(book.Sheets[book.SheetNames[0]], XLSX);
  },
  sheetjs_xlsx: (table) => {
    const XLSX = own("xlsx");
    return sheetjs(XLSX.readFile(table.path, table.texts ? { cellDates: true, UTC: true } : {}).Sheets[table.sheet], XLSX);
  },
  exceljs_xlsx: async (table) => {
    const book = new (own("exceljs").Workbook)();
    await book.xlsx.readFile(table.path);
    const sheet = book.getWorksheet(table.sheet);
    const { rowCount, columnCount } = sheet;
    const lines = Array.from({ length: rowCount }, (_, row) =>
      Array.from({ length: columnCount }, (_, column) => sheet.getRow(row + 1).getCell(column + 1).value),
    );
    return { columns: lines[0].map(String), rows: lines.slice(1) };
  },
  hyparquet_parquet: parquet,
  node_json: (table) => {
    const found = JSON.parse(readFileSync(table.path, "utf-8"));
    const columns = Object.keys(found[0] ?? {});
    return { columns, rows: found.map((row) => columns.map((name) => row[name])) };
  },
};

const answers = [];
for (const table of JSON.parse(readFileSync(0, "utf-8"))) {
  try {
    const { columns, rows } = await readers[process.argv[2]](table);
    answers.push({ columns, rows: rows.map((row) => Array.from(row, coded)) });
  } catch (error) {
    answers.push({ error: String(error.message ?? error) });
  }
}
process.stdout.write(JSON.stringify(answers));
