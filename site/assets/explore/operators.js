/**
 * What a filter can ask of a column: which operators fit which kind, whether a value passes,
 * and whether a row group's smallest and largest value rule all its rows out.
 * A filter is `{field, op, value}`; the value is text as it stands in the address.
 */

const ALWAYS = ["empty", "filled"];
const BY_KIND = {
  text: ["contains", "is", "starts", "not", ...ALWAYS],
  number: ["eq", "ge", "le", "between", ...ALWAYS],
  date: ["on", "from", "until", "between", ...ALWAYS],
  category: ["in", ...ALWAYS],
  boolean: ["in", ...ALWAYS],
};

// Asks for cells that are empty for one of some reasons; of fields that have any.
export const WHY = "why";
export const OPERATORS = [...new Set(Object.values(BY_KIND).flat()), WHY];

export function operatorsFor({ kind, reasons }) {
  return reasons.length ? [...BY_KIND[kind], WHY] : BY_KIND[kind];
}

/** Whether the operator stands alone. */
export function takesNoValue(op) {
  return op === "empty" || op === "filled";
}

export function isMissing(value) {
  return value === null || value === undefined || value === "";
}

/** Lower case and full-width forms folded, so that what looks the same is found. */
export function fold(text) {
  return text.normalize("NFKC").toLowerCase();
}

/** Full-width forms and combining marks; other text folds by lower case alone. */
export const NEEDS_FOLDING = /[\uff00-\uffef\u0300-\u036f]/;

// Folding is costly and most values need little of it.
function foldValue(value) {
  const text = String(value);
  return NEEDS_FOLDING.test(text) ? fold(text) : text.toLowerCase();
}

/** A number as people type it: grouping marks and full-width digits are let pass. */
export function readNumber(text) {
  const plain = String(text).normalize("NFKC").replace(/[\s,_'’\u00a0\u202f]/g, "").replace(/^−/, "-");
  return plain === "" ? NaN : Number(plain);
}

/** The two ends of `a..b`; an end left out is open. */
export function readEnds(value) {
  const at = value.indexOf("..");
  return at < 0 ? [value, value] : [value.slice(0, at), value.slice(at + 2)];
}

const numberTests = {
  eq: (wanted) => (value) => Number(value) === wanted,
  ge: (wanted) => (value) => Number(value) >= wanted,
  le: (wanted) => (value) => Number(value) <= wanted,
};

function between(value, kind) {
  const [low, high] = readEnds(value);
  if (kind === "number") {
    const [from, to] = [low === "" ? -Infinity : readNumber(low), high === "" ? Infinity : readNumber(high)];
    return (one) => Number(one) >= from && Number(one) <= to;
  }
  return (one) => (low === "" || String(one) >= low) && (high === "" || String(one).slice(0, high.length) <= high);
}

const textTests = {
  contains: (wanted) => (value) => foldValue(value).includes(wanted),
  is: (wanted) => (value) => String(value).toLowerCase() === wanted,
  starts: (wanted) => (value) => String(value).toLowerCase().startsWith(wanted),
};

const dateTests = {
  on: (wanted) => (value) => String(value).startsWith(wanted),
  from: (wanted) => (value) => String(value) >= wanted,
  until: (wanted) => (value) => String(value).slice(0, wanted.length) <= wanted,
};

/**
 * The test of one filter.
 * @returns {(value: unknown) => boolean}
 */
export function testOf(filter, kind) {
  const { op, value } = filter;
  if (op === "empty") return isMissing;
  if (op === "filled") return (one) => !isMissing(one);
  if (op === "not") return (one) => isMissing(one) || String(one).toLowerCase() !== fold(value);
  const test = presentTest(op, value, kind);
  return (one) => !isMissing(one) && test(one);
}

function presentTest(op, value, kind) {
  if (op === "in") {
    const wanted = new Set(value.split("|"));
    return (one) => wanted.has(String(one));
  }
  if (op === "between") return between(value, kind);
  if (op in numberTests) return numberTests[op](readNumber(value));
  if (op in dateTests) return dateTests[op](value);
  if (op in textTests) return textTests[op](fold(value));
  return () => true;
}

/** By code points, as Parquet orders text; UTF-16 units would differ beyond the basic plane. */
export function comparePoints(left, right) {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at += 1) {
    if (left.charCodeAt(at) !== right.charCodeAt(at)) return left.codePointAt(at) - right.codePointAt(at);
  }
  return left.length - right.length;
}

function outside(low, high, from, to, compare) {
  return (to !== null && compare(low, to) > 0) || (from !== null && compare(high, from) < 0);
}

const byNumber = (left, right) => left - right;

/**
 * Whether no row of a group can pass, going by the group's statistics alone.
 * @param {{low: unknown, high: unknown, missing: number|null, rows: number}} group
 */
export function rulesOut(filter, kind, group) {
  const { op, value } = filter;
  if (op === "empty") return kind !== "text" && group.missing === 0;
  if (op === "filled") return group.missing !== null && group.missing === group.rows;
  if (group.low === null || group.high === null) return false;
  if (kind === "number") return numbersOutside(op, value, Number(group.low), Number(group.high));
  return textOutside(op, value, kind, String(group.low), String(group.high));
}

function numbersOutside(op, value, low, high) {
  if (op === "between") {
    const [from, to] = readEnds(value);
    return outside(low, high, from === "" ? null : readNumber(from), to === "" ? null : readNumber(to), byNumber);
  }
  const wanted = readNumber(value);
  if (Number.isNaN(wanted)) return op in numberTests;
  if (op === "eq") return outside(low, high, wanted, wanted, byNumber);
  if (op === "ge") return high < wanted;
  return op === "le" && low > wanted;
}

const AFTER = "\u{10ffff}";

function textOutside(op, value, kind, low, high) {
  if (kind === "date") {
    if (op === "between") {
      const [from, to] = readEnds(value);
      return outside(low, high, from === "" ? null : from, to === "" ? null : to + AFTER, comparePoints);
    }
    if (op === "on") return outside(low, high, value, value + AFTER, comparePoints);
    if (op === "from") return comparePoints(high, value) < 0;
    return op === "until" && comparePoints(low, value + AFTER) > 0;
  }
  if (op === "in" && kind === "category") return value.split("|").every((one) => outside(low, high, one, one, comparePoints));
  const wanted = fold(value);
  // Letters with two cases may stand in the file in either.
  if ((op !== "is" && op !== "starts") || wanted !== wanted.toUpperCase()) return false;
  return outside(low, high, wanted, op === "is" ? wanted : wanted + AFTER, comparePoints);
}
