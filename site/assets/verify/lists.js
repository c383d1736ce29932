/** The lists that are looked up, as datagazette/build/file_lists.py writes them: scripts, since a page on a disk may read nothing else. */
import { hashText } from "./hash.js";

const FORM = 1;
const given = new Map();
const loading = new Map();
let root;

globalThis.verifyPart = (name, value) => given.set(name, value);

/** @param {string} address of the site's root */
export function openLists(address) {
  root = address;
}

function load(name) {
  if (!loading.has(name)) {
    loading.set(name, new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = new URL(`assets/verify/${name}.js`, root).href;
      script.onload = () => (given.has(name) ? resolve(given.get(name)) : reject(new Error(name)));
      script.onerror = () => reject(new Error(name));
      document.head.append(script);
    }).catch((error) => (loading.delete(name), Promise.reject(error))));
  }
  return loading.get(name);
}

async function about() {
  const found = await load("about");
  if (found.form !== FORM) throw new Error(`form ${found.form}`);
  return found;
}

/** The origins of a hash: `{dataset, version, path, order, part, removed}`, the oldest first. */
export async function lookUp(key) {
  const { digits } = await about();
  const part = await load(`parts/${key.slice(0, digits)}`);
  return (part[key.slice(digits)] ?? []).map((written) => {
    const [place, order = "", sheet = ""] = written.split("\t");
    const [dataset, version, ...path] = place.replace(/^!/, "").split("/");
    return { dataset, version, path: path.join("/"), order, part: sheet, removed: place.startsWith("!") };
  });
}

/** The releases of a dataset; null where there is none of this name. */
export async function datasetOf(name) {
  return (await about()).datasets.includes(name) ? load(`datasets/${name}`) : null;
}

export const byName = async (name) => lookUp(await hashText(`name\n${name}`));
export const byHeader = async (first) => lookUp(await hashText(`header\n${first}`));
