/** A selection as CSV (RFC 4180): raw values under the fields' names. */

const SLICE = 5_000;

function cell(value) {
  if (value === null || value === undefined) return "";
  const text = String(value);
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
  const parts = [excel ? "\ufeff" : "", preamble(about), `${columns.map(cell).join(",")}\r\n`];
  for (let from = 0; from < count; from += SLICE) {
    if (stopped()) return undefined;
    const to = Math.min(count, from + SLICE);
    const values = await read(from, to);
    const lines = Array.from({ length: to - from }, (_, at) => columns.map((name) => cell(values[name][at])).join(","));
    parts.push(`${lines.join("\r\n")}\r\n`);
    onProgress({ rows: to, of: count });
  }
  return new Blob(parts, { type: "text/csv;charset=utf-8" });
}
