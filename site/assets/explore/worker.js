/** Off the page's thread: reads the file, answers questions about it, writes downloads. The newest question stops older ones. */
import { openParquet } from "./parquet.js";
import { keysCondition, matching, ordered, readRows, rowsWhere } from "./select.js";
import { writeCsv } from "./csv.js";
import { reasonsOf, writtenOf } from "./why.js";

const tables = new Map();
const ahead = new Map(); // address of a file -> its parts that the page has asked for
let newest = 0;

/** The table as opened: its file, and what was last asked of it. */
function opened(table, url, query) {
  if (!tables.has(table.name)) {
    const where = { url, bytes: table.bytes, rows: table.rows, columns: table.fields.length };
    const head = !query.q && !query.filters.length && !query.sort && query.page === 1;
    // A size that is not the file's own makes its end unreadable: ask the server for it.
    const file = openParquet({ ...where, head, ahead: ahead.get(url) }).catch(() => openParquet({ ...where, bytes: undefined }));
    file.catch(() => tables.delete(table.name));
    tables.set(table.name, { file, matched: {}, sorted: {} });
  }
  return tables.get(table.name);
}

async function remember(slot, question, answer) {
  const key = JSON.stringify(question);
  if (slot.key !== key) {
    const value = await answer();
    if (value === undefined) return undefined;
    Object.assign(slot, { key, value });
  }
  return slot.value;
}

/** @returns {Promise<{file, rows: ArrayLike<number>|null}|undefined>} undefined: stopped */
async function select({ table, url, query, language }, control) {
  const entry = opened(table, url, query);
  const file = await entry.file;
  const { filters, q, noted, sort } = query;
  const matched = await remember(entry.matched, { filters, q, noted }, () => matching(file, table, query, control));
  if (matched === undefined) return undefined;
  if (!sort) return { file, rows: matched };
  const rows = await remember(entry.sorted, { filters, q, noted, sort }, () =>
    ordered(file, table, matched, sort, language, { ...control, onFound: undefined }));
  return rows === undefined ? undefined : { file, rows };
}

async function rowOfKey(file, table, key, control) {
  if (!table.primaryKey.length) return -1;
  const rows = await rowsWhere(file, [keysCondition(table, new Set([key]))], { stopped: control.stopped });
  return rows === undefined ? undefined : rows[0] ?? -1;
}

function placeOf(rows, row) {
  return rows ? rows.indexOf(row) : row;
}

function slice(rows, from, to, total) {
  if (rows) return Array.from(rows.slice(from, to));
  return Array.from({ length: Math.max(0, Math.min(to, total) - from) }, (_, at) => from + at);
}

const questions = {
  /** One page of the selection, its size, and where a row with a given key stands in it. */
  async page(request, control) {
    const { table, query, columns, size, key } = request;
    const early = earlyPage(request, control);
    const selected = await select(request, { ...control, onFound: early });
    if (!selected) return undefined;
    const { file, rows } = selected;
    let place = -1;
    let known = -1;
    if (key !== undefined) {
      known = await rowOfKey(file, table, key, control);
      if (known === undefined) return undefined;
      place = known < 0 ? -1 : placeOf(rows, known);
    }
    const count = rows ? rows.length : file.rows;
    const wanted = place >= 0 && request.seek ? Math.floor(place / size) + 1 : query.page;
    const page = Math.min(Math.max(1, wanted), Math.max(1, Math.ceil(count / size)));
    const shown = slice(rows, (page - 1) * size, page * size, file.rows);
    const costs = { search: file.cost(file.names), columns: Object.fromEntries(file.names.map((name) => [name, file.cost([name])])) };
    const values = await readRows(file, shown, columns);
    const written = writtenOf(await reasonsOf(table), table, values, shown);
    return { count, total: file.rows, page, columns: values, written, keyFound: known >= 0, keyPlace: place, costs };
  },

  /** The selection as a file. */
  async download(request, control) {
    const selected = await select(request, control);
    if (!selected) return undefined;
    const { file } = selected;
    const rows = selected.rows ?? Uint32Array.from({ length: file.rows }, (_, at) => at);
    const names = request.columns;
    const read = (from, to) => readRows(file, Array.from(rows.slice(from, to)), names);
    if (request.format === "csv") return writeCsv(request, rows.length, read, control);
    const { writeWorkbook } = await import("./xlsx.js");
    return writeWorkbook(request, rows.length, read, control);
  },
};

/** Shows the first rows as soon as a page is full, while counting goes on. */
function earlyPage({ id, query, size, columns, table }, { stopped }) {
  if (query.sort || query.page > 1) return undefined;
  let sent = false;
  return async (found) => {
    if (sent || found.length < size) return;
    sent = true;
    const file = await tables.get(table.name).file;
    const values = await readRows(file, found.slice(0, size), columns);
    if (!stopped()) postMessage({ id, early: { columns: values } });
  };
}

/** Parts that the page is reading. A host without ranges sends the whole file, which is then all of them. */
function expect({ url, parts }) {
  const coming = ({ start, end }) => {
    const one = { start, end };
    one.data = new Promise((resolve, reject) => Object.assign(one, { resolve, reject }));
    one.data.catch(() => {});
    return one;
  };
  ahead.set(url, parts.map(coming));
}

function take({ url, start, part }) {
  const one = ahead.get(url).find((expected) => expected.start === start);
  const isWhole = part?.byteLength > one.end - one.start;
  for (const expected of isWhole ? ahead.get(url) : [one]) {
    if (part) expected.resolve(part);
    else expected.reject(new Error("not there"));
  }
}

addEventListener("message", async ({ data }) => {
  const { id, ask } = data;
  if (ask === "ahead") return expect(data);
  if (ask === "part") return take(data);
  if (ask === "stop" || ask === "page") newest = id;
  if (ask === "stop") return;
  const control = {
    stopped: () => ask === "page" && newest !== id,
    onProgress: (progress) => postMessage({ id, progress }),
  };
  try {
    const answer = await questions[ask](data, control);
    postMessage(answer === undefined ? { id, stopped: true } : { id, answer });
  } catch (error) {
    postMessage({ id, error: String(error?.message ?? error) });
  }
});
