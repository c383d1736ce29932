/** Answers as people read them. Names of files and texts of the ledger never pass through an HTML parser. */
import { make } from "../lib/dom.js";

const page = document.getElementById("verify");
const language = page?.dataset.language;
const prefix = page?.dataset.prefix;
// How good or bad the news are; a sign says it, too, since colour alone must not.
const KINDS = { current: ["good", "✓"], old: ["old", "!"], withdrawn: ["withdrawn", "✕"], removed: ["withdrawn", "✕"], altered: ["withdrawn", "✕"], unknown: ["info", "?"] };
const TURNING = /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
const MOST = 6;

/** A text of the interface. A value that may turn the direction of writing turns nothing but itself. */
function say(key, values = {}) {
  return (globalThis.verifyWords?.[key] ?? key).replace(/\$(\w+)/g, (whole, name) => (name in values ? isolated(String(values[name])) : whole));
}

const isolated = (text) => (TURNING.test(text) || document.dir === "rtl" ? `\u2068${text}\u2069` : text);

/** A sentence whose `$link` is an element. */
function sentence(key, values, link) {
  const [before, after = ""] = say(key, values).split("$link");
  return [before, link, after];
}

const said = (texts) => texts?.[language] ?? Object.values(texts ?? {})[0] ?? "";

function dayOf(day) {
  return new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long", timeZone: "UTC" }).format(new Date(`${day}T00:00:00Z`));
}

const address = (path, root) => new URL(path + (location.protocol === "file:" ? "index.html" : ""), root).href;
const releasePath = (name, version) => `${prefix}datasets/${encodeURIComponent(name)}/${version}/`;

function releaseLink(name, dataset, version, root) {
  const { date } = dataset.releases.find((each) => each.version === version) ?? {};
  const shown = say("release", { title: said(dataset.title) || name, version });
  return make("span", {}, make("a", { href: address(releasePath(name, version), root) }, shown), date ? say("released", { date: dayOf(date) }) : "");
}

function heading(state, text, by) {
  const [kind, sign] = KINDS[state];
  return make("div", { class: `banner banner--${kind} verify__state`, "data-state": state, "data-by": by }, make("p", {}, make("span", { class: "verify__sign", "aria-hidden": "true" }, sign), make("strong", {}, text)));
}

const paragraph = (...children) => make("p", {}, ...children);
const list = (items) => make("ul", {}, items.map((item) => make("li", {}, item)));

/** An answer that is being found. */
export const working = (title) => make("section", { class: "verify__answer", "aria-busy": "true" }, paragraph(say("working", { name: title })));

export function showFailure(title) {
  return [heading("unknown", say("failed", { name: title }))];
}

export function showFile(answer, root) {
  const { state, by, name, origins, dataset, release } = answer;
  const key = by === "values" ? `${state}_values` : state;
  const shown = [heading(state, say(key, { name }), by)];
  if (answer.reordered) shown.push(paragraph(say("reordered")));
  if (state === "altered") shown.push(...comparison(answer));
  if (state === "altered") shown.push(...dataset.releases.filter(({ version }) => origins.some((origin) => origin.version === version)).flatMap(happened));
  if (origins.length) {
    const last = origins.slice(-MOST).reverse();
    shown.push(paragraph(say(state === "altered" ? "like" : "origins")), list(last.map((origin) => placeOf(origin, answer, root))));
  }
  if (release) shown.push(...since({ name: release.dataset, dataset, since: answer.since, own: origins.map(({ version }) => version) }, root));
  shown.push(make("p", { class: "verify__hash" }, "SHA-256: ", make("code", { class: "code" }, answer.sha256)));
  return shown;
}

function placeOf({ dataset: name, version, path, part }, { dataset }, root) {
  const link = dataset.name === name ? releaseLink(name, dataset, version, root) : make("a", { href: address(releasePath(name, version), root) }, `${name} ${version}`);
  return [link, say("colon"), make("code", { class: "code" }, path), part ? ` ${say("sheet", { part })}` : ""];
}

