/** How a selection of rows is described and cited; plain text in every format that the release is cited in. */
import { isMissing } from "./operators.js";
import { isNarrowed } from "./state.js";

/** The selection in one sentence a part: table, row or filter, order, count. */
export function selectionWords({ table, state, format, t, count, values }) {
  const byName = (name) => table.fields.find((field) => field.name === name);
  const parts = [t("cite.table", { table: table.title })];
  if (state.key !== null) parts.push(...rowWords({ table, state, format, t, values }));
  else {
    if (isNarrowed(state)) parts.push(t("cite.filter", { filter: filterWords({ table, state, format, t }) }));
    if (state.sort && byName(state.sort.field)) parts.push(sortWords(state.sort, byName(state.sort.field), t));
    parts.push(t("cite.rows", { count: format.count(count), total: format.count(table.rows) }));
  }
  if (table.sha256) parts.push(t("cite.sha256", { hash: table.sha256 }));
  return parts.join(t("list.then"));
}

export function filterWords({ table, state, format, t }) {
  const words = state.filters.map((filter) => format.filter(filter, table.fields.find((field) => field.name === filter.field)));
  if (state.q.trim()) words.unshift(t("filter.search", { q: state.q.trim() }));
  if (state.noted) words.push(t("filter.noted"));
  return words.join(t("list.and"));
}

export function sortWords({ descending }, field, t) {
  return t(descending ? "cite.descending" : "cite.ascending", { field: field.title });
}

function rowWords({ table, state, format, t, values }) {
  const parts = [t("cite.key", { key: state.key })];
  const field = table.fields.find(({ name }) => name === state.field);
  if (!field) return parts;
  const value = values?.[field.name];
  if (!isMissing(value)) parts.push(valueWords({ table, field, value, values, format, t }));
  const notes = table.notes.filter((note) => note.key === state.key && (note.field === state.field || !note.field));
  return [...parts, ...notes.map(({ text }) => t("cite.note", { text: text.replace(/[.\u3002]$/, "") }))];
}

/** A figure with its bound and unit, which may stand in columns of their own. */
function valueWords({ table, field, value, values, format, t }) {
  const beside = (role) => field.role === "value" && table.fields.find((one) => one.role === role);
  const unitField = beside("unit");
  const unit = field.unit || (unitField && !isMissing(values[unitField.name]) ? format.text(values[unitField.name], unitField) : "");
  const bound = field.bound || (values[field.boundField] ?? "");
  const words = [format.boundWords(bound), format.text(value, field)].filter(Boolean).join(" ");
  return t("cite.value", { field: field.title, value: words, unit }).trim();
}

const ESCAPES = {
  bibtex: (text) => text.replace(/[\\{}]/g, "").replace(/[%&#_$]/g, "\\$&"),
  "csl-json": (text) => JSON.stringify(text).slice(1, -1),
  ris: (text) => text.replace(/[\r\n]+/g, " "),
};
const AS_IS = (text) => text;

/**
 * Citations of the selection.
 * A format's text may hold `⟦selection⟧`, `⟦url⟧` and `⟦accessed⟧`; where there is none the plain citation is continued.
 * @returns {{name: string, label: string, text: string}[]}
 */
export function citations({ config, selection, url, accessed, t }) {
  if (!config.citations.length) {
    return [{ name: "text", label: t("cite.text"), text: t("cite.plain", { citation: config.citation, selection, url, accessed }) }];
  }
  return config.citations.map(({ name, label, text }) => {
    const escape = ESCAPES[name] ?? AS_IS;
    // An address is a field of its own in BibTeX and is kept as it is.
    const address = name === "bibtex" ? AS_IS : escape;
    const filled = text
      .replaceAll("⟦selection⟧", () => escape(selection))
      .replaceAll("⟦url⟧", () => address(url))
      .replaceAll("⟦accessed⟧", () => accessed);
    return { name, label, text: filled };
  });
}
