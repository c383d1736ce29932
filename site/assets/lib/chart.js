// Charts that answer: the mark under the pointer, or the one that the arrow keys have come to, tells its row. The drawing,
// its words and its table are in the page already; nothing here draws.

import { make } from "./dom.js";

const NEAR = 24; // pixels around a mark that still mean it
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

export function startCharts(pictures) {
  for (const picture of pictures) if (picture.querySelector("[data-row]")) startChart(picture);
}

function startChart(picture) {
  const texts = JSON.parse(picture.querySelector(".chart__rows").textContent);
  const tip = make("div", { class: "chart__tip", hidden: true, "aria-hidden": "true" });
  const live = make("p", { class: "sr-only", "aria-live": "polite" });
  let active = null;

  picture.append(tip, live);
  for (const svg of picture.querySelectorAll("svg")) enliven(svg);

  function enliven(svg) {
    const marks = marksOf(svg);
    const rows = [...marks.keys()];
    const place = svg.parentElement;
    place.tabIndex = 0;
    place.setAttribute("role", "group");
    place.setAttribute("aria-label", `${svg.querySelector("title")?.textContent ?? ""} ${picture.dataset.keys}`);
    place.addEventListener("pointermove", (event) => show(nearest(marks, event), false));
    place.addEventListener("pointerdown", (event) => show(nearest(marks, event), false));
    place.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && show(null));
    place.addEventListener("blur", () => show(null));
    place.addEventListener("keydown", (event) => {
      const next = stepped(event.key, rows.indexOf(active), rows.length);
      if (next === undefined) return;
      event.preventDefault();
      show(next < 0 ? null : rows[next], true);
    });

    function show(row, aloud = false) {
      if (row === active) return;
      active = row;
      svg.classList.toggle("has-active", row !== null);
      for (const [one, elements] of marks) for (const element of elements) element.classList.toggle("is-active", one === row);
      tip.hidden = row === null;
      if (row === null) return;
      tip.replaceChildren(...lines(texts[row]));
      put(tip, picture, marks.get(row)[0]);
      if (aloud) live.textContent = spoken(texts[row]);
    }
  }
}

/** The marks of a drawing by the row that they stand for, in the order of the rows. */
function marksOf(svg) {
  const found = new Map();
  for (const element of svg.querySelectorAll("[data-row]")) {
    const row = Number(element.dataset.row);
    found.set(row, [...(found.get(row) ?? []), element]);
  }
  return new Map([...found].sort(([a], [b]) => a - b));
}

/** The row whose mark the pointer is on, or nearest to. */
function nearest(marks, { clientX: x, clientY: y, target }) {
  const on = target.closest?.("[data-row]");
  if (on) return Number(on.dataset.row);
  let best = null;
  let least = NEAR;
  for (const [row, elements] of marks) {
    for (const element of elements) {
      const { left, right, top, bottom } = element.getBoundingClientRect();
      const away = Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom));
      if (away < least) [best, least] = [row, away];
    }
  }
  return best;
}

/** Where a key leads from the mark at `at` (-1: none); -1 to none, undefined where the key means nothing here. */
function stepped(key, at, count) {
  if (key in STEPS) return at < 0 ? (STEPS[key] > 0 ? 0 : count - 1) : Math.min(Math.max(at + STEPS[key], 0), count - 1);
  return { Home: 0, End: count - 1, Escape: at < 0 ? undefined : -1 }[key];
}

function lines([name, said, notes]) {
  return [
    name && make("p", { class: "chart__tip-name" }, name),
    make("dl", {}, said.map(([what, figure]) => make("div", {}, make("dt", {}, what), make("dd", {}, figure)))),
    ...notes.map((note) => make("p", { class: "chart__tip-note" }, note)),
  ].filter(Boolean);
}

const spoken = ([name, said, notes]) => [name, ...said.map(([what, figure]) => `${what} ${figure}`), ...notes].filter(Boolean).join(". ");

/** Beside the mark, and never outside of the picture. */
function put(tip, picture, mark) {
  const frame = picture.getBoundingClientRect();
  const { left, width, top, bottom } = mark.getBoundingClientRect();
  const middle = left + Math.min(width, 240) / 2 - frame.left;
  const x = Math.max(0, Math.min(middle - tip.offsetWidth / 2, frame.width - tip.offsetWidth));
  const above = top - frame.top - tip.offsetHeight - 8;
  tip.style.left = `${x}px`;
  tip.style.top = `${top - tip.offsetHeight - 8 > 0 ? above : bottom - frame.top + 8}px`;
}
