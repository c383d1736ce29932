/** A selection as CSV (RFC 4180): raw values under the fields' names. */

const SLICE = 5_000;

// What a spreadsheet would compute; datagazette/downloads/csv.py says the same of the files to download.
const FORMULA = /^(?:[=@\t\r]|[+-](?![0-9][0-9.,]*%?$))/;

function cell(value, excel) {
  if (value === null || value === undefined) return "";
  const text = excel && typeof value === "string" && FORMULA.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Lines of explanation before the table, each marked with `#`; line breaks within one become spaces. */
function preamble(lines) {
  return lines.map((line) => `# ${line.replace(/\s*[\r\n]+\s*/g, " ")}\r\n`).join("");
}

/**
 * @param {{columns: string[], about: string[], excel: boolean}} request `excel` adds the mark by which Excel knows UTF-8
 * @returns {Promise<Blob|undefined>}
 */
export async function writeCsv({ columns, about, excel }, count, read, { stopped, onProgress }) {
  const parts = [excel ? "\ufeff" : "", preamble(about), `${columns.map((name) => cell(name, excel)).join(",")}\r\n`];
  for (let from = 0; from < count; from += SLICE) {
    if (stopped()) return undefined;
    const to = Math.min(count, from + SLICE);
    const values = await read(from, to);
    const lines = Array.from({ length: to - from }, (_, at) => columns.map((name) => cell(values[name][at], excel)).join(","));
    parts.push(`${lines.join("\r\n")}\r\n`);
    onProgress({ rows: to, of: count });
  }
  return new Blob(parts, { type: "text/csv;charset=utf-8" });
}
