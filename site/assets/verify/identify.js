/** What a file is, as `verify` on the command line answers. */
import { hashFile } from "./hash.js";
import { byHeader, byName, datasetOf, lookUp } from "./lists.js";
import { readParts } from "./parts.js";

const ORDER = 16;
const idOf = ({ dataset, version }) => `${dataset}/${version}`;

/**
 * @param {File} file
 * @returns {Promise<object>} `state` (current, old, withdrawn, removed, altered, unknown); `by` (bytes, values); `origins`;
 *   `dataset` with its releases; `release`, `since`; `reordered`; `same` and `other`, the parts that are or are not as in `like`
 */
export async function identify(file) {
  const sha256 = await hashFile(file);
  const about = { name: file.name, size: file.size, sha256 };
  const origins = await lookUp(sha256);
  if (origins.length) return { ...about, by: "bytes", ...(await placed(origins)) };
  const { parts, says } = await readParts(file).catch(() => ({ parts: [], says: "" }));
  const found = await Promise.all(parts.map(known));
  const kept = common(found);
  if (kept.length) {
    const answer = await placed(kept);
    const own = found.map((each) => each.filter((origin) => idOf(origin) === idOf(answer.release)));
    return { ...about, by: "values", reordered: own.some((each) => each.every(({ ordered }) => !ordered)), ...answer };
  }
  return { ...about, ...(await altered(file.name, parts, says, found)) };
}

/** The origins of a part, by its bytes or its values. */
async function known({ hash, values }) {
  const found = await Promise.all([
    ...(hash ? [lookUp(hash).then((origins) => origins.map((origin) => ({ ...origin, ordered: true })))] : []),
    ...values.map(async ({ key, order }) => (await lookUp(key)).map((origin) => ({ ...origin, ordered: origin.order === order.slice(0, ORDER) }))),
  ]);
  return found.flat();
}

/** The origins that are of a release which has all parts. */
function common(found) {
  if (!found.length) return [];
  const sets = found.map((each) => new Set(each.map(idOf)));
  const isShared = (origin) => sets.every((set) => set.has(idOf(origin)));
  const seen = new Set();
  return found.flat().filter((origin) => isShared(origin) && !seen.has(`${idOf(origin)}/${origin.path}`) && seen.add(`${idOf(origin)}/${origin.path}`)).sort(inOrder);
}

const numbersOf = (version) => version.split(".").map(Number);
export const byVersion = (a, b) => numbersOf(a).reduce((order, part, at) => order || part - numbersOf(b)[at], 0);
const inOrder = (a, b) => (a.dataset < b.dataset ? -1 : Number(a.dataset > b.dataset)) || byVersion(a.version, b.version);

/** What has become of the last origin's dataset since. Of several releases it is the newest that was not withdrawn. */
async function placed(found) {
  const left = found.filter(({ removed }) => !removed);
  const origins = left.length ? left : found;
  const { dataset: name } = origins.at(-1);
  const dataset = await datasetOf(name);
  const own = new Set(origins.filter((origin) => origin.dataset === name).map(({ version }) => version));
  const releases = dataset.releases.filter(({ version }) => own.has(version));
  const release = releases.findLast(({ withdrawn }) => !withdrawn) ?? releases.at(-1);
  const since = release.removed ? [] : dataset.releases.slice(dataset.releases.indexOf(release) + 1).filter(({ removed }) => !removed);
  const state = release.removed ? "removed" : release.withdrawn ? "withdrawn" : release.version === dataset.newest ? "current" : "old";
  return { state, origins, dataset, release: { dataset: name, ...release }, since };
}

/** A file that says what it is, by what it holds, its name or the first row of its tables, and has other values. */
async function altered(name, parts, says, found) {
  const plain = name.replace(/ ?\(\d+\)(?=\.[^.]+$)/, "");
  const firsts = parts.flatMap(({ values }) => values.map(({ first }) => first));
  const ways = [() => (says ? byName(says) : []), () => byName(plain), async () => (await Promise.all(firsts.map(byHeader))).flat()];
  for (const way of ways) {
    const origins = await way();
    if (!origins.length) continue;
    const like = idOf(origins.at(-1));
    const isSame = (at) => found[at].some((origin) => idOf(origin) === like);
    const named = parts.map((part, at) => ({ name: part.name, same: isSame(at) })).filter((part) => part.name);
    const same = named.filter((part) => part.same).map((part) => part.name);
    const other = named.filter((part) => !part.same).map((part) => part.name);
    return { state: "altered", origins, dataset: await datasetOf(origins.at(-1).dataset), same, other };
  }
  return { state: "unknown", origins: [] };
}
