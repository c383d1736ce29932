/**
 * Byte ranges of one file over HTTP: asked for in few, large requests and kept.
 * A host without ranges sends the whole file once; every later range is taken from that.
 */
import { byteLengthFromUrl } from "hyparquet";
import { cut, openParts } from "./parts.js";

// A round trip on a phone network costs about as much as this many bytes: small holes are read along.
const GAP = 1 << 15;
// Large enough for few requests, small enough to show progress and to stop.
const PIECE = 1 << 19;
const AHEAD = 6;

/** Join ranges that lie close together; none grows beyond a piece unless it was larger. */
export function joinRanges(ranges, gap = GAP, piece = PIECE) {
  const joined = [];
  for (const range of [...ranges].sort((left, right) => left.start - right.start)) {
    const last = joined.at(-1);
    if (last && range.start <= last.end + gap && Math.max(last.end, range.end) - last.start <= piece) {
      last.end = Math.max(last.end, range.end);
    } else {
      joined.push({ ...range });
    }
  }
  return joined;
}

/**
 * `ahead` are parts `{start, end, data}` that the page has asked for, `data` being the part or the whole file; one that
 * fails is asked for again.
 */
export async function openBytes(url, byteLength, ahead = []) {
  const remote = openParts(url);
  byteLength ??= await byteLengthFromUrl(url);
  const kept = [];
  const covering = (start, end) => kept.find((one) => one.start <= start && end <= one.end);

  /** The part of an answer. The whole file is kept for all that is asked for later. */
  function part(data, start, end) {
    const isWhole = data.byteLength > end - start;
    if (isWhole && !covering(0, byteLength)) kept.unshift({ start: 0, end: byteLength, data: Promise.resolve(data) });
    const found = cut(data, start, end);
    // One that is shorter than asked for comes from another file than the page was made with.
    const isOther = found.byteLength !== end - start || (isWhole && data.byteLength !== byteLength);
    if (isOther) throw new Error(`asked for ${end - start} bytes, got ${data.byteLength}`);
    return found;
  }

  const ask = async (start, end) => part(await remote.answer(start, end), start, end);

  function keep(start, end, data) {
    const one = { start, end, data };
    kept.push(one);
    data.catch(() => kept.splice(kept.indexOf(one), 1));
    return data;
  }

  for (const { start, end, data } of ahead) keep(start, end, data.then((found) => part(found, start, end)).catch(() => ask(start, end)));

  function fetchRange({ start, end }) {
    return covering(start, end)?.data ?? keep(start, end, ask(start, end));
  }

  return {
    byteLength,

    async slice(start, end = byteLength) {
      const have = covering(start, end);
      if (!have) return fetchRange({ start, end });
      const data = await have.data;
      return data.slice(start - have.start, end - have.start);
    },

    /** The requests that reading these ranges still takes. */
    missing(ranges) {
      return joinRanges(ranges.filter(({ start, end }) => !covering(start, end)));
    },

    /** Fetch requests in their order, a few at a time; yields each as it has come. */
    async *fetchAll(requests) {
      const running = [];
      for (let at = 0; at < requests.length; at += 1) {
        while (running.length < Math.min(at + AHEAD, requests.length)) running.push(fetchRange(requests[running.length]));
        await running[at];
        yield requests[at];
      }
    },
  };
}
