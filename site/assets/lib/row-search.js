// The rows of the tables, found by name, word or code. The index lies in small parts, and a query loads those with its
// own grams and rows. It cuts texts as datagazette/search/row_entries.py does.

import { words } from "./dom.js";

const siteRoot = new URL("../../../", import.meta.url);
const CJK = "\\u3040-\\u30ff\\u3400-\\u9fff\\uac00-\\ud7af";
const RUNS = new RegExp(`[${CJK}]+|[^${CJK}]+`, "g");
const IS_CJK = new RegExp(`[${CJK}]`);
const LETTERS = 3;
const DIGITS = 6;
const MOST_BLOCKS = 8;
const EMPTY = { count: 0, rows: [] };

const loaded = new Map();

function load(path) {
  const address = new URL(`search/${words.edition}/${path}`, siteRoot).href;
  if (!loaded.has(address)) loaded.set(address, fetchJson(address).catch((error) => (loaded.delete(address), Promise.reject(error))));
  return loaded.get(address);
}

/** Loads what every query takes. */
export const prepareRows = () => load("rows.json");

async function fetchJson(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${response.status} ${address}`);
  return response.json();
}

export const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().normalize("NFC");

function gramsOf(run) {
  if (!IS_CJK.test(run)) return [[...run].slice(0, /^\p{Nd}+$/u.test(run) ? DIGITS : LETTERS).join("")];
  const letters = [...run];
  return letters.length === 1 ? letters : letters.slice(1).map((letter, at) => letters[at] + letter);
}

const runsOf = (query) => (folded(query).match(/[\p{L}\p{N}]+/gu) ?? []).flatMap((word) => word.match(RUNS));

function shardOf(gram, shards) {
  let value = 0;
  for (const letter of gram) value = (Math.imul(value, 31) + letter.codePointAt(0)) >>> 0;
  return value % shards;
}

function numbers(steps) {
  let at = 0;
  return steps.map((step) => (at += step));
}

/** Of one word of the query: the rows that may hold it, those that begin with it first. */
async function candidates(run, { shards }) {
  const lists = await Promise.all(gramsOf(run).map(async (gram) => (await load(`grams/${shardOf(gram, shards)}.json`))[gram] ?? [[], []]));
  const sets = lists.map(([first, other]) => new Set([...numbers(first), ...numbers(other)]));
  const [first, other] = lists[0].map(numbers);
  return [...first, ...other].filter((row) => sets.every((set) => set.has(row)));
}

/** Rows that may hold every word; where no row does by its own words, those of the rarest, whose context is read then. */
function together(lists) {
  const [rarest, ...rest] = [...lists].sort((a, b) => a.length - b.length);
  const sets = rest.map((list) => new Set(list));
  const all = rarest.filter((row) => sets.every((set) => set.has(row)));
  return all.length ? all : lists.filter((list) => list.length).sort((a, b) => a.length - b.length)[0] ?? [];
}

/** @returns {Promise<{count: number, rows: object[]}>} best first; `count` is an upper bound where much was found */
export async function searchRows(query, filters) {
  const runs = runsOf(query);
  if (!runs.length) return EMPTY;
  const index = await load("rows.json");
  const found = together(await Promise.all(runs.map((run) => candidates(run, index))));
  const blocks = [...new Set(found.map((row) => Math.floor(row / index.block)))].slice(0, MOST_BLOCKS);
  const held = new Map(await Promise.all(blocks.map(async (number) => [number, await load(`rows/${number}.json`)])));
  const rows = found
    .filter((row) => held.has(Math.floor(row / index.block)))
    .map((row) => entry(held.get(Math.floor(row / index.block)), row % index.block, index))
    .filter((row) => runs.every((run) => row.text.includes(run)) && passes(row, filters));
  const asked = folded(query).trim();
  for (const row of rows) row.rank = rankOf(row, asked, runs);
  const kept = withoutTwins(rows).sort((a, b) => a.rank - b.rank || a.shelfNumber - b.shelfNumber || a.title.length - b.title.length);
  const left = filters && Object.keys(filters).length ? 0 : found.filter((row) => !held.has(Math.floor(row / index.block))).length;
  return { count: kept.length + left, rows: kept };
}

function entry({ shelves, rows }, at, { catalogue }) {
  const [shelfNumber, key, title, context, others, leads] = rows[at];
  const shelf = shelves[shelfNumber];
  const kind = shelf.places ? words.kind_place : words.kind_row;
  return { shelfNumber, shelf, shelves, key, title, context, kind, leads, catalogue, text: folded(`${title} ${context} ${others}`) };
}

/** 0: the query is the row's name, or all its letters but the kind of place; 1: the name begins so; 2: it stands in it; 3: else. */
function rankOf(row, asked, runs) {
  const title = folded(row.title);
  if (title === asked || row.text.split(" ").includes(asked)) return 0;
  if (title.startsWith(asked)) return 1;
  return runs.every((run) => title.includes(run)) ? 2 : 3;
}

/** A place is in the list of places and in that of its level: the first is kept, with the better rank of the two. */
function withoutTwins(rows) {
  const kept = new Map();
  for (const row of rows) {
    const name = `${row.key} ${row.title}`;
    const twin = kept.get(name);
    const first = !twin || row.shelf.places ? row : twin;
    kept.set(name, { ...first, rank: Math.min(row.rank, twin?.rank ?? row.rank) });
  }
  return [...kept.values()];
}

function passes({ shelf, kind }, { kind: wanted, theme, region } = {}) {
  return (!wanted || wanted === kind) && (!theme || shelf.theme.includes(theme)) && (!region || shelf.region.includes(region));
}

const page = (path, query) => new URL(`${path}?${new URLSearchParams(query)}`, siteRoot).href;

/** Where the row itself is shown. */
export const rowAddress = ({ shelf, key }) => page(shelf.explore, { table: shelf.table, key });

/** Where a region's name leads: `{href, kind, count, place, title}`, `kind` being `datasets` or `rows`. */
export function leadsOf({ key, title: name, leads, shelves, catalogue }) {
  if (!leads) return [];
  const [datasets, mentions, around] = leads;
  const [code, place, count] = datasets ? [key, name, datasets] : around;
  const about = count ? [{ kind: "datasets", count, place, href: page(catalogue, { region: code }) }] : [];
  const rows = mentions.map(([number, field, count]) => {
    const shelf = shelves[number];
    return { kind: "rows", count, title: `${shelf.dataset} · ${shelf.title}`, href: page(shelf.explore, { table: shelf.table, w: `${field}.is.${key}` }) };
  });
  return [...about, ...rows];
}
