// What was found, as options of the list: a page and the sections of it that match best, or a row of a table and where
// the name of a region leads.

import { counted, make } from "./dom.js";
import { leadsOf, rowAddress } from "./row-search.js";

const PARTS = 2;
const AROUND = 10; // letters

/** One page of Pagefind's. */
export function pageOptions(page, query) {
  const said = textOf(page.excerpt);
  const parts = (page.sub_results ?? []).filter((part) => part.anchor && part.url !== page.url && !said.includes(hit(part.excerpt)));
  return [
    option("search__result", page.url, page.meta.title, query, page.excerpt, page.meta.kind),
    ...parts.slice(0, PARTS).map((part) => option("search__result search__result--part", part.url, part.title, query, part.excerpt)),
  ];
}

/** A row of a table: its name, what stands around it, its table. */
export function rowOptions(row, query) {
  const { shelf, title, context, kind } = row;
  const where = make("span", { class: "search__where" }, clean(`${shelf.dataset} · ${shelf.title}`));
  return [
    element("search__result", rowAddress(row), title, query, context ? marked(clean(context), query) : [], kind, where),
    ...leadsOf(row).map(leadOption),
  ];
}

function leadOption({ kind, count, href, title, place }) {
  const said = counted(`search_${kind}`, count).replace("$place", () => clean(place));
  return element("search__result search__result--part", href, said, "", title ? [clean(title)] : []);
}

function option(name, href, title, query, excerpt, kind) {
  return element(name, href, title, query, excerptNodes(excerpt ?? ""), kind);
}

function element(name, href, title, query, excerpt, kind, where) {
  return make("a", { class: name, href, role: "option", tabindex: "-1", "aria-selected": "false" },
    make("span", { class: "search__title" }, marked(clean(title ?? ""), query)),
    kind && make("span", { class: "search__kind" }, kind),
    excerpt.length > 0 && make("span", { class: "search__excerpt" }, excerpt),
    where);
}

/** The title with the query's words marked. */
function marked(title, query) {
  const wanted = query.split(/\s+/).filter(Boolean).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  if (!wanted.length) return [title];
  const pieces = title.split(new RegExp(`(${wanted.join("|")})`, "gi"));
  return pieces.map((piece, position) => (position % 2 ? make("mark", {}, piece) : piece));
}

/** Pagefind marks words in HTML; only text and marks are taken from it. */
function excerptNodes(html) {
  const nodes = [...parsed(html.replace(/^[\s\p{Terminal_Punctuation}]+/u, "")).childNodes];
  return nodes.map((node) => (node.nodeName === "MARK" ? make("mark", {}, clean(node.textContent)) : clean(node.textContent)));
}

const parsed = (html) => new DOMParser().parseFromString(html ?? "", "text/html").body;

const textOf = (html) => clean(parsed(html).textContent);

/** What a part adds: its first marked word with the words around it. */
function hit(html) {
  const body = parsed(html);
  const before = body.querySelector("mark")?.previousSibling?.textContent ?? "";
  const start = clean(before).length;
  return clean(body.textContent).slice(Math.max(0, start - AROUND), start + AROUND);
}

/** Without Pagefind's marks, and without what would turn the direction of the next results. */
const clean = (text) => text.replace(/[\u200b\u202a-\u202e\u2066-\u2069]/g, "");
