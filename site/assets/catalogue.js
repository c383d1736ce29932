// The catalogue's filters: what is chosen stands in the address, counts tell what each choice leaves.

import { counted, fill, make, words } from "./lib/dom.js";

const WIDE = matchMedia("(min-width: 60rem)");
const STEP = 60; // cards at a time
const SORTS = ["relevance", "newest", "name"];
const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });

const place = document.querySelector("[data-catalogue]");
if (place) startCatalogue(place);

function startCatalogue(place) {
  const list = place.querySelector(".cards");
  const labels = JSON.parse(place.querySelector(".catalogue__labels").textContent);
  const { facets } = labels;
  const cards = [...list.children].map((element, position) => readCard(element, position, facets));
  const parts = build(facets);
  let shown = STEP;
  let rest = labels.rest; // where the cards are that the page has no room for, until they are here
  place.querySelector(".pagination")?.remove();
  place.classList.add("catalogue--ready");
  place.append(parts.form, make("div", {}, parts.bar, parts.chips, parts.none, list, parts.more));

  const update = async (how) => {
    shown = STEP;
    if (how) history[how](null, "", address(readForm(parts, facets)));
    await complete();
    draw();
  };
  const complete = async () => {
    if (!rest) return;
    const file = rest;
    rest = "";
    const answer = await fetch(new URL(file, location.href));
    const found = new DOMParser().parseFromString((await answer.json()).join(""), "text/html");
    for (const element of [...found.body.children]) cards.push(readCard(list.appendChild(document.adoptNode(element)), cards.length, facets));
  };
  const draw = () => show(readForm(parts, facets), cards, facets, list, parts, update, shown);
  // The words are followed as they are typed; their change event would come amid a click on a chip.
  parts.form.addEventListener("change", (event) => event.target.type !== "search" && update("pushState"));
  parts.form.addEventListener("input", (event) => event.target.type === "search" && update("replaceState"));
  parts.form.addEventListener("submit", (event) => event.preventDefault());
  parts.sort.addEventListener("change", () => update("pushState"));
  parts.more.addEventListener("click", async () => {
    shown += STEP;
    await complete();
    draw();
  });
  addEventListener("popstate", () => {
    writeForm(parts, facets);
    update();
  });
  writeForm(parts, facets);
  if (labels.total && !location.search) showFirst(labels, parts);
  else update();
}

/** The list as it came, before anybody has asked for anything: all is counted, though not all is here. */
function showFirst({ total, facets }, parts) {
  parts.found.textContent = counted("catalogue_total", total);
  parts.more.hidden = false;
  for (const { name, counts } of facets) writeCounts(name, (value) => counts[value] ?? 0, parts.form);
}

function readCard(element, position, facets) {
  const values = facets.map(({ name }) => [name, (element.dataset[name] ?? "").split("|").filter(Boolean)]);
  return {
    element, position, values: Object.fromEntries(values), date: element.dataset.date ?? "",
    title: element.dataset.title ?? "", text: element.textContent.toLowerCase(),
  };
}

function build(facets) {
  const found = make("p", { role: "status" });
  const query = make("input", { type: "search", name: "q", placeholder: words.catalogue_words, "aria-label": words.catalogue_words, autocomplete: "off" });
  const sets = facets.map(fieldset);
  const all = make("details", { class: "facets__all", open: WIDE.matches },
    make("summary", {}, words.catalogue_filter), sets);
  WIDE.addEventListener("change", () => (all.open = WIDE.matches));
  const sort = make("select", { name: "sort" }, SORTS.map((name) => make("option", { value: name }, words[`sort_${name}`])));
  return {
    form: make("form", { class: "facets", role: "search", "aria-label": words.catalogue_filter }, query, all),
    bar: make("div", { class: "catalogue__bar" }, found, make("label", {}, `${words.catalogue_sort} `, sort)),
    chips: make("ul", { class: "chips" }),
    none: make("p", { class: "muted", hidden: true }, words.catalogue_none),
    more: make("button", { type: "button", class: "button", hidden: true }, words.catalogue_more),
    found, query, sort,
  };
}

function fieldset(facet) {
  const values = facet.order.filter((value) => facet.counts[value]);
  const rows = values.map((value) =>
    make("label", { class: "facet" },
      make("input", { type: "checkbox", name: facet.name, value }),
      make("span", {}, facet.values[value]),
      make("span", { class: "facet__count" })));
  return make("fieldset", {}, make("legend", {}, facet.title), make("div", { class: "facet__list" }, rows));
}

