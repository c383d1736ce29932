/** Elements without markup strings: data never passes through an HTML parser. */

const PROPERTIES = new Set(["checked", "disabled", "hidden", "multiple", "required", "selected", "value"]);

/**
 * Make an element.
 * @param {string} tag
 * @param {Record<string, unknown>} [attributes] `on` maps event names to listeners; null and false leave an attribute out
 * @param {...(Node|string|null|undefined|false)} children
 * @returns {HTMLElement}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    else if (value === null || value === undefined || value === false) continue;
    else if (PROPERTIES.has(name)) element[name] = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** A button with words; `icon` is a decorative sign before them. */
export function button(label, onClick, { icon, ...attributes } = {}) {
  return h(
    "button",
    { type: "button", class: "explorer-button", on: { click: onClick }, ...attributes },
    icon && h("span", { class: "explorer-icon", "aria-hidden": "true" }, icon),
    label,
  );
}

/** Words for screen readers only. */
export function spoken(text) {
  return h("span", { class: "explorer-spoken" }, text);
}

let serial = 0;

/** A fresh id for a label and its control. */
export function uid(prefix) {
  serial += 1;
  return `explorer-${prefix}-${serial}`;
}

/**
 * Show a modal dialog; Escape, the close button and a click beside it close it, and focus goes back.
 * @param {{title: string, closeLabel: string, body: (close: () => void) => Node[]}} options
 */
export function openDialog({ title, closeLabel, body }) {
  const heading = uid("dialog");
  const dialog = h("dialog", { class: "explorer-dialog", "aria-labelledby": heading });
  const close = () => dialog.close();
  dialog.append(
    h(
      "div",
      { class: "explorer-dialog-box" },
      h(
        "header",
        {},
        h("h2", { id: heading }, title),
        h("button", { type: "button", class: "explorer-close", "aria-label": closeLabel, on: { click: close } }, "×"),
      ),
      ...body(close),
    ),
  );
  dialog.addEventListener("click", (event) => event.target === dialog && close());
  dialog.addEventListener("close", () => dialog.remove());
  (document.querySelector("#explorer") ?? document.body).append(dialog);
  dialog.showModal();
  return dialog;
}
