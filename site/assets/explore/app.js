/** The explorer: one state, which the address tells and every part shows; the worker answers what it asks. */
import { button, h } from "./dom.js";
import { countWords, emptyAdvice, pager, searchForm, sortSelect, tableTabs } from "./bar.js";
import { copyText, openCite, openColumns, openDownload } from "./dialogs.js";
import { openFilter, renderChips } from "./filters.js";
import { formatter } from "./format.js";
import { renderGrid, toRows } from "./grid.js";
import { plainState, readState, writeState } from "./state.js";
import { keyOf } from "./config.js";

const SIZE = 50;
const PATIENCE = 400;

/**
 * @param {HTMLElement} root the page's `#explorer`
 * @param {object} config as `readConfig` gives it
 * @param {{ask: Function, stop: Function}} worker as `openWorker` gives it
 */
export function startExplorer(root, config, worker) {
  const { t } = config;
  const format = formatter(config);
  let state = readState(location.search, config.tables);
  let settled = plainState(config.tables.find(({ name }) => name === state.table));
  let answer = null;
  let rows = null;
  let asked = 0;

  const slots = Object.fromEntries(["tabs", "chips", "sort", "grid", "notes", "pager"].map((name) => [name, h("div", { class: `explorer-slot-${name}` })]));
  const status = h("p", { class: "explorer-status", role: "status" });
  const copied = h("span", { class: "explorer-copied", role: "status" });
  const progress = h("p", { class: "explorer-progress", hidden: true });

  const table = () => config.tables.find(({ name }) => name === state.table);
  const shownFields = () => {
    const { fields } = table();
    if (!state.columns) return fields.filter((field, at) => at === 0 || !field.hidden);
    return fields.filter(({ name }, at) => at === 0 || state.columns.includes(name));
  };
  /** The query of an address that shows a state as of the same day. */
  const dated = (next) => {
    const query = writeState(next, config.tables);
    return config.dated ? `${query}${query ? "&" : "?"}${config.dated}` : query;
  };
  const view = () => ({ config, table: table(), state, t, format, actions, size: SIZE, count: answer?.count ?? 0, costs: answer?.costs });

  /** Take up a new state: `how` is `push` for steps that Back undoes, `replace` for typing. */
  function go(change, how = "push") {
    state = { ...state, ...change };
    const address = `${location.pathname}${dated(state)}`;
    if (how === "push") history.pushState(null, "", address);
    else if (how === "replace") history.replaceState(null, "", address);
    return load();
  }

  const narrowing = { page: null, key: null, field: "" };
  const absolute = (next) => new URL(dated(next), config.page || location.href.replace(/[?#].*/, "")).href;
  /** An address that somebody will quote says which release was seen, and on which day it was out. */
  const fromRelease = (address) => {
    const cited = new URL(address);
    if (config.version) cited.searchParams.set("release", config.version);
    if (config.version && config.date) cited.searchParams.set("asOf", cited.searchParams.get("asOf") ?? config.date);
    return cited.href;
  };
  const actions = {
    search: (q) => q !== state.q && go({ ...narrowing, q }, state.q && q ? "replace" : "push"),
    sort(field) {
      const now = state.sort?.field === field.name ? state.sort : null;
      const sort = !now ? { field: field.name, descending: false } : now.descending ? null : { field: field.name, descending: true };
      go({ sort, page: null }).then(() => root.querySelector(`.explorer-sort[data-field="${CSS.escape(field.name)}"]`)?.focus());
    },
    setSort: (sort) => go({ sort, page: null }),
    filter: (field) => openFilter(view(), field),
    setFilter(filter, editing) {
      const rest = state.filters.filter((one) => one !== editing);
      go({ ...narrowing, filters: [...rest, filter] });
    },
    dropFilter: (filter) => go({ ...narrowing, filters: state.filters.filter((one) => one !== filter) }),
    setNoted: (noted) => go({ ...narrowing, noted }),
    clear: () => go({ ...narrowing, filters: [], q: "", noted: false }),
    setColumns(names) {
      const plain = table().fields.filter(({ hidden }) => !hidden).map(({ name }) => name);
      go({ columns: names.join() === plain.join() ? null : names });
    },
    pickRow: (key) => go({ key, field: "", page: key === null ? state.page : answer?.page ?? null }),
    goTo(page) {
      const step = document.activeElement?.dataset.step ?? "";
      go({ page }).then(() => afterPaging(step));
    },
    openTable: (name) => go(plainState(config.tables.find((one) => one.name === name))),
    tableAddress: (name) => `${location.pathname}${dated(plainState(config.tables.find((one) => one.name === name)))}`,
    rowAddress: (key) => `${location.pathname}${dated({ ...plainState(table()), key })}`,
    address: () => absolute(state),
    citedAddress: () => fromRelease(absolute(state.key === null ? state : { ...plainState(table()), key: state.key, field: state.field })),
    download: (request) => worker.ask("download", { ...question(), ...request }),
  };

  function question() {
    const { q, filters, noted, sort, page } = state;
    const { name, bytes, rows: count, fields, primaryKey, notes } = table();
    const [url, missing] = [table().parquet, table().missing].map((link) => link && new URL(link, location.href).href);
    return { table: { name, bytes, rows: count, fields, primaryKey, notes, missing }, url, language: config.language, query: { q: q.trim(), filters, noted, sort, page: page ?? 1 } };
  }

  async function load() {
    asked += 1;
    const mine = asked;
    const current = () => mine === asked;
    const waiting = setTimeout(() => current() && showWaiting(), PATIENCE);
    const fields = shownFields();
    const columns = [...new Set([...fields.map(({ name }) => name), ...hiddenNeeds()])];
    try {
      const coming = worker.ask("page", {
        ...question(), columns, size: SIZE,
        key: state.key ?? undefined, seek: state.key !== null && state.page === null,
        onProgress: (read) => current() && showProgress(read),
        onEarly: ({ columns: early }) => current() && drawRows(toRows(early)),
      });
      slots.grid.setAttribute("aria-busy", "true");
      drawFrame();
      const given = await coming;
      if (!given || !current()) return;
      answer = given;
      settled = state;
      draw();
    } catch (error) {
      if (current()) showFailure(error);
    } finally {
      clearTimeout(waiting);
      if (current()) progress.hidden = true;
    }
  }

  /** Columns that cells or keys need although they are not shown. */
  function hiddenNeeds() {
    const { fields, primaryKey } = table();
    const bounds = fields.map(({ boundField }) => boundField).filter(Boolean);
    return [...primaryKey, ...bounds, ...fields.filter(({ role }) => role === "bound" || role === "unit").map(({ name }) => name)];
  }

  function drawFrame() {
    const now = view();
    slots.tabs.replaceChildren(...[tableTabs(now)].filter(Boolean));
    slots.chips.replaceChildren(...[renderChips(now)].filter(Boolean));
    slots.sort.replaceChildren(sortSelect(now, shownFields()));
    search.show(state.q);
    noted.hidden = !table().notes.length || !table().primaryKey.length;
    noted.setAttribute("aria-pressed", String(state.noted));
  }

  function draw() {
    const now = view();
    status.textContent = countWords(now, answer);
    if (state.key !== null && answer.keyPlace < 0) status.textContent += ` · ${t(answer.keyFound ? "row.outside" : "row.unknown", { key: state.key })}`;
    search.price(answer.costs.search, t("cost.search", { size: format.bytes(answer.costs.search) }));
    drawRows(toRows(answer.columns, answer.written));
    if (!answer.count) slots.grid.append(emptyAdvice(now));
    slots.pager.replaceChildren(...[pager(now, answer)].filter(Boolean));
  }

  function drawRows(next) {
    rows = next;
    const held = slots.grid.querySelector(".explorer-scroll");
    const across = held?.scrollLeft ?? 0;
    const { grid, notes, target } = renderGrid(view(), shownFields(), rows);
    if (rows && !rows.length) grid.classList.add("is-empty");
    slots.grid.replaceChildren(grid);
    slots.grid.removeAttribute("aria-busy");
    slots.notes.replaceChildren(...[notes].filter(Boolean));
    grid.scrollLeft = across;
    target?.scrollIntoView({ block: "center", inline: "nearest" });
    ready();
  }

  /** Nothing to show yet: the rows of the page itself stay; else a skeleton of the table. */
  function showWaiting() {
    if (rows === null && !root.querySelector(".explorer-static")) slots.grid.replaceChildren(renderGrid(view(), shownFields(), null).grid);
    progress.hidden = false;
    progress.replaceChildren(t("loading"));
  }

  function showProgress({ read, total }) {
    if (!total || progress.hidden) return;
    const words = t("progress", { read: format.bytes(read), total: format.bytes(total) });
    const bar = h("progress", { max: total, value: read, "aria-label": words });
    progress.replaceChildren(bar, ` ${words} `, button(t("cancel"), stop));
  }

  /** Leave off reading and go back to what was last shown in full. */
  function stop() {
    worker.stop();
    asked += 1;
    progress.hidden = true;
    state = settled;
    history.replaceState(null, "", `${location.pathname}${writeState(state, config.tables)}`);
    drawFrame();
    if (answer) draw();
  }

  function showFailure(error) {
    console.error(error);
    const { csv } = table();
    const whole = csv && h("a", { href: csv }, t("failed.csv"));
    status.textContent = "";
    const message = h("div", { class: "explorer-failed", role: "alert" }, h("p", {}, t("failed.title")), h("p", {}, button(t("failed.again"), () => load()), " ", whole));
    if (root.querySelector(".explorer-static:not([hidden])")) slots.notes.replaceChildren(message);
    else slots.grid.replaceChildren(message);
  }

  /** To the top of the new page; the keyboard stays on the button that was pressed, or on one beside it. */
  function afterPaging(step) {
    const grid = slots.grid.querySelector(".explorer-scroll");
    if (grid) grid.scrollTop = 0;
    if (root.getBoundingClientRect().top < 0) root.scrollIntoView({ block: "start" });
    const pressed = step && slots.pager.querySelector(`[data-step=${step}]:enabled`);
    (pressed || slots.pager.querySelector("button:enabled"))?.focus({ preventScroll: true });
  }

  /** The page's own rows go once the live ones stand. */
  function ready() {
    for (const old of root.querySelectorAll(".explorer-static")) old.remove();
    root.classList.add("is-ready");
  }

  function targetRow() {
    return rows?.find((row) => keyOf(table().primaryKey.map((name) => row[name])) === state.key);
  }

  const search = searchForm({ t, actions });
  const noted = button(t("filter.notedShort"), () => actions.setNoted(!state.noted), { "aria-pressed": "false" });
  const tools = h(
    "div",
    { class: "explorer-tools" },
    button(t("filter.add"), () => openFilter(view(), shownFields()[1] ?? shownFields()[0])),
    button(t("columns.button"), () => openColumns(view(), shownFields())),
    noted,
    button(t("download.button"), () => openDownload(view(), shownFields())),
    button(t("link.copy"), () => copyText(actions.address(), copied, t)),
    button(t("cite.button"), () => openCite(view(), targetRow())),
    copied,
  );
  const bar = h("div", { class: "explorer-bar" }, search.form, tools, slots.chips, slots.sort);
  root.prepend(...[config.asOf ? dayNotice(config, format) : quotedNotice(config)].filter(Boolean), slots.tabs, bar, status, progress);
  root.append(slots.grid, slots.notes, slots.pager);
  const kept = root.querySelector(`.explorer-static[data-table="${CSS.escape(state.table)}"]`);
  const asIs = !["older", "withdrawn"].includes(config.asOf?.kind) && writeState({ ...state, table: config.tables[0].name }, config.tables) === "";
  for (const old of root.querySelectorAll(".explorer-static")) if (old !== kept || !asIs) old.remove();
  root.classList.add("is-live");
  status.textContent = countWords({ ...view(), state: plainState(table()) }, { count: table().rows, page: 1 });

  addEventListener("popstate", () => {
    state = readState(location.search, config.tables);
    load();
  });
  return load();
}

/** Which release is shown for the day that was asked for, with the way to the newest. */
function dayNotice({ asOf, version, date, t }, format) {
  const { day, kind, newest } = asOf;
  const named = { day: format.date(day), version, newest, date: format.date(date) };
  if (["none", "gone", "failed"].includes(kind)) return h("p", { class: "explorer-quoted", role: "note" }, t(`asOf.${kind}`, named));
  const there = new URL(location.href);
  for (const name of ["asOf", "release"]) there.searchParams.delete(name);
  const link = kind !== "newest" && h("a", { href: there.href }, t("asOf.see"));
  return h("p", { class: "explorer-quoted", role: "note" }, `${t("asOf.shown", named)} ${t(`asOf.${kind}`, named)} `, link || "");
}

/** Where a link was quoted from another release than the one shown, a word on it, with the way there. */
function quotedNotice({ version, t }) {
  const quoted = new URLSearchParams(location.search).get("release");
  if (!/^\d+\.\d+\.\d+$/.test(quoted ?? "") || !version || quoted === version) return null;
  const link = h("a", { href: `../${quoted}/` }, t("quoted.see", { quoted }));
  return h("p", { class: "explorer-quoted", role: "note" }, `${t("quoted.other", { quoted, version })} `, link);
}
