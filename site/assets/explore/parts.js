/**
 * Parts of one file over HTTP, each asked for with its first and its last byte: some hosts misread a suffix.
 * A host without ranges sends the whole file: it is taken from the first such answer, and the other requests end.
 */

/** The bytes from `start` to `end` of a part, or of the whole file where that came in its place. */
export const cut = (data, start, end) => (data.byteLength === end - start ? data : data.slice(start, end));

const isFrom = ({ headers }, start) => (headers.get("Content-Range") ?? `bytes ${start}-`).startsWith(`bytes ${start}-`);

/** @returns {{answer: (start: number, end: number, cache?: string) => Promise<ArrayBuffer>}} of the file at `url` */
export function openParts(url) {
  const running = new Set();
  let whole;

  async function once(start, end, cache) {
    const stop = new AbortController();
    running.add(stop);
    try {
      const response = await fetch(url, { cache, signal: stop.signal, headers: { Range: `bytes=${start}-${end - 1}` } });
      if (response.status === 206 && isFrom(response, start)) return await response.arrayBuffer();
      if (response.status === 200 && !whole) {
        whole = response.arrayBuffer();
        for (const other of running) if (other !== stop) other.abort();
        whole.catch(() => (whole = undefined));
        return await whole;
      }
      response.body?.cancel();
      throw new Error(`no part: ${response.status}`);
    } finally {
      running.delete(stop);
    }
  }

  return {
    /** The part, or the whole file. What the browser keeps of the file can mislead a host: then it is passed by. */
    async answer(start, end, cache = "default") {
      if (whole) return whole;
      try {
        return await once(start, end, cache);
      } catch (error) {
        if (whole) return whole;
        return once(start, end, "no-store").catch((again) => whole ?? Promise.reject(again));
      }
    },
  };
}
