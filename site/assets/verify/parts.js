/** What a file holds that can be compared by its values: a CSV, the sheets of a workbook, the data in a zip. */
import { readXlsx } from "hucre/xlsx";
import { unzipSync } from "fflate";
import { decoded, sheetValues, textValues } from "./values.js";
import { hashFile } from "./hash.js";

const MOST_BYTES = 1 << 25;
const MOST_UNPACKED = 1 << 28;
const DATA = /\.(?:csv|sql)$/;
const DESCRIPTOR = /(?:^|\/)datapackage\.json$/;

/**
 * @param {File} file
 * @returns {Promise<{parts: {name: string, hash: string, values: object[]}[], says: string}>} `says` is the name of the
 *   published file that it says it is; without parts it cannot be compared
 */
export async function readParts(file) {
  if (file.size > MOST_BYTES) return { parts: [], says: "" };
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return /\.xls[xm]$/i.test(file.name) ? workbook(bytes) : archive(bytes);
  if (bytes.subarray(0, 1024).includes(0) && bytes[0] < 0xfe) return { parts: [], says: "" };
  return { parts: [{ name: "", hash: "", values: await textValues(decoded(bytes)) }], says: "" };
}

async function workbook(bytes) {
  const { sheets, properties } = await readXlsx(bytes);
  const parts = [];
  for (const { name, rows } of sheets) {
    const values = await sheetValues(rows);
    if (values) parts.push({ name, hash: "", values: [values] });
  }
  const said = /^(\S+) (\d+\.\d+\.\d+)$/.exec(properties?.description ?? "");
  return { parts, says: said ? `${said[1]}-${said[2]}.xlsx` : "" };
}

/** Data and queries are compared, and what describes them; texts for people are not. */
async function archive(bytes) {
  let room = MOST_UNPACKED;
  const files = unzipSync(bytes, { filter: ({ name, originalSize }) => (DATA.test(name) || DESCRIPTOR.test(name)) && (room -= originalSize) >= 0 });
  const parts = [];
  let says = "";
  for (const [name, content] of Object.entries(files)) {
    const values = name.endsWith(".csv") ? await textValues(decoded(content)) : [];
    parts.push({ name, hash: await hashFile(new Blob([content])), values });
    if (DESCRIPTOR.test(name)) says ||= packageOf(content);
  }
  return { parts: room < 0 ? [] : parts, says };
}

function packageOf(content) {
  try {
    const { name, version } = JSON.parse(decoded(content));
    return typeof name === "string" && typeof version === "string" ? `${name}-${version}.zip` : "";
  } catch {
    return "";
  }
}
