/** Which rows a reader asked for, and in which order: exact over the whole table, reading only what decides. */
import { NEEDS_FOLDING, WHY, comparePoints, fold, isMissing, readNumber, rulesOut, testOf } from "./operators.js";
import { keyOf } from "./config.js";
import { reasonsOf, rowsWith } from "./why.js";

// Beyond this many distinct texts a language's own order takes too long on a phone; code points must do.
const COLLATED = 60_000;
const MEMO = 5_000;

/** Remember a test's answers: most columns repeat their values. */
function remembered(test) {
  const known = new Map();
  return (value) => {
    let answer = known.get(value);
    if (answer === undefined) {
      answer = test(value);
      if (known.size < MEMO) known.set(value, answer);
    }
    return answer;
  };
}

function searchWords(q) {
  return fold(q).split(/\s+/).filter(Boolean).map((word) => (/^[\d,.]+$/.test(word) && !Number.isNaN(readNumber(word)) ? word.replaceAll(",", "") : word));
}

/**
 * Conditions on a row: the columns each reads, whether a row group can be left out by its statistics alone,
 * and, given the columns of a row group, the test of its rows by their place in it.
 */
function conditions(table, query, reasons) {
  const byName = new Map(table.fields.map((field) => [field.name, field]));
  const list = query.filters.filter(({ field }) => byName.has(field)).map((filter) => {
    if (filter.op === WHY) return placesCondition(table, rowsWith(reasons, filter.field, filter.value));
    const { name, kind } = byName.get(filter.field);
    const test = remembered(testOf(filter, kind));
    return {
      columns: [name],
      skips: ({ chunks }) => rulesOut(filter, kind, chunks.get(name).statistics),
      prepare: ([values]) => (at) => test(values[at]),
    };
  });
  const words = searchWords(query.q);
  if (words.length) list.push(searchCondition(table, words));
  if (query.noted) list.push(keysCondition(table, new Set(table.notes.map((note) => note.key))));
  return list;
}

// Stands between values in one long text; no text may hold it.
const BETWEEN = "\uffff";

/** All values of a column as one folded text: one pass of the engine's own search finds all rows of a word. */
function columnText(field, values) {
  const labels = new Map(field.categories.map(({ value, label }) => [String(value), `${value} ${label}`]));
  const seen = labels.size ? values.map((value) => labels.get(String(value)) ?? value) : values;
  const text = seen.join(BETWEEN);
  return NEEDS_FOLDING.test(text) ? fold(text) : text.toLowerCase();
}

/** Mark the rows of a column in which a word stands. */
function markRows(text, word, marks) {
  let row = 0;
  let from = 0;
  for (let hit = text.indexOf(word); hit >= 0; hit = text.indexOf(word, from)) {
    for (let end = text.indexOf(BETWEEN, from); end >= 0 && end < hit; end = text.indexOf(BETWEEN, from)) {
      row += 1;
      from = end + 1;
    }
    marks[row] = 1;
    const next = text.indexOf(BETWEEN, hit);
    if (next < 0) return;
    row += 1;
    from = next + 1;
  }
}

function searchCondition(table, words) {
  return {
    columns: table.fields.map((field) => field.name),
    skips: () => false,
    prepare(columns) {
      const found = words.map(() => new Uint8Array(columns[0].length));
      columns.forEach((values, column) => {
        const text = columnText(table.fields[column], values);
        words.forEach((word, which) => markRows(text, word, found[which]));
      });
      return (at) => found.every((marks) => marks[at] === 1);
    },
  };
}

/** Rows by their keys; a single key's smallest and largest value rule row groups out. */
export function keysCondition(table, keys) {
  const columns = table.primaryKey;
  const [first] = columns;
  const wanted = [...keys];
  return {
    columns,
    skips({ chunks }) {
      if (columns.length !== 1 || !wanted.length) return !wanted.length;
      const { low, high } = chunks.get(first).statistics;
      if (typeof low !== "string" || typeof high !== "string") return false;
      return wanted.every((key) => comparePoints(key, low) < 0 || comparePoints(key, high) > 0);
    },
    prepare: (columns) => (at) => keys.has(keyOf(columns.map((values) => values[at]))),
  };
}

/** Rows by their keys, or by their numbers in a table without a key. */
function placesCondition(table, rows) {
  if (table.primaryKey.length) return keysCondition(table, rows);
  // Some column has to be read, and any will do.
  return { columns: [table.fields[0].name], skips: () => !rows.size, prepare: (_, { start }) => (at) => rows.has(String(start + at + 1)) };
}

const nextTask = () => new Promise((resolve) => setTimeout(resolve));

/**
 * Walk through row groups with their columns read. Lets other messages in between, so that a newer question can stop it.
 * @param {(index: number, columns: unknown[][]) => void} visit
 */
export async function walk(file, indexes, names, { stopped, onProgress }, visit) {
  const { requests, arrivals } = file.plan(indexes, names);
  const total = requests.reduce((sum, { start, end }) => sum + end - start, 0);
  const coming = arrivals();
  let read = 0;
  let reached = 0;
  let breath = performance.now();
  const pending = requests.map(({ start }) => start);
  for (const index of indexes) {
    const end = file.endOf(index, names);
    while (pending.length && pending[0] < end) {
      const { value } = await coming.next();
      pending.shift();
      read += value.end - value.start;
      reached = Math.max(reached, value.end);
      onProgress?.({ read, total });
    }
    if (stopped()) return false;
    visit(index, await Promise.all(names.map((name) => file.column(index, name))));
    if (performance.now() - breath > 40) {
      await nextTask();
      breath = performance.now();
    }
  }
  return true;
}

