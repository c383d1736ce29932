// What answers in the search box: a combobox over a list of results, with filters. Nothing of it outlives the page.

import { counted, fill, make, words } from "./dom.js";
import { prepare, search } from "./search-index.js";
import { pageOptions, rowOptions } from "./search-results.js";

const PAUSE = 120; // milliseconds after the last key
const STEP = 8; // results at a time
const FACETS = ["kind", "theme", "region"];

/** Makes the box answer, also to what has been typed into it already. */
export function startSearch(box) {
  prepare();
  new Search(box);
}

class Search {
  constructor({ element, input, filters, status, list, more }) {
    Object.assign(this, { element, input, filters, status, list, more, asked: 0, active: -1, shown: STEP });
    input.addEventListener("input", () => this.later());
    input.addEventListener("keydown", (event) => this.key(event));
    more.addEventListener("click", () => this.showMore());
    if (input.value) this.ask();
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), PAUSE);
  }

  chosen() {
    const selects = [...this.filters.querySelectorAll("select")].filter((select) => select.value);
    return Object.fromEntries(selects.map((select) => [select.name, select.value]));
  }

  async ask() {
    const query = this.input.value.trim();
    const filters = this.chosen();
    const turn = ++this.asked;
    this.shown = STEP;
    if (!query && !Object.keys(filters).length) return this.clear();
    const patience = setTimeout(() => (this.status.textContent = words.search_searching), 300);
    try {
      const found = await search(query, filters);
      if (turn !== this.asked) return;
      this.found = found;
      this.query = query;
      this.offer(found.filters, filters);
      await this.show(turn);
    } catch (error) {
      console.error(error);
      this.clear();
      this.status.textContent = words.search_failed;
    } finally {
      clearTimeout(patience);
    }
  }

  async show(turn = this.asked) {
    const hits = await this.found.hits(this.shown);
    if (turn !== this.asked) return;
    const { count } = this.found;
    this.list.replaceChildren(...hits.flatMap((hit) => (hit.page ? pageOptions(hit.page, this.query) : rowOptions(hit.row, this.query))));
    this.rows = [...this.list.children];
    this.rows.forEach((row, position) => {
      row.id = `search-result-${position}`;
      row.addEventListener("pointermove", () => this.activate(position, false));
    });
    const none = Object.keys(this.chosen()).length ? "search_none_filtered" : "search_none";
    this.status.textContent = count ? counted("search", count) : fill(none, { query: this.query });
    this.input.setAttribute("aria-expanded", String(count > 0));
    const rest = count - hits.length;
    this.more.hidden = rest <= 0;
    this.more.textContent = fill("search_more", { count: Math.min(STEP, rest) });
    this.activate(-1);
  }

  async showMore() {
    const first = this.rows.length;
    this.shown += STEP;
    await this.show();
    this.input.focus();
    this.activate(Math.min(first, this.rows.length - 1));
  }

  clear() {
    this.rows = [];
    this.active = -1;
    this.list.replaceChildren();
    this.more.hidden = true;
    this.status.textContent = words.search_hint;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  /** The filters with how many results each value leaves; what is chosen stays, though it may leave none. */
  offer(counts, chosen) {
    const offered = (name) => chosen[name] || Object.values(counts[name]).some(Boolean);
    const names = Object.keys({ ...counts, ...chosen }).filter(offered).sort((a, b) => rank(a) - rank(b));
    const selects = names.map((name) => facet(name, counts[name] ?? {}, chosen[name], () => this.ask()));
    const focused = this.filters.contains(document.activeElement) ? document.activeElement.name : "";
    this.filters.replaceChildren(...selects);
    this.filters.hidden = !selects.length;
    if (focused) this.filters.querySelector(`[name="${CSS.escape(focused)}"]`)?.focus();
  }

  key(event) {
    if (event.isComposing) return;
    const last = (this.rows?.length ?? 0) - 1;
    const moves = { ArrowDown: Math.min(this.active + 1, last), ArrowUp: Math.max(this.active - 1, -1) };
    if (event.key in moves) {
      event.preventDefault();
      this.activate(moves[event.key]);
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.follow(this.rows?.[Math.max(this.active, 0)]);
    }
  }

  activate(position, scroll = true) {
    this.rows?.[this.active]?.setAttribute("aria-selected", "false");
    this.active = position;
    const row = this.rows?.[position];
    if (!row) return this.input.removeAttribute("aria-activedescendant");
    row.setAttribute("aria-selected", "true");
    this.input.setAttribute("aria-activedescendant", row.id);
    if (scroll) row.scrollIntoView({ block: "nearest" });
  }

  follow(row) {
    if (!row) return;
    this.element.close();
    location.assign(row.href);
  }
}

const rank = (name) => (FACETS.indexOf(name) + FACETS.length + 1) % (FACETS.length + 1);

function facet(name, counts, chosen, onchange) {
  const values = Object.entries({ ...counts, ...(chosen && { [chosen]: counts[chosen] ?? 0 }) }).filter(([value, count]) => count || value === chosen);
  const title = words[`facet_${name}`] ?? name;
  const select = make("select", { name, class: chosen ? "is-set" : "", "aria-label": title, onchange },
    make("option", { value: "" }, fill("search_all", { facet: title })),
    values.map(([value, count]) => make("option", { value, selected: value === chosen }, `${value} (${count})`)));
  return select;
}
