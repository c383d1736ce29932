// Elements without markup in strings, and the page's words.

/** An element: `make("p", { class: "x", onclick: f }, "text", child)`; null and false children are left out. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  element.append(...children.flat().filter((child) => child != null && child !== false));
  return element;
}

/** The words of the page's language, which a script before this one has set; in a frame of an earlier version the page has them. */
export const words = globalThis.siteWords ?? JSON.parse(document.getElementById("words")?.textContent || "{}");

/** A word with its `$placeholders` filled. */
export function fill(name, values = {}) {
  return (words[name] ?? "").replace(/\$(\w+)/g, (whole, key) => values[key] ?? whole);
}

const language = document.documentElement.lang;
const rules = new Intl.PluralRules(language);
const numbers = new Intl.NumberFormat(language, { numberingSystem: "latn" });

/** `search_one` or `search_other`, as the language counts. */
export function counted(name, count) {
  const form = `${name}_${rules.select(count)}`;
  return fill(words[form] ? form : `${name}_other`, { count: numbers.format(count) });
}
