/** Which columns to show, the selection as a file, and its citation. */
import { button, h, openDialog, spoken } from "./dom.js";
import { citations, filterWords, selectionWords, sortWords } from "./cite.js";
import { isNarrowed } from "./state.js";

// A workbook is built in memory: past this many rows a phone may run out of it.
const WORKBOOK_ROWS = 100_000;

export function openColumns(view, shown) {
  const { table, t, format, actions } = view;
  const boxes = table.fields.map((field) =>
    h("input", { type: "checkbox", value: field.name, checked: shown.includes(field), disabled: field === table.fields[0] }));
  openDialog({
    title: t("columns.title"),
    closeLabel: t("close"),
    body: (close) => {
      const names = () => boxes.filter((box) => box.checked).map((box) => box.value);
      const setAll = (value) => boxes.forEach((box) => !box.disabled && (box.checked = value));
      const submit = (event) => {
        event.preventDefault();
        close();
        actions.setColumns(names());
      };
      return [
        h(
          "form",
          { on: { submit } },
          h("p", {}, button(t("columns.all"), () => setAll(true)), " ", button(t("columns.none"), () => setAll(false))),
          h(
            "fieldset",
            { class: "explorer-choices" },
            h("legend", { class: "explorer-spoken" }, t("columns.title")),
            ...boxes.map((box, at) => h("label", {}, box, ` ${format.title(table.fields[at])}`, table.fields[at].description && h("small", {}, table.fields[at].description))),
          ),
          h("p", { class: "explorer-actions" }, h("button", { type: "submit", class: "explorer-button is-primary" }, t("columns.apply")), button(t("cancel"), close)),
        ),
      ];
    },
  });
}

/** Everything that a kept file must say of itself, as pairs of words. */
export function aboutSelection({ config, table, state, t, format, count }, fields, url) {
  const sorted = state.sort && table.fields.find(({ name }) => name === state.sort.field);
  const lines = [
    [t("about.dataset"), [config.title, config.version].filter(Boolean).join(" ")],
    [t("about.table"), `${table.title} (${table.name})`],
    [t("about.filter"), isNarrowed(state) ? filterWords({ table, state, format, t }) : t("about.allRows")],
    sorted && [t("about.sort"), sortWords(state.sort, sorted, t)],
    [t("about.rows"), t("count.rows", { count: format.count(count), total: format.count(table.rows) })],
    [t("about.columns"), fields.map((field) => `${field.name} = ${format.title(field)}`).join(t("list.then"))],
    [t("about.citation"), config.citation],
    [t("about.link"), url],
    config.release && [t("about.release"), config.release],
    config.license && [t("about.license"), [config.license.title, config.license.path].filter(Boolean).join(" ")],
    table.sha256 && [t("about.sha256"), table.sha256],
    [t("about.accessed"), new Date().toISOString().slice(0, 10)],
    config.withdrawn && [t("about.withdrawn"), config.withdrawn],
  ];
  return lines.filter(Boolean);
}

function save(blob, name) {
  const link = h("a", { href: URL.createObjectURL(blob), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

export function openDownload(view, shown) {
  const { config, table, state, t, format, count, actions } = view;
  const columns = h("input", { type: "checkbox", checked: shown.length === table.fields.length });
  const about = h("input", { type: "checkbox", checked: true });
  const progress = h("p", { role: "status", class: "explorer-hint" });
  const fields = () => (columns.checked ? table.fields : shown);
  const stem = [config.dataset, config.version, table.name, isNarrowed(state) && "selection"].filter(Boolean).join("-");

  async function run(extension, request) {
    const pairs = aboutSelection(view, fields(), actions.address());
    const common = { columns: fields().map(({ name }) => name), onProgress: ({ rows, of }) => rows && (progress.textContent = t("download.progress", { done: format.count(rows), total: format.count(of) })) };
    progress.textContent = t("download.preparing");
    try {
      const blob = await actions.download({ ...common, ...request(pairs) });
      save(blob, `${stem}.${extension}`);
      progress.textContent = t("download.done");
    } catch {
      progress.textContent = t("download.failed");
    }
  }
  const csv = (excel) => (pairs) => ({ format: "csv", excel, about: about.checked ? pairs.map(([name, text]) => `${name}: ${text}`) : [] });
  const xlsx = (pairs) => ({ format: "xlsx", fields: fields(), titles: fields().map(format.title), title: table.title, about: pairs, aboutTitle: t("about.title") });
  const tooLong = count > WORKBOOK_ROWS;
  openDialog({
    title: t("download.title"),
    closeLabel: t("close"),
    body: () => [
      h("p", {}, t("count.rows", { count: format.count(count), total: format.count(table.rows) }), isNarrowed(state) ? ` · ${filterWords(view)}` : ""),
      h("p", { class: "explorer-choices" }, h("label", {}, columns, ` ${t("download.allColumns")}`), h("label", {}, about, ` ${t("download.about")}`)),
      h(
        "ul",
        { class: "explorer-formats" },
        formatItem(t("download.xlsx"), tooLong ? t("download.tooLong", { most: format.count(WORKBOOK_ROWS) }) : t("download.xlsxHint"), tooLong ? null : () => run("xlsx", xlsx)),
        formatItem(t("download.excelCsv"), t("download.excelCsvHint"), () => run("csv", csv(true))),
        formatItem(t("download.csv"), t("download.csvHint"), () => run("csv", csv(false))),
      ),
      progress,
      table.csv && h("p", { class: "explorer-hint" }, h("a", { href: table.csv, download: true }, t("download.whole"))),
    ].filter(Boolean),
  });
}

function formatItem(label, hint, onClick) {
  return h("li", {}, button(label, onClick ?? (() => {}), { disabled: !onClick }), h("small", {}, hint));
}

function copyButton(label, onClick, t) {
  const copy = button(t("cite.copy"), onClick);
  copy.append(spoken(` ${label}`));
  return copy;
}

export async function copyText(text, status, t) {
  try {
    await navigator.clipboard.writeText(text);
    status.textContent = t("copy.done");
  } catch {
    status.textContent = t("copy.failed");
  }
}

export function openCite(view, row) {
  const { config, t, format, actions } = view;
  const status = h("p", { role: "status", class: "explorer-hint" });
  const selection = selectionWords({ ...view, values: row });
  const url = actions.citedAddress();
  const accessed = new Date().toISOString().slice(0, 10);
  const listed = citations({ config, selection, url, accessed, t }).map(({ label, text }) =>
    h(
      "section",
      { class: "explorer-citation" },
      h("h3", {}, label),
      h("pre", { dir: "auto", tabindex: "0", role: "region", "aria-label": label }, text),
      copyButton(label, () => copyText(text, status, t), t),
    ));
  openDialog({
    title: t(view.state.key === null ? "cite.title" : "cite.titleRow"),
    closeLabel: t("close"),
    body: () => [
      h("p", {}, selection),
      ...listed,
      h("section", { class: "explorer-citation" }, h("h3", {}, t("cite.link")), h("pre", { tabindex: "0", role: "region", "aria-label": t("cite.link") }, url), button(t("link.copy"), () => copyText(url, status, t))),
      status,
      config.date && h("p", { class: "explorer-hint" }, t("cite.released", { version: config.version, date: format.date(config.date) })),
    ].filter(Boolean),
  });
}
