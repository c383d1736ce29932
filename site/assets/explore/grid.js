/**
 * The table itself: a semantic <table>, its rows as cards on narrow screens.
 * Roles are written out because a table laid out as cards loses them in some browsers.
 */
import { h, spoken, uid } from "./dom.js";
import { keyOf } from "./config.js";

const CARD_FIELDS = 5;
// More columns than these are not squeezed to fit.
const MANY_FIELDS = 8;
// Signs stand before their number in every script; text has the direction of its own words.
const DIRECTIONS = { text: "auto", number: "ltr" };

function sortOf(state, field) {
  if (state.sort?.field !== field.name) return "none";
  return state.sort.descending ? "descending" : "ascending";
}

const ARROWS = { none: "↕", ascending: "↑", descending: "↓" };

function headerCell(view, field, at) {
  const { state, t, actions } = view;
  const sort = sortOf(state, field);
  const filtered = state.filters.some((filter) => filter.field === field.name);
  return h(
    "th",
    { scope: "col", role: "columnheader", class: cellClass(field, at), "aria-sort": sort },
    h(
      "span",
      { class: "explorer-head" },
      h(
        "button",
        { type: "button", class: "explorer-sort", "data-field": field.name, title: field.description || null, on: { click: () => actions.sort(field) } },
        h("span", {}, field.title, field.unit && h("span", { class: "explorer-unit" }, ` ${t("unit", { unit: field.unit })}`)),
        h("span", { class: "explorer-arrow", "aria-hidden": "true" }, ARROWS[sort]),
        spoken(` ${t(`sort.${sort}`)}`),
      ),
      h("button", {
        type: "button",
        class: `explorer-funnel${filtered ? " is-on" : ""}`,
        "aria-label": t("filter.column", { field: field.title }),
        title: t("filter.column", { field: field.title }),
        on: { click: () => actions.filter(field) },
      }),
    ),
  );
}

function cellClass(field, at) {
  return [field.kind === "number" && "is-number", field.kind === "date" && "is-date", at === 0 && "is-key", at >= CARD_FIELDS && "is-more"].filter(Boolean).join(" ") || null;
}

/** Notes of the rows shown, numbered as they come; each is named by its marks. */
function noteCounter(table) {
  const byKey = Map.groupBy ? Map.groupBy(table.notes, (note) => note.key) : groupByKey(table.notes);
  const shown = [];
  return {
    shown,
    take(key, wanted) {
      return (byKey.get(key) ?? []).filter(wanted).map((note) => {
        if (!shown.includes(note)) shown.push(note);
        return { note, number: shown.indexOf(note) + 1 };
      });
    },
  };
}

function groupByKey(notes) {
  const groups = new Map();
  for (const note of notes) groups.set(note.key, [...(groups.get(note.key) ?? []), note]);
  return groups;
}

function marks(taken, t, format) {
  return taken.map(({ note, number }) =>
    h(
      "sup",
      { class: "explorer-mark" },
      h("a", { href: `#explorer-note-${number}`, id: `explorer-mark-${number}`, title: note.text, "aria-label": t("note.mark", { number: format.count(number), kind: note.label ?? note.kind }) }, `[${format.count(number)}]`),
    ),
  );
}

function bodyRow(view, row, fields, counter) {
  const { table, state, actions, t, format } = view;
  const key = table.primaryKey.length ? keyOf(table.primaryKey.map((name) => row[name])) : null;
  const target = key !== null && key === state.key;
  const names = new Set(fields.map((field) => field.name));
  const element = h("tr", { role: "row", class: target ? "is-target" : null, "aria-current": target ? "true" : null });
  fields.forEach((field, at) => {
    const own = field.bound || (row[field.boundField] ?? "");
    const content = format.content(row[field.name], field, String(own), at === 0 && key !== null, row[WRITTEN]?.[field.name]);
    const taken = counter.take(key, (note) => (at === 0 && !names.has(note.field)) || note.field === field.name);
    const linked = at === 0 && key !== null && [rowLink(content, key, actions)];
    const classes = [cellClass(field, at), field.name === table.label && "is-label", target && state.field === field.name && "is-target-cell"];
    element.append(
      h(
        at === 0 ? "th" : "td",
        { scope: at === 0 ? "row" : null, role: at === 0 ? "rowheader" : "cell", class: classes.filter(Boolean).join(" ") || null },
        h("span", { class: "explorer-label", "aria-hidden": "true" }, format.title(field)),
        h("span", { class: "explorer-value", dir: DIRECTIONS[field.kind] ?? null }, ...(linked || content), ...marks(taken, t, format)),
      ),
    );
  });
  if (fields.length > CARD_FIELDS) element.firstChild.append(opener(element, fields.length - CARD_FIELDS, t, format));
  return element;
}

