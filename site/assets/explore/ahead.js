/** The parts of a table's file that its first page takes, asked for while the worker itself is still on its way. */
import { footerGuess, headGuess } from "./guess.js";

/** @returns {{url: string, parts: {start: number, end: number, data: Promise<ArrayBuffer>}[]}} */
export function readAhead({ parquet, bytes, rows, fields }) {
  const url = new URL(parquet, location.href).href;
  const head = headGuess(bytes, rows);
  const foot = Math.max(0, bytes - footerGuess(rows, fields.length));
  const ranges = foot <= head ? [[0, bytes]] : [[0, head], [foot, bytes]];
  return { url, parts: ranges.map(([start, end]) => ({ start, end, data: part(url, start, end) })) };
}

/** A host that sends another part than was asked for, or all of it, is left to the worker. */
async function part(url, start, end) {
  // A browser lets requests for one address wait for each other, unless one passes its cache by.
  const cache = start === 0 ? "no-store" : "default";
  const response = await fetch(url, { cache, headers: { Range: `bytes=${start}-${end - 1}` } });
  if (response.status !== 206) {
    response.body?.cancel();
    throw new Error(`no part: ${response.status}`);
  }
  const data = await response.arrayBuffer();
  if (data.byteLength !== end - start) throw new Error(`asked for ${end - start} bytes, got ${data.byteLength}`);
  return data;
}
