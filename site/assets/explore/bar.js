/** What stands above and below the table: search, tools, counts, pages. */
import { button, h, uid } from "./dom.js";
import { isNarrowed } from "./state.js";

const LIVE_COST = 1_000_000;
const PAUSE = 350;

/** The search field. Where reading every column is costly it waits for Enter and says what it will read. */
export function searchForm({ t, actions }) {
  const id = uid("search");
  const input = h("input", { type: "search", id, autocomplete: "off", enterkeyhint: "search", placeholder: t("search.placeholder") });
  const hint = h("small", { class: "explorer-hint", id: `${id}-hint` });
  let cost = Infinity;
  let timer = 0;
  const submit = (event) => {
    event.preventDefault();
    clearTimeout(timer);
    actions.search(input.value);
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    if (cost < LIVE_COST && !input.isComposing) timer = setTimeout(() => actions.search(input.value), PAUSE);
  });
  input.addEventListener("compositionstart", () => (input.isComposing = true));
  input.addEventListener("compositionend", () => {
    input.isComposing = false;
    input.dispatchEvent(new Event("input"));
  });
  input.addEventListener("search", () => input.value === "" && actions.search(""));
  const form = h(
    "form",
    { role: "search", class: "explorer-search", on: { submit } },
    h("label", { for: id, class: "explorer-spoken" }, t("search.label")),
    input,
    h("button", { type: "submit", class: "explorer-button" }, t("search.submit")),
    hint,
  );
  return {
    form,
    show(q) {
      if (document.activeElement !== input) input.value = q;
    },
    price(bytes, words) {
      cost = bytes;
      hint.textContent = bytes > LIVE_COST ? words : "";
      if (hint.textContent) input.setAttribute("aria-describedby", hint.id);
      else input.removeAttribute("aria-describedby");
    },
  };
}

/** Tables of the dataset, as links that keep nothing of another table's filters. */
export function tableTabs({ config, state, t, format, actions }) {
  if (config.tables.length < 2) return null;
  const links = config.tables.map(({ name, title, rows }) => {
    const open = (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      actions.openTable(name);
    };
    const current = name === state.table ? "page" : null;
    return h("li", {}, h("a", { href: actions.tableAddress(name), "aria-current": current, on: { click: open } }, title, " ", h("small", {}, format.count(rows))));
  });
  return h("nav", { class: "explorer-tabs", "aria-label": t("tables") }, h("ul", {}, ...links));
}

/** Order as a list of choices, for cards, which have no column heads. */
export function sortSelect(view, fields) {
  const { state, t, actions, table } = view;
  const id = uid("sort");
  const value = state.sort ? `${state.sort.descending ? "-" : "+"}${state.sort.field}` : "";
  const choose = (event) => {
    const text = event.target.value;
    actions.setSort(text ? { field: text.slice(1), descending: text[0] === "-" } : null);
  };
  const control = h("select", { id, on: { change: choose } }, h("option", { value: "" }, plainOrder(table, t)));
  for (const { name, title } of fields) {
    control.append(h("option", { value: `+${name}` }, t("sort.up", { field: title })), h("option", { value: `-${name}` }, t("sort.down", { field: title })));
  }
  control.value = value;
  return h("p", { class: "explorer-order" }, h("label", { for: id }, t("sort.label")), control);
}

/** The order of the file: that of the key, by which the file is sorted, else that of the table. */
function plainOrder({ primaryKey, fields }, t) {
  const titles = primaryKey.map((name) => fields.find((field) => field.name === name)?.title ?? name);
  return titles.length ? t("sort.key", { fields: titles.join(t("list.and")) }) : t("sort.file");
}

/** "312 / 41,352 rows", and which of them stand here. */
export function countWords({ state, table, t, format, size }, { count, page }) {
  const values = { count: format.count(count), total: format.count(table.rows) };
  const words = t(isNarrowed(state) ? "count.selected" : "count.all", values);
  if (count <= size) return words;
  const first = (page - 1) * size + 1;
  return `${words} · ${t("count.shown", { first: format.count(first), last: format.count(Math.min(count, first + size - 1)) })}`;
}

export function pager({ t, format, actions, size }, { count, page }) {
  const last = Math.max(1, Math.ceil(count / size));
  if (last === 1) return null;
  const id = uid("page");
  const go = (target) => () => actions.goTo(Math.min(last, Math.max(1, target)));
  const input = h("input", { id, type: "text", inputmode: "numeric", value: String(page), size: String(last).length + 1, on: { change: () => go(Number.parseInt(input.value, 10) || page)() } });
  const step = (label, target, name) => button(t(label), go(target), { disabled: target < 1 || target > last, "data-step": name });
  return h(
    "nav",
    { class: "explorer-pager", "aria-label": t("pages") },
    step("page.first", page > 1 ? 1 : 0, "first"),
    step("page.previous", page - 1, "previous"),
    h("span", { class: "explorer-page" }, h("label", { for: id }, t("page.label")), " ", input, " ", t("page.of", { last: format.count(last) })),
    step("page.next", page + 1, "next"),
    step("page.last", page < last ? last : last + 1, "last"),
  );
}

/** What to loosen where nothing was found. */
export function emptyAdvice(view) {
  const { state, table, t, format, actions } = view;
  const items = state.filters.map((filter) => {
    const words = format.filter(filter, table.fields.find(({ name }) => name === filter.field));
    return h("li", {}, button(t("empty.drop", { filter: words }), () => actions.dropFilter(filter)));
  });
  if (state.q.trim()) items.push(h("li", {}, button(t("empty.dropSearch", { q: state.q.trim() }), () => actions.search(""))));
  if (state.noted) items.push(h("li", {}, button(t("empty.drop", { filter: t("filter.noted") }), () => actions.setNoted(false))));
  return h(
    "div",
    { class: "explorer-empty" },
    h("p", {}, h("strong", {}, t(isNarrowed(state) ? "empty.title" : "empty.table"))),
    items.length > 0 && h("p", {}, t("empty.advice")),
    items.length > 0 && h("ul", {}, ...items, items.length > 1 ? h("li", {}, button(t("filter.clear"), () => actions.clear())) : null),
  );
}
