// The search box, which is there as soon as somebody asks for it: what answers in it is loaded meanwhile. Keys typed
// until then are not lost, and a phone shows its keyboard, which it does only at once.

import { make, words } from "./dom.js";

const siteRoot = new URL("../../../", import.meta.url);

let box;

export async function openSearch() {
  box ??= build();
  if (!box.element.open) box.element.showModal();
  box.input.focus();
  box.input.select();
  if (box.answers) return;
  box.answers = true;
  try {
    (await import("./search.js")).startSearch(box);
  } catch (error) {
    console.error(error);
    box.answers = false;
    box.status.textContent = words.search_failed;
  }
}

function build() {
  const input = make("input", {
    class: "search__input", type: "search", name: "q", role: "combobox", placeholder: words.search_prompt,
    "aria-label": words.search_title, "aria-expanded": "false", "aria-controls": "search-results",
    "aria-autocomplete": "list", autocomplete: "off", autocapitalize: "off", spellcheck: "false", enterkeyhint: "go",
    onkeydown: close,
  });
  const filters = make("div", { class: "search__filters", role: "group", "aria-label": words.search_filters, hidden: true });
  const status = make("p", { class: "search__status", role: "status" }, words.search_hint);
  const list = make("div", { class: "search__results", id: "search-results", role: "listbox", "aria-label": words.search_results });
  const more = make("button", { type: "button", class: "button button--small", hidden: true });
  const element = make("dialog", { class: "search", "aria-label": words.search_title, onclick: close },
    make("form", { class: "search__form", role: "search", onsubmit: (event) => event.preventDefault() },
      input,
      make("button", { type: "button", class: "tool", "data-search-close": true }, words.search_close)),
    filters, status, list,
    make("div", { class: "search__foot" },
      make("span", { class: "search__keys", "aria-hidden": "true" }, words.search_keys),
      more,
      make("a", { href: new URL(`${words.prefix}datasets/`, siteRoot) }, words.search_catalogue)));
  document.body.append(element);
  return { element, input, filters, status, list, more };
}

/** The dialog closes by its button, a click beside it or on a result, and by Escape, which else only empties the input. */
function close(event) {
  const isAway = event.key ? event.key === "Escape" && !event.isComposing
    : event.target === box.element || event.target.closest("[data-search-close], .search__result");
  if (!isAway) return;
  if (event.key) event.preventDefault();
  box.element.close();
}