/** Which parts of an altered file are as they were published. */
function comparison({ same, other }) {
  const shown = [];
  if (other.length) shown.push(paragraph(say("other", { parts: other.join(say("comma")) })));
  if (same.length) shown.push(paragraph(say("same", { parts: same.join(say("comma")) })));
  return shown;
}

/** Whether it is the newest, what came afterwards, and what was withdrawn or removed. */
function since({ name, dataset, since: later, own }, root) {
  const shown = [];
  if (!dataset.newest) shown.push(paragraph(say("no_newest")));
  else if (own.includes(dataset.newest)) shown.push(paragraph(say("is_newest")));
  else shown.push(paragraph(...sentence("newest", {}, releaseLink(name, dataset, dataset.newest, root))));
  if (dataset.renamedTo) shown.push(paragraph(...sentence("renamed", {}, make("a", { href: address(`${prefix}datasets/${dataset.renamedTo}/`, root) }, dataset.renamedTo))));
  if (later.length) {
    shown.push(paragraph(say("since")));
    shown.push(list(later.map((each) => [releaseLink(name, dataset, each.version, root), said(each.changes) ? `${say("colon")}${said(each.changes)}` : ""])));
  }
  if (dataset.history && later.length) shown.push(paragraph(make("a", { href: address(`${prefix}datasets/${encodeURIComponent(name)}/history/`, root) }, say("history"))));
  for (const each of dataset.releases.filter(({ version }) => own.includes(version))) {
    shown.push(...happened(each));
  }
  return shown;
}

/** What was done to a release after it was published. */
function happened({ version, removed, withdrawn, redacted }) {
  const done = [["removed_on", removed], ["withdrawn_on", withdrawn], ...(redacted ?? []).map((each) => ["redacted_on", each])];
  const shown = done.filter(([, about]) => about).map(([key, { date, reason }]) => paragraph(say(key, { version, date: dayOf(date), reason: said(reason) })));
  return removed?.instead ? [...shown, paragraph(say("instead", { version: removed.instead }))] : shown;
}

export function showLink(found, root) {
  if (!found) return [heading("unknown", say("link_unknown"))];
  const { name, dataset, newest } = found;
  if (found.kind === "release") {
    const { release, path } = found;
    const state = release.removed ? "removed" : release.withdrawn ? "withdrawn" : release === newest ? "current" : "old";
    const title = say("release", { title: said(dataset.title) || name, version: release.version });
    return [heading(state, say(`link_${state}`, { release: path ? `${title}${say("colon")}${path}` : title })), ...since({ name, dataset, since: found.since, own: [release.version] }, root)];
  }
  return figure(found, root);
}

function figure({ name, dataset, newest, quoted, table, key, field, today, then, section }, root) {
  const isNewest = !quoted || quoted === newest;
  const state = quoted?.removed ? "removed" : quoted?.withdrawn ? "withdrawn" : isNewest ? "current" : "old";
  const place = say("figure", { title: said(dataset.title) || name, table, key, field });
  const verdict = quoted ? say(isNewest ? "quoted_newest" : "quoted_old", { version: quoted.version, newest: newest.version }) : say("quoted_none", { newest: newest.version });
  const shown = [heading(state, verdict), paragraph(place)];
  const valueText = (value) => (value === null ? say("no_value") : value);
  if (then !== undefined) shown.push(paragraph(say("then", { version: quoted.version, value: valueText(then) })));
  if (today !== undefined) shown.push(make("p", { class: "verify__value" }, say("today", { value: valueText(today) })));
  if (then !== undefined && today !== undefined && then === today) shown.push(paragraph(say("same_value")));
  const page = section === "tables" ? `datasets/${name}/explore/` : `datasets/${name}/summaries/${table}/`;
  const query = new URLSearchParams(section === "tables" ? { table, key } : { key, field });
  const link = make("a", { href: `${address(prefix + page, root)}?${query}` }, say("see"));
  shown.push(paragraph(today === undefined ? `${say("unread")} ` : "", link));
  if (quoted) shown.push(...since({ name, dataset, since: dataset.releases.slice(dataset.releases.indexOf(quoted) + 1), own: [quoted.version] }, root));
  return shown;
}
