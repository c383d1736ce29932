/** A selection as a workbook: the rows, and a sheet that says what they are and how to cite them. Loaded only when asked for. */
import { writeXlsx } from "hucre/xlsx";

const SLICE = 5_000;
const WIDEST = 60;
// Excel keeps 15 digits and knows no day before 1 March 1900 rightly.
const DIGITS = 1e15;
const FIRST_DAY = "1900-03-01";
const LONGEST = 32_767;

function cell(value, field) {
  if (value === null || value === undefined) return null;
  if (field.kind === "number") return Math.abs(Number(value)) < DIGITS ? Number(value) : String(value);
  if (field.kind === "boolean") return value;
  const label = field.categories.find((one) => String(one.value) === String(value))?.label;
  if (label) return label;
  const text = String(value);
  if (field.type === "date" && /^\d{4}-\d\d-\d\d$/.test(text) && text >= FIRST_DAY) return new Date(`${text}T00:00:00Z`);
  return text.slice(0, LONGEST);
}

/** Rough width in Excel's characters: a Chinese one takes two. */
function widthOf(value) {
  const text = value instanceof Date ? "2000-01-01" : String(value ?? "");
  return [...text].reduce((sum, one) => sum + (one.codePointAt(0) > 0x2e80 ? 2 : 1), 0);
}

function sheetName(name) {
  return name.replace(/[\\/?*[\]:]/g, " ").slice(0, 31).trim() || "1";
}

/**
 * @param {{fields: object[], titles: string[], title: string, about: string[][], aboutTitle: string}} request
 * @returns {Promise<Blob|undefined>}
 */
export async function writeWorkbook({ fields, titles, title, about, aboutTitle }, count, read, { stopped, onProgress }) {
  const rows = [titles];
  const widths = titles.map(widthOf);
  for (let from = 0; from < count; from += SLICE) {
    if (stopped()) return undefined;
    const to = Math.min(count, from + SLICE);
    const values = await read(from, to);
    for (let at = 0; at < to - from; at += 1) {
      const row = fields.map((field) => cell(values[field.name][at], field));
      row.forEach((value, column) => (widths[column] = Math.max(widths[column], widthOf(value))));
      rows.push(row);
    }
    onProgress({ rows: to, of: count });
  }
  const sheets = [
    { name: sheetName(title), rows, columns: widths.map((width) => ({ width: Math.min(WIDEST, width + 2) })), freezePane: { rows: 1 } },
    { name: sheetName(aboutTitle), rows: about, columns: [{ width: 24 }, { width: 100 }] },
  ];
  const bytes = await writeXlsx({ sheets });
  return new Blob([bytes], { type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" });
}
