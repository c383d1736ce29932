/** The dialog in which a filter is made, and the chips that show and undo filters. */
import { button, h, openDialog, uid } from "./dom.js";
import { WHY, operatorsFor, readEnds, readNumber, takesNoValue } from "./operators.js";
import { joinTexts, splitTexts } from "./why.js";

function labelled(label, control, hint) {
  control.id ||= uid("control");
  return h("p", { class: "explorer-field" }, h("label", { for: control.id }, label), control, hint && h("small", {}, hint));
}

function select(options, value, onChange) {
  const control = h("select", { on: { change: () => onChange(control.value) } });
  control.append(...options.map(([name, label]) => h("option", { value: name, selected: name === value }, label)));
  return control;
}

function inputFor(field, value, t) {
  if (field.kind === "number") return h("input", { type: "text", inputmode: "decimal", value, required: true, on: { input: (event) => checkNumber(event.target, t) } });
  return h("input", { type: field.type === "date" ? "date" : "text", value, required: true, autocomplete: "off" });
}

function checkNumber(input, t) {
  input.setCustomValidity(input.value && Number.isNaN(readNumber(input.value)) ? t("filter.needNumber") : "");
}

/** Controls for an operator's value, and how to read them back. */
function valueControls(field, op, value, t) {
  if (takesNoValue(op)) return { nodes: [], read: () => "" };
  if (op === "in") return choices(optionsOf(field, t), new Set(value.split("|")), t("filter.anyOf"), (texts) => texts.join("|"));
  if (op === WHY) return choices(field.reasons, new Set(splitTexts(value)), t("filter.why"), joinTexts);
  const plain = (input) => (field.kind === "number" ? String(readNumber(input.value)) : input.value.trim());
  if (op !== "between") {
    const input = inputFor(field, value, t);
    return { nodes: [labelled(field.unit ? t("filter.valueIn", { unit: field.unit }) : t("filter.value"), input)], read: () => plain(input) };
  }
  const [from, to] = readEnds(value).map((end) => inputFor(field, end, t));
  return { nodes: [labelled(t("filter.from"), from), labelled(t("filter.to"), to)], read: () => `${plain(from)}..${plain(to)}` };
}

function optionsOf(field, t) {
  return field.kind === "boolean" ? ["true", "false"].map((value) => ({ value, label: t(`value.${value}`) })) : field.categories;
}

function choices(options, chosen, legend, join) {
  const boxes = options.map(({ value }) => h("input", { type: "checkbox", value: String(value), checked: chosen.has(String(value)) }));
  const items = boxes.map((box, at) => h("label", {}, box, ` ${options[at].label || options[at].value}`));
  const group = h("fieldset", { class: "explorer-choices" }, h("legend", {}, legend), ...items);
  return { nodes: [group], read: () => join(boxes.filter((box) => box.checked).map((box) => box.value)) };
}

const boxesChecked = (form) => form.querySelector("input:checked") !== null;

/**
 * @param {object} view
 * @param {object} field the field to begin with
 * @param {object} [editing] the filter that is changed
 */
export function openFilter(view, field, editing) {
  const { table, t, actions } = view;
  let chosen = field;
  let op = editing?.op ?? operatorsFor(field)[0];
  let controls;
  const slot = h("div");
  openDialog({
    title: t("filter.title"),
    closeLabel: t("close"),
    body: (close) => {
      const form = h("form", { on: { submit } }, slot);
      form.append(h("p", { class: "explorer-actions" }, h("button", { type: "submit", class: "explorer-button is-primary" }, t("filter.apply")), button(t("cancel"), close)));
      function submit(event) {
        event.preventDefault();
        const value = controls.read();
        if ((op === "in" || op === WHY) && !boxesChecked(form)) return form.querySelector("input")?.focus();
        close();
        actions.setFilter({ field: chosen.name, op, value }, editing);
        return undefined;
      }
      return [form];
    },
  });
  function draw(value = "") {
    const focused = slot.contains(document.activeElement) ? document.activeElement.dataset.part : "";
    controls = valueControls(chosen, op, value, t);
    const fieldSelect = select(table.fields.map(({ name, title }) => [name, title]), chosen.name, (name) => {
      chosen = table.fields.find((one) => one.name === name);
      [op] = operatorsFor(chosen);
      draw();
    });
    const opSelect = select(operatorsFor(chosen).map((one) => [one, t(`op.${one}`)]), op, (next) => {
      op = next;
      draw();
    });
    fieldSelect.dataset.part = "field";
    opSelect.dataset.part = "op";
    slot.replaceChildren(labelled(t("filter.field"), fieldSelect), labelled(t("filter.op"), opSelect), ...controls.nodes, costHint(view, chosen));
    if (focused) slot.querySelector(`[data-part=${focused}]`)?.focus();
    else slot.querySelector("input")?.focus();
  }
  draw(editing?.value);
}

function costHint({ costs, t, format }, field) {
  const cost = costs?.columns[field.name] ?? 0;
  return cost > 1e6 ? h("p", { class: "explorer-hint" }, t("cost.filter", { size: format.bytes(cost) })) : "";
}

/** One chip a condition: its words open it, its cross removes it. */
export function renderChips(view) {
  const { table, state, t, format, actions } = view;
  const chip = (words, remove, edit) =>
    h(
      "li",
      { class: "explorer-chip" },
      edit ? h("button", { type: "button", title: t("filter.edit"), on: { click: edit } }, words) : h("span", {}, words),
      h("button", { type: "button", class: "explorer-remove", "aria-label": t("filter.remove", { filter: words }), on: { click: remove } }, "×"),
    );
  const chips = state.filters.map((filter) => {
    const field = table.fields.find(({ name }) => name === filter.field);
    return chip(format.filter(filter, field), () => actions.dropFilter(filter), () => openFilter(view, field, filter));
  });
  if (state.q.trim()) chips.unshift(chip(t("filter.search", { q: state.q.trim() }), () => actions.search("")));
  if (state.noted) chips.push(chip(t("filter.noted"), () => actions.setNoted(false)));
  if (state.key !== null) chips.push(chip(t("filter.row", { key: state.key.replaceAll("|", " · ") }), () => actions.pickRow(null)));
  if (!chips.length) return null;
  const all = chips.length > 1 ? h("li", {}, button(t("filter.clear"), () => actions.clear(), { class: "explorer-clear" })) : null;
  return h("ul", { class: "explorer-chips", "aria-label": t("filter.active") }, ...chips, all);
}
