// The search dialog: a combobox over a list of results, with filters. Nothing of it outlives the page.

import { counted, fill, make, words } from "./dom.js";
import { search } from "./search-index.js";
import { pageOptions, rowOptions } from "./search-results.js";

const PAUSE = 120; // milliseconds after the last key
const STEP = 8; // results at a time
const FACETS = ["kind", "theme", "region"];

let dialog;

export function openSearch() {
  dialog ??= new SearchDialog();
  dialog.open();
}

class SearchDialog {
  constructor() {
    this.asked = 0;
    this.active = -1;
    this.shown = STEP;
    this.build();
    document.body.append(this.element);
  }

  open() {
    if (!this.element.open) this.element.showModal();
    this.input.focus();
    this.input.select();
  }

  close() {
    this.element.close();
  }

  build() {
    this.input = make("input", {
      class: "search__input", type: "search", name: "q", role: "combobox", placeholder: words.search_prompt,
      "aria-label": words.search_title, "aria-expanded": "false", "aria-controls": "search-results",
      "aria-autocomplete": "list", autocomplete: "off", autocapitalize: "off", spellcheck: "false", enterkeyhint: "go",
      oninput: () => this.later(), onkeydown: (event) => this.key(event),
    });
    this.filters = make("div", { class: "search__filters", role: "group", "aria-label": words.search_filters, hidden: true });
    this.status = make("p", { class: "search__status", role: "status" }, words.search_hint);
    this.list = make("div", { class: "search__results", id: "search-results", role: "listbox", "aria-label": words.search_results });
    this.more = make("button", { type: "button", class: "button button--small", hidden: true, onclick: () => this.showMore() });
    this.element = make("dialog", { class: "search", "aria-label": words.search_title, onclick: (event) => this.click(event) },
      make("form", { class: "search__form", role: "search", onsubmit: (event) => event.preventDefault() },
        this.input,
        make("button", { type: "button", class: "tool", onclick: () => this.close() }, words.search_close)),
      this.filters, this.status, this.list,
      make("div", { class: "search__foot" },
        make("span", { class: "search__keys", "aria-hidden": "true" }, words.search_keys),
        this.more,
        make("a", { href: new URL(`${words.prefix}datasets/`, siteRoot) }, words.search_catalogue)));
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
    this.status.textContent = count ? counted("search", count) : fill("search_none", { query: this.query });
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

  /** The filters with how many results each value leaves. */
  offer(counts, chosen) {
    const offered = (name) => chosen[name] || Object.values(counts[name]).some(Boolean);
    const names = Object.keys(counts).filter(offered).sort((a, b) => rank(a) - rank(b));
    const selects = names.map((name) => facet(name, counts[name], chosen[name], () => this.ask()));
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
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.close();
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
    this.close();
    location.assign(row.href);
  }

  click(event) {
    const isOutside = event.target === this.element;
    if (isOutside || event.target.closest(".search__result")) this.close();
  }
}

const siteRoot = new URL("../../", import.meta.url);

const rank = (name) => (FACETS.indexOf(name) + FACETS.length + 1) % (FACETS.length + 1);

function facet(name, counts, chosen, onchange) {
  const values = Object.entries(counts).filter(([value, count]) => count || value === chosen);
  const select = make("select", { name, class: chosen ? "is-set" : "", onchange },
    make("option", { value: "" }, words.search_all),
    values.map(([value, count]) => make("option", { value, selected: value === chosen }, `${value} (${count})`)));
  return make("label", {}, make("span", {}, words[`facet_${name}`] ?? name), select);
}
