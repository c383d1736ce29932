// Buttons that copy: `data-copy` names the element whose text is copied, `data-copy-text` is the text itself.

import { make, words } from "./dom.js";

const SAID_FOR = 2000;

export function startCopying(buttons) {
  if (!buttons.length) return;
  const said = make("p", { class: "sr-only", role: "status" });
  document.body.append(said);
  for (const button of buttons) {
    button.hidden = false;
    button.addEventListener("click", () => copy(button, said));
  }
}

async function copy(button, said) {
  const source = document.querySelector(button.dataset.copy || ":not(*)");
  const text = button.dataset.copyText ?? source?.innerText ?? "";
  const done = await write(text.trim(), source);
  button.dataset.label ??= button.textContent;
  said.textContent = words[done ? "copied" : "copy_failed"];
  button.textContent = said.textContent;
  setTimeout(() => {
    button.textContent = button.dataset.label;
    said.textContent = "";
  }, SAID_FOR);
}

async function write(text, source) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Not served over https, or not allowed: what can be selected stays selected.
    if (source) getSelection().selectAllChildren(source);
    return false;
  }
}
