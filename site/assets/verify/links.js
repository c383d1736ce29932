/** What a link into the site names: a figure, a release, a file; and what the figure is today. */
import { datasetOf } from "./lists.js";
import { decoded, parse } from "./values.js";

const MOST_BYTES = 1 << 25;
const VERSION = /^\d+\.\d+\.\d+$/;

/** The link in a text, such as a citation. */
function linkIn(text) {
  const found = /https?:\/\/\S+|file:\/\/\S+/.exec(text)?.[0] ?? text.trim();
  try {
    return new URL(found.replace(/[^\P{P}/%&#?=_-]+$/u, ""), "https://site.invalid/");
  } catch {
    return null;
  }
}

/** The release that was the newest on a day. */
const onDay = ({ releases }, day) => (day ? releases.findLast(({ date, removed }) => !removed && date && date <= day) : undefined);

const textOf = (part) => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};

/** @returns {Promise<object|null>} null where it leads to nothing of this site */
export async function identifyLink(text) {
  const url = linkIn(text);
  const parts = url ? url.pathname.split("/").filter(Boolean).map(textOf) : [];
  // The address of the site itself may have such a part.
  const places = parts.flatMap((part, at) => (part === "datasets" || part === "data" ? [at] : []));
  const known = await Promise.all(places.map((at) => datasetOf(parts[at + 1])));
  const dataset = known.find(Boolean);
  if (!dataset) return null;
  const place = places[known.indexOf(dataset)];
  const name = parts[place + 1];
  const [first, second, ...rest] = parts.slice(place + 2);
  const asked = Object.fromEntries(url.searchParams);
  const newest = dataset.releases.find(({ version }) => version === dataset.newest);
  const quoted = dataset.releases.find(({ version }) => version === asked.release) ?? onDay(dataset, asked.asOf);
  const about = { name, dataset, newest, link: url.href };
  if (newest && first === "explore" && asked.key && asked.field) {
    const table = asked.table ?? Object.keys((quoted?.tables ?? newest?.tables) ?? {})[0] ?? "";
    return { ...about, kind: "figure", quoted, table, key: asked.key, field: asked.field, section: "tables" };
  }
  if (newest && first === "summaries" && second && asked.field) {
    return { ...about, kind: "figure", quoted, table: second, key: asked.key ?? "", field: asked.field, section: "summaries" };
  }
  const isVersion = VERSION.test(first ?? "");
  const release = isVersion ? dataset.releases.find(({ version }) => version === first) : newest ?? dataset.releases.at(-1);
  if (!release) return null;
  const path = isVersion || first === "latest" ? [second, ...rest].filter(Boolean).join("/") : "";
  return { ...about, kind: "release", release, path, since: release.removed ? [] : dataset.releases.slice(dataset.releases.indexOf(release) + 1) };
}

/** The value of a figure in a release, as the CSV has it: undefined where it cannot be read, null where there is none. */
export async function valueIn(root, { name, table, key, field, section }, release) {
  const tables = release[section] ?? {};
  if (!Object.hasOwn(tables, table)) return null;
  const about = tables[table];
  if (location.protocol === "file:") return undefined;
  const response = await fetch(new URL(`data/${encodeURIComponent(name)}/${release.version}/${about.path}`, root)).catch(() => null);
  if (!response?.ok || Number(response.headers.get("content-length")) > MOST_BYTES) return undefined;
  const rows = parse(decoded(new Uint8Array(await response.arrayBuffer())), about.delimiter);
  const at = rows.findIndex((row) => row.includes(field));
  if (at < 0) return undefined;
  const columns = about.key?.map((each) => rows[at].indexOf(each)) ?? [];
  const row = rows.slice(at + 1).find((cells) => columns.map((column) => cells[column]).join("|") === key);
  const value = row?.[rows[at].indexOf(field)];
  return value === undefined || value === "" ? null : value;
}