/**
 * Row numbers that pass, ascending; null where all do.
 * @param {{stopped: () => boolean, onProgress?: Function, onFound?: (rows: number[]) => void}} control
 */
export async function matching(file, table, query, control) {
  const asks = query.filters.some(({ op }) => op === WHY);
  const list = conditions(table, query, asks ? await reasonsOf(table) : null);
  if (!list.length) return null;
  return rowsWhere(file, list, control);
}

export async function rowsWhere(file, list, control) {
  const names = [...new Set(list.flatMap(({ columns }) => columns))];
  const indexes = file.groups.map((_, index) => index).filter((index) => !list.some(({ skips }) => skips(file.groups[index])));
  const places = list.map(({ columns }) => columns.map((name) => names.indexOf(name)));
  const found = [];
  const done = await walk(file, indexes, names, control, (index, columns) => {
    const tests = list.map(({ prepare }, which) => prepare(places[which].map((place) => columns[place]), file.groups[index]));
    const { start, rows } = file.groups[index];
    for (let at = 0; at < rows; at += 1) {
      if (tests.every((passes) => passes(at))) found.push(start + at);
    }
    control.onFound?.(found);
  });
  return done ? found : undefined;
}

/** Numbers by which rows are sorted: smaller first, missing as NaN. */
function ranks(values, field, language) {
  if (field.kind === "number") return Float64Array.from(values, (value) => (isMissing(value) ? NaN : Number(value)));
  const labels = new Map(field.categories.map(({ value }, place) => [String(value), place]));
  if (labels.size) return Float64Array.from(values, (value) => (isMissing(value) ? NaN : labels.get(String(value)) ?? labels.size));
  if (isAscending(values)) return Float64Array.from(values.keys());
  const distinct = [...new Set(values.filter((value) => !isMissing(value)))];
  const rankOf = new Map(sortTexts(distinct, field, language).map((value, rank) => [value, rank]));
  return Float64Array.from(values, (value) => (isMissing(value) ? NaN : rankOf.get(value)));
}

/** A file sorted by a column of codes needs no second sorting. */
function isAscending(values) {
  return values.every((value, at) => typeof value === "string" && /^[\dA-Z.-]+$/.test(value) && (at === 0 || values[at - 1] < value));
}

function sortTexts(values, field, language) {
  const plain = field.kind !== "text" || values.length > COLLATED || values.every((value) => /^[\d.-]*$/.test(value));
  if (plain) return values.sort((left, right) => comparePoints(String(left), String(right)));
  const collator = new Intl.Collator(language, { numeric: true });
  return values.sort((left, right) => collator.compare(left, right) || comparePoints(left, right));
}

/** Row numbers in the order asked for; missing values last either way, equal ones as in the file. */
export async function ordered(file, table, rows, sort, language, control) {
  const field = table.fields.find(({ name }) => name === sort.field);
  if (!field) return rows;
  const groups = groupsOf(file, rows);
  const values = [];
  const done = await walk(file, groups.map(({ index }) => index), [field.name], control, (index, [column]) => {
    const own = groups.find((group) => group.index === index);
    for (const place of own.places ?? column.keys()) values.push(column[place]);
  });
  if (!done) return undefined;
  const keys = ranks(values, field, language);
  const order = Uint32Array.from(values.keys());
  const sign = sort.descending ? -1 : 1;
  order.sort((left, right) => {
    const [a, b] = [keys[left], keys[right]];
    if (a === b) return left - right;
    if (a !== a) return b !== b ? left - right : 1;
    return b !== b ? -1 : sign * (a - b);
  });
  return rows ? Uint32Array.from(order, (at) => rows[at]) : order;
}

/** Ascending row numbers by row group; `places` is undefined where all rows of all groups are meant. */
export function groupsOf(file, rows) {
  if (!rows) return file.groups.map((_, index) => ({ index }));
  const groups = [];
  let index = 0;
  for (const row of rows) {
    while (row >= file.groups[index].start + file.groups[index].rows) index += 1;
    if (groups.at(-1)?.index !== index) groups.push({ index, places: [] });
    groups.at(-1).places.push(row - file.groups[index].start);
  }
  return groups;
}

/** Values of some rows, in the order in which the rows are given: one object of columns by name. */
export async function readRows(file, rows, names) {
  const sorted = [...new Set(rows)].sort((left, right) => left - right);
  const groups = groupsOf(file, sorted);
  const { arrivals } = file.plan(groups.map(({ index }) => index), names);
  for await (const arrived of arrivals()) void arrived;
  const placeOf = new Map(sorted.map((row, place) => [row, place]));
  const columns = {};
  for (const name of names) {
    const parts = await Promise.all(groups.map(({ index, places }) => file.pick(index, name, places)));
    const values = parts.flat();
    columns[name] = Array.from(rows, (row) => values[placeOf.get(row)]);
  }
  return columns;
}
