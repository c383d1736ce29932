/** What the cells of a file say, as hashes, whatever program saved it last: datagazette/downloads/cell_values.py says how, and does the same. */
import { hashText } from "./hash.js";

const DELIMITERS = [",", ";", "\t", "|"];
const NUMBER = /^[+-]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?(%?)$/;
const WHOLE = /^[+-]?[0-9]{16,}%?$/;
const COMMA = /^([+-]?[0-9]+),([0-9]+%?)$/;
const DAY = /^([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})$/;
const EXACT = 1e15;
const DAY_SECONDS = 86_400;
const EPOCH = Date.UTC(1899, 11, 31); // day 0 of spreadsheets, which count a 29 February 1900
const LEAP = Date.UTC(1900, 2, 1);

/** The one form of a cell's text. */
export function canonical(text) {
  const number = NUMBER.exec(text);
  if (number) {
    if (WHOLE.test(text)) return text;
    const value = Number(text.replace("%", ""));
    return Number.isFinite(value) ? numberText(value) + number[1] : text;
  }
  const day = DAY.exec(text);
  if (day) return `${day[1]}-${day[2].padStart(2, "0")}-${day[3].padStart(2, "0")}`;
  const lower = text.toLowerCase();
  if (lower === "true" || lower === "false") return lower;
  return text.replace(/\r\n?/g, "\n");
}

/** A number with 15 digits, half of the last rounded up. */
function numberText(value) {
  const sign = value < 0 ? "-" : "";
  const size = Number(Math.abs(value).toExponential(14));
  if (size === 0) return "0";
  if (Number.isInteger(size) && size < EXACT) return sign + size;
  const [mantissa, exponent] = size.toExponential(14).split("e");
  return `${sign}${mantissa.replace(/\.?0+$/, "")}e${Number(exponent)}`;
}

/** A cell of a sheet as a CSV would have it. */
function cellText(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return numberText(value);
  if (value instanceof Date) return momentText(value);
  return String(value);
}

function momentText(value) {
  if (value.getUTCFullYear() >= 1901) {
    const [day, time] = new Date(Math.floor((value.getTime() + 500) / 1000) * 1000).toISOString().slice(0, 19).split("T");
    return time === "00:00:00" ? day : `${day}T${time}`;
  }
  const seconds = Math.floor((value.getTime() - EPOCH) / 1000 + (value.getTime() >= LEAP ? DAY_SECONDS : 0) + 0.5);
  if (seconds < 0 || seconds >= DAY_SECONDS) return `${seconds}s`;
  return [seconds / 3600, (seconds / 60) % 60, seconds % 60].map((part) => String(Math.floor(part)).padStart(2, "0")).join(":");
}

function line(cells) {
  const kept = cells.map(canonical);
  while (kept.length && !kept.at(-1)) kept.pop();
  return kept.length ? JSON.stringify(kept) : "";
}

/** `{key, order, first}` of a table; null where all rows are empty. */
async function valuesOf(rows) {
  const lines = rows.map(line).filter(Boolean);
  if (!lines.length) return null;
  const [key, order] = await Promise.all([hashText(["values", ...[...lines].sort()].join("\n")), hashText(["order", ...lines].join("\n"))]);
  return { key, order, first: lines[0] };
}

/** The values of a CSV for each delimiter that its first line may have, and with decimals behind commas where these separate no cells. */
export async function textValues(text) {
  const first = text.replace(/^[\r\n]+/, "").split("\n", 1)[0];
  const chosen = DELIMITERS.filter((each) => first.includes(each));
  const found = [];
  for (const delimiter of chosen.length ? chosen : [","]) {
    const rows = parse(text, delimiter);
    found.push(await valuesOf(rows));
    if (delimiter !== "," && rows.some((row) => row.some((cell) => COMMA.test(cell)))) {
      found.push(await valuesOf(rows.map((row) => row.map((cell) => cell.replace(COMMA, "$1.$2")))));
    }
  }
  return found.filter(Boolean);
}

/** Those of a sheet, whose rows hold numbers, texts, dates and nothing. */
export const sheetValues = (rows) => valuesOf(rows.map((row) => [...row].map(cellText)));

/** The text of a file that a program saved in its own encoding. */
export function decoded(bytes) {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  for (const encoding of ["utf-8", "gb18030"]) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {
      // the next one
    }
  }
  return new TextDecoder("windows-1252").decode(bytes);
}

/** The rows of a CSV as texts. */
export function parse(text, delimiter) {
  const rows = [];
  let row = [];
  let cell = "";
  let at = 0;
  const end = () => {
    row.push(cell);
    cell = "";
  };
  const stops = new RegExp(`[${delimiter === "|" || delimiter === "\t" ? delimiter : `\\${delimiter}`}\r\n]`, "g");
  while (at < text.length) {
    if (text[at] === '"' && cell === "") {
      for (at += 1; at < text.length; at += 2) {
        const quote = text.indexOf('"', at);
        const stop = quote < 0 ? text.length : quote;
        cell += text.slice(at, stop);
        at = stop;
        if (text[at + 1] !== '"') break;
        cell += '"';
      }
      at += 1;
    }
    stops.lastIndex = at;
    const found = stops.exec(text);
    const stop = found ? found.index : text.length;
    cell += text.slice(at, stop);
    at = stop + 1;
    if (!found) break;
    end();
    if (found[0] === delimiter) {
      if (at >= text.length) end();
      continue;
    }
    if (found[0] === "\r" && text[at] === "\n") at += 1;
    rows.push(row);
    row = [];
  }
  if (cell || row.length) {
    end();
    rows.push(row);
  }
  return rows;
}