function rowLink(content, key, actions) {
  const open = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    actions.pickRow(key);
  };
  return h("a", { href: actions.rowAddress(key), class: "explorer-row-link", on: { click: open } }, ...content);
}

/** On a card, the button that shows the fields left out at first. */
function opener(row, hidden, t, format) {
  const toggle = h("button", { type: "button", class: "explorer-open", "aria-expanded": "false" }, t("card.more", { count: format.count(hidden) }));
  toggle.addEventListener("click", () => {
    const open = row.classList.toggle("is-open");
    toggle.setAttribute("aria-expanded", String(open));
    toggle.textContent = open ? t("card.less") : t("card.more", { count: format.count(hidden) });
  });
  return toggle;
}

function noteList({ table, t, format }, notes) {
  if (!notes.length) return null;
  const heading = uid("notes");
  const items = notes.map((note, at) =>
    h(
      "li",
      { id: `explorer-note-${at + 1}` },
      h("strong", {}, note.label ?? note.kind),
      " ",
      note.field ? `${table.fields.find(({ name }) => name === note.field)?.title ?? note.field} · ` : "",
      `${note.key.replaceAll("|", " · ")}: `,
      h("span", { dir: "auto" }, note.text),
      " ",
      h("a", { href: `#explorer-mark-${at + 1}`, class: "footnotes__back", "aria-label": t("note.back", { number: format.count(at + 1) }) }, "↩"),
    ),
  );
  return h("section", { class: "explorer-notes", "aria-labelledby": heading }, h("h2", { id: heading }, t("note.title")), h("ol", {}, ...items));
}

// What the file has in the empty cells of a row, by field; no field has a name that is no text.
const WRITTEN = Symbol("written");

/** Rows from columns by name; `written` has what is in the place of missing values, in the same form. */
export function toRows(columns, written = {}) {
  const names = Object.keys(columns);
  const pick = (from, at) => Object.fromEntries(Object.keys(from).map((name) => [name, from[name][at]]));
  return Array.from({ length: columns[names[0]]?.length ?? 0 }, (_, at) => ({ ...pick(columns, at), [WRITTEN]: pick(written, at) }));
}

function skeletonRow(fields) {
  return h("tr", { role: "row", class: "is-skeleton", "aria-hidden": "true" }, ...fields.map((field, at) => h("td", { class: cellClass(field, at) }, h("span", { class: "explorer-bone" }))));
}

/**
 * @param {object} view `{table, state, t, format, actions}`
 * @param {object[]|null} rows null: not read yet
 * @returns {{grid: HTMLElement, notes: HTMLElement|null, target: HTMLElement|null}}
 */
export function renderGrid(view, fields, rows) {
  const { table, t } = view;
  const counter = noteCounter(table);
  const body = h("tbody", { role: "rowgroup" });
  if (rows === null) body.append(...Array.from({ length: 12 }, () => skeletonRow(fields)));
  else for (const row of rows) body.append(bodyRow(view, row, fields, counter));
  const grid = h(
    "div",
    { class: "explorer-scroll", tabindex: "0", role: "region", "aria-label": t("table.region", { table: table.title }) },
    h(
      "table",
      { class: `explorer-table is-live${fields.length > MANY_FIELDS ? " is-wide" : ""}`, role: "table" },
      h("caption", { class: "explorer-spoken" }, table.title),
      h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, ...fields.map((field, at) => headerCell(view, field, at)))),
      body,
    ),
  );
  const seen = () => grid.classList.toggle("has-more", Math.abs(grid.scrollLeft) + grid.clientWidth < grid.scrollWidth - 1);
  grid.addEventListener("scroll", seen, { passive: true });
  new ResizeObserver(seen).observe(grid);
  return { grid, notes: noteList(view, counter.shown), target: body.querySelector(".is-target") };
}
