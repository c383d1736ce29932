/**
 * Byte ranges of one file over HTTP: asked for in few, large requests and kept.
 * A server that ignores ranges sends the whole file once; it then serves every later range.
 */
import { asyncBufferFromUrl } from "hyparquet";

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

/** A part that is shorter than asked for comes from another file than the page was made with. */
async function exactly(remote, start, end) {
  const data = await remote.slice(start, end);
  if (data.byteLength !== end - start) throw new Error(`asked for ${end - start} bytes, got ${data.byteLength}`);
  return data;
}

/** `ahead` are parts `{start, end, data}` that somebody else has asked for; one that fails is asked for again. */
export async function openBytes(url, byteLength, ahead = []) {
  const remote = await asyncBufferFromUrl({ url, byteLength });
  const kept = ahead.map(({ start, end, data }) => ({ start, end, data: data.catch(() => exactly(remote, start, end)) }));
  for (const one of kept) one.data.catch(() => kept.splice(kept.indexOf(one), 1));
  const covering = (start, end) => kept.find((one) => one.start <= start && end <= one.end);

  function fetchRange({ start, end }) {
    const have = covering(start, end);
    if (have) return have.data;
    const one = { start, end, data: exactly(remote, start, end) };
    kept.push(one);
    one.data.catch(() => kept.splice(kept.indexOf(one), 1));
    return one.data;
  }

  return {
    byteLength: remote.byteLength,

    async slice(start, end = remote.byteLength) {
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
