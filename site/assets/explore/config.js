/** What the page says about its tables, checked once and completed with defaults. */

const NUMBERS = new Set(["integer", "number", "year"]);
const DATES = new Set(["date", "datetime", "yearmonth"]);

/** The kind of a field: it decides on operators, alignment and formatting. */
export function kindOf(field) {
  if (field.categories.length) return "category";
  if (field.type === "boolean") return "boolean";
  if (NUMBERS.has(field.type)) return "number";
  if (DATES.has(field.type)) return "date";
  return "text";
}

function readField(raw) {
  const field = { title: raw.name, type: "string", format: "", unit: "", role: "", bound: "", boundField: "", description: "", ...raw };
  field.categories = raw.categories ?? [];
  field.reasons = raw.reasons ?? [];
  field.kind = kindOf(field);
  return field;
}

function readTable(raw) {
  const fields = raw.fields.map(readField);
  const bounds = fields.find(({ role }) => role === "bound");
  for (const field of fields) if (field.role === "value" && bounds) field.boundField ||= bounds.name;
  const primaryKey = raw.primaryKey ?? [];
  const keys = primaryKey.map((name) => fields.find((field) => field.name === name)).filter(Boolean);
  const rest = fields.filter((field) => !primaryKey.includes(field.name));
  return { description: "", csv: "", sha256: "", label: "", missing: "", ...raw, primaryKey, fields: [...keys, ...rest], notes: raw.notes ?? [] };
}

/** Strings by name without their prefix; `{name}` is filled in. An unknown name shows itself. */
function translator(strings) {
  const words = new Map(Object.entries(strings ?? {}).map(([name, text]) => [name.replace(/^explore\./, ""), text]));
  return (name, values = {}) =>
    (words.get(name) ?? name).replace(/\{(\w+)\}/g, (whole, key) => (key in values ? String(values[key]) : whole));
}

/** @param {string} json the `data-config` of the page's explorer */
export function readConfig(json) {
  const raw = JSON.parse(json);
  return {
    version: "", title: raw.dataset, release: "", page: "", citation: "", citations: [], publisher: "", date: "", withdrawn: "", license: null,
    asOf: null, dated: "",
    ...raw,
    releases: raw.releases ?? [{ version: raw.version ?? "", date: raw.date ?? "" }],
    language: raw.language ?? "en",
    locale: raw.locale ?? raw.language ?? "en",
    tables: raw.tables.map(readTable),
    t: translator(raw.strings ?? globalThis.exploreWords),
  };
}

/** Several fields' values as one text, as notes and addresses name rows. */
export function keyOf(values) {
  return values.map((value) => (value === null || value === undefined ? "" : String(value))).join("|");
}
