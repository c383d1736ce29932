/** Values as people read them, by each language's habit. */
import { h, spoken } from "./dom.js";
import { WHY, isMissing, readEnds, takesNoValue } from "./operators.js";
import { splitTexts } from "./why.js";

const SIGNS = { at_least: "≥", "at-least": "≥", more_than: ">", at_most: "≤", less_than: "<", approximate: "≈", about: "≈" };

/** Made when first needed: a language's rules take tens of milliseconds to load on a phone. */
function later(make) {
  let made;
  return () => (made ??= make());
}

const WEB = /^https?:\/\/[^\s<>"]{1,2000}$/i;
const MAIL = /^[^\s@<>"?&:/]{1,64}@[^\s@<>"?&:/]+\.[^\s@<>"?&:/]+$/;
const LONGEST_ADDRESS = 45;

/** Where a value leads that is an address of the web or of mail, and nothing else. */
function addressOf(value) {
  if (WEB.test(value)) return value;
  return MAIL.test(value) ? `mailto:${value}` : "";
}

function shortened(address) {
  const short = address.replace(/^https?:\/\/(www\.)?/i, "").replace(/\/$/, "");
  return short.length > LONGEST_ADDRESS ? `${short.slice(0, LONGEST_ADDRESS).trimEnd()}…` : short;
}

/** In the forms of the pages: those of `locale`, which says more than the language (British dates in English). */
export function formatter({ language, locale: asked = language, t }) {
  // With the digits and the calendar of the pages, whatever else is usual in the language.
  const locale = new Intl.Locale(asked, { numberingSystem: "latn", calendar: "gregory" });
  const plain = new Intl.NumberFormat(locale, { maximumFractionDigits: 20 });
  const code = later(() => new Intl.NumberFormat(locale, { useGrouping: false, maximumFractionDigits: 20 }));
  const held = new Map();
  /** Of amounts in a currency, and of numbers that are all written with so many decimals. */
  const ofAmounts = ({ currency, decimals }) => {
    const options = currency ? { style: "currency", currency } : { minimumFractionDigits: decimals };
    const name = currency || decimals;
    if (!held.has(name)) held.set(name, new Intl.NumberFormat(locale, { ...options, maximumFractionDigits: 20 }));
    return held.get(name);
  };
  const dates = (options) => later(() => new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" }));
  const day = dates({ dateStyle: "long" });
  const month = dates({ year: "numeric", month: "long" });
  const year = dates({ year: "numeric" });
  const moment = dates({ dateStyle: "medium", timeStyle: "medium" });

  /** A date as far as it is known: `2021`, `2021-11`, `2021-11-05`, with a time where it has one. */
  function dateText(value) {
    const text = String(value);
    const known = /^(\d{4})(-\d\d)?(-\d\d)?(T[\d:.]+Z?)?$/.exec(text);
    const instant = known && new Date(known[4] ? `${text.replace(/Z$/, "")}Z` : `${known[1]}${known[2] ?? "-01"}${known[3] ?? "-01"}T00:00:00Z`);
    if (!known || Number.isNaN(instant.getTime())) return text;
    return (known[4] ? moment : known[3] ? day : known[2] ? month : year)().format(instant);
  }

  /** The text of a present value. */
  function text(value, field) {
    const label = field.categories.find((one) => String(one.value) === String(value))?.label;
    if (label) return label;
    if (field.kind === "boolean") return t(String(value) === "true" ? "value.true" : "value.false");
    if (field.kind === "number" && field.type !== "year") return numberText(value, field);
    return field.kind === "date" || field.type === "year" || field.role === "date" ? dateText(value) : String(value);
  }

  function numberText(value, field) {
    // Digits beyond what a number holds come as text and are formatted without becoming one.
    const exact = typeof value === "string" && /^-?\d+$/.test(value) ? BigInt(value) : Number(value);
    if (typeof value === "number" && !Number.isFinite(value)) return String(value).replace("Infinity", "INF");
    if (typeof exact === "number" && !Number.isFinite(exact)) return String(value);
    // As a text it has the digits that it is written with, and not those of its binary form.
    const written = typeof exact === "number" && !Number.isInteger(exact) ? String(exact) : exact;
    return (field.names ? code() : field.currency || field.decimals ? ofAmounts(field) : plain).format(written);
  }

  /** A cell's content; a bound that is not exact is shown as a character and said in a word. */
  function content(value, field, bound = "", linked = false, written = undefined) {
    if (isMissing(value)) return [h("span", { class: "explorer-missing" }, ...reason(field, written))];
    const shown = text(value, field);
    if ((field.kind === "date" || field.role === "date") && shown !== String(value)) return [h("time", { datetime: String(value) }, shown)];
    const plainText = field.kind === "text" && typeof value === "string" && shown === value;
    if (plainText && !linked && addressOf(value)) return [h("a", { href: addressOf(value), rel: "nofollow noopener", title: value }, shortened(value))];
    if (plainText && /\n/.test(value)) return value.split(/\r?\n/).flatMap((line, at) => (at ? [h("br"), line] : [line]));
    const sign = SIGNS[bound];
    if (!sign) return [shown];
    return [h("span", { "aria-hidden": "true" }, `${sign} `), spoken(`${boundWords(bound)} `), shown];
  }

  /** Why there is no value, with what the file has in its place. */
  function reason(field, written) {
    const label = field.reasons.find((one) => one.value === written)?.label;
    if (!label) return [t("value.missing")];
    return written ? [`${label} `, h("span", { class: "explorer-written" }, `(${written})`)] : [label];
  }

  /** "at least" and its like; nothing for an exact value. */
  function boundWords(bound) {
    return SIGNS[bound] ? t(`bound.${bound.replace("-", "_")}`) : "";
  }

  /** A filter's value in words. */
  function filterValue({ op, value }, field) {
    if (takesNoValue(op)) return "";
    if (op === "in") return value.split("|").map((one) => text(one, field)).join(t("list.or"));
    if (op === WHY) return splitTexts(value).map((one) => field.reasons.find((reason) => reason.value === one)?.label ?? one).join(t("list.or"));
    if (op === "between") {
      const [from, to] = readEnds(value);
      return t("filter.range", { from: from && text(from, field), to: to && text(to, field) });
    }
    return field.kind === "text" ? t("quoted", { text: value }) : text(value, field);
  }

  return {
    text,
    content,
    boundWords,
    count: (number) => plain.format(number),
    date: (iso) => day().format(new Date(iso)),
    title: (field) => (field.unit ? t("titleWithUnit", { title: field.title, unit: field.unit }) : field.title),
    filter: (filter, field) => t("filter.words", { field: field.title, op: t(`op.${filter.op}`), value: filterValue(filter, field) }).trim(),
    bytes(number) {
      const [amount, unit] = number >= 1e6 ? [number / 1e6, "megabyte"] : [Math.max(1, number / 1e3), "kilobyte"];
      const digits = unit === "megabyte" && amount < 10 ? 1 : 0;
      return new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits: digits }).format(amount);
    },
  };
}
