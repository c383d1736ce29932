// Light or dark: the system's choice until the reader makes another; choosing the system's again forgets it.

import { words } from "./dom.js";

const KEY = "scheme";
const system = matchMedia("(prefers-color-scheme: dark)");
const root = document.documentElement;

const systems = () => (system.matches ? "dark" : "light");
const current = () => root.dataset.scheme ?? systems();

export function startScheme(button) {
  if (!button) return;
  const label = () => button.setAttribute("aria-label", words[current() === "dark" ? "scheme_light" : "scheme_dark"]);
  button.addEventListener("click", () => {
    choose(current() === "dark" ? "light" : "dark");
    label();
  });
  system.addEventListener("change", label);
  label();
  button.hidden = false;
}

function choose(scheme) {
  const isSystems = scheme === systems();
  if (isSystems) delete root.dataset.scheme;
  else root.dataset.scheme = scheme;
  try {
    if (isSystems) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, scheme);
  } catch {
    // Storage may be forbidden; the choice then holds for this page.
  }
  dispatchEvent(new CustomEvent("schemechange"));
}
