// The rows of the tables, found by name, word or code. The index lies in small files, and a query loads those with its
// own grams and rows: the rows whose name is the same in every language, and those of the page's language. It cuts
// texts as datagazette/search/row_texts.py does, and reads files as row_files.py writes them.

import { words } from "./dom.js";

const siteRoot = new URL("../../../", import.meta.url);
const CJK = "\\u3040-\\u30ff\\u3400-\\u9fff\\uac00-\\ud7af";
const RUNS = new RegExp(`[${CJK}]+|[^${CJK}]+`, "g");
const IS_CJK = new RegExp(`[${CJK}]`);
const FORM = 2;
const LETTERS = 3;
const DIGITS = 6;
const MOST_BLOCKS = 8;
const FEW = 16; // rows that are all read, though each may be in a block of its own
const LONGEST_CONTEXT = 120;
const EMPTY = { count: 0, rows: [] };

const loaded = new Map();

/** What `read` makes of a file, which is asked for once. */
function load(path, read) {
  if (!loaded.has(path)) loaded.set(path, read(path).catch((error) => (loaded.delete(path), Promise.reject(error))));
  return loaded.get(path);
}

async function fetched(path) {
  const response = await fetch(new URL(`search/${path}`, siteRoot));
  if (!response.ok) throw new Error(`${response.status} ${response.url}`);
  return response;
}

/** The JSON of a compressed file. */
async function unpacked(path) {
  const { body } = await fetched(path);
  return new Response(body.pipeThrough(new DecompressionStream("deflate"))).json();
}

const about = () => load("rows.json", async (path) => {
  const found = await (await fetched(path)).json();
  if (found.form !== FORM) throw new Error(`${path} has form ${found.form}`);
  const parts = ["shared", words.edition].filter((name) => found.parts[name]).map((name) => ({ name, ...found.parts[name] }));
  return { ...found, parts, language: found.languages.indexOf(words.edition) };
});

const often = ({ name, often: count }) => (count ? load(`${name}/often.bin`, unpacked) : []);

/** Loads what every query takes. */
export const prepareRows = async () => Promise.all((await about()).parts.map(often));

export const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().normalize("NFC");

function gramsOf(run) {
  if (!IS_CJK.test(run)) return [[...run].slice(0, /^\p{Nd}+$/u.test(run) ? DIGITS : LETTERS).join("")];
  const letters = [...run];
  return letters.length === 1 ? letters : letters.slice(1).map((letter, at) => letters[at] + letter);
}

const runsOf = (query) => (folded(query).match(/[\p{L}\p{N}]+/gu) ?? []).flatMap((word) => word.match(RUNS));

function numbers(steps) {
  let at = 0;
  return steps.map((step) => (at += step));
}

/** The grams of a file, each with the rows whose name begins with it, and the others that have it. */
async function gramsOfFile(path) {
  const { grams, first, other } = await unpacked(path);
  return new Map(withStarts(grams).map((gram, at) => [gram, [first[at], other[at]]]));
}

/** Where a gram leads. */
async function posting(part, gram) {
  const place = part.grams.findLastIndex((first) => first <= gram);
  const found = place >= 0 && (await load(`${part.name}/grams/${place}.bin`, gramsOfFile)).get(gram);
  return (found || [[], []]).map(numbers);
}

/** Of one word of the query: the rows of a part that may hold it, those that begin with it first. */
async function candidates(part, run) {
  const lists = await Promise.all(gramsOf(run).map((gram) => posting(part, gram)));
  const sets = lists.map(([first, other]) => new Set([...first, ...other]));
  return lists[0].flat().filter((row) => sets.every((set) => set.has(row)));
}

/** Rows that may hold every word. */
function together(lists) {
  const [rarest, ...rest] = [...lists].sort((a, b) => a.length - b.length);
  const sets = rest.map((list) => new Set(list));
  return rarest.filter((row) => sets.every((set) => set.has(row)));
}

const shortest = (lists) => lists.filter((list) => list.length).sort((a, b) => a.length - b.length)[0] ?? [];

