/**
 * Why cells are empty: what the CSV has in the place of a value, from `<table>.missing.json`, which names rows by their
 * keys, or by their numbers where the table has none. Fetched once; without it cells are empty and nothing is said.
 */
import { keyOf } from "./config.js";

const files = new Map(); // address -> promise of its content, or null

/** @returns {Promise<object|null>} cells of a table by field, then by what is written in them */
export function reasonsOf({ missing }) {
  if (!missing) return Promise.resolve(null);
  if (!files.has(missing)) {
    const read = fetch(missing).then((answer) => (answer.ok ? answer.json() : null)).then((file) => file?.cells ?? null);
    files.set(missing, read.catch(() => null));
  }
  return files.get(missing);
}

const found = new WeakMap(); // cells of a field -> what is written, by row

function writtenIn(cells) {
  if (!found.has(cells)) {
    const byRow = new Map();
    for (const [written, rows] of Object.entries(cells)) for (const row of rows) byRow.set(String(row), written);
    found.set(cells, byRow);
  }
  return found.get(cells);
}

/** For each field what is written in the shown rows; `columns` hold their keys, `rows` are their numbers from 0. */
export function writtenOf(reasons, table, columns, rows) {
  if (!reasons) return {};
  const { primaryKey } = table;
  const names = rows.map((row, at) => (primaryKey.length ? keyOf(primaryKey.map((name) => columns[name][at])) : String(row + 1)));
  return Object.fromEntries(Object.entries(reasons).map(([field, cells]) => {
    const byRow = writtenIn(cells);
    return [field, names.map((name) => byRow.get(name))];
  }));
}

/** Several texts as the value of a filter, which may hold any of its signs. An empty text is `~`. */
export const joinTexts = (texts) => texts.map((text) => encodeURIComponent(text).replaceAll("~", "%7E") || "~").join("|");

export function splitTexts(value) {
  return value.split("|").filter(Boolean).map((text) => {
    try {
      return text === "~" ? "" : decodeURIComponent(text);
    } catch {
      return text;
    }
  });
}

/** The rows in which a field has one of these texts: their keys, or their numbers from 1. */
export function rowsWith(reasons, field, value) {
  const cells = reasons?.[field] ?? {};
  return new Set(splitTexts(value).flatMap((text) => cells[text] ?? []).map(String));
}