function readForm({ form, query, sort }, facets) {
  const data = new FormData(form);
  return {
    q: query.value.trim(),
    sort: sort.value,
    chosen: Object.fromEntries(facets.map(({ name }) => [name, data.getAll(name)])),
  };
}

function writeForm({ form, query, sort }, facets) {
  const asked = new URLSearchParams(location.search);
  query.value = asked.get("q") ?? "";
  sort.value = SORTS.includes(asked.get("sort")) ? asked.get("sort") : SORTS[0];
  for (const { name } of facets) {
    const wanted = asked.getAll(name);
    for (const box of form.querySelectorAll(`input[name="${name}"]`)) box.checked = wanted.includes(box.value);
  }
}

function address(state) {
  const asked = new URLSearchParams();
  if (state.q) asked.set("q", state.q);
  for (const [name, values] of Object.entries(state.chosen)) for (const value of values) asked.append(name, value);
  if (state.sort !== SORTS[0]) asked.set("sort", state.sort);
  const text = String(asked);
  return text ? `?${text}` : location.pathname;
}

/** Does the card have the query's words, and of each facet one of the chosen values? */
function fits(card, { q, chosen }, without) {
  const hasWords = q.toLowerCase().split(/\s+/).every((word) => card.text.includes(word));
  const has = ([name, values]) => name === without || !values.length || values.some((value) => card.values[name].includes(value));
  return hasWords && Object.entries(chosen).every(has);
}

function show(state, cards, facets, list, parts, update, most) {
  const fitting = sorted(cards.filter((card) => fits(card, state)), state.sort);
  const seen = new Set(fitting.slice(0, most));
  for (const card of cards) card.element.hidden = !seen.has(card);
  list.append(...[...seen].map((card) => card.element));
  parts.more.hidden = seen.size === fitting.length;
  const isFiltered = fitting.length < cards.length || state.q;
  parts.found.textContent = counted(isFiltered ? "catalogue_found" : "catalogue_total", fitting.length);
  parts.none.hidden = fitting.length > 0;
  for (const { name } of facets) showCounts(name, cards.filter((card) => fits(card, state, name)), parts.form);
  parts.chips.replaceChildren(...chips(state, facets, parts, update));
  parts.chips.hidden = !parts.chips.children.length;
}

function sorted(cards, sort) {
  const orders = {
    relevance: (a, b) => a.position - b.position,
    newest: (a, b) => b.date.localeCompare(a.date) || a.position - b.position,
    name: (a, b) => collator.compare(a.title, b.title),
  };
  return [...cards].sort(orders[sort]);
}

function showCounts(name, cards, form) {
  const counts = new Map();
  for (const card of cards) for (const value of card.values[name]) counts.set(value, (counts.get(value) ?? 0) + 1);
  writeCounts(name, (value) => counts.get(value) ?? 0, form);
}

function writeCounts(name, countOf, form) {
  for (const box of form.querySelectorAll(`input[name="${name}"]`)) {
    const count = countOf(box.value);
    const label = box.closest("label");
    label.querySelector(".facet__count").textContent = count;
    label.classList.toggle("facet--empty", !count);
  }
}

/** What is chosen, each to be taken away alone. */
function chips(state, facets, { form, query, bar }, update) {
  const undo = (change) => () => {
    change();
    update("pushState");
    (form.parentElement.querySelector(".chip") ?? bar.querySelector("select")).focus();
  };
  const chip = (text, change) =>
    make("li", {}, make("button", { type: "button", class: "chip", "aria-label": `${words.catalogue_remove} ${text}`, onclick: undo(change) }, text));
  const box = (name, value) => form.querySelector(`input[name="${name}"][value="${CSS.escape(value)}"]`);
  const all = facets.flatMap(({ name, values }) =>
    state.chosen[name].map((value) => chip(values[value], () => (box(name, value).checked = false))));
  if (state.q) all.unshift(chip(state.q, () => (query.value = "")));
  if (all.length > 1) {
    const clear = () => form.reset();
    all.push(make("li", {}, make("button", { type: "button", class: "chip chip--clear", onclick: undo(clear) }, fill("catalogue_clear"))));
  }
  return all;
}
