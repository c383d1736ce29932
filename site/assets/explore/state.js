/** What a reader looks at, as the address tells it: `?table=&q=&w=&sort=&cols=&page=&key=&field=&note=`. */
import { OPERATORS, takesNoValue } from "./operators.js";

const FILTER = new RegExp(`\\.(${OPERATORS.join("|")})(?:\\.|$)`, "g");

/** `field.op.value`; a field's name may hold dots, so the field must exist. */
export function readFilter(text, names) {
  for (const match of text.matchAll(FILTER)) {
    const field = text.slice(0, match.index);
    if (!names.includes(field)) continue;
    const value = text.slice(match.index + match[0].length);
    return takesNoValue(match[1]) || value !== "" ? { field, op: match[1], value } : null;
  }
  return null;
}

export function writeFilter({ field, op, value }) {
  return takesNoValue(op) ? `${field}.${op}` : `${field}.${op}.${value}`;
}

function readSort(text, names) {
  const descending = text.startsWith("-") && !names.includes(text);
  const field = descending ? text.slice(1) : text;
  return names.includes(field) ? { field, descending } : null;
}

/** The state of a table as it first shows. */
export function plainState(table) {
  return { table: table.name, q: "", filters: [], sort: null, columns: null, page: null, key: null, field: "", noted: false };
}

/** @param {string} search the query of an address; what it says of unknown tables and fields is passed over */
export function readState(search, tables) {
  const given = new URLSearchParams(search);
  const table = tables.find(({ name }) => name === given.get("table")) ?? tables[0];
  const names = table.fields.map(({ name }) => name);
  const columns = (given.get("cols") ?? "").split(",").filter((name) => names.includes(name));
  return {
    ...plainState(table),
    q: given.get("q") ?? "",
    filters: given.getAll("w").map((text) => readFilter(text, names)).filter(Boolean),
    sort: readSort(given.get("sort") ?? "", names),
    columns: columns.length ? columns : null,
    page: Number.parseInt(given.get("page") ?? "", 10) > 0 ? Number.parseInt(given.get("page"), 10) : null,
    key: given.get("key"),
    field: names.includes(given.get("field")) ? given.get("field") : "",
    noted: given.get("note") === "1",
  };
}

/** The query of the address that shows this again; empty where nothing was changed. */
export function writeState(state, tables) {
  const query = new URLSearchParams();
  if (state.table !== tables[0].name) query.set("table", state.table);
  if (state.q) query.set("q", state.q);
  for (const filter of state.filters) query.append("w", writeFilter(filter));
  if (state.noted) query.set("note", "1");
  if (state.sort) query.set("sort", `${state.sort.descending ? "-" : ""}${state.sort.field}`);
  if (state.columns) query.set("cols", state.columns.join(","));
  if (state.key !== null) query.set("key", state.key);
  if (state.key !== null && state.field) query.set("field", state.field);
  if (state.page !== null && (state.page > 1 || state.key !== null)) query.set("page", state.page);
  const text = query.toString();
  return text ? `?${text}` : "";
}

/** Whether fewer rows than all are asked for. */
export function isNarrowed({ q, filters, noted }) {
  return q.trim() !== "" || filters.length > 0 || noted;
}
