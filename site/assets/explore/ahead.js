/** The parts of a table's file that its first page takes, asked for while the worker itself is still on its way. */
import { footerGuess, headGuess } from "./guess.js";
import { openParts } from "./parts.js";

/**
 * @returns {{url: string, parts: {start: number, end: number, data: Promise<ArrayBuffer>}[]}} `data` is the part, or
 *   the whole file from a host without ranges
 */
export function readAhead({ parquet, bytes, rows, fields }) {
  const url = new URL(parquet, location.href).href;
  const file = openParts(url);
  const head = headGuess(bytes, rows);
  const foot = Math.max(0, bytes - footerGuess(rows, fields.length));
  const ranges = foot <= head ? [[0, bytes]] : [[0, head], [foot, bytes]];
  // A browser lets requests for one address wait for each other, unless one passes its cache by.
  const cache = (start) => (start === 0 ? "no-store" : "default");
  return { url, parts: ranges.map(([start, end]) => ({ start, end, data: file.answer(start, end, cache(start)) })) };
}
