// Pagefind's index, loaded when it is first asked. It chooses the index of the page's language by itself.

import { words } from "./dom.js";
import { prepareRows, searchRows } from "./row-search.js";

const siteRoot = new URL("../../../", import.meta.url);
const RERANKED = 24; // so many of the first results are looked at for their titles
// Titles count for much, the length of a page for little: a dataset's page is long because it holds its rows.
const RANKING = { termFrequency: 0.6, termSimilarity: 1.5, pageLength: 0.2, termSaturation: 1.2 };

let loading;

function load() {
  loading ??= start().catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

/** Loads the index while the query is typed: on a slow network that is most of the time until the first hit. */
export const prepare = () => void Promise.all([load(), prepareRows()]).catch(() => {});

async function start() {
  const pagefind = await import(new URL("pagefind/pagefind.js", siteRoot).href);
  await pagefind.options({ baseUrl: siteRoot.pathname, excerptLength: 24, ranking: RANKING });
  await pagefind.filters();
  return pagefind;
}

const TITLES = 3; // pages whose titles answer stand before the rows that are called so
const NAMED = 3;

/**
 * Results of a query: `count`, `filters` (facet -> value -> count) and `hits(n)`, the first n, best first, each
 * `{page}` of Pagefind's or `{row}` of a table.
 */
export async function search(query, filters) {
  const [answer, rows] = await Promise.all([searchPages(query, filters), rowsOf(query, filters)]);
  const ordered = rerank(query, answer.results);
  return {
    count: answer.results.length + rows.count,
    filters: withRows(answer.filters, rows.rows),
    hits: async (number) => {
      const { first, rest } = await ordered;
      const mixed = mix(query, first, rows.rows);
      const more = await Promise.all(rest.slice(0, Math.max(0, number - mixed.length)).map((one) => one.data()));
      return [...mixed, ...more.map((page) => ({ page }))].slice(0, number);
    },
  };
}

async function searchPages(query, filters) {
  const pagefind = await load();
  return pagefind.search(query || null, { filters });
}

/** Rows are found besides pages: where their index fails, the pages are still there. */
async function rowsOf(query, filters) {
  if (!query) return { count: 0, rows: [] };
  return searchRows(query, filters).catch((error) => {
    console.warn(error);
    return { count: 0, rows: [] };
  });
}

/** Pages that are called so, rows that are called so, then the other pages and the other rows. */
function mix(query, pages, rows) {
  const isCalled = (page) => titleScore(page.meta.title ?? "", query) >= 1;
  const called = pages.filter(isCalled).slice(0, TITLES);
  const named = rows.filter(({ rank }) => rank < 2).slice(0, NAMED);
  const others = pages.filter((page) => !called.includes(page));
  const wrap = (key) => (one) => ({ [key]: one });
  return [
    ...called.map(wrap("page")), ...named.map(wrap("row")), ...others.map(wrap("page")),
    ...rows.filter((row) => !named.includes(row)).map(wrap("row")),
  ];
}

/** The counts of each facet's values, rows counted in. */
function withRows(counts, rows) {
  const all = structuredClone(counts);
  const add = (facet, value) => ((all[facet] ??= {})[value] = (all[facet][value] ?? 0) + 1);
  for (const { kind, shelf } of rows) {
    add("kind", kind);
    for (const facet of ["theme", "region"]) for (const value of shelf[facet]) add(facet, value);
  }
  return all;
}

/** The first results by how well their titles answer the query, a dataset before its summaries; else as they were. */
async function rerank(query, results) {
  const first = await Promise.all(results.slice(0, RERANKED).map((one) => one.data()));
  const isDataset = (page) => page.meta.kind === words.kind_dataset;
  const rank = (page) => titleScore(page.meta.title ?? "", query) + (isDataset(page) ? 0.5 : 0);
  const ranks = new Map(first.map((page) => [page, rank(page)]));
  return { first: first.sort((a, b) => ranks.get(b) - ranks.get(a)), rest: results.slice(RERANKED) };
}

/** 4: the query is the title; 2: it stands in it; 1: all its words do; 0: else. */
export function titleScore(title, query) {
  const [whole, asked] = [plain(title), plain(query)];
  if (!asked) return 0;
  if (whole === asked) return 4;
  if (whole.includes(asked)) return 2;
  return asked.split(" ").every((word) => whole.includes(word)) ? 1 : 0;
}

const plain = (text) => text.normalize("NFKC").toLowerCase().replace(/[\s\u200b]+/g, " ").trim();
