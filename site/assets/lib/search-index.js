// Pagefind's index, loaded when it is first asked. It chooses the index of the page's language by itself.

import { words } from "./dom.js";

const siteRoot = new URL("../../", import.meta.url);
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

async function start() {
  const pagefind = await import(new URL("pagefind/pagefind.js", siteRoot).href);
  await pagefind.options({ baseUrl: siteRoot.pathname, excerptLength: 24, ranking: RANKING });
  await pagefind.filters();
  return pagefind;
}

/** Results of a query: `count`, `filters` (facet -> value -> count) and `pages(n)`, the first n, best first. */
export async function search(query, filters) {
  const pagefind = await load();
  const answer = await pagefind.search(query || null, { filters });
  const ordered = rerank(query, answer.results);
  return {
    count: answer.results.length,
    filters: answer.filters,
    pages: async (number) => {
      const { first, rest } = await ordered;
      const more = await Promise.all(rest.slice(0, Math.max(0, number - first.length)).map((one) => one.data()));
      return [...first, ...more].slice(0, number);
    },
  };
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
