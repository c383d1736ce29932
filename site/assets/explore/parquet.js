/**
 * One published Parquet file as columns of plain values, read row group by row group:
 * text, numbers, booleans, ISO dates and null, whatever the file's physical types are.
 */
import { decompress } from "fzstd";
import { parquetMetadataAsync, parquetScan, parquetSchema } from "hyparquet";
import { openBytes } from "./bytes.js";
import { footerGuess, headGuess } from "./guess.js";

const compressors = { ZSTD: (input, length) => decompress(input, new Uint8Array(length)) };
// Decoded cells kept: about 100 MB of short text at worst.
const KEPT_CELLS = 4_000_000;
// Row groups larger than this are read in part where the file has a page index.
const WHOLE_GROUP = 32_768;

const pad = (value, length = 2) => String(value).padStart(length, "0");

function timeOfMicros(micros) {
  const seconds = Math.floor(Number(micros) / 1e6);
  return `${pad(Math.floor(seconds / 3600))}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
}

/** What turns a decoded value into a plain one, by the column's type in the file. */
function plainerOf({ converted_type: converted, logical_type: logical, scale }) {
  if (converted === "DATE") return (value) => value.toISOString().replace(/T.*/, "");
  if (converted === "TIME_MICROS" || logical?.type === "TIME") return timeOfMicros;
  if (converted === "DECIMAL") return (value) => (typeof value === "number" ? Number(value.toFixed(scale ?? 0)) : value);
  return (value) => {
    if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
    if (value instanceof Date) return value.toISOString().replace(/(\.000)?Z$/, "");
    if (value instanceof Uint8Array) return new TextDecoder().decode(value);
    return typeof value === "object" ? JSON.stringify(value) : value;
  };
}

function plainColumn(values, element) {
  const plain = plainerOf(element);
  const column = new Array(values.length);
  for (let at = 0; at < column.length; at += 1) {
    const value = values[at];
    column[at] = value === null || value === undefined ? null : plain(value);
  }
  return column;
}

function readChunk({ meta_data: meta, offset_index_offset: index }, rows, element) {
  const start = Number(meta.dictionary_page_offset || meta.data_page_offset);
  const { min_value: low, max_value: high, null_count: missing } = meta.statistics ?? {};
  const plain = plainerOf(element);
  const known = (value) => (value === undefined || value === null ? null : plain(value));
  return {
    start,
    end: start + Number(meta.total_compressed_size),
    indexed: index !== undefined,
    statistics: { low: known(low), high: known(high), missing: missing === undefined ? null : Number(missing), rows },
  };
}

function readGroups(metadata, elements) {
  let start = 0;
  return metadata.row_groups.map((group) => {
    const rows = Number(group.num_rows);
    const chunks = new Map();
    for (const chunk of group.columns) {
      const name = chunk.meta_data.path_in_schema[0];
      chunks.set(name, readChunk(chunk, rows, elements.get(name)));
    }
    start += rows;
    return { start: start - rows, rows, chunks };
  });
}

/** Decoded columns of row groups, the oldest forgotten first. */
function columnCache() {
  const kept = new Map();
  let cells = 0;
  return {
    get: (key) => kept.get(key)?.column,
    set(key, column, rows) {
      kept.set(key, { column, rows });
      cells += rows;
      for (const [oldest, one] of kept) {
        if (cells <= KEPT_CELLS || oldest === key) break;
        kept.delete(oldest);
        cells -= one.rows;
      }
    },
    drop(key) {
      cells -= kept.get(key)?.rows ?? 0;
      kept.delete(key);
    },
  };
}

/**
 * @param {{url: string, bytes?: number, rows?: number, columns?: number, head?: boolean, ahead?: object[]}} where
 *   `head` fetches what is likely to be the first row group at once with the footer; `ahead` are parts on their way
 */
export async function openParquet({ url, bytes, rows = 0, columns = 1, head = false, ahead = [] }) {
  const file = await openBytes(url, bytes || undefined, ahead);
  if (head && bytes) file.slice(0, headGuess(bytes, rows)).catch(() => {});
  const metadata = await parquetMetadataAsync(file, { initialFetchSize: footerGuess(rows, columns), geoparquet: false });
  const elements = new Map(parquetSchema(metadata).children.map((child) => [child.element.name, child.element]));
  const groups = readGroups(metadata, elements);
  const scan = await parquetScan({ file, metadata, compressors });
  const cache = columnCache();

  async function decode(name, from, to) {
    return plainColumn(await scan.readColumn({ column: name, rowStart: from, rowEnd: to }), elements.get(name));
  }

  function column(index, name) {
    const key = `${index} ${name}`;
    const have = cache.get(key);
    if (have) return have;
    const { start, rows: count } = groups[index];
    const column = decode(name, start, start + count);
    cache.set(key, column, count);
    column.catch(() => cache.drop(key));
    return column;
  }

  const rangesOf = (indexes, names) =>
    indexes.flatMap((index) => names.map((name) => groups[index].chunks.get(name)).map(({ start, end }) => ({ start, end })));

  return {
    groups,
    rows: Number(metadata.num_rows),
    names: [...elements.keys()],
    column,

    /** Bytes of whole columns, as a measure of what reading them costs. */
    cost(names) {
      return file.missing(rangesOf([...groups.keys()], names)).reduce((sum, { start, end }) => sum + end - start, 0);
    },

    /** Requests for these columns of these row groups, and a way to await them one by one. */
    plan(indexes, names) {
      const requests = file.missing(rangesOf(indexes, names));
      return { requests, arrivals: () => file.fetchAll(requests) };
    },

    endOf: (index, names) => Math.max(...names.map((name) => groups[index].chunks.get(name).end)),

    /** Some rows' values of one row group, by their place in it; ascending. */
    async pick(index, name, places) {
      const { start, rows: count, chunks } = groups[index];
      const [first, last] = [places[0], places.at(-1)];
      const partly = count > WHOLE_GROUP && chunks.get(name).indexed && last - first < count / 4;
      if (partly && !cache.get(`${index} ${name}`)) {
        const part = await decode(name, start + first, start + last + 1);
        return places.map((place) => part[place - first]);
      }
      const values = await column(index, name);
      return places.map((place) => values[place]);
    },
  };
}