/** @returns {Promise<{count: number, rows: object[]}>} best first; `count` is an upper bound where much was found */
export async function searchRows(query, filters) {
  const runs = runsOf(query);
  if (!runs.length) return EMPTY;
  const index = await about();
  const lists = await Promise.all(index.parts.map((part) => Promise.all(runs.map((run) => candidates(part, run)))));
  const all = lists.map(together);
  // Where no row has every word of its own, those with the rarest word are read: what is around them may have the others.
  const found = all.some((rows) => rows.length) ? all : lists.map(shortest);
  const read = await Promise.all(index.parts.map((part, at) => rowsOf(part, found[at], index)));
  const rows = read.flatMap((part) => part.rows).filter((row) => runs.every((run) => row.text.includes(run)) && passes(row, filters));
  const asked = folded(query).trim();
  for (const row of rows) row.rank = rankOf(row, asked, runs);
  const kept = withoutTwins(rows).sort((a, b) =>
    a.rank - b.rank || a.shelfNumber - b.shelfNumber || a.title.length - b.title.length || inOrder(a.title, b.title));
  const left = filters && Object.keys(filters).length ? 0 : read.reduce((sum, part) => sum + part.left, 0);
  return { count: kept.length + left, rows: kept };
}

/** The rows of these numbers in the first blocks, and how many are left in the others. */
async function rowsOf(part, found, { block, language }) {
  const blocks = [...new Set(found.map((row) => Math.floor(row / block)))].slice(0, found.length > FEW ? MOST_BLOCKS : FEW);
  const read = (place) => load(`${part.name}/rows/${place}.bin`, async (path) => rowsOfBlock(...await Promise.all([unpacked(path), often(part)]), language));
  const held = new Map(await Promise.all(blocks.map(async (place) => [place, await read(place)])));
  const inHeld = found.filter((row) => held.has(Math.floor(row / block)));
  const rows = inHeld.map((row) => held.get(Math.floor(row / block))(row % block)).filter(Boolean);
  return { rows, left: found.length - inHeld.length };
}

/** What makes the row of a place in a block. A text is one for all languages, or one for each. */
function rowsOfBlock({ shelves: listed, tables }, texts, language) {
  const said = (text) => (Array.isArray(text) ? text[language] : text);
  const shelves = Object.fromEntries(Object.entries(listed).map(([number, { said: own, explore, ...shelf }]) =>
    [number, { ...shelf, ...(own[language] ?? own[0]), explore: words.prefix + explore }]));
  const places = tables.flatMap(({ shelf: shelfNumber, keys, titles, words: others = [], around, leads = [] }) => {
    const columns = around.map((column) => withTexts(column, texts));
    const whole = withStarts(keys);
    const shelf = shelves[shelfNumber];
    const kind = shelf.places ? words.kind_place : words.kind_row;
    return titles.map((title, at) => () => {
      const beside = new Set(columns.map((column) => said(column[at])).filter((text) => text && text !== title));
      const context = cut([...beside].join(" · "));
      const text = folded(`${title} ${context} ${others[at] ?? ""} ${whole[at]}`);
      return { shelfNumber, shelf, shelves, key: whole[at], title, context, kind, leads: leads[at], text, said };
    });
  });
  return (place) => places[place]?.();
}

/** A column with the texts in place of their numbers, each of which is the difference from the one above. */
function withTexts(column, texts) {
  let at = 0;
  return column.map((value) => (typeof value === "number" ? texts[(at += value)] : value));
}

/** Texts as they are: the first letter of each says how many letters it shares with the one before. */
function withStarts(texts) {
  let before = [];
  return texts.map((text) => {
    before = [...before.slice(0, text.charCodeAt(0) - 48), ...text.slice(1)];
    return before.join("");
  });
}

function cut(text) {
  const letters = [...text];
  return letters.length > LONGEST_CONTEXT ? `${letters.slice(0, LONGEST_CONTEXT).join("").trimEnd()}…` : text;
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

const inOrder = (a, b) => Number(a > b) - Number(a < b);

function passes({ shelf, kind }, { kind: wanted, theme, region } = {}) {
  return (!wanted || wanted === kind) && (!theme || shelf.theme.includes(theme)) && (!region || shelf.region.includes(region));
}

const page = (path, query) => new URL(`${path}?${new URLSearchParams(query)}`, siteRoot).href;

/** Where the row itself is shown. */
export const rowAddress = ({ shelf, key }) => page(shelf.explore, { table: shelf.table, key });

/** Where a region's name leads: `{href, kind, count, place, title}`, `kind` being `datasets` or `rows`. */
export function leadsOf({ key, title: name, leads, shelves, said }) {
  if (!leads) return [];
  const [datasets, mentions, around] = leads;
  const [code, place, count] = datasets ? [key, name, datasets] : around;
  const about = count ? [{ kind: "datasets", count, place: said(place), href: page(`${words.prefix}datasets/`, { region: code }) }] : [];
  const rows = mentions.map(([number, field, count]) => {
    const shelf = shelves[number];
    return { kind: "rows", count, title: `${shelf.dataset} · ${shelf.title}`, href: page(shelf.explore, { table: shelf.table, w: `${field}.is.${key}` }) };
  });
  return [...about, ...rows];
}
